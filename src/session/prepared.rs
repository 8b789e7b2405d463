//! Statements and portals as the session remembers them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::judge::{EpochId, Judged, Planned, Treatment};
use super::named::Seq;
use super::position::Positions;
use crate::types::Oid;
use crate::wire::from_client::{Format, Formats};

/// A prepared statement that was judged.
pub(super) struct Prepared {
    /// Under which the server knows it; the client's own, unless it was prepared again.
    pub server_name: Box<[u8]>,
    /// The client's text, to be judged again in another epoch.
    pub text: Box<[u8]>,
    /// Types that the client declared.
    pub declared: Box<[Oid]>,
    /// Never refused.
    pub judged: Judged,
    /// In which it was judged.
    pub epoch: EpochId,
    /// Back to the client's text.
    pub positions: Positions,
    /// Whether the server has been asked to describe its result.
    pub witness: Witness,
}

impl Prepared {
    /// Its plan, if it has one.
    pub fn planned(&self) -> Option<&Planned> {
        match &self.judged.treatment {
            Treatment::Plan(planned) => Some(planned),
            Treatment::Clear(_) | Treatment::Refuse(_) => None,
        }
    }

    /// Its replies need not be looked at.
    pub fn is_plain(&self) -> bool {
        let Judged { treatment, takes_data, effect, settles } = &self.judged;
        matches!(treatment, Treatment::Clear(_)) && !takes_data && effect.is_none() && !settles
    }
}

/// Has the result's description been compared with the plan?
#[derive(Default)]
pub(super) struct Witness(AtomicU64);

impl Witness {
    const HEARD: u64 = u64::MAX;

    /// A Describe was sent as message `seq`: its answer comes before any row.
    pub fn ask(&self, seq: Seq) {
        self.0.fetch_max(seq, Ordering::Relaxed);
    }

    /// The answer came, and agrees.
    pub fn hear(&self) {
        self.0.store(Self::HEARD, Ordering::Relaxed);
    }

    /// The answer has come, or comes before that of any message after the Sync `sync`: a Describe
    /// before that Sync may have been discarded alone.
    pub fn is_certain_after(&self, sync: Seq) -> bool {
        self.0.load(Ordering::Relaxed) > sync
    }

    /// The answer has come.
    pub fn is_heard(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::HEARD
    }
}

/// A bound statement.
pub(super) struct Portal {
    /// Of which statement.
    pub prepared: Arc<Prepared>,
    /// Formats of its result.
    pub formats: ResultFormats,
    /// The Bind that made it.
    pub seq: Seq,
}

/// Formats of a result's columns, as Bind asked for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ResultFormats {
    /// The same for all.
    All(Format),
    /// One each.
    Each(Box<[Format]>),
}

impl ResultFormats {
    pub fn new(formats: &Formats<'_>) -> Self {
        match formats.count() {
            0 | 1 => ResultFormats::All(formats.of(0)),
            n => ResultFormats::Each((0..n).map(|i| formats.of(i)).collect()),
        }
    }

    #[inline]
    pub fn of(&self, index: usize) -> Format {
        match self {
            ResultFormats::All(format) => *format,
            ResultFormats::Each(formats) => formats.get(index).copied().unwrap_or(Format::Text),
        }
    }
}
