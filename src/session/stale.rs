//! A writer that sealed before its domain changed its form, and waited for the change (docs/format.md,
//! section 4): the server's temporary trigger refuses what it stores. Outside a transaction pgveil
//! seals again and sends it a second time; inside one the client hears 40001.
//!
//! Knows the client's own bytes since the last Sync, kept only while a window is open, and what of
//! them has been answered. The server's word is believed for a second attempt and for nothing else:
//! [`super::judge::Judge::go_ahead`] never turns a sealed value into a plain one.

use zeroize::Zeroizing;

use super::fault::Fault;
use super::judge::{Judged, Planned};
use super::owed::{Entry, Owes, Progress, Treat};
use super::relay::{Fate, Relay};
use super::{Out, Session};
use crate::sql::verdict::Rows;
use crate::wire::frame::{Frame, client as tag};
use crate::wire::from_server::{Fields, Status};
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// More than this is not kept for a second attempt; the client hears 40001 then.
const MAX_BYTES: usize = 1 << 20;

/// The trigger's only argument that says anything: a column that no table has.
const TRIGGER: &[u8] = b"pgveil_stale_key";

/// One Query, or what stands between two Syncs.
pub(super) struct Attempt {
    /// The client's own bytes.
    frames: Zeroizing<Vec<u8>>,
    stage: Stage,
    /// It writes to a protected table.
    writes: bool,
    /// Messages of it whose answers the client has.
    answered: usize,
    /// One of these was a statement that ran.
    ran: bool,
    /// It is being sent for the second time.
    second: bool,
    /// Answers that the client has from the first time.
    known: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The client may send more of it.
    Growing,
    /// All of it is sent.
    Sent,
    /// Its error has been swallowed; ReadyForQuery is to come.
    Refused,
    /// So much of it has been sent again.
    Again(usize),
}

impl Attempt {
    fn new() -> Self {
        Attempt {
            frames: Zeroizing::default(),
            stage: Stage::Growing,
            writes: false,
            answered: 0,
            ran: false,
            second: false,
            known: 0,
        }
    }

    /// A message of the client is forwarded. The second time its answer is swallowed, if the client
    /// has one from the first.
    pub fn owes(&mut self, entry: &mut Entry) {
        self.writes |= writes(&entry.owes);
        if self.second && self.known > 0 && matches!(entry.treat, Treat::Forward) {
            self.known -= 1;
            entry.treat = Treat::Skip;
        }
    }

    /// A message has been answered.
    pub fn heard(&mut self, front: &Entry) {
        if matches!(front.treat, Treat::Forward) {
            self.answered += 1;
        }
        self.ran |= matches!(front.owes, Owes::Execute(_) | Owes::Query(_));
    }
}

/// May the server refuse it because it comes too late? Where rows of a protected table come back,
/// something is only read, unless a value is stored.
fn writes(owes: &Owes) -> bool {
    let stores = |planned: &Planned| {
        planned.plan.stores()
            || matches!(planned.plan.rows, Rows::Untouched | Rows::Strange(_) | Rows::Definitions(_))
    };
    match owes {
        Owes::Execute(Some(portal)) => portal.prepared.planned().is_some_and(stores),
        Owes::Query(Some(run)) => match run.statements.as_slice() {
            [only] => Judged::planned(only).is_some_and(stores),
            _ => false,
        },
        Owes::Startup
        | Owes::Query(None)
        | Owes::Parse(_)
        | Owes::Bind(_)
        | Owes::DescribeStatement(_)
        | Owes::DescribePortal(_)
        | Owes::Execute(None)
        | Owes::Close
        | Owes::Sync
        | Owes::SwallowedSync
        | Owes::FunctionCall => false,
    }
}

/// The error of the temporary trigger: `tsvector_update_trigger`, asked for a column that is not
/// there (src/backend/utils/adt/tsvector_op.c).
pub(super) fn is_stale_writer(fields: &Fields<'_>) -> bool {
    let message = fields.get(b'M').unwrap_or_default();
    fields.sqlstate() == sqlstate::UNDEFINED_COLUMN.as_bytes()
        && fields.get(b'R') == Some(b"tsvector_update_trigger")
        && memchr::memmem::find(message, TRIGGER).is_some()
}

/// What the client hears of it.
pub(super) fn came_late() -> Report {
    Report::error(
        sqlstate::SERIALIZATION_FAILURE,
        "could not serialize access: the key of a protected column has changed meanwhile",
    )
    .hint("The transaction might succeed if retried.")
}

impl Session {
    /// At a frame of the client: something new may begin, which a window makes worth keeping.
    pub(super) fn attempt_begins(&mut self, tag: u8) {
        let fresh = self.attempt.is_none() && self.owed.is_empty() && self.status == Status::Idle;
        let begins = matches!(tag, tag::QUERY | tag::PARSE | tag::BIND);
        if fresh && begins && self.watches && !self.skipping && self.judge.has_windows() {
            self.attempt = Some(Box::new(Attempt::new()));
        }
    }

    /// A frame of the client has been dealt with.
    pub(super) fn attempt_goes_on(&mut self, frame: Frame<'_>, fate: Fate) {
        let Some(attempt) = &mut self.attempt else { return };
        if fate == Fate::Hold || attempt.second {
            return;
        }
        attempt.frames.extend_from_slice(frame.whole);
        let done = matches!(frame.tag, tag::SYNC | tag::QUERY);
        let kept = attempt.frames.len() <= MAX_BYTES && !self.skipping && (attempt.writes || !done);
        match (kept, done) {
            (false, _) => self.attempt = None,
            (true, true) => attempt.stage = Stage::Sent,
            (true, false) => {}
        }
    }

    /// At a Parse that is sent for the second time: named statements outlive a failed transaction, so
    /// this one is there.
    pub(super) fn is_prepared_already(&mut self, name: &[u8]) -> bool {
        let Some(attempt) = &mut self.attempt else { return false };
        let there = attempt.second && attempt.known > 0 && !name.is_empty();
        attempt.known -= usize::from(there);
        there
    }

    /// What the client sends now is not looked at before the attempt is answered.
    pub(super) fn awaits_attempt(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| match attempt.stage {
            Stage::Sent | Stage::Refused => true,
            Stage::Growing | Stage::Again(_) => false,
        })
    }

    /// The server has refused a writer that came late: will it be tried again? Only if the client has
    /// seen nothing of it that a second time could belie.
    pub(super) fn may_attempt_again(&mut self) -> bool {
        let untold = self.owed.progress == Progress::Fresh && self.status == Status::Idle;
        let ahead = self.judge.go_ahead();
        let Some(attempt) = &mut self.attempt else { return false };
        let again = ahead && untold && attempt.stage == Stage::Sent && !attempt.second && !attempt.ran;
        if again {
            attempt.stage = Stage::Refused;
            attempt.known = attempt.answered;
        }
        again
    }

    /// At ReadyForQuery: true if the attempt failed, and this is not shown.
    pub(super) fn attempt_failed(&mut self, status: Status) -> bool {
        let Some(attempt) = &mut self.attempt else { return false };
        if attempt.stage == Stage::Refused && status == Status::Idle {
            attempt.stage = Stage::Again(0);
            attempt.second = true;
            return true;
        }
        self.attempt = None;
        false
    }

    /// Sends it for the second time, as far as it goes without an answer.
    pub(super) fn attempt_again(&mut self, out: &mut Out) -> Result<(), Fault> {
        let Some(attempt) = &mut self.attempt else { return Ok(()) };
        let Stage::Again(from) = attempt.stage else { return Ok(()) };
        let frames = std::mem::take(&mut attempt.frames);
        let mut relay = Relay::new(frames.get(from..).unwrap_or_default(), &mut out.to_server);
        let result = self.client_frames(&mut relay);
        let sent = from + relay.finish();
        result?;
        if let Some(attempt) = &mut self.attempt {
            let whole = sent >= frames.len();
            attempt.stage = if whole { Stage::Sent } else { Stage::Again(sent) };
            attempt.frames = frames;
        }
        self.hold = true;
        Ok(())
    }
}
