//! One connection, from its first byte to its last: intake, login, the server's side, the pump.

use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::auth::client::{self, Caller, Proof, TurnedAway};
use super::auth::exchange::send;
use super::auth::upstream::{Credentials, LoginError, Password};
use super::cancel::{Registration, Target};
use super::epoch::SessionStart;
use super::intake::{self, Arrival, Socket, Visitor};
use super::leg::Leg;
use super::limits::Place;
use super::proxy::Proxy;
use super::pump::{Pump, Stop};
use super::shutdown::Phase;
use super::upstream::{ConnectError, Established, Opening, refusal_sqlstate};
use crate::config::resolved::AuthMode;
use crate::names::MAX_IDENTIFIER_BYTES;
use crate::observe::audit::{self, Event, Who};
use crate::session::{Limits, Session, SessionConfig};
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// How long the last bytes of a connection may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
/// A connection that was quiet for so long gives its buffers back.
const QUIET: Duration = Duration::from_secs(5);

/// Serves one connection. `pending` is its place among those that have no session yet.
pub async fn serve(proxy: Proxy, socket: Socket, pending: Place) {
    let address = match &socket {
        Socket::Tcp(_, address) => Some(address.ip().to_canonical()),
        Socket::Unix(_) => None,
    };
    let door = timeout(proxy.limits.authentication_timeout, knock(&proxy, socket, address)).await;
    let Ok(Some((visitor, proof, who))) = door else {
        if door.is_err() {
            tracing::info!(address = %Address(address), "no login in time");
        }
        return;
    };
    drop(pending);
    admit(&proxy, *visitor, proof, address, &who).await;
}

/// Until the client has proven who it is. `None`: nothing more is to be done.
async fn knock(proxy: &Proxy, socket: Socket, address: Option<IpAddr>) -> Option<(Box<Visitor>, Proof, Who)> {
    let acceptor = proxy.acceptor();
    let arrival = intake::receive(socket, acceptor.as_deref(), proxy.limits.startup_packet as usize).await;
    let mut visitor = match arrival {
        Arrival::Session(visitor) => visitor,
        Arrival::Cancel { pid, secret } => {
            proxy.cancels.cancel(&proxy.upstream(), address, pid, &secret).await;
            return None;
        }
        Arrival::Gone(reason) => {
            tracing::debug!(address = %Address(address), reason, "no session");
            return None;
        }
        Arrival::Rejected(mut leg, report) => {
            tracing::info!(address = %Address(address), "malformed start-up packet");
            say(&mut leg, &report).await;
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
    if let Some(report) = unwelcome(proxy, &visitor, confidential) {
        say(&mut visitor.leg, &report).await;
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
            audit::record(Event::LoginRefused { reason }, &who);
            say(&mut visitor.leg, &report).await;
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
fn unwelcome(proxy: &Proxy, visitor: &Visitor, confidential: bool) -> Option<Report> {
    if proxy.shutdown.phase() != Phase::Serving {
        return Some(Report::fatal(sqlstate::CANNOT_CONNECT_NOW, "the database system is shutting down"));
    }
    if proxy.tls_required && !confidential {
        let report = Report::fatal(sqlstate::INVALID_AUTHORIZATION, "this connection needs TLS");
        return Some(report.hint("use sslmode=require or higher"));
    }
    let name = visitor.parameter(b"user").unwrap_or_default();
    if name.is_empty() {
        let message = "no PostgreSQL user name specified in startup packet";
        return Some(Report::fatal(sqlstate::INVALID_AUTHORIZATION, message));
    }
    if name.len() > MAX_IDENTIFIER_BYTES || std::str::from_utf8(name).is_err() {
        let message = "the user name cannot be the name of a role";
        return Some(Report::fatal(sqlstate::INVALID_AUTHORIZATION, message));
    }
    None
}

/// The client has proven who it is: a place, the server's side, the session.
async fn admit(proxy: &Proxy, mut visitor: Visitor, proof: Proof, address: Option<IpAddr>, who: &Who) {
    let Some(_place) = proxy.sessions.take() else {
        tracing::warn!("the limit of connections is reached");
        let report = Report::fatal(sqlstate::TOO_MANY_CONNECTIONS, "sorry, too many clients already");
        return say(&mut visitor.leg, &report).await;
    };
    let established = match connect(proxy, &visitor, &proof, who).await {
        Ok(established) => established,
        Err(refusal) => {
            if refusal.counts {
                client::failed_upstream(&proxy.refusals, &who.user, address);
                audit::record(Event::LoginRefused { reason: "refused by the server" }, who);
            }
            // The client is gone or hears it.
            let _ = send(&mut visitor.leg, &refusal.bytes).await;
            return close(&mut visitor.leg).await;
        }
    };
    audit::record(Event::LoggedIn { method: proof.method() }, who);
    let Some((pump, registration)) = session(proxy, visitor, proof, established) else {
        return;
    };
    run(proxy, pump, who).await;
    drop(registration);
}

/// What a client hears when there is no server for it.
struct Refusal {
    bytes: Vec<u8>,
    /// It is a refused login of the client's.
    counts: bool,
}

impl Refusal {
    fn of(report: Report) -> Refusal {
        let mut bytes = Vec::new();
        report.write(&mut bytes);
        Refusal { bytes, counts: false }
    }
}

async fn connect(proxy: &Proxy, visitor: &Visitor, proof: &Proof, who: &Who) -> Result<Established, Refusal> {
    let parameters: Vec<_> =
        visitor.parameters.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
    let secret = proxy.secrets().get(&who.user);
    let password = match (proof, &secret) {
        (Proof::Password { password, verified }, _) => {
            // Where the server alone knows the passwords, a new one brings a new salt.
            let pinned = if *verified { proxy.pins.get(&who.user) } else { None };
            Password::Clients { password, pinned }
        }
        (Proof::Scram { .. } | Proof::Certificate, Some(secret)) => Password::Separate(secret),
        (Proof::Scram { .. } | Proof::Certificate, None) => {
            tracing::error!("a user has a verifier but no secret for the server's side");
            let report = Report::fatal(
                sqlstate::INVALID_AUTHORIZATION,
                "pgveil has no secret to log in on the server as this user",
            );
            return Err(Refusal::of(report.hint("the operator runs `pgveil users add` for this user")));
        }
    };
    let must_be_mutual = matches!(proof, Proof::Password { verified: false, .. });
    let credentials =
        Credentials { user: &who.user, password, allow_weak: proxy.allow_weak_upstream_auth, must_be_mutual };
    let opening = Opening { version: visitor.version, parameters: &parameters, credentials };
    let established = proxy.upstream().connect(&opening).await.map_err(|error| told(proxy, error))?;
    if let (Proof::Password { verified: true, .. }, Some(pin)) = (proof, &established.logged_in.pin) {
        proxy.pins.pin(&who.user, pin);
    }
    Ok(established)
}

/// What the log says and what the client hears are two things.
fn told(proxy: &Proxy, error: ConnectError) -> Refusal {
    tracing::warn!(%error, "no connection to the server");
    match error {
        ConnectError::Unreachable { .. } | ConnectError::NoFit => {
            Refusal::of(Report::fatal(sqlstate::CANNOT_CONNECT, "the server cannot be reached"))
        }
        ConnectError::Login { error: LoginError::Refused(bytes), .. } => {
            let credentials = matches!(refusal_sqlstate(&bytes).as_deref(), Some("28P01" | "28000"));
            match (credentials, proxy.auth_mode) {
                (true, AuthMode::Scram) => Refusal::of(
                    Report::fatal(
                        sqlstate::INVALID_AUTHORIZATION,
                        "the server refused pgveil's login as this user",
                    )
                    .hint("the operator sets the server's side with `pgveil users add`"),
                ),
                // As without us: no such database, too many connections, a wrong password.
                (counts, AuthMode::Relay) => Refusal { bytes, counts },
                (false, AuthMode::Scram) => Refusal { bytes, counts: false },
            }
        }
        ConnectError::Login { error: LoginError::Unacceptable(why), .. } => {
            Refusal::of(Report::fatal(sqlstate::CANNOT_CONNECT, why))
        }
        ConnectError::Login {
            error: LoginError::Broken(_) | LoginError::Lie(_) | LoginError::NoRandomness(_),
            ..
        } => Refusal::of(Report::fatal(
            sqlstate::CANNOT_CONNECT,
            "the server could not prove who it is, or does not speak the protocol",
        )),
    }
}

/// Puts the session between the two sockets. `None`: there is no randomness, and so no key data.
fn session(
    proxy: &Proxy,
    visitor: Visitor,
    proof: Proof,
    established: Established,
) -> Option<(Pump, Registration)> {
    let database = visitor.parameter(b"database").or_else(|| visitor.parameter(b"user"));
    let start = SessionStart {
        user: String::from_utf8_lossy(visitor.parameter(b"user").unwrap_or_default()).into_owned(),
        database: database.unwrap_or_default().to_vec(),
        parameters: visitor.parameters.clone(),
    };
    let (pid, secret) = established.key.unwrap_or_default();
    let target = Target { route: established.route, pid, secret };
    let registration = proxy.cancels.register(visitor.version, target).ok()?;
    let config = SessionConfig {
        key: registration.key.clone(),
        limits: Limits { message: proxy.limits.message as usize },
    };
    // REFUSES: without randomness nothing can be sealed.
    let judge = proxy.judges.judge(&start).inspect_err(|error| tracing::error!(%error, "no session")).ok()?;
    let session = Session::new(config, judge);
    let mut to_client = match proof {
        Proof::Scram { last } => last,
        Proof::Certificate | Proof::Password { .. } => Vec::new(),
    };
    to_client.extend_from_slice(&client::authentication_ok());
    let pump = Pump::new(visitor.leg, established.leg, session, &established.greeting, to_client);
    Some((pump, registration))
}

/// Moves bytes until one side is done, then closes both.
async fn run(proxy: &Proxy, mut pump: Pump, who: &Who) {
    let stop = match pump.begin() {
        Ok(()) => pumping(proxy, &mut pump).await,
        Err(fault) => Stop::Fault(fault),
    };
    match stop {
        Stop::Over => {}
        Stop::ClientGone => return,
        Stop::ServerGone => {
            tracing::debug!("the server closed a connection");
            pump.end(|session, out| session.server_lost(out));
        }
        Stop::Fault(fault) => {
            tracing::warn!(%fault, "a session was closed");
            audit::record(Event::SessionClosed { sqlstate: fault.sqlstate() }, who);
        }
    }
    // A side that does not take its last bytes in time does not get them.
    let _ = timeout(CLOSE_LIMIT, poll_fn(|cx| pump.poll_close(cx))).await;
}

/// The pump, the shutdown and the quiet, in one wait. Nothing here is armed per message: the timer
/// runs on while bytes move, and is set again only when it has rung.
async fn pumping(proxy: &Proxy, pump: &mut Pump) -> Stop {
    let mut draining = pin!(proxy.shutdown.reached(Phase::Draining));
    let mut closing = pin!(proxy.shutdown.reached(Phase::Closing));
    let mut bell = pin!(sleep_until(Instant::now() + QUIET));
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

/// Says why not, and closes.
async fn say(leg: &mut Leg, report: &Report) {
    let mut bytes = Vec::new();
    report.write(&mut bytes);
    // The client is gone or hears it.
    let _ = send(leg, &bytes).await;
    close(leg).await;
}

async fn close(leg: &mut Leg) {
    // What was sent must arrive: our sending side is closed first.
    let _ = timeout(CLOSE_LIMIT, tokio::io::AsyncWriteExt::shutdown(leg)).await;
}

/// For the log.
struct Address(Option<IpAddr>);

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(ip) => write!(f, "{ip}"),
            None => f.write_str("local"),
        }
    }
}
