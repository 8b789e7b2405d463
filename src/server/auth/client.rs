//! A client proves who it is, to us and to nobody else.
//!
//! Knows the two modes of `[auth]` and the operator's users. What the server thinks of the client
//! plays no part here.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::attempts::Attempts;
use super::exchange::{Broken, MAX_CLIENT_BYTES, Message, send};
use super::scram_server::{self, Exchange, Failed, NONCE_BYTES};
use super::users::Users;
use super::{NoRandomness, random};
use crate::config::resolved::AuthMode;
use crate::secret::Secret;
use crate::server::leg::Leg;
use crate::server::tls::EndPoint;
use crate::wire::frame::{client, server};
use crate::wire::read::Reader;
use crate::wire::report::Report;
use crate::wire::{sqlstate, write};

/// The window in which refused logins are counted.
const ATTEMPTS_WINDOW: Duration = Duration::from_secs(60);
/// One address may fail for so many users' worth of attempts.
const USERS_PER_ADDRESS: u32 = 10;

/// Counts refused logins of a user from an address, and of an address.
pub struct Refusals {
    per_user: Attempts<(String, Option<IpAddr>)>,
    per_address: Attempts<Option<IpAddr>>,
}

impl Refusals {
    /// `limit` a minute for one user from one address.
    pub fn new(limit: u32) -> Refusals {
        Refusals {
            per_user: Attempts::new(limit, ATTEMPTS_WINDOW),
            per_address: Attempts::new(limit.saturating_mul(USERS_PER_ADDRESS), ATTEMPTS_WINDOW),
        }
    }

    fn admits(&self, user: &str, address: Option<IpAddr>, now: Instant) -> bool {
        self.per_user.admits(&(user.to_owned(), address), now) && self.per_address.admits(&address, now)
    }

    fn count(&self, user: &str, address: Option<IpAddr>, now: Instant) {
        self.per_user.count((user.to_owned(), address), now);
        self.per_address.count(address, now);
    }
}

/// A client at the door.
pub struct Caller<'a> {
    /// As it says.
    pub user: &'a str,
    /// `None` on a Unix socket.
    pub address: Option<IpAddr>,
    /// Hash of our certificate, over TLS.
    pub end_point: Option<&'a EndPoint>,
    /// Common name of its certificate, if it has shown one that our authority signed.
    pub certificate: Option<&'a str>,
    /// TLS, loopback or a Unix socket: nobody on a network reads along.
    pub confidential: bool,
}

/// How a client has proven who it is.
pub enum Proof {
    /// It knows the password of our verifier; the message that ends the exchange is still to be sent.
    Scram {
        /// AuthenticationSASLFinal.
        last: Vec<u8>,
    },
    /// Its certificate.
    Certificate,
    /// It gave its password: checked here against our verifier if we hold one (`verified`), else to
    /// be proven by a mutual login upstream.
    Password {
        /// The password.
        password: Secret<String>,
        /// It is the one of our verifier.
        verified: bool,
    },
}

impl Proof {
    /// For the audit trail.
    pub fn method(&self) -> &'static str {
        match self {
            Proof::Scram { .. } => "scram-sha-256",
            Proof::Certificate => "certificate",
            Proof::Password { .. } => "relay",
        }
    }
}

/// Why a client is turned away.
#[derive(Debug, thiserror::Error)]
pub enum TurnedAway {
    /// It went away, or does not speak the protocol.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It did not prove who it is.
    #[error("{reason}")]
    Refused {
        /// For the audit trail; never what the client sent.
        reason: &'static str,
        /// For the client.
        report: Box<Report>,
    },
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl From<std::io::Error> for TurnedAway {
    fn from(error: std::io::Error) -> TurnedAway {
        TurnedAway::Broken(Broken::Lost(error))
    }
}

/// Lets the client prove who it is; a failure is counted.
pub async fn login(
    leg: &mut Leg,
    mode: AuthMode,
    users: Option<&Users>,
    refusals: &Refusals,
    caller: &Caller<'_>,
) -> Result<Proof, TurnedAway> {
    if !refusals.admits(caller.user, caller.address, Instant::now()) {
        return Err(refused("too many refused logins", failed_for(caller.user)));
    }
    let proven = match (mode, users) {
        (AuthMode::Scram | AuthMode::Relay, Some(users))
            if caller.certificate.is_some_and(|name| users.certificate_is(name, caller.user)) =>
        {
            return match mode {
                AuthMode::Scram => Ok(Proof::Certificate),
                // REFUSES: a certificate gives no password, and in this mode the server needs it.
                AuthMode::Relay => Err(refused(
                    "certificate in relay mode",
                    Report::fatal(
                        sqlstate::INVALID_AUTHORIZATION,
                        "a client certificate does not log in where [auth] mode is \"relay\"",
                    ),
                )),
            };
        }
        (AuthMode::Scram, Some(users)) => scram(leg, users, caller).await,
        (AuthMode::Relay, users) => relay(leg, users, caller).await,
        // REFUSES: the configuration does not admit it; were it otherwise, nobody could be checked.
        (AuthMode::Scram, None) => Err(refused("no users", failed_for(caller.user))),
    };
    if let Err(TurnedAway::Refused { .. }) = &proven {
        refusals.count(caller.user, caller.address, Instant::now());
    }
    proven
}

/// A login that failed upstream counts too (`relay` without users: the server is who knows).
pub fn failed_upstream(refusals: &Refusals, user: &str, address: Option<IpAddr>) {
    refusals.count(user, address, Instant::now());
}

/// As PostgreSQL says it.
pub fn failed_for(user: &str) -> Report {
    Report::fatal(sqlstate::INVALID_PASSWORD, format!("password authentication failed for user \"{user}\""))
}

fn refused(reason: &'static str, report: Report) -> TurnedAway {
    TurnedAway::Refused { reason, report: Box::new(report) }
}

fn malformed() -> TurnedAway {
    let report = Report::fatal(sqlstate::PROTOCOL_VIOLATION, "malformed authentication message");
    refused("malformed authentication message", report)
}

/// Authentication requests.
fn request(code: u32, body: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    write::message(&mut out, server::AUTHENTICATION, |out| {
        out.extend_from_slice(&code.to_be_bytes());
        body.iter().for_each(|part| out.extend_from_slice(part));
    });
    out
}

/// AuthenticationOk.
pub fn authentication_ok() -> Vec<u8> {
    request(0, &[])
}

async fn password_message(leg: &mut Leg) -> Result<Message, TurnedAway> {
    let message = Message::read(leg, MAX_CLIENT_BYTES).await?;
    if message.tag == client::PASSWORD { Ok(message) } else { Err(malformed()) }
}

async fn scram(leg: &mut Leg, users: &Users, caller: &Caller<'_>) -> Result<Proof, TurnedAway> {
    let mut offer = Vec::new();
    for mechanism in scram_server::mechanisms(caller.end_point) {
        offer.extend_from_slice(mechanism.as_bytes());
        offer.push(0);
    }
    send(leg, &request(10, &[&offer, &[0]])).await?;
    let initial = password_message(leg).await?;
    let (mechanism, first) = initial_response(&initial.body).ok_or_else(malformed)?;
    let verifier = users.verifier(caller.user)?;
    let nonce = random::<NONCE_BYTES>()?;
    let (exchange, challenge) = Exchange::begin(mechanism, first, verifier, caller.end_point, nonce)
        .map_err(|f| failed(f, caller))?;
    send(leg, &request(11, &[challenge.as_bytes()])).await?;
    let last = password_message(leg).await?;
    let signature = exchange.finish(&last.body).map_err(|f| failed(f, caller))?;
    Ok(Proof::Scram { last: request(12, &[signature.as_bytes()]) })
}

/// SASLInitialResponse: mechanism, length, data.
fn initial_response(body: &[u8]) -> Option<(&str, &[u8])> {
    let mut body = Reader::new(body, "SASLInitialResponse");
    let mechanism = std::str::from_utf8(body.cstr().ok()?).ok()?;
    let data = body.value().ok()??;
    body.end().ok()?;
    Some((mechanism, data))
}

fn failed(failed: Failed, caller: &Caller<'_>) -> TurnedAway {
    match failed {
        Failed::Proof => refused("wrong password or unknown user", failed_for(caller.user)),
        Failed::Malformed => malformed(),
        Failed::Mechanism => {
            let report = Report::fatal(
                sqlstate::PROTOCOL_VIOLATION,
                "client selected a SASL mechanism that does not fit the connection",
            );
            refused("unsuitable SASL mechanism", report)
        }
        Failed::Binding => {
            let report = Report::fatal(sqlstate::INVALID_AUTHORIZATION, "SCRAM channel binding check failed");
            refused("channel binding check failed", report)
        }
    }
}

async fn relay(leg: &mut Leg, users: Option<&Users>, caller: &Caller<'_>) -> Result<Proof, TurnedAway> {
    if !caller.confidential {
        // REFUSES: a password in cleartext on a network.
        let report = Report::fatal(sqlstate::INVALID_AUTHORIZATION, "this login needs TLS").hint(
            "[auth] mode is \"relay\", in which the client gives its password; use sslmode=require or higher",
        );
        return Err(refused("relay without TLS", report));
    }
    send(leg, &request(3, &[])).await?;
    let message = password_message(leg).await?;
    let text = message.body.strip_suffix(&[0]).filter(|text| !text.contains(&0));
    let text = text.and_then(|text| std::str::from_utf8(text).ok()).ok_or_else(malformed)?;
    let password = Secret::new(text.to_owned());
    if text.is_empty() {
        return Err(refused("empty password", failed_for(caller.user)));
    }
    let verified = match users {
        // ORDER: our verifier first; the server hears of the password only if it is right.
        Some(users) if !users.verifier(caller.user)?.admits(password.expose()) => {
            return Err(refused("wrong password or unknown user", failed_for(caller.user)));
        }
        Some(_) => true,
        None => false,
    };
    Ok(Proof::Password { password, verified })
}
