//! What the server says of its shape, the file in which it is pinned, and the operator's settings.

use std::path::{Path, PathBuf};

use pgveil::catalog::fetch::{Part, Reader};
use pgveil::catalog::lockfile;
use pgveil::config::place::Place;
use pgveil::config::reference::SecretRef;
use pgveil::config::{Source, duration, written};

/// Rows of the catalog's queries, one a line, its first byte saying which; and a pin under a MAC that is right.
pub fn fuzz_catalog(data: &[u8]) {
    let mut reader = Reader::default();
    for line in data.split(|byte| *byte == b'\n') {
        let [which, json @ ..] = line else { continue };
        let part = Part::ALL.get(usize::from(*which) % Part::ALL.len()).expect("below the count");
        if let Ok(json) = std::str::from_utf8(json) {
            let _ = reader.row(*part, json);
        }
    }
    let _ = reader.finish();
    let mac = |body: &[u8]| [u8::try_from(body.len() % 256).expect("below 256"); 32];
    assert!(lockfile::open(data, |_, _| false).is_err());
    let hex: String = mac(data).iter().map(|byte| format!("{byte:02x}")).collect();
    let file = [data, b"# pgveil mac ", hex.as_bytes(), b"\n"].concat();
    for file in [data, &file] {
        if let Ok(pin) = lockfile::open(file, |_, _| true) {
            let sealed = lockfile::seal(&pin, mac);
            let again = lockfile::open(&sealed, |body, found| mac(body) == *found).expect("our own");
            assert_eq!(lockfile::body(&again), lockfile::body(&pin));
        }
    }
}

/// A configuration file, and the small languages within.
pub fn fuzz_settings(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = written::parse(&Source { path: PathBuf::from("/pgveil.toml"), text: text.to_owned() });
    let _ = duration::parse(text);
    let _ = SecretRef::parse(text, Path::new("/"));
    if let Ok(place) = Place::parse(text, 5432) {
        let _ = (place.is_local(), place.to_string());
    }
}
