//! `pgveil keys rewrap`, `split`, `combine` and `backup`: who can open the keyring, and whether they
//! still can.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::show::{facts, show};
use crate::cli::keyring::{KeyringPlace, another};
use crate::cli::{Common, Exit, Failure, Outcome};
use crate::crypto::keyfile::MAX_FILE;
use crate::crypto::nonces::fill_random;
use crate::crypto::recovery::{self, Split};
use crate::crypto::store::{read_private, write_private};
use crate::crypto::unlock::{KdfCost, Unlock};
use crate::crypto::{KeyId, Keyring, KeyringError, KeyringFile};
use crate::secret::Secret;

/// Longest file of a share, in bytes.
const MAX_SHARE: usize = 4096;

/// `pgveil keys rewrap --add HOW --remove N`
#[derive(Args)]
pub struct RewrapArguments {
    /// One more way to open the keyring, spelt as `keys.unlock`; `age-recipient:age1…` for somebody
    /// else. A root-key file that is not there is made.
    #[arg(long, value_name = "HOW", required_unless_present = "remove")]
    add: Option<String>,
    /// One way less: its number in `keys list`. Done after --add.
    #[arg(long, value_name = "N")]
    remove: Option<usize>,
}

/// `pgveil keys split --threshold M --shares N`
#[derive(Args)]
pub struct SplitArguments {
    /// So many shares open the keyring.
    #[arg(long, value_name = "M")]
    threshold: u8,
    /// So many are made.
    #[arg(long, value_name = "N")]
    shares: u8,
    /// Write each to a file of mode 0600 in this directory; without it they are printed.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// `pgveil keys combine [--rehearse | --add HOW] [FILE…]`
#[derive(Args)]
pub struct CombineArguments {
    /// Files with one share each; without any, shares are lines of stdin.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show that the shares open the keyring, and write nothing.
    #[arg(long)]
    rehearse: bool,
    /// The new way to open the keyring, spelt as `keys.unlock`.
    #[arg(long, value_name = "HOW", required_unless_present = "rehearse", conflicts_with = "rehearse")]
    add: Option<String>,
}

/// `pgveil keys backup FILE [--test-restore]`
#[derive(Args)]
pub struct BackupArguments {
    /// Where the copy is to be; an existing one is kept.
    file: PathBuf,
    /// Open the copy as after a disaster and compare it with the keyring.
    #[arg(long)]
    test_restore: bool,
}

/// Adds, then removes.
pub fn rewrap(arguments: &RewrapArguments, place: &KeyringPlace, common: &Common) -> Outcome {
    let mut file = place.open()?;
    let index =
        arguments.remove.map(|number| number.checked_sub(1).ok_or(KeyringError::NoSuchStanza(number)));
    let index = index.transpose()?;
    if common.dry_run {
        println!("would rewrap {}", file.path().display());
        return Ok(Exit::Done);
    }
    if let Some(how) = &arguments.add {
        file.add_stanza(&another(how)?, KdfCost::DEFAULT, &mut fill_random)?;
    }
    if let Some(index) = index {
        file.remove_stanza(index, &mut fill_random)?;
        eprintln!(
            "an older copy of the keyring still opens as before; if its secret may be known to others, \
             run `pgveil rotate root`"
        );
    }
    show(&file, common.json);
    Ok(Exit::Done)
}

/// Makes the shares, then the stanza.
pub fn split(arguments: &SplitArguments, place: &KeyringPlace, common: &Common) -> Outcome {
    let mut file = place.open()?;
    let of = Split { threshold: arguments.threshold, shares: arguments.shares };
    let (unlock, shares) = recovery::split(of, &mut fill_random)?;
    if common.dry_run {
        println!("would make {} shares, {} of which open {}", of.shares, of.threshold, file.path().display());
        return Ok(Exit::Done);
    }
    // ORDER: the shares are out before the keyring says that there are some.
    match &arguments.to {
        Some(directory) => write_shares(&shares, directory)?,
        None if common.json => {
            let shares: Vec<&str> = shares.iter().map(|share| share.expose().as_str()).collect();
            println!("{:#}", json!({ "threshold": of.threshold, "shares": shares }));
        }
        None => shares.iter().for_each(|share| println!("{}", share.expose())),
    }
    file.add_stanza(&unlock, KdfCost::DEFAULT, &mut fill_random)?;
    eprintln!(
        "{} of {} shares open {}: hand them out, then rehearse with `pgveil keys combine --rehearse`",
        of.threshold,
        of.shares,
        file.path().display()
    );
    Ok(Exit::Done)
}

fn write_shares(shares: &[Secret<String>], directory: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(directory)?;
    for (number, share) in shares.iter().enumerate() {
        let path = directory.join(format!("share-{}.txt", number + 1));
        if path.exists() {
            return Err(KeyringError::Exists(path).into());
        }
        write_private(&path, format!("{}\n", share.expose()).as_bytes())?;
        println!("{}", path.display());
    }
    Ok(())
}

/// Opens with shares.
pub fn combine(arguments: &CombineArguments, place: &KeyringPlace, common: &Common) -> Outcome {
    let shares = match arguments.files.as_slice() {
        [] => typed()?,
        files => files.iter().map(|path| share_of(path)).collect::<Result<_, _>>()?,
    };
    let unlock = recovery::combine(shares.iter().map(|share| share.expose().as_str()))?;
    let mut file = place.open_with(&unlock)?;
    let Some(how) = arguments.add.as_ref().filter(|_| !common.dry_run) else {
        if common.json {
            println!("{:#}", facts(&file));
        } else {
            let (path, generation) = (file.path().display(), file.keyring().generation());
            println!(
                "these {} shares open {path}, generation {generation}; nothing was written",
                shares.len()
            );
        }
        return Ok(Exit::Done);
    };
    file.add_stanza(&another(how)?, KdfCost::DEFAULT, &mut fill_random)?;
    eprintln!("set keys.unlock to the new way, remove the lost one with `pgveil keys rewrap --remove`");
    show(&file, common.json);
    Ok(Exit::Done)
}

fn typed() -> Result<Vec<Secret<String>>, Failure> {
    let mut shares = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = Secret::new(line?);
        match line.expose().trim() {
            "" => {}
            _ => shares.push(line),
        }
    }
    Ok(shares)
}

fn share_of(path: &Path) -> Result<Secret<String>, KeyringError> {
    let text = read_private(path, MAX_SHARE)?;
    let text = String::from_utf8(text).map_err(|_| KeyringError::NoText(path.display().to_string()))?;
    Ok(Secret::new(text))
}

/// Copies, tests, or both.
pub fn backup(arguments: &BackupArguments, place: &KeyringPlace, common: &Common) -> Outcome {
    let live = place.open()?;
    let there = arguments.file.exists();
    if there && !arguments.test_restore {
        return Err(KeyringError::Exists(arguments.file.clone()).into());
    }
    if common.dry_run {
        println!("would copy {} to {}", live.path().display(), arguments.file.display());
        return Ok(Exit::Done);
    }
    if !there {
        write_private(&arguments.file, &read_private(live.path(), MAX_FILE)?)?;
        eprintln!("copied to {}; keep what unlocks it elsewhere", arguments.file.display());
    }
    if !arguments.test_restore {
        println!("{}", arguments.file.display());
        return Ok(Exit::Done);
    }
    restored(&arguments.file, &place.unlock()?, live.keyring(), common)
}

/// Opens the copy by itself: other memory, the secret fetched anew.
fn restored(path: &Path, unlock: &Unlock, live: &Keyring, common: &Common) -> Outcome {
    let copy = KeyringFile::open(path, unlock)?;
    let copy = copy.keyring();
    if copy.realm() != live.realm() {
        return Err(Failure::said(Exit::Findings, "the copy is of another realm"));
    }
    let same =
        |id: KeyId, check: &[u8; 16]| copy.keys().iter().any(|key| key.id == id && key.check == *check);
    let lacks: Vec<String> =
        live.keys().iter().filter(|key| !same(key.id, &key.check)).map(|key| key.id.to_string()).collect();
    let (found, known) = (copy.generation(), live.generation());
    if common.json {
        println!(
            "{:#}",
            json!({ "copy": path.display().to_string(), "generation": found,
                                 "live_generation": known, "keys": copy.keys().len(), "lacks": lacks })
        );
    } else {
        let keys = copy.keys().len();
        println!(
            "{} opens: generation {found} (live: {known}), {keys} keys, each with its check value",
            path.display()
        );
        if !lacks.is_empty() {
            println!("lacks keys of today: {}; make a new backup", lacks.join(", "));
        }
    }
    Ok(if lacks.is_empty() { Exit::Done } else { Exit::Findings })
}
