//! What a proxy costs, beside none at all, HAProxy, pgbouncer and encryption elsewhere: throughput,
//! latency, CPU time and memory, over a private PostgreSQL on this machine.
//!
//! ```text
//! scripts/bench                                    everything, into docs/performance.md and its plot
//! scripts/bench --fast                             the most important cells, under two minutes
//! cargo bench --bench end_to_end -- --only TLS --rounds 9
//! cargo bench --bench end_to_end -- --only Idle --idle 100 --rows 20000    whether it still works
//! PGVEIL_BIN=target/quick/pgveil cargo bench --profile dev --bench end_to_end     a binary at hand
//! ```
//!
//! The targets take turns within each round; a figure is the median of its rounds, a ratio the median
//! of the rounds' own ratios. pgbouncer runs in session mode: like pgveil, one server connection per
//! client connection.

mod application;
mod bulk;
#[path = "../../tests/e2e/support/client.rs"]
#[allow(dead_code)]
mod client;
mod connections;
mod goals;
mod group;
mod growth;
mod measure;
mod pgbench;
mod protected;
mod report;
#[path = "../../tests/e2e/support/scram.rs"]
#[allow(dead_code)]
mod scram;
mod targets;
mod tls;
mod untouched;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use group::{Group, Outcome};
use report::Singles;
use targets::{Targets, Upstream};

/// Relay authentication: fewest round trips, and allowed on loopback.
const RELAY: &str = "mode = \"relay\"";
const SCRAM: &str = "mode = \"scram\"\nusers = \"users.toml\"";
const KEYS: &str =
    "[keys]\nkeyring = \"keyring.pgveil\"\nunlock = \"file:root.key\"\n[admin]\nurl = \"file:admin.dsn\"\n";

/// What to run.
pub struct Plan {
    /// Only the cells that matter most.
    pub fast: bool,
    /// Turns of each target in each cell.
    pub rounds: usize,
    /// Of one turn of pgbench.
    pub seconds: u32,
    /// Of the tables that are read in bulk; at most 1,000,000.
    pub rows: u64,
    /// Connections that do nothing.
    pub idle: usize,
    /// Groups and cells whose title or name has this in it.
    only: String,
    /// Figures as JSON.
    json: Option<PathBuf>,
    /// The page whose tables are replaced.
    page: Option<PathBuf>,
}

impl Plan {
    fn from_arguments() -> Result<Plan, String> {
        let mut plan = Plan {
            fast: false,
            rounds: 5,
            seconds: 3,
            rows: 1_000_000,
            idle: 1000,
            only: String::new(),
            json: None,
            page: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut word = || arguments.next().ok_or(format!("{argument} wants a value"));
            let number = |word: String| word.parse::<u32>().map_err(|_| format!("{word} is no number"));
            match argument.as_str() {
                // Cargo itself adds this to the arguments of a bench.
                "--bench" => {}
                "--fast" => {
                    (plan.fast, plan.rounds, plan.seconds) = (true, 1, 1);
                    (plan.rows, plan.idle) = (200_000, 200);
                }
                "--rounds" => plan.rounds = number(word()?)? as usize,
                "--seconds" => plan.seconds = number(word()?)?,
                "--rows" => plan.rows = u64::from(number(word()?)?.clamp(20_000, 1_000_000)),
                "--idle" => plan.idle = number(word()?)? as usize,
                "--only" => plan.only = word()?,
                "--json" => plan.json = Some(word()?.into()),
                "--page" => plan.page = Some(word()?.into()),
                other => return Err(format!("what is `{other}`?")),
            }
        }
        Ok(plan)
    }

    /// Runs the cells that are wanted of a group.
    fn run(&self, group: &Group<'_>, outcomes: &mut Vec<Outcome>) {
        self.run_rounds(self.rounds, group, outcomes);
    }

    fn run_rounds(&self, rounds: usize, group: &Group<'_>, outcomes: &mut Vec<Outcome>) {
        let wanted = group.cells.iter().filter(|cell| {
            self.wants(group.title) || (!self.only.is_empty() && cell.name.contains(&self.only))
        });
        for cell in wanted {
            outcomes.push(cell.run(group, rounds));
        }
    }

    fn wants(&self, title: &str) -> bool {
        title.contains(&self.only)
    }
}

fn main() -> ExitCode {
    let plan = match Plan::from_arguments() {
        Ok(plan) => plan,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    let mut targets = started();
    protected::fill(&targets, &plan);
    let mut outcomes = Vec::new();
    plan.run(&untouched::transactions(&targets, &plan), &mut outcomes);
    plan.run(&untouched::data(&targets, &plan), &mut outcomes);
    plan.run(&protected::transactions(&targets, &plan), &mut outcomes);
    plan.run(&protected::data(&targets, &plan), &mut outcomes);
    plan.run(&untouched::tls(&targets, &plan), &mut outcomes);
    plan.run(&connections::storm(&targets, &plan), &mut outcomes);
    if !plan.fast {
        plan.run_rounds(plan.rounds.min(2), &growth::cells(&targets), &mut outcomes);
    }
    let mut singles = Singles::default();
    if plan.wants("Idle connections") {
        singles.idle = connections::memory(&mut targets, &plan);
    }
    if plan.wants("Start") && !plan.fast {
        singles.start_up = Some(growth::start_up(&mut targets));
    }
    drop(targets);
    publish(&plan, &outcomes, &singles)
}

/// The server and all proxies.
fn started() -> Targets {
    let mut targets = Targets::start();
    protected::create(&targets);
    growth::create(&targets);
    let port = targets.server_port();
    let upstream = |sslmode, auth| Upstream { port, sslmode, auth };
    let add = ["users", "add", "postgres", "--password", "env:BENCH_PASSWORD"];
    let same = [&add[..], &["--upstream-password", "env:BENCH_PASSWORD"]].concat();
    let tagged = format!("{KEYS}{}{}", protected::policy(), growth::policy());
    targets.start_haproxy("haproxy");
    targets.start_pgbouncer("pgbouncer", "disable");
    targets.start_pgbouncer("pgbouncer, TLS on", "require");
    targets.start_pgveil("pgveil", &upstream("disable", RELAY), "", &[]);
    targets.start_pgveil("pgveil, TLS on", &upstream("require", RELAY), "", &[]);
    targets.start_pgveil("pgveil, scram", &upstream("disable", SCRAM), "", &[&same]);
    let verbs: [&[&str]; 3] = [&["keys", "new"], &["policy", "accept"], &["apply"]];
    targets.start_pgveil("pgveil, policy", &upstream("disable", RELAY), &tagged, &verbs);
    targets
}

/// Prints the tables, and writes them where they are wanted.
fn publish(plan: &Plan, outcomes: &[Outcome], singles: &Singles) -> ExitCode {
    let machine = machine(plan);
    let tables = report::markdown(&machine, outcomes, singles);
    println!("{tables}");
    let json = plan.json.as_ref().map_or(Ok(()), |path| {
        let text = format!("{:#}\n", report::values(&machine, outcomes, singles));
        fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
    });
    let page = plan.page.as_ref().map_or(Ok(()), |path| report::write_into(path, &tables));
    match json.and(page) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Where and how this was measured.
fn machine(plan: &Plan) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model =
        info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split(": ").nth(1));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let loads = read("/proc/loadavg");
    format!(
        "{} rounds of {} s; {cores} cores ({}) shared by client, proxy and server; load over the last 15 minutes \
         at the end: {}.",
        plan.rounds,
        plan.seconds,
        model.unwrap_or("unknown"),
        loads.split(' ').nth(2).unwrap_or("unknown")
    )
}
