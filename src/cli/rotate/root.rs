//! `pgveil rotate root`: a new file key for the keyring. Data keys and data stay as they are.

use clap::Args;

use crate::cli::keyring::{KeyringPlace, known};
use crate::cli::{Common, Exit, Outcome};
use crate::crypto::nonces::fill_random;
use crate::crypto::unlock::KdfCost;

/// `pgveil rotate root [--also HOW]…`
#[derive(Args)]
pub struct Arguments {
    /// A further secret that opens the keyring, spelt as `keys.unlock`. Every root key, passphrase,
    /// token and service is needed; recipients of age and recovery shares are not.
    #[arg(long, value_name = "HOW")]
    also: Vec<String>,
}

/// Makes the file key and every stanza anew.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let place = KeyringPlace::configured(&common.config, None)?;
    let mut file = place.open()?;
    let mut unlocks = vec![place.unlock()?];
    for how in &arguments.also {
        unlocks.push(known(how)?);
    }
    if common.dry_run {
        println!("would give {} a new file key", file.path().display());
        return Ok(Exit::Done);
    }
    file.rotate_root(&unlocks, KdfCost::DEFAULT, &mut fill_random)?;
    println!("{}: new file key, generation {}", file.path().display(), file.keyring().generation());
    eprintln!("copies made before still open as they did: destroy them, and make a new backup");
    Ok(Exit::Done)
}
