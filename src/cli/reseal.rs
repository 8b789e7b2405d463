//! `pgveil encrypt --reseal`: envelopes of an older declaration become those of the present one.
//!
//! Knows `was` of the policy, and takes it out with `--finish`. The rows are `jobs::convert`'s.

use super::agreement;
use super::domains::InstanceArguments;
use super::material::Material;
use super::stored::{self, PaceArguments};
use super::{Common, Exit, Failure, Outcome, interrupt, phases};
use crate::config;
use crate::jobs::convert::{Refused, Verb, tables};
use crate::jobs::reseal::Reseal;
use crate::policy::model::{Formerly, Mode, Phase, Tags};

/// What `encrypt` was called with.
pub struct Wanted<'a> {
    /// Names; empty: all that say what they were.
    pub columns: &'a [String],
    /// Take `was` out of the policy at the end, and accept it.
    pub finish: bool,
    /// Who must have loaded it.
    pub instances: &'a InstanceArguments,
    /// How fast.
    pub pace: &'a PaceArguments,
}

/// Seals anew; says what is to be done next.
pub fn run(wanted: &Wanted<'_>, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let begun = async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        let only = stored::columns(&joined, wanted.columns)?;
        let tables = tables(&joined, material.keyring.keyring(), Verb::Redeclare, &only)?;
        if tables.is_empty() {
            return Err(Refused::NotRedeclared.into());
        }
        if common.dry_run {
            stored::foresee(&admin, Verb::Redeclare, &tables, common.json).await?;
            return Ok(None);
        }
        let seats = stored::seats(&material, admin, wanted.pace.workers).await?;
        // ORDER: before the first row, or a proxy of before could not open it, and might store
        // another one of the older declaration behind the last look.
        agreement::on_what_is_accepted(wanted.instances, &material, &seats, "reseal").await?;
        let mut run = stored::run(&material, &joined, seats, wanted.pace);
        run.reseal = Reseal::of_redeclared(&joined.policy, material.keyring.keyring());
        Ok(Some((run, tables)))
    };
    let work = async {
        let Some((run, tables)) = interrupt::unless(begun).await? else { return Ok(None) };
        stored::convert(&run, Verb::Redeclare, &tables).await.map(Some)
    };
    let Some(all) = stored::run_on_threads(wanted.pace.workers, work)? else { return Ok(Exit::Done) };
    let exit = stored::exit(&all);
    let columns = stored::full_names(&all);
    let next = match (exit, wanted.finish) {
        (Exit::Done, true) => {
            let left = former_domains(&material.tags, &columns);
            let next = phases::settle(material, &columns, Phase::Encrypted, true)?;
            forget(&left, common)?;
            next
        }
        (Exit::Done, false) => vec![
            format!("next: take `was` out of the policy for {}", columns.join(", ")),
            "      then `pgveil policy accept`, and `pgveil apply`".to_owned(),
        ],
        _ => Vec::new(),
    };
    if common.json {
        println!("{:#}", stored::value(Verb::Redeclare, &all, &next));
    } else {
        print!("{}", stored::report(Verb::Redeclare, &all, &next));
    }
    Ok(exit)
}

/// The deterministic domains that these columns were of.
fn former_domains(tags: &Tags, columns: &[String]) -> Vec<String> {
    let meant = tags.columns.iter().filter(|tag| columns.contains(&tag.name()));
    let was = meant.filter_map(|tag| tag.formerly.as_ref());
    was.filter(|was| was.mode == Mode::Deterministic).map(|was| was.domain.clone()).collect()
}

/// A domain that no column names any more would keep its key from being retired.
fn forget(left: &[String], common: &Common) -> Result<(), Failure> {
    let mut material = Material::load(config::load(&common.config)?)?;
    let tags = &material.tags.columns;
    let named = |domain: &String| {
        let was = |was: &Formerly| was.mode == Mode::Deterministic && was.domain == *domain;
        tags.iter().any(|tag| tag.mode == Mode::Deterministic && tag.domain == *domain)
            || tags.iter().filter_map(|tag| tag.formerly.as_ref()).any(was)
    };
    let left: Vec<&String> = left.iter().filter(|domain| !named(domain)).collect();
    for domain in left {
        material.change_keyring(|keyring| keyring.without_domain(domain))?;
    }
    Ok(())
}
