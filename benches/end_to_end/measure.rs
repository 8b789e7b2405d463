//! One measurement: pgbench or COPY against one address, and what a process used meanwhile.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::targets::PASSWORD;

/// Clock ticks per second of /proc/PID/stat on Linux (`getconf CLK_TCK`).
const TICKS: f64 = 100.0;

/// pgbench's `--protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Prepared,
    Extended,
    Simple,
}

impl Mode {
    pub fn parse(word: &str) -> Option<Mode> {
        [Mode::Prepared, Mode::Extended, Mode::Simple].into_iter().find(|mode| mode.name() == word)
    }

    pub fn name(self) -> &'static str {
        match self {
            Mode::Prepared => "prepared",
            Mode::Extended => "extended",
            Mode::Simple => "simple",
        }
    }
}

/// One cell of the table.
pub struct Cell {
    pub mode: Mode,
    pub clients: u32,
    pub seconds: u32,
}

/// What one target did in one round.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Transactions per second, without connecting.
    pub tps: f64,
    /// CPU milliseconds of the proxy per 1,000 transactions; 0 without a proxy.
    pub cpu: f64,
}

/// `pgbench -S` for the cell's time.
pub fn pgbench(program: &Path, port: u16, cell: &Cell, proxy: Option<u32>) -> Sample {
    let before = proxy.map_or(0.0, cpu_seconds);
    let output = Command::new(program)
        .args(["-n", "-S", "-h", "127.0.0.1", "-U", "postgres", "-p", &port.to_string()])
        .args(["-M", cell.mode.name(), "-c", &cell.clients.to_string()])
        .args(["-j", &cell.clients.min(2).to_string(), "-T", &cell.seconds.to_string(), "bench"])
        .env("PGPASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .output()
        .expect("pgbench");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "pgbench on port {port}: {complaint}");
    let tps = number_after(&text, "tps = ").unwrap_or_else(|| panic!("no tps in: {text}"));
    let transactions = number_after(&text, "actually processed: ").unwrap_or(1.0);
    let used = proxy.map_or(0.0, cpu_seconds) - before;
    Sample { tps, cpu: used * 1e6 / transactions }
}

fn number_after(text: &str, label: &str) -> Option<f64> {
    let after = text.split(label).nth(1)?;
    let digits: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().ok()
}

/// Seconds for COPY of the whole table (1 M rows, about 97 MB) to the client.
pub fn copy_out(program: &Path, port: u16) -> f64 {
    let started = Instant::now();
    let status = Command::new(program)
        .args(["-X", "-q", "-h", "127.0.0.1", "-U", "postgres", "-p", &port.to_string(), "-d", "bench"])
        .args(["-c", "COPY pgbench_accounts TO STDOUT"])
        .env("PGPASSWORD", PASSWORD)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .expect("psql");
    assert!(status.success(), "COPY on port {port}");
    started.elapsed().as_secs_f64()
}

/// User and system time of a process so far, in seconds (proc(5): fields 14 and 15 of stat).
pub fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("a running process");
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|word| word.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / TICKS
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
