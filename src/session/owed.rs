//! What the server still owes, in order: one queue for all kinds of message.
//!
//! Facts that it holds (manual, "Message Flow"; tried on PostgreSQL 15): ReadyForQuery answers Sync,
//! Query and FunctionCall; after an error in an extended-protocol message everything, Query too, is
//! discarded until Sync; Sync may itself answer an error (a deferred constraint); a Sync or Flush
//! that the server reads during COPY IN is swallowed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::judge::Judged;
use super::named::Seq;
use super::position::Positions;
use super::prepared::{Portal, Prepared};
use crate::wire::report::Report;

/// Which message is to be answered.
pub(super) enum Owes {
    /// The start of the session: parameters, key data, ReadyForQuery.
    Startup,
    /// Query; `None` if its replies need not be counted.
    Query(Option<Box<QueryRun>>),
    /// Parse, of a statement that may have been edited.
    Parse(Option<Arc<Prepared>>),
    /// Bind.
    Bind(Option<Arc<Prepared>>),
    /// Describe of a statement.
    DescribeStatement(Option<Arc<Prepared>>),
    /// Describe of a portal.
    DescribePortal(Option<Arc<Portal>>),
    /// Execute.
    Execute(Option<Arc<Portal>>),
    /// Close.
    Close,
    /// Sync.
    Sync,
    /// A Sync that the server reads while it copies in: answered only if the COPY fails first.
    SwallowedSync,
    /// FunctionCall.
    FunctionCall,
}

impl Owes {
    /// An error here makes the server discard everything up to the next Sync.
    pub fn is_extended(&self) -> bool {
        match self {
            Owes::Parse(_)
            | Owes::Bind(_)
            | Owes::DescribeStatement(_)
            | Owes::DescribePortal(_)
            | Owes::Execute(_)
            | Owes::Close => true,
            Owes::Startup | Owes::Query(_) | Owes::Sync | Owes::SwallowedSync | Owes::FunctionCall => false,
        }
    }
}

/// The statements of one Query.
pub(super) struct QueryRun {
    /// In order.
    pub statements: Vec<Judged>,
    /// The one that the server is at.
    pub at: usize,
    /// It has been answered, and what runs behind it has not.
    pub behind: bool,
    /// Back to the client's text.
    pub positions: Positions,
    /// Sent as statements with parameters: how many characters of the sent text stand before each. What
    /// answers that alone is not the client's. Empty: sent as a Query.
    pub parts: Vec<u32>,
}

/// What the client sees of the answer.
pub(super) enum Treat {
    /// All of it.
    Forward,
    /// Only an error: the message was pgveil's own.
    Skip,
    /// An error, replaced by this refusal: the message stood in place of a refused one.
    Substitute(Box<Report>),
}

/// One message that is to be answered.
pub(super) struct Entry {
    pub owes: Owes,
    pub treat: Treat,
    /// The server may ask for CopyData.
    pub takes_data: bool,
    /// The client is held until it is answered.
    pub settles: bool,
}

impl Entry {
    pub fn forward(owes: Owes) -> Self {
        Entry { owes, treat: Treat::Forward, takes_data: false, settles: false }
    }

    pub fn skip(owes: Owes) -> Self {
        Entry { treat: Treat::Skip, ..Entry::forward(owes) }
    }

    pub fn substitute(owes: Owes, report: Box<Report>) -> Self {
        Entry { treat: Treat::Substitute(report), ..Entry::forward(owes) }
    }
}

impl Entry {
    /// DataRow may come now, and no column of it is opened.
    #[inline]
    pub fn forwards_rows(&self, progress: Progress) -> bool {
        match &self.owes {
            // Of pgveil's own.
            _ if matches!(self.treat, Treat::Skip) => false,
            Owes::Query(None) => progress == Progress::Rows,
            Owes::Query(Some(run)) => {
                progress == Progress::Rows
                    && run.statements.get(run.at).is_some_and(|judged| judged.forwards_rows())
            }
            Owes::Execute(None) => true,
            Owes::Execute(Some(portal)) => portal.prepared.judged.forwards_rows(),
            Owes::Startup
            | Owes::Parse(_)
            | Owes::Bind(_)
            | Owes::DescribeStatement(_)
            | Owes::DescribePortal(_)
            | Owes::Close
            | Owes::Sync
            | Owes::SwallowedSync
            | Owes::FunctionCall => false,
        }
    }
}

/// How far the first entry has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing yet, or between two statements of a Query.
    Fresh,
    /// Rows are coming.
    Rows,
    /// ParameterDescription or FunctionCallResponse has come.
    Half,
    /// The server takes CopyData, until the client has said CopyDone or CopyFail.
    CopyIn {
        /// It has.
        ended: bool,
    },
    /// The server sends CopyData.
    CopyOut,
    /// Both, until the client has said CopyDone.
    CopyBoth {
        /// It has.
        ended: bool,
    },
    /// An error; only ReadyForQuery is left.
    Failed,
}

/// The queue.
pub(super) struct Queue {
    entries: VecDeque<Entry>,
    first: Seq,
    last_sync: Seq,
    taking_data: usize,
    settling: usize,
    /// Something since the last Sync or Query settles what it does only with its transaction.
    hangs: bool,
    /// Of the first entry.
    pub progress: Progress,
}

impl Queue {
    pub fn new() -> Self {
        let mut queue = Queue {
            entries: VecDeque::new(),
            first: 1,
            last_sync: 0,
            taking_data: 0,
            settling: 0,
            hangs: false,
            progress: Progress::Fresh,
        };
        queue.push(Entry::forward(Owes::Startup));
        queue
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Place of the next entry.
    pub fn next_seq(&self) -> Seq {
        self.first + self.entries.len() as Seq
    }

    /// Place of the first entry.
    pub fn front_seq(&self) -> Seq {
        self.first
    }

    /// Place of the last Sync.
    pub fn last_sync(&self) -> Seq {
        self.last_sync
    }

    /// Some message in flight may yet ask for CopyData.
    pub fn may_take_data(&self) -> bool {
        self.taking_data > 0
    }

    /// Some message in flight must be answered before the next can be judged.
    pub fn is_settling(&self) -> bool {
        self.settling > 0
    }

    /// ORDER: what a message has settled hangs on its transaction until that is over: an error behind it
    /// takes it back. Outside a block that is at the next Sync or Query (manual, "Pipelining"), so what comes
    /// after that one waits for its answer, too.
    #[inline]
    pub fn push(&mut self, mut entry: Entry) {
        if matches!(entry.owes, Owes::Sync) {
            self.last_sync = self.next_seq();
        }
        match entry.owes {
            Owes::Sync | Owes::Query(_) | Owes::FunctionCall => {
                entry.settles |= std::mem::take(&mut self.hangs);
            }
            Owes::Startup
            | Owes::Parse(_)
            | Owes::Bind(_)
            | Owes::DescribeStatement(_)
            | Owes::DescribePortal(_)
            | Owes::Execute(_)
            | Owes::Close
            | Owes::SwallowedSync => self.hangs |= entry.settles,
        }
        self.taking_data += usize::from(entry.takes_data);
        self.settling += usize::from(entry.settles);
        self.entries.push_back(entry);
    }

    #[inline]
    pub fn front(&self) -> Option<&Entry> {
        self.entries.front()
    }

    #[inline]
    pub fn front_mut(&mut self) -> Option<&mut Entry> {
        self.entries.front_mut()
    }

    #[inline]
    pub fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.first += 1;
        self.taking_data -= usize::from(entry.takes_data);
        self.settling -= usize::from(entry.settles);
        self.progress = Progress::Fresh;
        Some(entry)
    }

    /// ORDER: at CopyInResponse. Every Sync forwarded so far is read, and swallowed, by the COPY.
    pub fn swallow_syncs(&mut self) {
        for entry in self.entries.iter_mut().skip(1) {
            if matches!(entry.owes, Owes::Sync) {
                entry.owes = Owes::SwallowedSync;
                self.hangs |= entry.settles;
                self.settling -= usize::from(std::mem::take(&mut entry.settles));
            }
        }
    }

    /// Memory goes back when nothing is owed.
    pub fn shrink(&mut self) {
        if self.entries.is_empty() && self.entries.capacity() > 64 {
            self.entries = VecDeque::new();
        }
    }
}
