//! `pgveil keys disable` and `destroy`: how a key ends.
//!
//! A key is destroyed on a census that pgveil takes itself, value by value: the server's own count
//! is the word of whom we do not trust.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::show::{date, now};
use super::{One, change};
use crate::cli::domains::InstanceArguments;
use crate::cli::keyring::KeyringPlace;
use crate::cli::material::{Material, run_to_end};
use crate::cli::{Common, Exit, Failure, Outcome};
use crate::config;
use crate::crypto::KeyId;
use crate::crypto::nonces::fill_random;
use crate::crypto::retire::Census;
use crate::jobs::census::{self, Kept};
use crate::jobs::convert::protected_tables;
use crate::jobs::instances::roll::Missing;
use crate::jobs::instances::row::Standing;
use crate::policy::model::column_name;

/// `pgveil keys disable KEY [--compromised]`
#[derive(Args)]
pub struct DisableArguments {
    #[command(flatten)]
    one: One,
    /// Others know the key. It seals nothing any more, but opens until `rotate data` has ended; in
    /// place of an active key a new one is made at once.
    #[arg(long)]
    compromised: bool,
}

/// `pgveil keys destroy KEY --oldest-backup DATE`
#[derive(Args)]
pub struct DestroyArguments {
    #[command(flatten)]
    one: One,
    /// When the oldest backup of the database was made that must stay readable (2026-11-22, or with the
    /// time, 2026-11-22T18:00:00Z): what an older one holds under this key is lost with it.
    #[arg(long, value_name = "DATE", value_parser = moment)]
    oldest_backup: Timestamp,
    #[command(flatten)]
    instances: InstanceArguments,
}

/// A day begins in UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day = || {
        let date: jiff::civil::Date = text.parse().ok()?;
        date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    let moment = text.parse().ok().or_else(day);
    moment.ok_or_else(|| {
        "a date such as 2026-11-22, or a time such as 2026-11-22T18:00:00Z, is expected".into()
    })
}

/// Disables a key, or marks it.
pub fn disable(arguments: &DisableArguments, place: &KeyringPlace, common: &Common) -> Outcome {
    let key = arguments.one.key;
    if !arguments.compromised {
        return change(place, common, |keyring| keyring.with_disabled(key));
    }
    let done = change(place, common, |keyring| keyring.with_compromised(key, now(), &mut fill_random))?;
    eprintln!("next: reload every proxy, then pgveil rotate data, keys disable {key}, keys destroy {key}");
    Ok(done)
}

/// Takes the census and destroys.
pub fn destroy(arguments: &DestroyArguments, place: &KeyringPlace, common: &Common) -> Outcome {
    let key = arguments.one.key;
    let material = Material::load(config::load(&common.config)?)?;
    let keyring = material.keyring.keyring();
    // ORDER: what needs no walk is refused before the walk.
    keyring.with_destroyed(key, &Census::default(), now()).map_err(crate::crypto::KeyringError::from)?;
    let successor = keyring.keys().iter().find(|other| Some(other.id) == keyring.active());
    let since = successor.map_or(now(), |successor| successor.created);
    let oldest = u64::try_from(arguments.oldest_backup.as_second()).unwrap_or(0);
    // REFUSES: a backup that is not made yet: what is meant is an older one.
    if oldest > now() {
        let why = format!(
            "--oldest-backup lies in the future: no backup was made then, and today is {}",
            date(now())
        );
        return Err(Failure::said(Exit::Usage, why));
    }
    // REFUSES: a backup that was made while values were still sealed under the key.
    if oldest < since {
        let since = date(since);
        let why = format!(
            "backups made before {since}, when today's active key was made, may hold values under {key}: without it they stay sealed"
        );
        return Err(Failure::said(Exit::Refused, why));
    }
    let census = taken(&material, key)?;
    unread(&material, key, &arguments.instances)?;
    change(place, common, |keyring| keyring.with_destroyed(key, &census, now()))?;
    eprintln!("older copies of the keyring still hold {key}: destroy them too");
    Ok(Exit::Done)
}

/// No proxy reads with the key any more: each runs under a keyring in which it is disabled, and nothing
/// older is in progress.
///
/// # Errors
/// REFUSES: an instance that does not say so.
fn unread(material: &Material, key: KeyId, instances: &InstanceArguments) -> Result<(), Failure> {
    if material.tags.columns.is_empty() {
        return Ok(());
    }
    run_to_end(async {
        let admin = material.admin().await?;
        let mut agreement = instances.instances(material)?;
        let step = format!("key {key} is to be destroyed");
        let mut tell = |missing: &[Missing]| missing.iter().for_each(|one| eprintln!("{step}: {one}"));
        let keyring = material.keyring.keyring();
        let met = agreement.meet(&admin, keyring, &step, Standing::Drained, &mut tell).await;
        agreement.rest(&admin).await?;
        Ok(met?)
    })
}

/// Walks every column that the policy tags, in whatever phase.
///
/// # Errors
/// REFUSES: a column that could not be looked at, and a value that may be under the key.
fn taken(material: &Material, key: KeyId) -> Result<Census, Failure> {
    let mut counted: BTreeMap<KeyId, u64> = BTreeMap::new();
    if material.tags.columns.is_empty() {
        return Ok(Census { counted });
    }
    let unreadable = run_to_end(async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        for tag in &material.tags.columns {
            let met =
                joined.policy.columns.iter().any(|c| c.relation == tag.relation && c.column == tag.column);
            if !met {
                let column = column_name(&tag.relation, &tag.column);
                return Err(Failure::said(
                    Exit::Refused,
                    format!("{column} is tagged and was not found: no census"),
                ));
            }
        }
        let all: Vec<_> = joined.policy.ids().map(|(id, _)| id).collect();
        let tables = protected_tables(&joined, &all);
        let tables: Vec<_> = tables
            .into_iter()
            .map(|table| (table.relation, table.orders.into_iter().map(|order| order.target).collect()))
            .collect();
        let mut unreadable = 0;
        for census in census::walked(&admin, &tables).await?.iter().flatten() {
            for (kept, count) in &census.counts {
                match kept {
                    Kept::Randomized(key) | Kept::Deterministic(key) => {
                        let values = counted.entry(*key).or_default();
                        *values = values.saturating_add(*count);
                    }
                    Kept::Plain => {}
                    Kept::Odd => unreadable += count,
                }
            }
        }
        Ok(unreadable)
    })?;
    if unreadable > 0 {
        let why =
            format!("{unreadable} stored values begin as an armour and name no key: they may be under {key}");
        return Err(Failure::said(Exit::Findings, why));
    }
    Ok(Census { counted })
}
