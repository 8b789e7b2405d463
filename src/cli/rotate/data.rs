//! `pgveil rotate data`: randomized columns, online (docs/format.md, section 4).
//!
//! Knows the order: the new key is durable and known to every proxy before anything is sealed under
//! it, and only then the rows follow. What is left to do is read from the keyring and from the stored
//! heads, so the same command goes on after any end.

use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use crate::cli::agreement;
use crate::cli::domains::{self, DomainArguments, InstanceArguments, Way};
use crate::cli::material::Material;
use crate::cli::stored::{self, PaceArguments};
use crate::cli::{Common, Exit, Failure, Outcome, interrupt};
use crate::config;
use crate::crypto::KeyId;
use crate::crypto::keyring::KeyState;
use crate::crypto::nonces::fill_random;
use crate::jobs::admin::Admin;
use crate::jobs::convert::{ConvertError, Converted, Table, Verb, tables};
use crate::jobs::instances::Instances;
use crate::jobs::instances::row::Standing;
use crate::jobs::walk::expected;

/// `pgveil rotate data`
#[derive(Args)]
pub struct Arguments {
    /// Only this column (schema.table.column); may be repeated. Default: all randomized ones.
    #[arg(long = "column", value_name = "NAME")]
    columns: Vec<String>,
    /// Share the work of a rotation that is under way; never begin one.
    #[arg(long)]
    join: bool,
    #[command(flatten)]
    domains: DomainArguments,
    #[command(flatten)]
    instances: InstanceArguments,
    #[command(flatten)]
    pace: PaceArguments,
}

/// What the keyring and the rows say is to be done first.
enum Begin {
    /// Make a key, then as with a pending one.
    NewKey,
    /// A key waits for the proxies.
    Promote(KeyId),
    /// Rows are left under older keys.
    GoOn(u64),
}

/// Rotates; says what to do with the older keys.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    if !arguments.domains.domains.is_empty() {
        return domains::run(Way::Rotate, &arguments.domains, &arguments.instances, false, common);
    }
    let mut material = Material::load(config::load(&common.config)?)?;
    let begun = async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        let only = stored::columns(&joined, &arguments.columns)?;
        let begin =
            begin(&material, &admin, &tables(&joined, material.keyring.keyring(), Verb::Rotate, &only)?)
                .await?;
        if common.dry_run {
            foresee(&begin);
            let tables = tables(&joined, material.keyring.keyring(), Verb::Rotate, &only)?;
            stored::foresee(&admin, Verb::Rotate, &tables, common.json).await?;
            return Ok(None);
        }
        let admin = change_keys(arguments, &mut material, admin, begin).await?;
        let tables = tables(&joined, material.keyring.keyring(), Verb::Rotate, &only)?;
        let seats = stored::seats(&material, admin, arguments.pace.workers).await?;
        Ok(Some((stored::run(&material, &joined, seats, &arguments.pace), tables)))
    };
    let work = async {
        let Some((run, tables)) = interrupt::unless(begun).await? else { return Ok(None) };
        stored::convert(&run, Verb::Rotate, &tables).await.map(Some)
    };
    let Some(all) = stored::run_on_threads(arguments.pace.workers, work)? else { return Ok(Exit::Done) };
    let exit = stored::exit(&all);
    let next = if exit == Exit::Done { next(&material, &all) } else { Vec::new() };
    if common.json {
        println!("{:#}", stored::value(Verb::Rotate, &all, &next));
    } else {
        print!("{}", stored::report(Verb::Rotate, &all, &next));
    }
    Ok(exit)
}

/// A pending key first; then rows that an earlier run has left; only then a new key.
async fn begin(material: &Material, admin: &Admin, tables: &[Table]) -> Result<Begin, Failure> {
    let keys = material.keyring.keyring().keys();
    if let Some(pending) = keys.iter().rev().find(|key| key.state == KeyState::Pending) {
        return Ok(Begin::Promote(pending.id));
    }
    let mut left = 0;
    for table in tables {
        left += expected(admin, &table.relation, &table.orders).await.map_err(ConvertError::from)?;
    }
    Ok(if left > 0 { Begin::GoOn(left) } else { Begin::NewKey })
}

fn foresee(begin: &Begin) {
    match begin {
        Begin::NewKey => eprintln!("would make a new key and seal every value under it"),
        Begin::Promote(key) => eprintln!("would promote key {key} and seal every value under it"),
        Begin::GoOn(rows) => eprintln!("would go on with an earlier rotation: {rows} rows are left"),
    }
}

/// ORDER: durable and loaded everywhere as pending, and only then the one that seals.
async fn change_keys(
    arguments: &Arguments,
    material: &mut Material,
    admin: Admin,
    begin: Begin,
) -> Result<Admin, Failure> {
    let pending = match begin {
        Begin::GoOn(_) => return Ok(admin),
        Begin::NewKey | Begin::Promote(_) if arguments.join => return Ok(admin),
        Begin::Promote(key) => key,
        Begin::NewKey => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            material.change_keyring(|keyring| keyring.with_new_key(now, &mut fill_random).map(Some))?;
            let keys = material.keyring.keyring().keys();
            let made = keys.iter().rev().find(|key| key.state == KeyState::Pending);
            made.map(|key| key.id).ok_or_else(|| Failure::said(Exit::Keys, "the new key is not pending"))?
        }
    };
    let mut instances = arguments.instances.instances(material)?;
    agreement::begin(&admin).await?;
    let promoted = promote(material, &admin, &mut instances, pending).await;
    instances.rest(&admin).await?;
    agreement::end(&admin).await?;
    promoted.map(|()| admin)
}

async fn promote(
    material: &mut Material,
    admin: &Admin,
    instances: &mut Instances,
    pending: KeyId,
) -> Result<(), Failure> {
    let step = format!("key {pending} is made");
    agreement::meet(instances, admin, material, &step, Standing::Loaded).await?;
    material.change_keyring(|keyring| keyring.with_promoted(pending).map(Some))?;
    eprintln!("key {pending} seals from now on");
    let step = format!("key {pending} seals");
    agreement::meet(instances, admin, material, &step, Standing::Loaded).await
}

/// What becomes of the older keys.
fn next(material: &Material, all: &[Converted]) -> Vec<String> {
    let keyring = material.keyring.keyring();
    let mut lines = Vec::new();
    if all.iter().any(|one| one.walked.written > 0) {
        let relations: Vec<String> = all.iter().map(|one| one.table.relation.to_string()).collect();
        lines.push(format!("next: VACUUM {}: every row was written once", relations.join(", ")));
    }
    for (name, domain) in keyring.domains() {
        if matches!(domain.writes.key(), Some(key) if Some(key) != keyring.active()) {
            lines.push(format!(
                "deterministic domain {name} is under an older key: `pgveil rotate data --domain {name}` moves it \
                 (its tables are locked meanwhile; --dry-run says for how long)"
            ));
        }
    }
    let sealing = |key: KeyId| keyring.domains().any(|(_, domain)| domain.writes.key() == Some(key));
    for key in keyring.keys().iter().filter(|key| key.state == KeyState::DecryptOnly && !sealing(key.id)) {
        lines.push(format!(
            "key {}: `pgveil rotate status` shows what is left; then `pgveil keys disable {}`, and destroy it \
             when no backup needs it",
            key.id, key.id
        ));
    }
    lines
}
