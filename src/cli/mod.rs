//! One file per verb: its arguments, and `run`, which ends with an [`Outcome`].
//!
//! Knows every layer below and talks to the operator: stdout is the result, stderr is progress and
//! logs. The exit codes are in [`exit`].

mod agreement;
pub mod apply;
mod attendance;
pub mod catalog;
pub mod decrypt;
pub mod demo;
pub mod doctor;
pub mod documents;
pub mod domains;
pub mod encrypt;
pub mod evidence;
pub mod exit;
pub mod explain;
pub mod findings;
pub mod init;
mod interrupt;
pub mod keyring;
pub mod keys;
pub mod material;
mod phases;
pub mod plan;
pub mod policy;
pub mod prompt;
pub mod remains;
mod reseal;
pub mod rotate;
pub mod scan;
pub mod serve;
pub mod status;
pub mod stored;
mod upstream_store;
pub mod users;
mod uses;
pub mod verify;
pub mod vigil;

use std::panic::PanicHookInfo;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};

pub use exit::{Exit, Failure, Outcome};

/// Encrypts tagged columns before they leave for the server, with keys that only you hold.
#[derive(Parser)]
#[command(name = "pgveil", version, about, disable_help_subcommand = true)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// What every verb understands.
    #[command(flatten)]
    pub common: Common,
}

/// Options of every verb.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// The configuration file.
    #[arg(short, long, global = true, default_value = "pgveil.toml", value_name = "FILE")]
    pub config: PathBuf,
    /// Print the result as JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Say what would be done, and do nothing.
    #[arg(long, global = true)]
    pub dry_run: bool,
}

/// One verb a line.
#[derive(Subcommand)]
pub enum Verb {
    /// Run the proxy.
    Serve(serve::Arguments),
    /// Write a configuration, a keyring and a self-signed TLS certificate.
    Init(init::Arguments),
    /// The keyring: make one, add a key, change a key's state.
    Keys(keys::Arguments),
    /// Who may connect: a verifier for the client's side, a secret for the server's.
    Users(users::Arguments),
    /// The pinned shape of everything that holds protected columns.
    Catalog(catalog::Arguments),
    /// The policy: which columns are protected, and how.
    Policy(policy::Arguments),
    /// Show what tagging changes in the database, what it costs and reveals.
    Plan(plan::Arguments),
    /// Make the database such that the tagged columns can hold envelopes.
    Apply(apply::Arguments),
    /// Find columns that look like personal data and are not tagged.
    Scan(scan::Arguments),
    /// Encrypt the rows that are stored as plaintext, while they are in use.
    Encrypt(encrypt::Arguments),
    /// Make the rows plaintext again.
    Decrypt(decrypt::Arguments),
    /// Seal stored values under a new key, while they are in use.
    Rotate(rotate::Arguments),
    /// Remove what encryption has left behind in the clear, as far as it can be done.
    Scrub(remains::Arguments),
    /// Prove that what is stored is encrypted and opens; search dumps for what must not be there.
    Verify(verify::Arguments),
    /// Show the main job on this machine: a private PostgreSQL, throw-away keys, made-up people.
    Demo(demo::Arguments),
    /// Say what becomes of a statement: what is forwarded, sealed, opened or refused, and why.
    Explain(explain::Arguments),
    /// Look at everything, and say what is in order, what is not, and what to do.
    Doctor(doctor::Arguments),
    /// Keys, columns with phase and coverage, jobs and proxies on one screen.
    Status(status::Arguments),
    /// Print a completion script for a shell.
    Completion(documents::CompletionArguments),
    /// Print the manual page.
    Man(documents::ManArguments),
}

impl Verb {
    fn run(self, common: &Common) -> Outcome {
        match self {
            Verb::Serve(arguments) => serve::run(&arguments, common),
            Verb::Init(arguments) => init::run(&arguments, common),
            Verb::Keys(arguments) => keys::run(&arguments, common),
            Verb::Users(arguments) => users::run(&arguments, common),
            Verb::Catalog(arguments) => catalog::run(&arguments, common),
            Verb::Policy(arguments) => policy::run(&arguments, common),
            Verb::Plan(arguments) => plan::run(&arguments, common),
            Verb::Apply(arguments) => apply::run(&arguments, common),
            Verb::Scan(arguments) => scan::run(&arguments, common),
            Verb::Encrypt(arguments) => encrypt::run(&arguments, common),
            Verb::Decrypt(arguments) => decrypt::run(&arguments, common),
            Verb::Rotate(arguments) => rotate::run(&arguments, common),
            Verb::Scrub(arguments) => remains::run(&arguments, common),
            Verb::Verify(arguments) => verify::run(&arguments, common),
            Verb::Demo(arguments) => demo::run(&arguments),
            Verb::Explain(arguments) => explain::run(&arguments, common),
            Verb::Doctor(arguments) => doctor::run(&arguments, common),
            Verb::Status(arguments) => status::run(&arguments, common),
            Verb::Completion(arguments) => documents::completion(&arguments, CommandLine::command()),
            Verb::Man(arguments) => documents::man(&arguments, CommandLine::command()),
        }
    }
}

/// Reads the arguments of the process, carries the verb out, and gives the exit code.
pub fn main() -> Exit {
    std::panic::set_hook(Box::new(|defect| eprintln!("{}", told(defect))));
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            let asked = !error.use_stderr();
            // A closed pipe is the only way for this to fail, and nobody is left to tell.
            let _ = error.print();
            return if asked { Exit::Done } else { Exit::Usage };
        }
    };
    match line.verb.run(&line.common) {
        Ok(exit) => exit,
        Err(failure) => {
            eprintln!("pgveil: {failure}");
            failure.exit
        }
    }
}

/// A defect, without what was at hand: the message of a panic may quote a value, unless it is a constant.
fn told(defect: &PanicHookInfo<'_>) -> String {
    let place = defect.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    let constant = defect.payload().downcast_ref::<&'static str>().map_or("", |message| message);
    format!("pgveil: a defect{place}: {constant}")
}
