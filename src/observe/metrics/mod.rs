//! What the process counts, for Prometheus. The names are an interface: docs/operations.md lists
//! them.
//!
//! Knows numbers, reasons out of fixed sets, key ids and times. Deliberately has no way to be given a
//! value, a statement, a user's or a table's name: what is not counted by a fixed set is not counted.
//! What happens once per connection is counted behind a lock, what happens per message in the
//! [`Shard`] of its thread.

mod page;
mod render;
mod shard;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

pub use page::{CONTENT_TYPE, Kind, Page};
pub use render::{Certificate, Epoch, Key, Present};
pub use shard::{BOUNDS_MICROSECONDS, Measure, Shard};

/// A counter for each of a set of reasons, which are words of the program's own text.
#[derive(Debug, Default)]
pub struct Reasons(Mutex<BTreeMap<&'static str, u64>>);

impl Reasons {
    /// These are shown from the beginning, so that the first increase is seen as one.
    fn from_zero(known: &[&'static str]) -> Self {
        Reasons(Mutex::new(known.iter().map(|reason| (*reason, 0)).collect()))
    }

    /// One more for this reason.
    pub fn count(&self, reason: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(reason).or_default() += 1;
    }

    fn read(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Why a connection got no session before anybody's password mattered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    /// `limits.pending_connections`.
    TooManyPending,
    /// `limits.connections`.
    TooManySessions,
    /// `limits.authentication_timeout`.
    NoLoginInTime,
    /// The start-up packet.
    Malformed,
    /// Plaintext where TLS is required.
    NeedsTls,
    /// A name that no role can have.
    NoRole,
    /// The drain has begun.
    ShuttingDown,
}

impl Unserved {
    const ALL: [Unserved; 7] = [
        Unserved::TooManyPending,
        Unserved::TooManySessions,
        Unserved::NoLoginInTime,
        Unserved::Malformed,
        Unserved::NeedsTls,
        Unserved::NoRole,
        Unserved::ShuttingDown,
    ];

    fn name(self) -> &'static str {
        match self {
            Unserved::TooManyPending => "too-many-pending",
            Unserved::TooManySessions => "too-many-sessions",
            Unserved::NoLoginInTime => "no-login-in-time",
            Unserved::Malformed => "malformed",
            Unserved::NeedsTls => "needs-tls",
            Unserved::NoRole => "no-role",
            Unserved::ShuttingDown => "shutting-down",
        }
    }
}

/// Why there was no connection to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoUpstream {
    /// No host answered.
    Unreachable,
    /// No host is what `target_session_attrs` asks for.
    NoFit,
    /// The server refused the login.
    Refused,
    /// The server asked for a login that pgveil does not give.
    Unacceptable,
    /// The server could not prove who it is, or does not speak the protocol.
    Untrusted,
}

impl NoUpstream {
    const ALL: [NoUpstream; 5] = [
        NoUpstream::Unreachable,
        NoUpstream::NoFit,
        NoUpstream::Refused,
        NoUpstream::Unacceptable,
        NoUpstream::Untrusted,
    ];

    fn name(self) -> &'static str {
        match self {
            NoUpstream::Unreachable => "unreachable",
            NoUpstream::NoFit => "no-fit",
            NoUpstream::Refused => "refused",
            NoUpstream::Unacceptable => "unacceptable",
            NoUpstream::Untrusted => "untrusted",
        }
    }
}

/// Everything that one process counts.
#[derive(Debug)]
pub struct Metrics {
    begun: SystemTime,
    shards: Mutex<Vec<Arc<Shard>>>,
    refusals: Vec<&'static str>,
    accepted: Reasons,
    unserved: Reasons,
    logins: Reasons,
    no_upstream: Reasons,
    faults: Reasons,
    reloads: Reasons,
}

/// The only label of [`Metrics::accepted`].
const ACCEPTED: &str = "accepted";

impl Metrics {
    /// Nothing counted. `refusals` are the reasons for which a statement can be refused.
    pub fn new(refusals: impl IntoIterator<Item = &'static str>) -> Arc<Self> {
        Arc::new(Metrics {
            begun: SystemTime::now(),
            shards: Mutex::default(),
            refusals: refusals.into_iter().collect(),
            accepted: Reasons::from_zero(&[ACCEPTED]),
            unserved: Reasons::from_zero(&Unserved::ALL.map(Unserved::name)),
            logins: Reasons::from_zero(&[ACCEPTED]),
            no_upstream: Reasons::from_zero(&NoUpstream::ALL.map(NoUpstream::name)),
            faults: Reasons::default(),
            reloads: Reasons::from_zero(&["done", "failed"]),
        })
    }

    /// A shard for a thread that begins.
    pub fn shard(&self) -> Arc<Shard> {
        let shard = Arc::<Shard>::default();
        self.shards.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&shard));
        shard
    }

    /// A connection was accepted.
    pub fn accepted(&self) {
        self.accepted.count(ACCEPTED);
    }

    /// A connection got no session.
    pub fn unserved(&self, why: Unserved) {
        self.unserved.count(why.name());
    }

    /// A client proved who it is, and the server let it in.
    pub fn logged_in(&self) {
        self.logins.count(ACCEPTED);
    }

    /// A login was refused; the reason as in the audit trail.
    pub fn login_refused(&self, reason: &'static str) {
        self.logins.count(reason);
    }

    /// A client got no connection to the server.
    pub fn no_upstream(&self, why: NoUpstream) {
        self.no_upstream.count(why.name());
    }

    /// A session was closed because one side broke the rules, or a value did not open.
    pub fn fault(&self, sqlstate: &'static str) {
        self.faults.count(sqlstate);
    }

    /// Files were read again.
    pub fn reloaded(&self, well: bool) {
        self.reloads.count(if well { "done" } else { "failed" });
    }
}
