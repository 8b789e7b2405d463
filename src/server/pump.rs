//! Moves bytes between two sockets and a session, both directions on one thread.
//!
//! Knows readiness, buffers and back-pressure: a side is read only while what it brought before has
//! a place to go, so one connection never holds more than [`BACKLOG_BYTES`] and one read per
//! direction, whatever the other side does. Does not know what the bytes mean.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use mio::event::Event;
use mio::{Registry, Token};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::leg::Leg;
use super::meter::{Meter, Traffic};
use crate::session::fault::Fault;
use crate::session::{Out, Session};
use crate::wire::buffer::InBuf;

/// While so many bytes wait to be written to one side, the other is not read.
pub const BACKLOG_BYTES: usize = 64 * 1024;
/// A side that fills its buffer at a stroke is read in pieces of this from then on.
const BULK_BYTES: usize = 64 * 1024;
/// Rounds of one turn: who has more to move then lets others go first.
const ROUNDS: u32 = 16;
/// An output buffer that has grown beyond this is given back once it is empty: what a read of COPY data
/// becomes when it is sealed, several times as long, is not.
const KEPT_BYTES: usize = 512 * 1024;

/// One side of a connection.
struct Side {
    leg: Leg,
    input: InBuf,
    /// Bytes of this side's output that are written already.
    written: usize,
    flushing: bool,
    ended: bool,
    traffic: Traffic,
}

/// Two sockets and the session between them.
pub struct Pump {
    client: Side,
    server: Side,
    session: Session,
    out: Out,
    meter: Meter,
    /// Counts what was read, so that idleness shows without a clock.
    pub activity: u64,
    /// The client has ended, and what is left of its bytes is a message that will never be whole.
    spent: bool,
    half_closed: bool,
    /// Calls the thread that runs it.
    waker: Waker,
}

/// Why the pump has stopped.
#[derive(Debug)]
pub enum Stop {
    /// The session is over, from either side: what is written is to be flushed.
    Over,
    /// The server went away.
    ServerGone,
    /// The client can be written to no more.
    ClientGone,
    /// One side broke the rules.
    Fault(Fault),
}

/// How one turn ended.
#[derive(Debug)]
pub enum Turn {
    /// All that could be moved was: a socket will say when there is more.
    Waits,
    /// There is more to move.
    Again,
    /// It is over.
    Stops(Stop),
}

/// What one attempt to move bytes did.
#[derive(PartialEq)]
enum Moved {
    Something,
    Nothing,
}

impl Side {
    fn new(leg: Leg) -> Side {
        Side {
            leg,
            input: InBuf::new(),
            written: 0,
            flushing: false,
            ended: false,
            traffic: Traffic::default(),
        }
    }

    /// Reads once into the free part of the buffer. An error is an end.
    fn read(&mut self, cx: &mut Context<'_>) -> Moved {
        if self.ended || !self.leg.may_read() {
            return Moved::Nothing;
        }
        let space = self.input.space();
        if space.is_empty() {
            return Moved::Nothing;
        }
        let room = space.len();
        let mut buffer = ReadBuf::new(space);
        match Pin::new(&mut self.leg).poll_read(cx, &mut buffer) {
            Poll::Pending => Moved::Nothing,
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                let n = buffer.filled().len();
                self.input.filled(n);
                self.traffic.read += n as u64;
                if n == room && room < BULK_BYTES {
                    self.input.require(BULK_BYTES);
                }
                Moved::Something
            }
            Poll::Ready(Ok(()) | Err(_)) => {
                self.ended = true;
                Moved::Something
            }
        }
    }

    /// Writes what there is. An error means that this side takes nothing any more.
    fn write(&mut self, cx: &mut Context<'_>, out: &mut Vec<u8>) -> io::Result<Moved> {
        let mut moved = Moved::Nothing;
        while let Some(rest) = out.get(self.written..).filter(|rest| !rest.is_empty()) {
            match Pin::new(&mut self.leg).poll_write(cx, rest) {
                Poll::Pending => break,
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(n)) => {
                    self.written += n;
                    self.traffic.written += n as u64;
                    self.flushing = self.leg.needs_flush();
                    moved = Moved::Something;
                }
                Poll::Ready(Err(error)) => return Err(error),
            }
        }
        if self.written >= out.len() && self.written > 0 {
            self.written = 0;
            if out.capacity() > KEPT_BYTES { *out = Vec::new() } else { out.clear() }
        }
        if self.flushing {
            match Pin::new(&mut self.leg).poll_flush(cx) {
                Poll::Pending => {}
                Poll::Ready(result) => {
                    result?;
                    self.flushing = false;
                }
            }
        }
        Ok(moved)
    }

    /// Bytes that wait to be written.
    fn backlog(&self, out: &[u8]) -> usize {
        out.len().saturating_sub(self.written)
    }

    fn release(&mut self) {
        if self.input.is_empty() {
            self.input = InBuf::new();
        }
    }
}

impl Pump {
    /// Between client and server. `greeting` is what the server has said since AuthenticationOk.
    pub fn new(
        between: (Leg, Leg),
        session: Session,
        greeting: &[u8],
        to_client: Vec<u8>,
        meter: Meter,
    ) -> Pump {
        let (client, server) = between;
        let mut pump = Pump {
            client: Side::new(client),
            server: Side::new(server),
            session,
            out: Out { to_server: Vec::new(), to_client },
            meter,
            activity: 0,
            spent: false,
            half_closed: false,
            waker: Waker::noop().clone(),
        };
        pump.server.input.extend(greeting);
        pump
    }

    /// Consumes the greeting.
    pub fn begin(&mut self) -> Result<(), Fault> {
        self.session.server_bytes(&mut self.server.input, &mut self.out)
    }

    /// Both sockets join the poll of the thread that calls, which `waker` calls for anything else.
    pub fn join(
        &mut self,
        registry: &Registry,
        client: Token,
        server: Token,
        waker: Waker,
    ) -> io::Result<()> {
        self.waker = waker;
        self.client.leg.join(registry, client)?;
        self.server.leg.join(registry, server)
    }

    /// The client's socket is ready for something.
    #[inline]
    pub fn client_says(&mut self, event: &Event) {
        self.client.leg.hear(event);
    }

    /// The server's socket is ready for something.
    #[inline]
    pub fn server_says(&mut self, event: &Event) {
        self.server.leg.hear(event);
    }

    /// Moves what can be moved, within [`ROUNDS`], and counts it.
    pub fn turn(&mut self) -> Turn {
        let (began, before) = (self.meter.begin(), self.activity);
        // No socket wakes anything: the poll says when one is ready.
        let turn = self.move_bytes(&mut Context::from_waker(Waker::noop()));
        if self.activity != before {
            self.meter.turn(began);
            self.settle();
        } else if matches!(turn, Turn::Stops(_)) {
            self.settle();
        }
        turn
    }

    fn settle(&mut self) {
        self.meter.settle(&mut self.session, &mut self.client.traffic, &mut self.server.traffic);
    }

    fn move_bytes(&mut self, cx: &mut Context<'_>) -> Turn {
        for _ in 0..ROUNDS {
            match self.round(cx) {
                Ok(Moved::Something) => self.activity += 1,
                Ok(Moved::Nothing) => return Turn::Waits,
                Err(stop) => return Turn::Stops(stop),
            }
            if self.is_still() {
                return Turn::Waits;
            }
        }
        Turn::Again
    }

    /// Another round would find nothing to do.
    fn is_still(&self) -> bool {
        !self.client.leg.may_read()
            && !self.server.leg.may_read()
            && self.client.input.is_empty()
            && self.out.to_server.is_empty()
            && self.out.to_client.is_empty()
    }

    fn round(&mut self, cx: &mut Context<'_>) -> Result<Moved, Stop> {
        let from_client = self.from_client(cx)?;
        let to_server = self.write_server(cx);
        let from_server = self.from_server(cx)?;
        let to_client = self.write_client(cx)?;
        if self.session.is_over() {
            return Err(Stop::Over);
        }
        let still = [from_client, to_server, from_server, to_client].iter().all(|m| *m == Moved::Nothing);
        Ok(if still { Moved::Nothing } else { Moved::Something })
    }

    fn from_client(&mut self, cx: &mut Context<'_>) -> Result<Moved, Stop> {
        if self.server.backlog(&self.out.to_server) >= BACKLOG_BYTES || self.is_held() {
            return Ok(Moved::Nothing);
        }
        let before = self.client.input.pending().len();
        let moved = self.client.read(cx);
        if moved == Moved::Something || before > 0 {
            self.session.client_bytes(&mut self.client.input, &mut self.out).map_err(Stop::Fault)?;
        }
        self.spent = self.client.ended && !self.session.holds_client();
        // ORDER: whoever looks may have looked already; otherwise this thread is called then.
        if self.session.awaited().is_some() && !self.is_held() {
            return Ok(Moved::Something);
        }
        let consumed = self.client.input.pending().len() < before;
        Ok(if consumed { Moved::Something } else { moved })
    }

    /// Does the session wait for the server, or for a look at the database's shape?
    fn is_held(&mut self) -> bool {
        if let Some(look) = self.session.awaited()
            && look.poll(&Context::from_waker(&self.waker)).is_ready()
        {
            self.session.resume();
        }
        self.session.holds_client()
    }

    /// Whether the session waits for a look at the database's shape.
    pub fn awaits_look(&self) -> bool {
        self.session.awaited().is_some()
    }

    fn from_server(&mut self, cx: &mut Context<'_>) -> Result<Moved, Stop> {
        if self.client.backlog(&self.out.to_client) >= BACKLOG_BYTES {
            return Ok(Moved::Nothing);
        }
        let moved = self.server.read(cx);
        if moved == Moved::Something {
            self.session.server_bytes(&mut self.server.input, &mut self.out).map_err(Stop::Fault)?;
        }
        if self.server.ended && !self.session.is_over() {
            return Err(Stop::ServerGone);
        }
        Ok(moved)
    }

    /// A server that takes nothing any more may still have said why: it is read to its end.
    fn write_server(&mut self, cx: &mut Context<'_>) -> Moved {
        let moved = match self.server.write(cx, &mut self.out.to_server) {
            Ok(moved) => moved,
            Err(_) => {
                self.out.to_server.clear();
                self.server.written = 0;
                return Moved::Nothing;
            }
        };
        let sent = self.out.to_server.is_empty() && !self.server.flushing;
        if self.spent && sent && !self.half_closed {
            // As without us: the server reads to the end of what the client sent, then sees that it
            // is gone; a client that only closed its sending side still hears the answers.
            let closed = Pin::new(&mut self.server.leg).poll_shutdown(cx);
            self.half_closed = closed.is_ready();
        }
        moved
    }

    fn write_client(&mut self, cx: &mut Context<'_>) -> Result<Moved, Stop> {
        self.client.write(cx, &mut self.out.to_client).map_err(|_| Stop::ClientGone)
    }

    /// Nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.session.is_idle() && self.out.to_client.is_empty() && self.out.to_server.is_empty()
    }

    /// Gives back the memory of a connection that has gone quiet.
    pub fn release(&mut self) {
        self.client.release();
        self.server.release();
        self.session.shrink();
        if self.out.to_client.is_empty() && self.out.to_server.is_empty() {
            self.out = Out::default();
        }
    }

    /// The session, to end it from our side.
    pub fn end(&mut self, with: impl FnOnce(&mut Session, &mut Out)) {
        with(&mut self.session, &mut self.out);
    }

    /// Writes what is left to both sides and closes them.
    pub fn close(&mut self) -> Poll<()> {
        let cx = &mut Context::from_waker(Waker::noop());
        let client = close(&mut self.client, &mut self.out.to_client, cx);
        let server = close(&mut self.server, &mut self.out.to_server, cx);
        self.settle();
        if client.is_ready() && server.is_ready() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// An error closes a side as well.
fn close(side: &mut Side, out: &mut Vec<u8>, cx: &mut Context<'_>) -> Poll<()> {
    if side.write(cx, out).is_err() {
        return Poll::Ready(());
    }
    if !out.is_empty() || side.flushing {
        return Poll::Pending;
    }
    Pin::new(&mut side.leg).poll_shutdown(cx).map(|_| ())
}
