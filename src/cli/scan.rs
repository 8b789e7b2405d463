//! `pgveil scan`: columns that look like personal data and are not tagged.

mod ignore;
mod report;
mod sarif;
mod suggest;

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::material::{admin, run_to_end};
use super::{Common, Exit, Outcome};
use crate::config;
use crate::jobs::scan::{Limits, Read, Source, read};
use crate::policy::load;
use crate::policy::model::Tags;
use crate::scan::{Finding, Scanner};
use ignore::Ignored;

/// `pgveil scan`
#[derive(Args)]
#[command(group = ArgGroup::new("form").args(["toml", "sarif"]), group = ArgGroup::new("source").args(["names_only", "from_stats"]))]
pub struct Arguments {
    /// Look at names only; read no value.
    #[arg(long)]
    names_only: bool,
    /// Take values from the planner's statistics (pg_stats) instead of reading tables.
    #[arg(long)]
    from_stats: bool,
    /// Rows that are sampled of each table.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    rows: u32,
    /// What one statement may take.
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    timeout: u32,
    /// Only this schema; may be repeated.
    #[arg(long, value_name = "NAME")]
    schema: Vec<String>,
    /// Findings with a lower score are left out.
    #[arg(long, default_value_t = 50, value_name = "0..100")]
    min_score: u8,
    /// Findings that were looked at and are none, each with its reason [default: pgveil.ignore.toml
    /// beside the configuration, if it is there].
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Print `[[column]]` tables to paste into the configuration.
    #[arg(long)]
    toml: bool,
    /// Print SARIF 2.1.0.
    #[arg(long)]
    sarif: bool,
}

/// What a scan found, with what was known before.
struct Result {
    read: Read,
    /// New ones only.
    findings: Vec<Finding>,
    tagged: usize,
    ignored: usize,
}

/// Carries the verb out: 2 if something new was found.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let config = config::load(&common.config)?;
    let tags = load::tags(&config.source.path.display().to_string(), &config.source.text)?;
    let ignored = Ignored::load(arguments.ignore.as_deref(), &config.source.path)?;
    let limits = Limits {
        source: match (arguments.names_only || common.dry_run, arguments.from_stats) {
            (true, _) => Source::Nothing,
            (false, true) => Source::Statistics,
            (false, false) => Source::Rows,
        },
        rows: arguments.rows,
        timeout: arguments.timeout,
        schemas: arguments.schema.clone(),
    };
    let read = run_to_end(async { Ok(read(&admin(&config).await?, &limits).await?) })?;
    let result = sift(read, &tags, &ignored, arguments.min_score);
    if arguments.toml {
        print!("{}", report::toml(&result));
    } else if arguments.sarif {
        println!("{:#}", sarif::document(&result, &common.config));
    } else if common.json {
        println!("{:#}", report::json(&result));
    } else {
        print!("{}", report::table(&result));
    }
    report::remarks(&result).iter().for_each(|line| eprintln!("{line}"));
    Ok(if result.findings.is_empty() { Exit::Done } else { Exit::Findings })
}

fn sift(read: Read, tags: &Tags, ignored: &Ignored, least: u8) -> Result {
    let columns = read.columns();
    let mut findings = Scanner::default().survey(&columns, &read.samples, least);
    let mut result = Result { read, findings: Vec::new(), tagged: 0, ignored: 0 };
    findings.retain(|finding| {
        let Some(place) = result.read.places.get(finding.column) else { return false };
        let is_tagged =
            tags.columns.iter().any(|tag| tag.relation == place.relation && tag.column == place.column);
        let is_ignored = columns.get(finding.column).is_some_and(|column| ignored.has(&column.qualified));
        result.tagged += usize::from(is_tagged);
        result.ignored += usize::from(is_ignored && !is_tagged);
        !is_tagged && !is_ignored
    });
    result.findings = findings;
    result
}
