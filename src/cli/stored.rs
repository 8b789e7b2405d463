//! What `encrypt`, `decrypt` and `rotate data` share: which columns, over how many connections, how
//! fast, how it ends when it is interrupted, and how the result is shown.
//!
//! Knows files and the terminal. The work itself is in `jobs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::material::Material;
use super::{Exit, Failure, interrupt};
use crate::jobs::admin::Admin;
use crate::jobs::convert::{self, ConvertError, Converted, Run, Table, Verb};
use crate::jobs::defaults::DefaultError;
use crate::jobs::pace::{Limits, Pace, Window};
use crate::jobs::progress::Progress;
use crate::jobs::reseal::Reseal;
use crate::jobs::walk::{WalkError, expected};
use crate::names::{ColumnId, split_dotted};
use crate::policy::join::Joined;
use crate::policy::model::column_name;
use crate::protect::Protector;
use crate::sql::parse::STACK;

/// Layout of the JSON results.
pub const SCHEMA_VERSION: u32 = 1;

/// How a job goes about it.
#[derive(Args, Clone, Debug)]
pub struct PaceArguments {
    /// Connections that work at once; several processes and hosts may share the work besides.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: u16,
    /// Most rows of one transaction.
    #[arg(long, value_name = "ROWS", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub batch: u32,
    /// Rows a second that are not exceeded.
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_rate: Option<u32>,
    /// Wait while a replica is further behind than this many seconds (needs pg_monitor).
    #[arg(long, value_name = "SECONDS")]
    pub max_lag: Option<u32>,
    /// Work only between these times of the day, over midnight if need be: HH:MM-HH:MM.
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = window)]
    pub window: Option<Window>,
}

fn window(text: &str) -> Result<Window, String> {
    Window::parse(text).ok_or_else(|| "HH:MM-HH:MM is expected".to_owned())
}

impl PaceArguments {
    /// Within these limits, and waiting while the pause file is there.
    pub fn pace(&self, config: &Path) -> Pace {
        Pace::new(Limits {
            max_rate: self.max_rate,
            max_lag: self.max_lag.map(|seconds| Duration::from_secs(seconds.into())),
            window: self.window,
            pause: Some(pause_file(config)),
        })
    }
}

/// While this file is there, jobs of this configuration wait between two batches.
pub fn pause_file(config: &Path) -> PathBuf {
    config.with_extension("pause")
}

/// The columns that `--column` names.
///
/// # Errors
/// A name that is no tagged column's.
pub fn columns(joined: &Joined, names: &[String]) -> Result<Vec<ColumnId>, Failure> {
    let id = |name: &String| {
        let written = split_dotted(name);
        let same = |(_, column): &(ColumnId, &crate::policy::model::ProtectedColumn)| {
            let parts = [&column.relation.schema, &column.relation.name, &column.column];
            written.as_ref().is_some_and(|written| written.iter().eq(parts))
        };
        let found = joined.policy.ids().find(same).map(|(id, _)| id);
        found.ok_or_else(|| convert::Refused::NotTagged(name.clone()).into())
    };
    names.iter().map(id).collect()
}

/// A runtime whose workers seal on several threads.
pub fn run_on_threads<T>(workers: u16, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(usize::from(workers) + 1);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    runtime.block_on(work)
}

/// The first connection, with the lock of this kind of work, and the others.
///
/// # Errors
/// No connection; `apply` or the work on a domain holds the lock.
pub async fn seats(material: &Material, admin: Admin, workers: u16) -> Result<Vec<Arc<Admin>>, Failure> {
    convert::share_the_database(&admin).await?;
    let mut seats = vec![Arc::new(admin)];
    for _ in 1..workers {
        seats.push(Arc::new(material.admin().await?));
    }
    Ok(seats)
}

/// A run with one declaration, over these connections.
pub fn run(material: &Material, joined: &Joined, seats: Vec<Arc<Admin>>, arguments: &PaceArguments) -> Run {
    let protector = Arc::new(Protector::new(&joined.policy, material.keyring.keyring()));
    Run {
        seats,
        reseal: Reseal::with(protector),
        pace: Arc::new(arguments.pace(&material.config.source.path)),
        progress: Arc::new(Progress::on_stderr("rows")),
        batch: arguments.batch.into(),
    }
}

/// Converts the tables one after the other; a signal ends it between two batches, a second one at
/// once.
///
/// # Errors
/// Whatever ends the run early.
pub async fn convert(run: &Run, verb: Verb, tables: &[Table]) -> Result<Vec<Converted>, Failure> {
    let pace = Arc::clone(&run.pace);
    let watch = tokio::spawn(async move {
        interrupt::came().await;
        eprintln!("pgveil: ends after the batch at hand; run it again to go on");
        pace.stop();
        interrupt::came().await;
        std::process::exit(Exit::Interrupted as i32);
    });
    let mut all = Vec::new();
    for table in tables {
        let done = run.table(verb, table).await?;
        let stops = done.walked.interrupted;
        all.push(done);
        if stops {
            break;
        }
    }
    run.progress.end();
    watch.abort();
    Ok(all)
}

/// `--dry-run`: what there is to do.
///
/// # Errors
/// The server's refusal.
pub async fn foresee(admin: &Admin, verb: Verb, tables: &[Table], json: bool) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for table in tables {
        let count = expected(admin, &table.relation, &table.orders).await.map_err(ConvertError::from)?;
        rows.push((table, count));
    }
    if json {
        let tables: Vec<Value> = rows
            .iter()
            .map(|(table, count)| {
                json!({ "relation": table.relation.to_string(), "columns": names(table), "rows": count })
            })
            .collect();
        println!("{:#}", json!({ "schema_version": SCHEMA_VERSION, "verb": word(verb), "tables": tables }));
    } else {
        for (table, count) in rows {
            println!("{}: {count} rows to {} ({})", table.relation, word(verb), names(table).join(", "));
        }
    }
    Ok(())
}

/// What was done, and with what exit code that ends.
pub fn exit(all: &[Converted]) -> Exit {
    if all.iter().any(|one| one.walked.interrupted) {
        Exit::Interrupted
    } else if all.iter().any(|one| one.walked.left > 0) {
        Exit::Findings
    } else {
        Exit::Done
    }
}

/// The result for a program.
pub fn value(verb: Verb, all: &[Converted], next: &[String]) -> Value {
    let tables: Vec<Value> = all.iter().map(table_value).collect();
    json!({
        "schema_version": SCHEMA_VERSION,
        "verb": word(verb),
        "tables": tables,
        "interrupted": all.iter().any(|one| one.walked.interrupted),
        "next": next,
    })
}

fn table_value(one: &Converted) -> Value {
    let walked = &one.walked;
    let leftovers: Vec<Value> = walked
        .leftovers
        .iter()
        .map(|left| {
            json!({ "relation": left.relation.to_string(), "column": left.column, "ctid": left.ctid,
                    "why": left.why.to_string() })
        })
        .collect();
    json!({
        "relation": one.table.relation.to_string(),
        "columns": names(&one.table),
        "rows": walked.written,
        "values": walked.cells,
        "left": walked.left,
        "leftovers": leftovers,
        "by_ctid": walked.by_ctid.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "guarded": one.guarded,
        "seconds": one.took.as_secs_f64(),
    })
}

/// The result for a person.
pub fn report(verb: Verb, all: &[Converted], next: &[String]) -> String {
    let mut out = String::new();
    for one in all {
        let (walked, seconds) = (&one.walked, one.took.as_secs_f64());
        let rate = walked.written as f64 / seconds.max(0.001);
        let _written = writeln!(
            out,
            "{}: {} rows, {} values {} in {seconds:.1} s ({rate:.0} rows/s): {}",
            one.table.relation,
            walked.written,
            walked.cells,
            past(verb),
            names(&one.table).join(", ")
        );
        if one.guarded {
            out += "  the guard stands: only envelopes may be stored\n";
        }
        if walked.left > 0 {
            let _written = writeln!(out, "  {} values are left as they are:", walked.left);
        }
        for left in &walked.leftovers {
            let _written =
                writeln!(out, "  {}.{} at {}: {}", left.relation, left.column, left.ctid, left.why);
        }
        if walked.interrupted {
            out += "  interrupted: run it again to go on\n";
        }
    }
    if all.is_empty() {
        out += "nothing to do\n";
    }
    for line in next {
        let _written = writeln!(out, "{line}");
    }
    out
}

/// The columns of a table, as the policy names them.
pub fn full_names(all: &[Converted]) -> Vec<String> {
    let of = |one: &Converted| -> Vec<String> {
        let name = |order: &crate::jobs::reseal::Order| column_name(&one.table.relation, &order.target.name);
        one.table.orders.iter().map(name).collect()
    };
    all.iter().flat_map(of).collect()
}

fn names(table: &Table) -> Vec<&str> {
    table.orders.iter().map(|order| order.target.name.as_str()).collect()
}

fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Encrypt => "encrypt",
        Verb::Decrypt => "decrypt",
        Verb::Rotate => "rotate",
        Verb::Redeclare => "reseal",
    }
}

fn past(verb: Verb) -> &'static str {
    match verb {
        Verb::Encrypt => "encrypted",
        Verb::Decrypt => "decrypted",
        Verb::Rotate | Verb::Redeclare => "sealed anew",
    }
}

impl From<convert::Refused> for Failure {
    fn from(refused: convert::Refused) -> Failure {
        Failure::new(Exit::Refused, refused)
    }
}

impl From<ConvertError> for Failure {
    fn from(error: ConvertError) -> Failure {
        match error {
            ConvertError::Refused(refused) => refused.into(),
            ConvertError::Admin(error) => error.into(),
            ConvertError::Guard(error) => error.into(),
            ConvertError::Walk(WalkError::Held { .. }) => Failure::new(Exit::Findings, error),
            ConvertError::Default(DefaultError::Unfit { .. }) => Failure::new(Exit::Findings, error),
            ConvertError::Walk(_) | ConvertError::Reading(_) | ConvertError::Default(_) => {
                Failure::new(Exit::Failed, error)
            }
        }
    }
}
