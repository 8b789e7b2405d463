//! A running session and its end: the pump, the shutdown, the quiet, the last bytes.
//!
//! Knows when to stop and what is said then. Nothing here is armed per message and no clock is read
//! while bytes move: the thread that owns it looks in from time to time ([`Running::look_in`]).

use std::task::Waker;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::{Registry, Token};

use super::cancel::Registration;
use super::door::CLOSE_LIMIT;
use super::limits::Place;
use super::proxy::Proxy;
use super::pump::{Pump, Stop, Turn};
use super::shutdown::Phase;
use super::workers::Load;
use crate::observe::audit::{self, Event as Audited, Who};
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// A connection that was quiet for so long gives its buffers back.
const QUIET: Duration = Duration::from_secs(5);

/// What to do with it next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// A socket will say when there is something to do.
    Waits,
    /// There is more to do at once; others first.
    Again,
    /// It is over and closed.
    Gone,
}

/// One client connection whose client is in, with all that ends with it.
pub struct Running {
    /// It has more to do and is in its thread's list of those.
    pub is_next: bool,
    pump: Pump,
    proxy: Proxy,
    who: Who,
    quiet: Quiet,
    /// Set when it is over: what is left to write has this long.
    closing: Option<Closing>,
    // ORDER: fields are dropped in this order; a place is free when its sockets are closed.
    registration: Registration,
    _place: Place,
    _load: Load,
}

/// What a connection holds beside its sockets.
pub struct Held {
    /// Of its key data.
    pub registration: Registration,
    /// Among the sessions.
    pub place: Place,
    /// Of its thread.
    pub load: Load,
}

struct Closing {
    until: Option<Instant>,
}

/// How long a connection has been quiet.
struct Quiet {
    /// Activity when it was last looked at.
    seen: u64,
    /// When activity was last seen, to the accuracy of the looks; `None` before the first.
    since: Option<Instant>,
    /// Its memory was given back.
    released: bool,
}

impl Running {
    /// A session whose server has greeted; to be handed to the thread that will run it.
    pub fn new(pump: Pump, proxy: Proxy, who: Who, held: Held) -> Running {
        Running {
            is_next: false,
            pump,
            proxy,
            who,
            quiet: Quiet { seen: 0, since: None, released: false },
            closing: None,
            registration: held.registration,
            _place: held.place,
            _load: held.load,
        }
    }

    /// Joins the poll of the thread that calls, and begins. `waker` calls that thread.
    pub fn begin(&mut self, registry: &Registry, client: Token, server: Token, waker: Waker) -> Next {
        self.registration.inside().begin(waker.clone());
        if let Err(error) = self.pump.join(registry, client, server, waker) {
            tracing::error!(%error, "a connection cannot be served");
            return Next::Gone;
        }
        match self.pump.begin() {
            Ok(()) => self.turn(),
            Err(fault) => self.stop(Stop::Fault(fault)),
        }
    }

    /// The client's socket has something to say.
    #[inline]
    pub fn client_says(&mut self, event: &Event) {
        self.pump.client_says(event);
    }

    /// The server's socket has something to say.
    #[inline]
    pub fn server_says(&mut self, event: &Event) {
        self.pump.server_says(event);
    }

    /// It is meant when its thread is called without a socket being ready: it waits for a look at the
    /// database's shape, or somebody waits for what it holds.
    pub fn is_meant(&self) -> bool {
        self.pump.awaits_look() || self.registration.inside().is_asked()
    }

    /// A turn because it is meant.
    ///
    /// ORDER: whoever asks has asked after the client's bytes came, and readiness is heard in the order in
    /// which it came about: after this turn they are on their way. What waits for the server's own
    /// answers is not waited for: a request to cancel is then for what the server is at.
    pub fn called(&mut self) -> Next {
        let next = self.turn();
        if !self.pump.awaits_look() {
            self.registration.inside().answer();
        }
        next
    }

    /// Moves bytes, for a while.
    #[inline]
    pub fn turn(&mut self) -> Next {
        if self.closing.is_some() {
            return self.close();
        }
        match self.pump.turn() {
            Turn::Waits => {}
            Turn::Again => return Next::Again,
            Turn::Stops(stop) => return self.stop(stop),
        }
        match self.proxy.shutdown.phase() {
            Phase::Serving => Next::Waits,
            Phase::Draining | Phase::Closing => self.shut_down(),
        }
    }

    /// From time to time: whether it is to end, and whether its memory is needed.
    pub fn look_in(&mut self, now: Instant) -> Next {
        if let Some(closing) = &mut self.closing {
            // A side that does not take its last bytes in time does not get them.
            let until = *closing.until.get_or_insert(now + CLOSE_LIMIT);
            return if now >= until { Next::Gone } else { Next::Waits };
        }
        let (activity, idle_timeout) = (self.pump.activity, self.proxy.limits.idle_timeout);
        let since = match self.quiet.since {
            Some(since) if self.quiet.seen == activity => since,
            Some(_) | None => {
                self.quiet = Quiet { seen: activity, since: Some(now), released: false };
                now
            }
        };
        let quiet_for = now.duration_since(since);
        if quiet_for >= QUIET && !self.quiet.released {
            self.pump.release();
            self.quiet.released = true;
        }
        if !idle_timeout.is_zero() && quiet_for >= idle_timeout && self.pump.is_idle() {
            let message = "terminating connection due to idle-session timeout";
            return self.end(&Report::fatal(sqlstate::IDLE_SESSION_TIMEOUT, message));
        }
        self.shut_down()
    }

    /// What shutdown means for this connection now.
    fn shut_down(&mut self) -> Next {
        match (self.proxy.shutdown.phase(), self.pump.is_idle()) {
            (Phase::Serving, _) | (Phase::Draining, false) => Next::Waits,
            (Phase::Draining, true) | (Phase::Closing, _) => {
                let message = "terminating connection due to administrator command";
                self.end(&Report::fatal(sqlstate::ADMIN_SHUTDOWN, message))
            }
        }
    }

    /// Ends it from our side.
    fn end(&mut self, report: &Report) -> Next {
        self.pump.end(|session, out| session.close_with(report, out));
        self.stop(Stop::Over)
    }

    fn stop(&mut self, stop: Stop) -> Next {
        match stop {
            Stop::Over => {}
            Stop::ClientGone => return Next::Gone,
            Stop::ServerGone => {
                tracing::debug!("the server closed a connection");
                self.pump.end(|session, out| session.server_lost(out));
            }
            Stop::Fault(fault) => {
                tracing::warn!(%fault, "a session was closed");
                self.proxy.metrics.fault(fault.sqlstate());
                audit::record(Audited::SessionClosed { sqlstate: fault.sqlstate() }, &self.who);
            }
        }
        self.closing = Some(Closing { until: None });
        self.close()
    }

    fn close(&mut self) -> Next {
        if self.pump.close().is_ready() { Next::Gone } else { Next::Waits }
    }
}
