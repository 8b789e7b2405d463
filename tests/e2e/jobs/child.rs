//! A job in a process of its own that ends itself at a given moment, as a crash would.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use pgveil::cli::material::Material;
use pgveil::config;
use pgveil::jobs::convert::{self, Run, Verb, tables};
use pgveil::jobs::pace::Pace;
use pgveil::jobs::progress::{Moment, Progress, Tap};
use pgveil::jobs::reseal::Reseal;
use pgveil::protect::Protector;

/// What the child is told, in its environment.
const ORDERS: &str = "PGVEIL_TEST_CHILD";

/// Every moment by name.
const MOMENTS: [(&str, Moment); 6] = [
    ("claimed", Moment::Claimed),
    ("turned", Moment::Turned),
    ("written", Moment::Written),
    ("committed", Moment::Committed),
    ("passed", Moment::Passed),
    ("guarded", Moment::Guarded),
];

/// Starts the job on this configuration; it ends itself the `count`th time that it comes to `moment`.
pub fn until(config: &Path, verb: &str, moment: &str, count: u32) -> ExitStatus {
    let this = std::env::current_exe().expect("this binary");
    Command::new(this)
        .args(["--exact", "jobs::child::a_job_that_ends_itself", "--ignored", "--test-threads=1"])
        .env(ORDERS, format!("{}|{verb}|{moment}|{count}", config.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("a child")
}

#[test]
#[ignore = "the child of jobs::kill, which gives it its orders"]
fn a_job_that_ends_itself() {
    let orders = std::env::var(ORDERS).expect("orders");
    let [config, verb, moment, count] =
        orders.split('|').collect::<Vec<_>>().try_into().expect("four orders");
    let moment = MOMENTS.iter().find(|(name, _)| *name == moment).expect("a moment").1;
    let verb = match verb {
        "encrypt" => Verb::Encrypt,
        "rotate" => Verb::Rotate,
        "reseal" => Verb::Redeclare,
        other => panic!("{other} is no verb of the child"),
    };
    let left = AtomicU32::new(count.parse().expect("a count"));
    let tap: Tap = Box::new(move |now| {
        if now == moment && left.fetch_sub(1, Ordering::SeqCst) == 1 {
            std::process::abort();
        }
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(job(PathBuf::from(config), verb, tap));
}

async fn job(config: PathBuf, verb: Verb, tap: Tap) {
    let material = Material::load(config::load(&config).expect("a configuration")).expect("material");
    let admin = material.admin().await.expect("a connection");
    let joined = material.joined(&admin).await.expect("a catalog");
    let keyring = material.keyring.keyring();
    let tables = tables(&joined, keyring, verb, &[]).expect("tables");
    convert::share_the_database(&admin).await.expect("the lock");
    let other = material.admin().await.expect("a connection");
    let run = Run {
        seats: vec![Arc::new(admin), Arc::new(other)],
        reseal: match verb {
            Verb::Encrypt | Verb::Decrypt | Verb::Rotate => {
                Reseal::with(Arc::new(Protector::new(&joined.policy, keyring)))
            }
            Verb::Redeclare => Reseal::of_redeclared(&joined.policy, keyring),
        },
        pace: Arc::new(Pace::default()),
        progress: Arc::new(Progress::silent(Some(tap))),
        batch: 50,
    };
    for table in &tables {
        run.table(verb, table).await.expect("walked");
    }
}
