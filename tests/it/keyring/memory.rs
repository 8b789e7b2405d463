//! Where a key is while it lives, and that it is nowhere afterwards.
//!
//! The whole memory of a process is searched, one that does nothing else: the test starts itself
//! again. What is searched for is kept only in masked form, so that the search does not find itself.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::process::Command;

use pgveil::crypto::locked::{LockedError, LockedKey, Region, SLOT, SLOTS, harden_process};
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{ColumnKeys, Keyring, Nonces, Padding, Suite};

const MASK: u8 = 0x5a;

/// Set in the process that is searched.
const ALONE: &str = "PGVEIL_TEST_ALONE";

/// Whether this is the process that is searched; if not, that has been done for this test.
fn alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--test-threads=1", "--nocapture"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    let why = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("1 passed"), "{said}{why}");
    false
}

/// How often the bytes behind `masked` are found in readable, writable memory.
fn found(masked: &[u8; 32]) -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = File::open("/proc/self/mem").unwrap();
    let first = masked[0] ^ MASK;
    let mut count = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = vec![0; (to - from) as usize];
        // What cannot be read is no memory of ours (a guard page, a device).
        let _ = memory.seek(SeekFrom::Start(from)).and_then(|_| memory.read_exact(&mut bytes));
        let same = |at: &usize| {
            bytes[*at..].len() >= 32 && bytes[*at..].iter().zip(masked).all(|(b, m)| *b == m ^ MASK)
        };
        count += memchr::memchr_iter(first, &bytes).filter(same).count();
        // What was read is itself memory: not to be found by the next search.
        zeroize::Zeroize::zeroize(&mut bytes);
    }
    count
}

fn draw(region: &std::sync::Arc<Region>) -> LockedKey {
    region
        .store(|slot| {
            fill_random(slot).unwrap();
            Ok::<(), LockedError>(())
        })
        .unwrap()
}

fn masked(key: &LockedKey) -> [u8; 32] {
    // Byte by byte: `map` on the array would leave a copy of the key on this test's own stack.
    let mut masked = [0; 32];
    masked.iter_mut().zip(key.expose()).for_each(|(to, from)| *to = from ^ MASK);
    masked
}

#[test]
fn a_dropped_key_is_nowhere_in_memory() {
    if !alone("keyring::memory::a_dropped_key_is_nowhere_in_memory") {
        return;
    }
    let region = Region::new().unwrap();
    let key = draw(&region);
    let masked = masked(&key);
    assert_eq!(found(&masked), 1, "the search finds what is there");
    drop(key);
    assert_eq!(found(&masked), 0);
}

#[test]
fn the_region_is_locked_and_left_out_of_dumps() {
    let region = Region::new().unwrap();
    let key = draw(&region);
    let at = key.expose().as_ptr() as usize;
    let smaps = fs::read_to_string("/proc/self/smaps").unwrap();
    let mut inside = false;
    let mut flags = None;
    for line in smaps.lines() {
        if let Some((range, _)) = line.split_once(' ').filter(|(range, _)| range.contains('-')) {
            let (from, to) = range.split_once('-').unwrap();
            let bound = |hex| usize::from_str_radix(hex, 16).unwrap();
            inside = (bound(from)..bound(to)).contains(&at);
        }
        if let Some(found) = line.strip_prefix("VmFlags:").filter(|_| inside) {
            flags = Some(found.to_owned());
        }
    }
    let flags = flags.expect("smaps has the region");
    for flag in ["lo", "dd", "dc"] {
        assert!(flags.split_whitespace().any(|word| word == flag), "{flag} in {flags}");
    }
}

/// Bytes of this process that are locked into memory.
fn locked() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[test]
fn a_region_is_given_back_with_its_last_key() {
    if !alone("keyring::memory::a_region_is_given_back_with_its_last_key") {
        return;
    }
    let before = locked();
    let region = Region::new().unwrap();
    let key = draw(&region);
    drop(region);
    assert_eq!(locked() - before, (SLOT * SLOTS) as u64);
    drop(key);
    assert_eq!(locked(), before);
}

#[test]
fn a_hardened_process_dumps_no_core() {
    if !alone("keyring::memory::a_hardened_process_dumps_no_core") {
        return;
    }
    harden_process().unwrap();
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
}

#[test]
fn slots_are_separate_reused_and_limited() {
    let region = Region::new().unwrap();
    let keys: Vec<LockedKey> = (0..SLOTS).map(|_| draw(&region)).collect();
    let mut seen: Vec<[u8; 32]> = keys.iter().map(|key| *key.expose()).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), keys.len());
    let full = region.store(|_| Ok::<(), LockedError>(()));
    assert!(matches!(full.err(), Some(LockedError::Full)));
    drop(keys);
    let fresh = region.store(|slot| {
        assert_eq!(*slot, [0; 32], "a slot is wiped before it is given out again");
        Ok::<(), LockedError>(())
    });
    assert!(fresh.is_ok());
}

/// Bytes that are never in memory but where they are put: computed one at a time.
fn byte(at: usize) -> u8 {
    ((at * 37 + 11) & 0xff) as u8 ^ (at >> 3) as u8
}

/// The keys of domain "email", type 1, in a keyring of [`byte`]s: computed by the second
/// implementation, masked. By label: enc, det-enc, det-nonce.
const DERIVED: [&str; 3] = [
    "c6bb5ac24fa9faa740840d48e413ee2f52cfd01306141369584f105ba5166020",
    "2fb5cd407a26576ecb816d7f7aa36b66da63d4db1c8456b8c29f03ad7aaab4aa",
    "4648e64b772ce911d8ba982b0df714d51f23f7d5f68dac848188d4130d64ada1",
];

/// SHA-256's chaining values after the first block of the inner and of the outer hash of HMAC under det-nonce, as they
/// lie in memory (little-endian words), masked: who has them needs no key.
const KEYED: [&str; 2] = [
    "9d0c30cd678aef743fd06b361a0cdef40affcd52048c8521554ffd789cbd2a98",
    "cd8f306adc734377119810ede5e4fae8cf369b4afd3b739ec6c2d52d1cbf93c6",
];

#[test]
fn of_a_dropped_column_no_key_is_left() {
    if !alone("keyring::memory::of_a_dropped_column_no_key_is_left") {
        return;
    }
    let mut at = 0;
    let mut draw = |bytes: &mut [u8]| {
        bytes.iter_mut().for_each(|to| {
            *to = byte(at);
            at += 1;
        });
        Ok(())
    };
    let first = Keyring::new(0, &mut draw).unwrap();
    let keyring = first.with_domain("email", Padding::Auto).unwrap().unwrap();
    drop(first);
    // Realm 16, attestation key 32, key id 4, then the data key.
    let mut data_key = [0; 32];
    data_key.iter_mut().enumerate().for_each(|(i, to)| *to = byte(52 + i) ^ MASK);
    let [enc, det_enc, det_nonce] = DERIVED.map(|key| hex::decode(key).unwrap().try_into().unwrap());

    let columns = [Suite::Randomized, Suite::Deterministic]
        .map(|suite| ColumnKeys::derive(&keyring, "email", 1, suite, Padding::Auto).unwrap());
    for keys in &columns {
        for value in [&b"value"[..], &[b'x'; 500]] {
            let mut armour = Vec::new();
            keys.seal_into(value, &mut Nonces::from_seed(&[0; 32]), &mut armour).unwrap();
            keys.open_into(&armour, &mut Vec::new()).unwrap();
        }
    }
    assert_eq!(found(&data_key), 1, "the data key is in its slot and nowhere else");
    assert!(found(&enc) > 0 && found(&det_enc) > 0, "the cipher holds its keys");
    let [inner, outer] = KEYED.map(|state| hex::decode(state).unwrap().try_into().unwrap());
    assert!(found(&inner) > 0 && found(&outer) > 0, "the MAC of the nonce holds its state");
    drop(columns);
    drop(keyring);
    let left = [data_key, enc, det_enc, det_nonce, inner, outer].map(|key| found(&key));
    assert_eq!(left, [0; 6], "data key, enc, det-enc, det-nonce, and the state of the nonce's MAC");
    // As SHA-256 gave them: in words.
    let left = [enc, det_enc, det_nonce].map(|key: [u8; 32]| {
        let mut words = key;
        words.chunks_exact_mut(4).for_each(<[u8]>::reverse);
        found(&words)
    });
    assert_eq!(left, [0; 3], "enc, det-enc, det-nonce");
}
