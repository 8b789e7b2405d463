//! `pgveil verify --canary`: a known row is stored through pgveil, looked for past it, and taken away.
//!
//! Knows the client's connection string and how the result is shown. The work is `jobs::canary`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cli::material::{Material, run_whole};
use crate::cli::stored::{self, SCHEMA_VERSION};
use crate::cli::{Common, Exit, Failure, Outcome, evidence, interrupt};
use crate::config;
use crate::config::reference::SecretRef;
use crate::jobs::admin::{Admin, AdminError};
use crate::jobs::canary::places::{self, Place};
use crate::jobs::canary::{Canary, Planted, Remaining};
use crate::jobs::convert::protected_tables;
use crate::protect::Protector;
use crate::server::tls::OperatorTls;

/// What was planted where, and what was found.
struct Flight {
    planted: Vec<Planted>,
    skipped: Vec<(String, String)>,
    places: Vec<Place>,
    remaining: Vec<Remaining>,
}

/// Plants, looks, takes away. `through` is a client's connection string; only these columns' tables,
/// if there are any.
pub fn run(through: &str, columns: &[String], path: Option<&Path>, common: &Common) -> Outcome {
    let material = Material::load(config::load(&common.config)?)?;
    let usage = |why: String| Failure::said(Exit::Usage, why);
    let url =
        SecretRef::parse(through, Path::new("")).and_then(|reference| reference.read()).map_err(usage)?;
    let began = jiff::Timestamp::now();
    let flight = run_whole(async {
        let tls =
            OperatorTls::load(&material.config.upstream).map_err(|why| Failure::new(Exit::Usage, why))?;
        let proxy = Admin::connect(url.expose(), tls).await?;
        fly(&material, &proxy, columns).await
    })?;
    let hits: u64 =
        flight.places.iter().filter_map(|place| place.found.as_ref().ok()).map(|one| one.hits).sum();
    // REFUSES: to call clean what carried no canary, or where one was left.
    let clean = hits == 0 && flight.remaining.is_empty() && !flight.planted.is_empty();
    let keyring = material.keyring.keyring();
    let content = json!({
        "schema_version": SCHEMA_VERSION,
        "kind": "canary",
        "tool": format!("pgveil {}", env!("CARGO_PKG_VERSION")),
        "began": began.to_string(),
        "ended": jiff::Timestamp::now().to_string(),
        "realm": evidence::hex(keyring.realm()),
        "generation": keyring.generation(),
        "planted": flight.planted.iter().flat_map(|one| one.columns.clone()).collect::<Vec<_>>(),
        "skipped": flight.skipped.iter().map(|(table, why)| json!({ "relation": table, "why": why })).collect::<Vec<_>>(),
        "places": flight.places.iter().map(value).collect::<Vec<_>>(),
        "hits": hits,
        "remaining": flight.remaining.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "verdict": if clean { "clean" } else { "findings" },
    });
    if !common.dry_run {
        let path = path.map(Path::to_owned);
        let path = path.unwrap_or_else(|| evidence::default_path(&common.config, &began.to_string()));
        evidence::write(&path, &content, keyring)?;
        eprintln!("signed evidence: {}", path.display());
    }
    if common.json {
        println!("{content:#}");
    } else {
        print!("{}", text(&content));
    }
    Ok(if clean { Exit::Done } else { Exit::Findings })
}

async fn fly(material: &Material, proxy: &Admin, columns: &[String]) -> Result<Flight, Failure> {
    let admin = material.admin().await?;
    let joined = material.joined(&admin).await?;
    let only = stored::columns(&joined, columns)?;
    let protector = Arc::new(Protector::new(&joined.policy, material.keyring.keyring()));
    let canary = Canary::new().map_err(|error| Failure::new(Exit::Failed, error))?;
    let needles = canary.needles();
    let search = needles.search().map_err(|error| Failure::said(Exit::Failed, error.to_string()))?;
    let since = places::log_position(&admin).await.map_err(AdminError::from)?;
    // ORDER: before the first is planted, so that no signal leaves one behind.
    let interrupted = tokio::spawn(interrupt::came());
    let (mut planted, mut skipped) = (Vec::new(), Vec::new());
    for table in protected_tables(&joined, &only) {
        match canary.plant(proxy, &admin, &joined.policy, &table).await {
            Ok(one) => planted.push(one),
            Err(why) => skipped.push((table.relation.to_string(), why.to_string())),
        }
    }
    let relations: Vec<_> = planted.iter().map(|one| one.relation.clone()).collect();
    let found = tokio::select! {
        found = places::all(&admin, &search, &relations, &since) => Some(found),
        _came = interrupted => None,
    };
    // ORDER: taken away whatever the search says, and before it is said.
    let mut remaining = Vec::new();
    for one in &planted {
        remaining.extend(one.remove(&admin, &canary, &protector).await.err());
    }
    let Some(found) = found else {
        let left: String = remaining.iter().map(|one| format!("; NOT TAKEN AWAY {one}")).collect();
        return Err(Failure::said(Exit::Interrupted, format!("interrupted: nothing is proven{left}")));
    };
    let places = found.map_err(AdminError::from)?;
    Ok(Flight { planted, skipped, places, remaining })
}

fn value(place: &Place) -> Value {
    match &place.found {
        Ok(found) => {
            let told = |hit: &crate::jobs::needles::Hit| json!({ "spelling": hit.spelling.name(), "hits": hit.count });
            json!({ "place": place.name, "bytes": found.bytes, "hits": found.hits,
                    "found": found.told.iter().map(told).collect::<Vec<_>>() })
        }
        Err(why) => json!({ "place": place.name, "not_read": why }),
    }
}

/// For a person.
fn text(content: &Value) -> String {
    let mut out = String::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for column in list(&content["planted"]) {
        let _written = writeln!(out, "planted in {}", word(&column));
    }
    for one in list(&content["skipped"]) {
        let _written = writeln!(out, "not planted in {}: {}", word(&one["relation"]), word(&one["why"]));
    }
    for place in list(&content["places"]) {
        let name = word(&place["place"]);
        let _written = match (place["not_read"].as_str(), place["hits"].as_u64().unwrap_or(0)) {
            (Some(why), _) => writeln!(out, "not read  {name}: {why}"),
            (None, 0) => writeln!(out, "clean     {name}, {} bytes", place["bytes"]),
            (None, hits) => writeln!(out, "FOUND     {name}: {hits} times"),
        };
    }
    for one in list(&content["remaining"]) {
        let _written = writeln!(out, "NOT TAKEN AWAY {}", word(&one));
    }
    let _written = writeln!(out, "{}", word(&content["verdict"]));
    out
}
