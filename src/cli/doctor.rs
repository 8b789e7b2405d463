//! `pgveil doctor`: what is in order, what is not, and what to do about it.
//!
//! Changes nothing. What cannot be asked is said to be unknown, and is not taken for good.

mod database;
mod keys;
mod local;
mod server;
mod tree;

use clap::Args;
use serde_json::json;

use super::material::{Material, admin, run_to_end};
use super::{Common, Exit, Outcome};
use crate::config::reference::SecretRef;
use crate::config::{self, Config};
use crate::jobs::admin::{Admin, hosts_of};
use tree::{Check, Grade, Section};

/// `pgveil doctor`
#[derive(Args)]
pub struct Arguments {
    /// Ask neither the server nor anything else on a network.
    #[arg(long)]
    offline: bool,
}

/// Looks at everything: 2 if something fails.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let config = config::load(&common.config)?;
    let mut sections = vec![local::configuration(&config), local::transport(&config), local::process()];
    let (section, material) = keys::section(&config);
    sections.push(section);
    if !arguments.offline {
        sections.extend(run_to_end(remote(&config, material.as_ref()))?);
    }
    if common.json {
        println!("{:#}", json!({ "schema_version": 1, "sections": tree::value(&sections) }));
    } else {
        print!("{}", tree::text(&sections));
    }
    let fails = sections.iter().flat_map(|section| &section.checks).any(|c| c.grade == Grade::Failure);
    Ok(if fails { Exit::Findings } else { Exit::Done })
}

async fn remote(config: &Config, material: Option<&Material>) -> Result<Vec<Section>, super::Failure> {
    let mut server = Section::new("server");
    let Some(url) = &config.admin else {
        server.add(Check::failure("no [admin] url: the server cannot be asked", "write one"));
        return Ok(vec![server]);
    };
    reach(config.upstream.hosts.len(), url, &mut server);
    let connection: Admin = match admin(config).await {
        Ok(connection) => connection,
        Err(error) => {
            server.add(Check::failure(error.to_string(), "mend [admin] url, the network or the server"));
            return Ok(vec![server]);
        }
    };
    server::look(&connection, &mut server).await;
    let mut database = Section::new("database");
    match material {
        Some(material) => database::look(&connection, material, &mut database).await,
        None => database.add(Check::note("without the keyring the policy cannot be held against it")),
    }
    Ok(vec![server, database])
}

/// After a failover the look at the database's shape has to find the new server as clients do.
fn reach(hosts: usize, url: &SecretRef, section: &mut Section) {
    // What cannot be read fails when it is connected with.
    let named = url.read().ok().and_then(|url| hosts_of(url.expose()).ok());
    if let Some(named) = named.filter(|named| *named < hosts) {
        section.add(Check::warning(
            format!("[upstream] hosts names {hosts} servers and [admin] url {named}: after a failover `serve` cannot look at the database's shape"),
            "name them all: postgresql://user@one,two/db?target_session_attrs=read-write",
        ));
    }
}
