//! A dump, a backup or any other file, read to be searched.
//!
//! Knows the formats of `pg_dump` by their first bytes and has `pg_restore` unpack those that are
//! packed. REFUSES what is compressed in another way: a search through it would find nothing and
//! prove nothing.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::jobs::needles::{Search, Searched};

/// First bytes of what cannot be searched as it is.
const COMPRESSED: [(&[u8], &str); 7] = [
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"PK\x03\x04", "zip"),
    (b"7z\xbc\xaf", "7z"),
];
/// First bytes of `pg_dump --format=custom`.
const CUSTOM: &[u8] = b"PGDMP";
/// Where a tar archive names itself.
const TAR: (usize, &[u8]) = (257, b"ustar");
/// What a dump in directory format holds.
const CONTENTS: &str = "toc.dat";

/// Why a file was not searched to its end.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The file system.
    #[error("{path}: {why}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What happened.
        why: io::Error,
    },
    /// Nothing could be found in it.
    #[error("{path} is compressed ({how}): unpack it first, or the search proves nothing")]
    Compressed {
        /// Which file.
        path: PathBuf,
        /// By what.
        how: &'static str,
    },
    /// `pg_restore` is not there or refuses.
    #[error("{path}: pg_restore cannot unpack it: {why}")]
    Restore {
        /// Which file.
        path: PathBuf,
        /// What it says.
        why: String,
    },
}

/// One file that was searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchedFile {
    /// Which.
    pub path: PathBuf,
    /// How it was read: "plain", "custom", "tar", "directory".
    pub format: &'static str,
    /// What was found.
    pub searched: Searched,
}

/// Searches a file, a dump in any format of `pg_dump`, or everything below a directory.
///
/// # Errors
/// What cannot be read to its end.
pub fn search(path: &Path, search: &Search<'_>) -> Result<Vec<SearchedFile>, DumpError> {
    if path.is_dir() {
        return match path.join(CONTENTS).is_file() {
            true => Ok(vec![restored(path, "directory", search)?]),
            false => below(path, search),
        };
    }
    let head = head(path)?;
    if head.starts_with(CUSTOM) {
        return Ok(vec![restored(path, "custom", search)?]);
    }
    if head.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) && holds_a_dump(path)? {
        return Ok(vec![restored(path, "tar", search)?]);
    }
    if let Some((_, how)) = COMPRESSED.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(DumpError::Compressed { path: path.to_owned(), how });
    }
    let file = File::open(path).map_err(|why| DumpError::Io { path: path.to_owned(), why })?;
    let searched =
        search.over(BufReader::new(file)).map_err(|why| DumpError::Io { path: path.to_owned(), why })?;
    Ok(vec![SearchedFile { path: path.to_owned(), format: "plain", searched }])
}

fn below(directory: &Path, search_for: &Search<'_>) -> Result<Vec<SearchedFile>, DumpError> {
    let io = |why| DumpError::Io { path: directory.to_owned(), why };
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(directory).map_err(io)? {
        entries.push(entry.map_err(io)?.path());
    }
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let kind = fs::symlink_metadata(&entry).map_err(|why| DumpError::Io { path: entry.clone(), why })?;
        if kind.is_dir() || kind.is_file() {
            files.extend(search(&entry, search_for)?);
        }
    }
    Ok(files)
}

fn head(path: &Path) -> Result<Vec<u8>, DumpError> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(512).read_to_end(&mut head));
    read.map(|_| head).map_err(|why| DumpError::Io { path: path.to_owned(), why })
}

/// `pg_dump --format=tar` writes its contents first.
fn holds_a_dump(path: &Path) -> Result<bool, DumpError> {
    Ok(head(path)?.starts_with(CONTENTS.as_bytes()))
}

fn restored(path: &Path, format: &'static str, search: &Search<'_>) -> Result<SearchedFile, DumpError> {
    let failed = |why: String| DumpError::Restore { path: path.to_owned(), why };
    let mut child = Command::new("pg_restore")
        .arg("--file=-")
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| failed(why.to_string()))?;
    let stream = child.stdout.take().ok_or_else(|| failed("it has no output".into()))?;
    let searched = search.over(stream).map_err(|why| failed(why.to_string()));
    let ended = child.wait().map_err(|why| failed(why.to_string()))?;
    // REFUSES: what it could not unpack was not searched.
    if !ended.success() {
        return Err(failed(ended.to_string()));
    }
    Ok(SearchedFile { path: path.to_owned(), format, searched: searched? })
}
