//! The door: from the first byte of a connection until the client has proven who it is.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::auth::client::{self, Caller, Proof, TurnedAway};
use super::auth::exchange::send;
use super::clock::Clock;
use super::intake::{self, Arrival, Socket, Visitor};
use super::leg::Leg;
use super::proxy::Proxy;
use super::shutdown::Phase;
use crate::names::MAX_IDENTIFIER_BYTES;
use crate::observe::audit::{self, Event, Who};
use crate::observe::metrics::Unserved;
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// How long the last bytes of a connection may take.
pub const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// Until the client has proven who it is. `None`: nothing more is to be done.
pub async fn knock(
    proxy: &Proxy,
    socket: Socket,
    address: Option<IpAddr>,
) -> Option<(Box<Visitor>, Proof, Who)> {
    let acceptor = proxy.acceptor();
    let arrival = intake::receive(socket, acceptor.as_deref(), proxy.limits.startup_packet as usize).await;
    let mut visitor = match arrival {
        Arrival::Session(visitor) => visitor,
        Arrival::Cancel { mut leg, pid, secret } => {
            proxy.cancels.cancel(&proxy.upstream(), address, pid, &secret).await;
            // ORDER: only now. Until it sees this end, the client sends no further statement, which a
            // request that is still on its way would hit (libpq's PQcancel waits for it).
            close(&proxy.clock, &mut leg).await;
            return None;
        }
        Arrival::Gone(reason) => {
            tracing::debug!(address = %Address(address), reason, "no session");
            return None;
        }
        Arrival::Rejected(mut leg, report) => {
            proxy.metrics.unserved(Unserved::Malformed);
            tracing::info!(address = %Address(address), "malformed start-up packet");
            say(&proxy.clock, &mut leg, &report).await;
            return None;
        }
    };
    let who = Who {
        user: String::from_utf8_lossy(visitor.parameter(b"user").unwrap_or_default()).into_owned(),
        database: String::from_utf8_lossy(visitor.parameter(b"database").unwrap_or_default()).into_owned(),
        address: Address(address).to_string(),
    };
    let local = address.is_none_or(|ip| ip.is_loopback());
    let confidential = local || visitor.has_tls();
    if let Some((why, report)) = unwelcome(proxy, &visitor, confidential) {
        proxy.metrics.unserved(why);
        say(&proxy.clock, &mut visitor.leg, &report).await;
        return None;
    }
    if let Some(negotiate) = visitor.negotiate.take()
        && send(&mut visitor.leg, &negotiate).await.is_err()
    {
        return None;
    }
    let end_point = acceptor.as_ref().and_then(|acceptor| acceptor.end_point.as_ref());
    let caller = Caller {
        user: &who.user,
        address,
        end_point: end_point.filter(|_| visitor.has_tls()),
        certificate: visitor.certificate.as_deref(),
        confidential,
    };
    let users = proxy.users();
    match client::login(&mut visitor.leg, proxy.auth_mode, users.as_deref(), &proxy.refusals, &caller).await {
        Ok(proof) => Some((visitor, proof, who)),
        Err(TurnedAway::Refused { reason, report }) => {
            proxy.metrics.login_refused(reason);
            audit::record(Event::LoginRefused { reason }, &who);
            say(&proxy.clock, &mut visitor.leg, &report).await;
            None
        }
        Err(TurnedAway::Broken(_)) => None,
        Err(TurnedAway::NoRandomness(error)) => {
            tracing::error!(%error, "no login is possible");
            None
        }
    }
}

/// REFUSES: newcomers during shutdown, plaintext from a network where TLS is required, names that
/// cannot be a role's.
fn unwelcome(proxy: &Proxy, visitor: &Visitor, confidential: bool) -> Option<(Unserved, Report)> {
    if proxy.shutdown.phase() != Phase::Serving {
        let report = Report::fatal(sqlstate::CANNOT_CONNECT_NOW, "the database system is shutting down");
        return Some((Unserved::ShuttingDown, report));
    }
    if proxy.tls_required && !confidential {
        let report = Report::fatal(sqlstate::INVALID_AUTHORIZATION, "this connection needs TLS");
        return Some((Unserved::NeedsTls, report.hint("use sslmode=require or higher")));
    }
    let name = visitor.parameter(b"user").unwrap_or_default();
    if name.is_empty() {
        let message = "no PostgreSQL user name specified in startup packet";
        return Some((Unserved::NoRole, Report::fatal(sqlstate::INVALID_AUTHORIZATION, message)));
    }
    if name.len() > MAX_IDENTIFIER_BYTES || std::str::from_utf8(name).is_err() {
        let message = "the user name cannot be the name of a role";
        return Some((Unserved::NoRole, Report::fatal(sqlstate::INVALID_AUTHORIZATION, message)));
    }
    None
}

/// Says why not, and closes.
pub async fn say(clock: &Clock, leg: &mut Leg, report: &Report) {
    let mut bytes = Vec::new();
    report.write(&mut bytes);
    // The client is gone or hears it.
    let _ = send(leg, &bytes).await;
    close(clock, leg).await;
}

/// Closes our sending side first, so that what was sent arrives.
pub async fn close(clock: &Clock, leg: &mut Leg) {
    // It is over in any case.
    let _ = clock.timeout(CLOSE_LIMIT, leg.shutdown()).await;
}

/// For the log.
pub struct Address(pub Option<IpAddr>);

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(ip) => write!(f, "{ip}"),
            None => f.write_str("local"),
        }
    }
}
