//! What one thread counts: plain memory that only this thread writes and anybody may read.
//!
//! A connection stays on its thread, so a count is a load and a store without a locked instruction,
//! and threads share no cache line that one of them writes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is counted on the threads that move bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Statements that touch nothing protected.
    Clear,
    /// Statements that were carried out by a plan.
    Planned,
    /// Statements, or messages of the extended protocol, that were refused.
    Refused,
    /// Values sealed in randomized columns.
    SealedRandomized,
    /// Values sealed in deterministic columns, constants of predicates included.
    SealedDeterministic,
    /// Values of randomized columns opened.
    OpenedRandomized,
    /// Values of deterministic columns opened.
    OpenedDeterministic,
    /// Cells that did not open.
    Unopened,
    /// Texts whose verdict was known.
    PlanHits,
    /// Texts that were analysed.
    PlanMisses,
    /// Bytes that clients sent.
    FromClient,
    /// Bytes sent to clients.
    ToClient,
    /// Bytes that the server sent.
    FromServer,
    /// Bytes sent to the server.
    ToServer,
    /// Nanoseconds of all turns that were timed.
    TimedNanoseconds,
}

const MEASURES: usize = Measure::TimedNanoseconds as usize + 1;

/// Upper bounds of the histogram of times, in microseconds; one more bucket has no bound.
pub const BOUNDS_MICROSECONDS: [u64; 12] =
    [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 20_000, 100_000];

/// The counts of one thread, aligned so that no two threads write to one cache line.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct Shard {
    counts: [Single; MEASURES],
    times: [Single; BOUNDS_MICROSECONDS.len() + 1],
    /// By reason. Locked at a refusal, which has cost an analysis, and when somebody reads.
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    /// Values by the number of the key that they were sealed under. Locked once in a turn that seals.
    uses: Mutex<BTreeMap<u32, u64>>,
}

/// A number that one thread writes.
#[derive(Debug, Default)]
struct Single(AtomicU64);

impl Single {
    fn add(&self, more: u64) {
        // Nobody else writes, so nothing can be lost between the two.
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Shard {
    /// Counts `more`. Only the thread that the shard belongs to calls this.
    pub fn add(&self, measure: Measure, more: u64) {
        if let Some(single) = self.counts.get(measure as usize) {
            single.add(more);
        }
    }

    /// Counts a refused statement or message, by the reason's stable name.
    pub fn refused(&self, reason: &'static str) {
        self.add(Measure::Refused, 1);
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(reason).or_default() += 1;
    }

    /// Counts `values` sealed under this key.
    pub fn sealed_under(&self, key: u32, values: u64) {
        *self.uses.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += values;
    }

    /// Counts one turn that took `time` inside pgveil.
    pub fn timed(&self, time: Duration) {
        let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_MICROSECONDS.iter().filter(|bound| **bound < microseconds).count();
        if let Some(single) = self.times.get(bucket) {
            single.add(1);
        }
        self.add(Measure::TimedNanoseconds, u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(super) fn count(&self, measure: Measure) -> u64 {
        self.counts.get(measure as usize).map_or(0, Single::read)
    }

    /// Turns by the bucket of their time.
    pub(super) fn times(&self) -> impl Iterator<Item = u64> {
        self.times.iter().map(Single::read)
    }

    pub(super) fn add_uses(&self, to: &mut BTreeMap<u32, u64>) {
        for (key, values) in &*self.uses.lock().unwrap_or_else(PoisonError::into_inner) {
            *to.entry(*key).or_default() += values;
        }
    }

    pub(super) fn add_refusals(&self, to: &mut BTreeMap<&'static str, u64>) {
        for (reason, count) in &*self.refusals.lock().unwrap_or_else(PoisonError::into_inner) {
            *to.entry(*reason).or_default() += count;
        }
    }
}
