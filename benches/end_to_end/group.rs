//! Cells that are compared: in each round every target takes its turn, so that a disturbance of the
//! machine hits all of them.

use crate::measure::{Sample, median};

/// Something that can be measured, and its name in the table.
pub struct Target<'a> {
    pub name: &'static str,
    pub turn: Box<dyn Fn() -> Sample + 'a>,
}

/// One line of work, done by each of the targets.
pub struct Cell<'a> {
    pub name: String,
    pub targets: Vec<Target<'a>>,
}

/// Cells with the same unit and the same targets to compare with.
pub struct Group<'a> {
    pub title: &'static str,
    /// Of [`Sample::rate`]: `tps`, `rows/s`.
    pub unit: &'static str,
    /// Ratios are given to these targets.
    pub against: &'static [&'static str],
    pub cells: Vec<Cell<'a>>,
}

/// All rounds of one target in one cell.
pub struct Line {
    pub target: &'static str,
    pub samples: Vec<Sample>,
}

/// All lines of one cell.
pub struct Outcome {
    pub group: &'static str,
    pub unit: &'static str,
    pub against: &'static [&'static str],
    pub cell: String,
    pub lines: Vec<Line>,
}

impl<'a> Target<'a> {
    pub fn new(name: &'static str, turn: impl Fn() -> Sample + 'a) -> Target<'a> {
        Target { name, turn: Box::new(turn) }
    }
}

impl Cell<'_> {
    /// Runs all rounds; who comes first changes with the round.
    pub fn run(&self, group: &Group<'_>, rounds: usize) -> Outcome {
        let count = self.targets.len();
        let mut lines: Vec<Line> =
            self.targets.iter().map(|target| Line { target: target.name, samples: Vec::new() }).collect();
        for round in 0..rounds {
            for turn in 0..count {
                let index = (turn + round) % count;
                let sample = (self.targets[index].turn)();
                eprintln!(
                    "{} · {} · {}: {:.0} {}",
                    group.title, self.name, lines[index].target, sample.rate, group.unit
                );
                lines[index].samples.push(sample);
            }
        }
        let Group { title, unit, against, .. } = *group;
        Outcome { group: title, unit, against, cell: self.name.clone(), lines }
    }
}

/// A figure of a sample.
pub type Metric = fn(&Sample) -> Option<f64>;

impl Line {
    /// Its median over the rounds.
    pub fn median(&self, metric: Metric) -> Option<f64> {
        let values: Vec<f64> = self.samples.iter().filter_map(metric).collect();
        (!values.is_empty()).then(|| median(values))
    }
}

impl Outcome {
    pub fn line(&self, target: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.target == target)
    }

    /// The median of the rounds' own ratios: both took their turns within each.
    pub fn ratio(&self, target: &str, to: &str, metric: Metric) -> Option<f64> {
        let (of, to) = (self.line(target)?, self.line(to)?);
        let pairs = of.samples.iter().zip(&to.samples);
        let ratios: Vec<f64> = pairs
            .filter_map(|(of, to)| {
                let (of, to) = (metric(of)?, metric(to)?);
                (to > 0.0).then(|| of / to)
            })
            .collect();
        (!ratios.is_empty()).then(|| median(ratios))
    }
}
