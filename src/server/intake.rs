//! The first packets of a connection: TLS negotiation, then a start-up packet or a cancel request
//! (manual, "Start-up", "SSL Session Encryption").
//!
//! Reads exactly as many bytes as a packet has, so that nothing that came before a handshake is ever
//! taken for something said inside it (CVE-2021-23214).

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::leg::Leg;
use super::line::Line;
use super::tls::{Acceptor, clients};
use crate::wire::report::Report;
use crate::wire::sqlstate;
use crate::wire::startup::{self, First, Version};

/// The first byte of a TLS handshake record; no start-up packet begins with it, as that would be
/// longer than any limit.
const TLS_HANDSHAKE: u8 = 0x16;
/// Protocol options that a client may ask for begin with this.
const OPTION_PREFIX: &[u8] = b"_pq_.";

/// What came.
pub enum Arrival {
    /// A session is asked for.
    Session(Box<Visitor>),
    /// A cancel request.
    Cancel {
        /// Where it came from. ORDER: closed only when the request has been carried out.
        leg: Leg,
        /// Process id.
        pid: i32,
        /// Secret.
        secret: Vec<u8>,
    },
    /// It went away, or is no client of ours; nothing is to be said.
    Gone(&'static str),
    /// It is to hear why not.
    Rejected(Leg, Report),
}

/// A client that wants a session.
pub struct Visitor {
    /// The socket, with TLS if it has been negotiated.
    pub leg: Leg,
    /// Spoken from now on: not above 3.2.
    pub version: Version,
    /// What must be answered with NegotiateProtocolVersion, if anything.
    pub negotiate: Option<Vec<u8>>,
    /// In order, without protocol options.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
    /// Common name of its certificate, verified.
    pub certificate: Option<String>,
}

impl Visitor {
    /// The last value of a parameter, as in PostgreSQL.
    pub fn parameter(&self, name: &[u8]) -> Option<&[u8]> {
        self.parameters.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.as_slice())
    }

    /// Whether it came over TLS.
    pub fn has_tls(&self) -> bool {
        matches!(self.leg, Leg::FromClient(_))
    }
}

/// A socket that was just accepted.
pub enum Socket {
    /// With the client's address.
    Tcp(TcpStream, SocketAddr),
    /// Unix.
    Unix(tokio::net::UnixStream),
}

/// Reads until it is clear what the client wants. `largest` is the limit of a packet in bytes.
pub async fn receive(socket: Socket, acceptor: Option<&Acceptor>, largest: usize) -> Arrival {
    match arrive(socket, acceptor, largest).await {
        Ok(arrival) => arrival,
        Err(_) => Arrival::Gone("the connection was lost"),
    }
}

async fn arrive(socket: Socket, acceptor: Option<&Acceptor>, largest: usize) -> std::io::Result<Arrival> {
    let mut leg = match socket {
        Socket::Unix(stream) => Leg::Plain(Line::Unix(stream)),
        Socket::Tcp(stream, _) => match direct_tls(stream, acceptor).await? {
            Some(leg) => leg,
            None => return Ok(Arrival::Gone("TLS without ALPN \"postgresql\"")),
        },
    };
    let (mut asked_tls, mut asked_gss) = (matches!(leg, Leg::FromClient(_)), false);
    loop {
        let Some(packet) = packet(&mut leg, largest).await? else {
            return Ok(Arrival::Rejected(leg, malformed()));
        };
        match startup::first(&packet) {
            Ok(First::Ssl) if !asked_tls => {
                asked_tls = true;
                leg = match (leg, acceptor) {
                    (Leg::Plain(Line::Tcp(mut stream)), Some(acceptor)) => {
                        stream.write_all(b"S").await?;
                        Leg::FromClient(Box::new(acceptor.accept(stream).await?))
                    }
                    (mut leg, _) => {
                        leg.write_all(b"N").await?;
                        leg
                    }
                };
            }
            Ok(First::GssEnc) if !asked_gss => {
                asked_gss = true;
                leg.write_all(b"N").await?;
                leg.flush().await?;
            }
            Ok(First::Cancel { pid, secret }) => {
                return Ok(Arrival::Cancel { leg, pid, secret: secret.to_vec() });
            }
            Ok(First::Startup(startup)) => return Ok(visitor(leg, &startup)),
            // REFUSES: asking twice.
            Ok(First::Ssl | First::GssEnc) | Err(_) => return Ok(Arrival::Rejected(leg, malformed())),
        }
    }
}

/// A handshake at once, or the socket as it is; `None` if the handshake did not negotiate our ALPN.
async fn direct_tls(stream: TcpStream, acceptor: Option<&Acceptor>) -> std::io::Result<Option<Leg>> {
    let mut first = [0];
    // Peeked, not read: the handshake needs it.
    if stream.peek(&mut first).await? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    match acceptor {
        Some(acceptor) if first == [TLS_HANDSHAKE] => {
            let stream = acceptor.accept(stream).await?;
            // REFUSES: another protocol's TLS that was led here (manual 55.2.11).
            let ours = clients::spoke_postgresql(&stream);
            Ok(ours.then(|| Leg::FromClient(Box::new(stream))))
        }
        Some(_) | None => Ok(Some(Leg::Plain(Line::Tcp(stream)))),
    }
}

/// One packet, length included; `None` if its length is out of bounds.
async fn packet(leg: &mut Leg, largest: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut packet = vec![0; 4];
    leg.read_exact(&mut packet).await?;
    let Ok(Some(length)) = startup::packet_bytes(&packet) else {
        return Ok(None);
    };
    if length > largest {
        return Ok(None);
    }
    packet.resize(length, 0);
    if let Some(rest) = packet.get_mut(4..) {
        leg.read_exact(rest).await?;
    }
    Ok(Some(packet))
}

fn malformed() -> Report {
    Report::fatal(sqlstate::PROTOCOL_VIOLATION, "invalid length or layout of startup packet")
}

fn visitor(leg: Leg, startup: &startup::Startup<'_>) -> Arrival {
    let Version { major, minor } = startup.version;
    if major != 3 {
        let message = format!("unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.2");
        return Arrival::Rejected(leg, Report::fatal(sqlstate::FEATURE_NOT_SUPPORTED, message));
    }
    let is_option = |name: &[u8]| name.starts_with(OPTION_PREFIX);
    let unknown: Vec<&[u8]> =
        startup.parameters.iter().map(|(name, _)| *name).filter(|name| is_option(name)).collect();
    let version = startup.version.min(Version::V3_2);
    let negotiate = (version != startup.version || !unknown.is_empty()).then(|| {
        let mut out = Vec::new();
        startup::write_negotiate(&mut out, version, &unknown);
        out
    });
    let kept = startup.parameters.iter().filter(|(name, _)| !is_option(name));
    let parameters = kept.map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
    let certificate = match &leg {
        Leg::FromClient(stream) => clients::client_name(stream),
        Leg::Plain(_) | Leg::ToServer(_) => None,
    };
    Arrival::Session(Box::new(Visitor { leg, version, negotiate, parameters, certificate }))
}
