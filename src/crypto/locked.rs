//! Memory that holds keys: one region per opened keyring, locked against swapping, left out of
//! core dumps and of child processes, wiped slot by slot. The only `unsafe` in pgveil.
//!
//! Knows bytes and the operating system's calls (mmap(2), mlock(2), madvise(2), prctl(2)). Does not
//! know what a key is for.
#![allow(unsafe_code)]

use std::io;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroize;

/// Bytes of a slot.
pub const SLOT: usize = 32;
/// Slots of a region: 16 KiB, below the smallest RLIMIT_MEMLOCK in use (64 KiB).
pub const SLOTS: usize = 512;

/// The operating system would not give memory for keys.
#[derive(Debug, thiserror::Error)]
pub enum LockedError {
    /// A system call failed.
    #[error("{call}: {source}")]
    System {
        /// Which.
        call: &'static str,
        /// Why.
        source: io::Error,
    },
    /// Every slot is taken.
    #[error("no room for more than {SLOTS} keys")]
    Full,
}

fn system(call: &'static str) -> LockedError {
    LockedError::System { call, source: io::Error::last_os_error() }
}

/// A locked region, cut into slots of [`SLOT`] bytes.
pub struct Region {
    base: NonNull<[u8; SLOT]>,
    free: Mutex<Vec<usize>>,
}

// SAFETY: `base` is owned memory. A slot is written only while its `LockedKey` is being made and
// while it is dropped, both by its only owner; in between it is only read.
unsafe impl Send for Region {}
// SAFETY: as above; the list of free slots has its own lock.
unsafe impl Sync for Region {}

impl Region {
    /// Maps and locks a region. An error is final: keys are not kept in memory that may be swapped.
    pub fn new() -> Result<Arc<Self>, LockedError> {
        let (len, none) = (SLOT * SLOTS, std::ptr::null_mut());
        let (prot, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a fresh private mapping, checked below.
        let at = unsafe { libc::mmap(none, len, prot, flags, -1, 0) };
        if at == libc::MAP_FAILED {
            return Err(system("mmap"));
        }
        let base = NonNull::new(at.cast()).ok_or_else(|| system("mmap"))?;
        // From here on, dropping `region` unmaps.
        let region = Region { base, free: Mutex::new((0..SLOTS).rev().collect()) };
        // SAFETY: the mapping made above, in its whole length.
        if unsafe { libc::mlock(at, len) } != 0 {
            return Err(system("mlock (raise RLIMIT_MEMLOCK)"));
        }
        #[cfg(target_os = "linux")]
        for advice in [libc::MADV_DONTDUMP, libc::MADV_DONTFORK] {
            // SAFETY: as above.
            if unsafe { libc::madvise(at, len, advice) } != 0 {
                return Err(system("madvise"));
            }
        }
        Ok(Arc::new(region))
    }

    /// Takes a slot and lets `fill` write it in place, so that the key is nowhere else.
    pub fn store<E: From<LockedError>>(
        self: &Arc<Self>,
        fill: impl FnOnce(&mut [u8; SLOT]) -> Result<(), E>,
    ) -> Result<LockedKey, E> {
        let slot = self.free().pop().ok_or(LockedError::Full)?;
        let mut key = LockedKey { region: Arc::clone(self), slot };
        // On failure the key is dropped: wiped, and its slot free again.
        fill(key.bytes_mut())?;
        Ok(key)
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<usize>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: every key holds the region, so no slot is in use; unmapping also unlocks.
        unsafe { libc::munmap(self.base.as_ptr().cast(), SLOT * SLOTS) };
    }
}

/// 32 bytes in a [`Region`], wiped on drop. Deliberately no Clone, Debug, PartialEq or Serialize.
pub struct LockedKey {
    region: Arc<Region>,
    slot: usize,
}

impl LockedKey {
    /// The key itself. Each call is a place to look at in a review.
    pub fn expose(&self) -> &[u8; SLOT] {
        // SAFETY: `slot` < SLOTS, taken by this key alone; initialised by the kernel with zeros.
        unsafe { self.region.base.add(self.slot).as_ref() }
    }

    fn bytes_mut(&mut self) -> &mut [u8; SLOT] {
        // SAFETY: as in `expose`, and `self` is borrowed alone.
        unsafe { self.region.base.add(self.slot).as_mut() }
    }
}

impl Drop for LockedKey {
    fn drop(&mut self) {
        self.bytes_mut().zeroize();
        self.region.free().push(self.slot);
    }
}

/// Turns core dumps off and forbids other processes of the same user to attach (setrlimit(2),
/// PR_SET_DUMPABLE in prctl(2)). To be called before the first key is read.
pub fn harden_process() -> Result<(), LockedError> {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `none` outlives the call.
    if unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) } != 0 {
        return Err(system("setrlimit"));
    }
    #[cfg(target_os = "linux")]
    {
        let no: libc::c_ulong = 0;
        // SAFETY: takes integers only.
        if unsafe { libc::prctl(libc::PR_SET_DUMPABLE, no, no, no, no) } != 0 {
            return Err(system("prctl"));
        }
    }
    Ok(())
}
