//! Statements that tests/e2e sends through pgveil to a server, judged with the shape that the server said then:
//! tests/cases/*/recorded. What is said of each is in `plans` beside the cases. No server is asked.
//!
//! Run with `UPDATE_CASES=1` to write what is said now; read the difference before it is kept.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pgveil::catalog::fetch::{Part, Reader};
use pgveil::catalog::lockfile;
use pgveil::catalog::model::Catalog;
use pgveil::catalog::path::SearchPath;
use pgveil::policy::join::join;
use pgveil::policy::load;
use pgveil::policy::model::Policy;
use pgveil::policy::standing::{Forms, Shape, Standing, Standings};
use pgveil::sql::explain::Explained;
use pgveil::sql::known::{Known, Protocol, SessionNames};
use pgveil::sql::lexer::Tokens;
use pgveil::sql::verdict::{OutColumn, Rows, ShownType, Verdict};
use pgveil::sql::{TextVerdict, judge_text, view_lineage};

/// tests/cases/`name`.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// A session, and the shape as it is for it.
#[derive(Clone)]
pub struct Session {
    catalog: Catalog,
    policy: Policy,
    standings: Standings,
    names: SessionNames,
}

/// Versions whose grammar has more than the recorded one's.
const NEXT: u32 = 160_000;
const LATER: u32 = 180_000;

impl Session {
    /// With the catalog and policy that are recorded for these cases.
    pub fn new(cases: &str) -> Session {
        Session::on(cases, None)
    }

    fn on(cases: &str, version: Option<u32>) -> Session {
        let folder = folder(cases).join("recorded");
        let text = |file| std::fs::read_to_string(folder.join(file)).expect(file);
        let mut reader = Reader::default();
        for line in text("shape.txt").lines() {
            let (name, row) = line.split_once(' ').expect("a part and a row");
            let part = Part::ALL.into_iter().find(|part| format!("{part:?}") == name).expect("a part");
            reader.row(part, row).expect("a row");
        }
        let pin = lockfile::open(text("pgveil.lock").as_bytes(), |_, _| true).expect("a pin");
        let tags = load::tags("policy.toml", &text("policy.toml")).expect("a policy");
        let mut live = reader.finish().expect("a shape");
        live.server.version = version.unwrap_or(live.server.version);
        let joined = join(&tags, &pin, &live, &view_lineage);
        let standings = Standings::settled(&joined.policy);
        Session { catalog: joined.catalog, policy: joined.policy, standings, names: SessionNames::default() }
    }

    /// The same in other circumstances, each with its name.
    pub fn others(cases: &str) -> Vec<(&'static str, Session)> {
        let other = |change: &dyn Fn(&mut Session)| {
            let mut session = Session::new(cases);
            change(&mut session);
            session
        };
        let standing = |standing: Standing| {
            move |session: &mut Session| {
                let domains: Vec<String> = session.policy.columns.iter().map(|c| c.domain.clone()).collect();
                domains.iter().for_each(|domain| session.standings.set(domain, standing.clone()));
            }
        };
        let forms = |other| Forms { written: Shape::Sealed, other, moved: false };
        vec![
            ("keys change", other(&standing(Standing::Window(forms(Shape::Sealed))))),
            ("being encrypted", other(&standing(Standing::Mixed(forms(Shape::Plain))))),
            ("other path", other(&|s| s.names.search_path = SearchPath::said("other, public"))),
            ("may not define", other(&|s| s.names.may_define = false)),
            ("next version", Session::on(cases, Some(NEXT))),
            ("later version", Session::on(cases, Some(LATER))),
        ]
    }

    /// What is said of the text. The session takes it that the server carries it out.
    pub fn judged(&mut self, text: &str, protocol: Protocol, declared: &[u32]) -> String {
        let known = Known {
            catalog: &self.catalog,
            policy: &self.policy,
            standings: &self.standings,
            names: &self.names,
            declared,
            protocol,
        };
        let mut tokens = Tokens::default();
        let verdict = judge_text(text.as_bytes(), &mut tokens, &known);
        assert_eq!(super::whole::fault(&tokens, &verdict), None, "{text}");
        let explained = |span| Explained {
            text: text.as_bytes(),
            tokens: &tokens,
            span,
            policy: known.policy,
            standings: known.standings,
        };
        let statements = match verdict {
            TextVerdict::Clear(_) => return "clear".into(),
            TextVerdict::Refuse(refusal) => {
                let refused = Verdict::Refuse(refusal);
                return explained(Default::default()).lines(&refused).join("\n    ");
            }
            TextVerdict::Statements(statements) => statements,
        };
        let mut lines = Vec::new();
        for (span, judged) in &statements {
            lines.extend(explained(*span).lines(&judged.verdict));
            lines.extend(beside(&judged.verdict));
            lines.extend(explained(*span).changes(&judged.changes));
            lines.extend(judged.effects.iter().map(|effect| format!("then: {effect:?}")));
            lines.extend(judged.settings.iter().map(|effect| format!("then: {effect:?}")));
        }
        for (_, judged) in statements {
            judged.effects.iter().for_each(|effect| self.names.apply(effect, &judged.verdict));
            judged.settings.iter().for_each(|setting| self.names.set(setting));
            if !judged.changes.is_empty() {
                let policy = &self.policy;
                self.catalog = self.catalog.after(&judged.changes, |relation| policy.names(relation)).catalog;
                self.policy = self.policy.after(&judged.changes);
            }
        }
        lines.join("\n    ")
    }
}

/// What a plan says that `explain` does not.
fn beside(verdict: &Verdict) -> Option<String> {
    let plan = match verdict {
        Verdict::Plan(plan) => plan,
        Verdict::Refuse(refusal) => return refusal.detail.as_ref().map(|detail| format!("detail: {detail}")),
        Verdict::Clear(_) => return None,
    };
    let mut facts = Vec::new();
    if plan.client_params.iter().any(Option::is_some) {
        let shown = |param: &Option<ShownType>| match param {
            Some(shown) => format!("{}{}", shown.logical, if shown.array { "[]" } else { "" }),
            None => "-".into(),
        };
        let shown: Vec<String> = plan.client_params.iter().map(shown).collect();
        facts.push(format!("shows {}", shown.join(", ")));
    }
    if !plan.fixed_literals.is_empty() {
        facts.push(format!("hangs on {:?}", plan.fixed_literals));
    }
    if plan.stores() {
        facts.push("stores".to_owned());
    }
    if let Rows::Columns(columns) = &plan.rows {
        let flags = |column: &OutColumn| match column {
            OutColumn::Open(open) => match (open.lengthless, open.beside) {
                (false, false) => "-",
                (true, false) => "lengthless",
                (false, true) => "beside",
                (true, true) => "lengthless beside",
            },
            _ => "-",
        };
        let flags: Vec<&str> = columns.iter().map(flags).collect();
        if flags.iter().any(|flag| *flag != "-") {
            facts.push(format!("opens {}", flags.join(", ")));
        }
    }
    (!facts.is_empty()).then(|| format!("also: {}", facts.join("; ")))
}

/// The case files of tests/cases/`cases`: names and texts.
pub fn files(cases: &str, extension: &str) -> Vec<(String, String)> {
    let paths = std::fs::read_dir(folder(cases)).expect(cases).map(|entry| entry.expect("entry").path());
    let mut files: Vec<(String, String)> = paths
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| {
            let name = path.file_stem().expect("stem").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a case file"))
        })
        .collect();
    files.sort();
    files
}

/// Compares what is said of the cases of a file with what was, or writes it.
#[track_caller]
pub fn compare(cases: &str, file: &str, said: &[String]) {
    let path = folder(cases).join("plans").join(file).with_extension("txt");
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(path, said.join("\n")).expect("write the plans");
        return;
    }
    let text = std::fs::read_to_string(&path).expect("the plans");
    let expected: Vec<&str> = text.trim_end().split("\n\n").map(str::trim_end).collect();
    let mut wrong = String::new();
    if said.len() != expected.len() {
        let _ = writeln!(wrong, "{cases}/{file}: {} cases, {} plans", said.len(), expected.len());
    }
    for (said, expected) in said.iter().zip(expected) {
        if said.trim_end() != expected {
            let _ = write!(wrong, "said     {said}expected {expected}\n\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
