//! Our login on the server, which may lie: it must prove that it knows the password's verifier
//! before anything of the client reaches it.

use std::sync::Arc;

use md5::{Digest, Md5};

use super::exchange::{Broken, MAX_SERVER_BYTES, Message, send};
use super::scram::{self, salted_password};
use super::scram_client::{Exchange, Lie, NONCE_BYTES, Pin};
use super::secrets::{Salted, UpstreamSecret};
use super::{NoRandomness, random};
use crate::secret::Secret;
use crate::server::leg::Leg;
use crate::server::tls::EndPoint;
use crate::wire::frame::{client, server};
use crate::wire::read::Reader;
use crate::wire::write;

/// With what we log in.
pub enum Password<'a> {
    /// The user's secret for the server's side, which no client knows.
    Separate(&'a UpstreamSecret),
    /// The client's own password (`relay`).
    Clients {
        /// The password.
        password: &'a Secret<String>,
        /// What the server asked with at the last login of this user.
        pinned: Option<Pin>,
    },
}

/// What the server may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leniency {
    /// md5 and cleartext are answered.
    pub weak_password: bool,
    /// The server may let us in without asking.
    pub trust: bool,
}

/// As whom, and how careful.
pub struct Credentials<'a> {
    /// The role.
    pub user: &'a str,
    /// Its password.
    pub password: Password<'a>,
    /// `allow_weak_upstream_auth`.
    pub allow_weak: bool,
    /// We ourselves have not verified the client, so the server must: only a mutual login will do.
    pub must_be_mutual: bool,
}

impl Credentials<'_> {
    /// On loopback nobody listens between us and the server, so weak methods do.
    pub fn leniency(&self, local: bool) -> Leniency {
        Leniency {
            weak_password: self.allow_weak || local,
            trust: self.allow_weak || (local && !self.must_be_mutual),
        }
    }
}

/// One login.
pub struct Login<'a> {
    /// The role.
    pub user: &'a str,
    /// Its password.
    pub password: &'a Password<'a>,
    /// What is admitted beside SCRAM.
    pub leniency: Leniency,
    /// Hash of the server's certificate, over TLS.
    pub end_point: Option<&'a EndPoint>,
}

/// Why it failed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The connection.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The server is not what it should be.
    #[error(transparent)]
    Lie(#[from] Lie),
    /// The server wants or does what the configuration does not admit.
    #[error("{0}")]
    Unacceptable(&'static str),
    /// An ErrorResponse of the server, as it came.
    #[error("the server refused the login")]
    Refused(Vec<u8>),
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl From<std::io::Error> for LoginError {
    fn from(error: std::io::Error) -> LoginError {
        LoginError::Broken(Broken::Lost(error))
    }
}

/// What a login brought.
#[derive(Debug, Default)]
pub struct LoggedIn {
    /// Salt and iterations that the server asked with, proven to be genuine.
    pub pin: Option<Pin>,
}

/// AuthenticationRequest codes (manual, "Message Formats").
mod code {
    pub const OK: u32 = 0;
    pub const CLEARTEXT: u32 = 3;
    pub const MD5: u32 = 5;
    pub const SASL: u32 = 10;
    pub const SASL_CONTINUE: u32 = 11;
    pub const SASL_FINAL: u32 = 12;
}

/// Logs in, up to and including AuthenticationOk.
pub async fn login(leg: &mut Leg, login: &Login<'_>) -> Result<LoggedIn, LoginError> {
    let (request, rest) = authentication(leg).await?;
    match request {
        code::OK if login.leniency.trust => Ok(LoggedIn::default()),
        // REFUSES: a server that lets us in without a proof that it knows the user.
        code::OK => Err(LoginError::Unacceptable(
            "the server asked for no password (trust); allow_weak_upstream_auth would admit it",
        )),
        code::SASL => scram(leg, login, &rest).await,
        code::CLEARTEXT => {
            let password = weak_password(login)?;
            answer(leg, password.expose().as_bytes()).await?;
            finished(leg).await
        }
        code::MD5 => {
            let password = weak_password(login)?;
            let salt: [u8; 4] = rest.as_slice().try_into().map_err(|_| Broken::Malformed)?;
            answer(leg, md5_answer(password.expose(), login.user, salt).as_bytes()).await?;
            finished(leg).await
        }
        // REFUSES: what we do not speak (GSSAPI, SSPI, Kerberos).
        _ => Err(LoginError::Unacceptable(
            "the server wants an authentication method that pgveil does not know",
        )),
    }
}

/// REFUSES: a method that shows the server the password, or something as good as it, unless it is
/// admitted; and never a password that clients use.
fn weak_password<'a>(login: &Login<'a>) -> Result<&'a Secret<String>, LoginError> {
    match login.password {
        Password::Separate(secret) if login.leniency.weak_password => Ok(&secret.password),
        Password::Separate(_) => Err(LoginError::Unacceptable(
            "the server wants the password in cleartext or as md5; use scram-sha-256 there \
             (allow_weak_upstream_auth would admit it)",
        )),
        Password::Clients { .. } => Err(LoginError::Unacceptable(
            "the server wants the client's password in cleartext or as md5; use scram-sha-256 there",
        )),
    }
}

async fn scram(leg: &mut Leg, login: &Login<'_>, offered: &[u8]) -> Result<LoggedIn, LoginError> {
    let offers = |name: &str| offered.split(|b| *b == 0).any(|offer| offer == name.as_bytes());
    let plus = login.end_point.is_some() && offers(scram::PLUS);
    let mechanism = match plus {
        true => scram::PLUS,
        false if offers(scram::PLAIN) => scram::PLAIN,
        false => return Err(LoginError::Unacceptable("the server offers no SCRAM-SHA-256")),
    };
    let (exchange, first) = Exchange::begin(login.end_point, plus, random::<NONCE_BYTES>()?);
    let mut out = Vec::new();
    write::message(&mut out, client::PASSWORD, |out| {
        out.extend_from_slice(mechanism.as_bytes());
        out.push(0);
        write::value(out, |out| out.extend_from_slice(first.as_bytes()));
    });
    send(leg, &out).await?;
    let challenge = expect(leg, code::SASL_CONTINUE).await?;
    let asked = exchange.asked(&challenge, pinned(login.password).as_ref())?;
    let pin = asked.pin.clone();
    let (proven, last) = asked.prove(&salted(login.password, &pin).0);
    out.clear();
    write::message(&mut out, client::PASSWORD, |out| out.extend_from_slice(last.as_bytes()));
    send(leg, &out).await?;
    // ORDER: the signature is checked before AuthenticationOk is believed.
    proven.finish(&expect(leg, code::SASL_FINAL).await?)?;
    finished(leg).await?;
    if let Password::Separate(secret) = login.password {
        secret.pin(&pin);
    }
    Ok(LoggedIn { pin: Some(pin) })
}

fn pinned(password: &Password<'_>) -> Option<Pin> {
    match password {
        Password::Separate(secret) => secret.pinned(),
        Password::Clients { pinned, .. } => pinned.clone(),
    }
}

fn salted(password: &Password<'_>, pin: &Pin) -> Arc<Salted> {
    match password {
        Password::Separate(secret) => secret.salted(pin),
        Password::Clients { password, .. } => {
            Arc::new(Salted(salted_password(password.expose(), &pin.salt, pin.iterations)))
        }
    }
}

/// `md5` || md5(md5(password || user) || salt), in hexadecimal (manual, "Message Flow").
fn md5_answer(password: &str, user: &str, salt: [u8; 4]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let inner = hex(&Md5::new().chain_update(password).chain_update(user).finalize());
    format!("md5{}", hex(&Md5::new().chain_update(inner).chain_update(salt).finalize()))
}

async fn answer(leg: &mut Leg, password: &[u8]) -> Result<(), LoginError> {
    let mut out = Secret::new(Vec::with_capacity(password.len() + 6));
    write::message(out.expose_mut(), client::PASSWORD, |out| {
        out.extend_from_slice(password);
        out.push(0);
    });
    Ok(send(leg, out.expose()).await?)
}

async fn finished(leg: &mut Leg) -> Result<LoggedIn, LoginError> {
    expect(leg, code::OK).await?;
    Ok(LoggedIn::default())
}

async fn expect(leg: &mut Leg, expected: u32) -> Result<Vec<u8>, LoginError> {
    match authentication(leg).await? {
        (found, rest) if found == expected => Ok(rest),
        _ => Err(LoginError::Unacceptable("the server sent an authentication message out of turn")),
    }
}

/// The next AuthenticationRequest: its code and what follows.
async fn authentication(leg: &mut Leg) -> Result<(u32, Vec<u8>), LoginError> {
    loop {
        let message = Message::read(leg, MAX_SERVER_BYTES).await?;
        match message.tag {
            server::AUTHENTICATION => {
                let mut body = Reader::new(&message.body, "AuthenticationRequest");
                let code = body.u32().map_err(|_| Broken::Malformed)?;
                return Ok((code, body.rest().to_vec()));
            }
            server::ERROR_RESPONSE => {
                let mut report = Vec::new();
                message.append_to(&mut report);
                return Err(LoginError::Refused(report));
            }
            // It may speak an older version than we asked for, and may warn.
            server::NEGOTIATE_PROTOCOL_VERSION | server::NOTICE_RESPONSE => {}
            _ => return Err(Broken::Malformed.into()),
        }
    }
}
