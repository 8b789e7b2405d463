//! Text of statements, as the lexer, the parser and the analysis see it.

use std::sync::OnceLock;

use pgveil::policy::standing::Standings;
use pgveil::sql::judge_text;
use pgveil::sql::known::{Known, Protocol, SessionNames};
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::parse::parse;
use pgveil::sql::witness::witness;

use super::schema::{Database, database};
use super::whole;

/// Tokens follow one another and lie within the text; the parser takes whatever they are.
pub fn fuzz_lexer(data: &[u8]) {
    for standard in [true, false] {
        let mut tokens = Tokens::default();
        if lex(data, standard, &mut tokens).is_err() {
            continue;
        }
        let mut end = 0;
        for token in tokens.as_slice() {
            assert!(!token.bytes(data).is_empty());
            let start = token.bytes(data).as_ptr() as usize - data.as_ptr() as usize;
            assert!(start >= end, "tokens overlap");
            end = start + token.bytes(data).len();
        }
        let _ = witness(data, &tokens);
        let _ = parse(data, &tokens);
    }
}

/// Judged twice, a text has one verdict, and its plans are good for it.
pub fn fuzz_analysis(data: &[u8]) {
    static DATABASE: OnceLock<(Database, Standings)> = OnceLock::new();
    let (database, standings) = DATABASE.get_or_init(|| {
        let database = database(150_000);
        let standings = Standings::default();
        (database, standings)
    });
    let names = SessionNames::default();
    let verdict = |protocol| {
        let (catalog, policy, names) = (&database.catalog, &database.policy, &names);
        let known = Known { catalog, policy, standings, names, declared: &[], protocol };
        let mut tokens = Tokens::default();
        let verdict = judge_text(data, &mut tokens, &known);
        assert_eq!(whole::fault(&tokens, &verdict), None);
        format!("{verdict:?}")
    };
    for protocol in [Protocol::Simple, Protocol::Extended] {
        assert_eq!(verdict(protocol), verdict(protocol));
    }
}
