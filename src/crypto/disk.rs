//! The steps by which a keyring file is replaced, each of which may be the last before a crash.
//!
//! Knows the system calls. Their order is [`super::store`]'s; a test puts a disk that fails in place
//! of the real one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Steps of replacing a file.
pub trait Disk: Send + Sync {
    /// Removes a file; that it is not there is no error.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Writes a new file of mode 0600.
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Makes its content durable.
    fn sync(&self, path: &Path) -> io::Result<()>;
    /// Puts it in the place of another.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the entries of a directory durable.
    fn sync_directory(&self, directory: &Path) -> io::Result<()>;
}

/// The operating system's.
pub struct RealDisk;

impl Disk for RealDisk {
    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
        file.write_all(bytes)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}
