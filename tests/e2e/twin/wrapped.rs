//! The cases written by hand with further expressions around their constants, at random: what is not refused reads as it
//! does directly.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::answer::Outcome;
use super::corpus;
use super::dice::Dice;
use super::form::{ALL, Form};
use super::place::Twins;
use super::run::{Case, run};
use super::schema;
use super::statement::{Piece, Statement};

/// What stands around a constant, which is `@`.
const AROUND: &str = include_str!("../../cases/around.txt");
/// The run ends with so many findings.
const MOST: usize = 40;

/// What a run came to.
#[derive(Default)]
pub struct Report {
    pub statements: usize,
    pub same: usize,
    pub findings: Vec<String>,
    refused: BTreeMap<String, (usize, String)>,
}

impl Report {
    /// What was refused, with an example of each kind.
    pub fn refusals(&self) -> String {
        self.refused.iter().fold(String::new(), |mut text, (why, (count, example))| {
            let _ = writeln!(text, "{count:6} {why}\n         {example}");
            text
        })
    }
}

/// The statement with something around one of its constants.
fn wrapped(statement: &Statement, dice: &mut Dice) -> Option<Statement> {
    let is_hole = |piece: &Piece| matches!(piece, Piece::Hole(hole) if !hole.ty.ends_with("[]"));
    let places: Vec<usize> =
        (0..statement.pieces.len()).filter(|at| is_hole(&statement.pieces[*at])).collect();
    if places.is_empty() {
        return None;
    }
    let at = *dice.pick(&places);
    let hole = statement.pieces[at].clone();
    let around: Vec<&str> = AROUND.lines().collect();
    let mut around = dice.pick(&around).split('@');
    let mut pieces = statement.pieces[..at].to_vec();
    pieces.push(Piece::Text(around.next().unwrap_or_default().into()));
    for text in around {
        pieces.push(hole.clone());
        pieces.push(Piece::Text(text.into()));
    }
    pieces.extend_from_slice(&statement.pieces[at + 1..]);
    Some(Statement { pieces })
}

fn is_error(lines: &str) -> bool {
    lines.starts_with("E ")
}

/// Columns of the cases' tables that are protected.
const COLUMNS: [&str; 9] = ["email", "name", "nick", "code", "born", "level", "wage", "tags", "small"];
/// What stands around one of them.
const AROUND_COLUMN: [&str; 18] = [
    "(@)",
    "(SELECT @)",
    "(SELECT x FROM (SELECT @ AS x) s)",
    "(SELECT x FROM (VALUES (@)) s(x))",
    "(WITH s(x) AS (SELECT @) SELECT x FROM s)",
    "(SELECT x FROM unnest(ARRAY[@]) x)",
    "coalesce(@, @)",
    "coalesce(@, NULL)",
    "coalesce(NULL, @)",
    "CASE WHEN true THEN @ END",
    "CASE WHEN @ IS NULL THEN NULL ELSE @ END",
    "nullif(@, NULL)",
    "@::text",
    "(ARRAY[@])[1]",
    "(@ /* c */)",
    "(SELECT @ UNION SELECT @)",
    "(SELECT max(x) FROM (SELECT 1) o, LATERAL (SELECT @ AS x) s)",
    "(CASE WHEN false THEN NULL ELSE @ END)",
];

/// The statement with something around the name of one of its protected columns.
fn column_wrapped(statement: &Statement, dice: &mut Dice) -> Option<Statement> {
    let mut places = Vec::new();
    for (at, piece) in statement.pieces.iter().enumerate() {
        let Piece::Text(text) = piece else { continue };
        for name in COLUMNS {
            let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "_.\"'".contains(c));
            let found = text.match_indices(name).filter(|(start, _)| {
                !is_word(text[..*start].chars().next_back())
                    && !is_word(text[start + name.len()..].chars().next())
            });
            places.extend(found.map(|(start, _)| (at, start, name)));
        }
    }
    if places.is_empty() {
        return None;
    }
    let (at, start, name) = *dice.pick(&places);
    let mut wrapped = statement.clone();
    if let Piece::Text(text) = &mut wrapped.pieces[at] {
        text.replace_range(start..start + name.len(), &dice.pick(&AROUND_COLUMN).replace('@', name));
    }
    Some(wrapped)
}

/// Runs from this seed for this long, or this many statements.
pub fn run_for(seed: u64, time: Duration, most: usize) -> Report {
    let (start, mut report, mut dice) = (Instant::now(), Report::default(), Dice::new(seed));
    let statements = corpus::single();
    let mut twins = Twins::new("wrapped", schema::TABLES, &schema::policy(), &schema::rows());
    let looks = schema::looks();
    while start.elapsed() < time && report.statements < most && report.findings.len() < MOST {
        let mut statement = dice.pick(&statements).clone();
        for _ in 0..1 + dice.below(2) {
            let more = match dice.one_in(2) {
                true => wrapped(&statement, &mut dice),
                false => column_wrapped(&statement, &mut dice),
            };
            statement = more.unwrap_or(statement);
        }
        let fitting: Vec<Form> = ALL.iter().copied().filter(|form| form.fits(&statement)).collect();
        let form = *dice.pick(&fitting);
        report.statements += 1;
        match run(&mut twins, &Case::of(statement.clone()), form, &looks).0 {
            Outcome::Same => report.same += 1,
            Outcome::Refused { why, direct } => {
                let why = format!("{why} (direct: {direct})");
                report.refused.entry(why).or_insert_with(|| (0, statement.written())).0 += 1;
            }
            // Which of several faults of a statement is heard of is for whoever looks first.
            Outcome::Differs { direct, through } if is_error(&direct) && is_error(&through) => {
                report.same += 1
            }
            Outcome::Differs { direct, through } => report.findings.push(format!(
                "[{form:?}] {}\n  direct:  {direct}\n  through: {through}",
                statement.written()
            )),
        }
    }
    report
}
