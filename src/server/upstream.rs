//! A connection to the server, from the list of hosts to its first ReadyForQuery.
//!
//! Knows hosts, TLS negotiation and `target_session_attrs` (manual 34.1.1 and 34.1.2). The login
//! itself is [`super::auth::upstream`].

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use super::attributes::{self, Fitness};
use super::auth::exchange::{Broken, Message};
use super::auth::upstream::{Credentials, LoggedIn, Login, LoginError, login};
use super::clock::Clock;
use super::leg::Leg;
use super::line::Line;
use super::tls::{Dialer, EndPoint, TlsError, upstream::end_point};
use super::unreported::{self, Setting};
use crate::config::place::Place;
use crate::config::resolved::{self, Negotiation, TargetAttrs};
use crate::wire::frame::{Frame, server};
use crate::wire::from_server::{self, Fields};
use crate::wire::startup::{self, Version};

/// Bytes between AuthenticationOk and the first ReadyForQuery: parameters, a key, notices.
const MAX_GREETING_BYTES: usize = 1 << 20;

/// The server's hosts and how to reach them.
pub struct Upstream {
    hosts: Vec<Place>,
    dialer: Option<Dialer>,
    target: TargetAttrs,
    connect_timeout: Duration,
    pub(super) clock: Clock,
}

/// Where one connection went, so that its cancel requests go there too.
#[derive(Clone, Debug)]
pub struct Route {
    /// As the configuration names it.
    pub host: String,
    /// What it resolved to.
    pub end: End,
}

/// An address.
#[derive(Clone, Debug)]
pub enum End {
    /// TCP.
    Tcp(SocketAddr),
    /// Unix.
    Unix(PathBuf),
}

impl End {
    /// Never leaves this machine.
    pub fn is_local(&self) -> bool {
        match self {
            End::Tcp(address) => address.ip().to_canonical().is_loopback(),
            End::Unix(_) => true,
        }
    }
}

/// A server that is ready for the first query.
pub struct Established {
    /// The socket.
    pub leg: Leg,
    /// From after AuthenticationOk to the first ReadyForQuery, as it came.
    pub greeting: Vec<u8>,
    /// BackendKeyData.
    pub key: Option<(i32, Vec<u8>)>,
    /// Settings that the server does not report, if they were asked for.
    pub settings: Vec<Setting>,
    /// Where.
    pub route: Route,
    /// Of the login.
    pub logged_in: LoggedIn,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No host could be reached; the last reason.
    #[error("{host}: {reason}")]
    Unreachable {
        /// Which.
        host: String,
        /// Why.
        reason: String,
    },
    /// No host has the wanted `target_session_attrs`.
    #[error("no host is what target_session_attrs asks for")]
    NoFit,
    /// A host was reached and the login failed.
    #[error("{host}: {error}")]
    Login {
        /// Which.
        host: String,
        /// Why.
        error: LoginError,
    },
}

/// What the session is to be, and as whom.
pub struct Opening<'a> {
    /// Asked of the server.
    pub version: Version,
    /// The client's parameters, protocol options left out.
    pub parameters: &'a [(&'a [u8], &'a [u8])],
    /// Somebody wants to know the settings that the server does not report.
    pub asks_settings: bool,
    /// The role and its password.
    pub credentials: Credentials<'a>,
}

impl Upstream {
    /// Reads the certificates that it needs.
    pub fn load(upstream: &resolved::Upstream, clock: &Clock) -> Result<Upstream, TlsError> {
        Ok(Upstream {
            hosts: upstream.hosts.clone(),
            dialer: Dialer::load(upstream)?,
            target: upstream.target,
            connect_timeout: upstream.connect_timeout,
            clock: clock.clone(),
        })
    }

    /// The first host, in order, that can be reached and fits; a refused login ends the search.
    pub async fn connect(&self, opening: &Opening<'_>) -> Result<Established, ConnectError> {
        match self.target {
            TargetAttrs::PreferStandby => match self.search(opening, TargetAttrs::Standby).await {
                Err(ConnectError::NoFit | ConnectError::Unreachable { .. }) => {
                    self.search(opening, TargetAttrs::Any).await
                }
                found => found,
            },
            TargetAttrs::Any
            | TargetAttrs::ReadWrite
            | TargetAttrs::ReadOnly
            | TargetAttrs::Primary
            | TargetAttrs::Standby => self.search(opening, self.target).await,
        }
    }

    /// Whether any host takes a connection, TLS included. Nothing is said on it.
    pub async fn reach(&self) -> io::Result<()> {
        let mut last = io::Error::other("no host");
        for place in &self.hosts {
            for end in ends(place).await.unwrap_or_default() {
                match self.open(&Route { host: host_of(place), end }).await {
                    Ok(_) => return Ok(()),
                    Err(error) => last = error,
                }
            }
        }
        Err(last)
    }

    async fn search(&self, opening: &Opening<'_>, target: TargetAttrs) -> Result<Established, ConnectError> {
        let mut last = ConnectError::NoFit;
        for place in &self.hosts {
            let ends = match ends(place).await {
                Ok(ends) => ends,
                Err(error) => {
                    last = unreachable(place, error);
                    continue;
                }
            };
            for end in ends {
                let route = Route { host: host_of(place), end };
                let attempt =
                    self.clock.timeout(self.connect_timeout, self.establish(opening, route, target));
                match attempt.await {
                    Ok(Ok(Some(established))) => return Ok(established),
                    Ok(Ok(None)) => last = ConnectError::NoFit,
                    Ok(Err(error)) if error.tries_next_host() => {
                        last =
                            ConnectError::Unreachable { host: place.to_string(), reason: error.to_string() };
                    }
                    Ok(Err(error)) => return Err(ConnectError::Login { host: place.to_string(), error }),
                    Err(_) => last = unreachable(place, "no answer in time"),
                }
            }
        }
        Err(last)
    }

    /// `None`: it is not what `target` asks for.
    async fn establish(
        &self,
        opening: &Opening<'_>,
        route: Route,
        target: TargetAttrs,
    ) -> Result<Option<Established>, LoginError> {
        let (mut leg, end_point) = self.open(&route).await?;
        let mut packet = Vec::new();
        startup::write_startup(&mut packet, opening.version, opening.parameters.iter().copied());
        leg.write_all(&packet).await?;
        leg.flush().await?;
        let credentials = &opening.credentials;
        let local = route.end.is_local();
        let login_as = Login {
            user: credentials.user,
            password: &credentials.password,
            leniency: credentials.leniency(local),
            end_point: end_point.as_ref(),
        };
        let logged_in = login(&mut leg, &login_as).await?;
        let greeting = Greeting::read(&mut leg).await?;
        match attributes::fits(&mut leg, &greeting, target).await? {
            Fitness::Fits => {
                let Greeting { bytes, key, .. } = greeting;
                let asks = opening.asks_settings && unreported::can_be_asked(opening.parameters);
                let settings = if asks { unreported::ask(&mut leg).await? } else { Vec::new() };
                Ok(Some(Established { leg, greeting: bytes, key, settings, route, logged_in }))
            }
            Fitness::Other => Ok(None),
        }
    }

    /// The socket, with TLS if it is to have it, before any packet of the session. Also for cancel
    /// requests.
    pub async fn open(&self, route: &Route) -> io::Result<(Leg, Option<EndPoint>)> {
        let address = match &route.end {
            End::Unix(path) => return Ok((Leg::Plain(Line::Unix(UnixStream::connect(path).await?)), None)),
            End::Tcp(address) => address,
        };
        let mut socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        super::listen::keep_alive(&socket)?;
        let Some(dialer) = &self.dialer else {
            if !route.end.is_local() {
                // REFUSES: `localhost` that resolves to somewhere else.
                return Err(io::Error::other("sslmode \"disable\" and the host is not on this machine"));
            }
            return Ok((Leg::Plain(Line::Tcp(socket)), None));
        };
        if dialer.negotiation == Negotiation::Postgres {
            let mut request = Vec::new();
            startup::write_ssl_request(&mut request);
            socket.write_all(&request).await?;
            // ORDER: exactly one byte is read; whatever follows it belongs to the handshake.
            let mut answer = [0];
            socket.read_exact(&mut answer).await?;
            if answer != *b"S" {
                // REFUSES: a server (or somebody before it) that says it has no TLS.
                return Err(io::Error::other("the server does not support TLS"));
            }
        }
        let stream = dialer.connect(&route.host, socket).await?;
        let seen = end_point(&stream);
        Ok((Leg::ToServer(Box::new(stream)), seen))
    }
}

/// What the server says between AuthenticationOk and the first ReadyForQuery.
pub struct Greeting {
    /// As it came.
    pub bytes: Vec<u8>,
    /// ParameterStatus.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
    /// BackendKeyData.
    pub key: Option<(i32, Vec<u8>)>,
}

impl Greeting {
    async fn read(leg: &mut Leg) -> Result<Greeting, LoginError> {
        let mut greeting = Greeting { bytes: Vec::new(), parameters: Vec::new(), key: None };
        loop {
            let message = Message::read(leg, MAX_GREETING_BYTES).await?;
            message.append_to(&mut greeting.bytes);
            let malformed = |_| Broken::Malformed;
            match message.tag {
                server::PARAMETER_STATUS => {
                    let (name, value) = from_server::parameter_status(&message.body).map_err(malformed)?;
                    greeting.parameters.push((name.to_vec(), value.to_vec()));
                }
                server::BACKEND_KEY_DATA => {
                    let (pid, secret) = from_server::backend_key_data(&message.body).map_err(malformed)?;
                    greeting.key = Some((pid, secret.to_vec()));
                }
                server::NOTICE_RESPONSE => {}
                server::READY_FOR_QUERY => return Ok(greeting),
                server::ERROR_RESPONSE => {
                    let mut report = Vec::new();
                    message.append_to(&mut report);
                    return Err(LoginError::Refused(report));
                }
                // REFUSES: whatever nobody asked for.
                _ => return Err(Broken::Malformed.into()),
            }
            if greeting.bytes.len() > MAX_GREETING_BYTES {
                return Err(Broken::Malformed.into());
            }
        }
    }

    /// The value of a ParameterStatus.
    pub fn parameter(&self, name: &str) -> Option<&[u8]> {
        self.parameters.iter().rev().find(|(n, _)| n == name.as_bytes()).map(|(_, value)| value.as_slice())
    }
}

impl LoginError {
    /// As in libpq, a host that cannot be reached or is not ready (57P03) gives way to the next.
    fn tries_next_host(&self) -> bool {
        match self {
            LoginError::Broken(Broken::Lost(_)) => true,
            LoginError::Refused(report) => refusal_sqlstate(report).as_deref() == Some("57P03"),
            LoginError::Broken(Broken::Malformed)
            | LoginError::Lie(_)
            | LoginError::Unacceptable(_)
            | LoginError::NoRandomness(_) => false,
        }
    }
}

/// SQLSTATE of an ErrorResponse.
pub fn refusal_sqlstate(report: &[u8]) -> Option<String> {
    let frame = Frame::cut(report).ok().flatten()?;
    let fields = Fields::read(frame.body()).ok()?;
    std::str::from_utf8(fields.sqlstate()).ok().map(str::to_owned)
}

fn unreachable(place: &Place, reason: impl ToString) -> ConnectError {
    ConnectError::Unreachable { host: place.to_string(), reason: reason.to_string() }
}

fn host_of(place: &Place) -> String {
    match place {
        Place::Tcp { host, .. } => host.clone(),
        Place::Unix(_) => "localhost".to_owned(),
    }
}

async fn ends(place: &Place) -> io::Result<Vec<End>> {
    match place {
        Place::Unix(path) => Ok(vec![End::Unix(path.clone())]),
        Place::Tcp { host, port } => {
            let found = tokio::net::lookup_host((host.as_str(), *port)).await?;
            Ok(found.map(End::Tcp).collect())
        }
    }
}
