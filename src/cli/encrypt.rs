//! `pgveil encrypt`: rows that are stored as plaintext become envelopes, while the table is in use.
//!
//! Knows the phase that it works in and what comes next. The phase itself is the operator's: it is
//! changed in the policy by hand, or with `--finish`.

use clap::Args;

use super::agreement;
use super::domains::{self, DomainArguments, InstanceArguments, Way};
use super::material::Material;
use super::stored::{self, PaceArguments};
use super::{Common, Exit, Outcome, interrupt, phases, remains, reseal};
use crate::config;
use crate::jobs::convert::{Verb, domains_to_move, something_to_do, tables};
use crate::policy::model::Phase;

/// `pgveil encrypt`
#[derive(Args)]
pub struct Arguments {
    /// Only this column (schema.table.column); may be repeated. Default: all in phase "encrypting".
    #[arg(long = "column", value_name = "NAME")]
    columns: Vec<String>,
    /// Columns whose declaration has changed, and which say what it was (`was = { … }`): envelopes of
    /// the older declaration become those of the present one.
    #[arg(long, conflicts_with = "domains")]
    reseal: bool,
    /// When every row is encrypted, write phase = "encrypted" into the policy (with --reseal: take
    /// `was` out of it) and accept it.
    #[arg(long)]
    finish: bool,
    #[command(flatten)]
    domains: DomainArguments,
    #[command(flatten)]
    instances: InstanceArguments,
    #[command(flatten)]
    pace: PaceArguments,
}

/// Encrypts; says what stays behind, and what is to be done next.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    if !arguments.domains.domains.is_empty() {
        let Arguments { domains, instances, finish, .. } = arguments;
        return domains::run(Way::Encrypt, domains, instances, *finish, common);
    }
    if arguments.reseal {
        let Arguments { columns, finish, instances, pace, .. } = arguments;
        return reseal::run(&reseal::Wanted { columns, finish: *finish, instances, pace }, common);
    }
    let material = Material::load(config::load(&common.config)?)?;
    let begun = async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        let only = stored::columns(&joined, &arguments.columns)?;
        let tables = tables(&joined, material.keyring.keyring(), Verb::Encrypt, &only)?;
        something_to_do(&tables, &joined, Phase::Encrypting)?;
        if common.dry_run {
            stored::foresee(&admin, Verb::Encrypt, &tables, common.json).await?;
            return Ok(None);
        }
        let seats = stored::seats(&material, admin, arguments.pace.workers).await?;
        // ORDER: a proxy of before would hand out an envelope as it is stored.
        let step = "encrypt row by row";
        agreement::on_what_is_accepted(&arguments.instances, &material, &seats, step).await?;
        Ok(Some((stored::run(&material, &joined, seats, &arguments.pace), joined, tables)))
    };
    let work = async {
        let Some((run, joined, tables)) = interrupt::unless(begun).await? else { return Ok(None) };
        let all = stored::convert(&run, Verb::Encrypt, &tables).await?;
        let left = match run.seats.first() {
            Some(seat) => remains::of(seat, &tables).await?,
            None => Vec::new(),
        };
        Ok(Some((all, left, domains_to_move(&joined, material.keyring.keyring(), Phase::Encrypting))))
    };
    let Some((all, left, domains)) = stored::run_on_threads(arguments.pace.workers, work)? else {
        return Ok(Exit::Done);
    };
    let exit = stored::exit(&all);
    let done = exit == Exit::Done && all.iter().all(|one| one.guarded);
    let mut next = Vec::new();
    if done {
        let columns = stored::full_names(&all);
        next.extend(phases::settle(material, &columns, Phase::Encrypted, arguments.finish)?);
    }
    next.extend(
        domains
            .iter()
            .map(|domain| format!("next: `pgveil encrypt --domain {domain}`, which moves as a whole")),
    );
    if common.json {
        let mut value = stored::value(Verb::Encrypt, &all, &next);
        value["remains"] = remains::values(&left);
        println!("{value:#}");
    } else {
        print!("{}", remains::report(&left));
        print!("{}", stored::report(Verb::Encrypt, &all, &next));
    }
    Ok(exit)
}
