//! Who has met a step. Pure: answers and the time come in.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::row::{Announcement, Answer, Challenge, Standing};

/// An instance that a step waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The operator's name for it.
    pub instance: String,
    /// What of it.
    pub what: Lack,
}

/// What is missing of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// It has not answered this step.
    Silent,
    /// It runs under an older generation of the keyring.
    Behind {
        /// The one that it runs under.
        generation: u64,
    },
    /// Something in progress depends on an older generation.
    Busy,
    /// The operator says that it is off; its lease may not have run out yet, or it may yet speak.
    Quiet,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "instance {:?} ", self.instance)?;
        match self.what {
            Lack::Silent => {
                write!(
                    f,
                    "does not answer (start it; or, if it is off on purpose, say so: --without {})",
                    self.instance
                )
            }
            Lack::Behind { generation } => {
                write!(f, "still runs under generation {generation} of the keyring")
            }
            Lack::Busy => write!(f, "has a transaction, cursor or statement from before in progress"),
            Lack::Quiet => write!(f, "is said to be off: a few seconds are left to it to say otherwise"),
        }
    }
}

/// The worker's book over one run.
#[derive(Clone, Debug)]
pub struct Roll {
    present: Vec<String>,
    off: Vec<String>,
    /// How long those must be quiet.
    quiet: Duration,
    step: Option<Announcement>,
    /// The highest counter heard of each, with the answer that bore it.
    heard: BTreeMap<String, Answer>,
    /// Counters at the first answer of those that are said to be off.
    first: BTreeMap<String, u64>,
}

impl Roll {
    /// `off` are those of `expected` that the operator says do not run; they must be quiet for as long as
    /// [`lease::until_off`].
    pub fn new(expected: &[String], off: &[String], quiet: Duration) -> Self {
        let present = expected.iter().filter(|name| !off.contains(name)).cloned().collect();
        let (heard, first) = (BTreeMap::new(), BTreeMap::new());
        Roll { present, off: off.to_vec(), quiet, step: None, heard, first }
    }

    /// A new step: what was answered before counts no more.
    pub fn begin(&mut self, step: Announcement) {
        self.step = Some(step);
    }

    /// The step's name.
    pub fn step(&self) -> &str {
        self.step.as_ref().map_or("", |step| &step.step)
    }

    /// Takes an answer whose MAC is good. REFUSES: one that is not newer than what was heard.
    pub fn hear(&mut self, answer: Answer) {
        self.first.entry(answer.instance.clone()).or_insert(answer.counter);
        let is_newer = self.heard.get(&answer.instance).is_none_or(|known| known.counter < answer.counter);
        if is_newer {
            self.heard.insert(answer.instance.clone(), answer);
        }
    }

    /// Who has not met the step, `elapsed` after the run began on the worker's own monotonic clock.
    pub fn missing(&self, elapsed: Duration) -> Vec<Missing> {
        let Some(step) = &self.step else { return Vec::new() };
        let lacks = |name: &String| Some(Missing { instance: name.clone(), what: self.lack(name, step)? });
        let mut missing: Vec<_> = self.present.iter().filter_map(lacks).collect();
        if elapsed < self.quiet {
            let quiet = |name: &String| Missing { instance: name.clone(), what: Lack::Quiet };
            missing.extend(self.off.iter().map(quiet));
        }
        missing
    }

    /// One that the operator says is off and that has spoken during this run.
    pub fn alive_although_off(&self) -> Option<&str> {
        let spoke = |name: &&String| {
            let Some(answer) = self.heard.get(*name) else { return false };
            let is_later = self.first.get(*name).is_some_and(|first| answer.counter > *first);
            is_later || self.step.as_ref().is_some_and(|step| answers(answer, step.challenge))
        };
        self.off.iter().find(spoke).map(String::as_str)
    }

    fn lack(&self, name: &str, step: &Announcement) -> Option<Lack> {
        let Some(answer) = self.heard.get(name).filter(|answer| answers(answer, step.challenge)) else {
            return Some(Lack::Silent);
        };
        match answer.standing {
            _ if answer.generation < step.generation => Some(Lack::Behind { generation: answer.generation }),
            standing if standing >= step.demand => None,
            Standing::Alive => Some(Lack::Behind { generation: answer.generation }),
            Standing::Loaded | Standing::Drained => Some(Lack::Busy),
        }
    }
}

fn answers(answer: &Answer, challenge: Challenge) -> bool {
    answer.challenge == challenge && challenge != Challenge::default()
}
