//! When a planned COPY is open, and what becomes of it.
//!
//! Knows the queue and the frames. Does not know how a stream is cut.

use super::CopyStream;
use super::spoilt::Spoilt;
use super::way::Way;
use crate::session::Session;
use crate::session::crew;
use crate::session::fault::Fault;
use crate::session::judge::{Cells, Planned};
use crate::session::owed::{Entry, Owes, Progress};
use crate::session::relay::Relay;
use crate::wire::frame::server as tag;
use crate::wire::from_client::Format;
use crate::wire::report::Report;
use crate::wire::sqlstate;
use crate::wire::write;

/// The reason given to the server; it comes back in the error that is replaced.
const REASON: &[u8] = b"pgveil refused";

/// What the server hears, and logs, of why the client gave up.
const WITHHELD: &[u8] = b"pgveil keeps the client's reason, which may hold a value";

impl Session {
    /// At the server's announcement. Nothing is sealed before: it comes after the table's lock
    /// (docs/format.md), and tells how many columns there are.
    ///
    /// REFUSES: another direction, format or number of columns than planned.
    pub(in crate::session) fn copy_opens(
        &mut self,
        from_client: bool,
        overall: Format,
        columns: &[Format],
    ) -> Result<(), Fault> {
        self.copy = None;
        let planned = self.owed.front().and_then(planned);
        let limit = self.config.limits.message;
        let Some(planned) = planned.cloned() else { return Ok(()) };
        let Some(mut copy) = CopyStream::new(&planned, limit) else { return Ok(()) };
        // ORDER: the table's lock is held by now, so whoever changes its keys has done so or waits.
        copy.epoch = self.judge.newest_for(&planned);
        if !copy.agrees(from_client, overall, columns) {
            return Err(Fault::Contradiction("a COPY has another shape than planned"));
        }
        self.copy = Some(Box::new(copy));
        Ok(())
    }

    /// A chunk of the client's CopyData, or with `ended` its CopyDone: complete rows go on, sealed.
    /// False if the COPY has failed; then CopyFail has gone in their place.
    pub(in crate::session) fn copy_up(&mut self, bytes: &[u8], ended: bool, relay: &mut Relay<'_>) -> bool {
        let Some(copy) = &mut self.copy else { return true };
        if copy.failed.is_some() {
            return false;
        }
        let out = relay.own();
        let result = match self.judge.cells(copy.epoch) {
            Some(cells) => framed(out, |out| copy.take(bytes, ended, cells, out)),
            None => Err(Spoilt::Stale),
        };
        let Err(spoilt) = result else { return true };
        // ORDER: from here on the client's data is swallowed, and the server's answer to CopyFail is
        // replaced; what it says of earlier rows comes first, and is its own.
        copy.fail(spoilt);
        self.tally.refused.push("copy-data");
        write::copy_fail(out, REASON);
        self.owed.progress = Progress::CopyIn { ended: true };
        false
    }

    /// The client's CopyFail. False if it does not pass: where rows are sealed, its text does not go up. Drivers
    /// put the exception there that ended the loop over the rows (psycopg), and with it a value.
    pub(in crate::session) fn copy_given_up(&mut self, relay: &mut Relay<'_>) -> bool {
        if self.copy.is_none() {
            return true;
        }
        write::copy_fail(relay.own(), WITHHELD);
        false
    }

    /// A chunk of the server's CopyData, or with `ended` its CopyDone: complete rows go on, opened.
    pub(in crate::session) fn copy_down(
        &mut self,
        bytes: &[u8],
        ended: bool,
        relay: &mut Relay<'_>,
    ) -> Result<(), Fault> {
        let Some(copy) = &mut self.copy else { return Ok(()) };
        let out = relay.own();
        let result = match self.judge.cells(copy.epoch) {
            Some(cells) => framed(out, |out| copy.take(bytes, ended, cells, out)),
            None => Err(Spoilt::Stale),
        };
        result.map_err(|spoilt| spoilt.fault(copy.rows + 1))
    }

    /// The rows that have arrived, each in a message of its own, opened by several threads; how many
    /// bytes of messages that was. 0: they are to be taken one by one.
    pub(in crate::session) fn copy_down_together(&mut self, relay: &mut Relay<'_>) -> usize {
        let Some((copy, crew)) = self.copy.as_mut().zip(self.crew.as_deref()) else { return 0 };
        if !copy.lone || !crew::is_worth(crew, relay.rest()) {
            return 0;
        }
        let Some(cells) = self.judge.cells(copy.epoch) else { return 0 };
        let run = crew::run_of(relay.rest(), tag::COPY_DATA, self.config.limits.message);
        let (run, rows) = copy.lone_rows(run);
        let row = |cells: &mut dyn Cells, body: &[u8], out: &mut Vec<u8>| {
            framed(out, |out| copy.lone_row(body, cells, out)).map_err(|spoilt| spoilt.fault(0))
        };
        let out = relay.own();
        let (before, counted) = (out.len(), cells.counts().cloned());
        if crew::change_all(Some(crew), run, cells, out, &row).is_err() {
            // One by one it fails again, and then it is known in which row.
            out.truncate(before);
            copy.lone = false;
            cells.counts().into_iter().zip(counted).for_each(|(counts, before)| *counts = before);
            return 0;
        }
        copy.rows += rows;
        relay.discard(run.len());
        run.len()
    }

    /// CommandComplete.
    ///
    /// REFUSES: success after CopyFail; success before the client has said that it is done, since
    /// what it still sends might be taken for the data of the next COPY.
    pub(in crate::session) fn copy_completes(&mut self) -> Result<(), Fault> {
        let Some(copy) = self.close_copy() else { return Ok(()) };
        if copy.failed.is_some() {
            return Err(Fault::RefusedButRun);
        }
        match (copy.way, self.owed.progress) {
            (Way::In, Progress::CopyIn { ended: true }) | (Way::Out, Progress::Rows) => Ok(()),
            (Way::In | Way::Out, _) => Err(Fault::NotOwed(tag::COMMAND_COMPLETE)),
        }
    }

    /// ErrorResponse: what the client hears in its place, if it answers a CopyFail of ours.
    pub(in crate::session) fn copy_fails(&mut self, code: &[u8]) -> Option<Box<Report>> {
        let failed = self.close_copy()?.failed;
        failed.filter(|_| code == sqlstate::QUERY_CANCELED.as_bytes())
    }

    /// What is still to come of a frame belongs to no later COPY.
    fn close_copy(&mut self) -> Option<Box<CopyStream>> {
        self.client.read = false;
        self.server.read = false;
        self.copy.take()
    }
}

impl CopyStream {
    fn fail(&mut self, spoilt: Spoilt) {
        self.failed = Some(spoilt.report(self.rows + 1));
        self.held.clear();
    }
}

/// Appends a CopyData around what `body` appends, or nothing if that is nothing.
fn framed(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>) -> Result<(), Spoilt>) -> Result<(), Spoilt> {
    let start = out.len();
    out.push(tag::COPY_DATA);
    let at = write::begin(out);
    let empty = out.len();
    let result = body(out);
    if out.len() == empty {
        out.truncate(start);
    } else {
        write::finish(out, at, true);
    }
    result
}

/// The plan of the statement that the server has reached.
fn planned(front: &Entry) -> Option<&Planned> {
    match &front.owes {
        Owes::Query(Some(run)) => run.statements.get(run.at)?.planned(),
        Owes::Execute(Some(portal)) => portal.prepared.planned(),
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
        | Owes::FunctionCall => None,
    }
}
