//! `pgveil explain "SQL"`: what becomes of a text, statement by statement; with `--file`, of each of
//! many texts, in a word. Sends none of it anywhere.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
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
    #[arg(value_name = "SQL", required_unless_present = "file")]
    text: Option<String>,
    /// A file with one text a line, each as a JSON string: prints a line for each, with its verdict and
    /// the reasons of what is refused.
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
}

/// Carries the verb out. Ends with 7 if any statement is refused.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let joined = run_to_end(async { material.joined(&material.admin().await?).await })?;
    let standings = Protector::new(&joined.policy, material.keyring.keyring()).standings(&joined.policy);
    if let Some(file) = &arguments.file {
        return each(file, &joined, &standings, common.json);
    }
    let said = explained(arguments.text.as_deref().unwrap_or_default(), &joined, &standings);
    for (lines, _) in &said {
        match common.json {
            true => println!("{}", json!(lines)),
            false => println!("{}", lines.join("\n")),
        }
    }
    let refused = said.iter().any(|(_, refused)| *refused);
    Ok(if refused { Exit::Refused } else { Exit::Done })
}

/// One line for each text of a file: its number from 1, its verdict, the reasons of its refusals.
fn each(file: &Path, joined: &Joined, standings: &Standings, as_json: bool) -> Outcome {
    let lines = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let names = SessionNames::default();
    let known = known(joined, standings, &names);
    let mut tokens = Tokens::default();
    let mut any_refused = false;
    for (index, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let text: String = serde_json::from_str(line)
            .with_context(|| format!("line {} of {} is no JSON string", index + 1, file.display()))?;
        let verdict = judge_text(text.as_bytes(), &mut tokens, &known);
        let (word, reasons) = in_a_word(&verdict);
        any_refused |= !reasons.is_empty();
        match as_json {
            true => println!("{}", json!({ "text": index + 1, "verdict": word, "reasons": reasons })),
            false => println!("{} {word} {}", index + 1, reasons.join(" ")),
        }
    }
    Ok(if any_refused { Exit::Refused } else { Exit::Done })
}

/// The gravest verdict among a text's statements, and why any is refused.
fn in_a_word(verdict: &TextVerdict) -> (&'static str, Vec<&'static str>) {
    let statements = match verdict {
        TextVerdict::Clear(_) => return ("clear", Vec::new()),
        TextVerdict::Refuse(refusal) => return ("refuse", vec![refusal.reason.0]),
        TextVerdict::Statements(statements) => statements,
    };
    let reasons: Vec<&'static str> = statements
        .iter()
        .filter_map(|(_, judged)| match &judged.verdict {
            Verdict::Refuse(refusal) => Some(refusal.reason.0),
            Verdict::Clear(_) | Verdict::Plan(_) => None,
        })
        .collect();
    let planned = statements.iter().any(|(_, judged)| matches!(judged.verdict, Verdict::Plan(_)));
    match (reasons.is_empty(), planned) {
        (false, _) => ("refuse", reasons),
        (true, true) => ("plan", reasons),
        (true, false) => ("clear", reasons),
    }
}

/// What a session that has done nothing yet knows.
fn known<'a>(joined: &'a Joined, standings: &'a Standings, names: &'a SessionNames) -> Known<'a> {
    Known {
        catalog: &joined.catalog,
        policy: &joined.policy,
        standings,
        names,
        declared: &[],
        protocol: Protocol::Extended,
    }
}

/// For each statement what is said of it, and whether it is refused.
fn explained(text: &str, joined: &Joined, standings: &Standings) -> Vec<(Vec<String>, bool)> {
    let names = SessionNames::default();
    let known = known(joined, standings, &names);
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
