//! One client connection as a machine without sockets, from the server's first word after
//! AuthenticationOk to the end.
//!
//! Knows the order of the protocol: what the server owes, what it discards, which statement a reply
//! belongs to. Deliberately knows no tokio, socket, clock or file, no SQL (it asks a
//! [`judge::Judge`]) and no keys (it asks [`judge::Cells`]).

mod answers;
mod bind;
pub mod cell;
pub mod cells;
mod client;
mod copy;
pub mod crew;
mod definitions;
pub mod epoch;
mod errors;
mod extended;
pub mod fault;
pub mod following;
pub mod judge;
mod known;
pub mod look;
mod named;
pub mod names;
mod owed;
pub mod plans;
pub mod position;
mod prepared;
mod refuse;
mod relay;
mod replies;
mod results;
mod simple;
mod stale;
pub mod tally;
pub mod watch;

use std::sync::Arc;

use crate::wire::buffer::InBuf;
use crate::wire::from_client::Format;
use crate::wire::from_server::Status;
use crate::wire::report::Report;
use crate::wire::{sqlstate, write};
use copy::CopyStream;
use crew::Crew;
use fault::Fault;
use judge::Judge;
use look::Look;
use named::Named;
use owed::Queue;
use prepared::{Portal, Prepared};
use relay::Stream;
use stale::Attempt;
use tally::Tally;

/// Default of [`Limits::message`].
pub const DEFAULT_MESSAGE_BYTES: usize = 64 << 20;

/// What one session may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest frame that is held whole, in bytes: a statement, the parameters of a Bind, a row that
    /// is opened. Others stream through at any length. Beyond it the client hears 54000.
    pub message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { message: DEFAULT_MESSAGE_BYTES }
    }
}

/// BackendKeyData: pgveil's own towards the client, the server's towards us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyData {
    /// Process id.
    pub pid: i32,
    /// 4 bytes, or up to 256 in protocol 3.2.
    pub secret: Vec<u8>,
}

/// What a session is made from.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// Shown to the client in place of the server's.
    pub key: KeyData,
    /// Limits.
    pub limits: Limits,
}

/// What is to be written. The caller writes both and empties them; a caller that cannot write does
/// not call the session for that direction, which is all the back-pressure there is: one call adds
/// no more than its input (sealed values aside).
#[derive(Debug, Default)]
pub struct Out {
    /// To the server.
    pub to_server: Vec<u8>,
    /// To the client.
    pub to_client: Vec<u8>,
}

/// Memory that a session keeps for the next statement.
const SCRATCH_BYTES: usize = 4 * 1024;

/// One client connection.
pub struct Session {
    config: SessionConfig,
    judge: Box<dyn Judge>,
    /// [`Judge::watches`], which is constant.
    watches: bool,
    owed: Queue,
    statements: Named<Prepared>,
    portals: Named<Portal>,
    status: Status,
    server_key: Option<KeyData>,
    /// The frame of the client that is streaming through.
    client: Stream,
    /// The frame of the server that is streaming through.
    server: Stream,
    /// The planned COPY that is open.
    copy: Option<Box<CopyStream>>,
    /// The server discards what the client sends, until Sync; so nothing of it is sent.
    skipping: bool,
    /// What was last sent need not be answered before a Flush.
    unflushed: bool,
    hold: bool,
    /// Syncs that a failed COPY may or may not have swallowed.
    loose_syncs: usize,
    /// Statements prepared again under names of our own.
    renewed: u64,
    /// What the client sent last, while the server may want it sent again.
    attempt: Option<Box<Attempt>>,
    /// What the judge or a rewriting wrote last.
    sent: Vec<u8>,
    /// In which format the rows of a Query come: a binary cursor gives binary ones.
    query_format: Format,
    tally: Tally,
    /// Threads for rows in bulk.
    crew: Option<Arc<dyn Crew>>,
    server_said_why: bool,
    /// The client has said Terminate: nothing more is read of it.
    leaving: bool,
    over: bool,
}

impl Session {
    /// Begins with the bytes that the server sends after AuthenticationOk.
    pub fn new(config: SessionConfig, judge: Box<dyn Judge>) -> Self {
        Session {
            config,
            watches: judge.watches(),
            judge,
            owed: Queue::new(),
            statements: Named::new(),
            portals: Named::new(),
            status: Status::Idle,
            server_key: None,
            client: Stream::default(),
            server: Stream::default(),
            copy: None,
            skipping: false,
            unflushed: false,
            hold: false,
            loose_syncs: 0,
            renewed: 0,
            attempt: None,
            sent: Vec::new(),
            query_format: Format::Text,
            tally: Tally::default(),
            crew: None,
            server_said_why: false,
            leaving: false,
            over: false,
        }
    }

    /// Large results may be opened on these threads too.
    pub fn borrow_crew(&mut self, crew: Arc<dyn Crew>) {
        self.crew = Some(crew);
    }

    /// After a batch: input is consumed, room is made for a frame that must be whole, or the session
    /// ends.
    fn finish(
        &mut self,
        result: Result<usize, Fault>,
        consumed: usize,
        input: &mut InBuf,
        out: &mut Out,
    ) -> Result<(), Fault> {
        input.consume(consumed);
        match result {
            Ok(required) => {
                input.require(required);
                Ok(())
            }
            Err(fault) => {
                input.consume(usize::MAX);
                self.close_with(&fault.report(), out);
                Err(fault)
            }
        }
    }

    /// The client's next bytes are not looked at until the server has answered: do not read from the
    /// client. When it turns false after [`Session::server_bytes`], call [`Session::client_bytes`]
    /// with what was left.
    pub fn holds_client(&self) -> bool {
        self.hold
    }

    /// The client is held until this is answered: then call [`Session::resume`], and
    /// [`Session::client_bytes`] with what was left.
    pub fn awaited(&self) -> Option<Arc<Look>> {
        if self.hold { self.judge.awaited() } else { None }
    }

    /// What was waited for is there.
    pub fn resume(&mut self) {
        self.hold = false;
    }

    /// Nothing more will be read from either side: write what is in [`Out`], then close both.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Outside a transaction, nothing owed, no frame half forwarded: may be closed without loss, if
    /// nothing is pending in the input buffers.
    pub fn is_idle(&self) -> bool {
        self.owed.is_empty()
            && self.status == Status::Idle
            && !self.skipping
            && self.client.left == 0
            && self.server.left == 0
            && self.attempt.is_none()
    }

    /// The server's key data, once it has come: for a CancelRequest.
    pub fn server_key(&self) -> Option<&KeyData> {
        self.server_key.as_ref()
    }

    /// What was counted since this was last called.
    pub fn take_tally(&mut self) -> Tally {
        self.judge.count(&mut self.tally);
        std::mem::take(&mut self.tally)
    }

    /// Gives back memory that a large statement or a long pipeline took; for a connection that goes
    /// idle.
    pub fn shrink(&mut self) {
        self.owed.shrink();
        if self.sent.capacity() > SCRATCH_BYTES {
            self.sent = Vec::new();
        }
    }

    /// The server's connection is gone: tells the client (08006), unless the server has said why, the
    /// client has asked for it, or a message to the client is half sent.
    pub fn server_lost(&mut self, out: &mut Out) {
        if self.server_said_why || self.leaving {
            self.over = true;
        }
        let report = Report::fatal(sqlstate::CONNECTION_FAILURE, "the connection to the server was lost");
        self.close_with(&report, out);
    }

    /// Ends the session from our side, for example with 57P01 or 57P05. Towards a side to which a
    /// message is half sent nothing is written: it sees the connection end.
    pub fn close_with(&mut self, report: &Report, out: &mut Out) {
        if self.over {
            return;
        }
        if !self.server.is_mid_frame() {
            report.write(&mut out.to_client);
        }
        if !self.client.is_mid_frame() && !self.leaving {
            write::terminate(&mut out.to_server);
        }
        self.over = true;
    }
}
