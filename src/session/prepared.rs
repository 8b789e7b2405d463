//! Statements and portals as the session remembers them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::judge::{EpochId, Judged, Planned, Shown, Treatment};
use super::named::Seq;
use super::position::Positions;
use crate::sql::verdict::Cleared;
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
    /// [`Judge::names`](super::judge::Judge::names) of then.
    pub names: u64,
    /// Back to the client's text.
    pub positions: Positions,
    /// Whether the server has been asked to describe its result.
    pub witness: Witness,
    /// As what the client was shown the columns that are opened, once it has been.
    pub described: OnceLock<Box<[Option<Shown>]>>,
    /// False: a Parse of this name was refused or failed, and the client, who may not know yet, may
    /// send values for it that the server's older statement of this name must not see.
    pub is_certain: bool,
}

impl Prepared {
    /// Its plan, if it has one.
    pub fn planned(&self) -> Option<&Planned> {
        self.judged.planned()
    }

    /// Stands for a name after a Parse of it that was refused, or that failed after it was planned.
    pub fn uncertain() -> Self {
        Prepared {
            server_name: Box::default(),
            text: Box::default(),
            declared: Box::default(),
            judged: Judged::clear(Cleared::nothing_is_tagged()),
            epoch: EpochId::default(),
            names: 0,
            positions: Positions::default(),
            witness: Witness::default(),
            described: OnceLock::new(),
            is_certain: false,
        }
    }

    /// What a name stands for when the server did not carry out the message that would have made
    /// it `failed`.
    ///
    /// REFUSES: to let the server's word turn a sealed value into a plain one. The client may have
    /// sent values that it means for the planned statement; the older one does not get them.
    pub fn settled(failed: Option<Arc<Self>>, before: Option<Arc<Self>>) -> Option<Arc<Self>> {
        match failed {
            Some(failed) if failed.is_certain && failed.planned().is_none() => before,
            Some(failed) if before.as_ref().is_some_and(|before| before.is_same_text(&failed)) => before,
            Some(_) => Some(Arc::new(Prepared::uncertain())),
            None => before,
        }
    }

    /// The client sent the same text, with the same types.
    pub fn is_same(&self, text: &[u8], declared: impl Iterator<Item = Oid>) -> bool {
        self.is_certain && *self.text == *text && self.declared.iter().copied().eq(declared)
    }

    fn is_same_text(&self, other: &Self) -> bool {
        other.is_certain && self.is_same(&other.text, other.declared.iter().copied())
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
