//! `pgveil verify`: the proof that what is stored is encrypted, and that it opens.
//!
//! Knows the arguments and how the parts of a proof come together. Exit code 2 if anything was found
//! that does not belong there.

mod canary;
mod report;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::material::Material;
use super::stored::{self, SCHEMA_VERSION};
use super::{Common, Exit, Failure, Outcome, evidence, findings, interrupt};
use crate::catalog::finding::Weight;
use crate::config;
use crate::jobs::admin::Admin;
use crate::jobs::convert::protected_tables;
use crate::jobs::dump::{self, SearchedFile};
use crate::jobs::needles::Needles;
use crate::jobs::pace::Pace;
use crate::jobs::progress::Progress;
use crate::jobs::verify::{ColumnProof, Proof, Survey, survey};
use crate::policy::join::Joined;
use crate::policy::model::{Policy, column_name};
use crate::protect::Protector;
use crate::types::LogicalType;

/// `pgveil verify`
#[derive(Args)]
pub struct Arguments {
    /// Only this column (schema.table.column); may be repeated. Default: all that are protected.
    #[arg(long = "column", value_name = "NAME")]
    columns: Vec<String>,
    /// Look at the heads of values only, and open none.
    #[arg(long)]
    no_decrypt: bool,
    /// Search this file, dump (any format of pg_dump) or directory for values as they are now; may be
    /// repeated.
    #[arg(long, value_name = "PATH", conflicts_with = "no_decrypt")]
    dump: Vec<PathBuf>,
    /// Values of each column that are searched for.
    #[arg(long, value_name = "N", default_value_t = 200)]
    samples: usize,
    /// Also search for this text, for instance one that was planted; may be repeated.
    #[arg(long, value_name = "TEXT")]
    needle: Vec<String>,
    /// Store a known row in every protected table through this connection string of a client of pgveil
    /// (file:… or env:…), look for it past pgveil wherever [admin] may read, and delete it.
    #[arg(long, value_name = "FROM", conflicts_with_all = ["dump", "no_decrypt", "needle"])]
    canary: Option<String>,
    /// Connections that read at once.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    workers: u16,
    /// Where the signed evidence is written. Default: evidence/verify-DATE.json beside the
    /// configuration.
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Check the signature of this evidence file, and print what it says.
    #[arg(long, value_name = "FILE")]
    check_evidence: Option<PathBuf>,
    /// The realm's public key, in place of the keyring's (see `keys export-public-info`).
    #[arg(long, value_name = "HEX", requires = "check_evidence")]
    public_key: Option<String>,
}

/// Proves, or checks a proof.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    // REFUSES: a place that is not there, before anything is read.
    for path in arguments.dump.iter().chain(&arguments.check_evidence) {
        std::fs::metadata(path)
            .map_err(|error| Failure::said(Exit::Failed, format!("{}: {error}", path.display())))?;
    }
    if let Some(file) = &arguments.check_evidence {
        let key = match &arguments.public_key {
            Some(key) => key.clone(),
            None => {
                let material = Material::load(config::load(&common.config)?)?;
                evidence::public_key(material.keyring.keyring())?
            }
        };
        println!("{:#}", evidence::checked(file, &key)?);
        eprintln!("the signature is good");
        return Ok(Exit::Done);
    }
    match &arguments.canary {
        Some(through) => canary::run(through, &arguments.columns, arguments.evidence.as_deref(), common),
        None => prove(arguments, common),
    }
}

fn prove(arguments: &Arguments, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let began = jiff::Timestamp::now();
    let (proof, joined, database) = stored::run_on_threads(arguments.workers, read(arguments, &material))?;
    let ended = jiff::Timestamp::now();
    if proof.interrupted {
        return Ok(Exit::Interrupted);
    }
    let needles = needles(arguments, &joined.policy, &proof.columns);
    let searched = match arguments.dump.is_empty() {
        true => Vec::new(),
        false => search(&needles, &arguments.dump)?,
    };
    let faults: u64 = proof.columns.iter().map(ColumnProof::faulty).sum();
    let hits: u64 = searched.iter().map(|file| file.searched.hits).sum();
    let closed: Vec<_> = joined.findings.iter().filter(|one| one.weight == Weight::Closes).cloned().collect();
    let clean = faults == 0 && hits == 0 && closed.is_empty();
    let keyring = material.keyring.keyring();
    let mut content = json!({
        "schema_version": SCHEMA_VERSION,
        "kind": "verify",
        "tool": format!("pgveil {}", env!("CARGO_PKG_VERSION")),
        "began": began.to_string(),
        "ended": ended.to_string(),
        "realm": evidence::hex(keyring.realm()),
        "generation": keyring.generation(),
        "policy_digest": keyring.policy_digest().map(|digest| evidence::hex(digest)),
        "pin_digest": keyring.pin_digest().map(|digest| evidence::hex(digest)),
        "database": database,
        "opened": !arguments.no_decrypt,
        "verdict": if clean { "clean" } else { "findings" },
        "columns": report::columns(&joined.policy, &proof.columns, keyring),
    });
    if !closed.is_empty() {
        content["closed"] = findings::values(&closed);
    }
    if !searched.is_empty() {
        content["searched_for"] = json!(needles.len());
        content["searched"] = report::files(&searched);
    }
    if !common.dry_run {
        let path = arguments.evidence.clone();
        let path = path.unwrap_or_else(|| evidence::default_path(&common.config, &began.to_string()));
        evidence::write(&path, &content, keyring)?;
        eprintln!("signed evidence: {}", path.display());
    }
    if common.json {
        println!("{content:#}");
    } else {
        print!("{}", report::text(&content));
    }
    Ok(if clean { Exit::Done } else { Exit::Findings })
}

/// Everything that is stored, in one snapshot.
async fn read(arguments: &Arguments, material: &Material) -> Result<(Proof, Joined, Value), Failure> {
    let (seats, ours, joined, database) = interrupt::unless(prepare(arguments, material)).await?;
    let pace = Arc::clone(&ours.pace);
    let stop = tokio::spawn(async move {
        interrupt::came().await;
        pace.stop();
    });
    let proof = survey(&seats, &ours).await;
    stop.abort();
    Ok((proof?, joined, database))
}

/// Connections, what is to be read over them, and what it is.
async fn prepare(
    arguments: &Arguments,
    material: &Material,
) -> Result<(Vec<Arc<Admin>>, Arc<Survey>, Joined, Value), Failure> {
    let admin = material.admin().await?;
    let joined = material.joined(&admin).await?;
    let only = stored::columns(&joined, &arguments.columns)?;
    let tables = protected_tables(&joined, &only);
    let facts = admin
        .texts(
            "SELECT json_build_object('name', current_database(), 'server', current_setting('server_version'), \
             'version', current_setting('server_version_num'))::text",
        )
        .await
        .map_err(crate::jobs::convert::ConvertError::from)?;
    let database: Value =
        facts.first().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let version = database["version"].as_str().and_then(|version| version.parse().ok()).unwrap_or(0);
    let mut seats = vec![Arc::new(admin)];
    for _ in 1..arguments.workers {
        seats.push(Arc::new(material.admin().await?));
    }
    let keyring = Arc::clone(material.keyring.keyring());
    let protector = (!arguments.no_decrypt).then(|| Arc::new(Protector::new(&joined.policy, &keyring)));
    let ours = Arc::new(Survey {
        tables,
        policy: joined.policy.clone(),
        protector,
        keyring,
        samples: if arguments.dump.is_empty() { 0 } else { arguments.samples },
        server_version: version,
        progress: Arc::new(Progress::on_stderr("blocks")),
        pace: Arc::new(Pace::default()),
    });
    Ok((seats, ours, joined, database))
}

/// Values as they are now, of columns whose values are not in any file by chance.
fn needles(arguments: &Arguments, policy: &Policy, columns: &[ColumnProof]) -> Needles {
    let mut needles = Needles::default();
    for proof in columns {
        let Some(column) = policy.column(proof.column).filter(|column| is_telling(&column.logical)) else {
            continue;
        };
        let name = column_name(&column.relation, &column.column);
        for sample in &proof.samples.values {
            needles.add(&name, sample);
        }
    }
    for needle in &arguments.needle {
        needles.add("needle", needle.as_bytes());
    }
    needles
}

/// A date or a number is in any dump, of whatever column.
fn is_telling(logical: &LogicalType) -> bool {
    match logical {
        LogicalType::Text
        | LogicalType::Varchar(_)
        | LogicalType::Bpchar(_)
        | LogicalType::Citext
        | LogicalType::Uuid
        | LogicalType::Bytea
        | LogicalType::Json
        | LogicalType::Jsonb
        | LogicalType::Inet
        | LogicalType::Cidr => true,
        LogicalType::Int2
        | LogicalType::Int4
        | LogicalType::Int8
        | LogicalType::Bool
        | LogicalType::Numeric(_)
        | LogicalType::Date
        | LogicalType::Timestamp(_)
        | LogicalType::Timestamptz(_)
        | LogicalType::Time(_)
        | LogicalType::Timetz(_)
        | LogicalType::Interval
        | LogicalType::Float4
        | LogicalType::Float8
        | LogicalType::TextArray => false,
    }
}

fn search(needles: &Needles, paths: &[PathBuf]) -> Result<Vec<SearchedFile>, Failure> {
    // REFUSES: a search for nothing would be clean whatever is in the file.
    if needles.is_empty() {
        let message = "there is no value to search for: no protected column holds text of 6 bytes or more";
        return Err(Failure::said(Exit::Failed, message));
    }
    let search = needles.search().map_err(|error| Failure::said(Exit::Failed, error.to_string()))?;
    let mut files = Vec::new();
    for path in paths {
        files.extend(dump::search(path, &search).map_err(|error| Failure::new(Exit::Failed, error))?);
    }
    Ok(files)
}
