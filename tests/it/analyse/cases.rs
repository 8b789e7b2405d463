//! Every case of tests/cases/analyse says what `explain` must say of its statement.
//!
//! A case is a paragraph: directives (`@`), the statement, and the expected lines (`=>`). Run with
//! `UPDATE_CASES=1` to write what is said now; read the difference before it is kept.

use std::fmt::Write as _;

use pgveil::catalog::path::SearchPath;
use pgveil::policy::standing::{Forms, Shape, Standing, Standings};
use pgveil::sql::explain::Explained;
use pgveil::sql::known::{Known, Protocol, SessionNames};
use pgveil::sql::lexer::Tokens;
use pgveil::sql::{TextVerdict, judge_text};

use super::schema::{Database, database};

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/analyse")
}

/// One paragraph of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Paragraph {
    /// Headings and remarks.
    Remark(String),
    Case(Case),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    pub directives: Vec<String>,
    pub statement: String,
    pub expected: Vec<String>,
}

/// All files, by name.
pub fn files() -> Vec<(String, Vec<Paragraph>)> {
    let mut files: Vec<(String, Vec<Paragraph>)> = std::fs::read_dir(folder())
        .expect("tests/cases/analyse")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a case file");
            let name = path.file_stem().expect("stem").to_string_lossy().into_owned();
            (name, paragraphs(&text))
        })
        .collect();
    files.sort();
    files
}

impl PartialOrd for Paragraph {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Paragraph {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Eq for Paragraph {}

fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut out = Vec::new();
    for block in text.split("\n\n").map(|b| b.trim_matches('\n')).filter(|b| !b.is_empty()) {
        if block.starts_with('#') {
            out.push(Paragraph::Remark(block.to_owned()));
            continue;
        }
        let mut case = Case::default();
        let mut statement = Vec::new();
        for line in block.lines() {
            if let Some(directive) = line.strip_prefix('@') {
                case.directives.push(directive.trim().to_owned());
            } else if let Some(expected) = line.strip_prefix("=> ") {
                case.expected.push(expected.to_owned());
            } else {
                statement.push(line);
            }
        }
        case.statement = statement.join("\n");
        out.push(Paragraph::Case(case));
    }
    out
}

/// What is said of a case now.
pub fn said(case: &Case) -> Vec<String> {
    let version = directive(case, "version").map_or(150_000, |v| v.parse().expect("a version"));
    let database = database(version);
    let mut standings = Standings::default();
    for standing in case.directives.iter().filter_map(|d| d.strip_prefix("standing ")) {
        let (domain, standing) = standing.split_once(' ').expect("a domain and how it stands");
        standings.set(domain, parsed_standing(standing));
    }
    let mut names = SessionNames::default();
    if let Some(path) = directive(case, "search_path") {
        names.search_path = SearchPath::said(path);
    }
    names.standard_strings = directive(case, "standard_conforming_strings") != Some("off");
    names.utf8 = directive(case, "client_encoding").is_none();
    for before in case.directives.iter().filter_map(|d| d.strip_prefix("before ")) {
        run(&database, &standings, &mut names, before);
    }
    let declared: Vec<u32> = directive(case, "declared")
        .map_or(Vec::new(), |list| list.split(',').map(|o| o.trim().parse().expect("an oid")).collect());
    let known = Known { standings: &standings, ..known(&database, &names, &declared) };
    explained(&case.statement, &known)
}

/// `plain`, `sealed`, or `window|mixed WRITTEN OTHER`.
fn parsed_standing(text: &str) -> Standing {
    let shape = |word: &str| match word {
        "plain" => Shape::Plain,
        "sealed" => Shape::Sealed,
        other => panic!("no shape: {other}"),
    };
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [one] => Standing::One(shape(one)),
        ["window", written, other] => {
            Standing::Window(Forms { written: shape(written), other: shape(other), moved: false })
        }
        ["mixed", written, other] => {
            Standing::Mixed(Forms { written: shape(written), other: shape(other), moved: false })
        }
        _ => panic!("no standing: {text}"),
    }
}

fn directive<'c>(case: &'c Case, name: &str) -> Option<&'c str> {
    case.directives.iter().find_map(|d| d.strip_prefix(name)).map(str::trim)
}

pub fn known<'a>(database: &'a Database, names: &'a SessionNames, declared: &'a [u32]) -> Known<'a> {
    Known {
        catalog: &database.catalog,
        policy: &database.policy,
        standings: settled(),
        names,
        declared,
        protocol: Protocol::Extended,
    }
}

/// Nothing is under way.
fn settled() -> &'static Standings {
    static SETTLED: std::sync::LazyLock<Standings> = std::sync::LazyLock::new(Standings::default);
    &SETTLED
}

/// Statements that the session ran before.
fn run(database: &Database, standings: &Standings, names: &mut SessionNames, text: &str) {
    let mut tokens = Tokens::default();
    let known = Known { standings, ..known(database, names, &[]) };
    let verdict = judge_text(text.as_bytes(), &mut tokens, &known);
    let TextVerdict::Statements(statements) = verdict else { return };
    for (_, judged) in statements {
        for effect in &judged.effects {
            names.apply(effect, &judged.verdict);
        }
    }
}

fn explained(text: &str, known: &Known) -> Vec<String> {
    let mut tokens = Tokens::default();
    let verdict = judge_text(text.as_bytes(), &mut tokens, known);
    let explained = |span| Explained {
        text: text.as_bytes(),
        tokens: &tokens,
        span,
        policy: known.policy,
        standings: known.standings,
    };
    match verdict {
        TextVerdict::Clear(_) => vec!["clear".into()],
        TextVerdict::Refuse(refusal) => {
            explained(Default::default()).lines(&pgveil::sql::verdict::Verdict::Refuse(refusal))
        }
        TextVerdict::Statements(statements) => {
            let said = |(span, judged): &(_, pgveil::sql::Judged)| {
                let mut lines = explained(*span).lines(&judged.verdict);
                lines.extend(explained(*span).changes(&judged.changes));
                lines
            };
            statements.iter().flat_map(said).collect()
        }
    }
}

#[test]
fn every_case_says_what_it_should() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut wrong = String::new();
    let mut count = 0;
    for (name, paragraphs) in files() {
        let mut written = String::new();
        for paragraph in paragraphs {
            match paragraph {
                Paragraph::Remark(text) => {
                    let _ = write!(written, "{text}\n\n");
                }
                Paragraph::Case(case) => {
                    count += 1;
                    let said = said(&case);
                    if said != case.expected {
                        let _ = write!(
                            wrong,
                            "{name}: {}\n  expected {:#?}\n  said {said:#?}\n",
                            case.statement, case.expected
                        );
                    }
                    for directive in &case.directives {
                        let _ = writeln!(written, "@{directive}");
                    }
                    let _ = writeln!(written, "{}", case.statement);
                    for line in said {
                        let _ = writeln!(written, "=> {line}");
                    }
                    written.push('\n');
                }
            }
        }
        if update {
            let path = folder().join(format!("{name}.sql"));
            std::fs::write(path, format!("{}\n", written.trim_end())).expect("write the cases");
        }
    }
    assert!(count > 0, "there are cases");
    assert!(update || wrong.is_empty(), "{wrong}");
}
