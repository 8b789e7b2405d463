//! `pgveil completion` and `pgveil man`: made from the command line's own description.

use clap::Args;
use clap_complete::Shell;

use super::{Exit, Outcome};

/// `pgveil completion bash > /etc/bash_completion.d/pgveil`
#[derive(Args)]
pub struct CompletionArguments {
    /// Which shell.
    pub shell: Shell,
}

/// `pgveil man > pgveil.1`
#[derive(Args)]
pub struct ManArguments {}

/// Prints the script to stdout.
pub fn completion(arguments: &CompletionArguments, mut command: clap::Command) -> Outcome {
    clap_complete::generate(arguments.shell, &mut command, "pgveil", &mut std::io::stdout());
    Ok(Exit::Done)
}

/// Prints the page in roff to stdout.
pub fn man(_: &ManArguments, command: clap::Command) -> Outcome {
    clap_mangen::Man::new(command).render(&mut std::io::stdout())?;
    Ok(Exit::Done)
}
