//! Reads texts, separated by NUL, from standard input and writes one line for each: its trees in the
//! canonical form of `dump`, or why it was refused. `--tokens` writes the tokens instead,
//! `--witness` what the second reader says.

#[path = "../../tests/it/parse/dump/mod.rs"]
mod dump;

use std::io::{Read, Write};

use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::parse::parse;
use pgveil::sql::witness::witness;

fn main() -> std::io::Result<()> {
    let asked = |flag: &str| std::env::args().any(|a| a == flag);
    let (only_tokens, only_witness) = (asked("--tokens"), asked("--witness"));
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let mut tokens = Tokens::default();
    for text in input.split(|&b| b == 0) {
        let line = match lex(text, true, &mut tokens) {
            Err(error) => format!("LEX {error}"),
            Ok(()) if only_witness => format!("{:?}", witness(text, &tokens)),
            Ok(()) if only_tokens => {
                let all = tokens.as_slice().iter().map(|t| format!("{}-{}", t.start, t.end));
                all.collect::<Vec<_>>().join(" ")
            }
            Ok(()) => match parse(text, &tokens) {
                Err(error) => format!("PARSE {error}"),
                Ok(statements) => dump::statements(text, &tokens, &statements),
            },
        };
        writeln!(out, "{}", line.replace('\n', "\\n"))?;
    }
    out.flush()
}
