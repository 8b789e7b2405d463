//! `pgveil rotate cancel`: a domain whose window is open, and of which nothing is rewritten, turns back.

use clap::Args;
use serde_json::json;

use crate::cli::domains::{self, InstanceArguments};
use crate::cli::{Common, Exit, Outcome};

/// `pgveil rotate cancel --domain NAME`
#[derive(Args)]
pub struct Arguments {
    /// This domain; may be repeated.
    #[arg(long = "domain", value_name = "NAME", required = true)]
    domains: Vec<String>,
    #[command(flatten)]
    instances: InstanceArguments,
}

/// Closes the windows.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let back = domains::turn_back(&arguments.domains, &arguments.instances, common)?;
    if common.json {
        let all: Vec<_> =
            back.iter().map(|(domain, form)| json!({ "domain": domain, "form": form })).collect();
        println!("{:#}", json!({ "schema_version": 1, "domains": all }));
    } else {
        back.iter().for_each(|(domain, form)| println!("domain {domain} stays {form}: its window is closed"));
    }
    Ok(Exit::Done)
}
