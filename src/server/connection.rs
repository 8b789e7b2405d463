//! One connection, from its first byte until its session can run: intake, login, the server's side.

use std::net::IpAddr;

use super::auth::client::{self, Proof};
use super::auth::exchange::send;
use super::auth::upstream::{Credentials, LoginError, Password};
use super::cancel::{Registration, Target};
use super::door::{Address, close, knock, say};
use super::epoch::SessionStart;
use super::intake::{Socket, Visitor};
use super::limits::Place;
use super::meter::Meter;
use super::proxy::Proxy;
use super::pump::Pump;
use super::running::{Held, Running};
use super::upstream::{ConnectError, Established, Opening, refusal_sqlstate};
use super::workers::Load;
use crate::config::resolved::AuthMode;
use crate::observe::audit::{self, Event, Who};
use crate::observe::metrics::{NoUpstream, Unserved};
use crate::session::{Limits, Session, SessionConfig};
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// In the audit trail: the client's password, or its role, did not do on the server.
const REFUSED_UPSTREAM: &str = "refused by the server";

/// Lets a client in. `pending` is its place among those that have no session yet. `None`: nothing is
/// to be done for it any more.
pub async fn admit(proxy: Proxy, socket: Socket, pending: Place, load: Load) -> Option<Running> {
    let address = match &socket {
        Socket::Tcp(_, address) => Some(address.ip().to_canonical()),
        Socket::Unix(_) => None,
    };
    let door = proxy.clock.timeout(proxy.limits.authentication_timeout, knock(&proxy, socket, address)).await;
    let Ok(Some((visitor, proof, who))) = door else {
        if door.is_err() {
            proxy.metrics.unserved(Unserved::NoLoginInTime);
            tracing::info!(address = %Address(address), "no login in time");
        }
        return None;
    };
    drop(pending);
    let (pump, registration, place) = enter(&proxy, *visitor, proof, address, &who).await?;
    Some(Running::new(pump, proxy, who, Held { registration, place, load }))
}

/// The client has proven who it is: a place, the server's side, the session.
async fn enter(
    proxy: &Proxy,
    mut visitor: Visitor,
    proof: Proof,
    address: Option<IpAddr>,
    who: &Who,
) -> Option<(Pump, Registration, Place)> {
    let Some(place) = proxy.sessions.take() else {
        proxy.metrics.unserved(Unserved::TooManySessions);
        tracing::warn!("the limit of connections is reached");
        let report = Report::fatal(sqlstate::TOO_MANY_CONNECTIONS, "sorry, too many clients already");
        say(&proxy.clock, &mut visitor.leg, &report).await;
        return None;
    };
    let established = match connect(proxy, &visitor, &proof, who).await {
        Ok(established) => established,
        Err(refusal) => {
            if refusal.counts {
                client::failed_upstream(&proxy.refusals, &who.user, address);
                proxy.metrics.login_refused(REFUSED_UPSTREAM);
                audit::record(Event::LoginRefused { reason: REFUSED_UPSTREAM }, who);
            }
            // The client is gone or hears it.
            let _ = send(&mut visitor.leg, &refusal.bytes).await;
            close(&proxy.clock, &mut visitor.leg).await;
            return None;
        }
    };
    proxy.metrics.logged_in();
    audit::record(Event::LoggedIn { method: proof.method() }, who);
    let (pump, registration) = session(proxy, visitor, proof, established)?;
    Some((pump, registration, place))
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
    let asks_settings = proxy.judges.epoch().is_some();
    let opening = Opening { version: visitor.version, parameters: &parameters, asks_settings, credentials };
    let established = proxy.upstream().connect(&opening).await.map_err(|error| told(proxy, error))?;
    proxy.contact.made();
    if let (Proof::Password { verified: true, .. }, Some(pin)) = (proof, &established.logged_in.pin) {
        proxy.pins.pin(&who.user, pin);
    }
    Ok(established)
}

/// What the log says and what the client hears are two things.
fn told(proxy: &Proxy, error: ConnectError) -> Refusal {
    tracing::warn!(%error, "no connection to the server");
    let why = fault_of(&error);
    proxy.metrics.no_upstream(why);
    if why == NoUpstream::Unreachable {
        proxy.contact.lost();
    }
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

fn fault_of(error: &ConnectError) -> NoUpstream {
    match error {
        ConnectError::Unreachable { .. } => NoUpstream::Unreachable,
        ConnectError::NoFit => NoUpstream::NoFit,
        ConnectError::Login { error, .. } => match error {
            LoginError::Refused(_) => NoUpstream::Refused,
            LoginError::Unacceptable(_) => NoUpstream::Unacceptable,
            LoginError::Broken(_) | LoginError::Lie(_) | LoginError::NoRandomness(_) => NoUpstream::Untrusted,
        },
    }
}

/// Puts the session between the two sockets, which leave tokio's care. `None`: there is no randomness,
/// and so no key data; or a socket is lost.
fn session(
    proxy: &Proxy,
    mut visitor: Visitor,
    proof: Proof,
    mut established: Established,
) -> Option<(Pump, Registration)> {
    let database = visitor.parameter(b"database").or_else(|| visitor.parameter(b"user"));
    let start = SessionStart {
        user: String::from_utf8_lossy(visitor.parameter(b"user").unwrap_or_default()).into_owned(),
        database: database.unwrap_or_default().to_vec(),
        parameters: visitor.parameters.clone(),
        told: std::mem::take(&mut established.settings),
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
    let mut session = Session::new(config, judge);
    if let Some(crew) = &proxy.crew {
        session.borrow_crew(crew.clone());
    }
    let mut to_client = match proof {
        Proof::Scram { last } => last,
        Proof::Certificate | Proof::Password { .. } => Vec::new(),
    };
    to_client.extend_from_slice(&client::authentication_ok());
    visitor.leg.leave().and_then(|()| established.leg.leave()).ok()?;
    let (between, meter) = ((visitor.leg, established.leg), Meter::new(proxy.shard.clone()));
    let pump = Pump::new(between, session, &established.greeting, to_client, meter);
    Some((pump, registration))
}
