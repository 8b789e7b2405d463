//! What is asked for, and whether this run has it.

use crate::connections::Idle;
use crate::group::{Metric, Outcome};
use crate::measure::Sample;

/// Which side of the bound is good.
#[derive(Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// A ratio that is asked for in every cell whose name has one of these words.
struct Goal {
    text: &'static str,
    group: &'static str,
    /// Parts of a cell's name, one of which must occur.
    cells: &'static [&'static str],
    target: &'static str,
    against: &'static str,
    metric: Metric,
    bound: Bound,
}

const RATE: Metric = |sample: &Sample| Some(sample.rate);
const CPU: Metric = |sample: &Sample| sample.cpu;
const P99: Metric = |sample: &Sample| sample.p99;

use Bound::{AtLeast, AtMost};

#[rustfmt::skip]
const GOALS: &[Goal] = &[
    Goal { text: "throughput of pgbouncer, 8 and 32 clients, TPC-B", group: "Untouched traffic", cells: &["-S prepared, 8", "-S prepared, 32", "-S extended, 8", "-S extended, 32", "-S simple, 8", "-S simple, 32", "TPC-B"], target: "pgveil", against: "pgbouncer", metric: RATE, bound: AtLeast(1.0) },
    Goal { text: "the same under a policy", group: "Untouched traffic", cells: &["-S prepared, 8", "-S prepared, 32", "-S extended, 8", "-S extended, 32", "-S simple, 8", "-S simple, 32", "TPC-B"], target: "pgveil, policy", against: "pgbouncer", metric: RATE, bound: AtLeast(1.0) },
    Goal { text: "throughput of pgbouncer, 1 client", group: "Untouched traffic", cells: &[", 1 client"], target: "pgveil", against: "pgbouncer", metric: RATE, bound: AtLeast(0.95) },
    Goal { text: "CPU per transaction of pgbouncer", group: "Untouched traffic", cells: &["-S"], target: "pgveil", against: "pgbouncer", metric: CPU, bound: AtMost(1.0) },
    Goal { text: "p99 of pgbouncer, 8 clients", group: "Untouched traffic", cells: &["-S prepared, 8", "-S extended, 8", "-S simple, 8"], target: "pgveil", against: "pgbouncer", metric: P99, bound: AtMost(1.2) },
    Goal { text: "bulk at the speed of the server", group: "Untouched data in bulk", cells: &["SELECT", "COPY"], target: "pgveil", against: "direct", metric: RATE, bound: AtLeast(0.95) },
    Goal { text: "bulk ahead of pgbouncer", group: "Untouched data in bulk", cells: &["SELECT", "COPY"], target: "pgveil", against: "pgbouncer", metric: RATE, bound: AtLeast(1.1) },
    Goal { text: "TLS to the client, of pgbouncer", group: "TLS", cells: &["to the client"], target: "pgveil", against: "pgbouncer", metric: RATE, bound: AtLeast(1.0) },
    Goal { text: "connections, of HAProxy", group: "A connection for every transaction", cells: &["without TLS"], target: "pgveil", against: "haproxy", metric: RATE, bound: AtLeast(0.95) },
    Goal { text: "connections, TLS to the client, of direct TLS", group: "A connection for every transaction", cells: &["to the client"], target: "pgveil", against: "direct", metric: RATE, bound: AtLeast(0.9) },
    Goal { text: "connections, TLS on both legs, of direct TLS", group: "A connection for every transaction", cells: &["both legs"], target: "pgveil", against: "direct", metric: RATE, bound: AtLeast(0.45) },
    Goal { text: "one protected column read or looked up, of our untouched", group: "Protected columns", cells: &["read by key, 1", "equality, prepared"], target: "pgveil", against: "pgveil, untouched", metric: RATE, bound: AtLeast(0.95) },
    Goal { text: "looked up with literals, of our untouched", group: "Protected columns", cells: &["literals"], target: "pgveil", against: "pgveil, untouched", metric: RATE, bound: AtLeast(0.9) },
    Goal { text: "insert, of the same ciphertext untouched", group: "Protected columns", cells: &["insert"], target: "pgveil", against: "pgveil, untouched", metric: RATE, bound: AtLeast(0.95) },
    Goal { text: "TPC-B-like, of our untouched", group: "Protected columns", cells: &["TPC-B"], target: "pgveil", against: "pgveil, untouched", metric: RATE, bound: AtLeast(0.9) },
    Goal { text: "bulk SELECT opened, of direct plaintext", group: "Protected data in bulk", cells: &["SELECT"], target: "pgveil", against: "direct, plain", metric: RATE, bound: AtLeast(0.5) },
    Goal { text: "COPY opened and sealed, of direct plaintext", group: "Protected data in bulk", cells: &["COPY"], target: "pgveil", against: "direct, plain", metric: RATE, bound: AtLeast(0.5) },
    Goal { text: "bulk SELECT, of pgp_sym_decrypt", group: "Protected data in bulk", cells: &["SELECT"], target: "pgveil", against: "pgp_sym_decrypt", metric: RATE, bound: AtLeast(30.0) },
    Goal { text: "bulk SELECT, of raw decrypt()", group: "Protected data in bulk", cells: &["SELECT"], target: "pgveil", against: "decrypt", metric: RATE, bound: AtLeast(1.0) },
    Goal { text: "bulk SELECT, of the Python application", group: "Protected data in bulk", cells: &["SELECT"], target: "pgveil", against: "application, Python", metric: RATE, bound: AtLeast(1.0) },
];

/// Most KiB of an idle connection: what, and how many.
const MEMORY: &[(&str, f64)] = &[("pgveil", 16.0), ("pgveil, TLS to the client", 40.0)];

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            AtLeast(bound) => value >= bound,
            AtMost(bound) => value <= bound,
        }
    }

    fn worse(self, one: f64, other: f64) -> f64 {
        match self {
            AtLeast(_) => one.min(other),
            AtMost(_) => one.max(other),
        }
    }

    fn text(self) -> String {
        match self {
            AtLeast(bound) => format!("≥ {bound}"),
            AtMost(bound) => format!("≤ {bound}"),
        }
    }
}

/// One line for every figure that is asked for and was measured: what, bound, worst cell, held.
pub fn table(outcomes: &[Outcome], idle: &[Idle]) -> String {
    let mut text = String::from("| asked for | bound | worst cell | |\n|---|---|---|---|\n");
    for goal in GOALS {
        let cells = outcomes.iter().filter(|outcome| {
            outcome.group == goal.group && goal.cells.iter().any(|part| outcome.cell.contains(part))
        });
        let values = cells.filter_map(|outcome| outcome.ratio(goal.target, goal.against, goal.metric));
        if let Some(value) = values.reduce(|one, other| goal.bound.worse(one, other)) {
            line(&mut text, goal.text, goal.bound, value, " ×");
        }
    }
    for (what, most) in MEMORY {
        if let Some(line_of) = idle.iter().find(|line| line.what == *what) {
            line(
                &mut text,
                &format!("memory of an idle connection, {what}"),
                AtMost(*most),
                line_of.kib,
                " KiB",
            );
        }
    }
    text
}

fn line(text: &mut String, what: &str, bound: Bound, value: f64, unit: &str) {
    let held = if bound.holds(value) { "held" } else { "**missed**" };
    *text += &format!("| {what} | {}{unit} | {value:.2}{unit} | {held} |\n", bound.text());
}
