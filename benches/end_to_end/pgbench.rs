//! pgbench against one address: transactions per second, latencies, and what the proxy used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::measure::{Meter, Sample, quantile};
use crate::targets::{PASSWORD, Place};

/// At most about so many transactions are logged for the latencies, of each turn.
const LOGGED: f64 = 20_000.0;
/// More transactions per second than this machine makes.
const FASTEST: f64 = 60_000.0;

/// pgbench's `--protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Prepared,
    Extended,
    Simple,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Prepared => "prepared",
            Mode::Extended => "extended",
            Mode::Simple => "simple",
        }
    }
}

/// What pgbench runs.
#[derive(Clone)]
pub enum Script {
    /// `-S`: one look-up by primary key.
    SelectOnly,
    /// `tpcb-like`.
    TpcB,
    /// Of our own, with variables.
    Own(PathBuf, Vec<(&'static str, String)>),
}

/// One turn.
#[derive(Clone)]
pub struct Load {
    pub script: Script,
    pub mode: Mode,
    pub clients: u32,
    pub seconds: u32,
    /// A connection for every transaction.
    pub reconnects: bool,
}

impl Load {
    pub fn new(script: Script, mode: Mode, clients: u32, seconds: u32) -> Load {
        Load { script, mode, clients, seconds, reconnects: false }
    }
}

/// Runs it. What logging in costs the proxy is measured before and taken off: the rate is without it
/// too, unless the load is one of connections.
pub fn run(program: &Path, scratch: &Path, place: &Place, load: &Load) -> Sample {
    let logs = tempfile::tempdir_in(scratch).expect("a directory");
    let sampling = (LOGGED / (FASTEST * f64::from(load.seconds))).min(1.0);
    let login = if load.reconnects { 0.0 } else { login_seconds(program, place, load) };
    let mut command = command(program, place, load);
    command
        .args(["-T", &load.seconds.to_string(), "-l", &format!("--sampling-rate={sampling}")])
        .arg(format!("--log-prefix={}/t", logs.path().display()));
    let meter = Meter::start(place.process);
    let text = finished(&mut command, place);
    let transactions = number_after(&text, "actually processed: ").unwrap_or(1.0);
    let cpu = meter.per_thousand(transactions, login);
    let rate = number_after(&text, "tps = ").unwrap_or_else(|| panic!("no tps in: {text}"));
    let latencies = latencies(logs.path());
    Sample { rate, cpu, p50: quantile(&latencies, 0.5), p99: quantile(&latencies, 0.99) }
}

/// CPU seconds of the proxy for the connections and one transaction each.
fn login_seconds(program: &Path, place: &Place, load: &Load) -> f64 {
    let meter = Meter::start(place.process);
    if place.process.is_some() {
        finished(command(program, place, load).args(["-t", "1"]), place);
    }
    meter.seconds()
}

/// All but how long.
fn command(program: &Path, place: &Place, load: &Load) -> Command {
    let mut command = Command::new(program);
    command
        .args(["-n", "-h", "127.0.0.1", "-U", "postgres", "-p", &place.port.to_string()])
        .args(["-M", load.mode.name(), "-c", &load.clients.to_string()])
        .args(["-j", &load.clients.min(2).to_string()])
        .env("PGDATABASE", "bench")
        .env("PGPASSWORD", PASSWORD)
        .env("PGSSLMODE", place.sslmode)
        .stdin(Stdio::null());
    match &load.script {
        Script::SelectOnly => {
            command.arg("-S");
        }
        Script::TpcB => {
            command.args(["-b", "tpcb-like"]);
        }
        Script::Own(path, variables) => {
            command.arg("-f").arg(path);
            variables.iter().for_each(|(name, value)| {
                command.args(["-D", &format!("{name}={value}")]);
            });
        }
    }
    if load.reconnects {
        command.arg("-C");
    }
    command
}

/// Its standard output.
fn finished(command: &mut Command, place: &Place) -> String {
    let output = command.output().expect("pgbench");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "pgbench on {}: {complaint}", place.name);
    assert!(!complaint.contains("aborted"), "pgbench on {}: {complaint}", place.name);
    text
}

/// Milliseconds, sorted: the third column of pgbench's log is the latency in microseconds.
fn latencies(directory: &Path) -> Vec<f64> {
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    let texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
    let mut all: Vec<f64> = Vec::new();
    for text in texts {
        let times = text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok());
        all.extend(times.map(|microseconds| microseconds / 1000.0));
    }
    all.sort_by(f64::total_cmp);
    all
}

fn number_after(text: &str, label: &str) -> Option<f64> {
    let after = text.split(label).nth(1)?;
    let digits: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().ok()
}
