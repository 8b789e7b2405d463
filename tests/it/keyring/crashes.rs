//! A crash, a power cut or a full disk at every step of a keyring's change: afterwards there is the
//! old generation or the new one, whole, and the next change goes through.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use pgveil::crypto::disk::{Disk, RealDisk};
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{KeyringError, KeyringFile};

use super::{CHEAP, on_disk, passphrase, root};

/// Carries so many steps out; then the power is gone. With `loses`, what was not made durable by then
/// is lost: half a file, a rename that did not happen.
struct FailingDisk {
    left: AtomicUsize,
    loses: bool,
    steps: Mutex<Vec<&'static str>>,
}

impl FailingDisk {
    fn new(left: usize, loses: bool) -> Arc<Self> {
        Arc::new(FailingDisk { left: AtomicUsize::new(left), loses, steps: Mutex::new(Vec::new()) })
    }

    /// Whether this is the last step.
    fn step(&self, name: &'static str) -> io::Result<bool> {
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.steps.lock().unwrap().push(name);
        self.left.store(left - 1, Ordering::SeqCst);
        Ok(left == 1)
    }
}

impl Disk for FailingDisk {
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step("remove")?;
        RealDisk.remove(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let last = self.step("create")?;
        let kept = if last && self.loses { bytes.len() / 2 } else { bytes.len() };
        RealDisk.create(path, &bytes[..kept])
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        self.step("sync")?;
        RealDisk.sync(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self.step("rename")? && self.loses {
            true => Ok(()),
            false => RealDisk.rename(from, to),
        }
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        self.step("sync directory")?;
        RealDisk.sync_directory(directory)
    }
}

type Change = fn(&mut KeyringFile) -> Result<(), KeyringError>;

#[test]
fn a_crash_at_any_step_leaves_a_whole_keyring() {
    let changes: [(&str, Change); 3] = [
        ("a new key", |file| file.change(|ring| ring.with_new_key(1, &mut fill_random)).map(|_| ())),
        ("a new stanza", |file| file.add_stanza(&passphrase("x"), CHEAP, &mut fill_random)),
        ("a new file key", |file| file.rotate_root(&[root(1)], CHEAP, &mut fill_random)),
    ];
    for (what, change) in changes {
        let mut finished = 0;
        for (steps, loses) in (0..=6).flat_map(|steps| [(steps, false), (steps, true)]) {
            let dir = tempfile::tempdir().unwrap();
            let (path, file) = on_disk(dir.path());
            let keys = file.keyring().keys().len();
            let disk = FailingDisk::new(steps, loses);
            let mut file = file.on_disk(Arc::clone(&disk) as Arc<dyn Disk>);
            let changed = change(&mut file);
            let done = disk.steps.lock().unwrap().clone();
            let at = format!(
                "{what}, {done:?}, loses: {loses}: {:?}",
                changed.as_ref().map_err(ToString::to_string)
            );
            assert_eq!(changed.is_ok(), steps >= 5, "{at}");
            assert!(changed.is_ok() || matches!(changed, Err(KeyringError::NotWritten { .. })), "{at}");

            let mut after =
                KeyringFile::open(&path, &root(1)).unwrap_or_else(|error| panic!("{at}: {error}"));
            let generation = after.keyring().generation();
            assert!(matches!(generation, 7 | 8), "{at}: generation {generation}");
            assert!(changed.is_err() || generation == 8, "{at}: what was reported as done is there");
            assert!(steps > 3 || generation == 7, "{at}");
            assert!(after.keyring().keys().len() >= keys, "{at}");
            let before = after.keyring().generation();
            after.change(|ring| ring.with_new_key(2, &mut fill_random)).unwrap();
            assert_eq!(
                KeyringFile::open(&path, &root(1)).unwrap().keyring().generation(),
                before + 1,
                "{at}"
            );
            finished += usize::from(changed.is_ok());
        }
        assert_eq!(finished, 4, "{what}: the list of steps has changed");
    }
}

#[test]
fn a_disk_that_is_full_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let pgveil = env!("CARGO_BIN_EXE_pgveil");
    let run = |before: &str, verb: &str| {
        let script = format!("{before} exec {pgveil} keys {verb} --keyring k --unlock file:root.key");
        let mut shell = Command::new("sh");
        let shell = shell.args(["-c", &script]).current_dir(dir.path()).env_remove("STATE_DIRECTORY");
        let run = shell.output().unwrap();
        (run.status.code(), String::from_utf8([run.stdout, run.stderr].concat()).unwrap())
    };
    let full = "trap '' XFSZ; ulimit -f 0;";
    let (code, said) = run(full, "new");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cannot be written"), "{said}");
    fs::remove_file(dir.path().join("root.key")).unwrap_or_default();
    assert_eq!(run("", "new").0, Some(0));
    let before = fs::read(dir.path().join("k")).unwrap();
    for verb in ["add", "rewrap --add file:other.key", "split --threshold 2 --shares 3"] {
        let (code, said) = run(full, verb);
        assert_eq!(code, Some(1), "{verb}: {said}");
        assert!(said.contains("cannot be written, and is as it was"), "{verb}: {said}");
        assert_eq!(fs::read(dir.path().join("k")).unwrap(), before, "{verb}");
    }
    assert!(!dir.path().join("k.new").exists(), "half a file does not fill the disk for ever");
    assert_eq!(run("", "add").0, Some(0));
}

/// Writes what it was given before, of the same generation and under the same key.
struct Forgetful(Vec<u8>);

impl Disk for Forgetful {
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn create(&self, path: &Path, _: &[u8]) -> io::Result<()> {
        RealDisk.create(path, &self.0)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn sync_directory(&self, directory: &Path) -> io::Result<()> {
        RealDisk.sync_directory(directory)
    }
}

#[test]
fn what_is_read_back_is_what_was_written_to_the_byte() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mut file) = on_disk(dir.path());
    let old = fs::read(&path).unwrap();
    let again = KeyringFile::open(&path, &root(1)).unwrap();
    file.change(|ring| Ok(ring.with_pin_digest([7; 32]))).unwrap();
    let other = fs::read(&path).unwrap();
    fs::write(&path, &old).unwrap();
    let mut again = again.on_disk(Arc::new(Forgetful(other)));
    let written = again.change(|ring| Ok(ring.with_pin_digest([8; 32])));
    assert!(matches!(written.err(), Some(KeyringError::Damaged)));
    assert_eq!(fs::read(&path).unwrap(), old);
}

#[test]
fn what_cannot_be_made_durable_is_said() {
    assert!(RealDisk.sync(Path::new("/dev/null")).is_err());
    assert!(RealDisk.sync_directory(Path::new("/proc")).is_err());
}
