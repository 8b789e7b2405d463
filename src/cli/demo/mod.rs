//! `pgveil demo`: the main job on a fresh machine, with a private PostgreSQL, throw-away keys and a
//! sample policy.
//!
//! Knows how to find and start a PostgreSQL of its own. Does not know how a value is sealed: it
//! talks to the proxy as any application would, and uses the verbs that an operator would.

mod people;
mod place;
pub mod postgres;
mod sample;
mod screen;
mod story;

use clap::Args;

use super::{Exit, Outcome};
use people::Viewer;
use place::Place;
use story::Cast;

/// `pgveil demo`
#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// End after the last scene, instead of serving until Ctrl-C.
    #[arg(long)]
    pub once: bool,
    /// How many made-up customers are loaded.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u16).range(50..=20_000))]
    pub people: u16,
}

/// Runs the demo. Ends with an error if anything that it claims does not hold.
pub fn run(arguments: &Arguments) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(scenes(arguments))?;
    Ok(Exit::Done)
}

async fn scenes(arguments: &Arguments) -> anyhow::Result<()> {
    eprintln!("starting a private PostgreSQL …");
    let mut place = Place::prepare()?;
    story::set_up(&place).await?;
    eprintln!("applying the policy (pgveil apply), starting the proxy (pgveil serve) …");
    place.verb(&["policy", "accept"])?;
    place.verb(&["apply"])?;
    place.start_proxy()?;
    let cast = Cast {
        application: Viewer::connect("application", &place.application_string()).await?,
        host: Viewer::connect("host", &place.host_string()).await?,
    };
    eprintln!("loading {} customers through the proxy …", arguments.people);
    story::load(&cast.application, arguments.people.into()).await?;
    story::tell(&place, &cast).await?;
    println!("\nThe application's connection string: {}", place.application_string());
    println!("What the host sees:                  {}", place.host_string());
    println!("The configuration:                   {}", place.configuration_file().display());
    if !arguments.once {
        println!("\nServing until Ctrl-C.");
        tokio::signal::ctrl_c().await?;
    }
    Ok(())
}
