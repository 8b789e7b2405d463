//! What a job has done so far, for whoever waits for it: a bar on a terminal, else a line every 10
//! seconds; always on stderr.
//!
//! Knows counts and names of tables; never a value or a key of a row.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::jobs::pace::Waiting;

/// How often a line is written where there is no terminal.
const EVERY: Duration = Duration::from_secs(10);

/// A moment of a batch at which a test may end the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Rows are claimed, in an open transaction.
    Claimed,
    /// Their new cells are made.
    Turned,
    /// They are written and compared, not yet committed.
    Written,
    /// They are committed.
    Committed,
    /// A table has been walked to its end once.
    Passed,
    /// The guard stands, and is not validated.
    Guarded,
}

/// Told of every [`Moment`]; for tests that end a job there.
pub type Tap = Box<dyn Fn(Moment) + Send + Sync>;

/// Shared by all workers of a run.
pub struct Progress {
    bar: ProgressBar,
    lines: Option<Mutex<Instant>>,
    unit: &'static str,
    tap: Option<Tap>,
}

impl Progress {
    /// On stderr; `unit` is what is counted, as in "rows".
    pub fn on_stderr(unit: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(5));
        let template = "{msg} {wide_bar} {human_pos}/{human_len} {rate:>16} ETA {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // Where the terminal takes no text there is no bar either.
                let _written = write!(out, "{} {unit}/s", HumanCount(state.per_sec() as u64));
            };
            bar.set_style(style.with_key("rate", rate));
        }
        let lines = (!std::io::stderr().is_terminal()).then(|| Mutex::new(Instant::now()));
        Progress { bar, lines, unit, tap: None }
    }

    /// Nowhere; `tap` is told of every moment.
    pub fn silent(tap: Option<Tap>) -> Self {
        Progress { bar: ProgressBar::hidden(), lines: None, unit: "rows", tap }
    }

    /// A piece of work begins: its name and how much there is, as far as it is known.
    pub fn begin(&self, name: &str, expected: u64) {
        self.bar.reset();
        self.bar.set_length(expected);
        self.bar.set_message(name.to_owned());
    }

    /// So much more is done.
    pub fn advance(&self, count: u64) {
        self.bar.inc(count);
        // A table grows while it is walked.
        if self.bar.length().is_some_and(|length| length < self.bar.position()) {
            self.bar.set_length(self.bar.position());
        }
        let Some(lines) = &self.lines else { return };
        let Ok(mut last) = lines.lock() else { return };
        if last.elapsed() >= EVERY {
            *last = Instant::now();
            eprintln!("{}", self.line());
        }
    }

    /// The job waits.
    pub fn waits(&self, waiting: Waiting) {
        self.say(match waiting {
            Waiting::Window => "waits for the hours of --window",
            Waiting::Paused => "paused: `pgveil rotate resume` lets it go on",
            Waiting::Lag => "waits for the replicas (--max-lag)",
        });
    }

    /// A sentence beside the bar.
    pub fn say(&self, text: &str) {
        if self.bar.is_hidden() {
            if self.lines.is_some() {
                eprintln!("{}: {text}", self.bar.message());
            }
        } else {
            self.bar.println(format!("{}: {text}", self.bar.message()));
        }
    }

    /// The work is over.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Tells the tap.
    pub fn at(&self, moment: Moment) {
        if let Some(tap) = &self.tap {
            tap(moment);
        }
    }

    fn line(&self) -> String {
        let (at, of) = (self.bar.position(), self.bar.length().unwrap_or_default());
        let percent = (at * 100).checked_div(of).unwrap_or(100);
        format!(
            "{}: {} of {} {} ({percent} %), {:.0} {}/s, ETA {}",
            self.bar.message(),
            HumanCount(at),
            HumanCount(of),
            self.unit,
            self.bar.per_sec(),
            self.unit,
            HumanDuration(self.bar.eta())
        )
    }
}
