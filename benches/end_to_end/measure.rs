//! What one turn of one target gave, and what a process has used: time and memory from /proc.

use std::fs;

/// What one target did in one round.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample {
    /// Transactions, rows or connections per second.
    pub rate: f64,
    /// CPU milliseconds of the proxy per 1,000 of them, if there is a proxy.
    pub cpu: Option<f64>,
    /// Latency in milliseconds that half of the transactions did not exceed.
    pub p50: Option<f64>,
    /// Latency in milliseconds that 99 % of the transactions did not exceed.
    pub p99: Option<f64>,
}

/// CPU time of a process while something runs.
pub struct Meter {
    process: Option<u32>,
    before: f64,
}

impl Meter {
    /// Begins; without a process there is nothing to measure.
    pub fn start(process: Option<u32>) -> Meter {
        Meter { process, before: process.map_or(0.0, cpu_seconds) }
    }

    /// Seconds until now.
    pub fn seconds(&self) -> f64 {
        self.process.map_or(0.0, |process| cpu_seconds(process) - self.before)
    }

    /// Milliseconds per 1,000 of `count`, `without` so many seconds.
    pub fn per_thousand(&self, count: f64, without: f64) -> Option<f64> {
        self.process.map(|_| (self.seconds() - without).max(0.0) * 1e6 / count.max(1.0))
    }
}

/// User and system time of a process's threads so far, in seconds: the first field of their
/// schedstat, in nanoseconds (the kernel's Documentation/scheduler/sched-stats). Finer than proc(5)'s
/// ticks of 10 ms.
fn cpu_seconds(pid: u32) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("a running process");
    let times = tasks.flatten().filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok());
    times.filter_map(|text| text.split(' ').next()?.parse::<f64>().ok()).sum::<f64>() / 1e9
}

/// Resident memory of a process that is its own, in KiB (proc(5): RssAnon of status).
pub fn resident(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// The middle one; of an even number, the mean of the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match (values.len() % 2, half.checked_sub(1)) {
        (0, Some(below)) => (values[below] + values[half]) / 2.0,
        _ => values.get(half).copied().unwrap_or_default(),
    }
}

/// The value that `share` of the sorted values do not exceed.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}
