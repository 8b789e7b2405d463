//! One client connection as a machine without sockets, from the server's first word after
//! AuthenticationOk to the end.
//!
//! Knows the order of the protocol: what the server owes, what it discards, which statement a reply
//! belongs to. Deliberately knows no tokio, socket, clock or file, no SQL (it asks a
//! [`judge::Judge`]) and no keys (it asks [`judge::Cells`]).

pub mod fault;
pub mod judge;
pub mod position;

use crate::wire::buffer::InBuf;
use crate::wire::report::Report;
use crate::wire::{sqlstate, write};
use fault::Fault;
use judge::Judge;

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

/// One client connection.
pub struct Session {
    config: SessionConfig,
    judge: Box<dyn Judge>,
    server_key: Option<KeyData>,
    over: bool,
}

impl Session {
    /// Begins with the bytes that the server sends after AuthenticationOk.
    pub fn new(config: SessionConfig, judge: Box<dyn Judge>) -> Self {
        Session { config, judge, server_key: None, over: false }
    }

    /// Consumes what it can of the client's bytes. Call again with what is left when
    /// [`Session::holds_client`] turns false after [`Session::server_bytes`].
    pub fn client_bytes(&mut self, input: &mut InBuf, out: &mut Out) -> Result<(), Fault> {
        let _ = &self.judge;
        out.to_server.extend_from_slice(input.pending());
        input.consume(usize::MAX);
        Ok(())
    }

    /// Consumes what it can of the server's bytes.
    pub fn server_bytes(&mut self, input: &mut InBuf, out: &mut Out) -> Result<(), Fault> {
        let _ = &self.config;
        out.to_client.extend_from_slice(input.pending());
        input.consume(usize::MAX);
        Ok(())
    }

    /// The client's next bytes are not looked at until the server has answered: do not read from the
    /// client.
    pub fn holds_client(&self) -> bool {
        false
    }

    /// Nothing more will be read from either side: write what is in `Out`, then close both.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Outside a transaction, nothing owed, nothing half received: may be closed without loss.
    pub fn is_idle(&self) -> bool {
        false
    }

    /// The server's key data, once it has come: for a CancelRequest.
    pub fn server_key(&self) -> Option<&KeyData> {
        self.server_key.as_ref()
    }

    /// The server's connection is gone: tells the client (08006), unless the server has said why, or
    /// a message to the client is half sent.
    pub fn server_lost(&mut self, out: &mut Out) {
        let report = Report::fatal(sqlstate::CONNECTION_FAILURE, "the connection to the server was lost");
        self.close_with(&report, out);
    }

    /// Ends the session from our side, for example with 57P01 or 57P05.
    pub fn close_with(&mut self, report: &Report, out: &mut Out) {
        if !self.over {
            report.write(&mut out.to_client);
            write::terminate(&mut out.to_server);
            self.over = true;
        }
    }
}
