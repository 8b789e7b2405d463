//! A running session, attended until it ends: the pump, the shutdown and the quiet in one wait.
//!
//! Nothing here is armed per message: the timer runs on while bytes move, and is set again only when
//! it has rung.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use super::proxy::Proxy;
use super::pump::{Pump, Stop};
use super::shutdown::Phase;
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// A connection that was quiet for so long gives its buffers back.
const QUIET: Duration = Duration::from_secs(5);

/// Moves bytes until there is a reason to stop.
pub async fn attend(proxy: &Proxy, pump: &mut Pump) -> Stop {
    let mut draining = pin!(proxy.shutdown.reached(Phase::Draining));
    let mut closing = pin!(proxy.shutdown.reached(Phase::Closing));
    let mut bell = pin!(proxy.clock.sleep_until(Instant::now() + QUIET));
    let mut quiet = Quiet { seen: 0, since: Instant::now(), armed: true };
    let mut first = true;
    poll_fn(|cx| {
        if std::mem::take(&mut first) {
            // Registers the task once; afterwards the phase is read.
            let _ = (draining.as_mut().poll(cx), closing.as_mut().poll(cx), bell.as_mut().poll(cx));
        }
        if let Poll::Ready(stop) = pump.poll(cx) {
            return Poll::Ready(stop);
        }
        if let Some(report) = due(proxy.shutdown.phase(), pump.is_idle()) {
            pump.end(|session, out| session.close_with(&report, out));
            return Poll::Ready(Stop::Over);
        }
        if (quiet.armed && bell.is_elapsed()) || (!quiet.armed && quiet.seen != pump.activity) {
            match quiet.rings(pump, proxy.limits.idle_timeout) {
                Next::At(instant) => {
                    bell.as_mut().reset(instant);
                    let _ = bell.as_mut().poll(cx);
                }
                Next::OnActivity => {}
                Next::IdleTooLong => {
                    let report = Report::fatal(
                        sqlstate::IDLE_SESSION_TIMEOUT,
                        "terminating connection due to idle-session timeout",
                    );
                    pump.end(|session, out| session.close_with(&report, out));
                    return Poll::Ready(Stop::Over);
                }
            }
        }
        Poll::Pending
    })
    .await
}

/// How long a connection has been quiet.
struct Quiet {
    /// Activity when it was last looked at.
    seen: u64,
    /// When activity was last seen, to the accuracy of the bell.
    since: Instant,
    /// The bell will ring.
    armed: bool,
}

/// When to look again.
enum Next {
    At(Instant),
    OnActivity,
    IdleTooLong,
}

impl Quiet {
    fn rings(&mut self, pump: &mut Pump, idle_timeout: Duration) -> Next {
        let now = Instant::now();
        if self.seen != pump.activity {
            (self.seen, self.since, self.armed) = (pump.activity, now, true);
            return Next::At(now + QUIET);
        }
        pump.release();
        if idle_timeout.is_zero() {
            self.armed = false;
            return Next::OnActivity;
        }
        let end = self.since + idle_timeout;
        if now < end {
            return Next::At(end);
        }
        if pump.is_idle() { Next::IdleTooLong } else { Next::At(now + idle_timeout) }
    }
}

/// What shutdown means for this connection now.
fn due(phase: Phase, idle: bool) -> Option<Report> {
    match (phase, idle) {
        (Phase::Serving, _) | (Phase::Draining, false) => None,
        (Phase::Draining, true) | (Phase::Closing, _) => Some(Report::fatal(
            sqlstate::ADMIN_SHUTDOWN,
            "terminating connection due to administrator command",
        )),
    }
}
