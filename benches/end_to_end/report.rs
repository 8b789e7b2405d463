//! The result: tables in Markdown, and the same figures as JSON for the plot.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::connections::Idle;
use crate::goals;
use crate::group::{Line, Metric, Outcome};

/// The tables stand between these lines of the page.
const BEGIN: &str = "<!-- figures: written by benches/end_to_end -->";
const END: &str = "<!-- end of figures -->";

/// What is measured once, without rounds.
#[derive(Default)]
pub struct Singles {
    /// Memory of connections that do nothing.
    pub idle: Vec<Idle>,
    /// Seconds until `serve` accepts connections, before a database of 10,000 tables of which 100 are
    /// protected.
    pub start_up: Option<f64>,
}

/// Everything that was measured, as Markdown.
pub fn markdown(machine: &str, outcomes: &[Outcome], singles: &Singles) -> String {
    let Singles { idle, start_up } = singles;
    let plot = "![Throughput as a share of the server's own](performance.svg)";
    let asked = goals::table(outcomes, idle);
    let mut text = format!("{machine}\n\n{plot}\n\n### What is asked for\n\n{asked}");
    let mut group = "";
    for outcome in outcomes {
        if outcome.group != group {
            group = outcome.group;
            text += &head(outcome);
        }
        for line in &outcome.lines {
            text += &row(outcome, line);
        }
    }
    if !idle.is_empty() {
        text += "\n### Idle connections\n\n| | connections | KiB each | login ms, first 100 | last 100 |\n|---|---|---|---|---|\n";
    }
    for Idle { what, connections, kib, login } in idle {
        text += &format!("| {what} | {connections} | {kib:.1} | {:.2} | {:.2} |\n", login.0, login.1);
    }
    if let Some(seconds) = start_up {
        text += &format!(
            "\n`serve` before 10,000 tables, 100 of them protected, accepts connections after {seconds:.2} s.\n"
        );
    }
    text
}

fn head(outcome: &Outcome) -> String {
    let ratios: Vec<String> = outcome.against.iter().map(|name| format!("× {name}")).collect();
    let columns = ["", "", outcome.unit, &ratios.join(" | "), "p50 ms", "p99 ms", "CPU ms/1,000"].join(" | ");
    let rule = "---|".repeat(6 + ratios.len());
    format!("\n### {}\n\n|{columns} |\n|{rule}\n", outcome.group)
}

fn row(outcome: &Outcome, line: &Line) -> String {
    let figure = |metric: Metric, digits: usize| {
        line.median(metric).map_or("–".into(), |value| format!("{value:.digits$}"))
    };
    let ratio = |to: &&str| {
        let ratio = (*to != line.target).then(|| outcome.ratio(line.target, to, |sample| Some(sample.rate)));
        ratio.flatten().map_or("–".into(), |value| format!("{value:.2}"))
    };
    let ratios: Vec<String> = outcome.against.iter().map(ratio).collect();
    format!(
        "| {} | {} | {} | {} | {} | {} | {} |\n",
        outcome.cell,
        line.target,
        figure(|sample| Some(sample.rate), 0),
        ratios.join(" | "),
        figure(|sample| sample.p50, 2),
        figure(|sample| sample.p99, 2),
        figure(|sample| sample.cpu, 1)
    )
}

/// The same for programs: medians by group, cell and target.
pub fn values(machine: &str, outcomes: &[Outcome], singles: &Singles) -> Value {
    let lines = outcomes.iter().flat_map(|outcome| {
        outcome.lines.iter().map(move |line| {
            json!({
                "group": outcome.group, "cell": outcome.cell, "unit": outcome.unit, "target": line.target,
                "rate": line.median(|sample| Some(sample.rate)),
                "cpu": line.median(|sample| sample.cpu),
                "p50": line.median(|sample| sample.p50), "p99": line.median(|sample| sample.p99),
                "rounds": line.samples.len(),
            })
        })
    });
    let idle = singles
        .idle
        .iter()
        .map(|line| json!({ "what": line.what, "connections": line.connections, "kib": line.kib }));
    json!({ "machine": machine, "lines": lines.collect::<Vec<_>>(), "idle": idle.collect::<Vec<_>>(), "start_up": singles.start_up })
}

/// Puts the tables into the page, in place of those that stood there.
pub fn write_into(page: &Path, tables: &str) -> Result<(), String> {
    let text = fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = parts else {
        return Err(format!("{} has no place for figures", page.display()));
    };
    let text = format!("{before}{BEGIN}\n\n{tables}\n{END}{after}");
    fs::write(page, text).map_err(|error| format!("{}: {error}", page.display()))
}
