//! The table, as Markdown on stdout; progress is visible line by line.

use crate::measure::{Cell, Sample, median};

/// Columns are the targets.
pub struct Table {
    names: Vec<&'static str>,
}

impl Table {
    /// Prints the head.
    pub fn new(names: Vec<&'static str>) -> Table {
        let heads: Vec<String> =
            names
                .iter()
                .map(|name| {
                    if *name == "direct" { "direct tps".into() } else { format!("{name} tps | CPU ms/1,000") }
                })
                .collect();
        println!("| pgbench -S | {} | pgveil / direct | pgveil / pgbouncer |", heads.join(" | "));
        println!("|{}", "---|".repeat(heads.join(" | ").split(" | ").count() + 3));
        Table { names }
    }

    /// One line: medians over the rounds.
    pub fn transactions(&self, cell: &Cell, rounds: &[Vec<Sample>]) {
        let column = |index: usize, field: fn(&Sample) -> f64| {
            median(rounds.iter().filter_map(|round| round.get(index)).map(field).collect())
        };
        let tps: Vec<f64> = (0..self.names.len()).map(|index| column(index, |sample| sample.tps)).collect();
        let cells: Vec<String> = tps
            .iter()
            .enumerate()
            .map(|(index, tps)| match index {
                0 => format!("{tps:.0}"),
                _ => format!("{tps:.0} | {:.1}", column(index, |sample| sample.cpu)),
            })
            .collect();
        println!(
            "| {}, {} clients | {} | {} | {} |",
            cell.mode.name(),
            cell.clients,
            cells.join(" | "),
            self.ratio(&tps, "pgveil", "direct"),
            self.ratio(&tps, "pgveil", "pgbouncer")
        );
    }

    fn ratio(&self, values: &[f64], of: &str, to: &str) -> String {
        let value = |name: &str| {
            let index = self.names.iter().position(|candidate| *candidate == name)?;
            values.get(index).copied()
        };
        match (value(of), value(to)) {
            (Some(of), Some(to)) if to > 0.0 => format!("{:.2}", of / to),
            _ => "–".into(),
        }
    }

    /// Seconds per target, and how they compare.
    pub fn copies(&self, rounds: &[Vec<f64>]) {
        println!("\nCOPY out of 1,000,000 rows, seconds (median of {}):", rounds.len());
        let seconds: Vec<f64> = (0..self.names.len())
            .map(|index| median(rounds.iter().filter_map(|round| round.get(index)).copied().collect()))
            .collect();
        for (name, seconds) in self.names.iter().zip(&seconds) {
            println!("- {name}: {seconds:.2}");
        }
        println!("- time of pgveil / direct: {}", self.ratio(&seconds, "pgveil", "direct"));
        println!("- time of pgveil / pgbouncer: {}", self.ratio(&seconds, "pgveil", "pgbouncer"));
    }

    /// Memory per idle connection.
    pub fn idle(&self, memory: &[(&'static str, f64)], connections: usize) {
        println!("\nMemory per idle connection, KiB (over {connections}):");
        for (name, kib) in memory {
            println!("- {name}: {kib:.1}");
        }
    }
}
