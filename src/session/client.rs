//! The client's direction: frames are cut, and each is forwarded, answered for, held or dropped.

use super::fault::Fault;
use super::owed::{Entry, Owes, Progress};
use super::relay::{Fate, Relay};
use super::{Out, Session};
use crate::wire::buffer::InBuf;
use crate::wire::frame::{self, Frame, client as tag};
use crate::wire::read::Malformed;
use crate::wire::write;

/// Longest frame of a kind that carries no data: PostgreSQL's own PQ_SMALL_MESSAGE_LIMIT, and the tag.
const SMALL_FRAME_BYTES: usize = 10_000;

impl Session {
    /// Consumes what it can of the client's bytes. Call again with what is left when
    /// [`Session::holds_client`] has turned false after [`Session::server_bytes`].
    pub fn client_bytes(&mut self, input: &mut InBuf, out: &mut Out) -> Result<(), Fault> {
        self.hold = false;
        let mut relay = Relay::new(input.pending(), &mut out.to_server);
        let result = self.client_frames(&mut relay);
        let consumed = relay.finish();
        if self.over || self.leaving {
            input.consume(usize::MAX);
        }
        self.finish(result, consumed, input, out)
    }

    /// Moves frames until one is missing or held; returns the bytes that the next one needs.
    pub(super) fn client_frames(&mut self, relay: &mut Relay<'_>) -> Result<usize, Fault> {
        loop {
            if self.over || self.leaving || (self.client.left > 0 && !self.advance_client(relay)) {
                return Ok(0);
            }
            let Some(head) = frame::head(relay.rest()).map_err(Fault::Client)? else { return Ok(0) };
            if self.begins_early() || self.awaits_attempt() {
                self.hold = true;
                return Ok(0);
            }
            if self.streams_up(head.tag) {
                match self.client_head(head.tag, relay)? {
                    Fate::Hold => {
                        self.hold = true;
                        return Ok(0);
                    }
                    Fate::Pass if head.tag == tag::COPY_DATA && self.copy.is_some() => {
                        relay.discard(frame::HEAD_BYTES);
                        self.client.begin_read(head.total - frame::HEAD_BYTES);
                    }
                    fate => self.client.begin(head.total, fate),
                }
                continue;
            }
            self.check_length(head)?;
            let Some(whole) = relay.rest().get(..head.total) else { return Ok(head.total) };
            let frame = Frame { tag: head.tag, whole };
            self.attempt_begins(head.tag);
            let fate = self.client_frame(frame, relay)?;
            if self.attempt.is_some() {
                self.attempt_goes_on(frame, fate);
            }
            match fate {
                Fate::Pass => relay.pass(head.total),
                Fate::Drop => relay.discard(head.total),
                Fate::Done => {}
                Fate::Hold => {
                    self.hold = true;
                    return Ok(0);
                }
            }
        }
    }

    /// Moves what has arrived of a frame that is not held whole; false if more is to come.
    fn advance_client(&mut self, relay: &mut Relay<'_>) -> bool {
        if !self.client.read {
            return self.client.advance(relay);
        }
        let bytes = self.client.take(relay);
        self.copy_up(bytes, false, relay);
        self.client.left == 0
    }

    /// ORDER: nothing of the client before the server's first ReadyForQuery; its parameters decide
    /// how statements are read.
    fn begins_early(&self) -> bool {
        matches!(self.owed.front(), Some(Entry { owes: Owes::Startup, .. }))
    }

    /// Frames that need not be held whole: data, what will be dropped, and everything long where
    /// nothing is judged.
    fn streams_up(&self, tag: u8) -> bool {
        match tag {
            tag::COPY_DATA => true,
            tag::PARSE => !self.watches || self.is_copying_in(),
            tag::QUERY | tag::BIND | tag::FUNCTION_CALL => {
                self.skipping || !self.watches || self.is_copying_in()
            }
            tag::DESCRIBE | tag::EXECUTE | tag::CLOSE => self.skipping || self.is_copying_in(),
            _ => false,
        }
    }

    fn check_length(&self, head: frame::Head) -> Result<(), Fault> {
        let limit = self.config.limits.message;
        match head.tag {
            tag::QUERY | tag::PARSE | tag::BIND | tag::FUNCTION_CALL if head.total > limit => {
                Err(Fault::TooLarge { bytes: head.total, limit })
            }
            tag::QUERY | tag::PARSE | tag::BIND | tag::FUNCTION_CALL => Ok(()),
            // REFUSES: as the server does, which would close too.
            _ if head.total > SMALL_FRAME_BYTES => Err(Fault::Client(Malformed("length of a"))),
            _ => Ok(()),
        }
    }

    /// True while the server reads CopyData and the client has not said that it is done.
    pub(super) fn is_copying_in(&self) -> bool {
        match self.owed.progress {
            Progress::CopyIn { ended } | Progress::CopyBoth { ended } => !ended,
            Progress::Fresh | Progress::Rows | Progress::Half | Progress::CopyOut | Progress::Failed => false,
        }
    }

    /// A frame whose body is not looked at.
    fn client_head(&mut self, tag: u8, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        if tag == tag::COPY_DATA {
            return Ok(self.copy_message(relay));
        }
        if self.is_copying_in() {
            // REFUSES: the server would read the tag, and end the connection.
            return Err(Fault::ClientOutOfPlace(tag));
        }
        if self.skipping {
            return Ok(Fate::Drop);
        }
        let owes = match tag {
            tag::QUERY => Owes::Query(None),
            tag::PARSE => Owes::Parse(None),
            tag::BIND => Owes::Bind(None),
            tag::FUNCTION_CALL => Owes::FunctionCall,
            _ => return Err(Fault::ClientOutOfPlace(tag)),
        };
        let takes_data = tag == tag::QUERY;
        self.tally.clear += u64::from(matches!(owes, Owes::Query(_) | Owes::FunctionCall));
        self.owe(Entry { takes_data, ..Entry::forward(owes) });
        Ok(Fate::Pass)
    }

    /// A whole frame.
    fn client_frame(&mut self, frame: Frame<'_>, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        match frame.tag {
            tag::COPY_DONE | tag::COPY_FAIL => Ok(self.copy_end(frame.tag, relay)),
            // ORDER: the server reads it after what came before, answers that, and closes: its end is the
            // session's. A client that waits for this end knows that its locks are free.
            tag::TERMINATE => {
                self.leaving = true;
                Ok(Fate::Pass)
            }
            // ORDER: the server swallows both while it copies in, so they are not sent at all.
            tag::SYNC | tag::FLUSH if self.is_copying_in() => Ok(Fate::Drop),
            tag::SYNC => {
                self.skipping = false;
                self.owe(Entry::forward(Owes::Sync));
                Ok(Fate::Pass)
            }
            tag::FLUSH if self.skipping => Ok(Fate::Drop),
            tag::FLUSH => {
                self.unflushed = false;
                Ok(Fate::Pass)
            }
            tag::QUERY => self.query(frame.body(), relay),
            tag::FUNCTION_CALL => self.function_call(frame.body(), relay),
            tag::PARSE => self.parse(frame.body(), relay),
            tag::BIND => self.bind(frame.body(), relay),
            tag::DESCRIBE => self.describe(frame.body(), relay),
            tag::EXECUTE => self.execute(frame.body(), relay),
            tag::CLOSE => self.close(frame.body(), relay),
            other => Err(Fault::ClientOutOfPlace(other)),
        }
    }

    /// A message that will be answered is forwarded.
    pub(super) fn owe(&mut self, mut entry: Entry) {
        if let Some(attempt) = &mut self.attempt {
            attempt.owes(&mut entry);
        }
        self.unflushed = entry.owes.is_extended();
        self.owed.push(entry);
    }

    /// CopyData, and the question whether CopyDone and CopyFail may pass.
    ///
    /// REFUSES: data travels only while a COPY is open that the judge foresaw. Before that is known
    /// it is held; where no COPY can come it is dropped, as the server drops it.
    fn copy_message(&mut self, relay: &mut Relay<'_>) -> Fate {
        if self.is_copying_in() {
            Fate::Pass
        } else if self.skipping || !self.owed.may_take_data() {
            Fate::Drop
        } else {
            self.hold_for_answer(relay)
        }
    }

    fn copy_end(&mut self, tag: u8, relay: &mut Relay<'_>) -> Fate {
        let fate = self.copy_message(relay);
        if let (Fate::Pass, Progress::CopyIn { ended } | Progress::CopyBoth { ended }) =
            (fate, &mut self.owed.progress)
        {
            *ended = true;
            // A Flush before this was swallowed, and what completes the COPY waits for another.
            self.unflushed = self.owed.front().is_some_and(|entry| entry.owes.is_extended());
            let goes_on = match tag {
                tag::COPY_DONE => self.copy_up(&[], true, relay),
                _ => self.copy_given_up(relay),
            };
            if !goes_on {
                return Fate::Drop;
            }
        }
        fate
    }

    /// Holds the client until the server has answered what is in flight, and makes sure that it does:
    /// without Sync or Flush it may keep its answers to itself.
    pub(super) fn hold_for_answer(&mut self, relay: &mut Relay<'_>) -> Fate {
        if self.unflushed {
            write::flush(relay.own());
            self.unflushed = false;
        }
        Fate::Hold
    }
}
