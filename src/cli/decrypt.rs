//! `pgveil decrypt`: envelopes become plaintext again, while the table is in use.
//!
//! Knows the phase that it works in and what comes next.

use clap::Args;

use super::agreement;
use super::domains::{self, DomainArguments, InstanceArguments, Way};
use super::material::Material;
use super::stored::{self, PaceArguments};
use super::{Common, Exit, Outcome, interrupt, phases};
use crate::config;
use crate::jobs::convert::{Verb, domains_to_move, something_to_do, tables};
use crate::policy::model::Phase;

/// `pgveil decrypt`
#[derive(Args)]
pub struct Arguments {
    /// Only this column (schema.table.column); may be repeated. Default: all in phase "decrypting".
    #[arg(long = "column", value_name = "NAME")]
    columns: Vec<String>,
    /// When every row is decrypted, write phase = "plain" into the policy and accept it.
    #[arg(long)]
    finish: bool,
    #[command(flatten)]
    domains: DomainArguments,
    #[command(flatten)]
    instances: InstanceArguments,
    #[command(flatten)]
    pace: PaceArguments,
}

/// Decrypts; says what is to be done next.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    if !arguments.domains.domains.is_empty() {
        let Arguments { domains, instances, finish, .. } = arguments;
        return domains::run(Way::Decrypt, domains, instances, *finish, common);
    }
    let material = Material::load(config::load(&common.config)?)?;
    let begun = async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        let only = stored::columns(&joined, &arguments.columns)?;
        let tables = tables(&joined, material.keyring.keyring(), Verb::Decrypt, &only)?;
        something_to_do(&tables, &joined, Phase::Decrypting)?;
        if common.dry_run {
            stored::foresee(&admin, Verb::Decrypt, &tables, common.json).await?;
            return Ok(None);
        }
        let seats = stored::seats(&material, admin, arguments.pace.workers).await?;
        // ORDER: a proxy of before would take a plain value for a damaged one.
        let step = "decrypt row by row";
        agreement::on_what_is_accepted(&arguments.instances, &material, &seats, step).await?;
        Ok(Some((stored::run(&material, &joined, seats, &arguments.pace), joined, tables)))
    };
    let work = async {
        let Some((run, joined, tables)) = interrupt::unless(begun).await? else { return Ok(None) };
        let all = stored::convert(&run, Verb::Decrypt, &tables).await?;
        Ok(Some((all, domains_to_move(&joined, material.keyring.keyring(), Phase::Decrypting))))
    };
    let Some((all, domains)) = stored::run_on_threads(arguments.pace.workers, work)? else {
        return Ok(Exit::Done);
    };
    let exit = stored::exit(&all);
    let mut next = Vec::new();
    if exit == Exit::Done {
        let columns = stored::full_names(&all);
        next.extend(phases::settle(material, &columns, Phase::Plain, arguments.finish)?);
    }
    next.extend(
        domains
            .iter()
            .map(|domain| format!("next: `pgveil decrypt --domain {domain}`, which moves as a whole")),
    );
    if common.json {
        println!("{:#}", stored::value(Verb::Decrypt, &all, &next));
    } else {
        print!("{}", stored::report(Verb::Decrypt, &all, &next));
    }
    Ok(exit)
}
