//! What an auditor asks for: who came in, who was turned away, and why.
//!
//! An event holds names and addresses only. Names come from the network, so they are written quoted
//! and escaped, and cut to the length of an identifier.

use std::fmt;

use crate::names::truncated;

/// One line of the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A client proved who it is and has a session.
    LoggedIn {
        /// How it proved it.
        method: &'a str,
    },
    /// A client was turned away.
    LoginRefused {
        /// One of a fixed set of reasons; never what the client sent.
        reason: &'a str,
    },
    /// A session ended because a value could not be opened or sealed, or the server lied.
    SessionClosed {
        /// SQLSTATE that the client was given.
        sqlstate: &'a str,
    },
}

/// Whom an event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// As the client says; proven only in [`Event::LoggedIn`].
    pub user: String,
    /// As the client says.
    pub database: String,
    /// IP address, or `local`.
    pub address: String,
}

/// Writes an event to the log, marked `audit`.
pub fn record(event: Event<'_>, who: &Who) {
    let (user, database) = (Name(&who.user), Name(&who.database));
    let address = who.address.as_str();
    match event {
        Event::LoggedIn { method } => {
            tracing::info!(audit = "login", %user, %database, address, method, "client logged in");
        }
        Event::LoginRefused { reason } => {
            tracing::warn!(audit = "login-refused", %user, %database, address, reason, "login refused");
        }
        Event::SessionClosed { sqlstate } => {
            tracing::warn!(audit = "session-closed", %user, %database, address, sqlstate, "session closed");
        }
    }
}

/// A name that came from the network, safe to stand in a log line.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", truncated(self.0.to_owned()).escape_debug())
    }
}
