//! `pgveil status`: one screen: keys, columns with phase and coverage, jobs, proxies.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use serde_json::{Value, json};

use super::material::{Material, run_to_end};
use super::uses::Uses;
use super::{Common, Exit, Failure, Outcome};
use crate::catalog::finding::Weight;
use crate::config;
use crate::crypto::keyring::KeyState;
use crate::crypto::{KeyId, Keyring};
use crate::jobs::admin::{Admin, AdminError};
use crate::jobs::census::{self, Census, Kept};
use crate::jobs::convert::protected_tables;
use crate::jobs::health;
use crate::jobs::instances::row::Answer;
use crate::jobs::instances::table::Table as InstanceTable;
use crate::policy::edit;
use crate::policy::join::Joined;
use crate::policy::model::{Phase, column_name};

/// `pgveil status`
#[derive(Args)]
pub struct Arguments {
    /// Do not count stored values.
    #[arg(long)]
    quick: bool,
}

struct Line {
    column: String,
    phase: Phase,
    open: bool,
    census: Option<Census>,
}

struct Screen {
    lines: Vec<Line>,
    uses: Uses,
    jobs: Vec<String>,
    proxies: Vec<Answer>,
}

/// Shows it: 2 if a protected table is closed or holds what its phase does not admit.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let screen = run_to_end(look(&material, arguments.quick))?;
    let keyring = material.keyring.keyring();
    if common.json {
        println!("{:#}", value(&screen, keyring));
    } else {
        print!("{}", text(&screen, keyring));
    }
    let healthy = screen.lines.iter().all(|line| line.open && line.is_right());
    Ok(if healthy { Exit::Done } else { Exit::Findings })
}

impl Line {
    /// Share of values that are envelopes, 0 to 1; `None` if nothing is stored or counted.
    fn coverage(&self) -> Option<f64> {
        let census = self.census.as_ref().filter(|census| census.total() > 0)?;
        let sealed: u64 = census.counts.iter().filter(|(kept, _)| kept.key().is_some()).map(|(_, n)| n).sum();
        Some(sealed as f64 / census.total() as f64)
    }

    fn is_right(&self) -> bool {
        self.phase != Phase::Encrypted || self.coverage().is_none_or(|coverage| coverage >= 1.0)
    }
}

async fn look(material: &Material, quick: bool) -> Result<Screen, Failure> {
    let admin = material.admin().await?;
    let joined = material.joined(&admin).await?;
    let mut lines: Vec<Line> = joined
        .policy
        .columns
        .iter()
        .map(|column| Line {
            column: column_name(&column.relation, &column.column),
            phase: column.phase,
            open: !joined.findings.iter().any(|f| f.weight == Weight::Closes && f.shuts(&column.relation)),
            census: None,
        })
        .collect();
    if !quick {
        count(&admin, &joined, &mut lines).await?;
    }
    let table = InstanceTable::new(material.config.cluster.table.clone());
    let proxies = match table.exists(&admin).await.map_err(AdminError::from)? {
        true => table.answers(&admin, material.keyring.keyring()).await.map_err(AdminError::from)?,
        false => Vec::new(),
    };
    let jobs = health::jobs(&admin).await.map_err(AdminError::from)?;
    let uses = Uses::beside(material.keyring.path())?;
    Ok(Screen { lines, uses, jobs, proxies })
}

/// Asked of the server: quick, and what it says. `verify` counts for itself.
async fn count(admin: &Admin, joined: &Joined, lines: &mut [Line]) -> Result<(), Failure> {
    let open = joined.policy.ids().filter(|(id, _)| lines.get(id.index()).is_some_and(|line| line.open));
    let open: Vec<_> = open.map(|(id, _)| id).collect();
    // None would mean all of them.
    if open.is_empty() {
        return Ok(());
    }
    for table in protected_tables(joined, &open) {
        for order in &table.orders {
            let census = census::asked(admin, &table.relation, &order.target).await;
            let census = census.map_err(AdminError::from)?;
            if let Some(line) = lines.get_mut(order.target.id.index()) {
                line.census.get_or_insert_default().merge(&census);
            }
        }
    }
    Ok(())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs())
}

fn days(since: u64) -> u64 {
    now().saturating_sub(since) / 86_400
}

/// What a key has sealed at least: what is stored under it, as the server counts it, or what clients have had
/// sealed here.
fn sealed_under(screen: &Screen, key: KeyId) -> u64 {
    stored_under(screen, key).unwrap_or(0).max(screen.uses.of(key))
}

/// Values that are stored under a key, as the server counts them. `None`: not counted.
fn stored_under(screen: &Screen, key: KeyId) -> Option<u64> {
    let counted = screen.lines.iter().filter_map(|line| line.census.as_ref());
    let of = |census: &Census| -> u64 {
        census.counts.iter().filter(|(kept, _)| kept.key() == Some(key)).map(|(_, count)| count).sum()
    };
    counted.map(of).reduce(u64::saturating_add)
}

fn text(screen: &Screen, keyring: &Keyring) -> String {
    let mut out = format!("keys, generation {}\n", keyring.generation());
    for key in keyring.keys() {
        let stored = stored_under(screen, key.id);
        let values = stored.map_or_else(String::new, |stored| format!(", {stored} values"));
        let sealed = match screen.uses.of(key.id) {
            0 => String::new(),
            sealed => format!(", {sealed} sealed here"),
        };
        let due = match key.is_due(now(), sealed_under(screen, key.id)) {
            true => "  DUE: `pgveil rotate data`",
            false => "",
        };
        let (id, state, age) = (key.id, key.state.name(), days(key.created));
        let _written = writeln!(out, "  {id}  {state:<13} {age} days old{values}{sealed}{due}");
    }
    out.push_str("columns\n");
    let width = screen.lines.iter().map(|line| line.column.chars().count()).max().unwrap_or(0);
    for line in &screen.lines {
        let coverage = line.coverage().map_or("-".to_owned(), |share| format!("{:.1} %", share * 100.0));
        let values = line.census.as_ref().map_or("-".to_owned(), |census| census.total().to_string());
        let state = if line.open { "" } else { "  CLOSED: see `pgveil catalog diff`" };
        let phase = edit::word(line.phase);
        let _written = writeln!(
            out,
            "  {:width$}  {phase:<10}  {coverage:>8} sealed of {values} values{state}",
            line.column
        );
    }
    out.push_str("jobs\n");
    if screen.jobs.is_empty() {
        out.push_str("  none\n");
    }
    screen.jobs.iter().for_each(|job| {
        let _written = writeln!(out, "  a session of pgveil {job}");
    });
    if !screen.proxies.is_empty() {
        out.push_str("proxies, as they last answered\n");
    }
    for proxy in &screen.proxies {
        let (generation, standing) = (proxy.generation, proxy.standing.name());
        let _written = writeln!(out, "  {}  generation {generation}, {standing}", proxy.instance);
    }
    out
}

fn value(screen: &Screen, keyring: &Keyring) -> Value {
    let key = |key: &crate::crypto::keyring::DataKey| {
        json!({ "key": key.id.to_string(), "state": key.state.name(), "days": days(key.created),
                "seals": key.state == KeyState::Active, "values": stored_under(screen, key.id),
                "sealed_here": screen.uses.of(key.id), "due": key.is_due(now(), sealed_under(screen, key.id)) })
    };
    let counts = |census: &Census| -> Vec<Value> {
        let one = |(kept, count): (&Kept, &u64)| json!({ "key": kept.key().map(|key| key.to_string()), "values": count });
        census.counts.iter().map(one).collect()
    };
    let line = |line: &Line| {
        json!({ "column": line.column, "phase": edit::word(line.phase), "open": line.open,
                "coverage": line.coverage(), "values": line.census.as_ref().map(Census::total),
                "counts": line.census.as_ref().map(counts) })
    };
    let proxy = |proxy: &Answer| json!({ "instance": proxy.instance, "generation": proxy.generation, "standing": proxy.standing.name() });
    json!({
        "schema_version": 1,
        "generation": keyring.generation(),
        "keys": keyring.keys().iter().map(key).collect::<Vec<_>>(),
        "columns": screen.lines.iter().map(line).collect::<Vec<_>>(),
        "jobs": screen.jobs,
        "proxies": screen.proxies.iter().map(proxy).collect::<Vec<_>>(),
    })
}
