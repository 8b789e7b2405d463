//! `pgveil explain "SQL"`: what becomes of a text, statement by statement. Sends none of it anywhere.

use clap::Args;
use serde_json::json;

use super::material::{Material, run_to_end};
use super::{Common, Exit, Outcome};
use crate::catalog::change::Change;
use crate::config;
use crate::policy::join::Joined;
use crate::policy::standing::Standings;
use crate::protect::Protector;
use crate::sql::explain::Explained;
use crate::sql::known::{Known, Protocol, SessionNames};
use crate::sql::lexer::Tokens;
use crate::sql::verdict::Verdict;
use crate::sql::{TextVerdict, judge_text};

/// `pgveil explain "SQL"`
#[derive(Args)]
pub struct Arguments {
    /// The text, as an application would send it.
    #[arg(value_name = "SQL")]
    text: String,
}

/// Carries the verb out. Ends with 7 if any statement is refused.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let joined = run_to_end(async { material.joined(&material.admin().await?).await })?;
    let standings = Protector::new(&joined.policy, material.keyring.keyring()).standings(&joined.policy);
    let said = explained(&arguments.text, &joined, &standings);
    for (lines, _) in &said {
        match common.json {
            true => println!("{}", json!(lines)),
            false => println!("{}", lines.join("\n")),
        }
    }
    let refused = said.iter().any(|(_, refused)| *refused);
    Ok(if refused { Exit::Refused } else { Exit::Done })
}

/// For each statement what is said of it, and whether it is refused.
fn explained(text: &str, joined: &Joined, standings: &Standings) -> Vec<(Vec<String>, bool)> {
    let names = SessionNames::default();
    let known = Known {
        catalog: &joined.catalog,
        policy: &joined.policy,
        standings,
        names: &names,
        declared: &[],
        protocol: Protocol::Extended,
    };
    let mut tokens = Tokens::default();
    let verdict = judge_text(text.as_bytes(), &mut tokens, &known);
    let say = |span, verdict: &Verdict, changes: &[Change]| {
        let policy = &joined.policy;
        let explained = Explained { text: text.as_bytes(), tokens: &tokens, span, policy, standings };
        let mut lines = explained.lines(verdict);
        lines.extend(explained.changes(changes));
        let Verdict::Refuse(refusal) = verdict else { return (lines, false) };
        lines.extend(refusal.detail.iter().map(|detail| format!("detail: {detail}")));
        lines.extend(refusal.hint.iter().map(|hint| format!("hint: {hint}")));
        (lines, true)
    };
    match verdict {
        TextVerdict::Clear(proof) => vec![say(Default::default(), &Verdict::Clear(proof), &[])],
        TextVerdict::Refuse(refusal) => vec![say(Default::default(), &Verdict::Refuse(refusal), &[])],
        TextVerdict::Statements(statements) => {
            statements.iter().map(|(span, judged)| say(*span, &judged.verdict, &judged.changes)).collect()
        }
    }
}
