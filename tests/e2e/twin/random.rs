//! Made statements until the time is over: what differs is shrunk, what is refused is counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::answer::Outcome;
use super::dice::Dice;
use super::form::{ALL, Form};
use super::made::{Schema, query, write};
use super::place::Twins;
use super::run::{Case, run};
use super::statement::Statement;

/// A schema is used for so many statements, then another is made.
const STATEMENTS_A_SCHEMA: usize = 4_000;
/// More than that are not worth reading.
const MAX_FINDINGS: usize = 25;

/// What a run came to.
#[derive(Default)]
pub struct Report {
    pub statements: usize,
    pub schemas: usize,
    pub findings: Vec<String>,
    /// By class of statement and reason.
    refused: BTreeMap<(&'static str, String), (usize, String)>,
}

impl Report {
    /// What was refused, with an example of each kind.
    pub fn refusals(&self) -> String {
        self.refused.iter().fold(String::new(), |mut text, ((class, why), (count, example))| {
            let _ = writeln!(text, "{count:6} {class}: {why}\n         {example}");
            text
        })
    }
}

/// Runs from this seed for this long, or this many statements.
pub fn run_for(seed: u64, time: Duration, most: usize) -> Report {
    let (start, mut report) = (Instant::now(), Report::default());
    let over = |report: &Report| {
        start.elapsed() >= time || report.statements >= most || report.findings.len() >= MAX_FINDINGS
    };
    let mut seed = seed;
    while !over(&report) {
        let mut dice = Dice::new(seed);
        let schema = Schema::new(&mut dice);
        let rows = schema.rows(&mut dice);
        let mut twins = Twins::new("made", schema.ddl(), &schema.policy(), &rows);
        report.schemas += 1;
        let looks = schema.looks();
        for _ in 0..STATEMENTS_A_SCHEMA {
            if over(&report) {
                break;
            }
            let (class, statement) = match dice.one_in(3) {
                true => write(&schema, &mut dice),
                false => query(&schema, &mut dice),
            };
            let fitting: Vec<Form> = ALL.iter().copied().filter(|form| form.fits(&statement)).collect();
            let form = *dice.pick(&fitting);
            report.statements += 1;
            tried(&mut twins, seed, (class, statement, form), &looks, &mut report);
        }
        seed += 1;
    }
    report
}

fn tried(
    twins: &mut Twins,
    seed: u64,
    (class, statement, form): (&'static str, Statement, Form),
    looks: &[String],
    report: &mut Report,
) {
    let (outcome, _) = run(twins, &Case::of(statement.clone()), form, looks);
    match outcome {
        Outcome::Same => {}
        Outcome::Refused { why, direct } => {
            let why = format!("{why} (direct: {direct})");
            report.refused.entry((class, why)).or_insert_with(|| (0, statement.written())).0 += 1;
        }
        Outcome::Differs { .. } => {
            let (smallest, direct, through) = shrunk(twins, statement, form, looks);
            report.findings.push(format!(
                "seed {seed} [{form:?}] {class}\n  {}\n  direct:  {direct}\n  through: {through}",
                smallest.written()
            ));
        }
    }
}

/// The smallest statement that differs still, and how.
fn shrunk(twins: &mut Twins, from: Statement, form: Form, looks: &[String]) -> (Statement, String, String) {
    let mut best = (from, String::new(), String::new());
    let mut differs = |statement: &Statement| match run(twins, &Case::of(statement.clone()), form, looks).0 {
        Outcome::Differs { direct, through } => Some((direct, through)),
        Outcome::Same | Outcome::Refused { .. } => None,
    };
    if let Some((direct, through)) = differs(&best.0) {
        (best.1, best.2) = (direct, through);
    }
    loop {
        let smaller = best.0.smaller().into_iter().find_map(|less| {
            let (direct, through) = differs(&less)?;
            Some((less, direct, through))
        });
        match smaller {
            Some(less) => best = less,
            None => return best,
        }
    }
}
