//! The server's direction: each message is checked against the queue of what is owed, and forwarded,
//! rewritten or swallowed.

use super::fault::Fault;
use super::judge::{Effect, Event, Treatment};
use super::known::Forgetting;
use super::owed::{Entry, Owes, Progress, Treat};
use super::relay::{Fate, Relay};
use super::{KeyData, Out, Session};
use crate::wire::buffer::InBuf;
use crate::wire::frame::{self, Frame, server as tag};
use crate::wire::from_server::{self, Status};
use crate::wire::write;

impl Session {
    /// Consumes what it can of the server's bytes.
    pub fn server_bytes(&mut self, input: &mut InBuf, out: &mut Out) -> Result<(), Fault> {
        let mut relay = Relay::new(input.pending(), &mut out.to_client);
        let result = self.server_frames(&mut relay);
        let consumed = relay.finish();
        self.hold = false;
        let result = result.and_then(|required| self.attempt_again(out).map(|()| required));
        self.finish(result, consumed, input, out)
    }

    fn server_frames(&mut self, relay: &mut Relay<'_>) -> Result<usize, Fault> {
        loop {
            if self.server.left > 0 && !self.advance_server(relay)? {
                return Ok(0);
            }
            let Some(head) = frame::head(relay.rest()).map_err(Fault::Server)? else { return Ok(0) };
            if self.streams_down(head.tag)? {
                if head.tag == tag::COPY_DATA && self.copy.is_some() {
                    if self.copy_down_together(relay) > 0 {
                        continue;
                    }
                    relay.discard(frame::HEAD_BYTES);
                    self.server.begin_read(head.total - frame::HEAD_BYTES);
                } else {
                    self.server.begin(head.total, Fate::Pass);
                }
                continue;
            }
            let limit = self.config.limits.message;
            if head.total > limit {
                return Err(Fault::TooLarge { bytes: head.total, limit });
            }
            let Some(whole) = relay.rest().get(..head.total) else { return Ok(head.total) };
            match self.reply(Frame { tag: head.tag, whole }, relay)? {
                Fate::Pass => relay.pass(head.total),
                Fate::Drop | Fate::Hold => relay.discard(head.total),
                Fate::Done => {}
            }
        }
    }

    /// Moves what has arrived of a frame that is not held whole; false if more is to come.
    fn advance_server(&mut self, relay: &mut Relay<'_>) -> Result<bool, Fault> {
        if !self.server.read {
            return Ok(self.server.advance(relay));
        }
        let bytes = self.server.take(relay);
        self.copy_down(bytes, false, relay)?;
        Ok(self.server.left == 0)
    }

    /// Frames that carry data and need not be held whole. An error if such a frame is not owed.
    #[inline]
    fn streams_down(&mut self, tag: u8) -> Result<bool, Fault> {
        let progress = self.owed.progress;
        match (tag, progress) {
            (tag::DATA_ROW, Progress::Fresh | Progress::Rows) => {
                let streams = self.owed.front().is_some_and(|front| front.forwards_rows(progress));
                if streams {
                    self.owed.progress = Progress::Rows;
                }
                Ok(streams)
            }
            (tag::COPY_DATA, Progress::CopyOut | Progress::CopyBoth { .. }) => Ok(true),
            (tag::COPY_DATA, _) => Err(Fault::NotOwed(tag)),
            (tag::FUNCTION_CALL_RESPONSE, Progress::Fresh) => match self.owed.front() {
                Some(Entry { owes: Owes::FunctionCall, .. }) => {
                    self.owed.progress = Progress::Half;
                    Ok(true)
                }
                _ => Err(Fault::NotOwed(tag)),
            },
            _ => Ok(false),
        }
    }

    fn reply(&mut self, frame: Frame<'_>, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        match frame.tag {
            // ORDER: these three may come at any time, also in the middle of a result.
            tag::NOTICE_RESPONSE | tag::NOTIFICATION_RESPONSE => return Ok(Fate::Pass),
            tag::PARAMETER_STATUS => return self.parameter(frame.body()),
            tag::ERROR_RESPONSE => return self.error(frame, relay),
            tag::READY_FOR_QUERY => return self.ready(frame),
            _ => {}
        }
        let Some(front) = self.owed.front() else { return Err(Fault::NotOwed(frame.tag)) };
        if matches!(front.treat, Treat::Substitute(_)) {
            // REFUSES: whatever this is, it is no error, so the server ran what it had to reject.
            return Err(Fault::RefusedButRun);
        }
        let skipped = matches!(front.treat, Treat::Skip);
        let fate = match &front.owes {
            Owes::Startup => self.startup(frame, relay),
            Owes::Query(_) => self.query_reply(frame, relay),
            Owes::Execute(_) => self.execute_reply(frame, relay),
            Owes::DescribeStatement(_) | Owes::DescribePortal(_) => self.describe_reply(frame, relay),
            Owes::Parse(_) => self.complete(frame, tag::PARSE_COMPLETE),
            Owes::Bind(_) => self.complete(frame, tag::BIND_COMPLETE),
            Owes::Close => self.complete(frame, tag::CLOSE_COMPLETE),
            Owes::FunctionCall | Owes::Sync | Owes::SwallowedSync => Err(Fault::NotOwed(frame.tag)),
        }?;
        Ok(match fate {
            Fate::Pass if skipped => Fate::Drop,
            Fate::Pass | Fate::Drop | Fate::Hold | Fate::Done => fate,
        })
    }

    fn complete(&mut self, frame: Frame<'_>, expected: u8) -> Result<Fate, Fault> {
        if frame.tag != expected || !frame.body().is_empty() {
            return Err(Fault::NotOwed(frame.tag));
        }
        self.answered();
        Ok(Fate::Pass)
    }

    /// The first entry has been answered in full.
    pub(super) fn answered(&mut self) {
        let seq = self.owed.front_seq();
        let failed = self.owed.progress == Progress::Failed;
        if let (Some(attempt), Some(front)) = (&mut self.attempt, self.owed.front()) {
            attempt.heard(front);
        }
        self.owed.pop();
        self.statements.confirm(seq);
        self.portals.confirm(seq);
        while matches!(self.owed.front(), Some(Entry { owes: Owes::SwallowedSync, .. })) {
            self.owed.pop();
            self.loose_syncs += usize::from(failed);
        }
    }

    fn startup(&mut self, frame: Frame<'_>, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        if frame.tag != tag::BACKEND_KEY_DATA || self.server_key.is_some() {
            return Err(Fault::NotOwed(frame.tag));
        }
        let (pid, secret) = from_server::backend_key_data(frame.body()).map_err(Fault::Server)?;
        self.server_key = Some(KeyData { pid, secret: secret.to_vec() });
        let own = &self.config.key;
        write::backend_key_data(relay.own(), own.pid, &own.secret);
        Ok(Fate::Drop)
    }

    fn parameter(&mut self, body: &[u8]) -> Result<Fate, Fault> {
        let (name, value) = from_server::parameter_status(body).map_err(Fault::Server)?;
        self.tell(Event::Parameter { name, value })?;
        Ok(Fate::Pass)
    }

    /// The judge hears what happened.
    pub(super) fn tell(&mut self, event: Event<'_>) -> Result<(), Fault> {
        if !self.watches {
            return Ok(());
        }
        let mut names = Forgetting { statements: &mut self.statements, portals: &mut self.portals };
        self.judge.event(event, &mut names).map_err(Fault::Judge)
    }

    pub(super) fn completed(&mut self, effect: Option<Effect>, body: &[u8]) -> Result<(), Fault> {
        let Some(effect) = effect else { return Ok(()) };
        let tag =
            if body.is_empty() { &[] } else { from_server::command_complete(body).map_err(Fault::Server)? };
        self.tell(Event::Completed { effect, tag })
    }

    fn ready(&mut self, frame: Frame<'_>) -> Result<Fate, Fault> {
        let status = from_server::ready_for_query(frame.body()).map_err(Fault::Server)?;
        if self.is_ready_owed()? {
            let seq = self.owed.front_seq();
            self.answered();
            self.close_portals(status, seq);
        } else if self.loose_syncs > 0 {
            // ORDER: a Sync that was taken for swallowed by a COPY which failed before it was read.
            self.loose_syncs -= 1;
            self.skipping = false;
        } else {
            return Err(Fault::NotOwed(frame.tag));
        }
        self.status = status;
        self.tell(Event::Ready(status))?;
        if self.attempt_failed(status) {
            return Ok(Fate::Drop);
        }
        if status == Status::Idle && self.owed.is_empty() {
            self.judge.rest();
        }
        Ok(Fate::Pass)
    }

    fn is_ready_owed(&self) -> Result<bool, Fault> {
        let Some(front) = self.owed.front() else { return Ok(false) };
        match (&front.owes, self.owed.progress) {
            (Owes::Startup, _) => Ok(self.server_key.is_some()),
            (Owes::Sync, Progress::Fresh | Progress::Failed) => Ok(true),
            (Owes::Query(_) | Owes::FunctionCall, Progress::Failed) => Ok(true),
            (Owes::FunctionCall, Progress::Half) => Ok(true),
            (Owes::Query(None), Progress::Fresh) => Ok(true),
            (Owes::Query(Some(run)), Progress::Fresh) => match run.statements.get(run.at) {
                None => Ok(true),
                Some(judged) if matches!(judged.treatment, Treatment::Refuse(_)) => Err(Fault::RefusedButRun),
                Some(_) => Ok(false),
            },
            _ => Ok(false),
        }
    }

    /// Portals end with their transaction (manual, "Extended Query").
    fn close_portals(&mut self, status: Status, seq: super::named::Seq) {
        match status {
            Status::Idle => self.portals.forget_where(|_, portal| portal.seq <= seq),
            Status::InTransaction | Status::Failed => {}
        }
    }

    /// CopyInResponse and CopyBothResponse, where the judge foresaw them; CopyOutResponse.
    pub(super) fn copy_begins(&mut self, frame: Frame<'_>, takes_data: bool) -> Result<Fate, Fault> {
        let (overall, columns) = from_server::copy_response(frame.body()).map_err(Fault::Server)?;
        self.owed.progress = match frame.tag {
            tag::COPY_OUT_RESPONSE => Progress::CopyOut,
            // REFUSES: a server that asks for data which nobody offered.
            _ if !takes_data => return Err(Fault::NotOwed(frame.tag)),
            tag::COPY_IN_RESPONSE => {
                self.owed.swallow_syncs();
                self.loose_syncs = 0;
                Progress::CopyIn { ended: false }
            }
            tag::COPY_BOTH_RESPONSE => Progress::CopyBoth { ended: false },
            other => return Err(Fault::NotOwed(other)),
        };
        self.attempt = None;
        self.copy_opens(frame.tag == tag::COPY_IN_RESPONSE, overall, &columns)?;
        Ok(Fate::Pass)
    }

    /// CopyDone of the server: CommandComplete follows (after COPY BOTH perhaps a result before it).
    pub(super) fn copy_ends(&mut self, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        match self.owed.progress {
            Progress::CopyOut => {
                self.copy_down(&[], true, relay)?;
                self.owed.progress = Progress::Rows;
                Ok(Fate::Pass)
            }
            Progress::CopyBoth { .. } => Ok(Fate::Pass),
            Progress::Fresh
            | Progress::Rows
            | Progress::Half
            | Progress::CopyIn { .. }
            | Progress::Failed => Err(Fault::NotOwed(tag::COPY_DONE)),
        }
    }
}
