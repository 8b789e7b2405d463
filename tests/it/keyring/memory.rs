//! Where a key is while it lives, and that it is nowhere afterwards.
//!
//! The whole of this process' memory is searched. What is searched for is kept only in masked form,
//! so that the search does not find itself.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};

use pgveil::crypto::locked::{LockedError, LockedKey, Region};
use pgveil::crypto::nonces::fill_random;

const MASK: u8 = 0x5a;

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
        if memory.seek(SeekFrom::Start(from)).is_err() || memory.read_exact(&mut bytes).is_err() {
            continue;
        }
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

#[test]
fn slots_are_separate_reused_and_limited() {
    let region = Region::new().unwrap();
    let keys: Vec<LockedKey> = (0..pgveil::crypto::locked::SLOTS).map(|_| draw(&region)).collect();
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
