//! Packets before the session: no tag, a length that counts itself, then a code (manual, "Start-up"
//! and "Message Formats"). One connection sends any number of SSLRequest and GSSENCRequest before
//! its StartupMessage or CancelRequest; which of them may come when is for `server` to say.

use super::from_server::KEY_BYTES;
use super::read::{Malformed, Reader};

/// Longest packet before authentication, length included: PostgreSQL's own MAX_STARTUP_PACKET_LENGTH.
pub const MAX_STARTUP_BYTES: usize = 10_000;

/// Code of SSLRequest.
pub const SSL_REQUEST: u32 = 1234 << 16 | 5679;
/// Code of GSSENCRequest.
pub const GSSENC_REQUEST: u32 = 1234 << 16 | 5680;
/// Code of CancelRequest.
pub const CANCEL_REQUEST: u32 = 1234 << 16 | 5678;

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 3 for every server since 7.4.
    pub major: u16,
    /// 0, or 2 since PostgreSQL 18. 9999 asks what the server does with a version it cannot know.
    pub minor: u16,
}

impl Version {
    /// 3.0.
    pub const V3_0: Version = Version { major: 3, minor: 0 };
    /// 3.2: longer cancel keys.
    pub const V3_2: Version = Version { major: 3, minor: 2 };

    /// As StartupMessage carries it.
    pub fn code(self) -> u32 {
        u32::from(self.major) << 16 | u32::from(self.minor)
    }
}

/// The first packet of a connection, or the next one after a refused or finished negotiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First<'a> {
    /// Asks for TLS; answered with one byte, `S` or `N`.
    Ssl,
    /// Asks for GSSAPI encryption; answered with one byte, `G` or `N`.
    GssEnc,
    /// Cancels what another connection runs; never answered.
    Cancel {
        /// Process id as given in BackendKeyData.
        pid: i32,
        /// Secret as given there.
        secret: &'a [u8],
    },
    /// Opens a session.
    Startup(Startup<'a>),
}

/// StartupMessage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Startup<'a> {
    /// Asked for.
    pub version: Version,
    /// Names and values in order. Names that start with `_pq_.` are protocol options.
    pub parameters: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Startup<'a> {
    /// The last parameter of that name (PostgreSQL lets a later one win).
    pub fn parameter(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.parameters.iter().rev().find(|(n, _)| *n == name).map(|(_, value)| *value)
    }
}

/// Bytes of the packet at the front; `None` if fewer than four bytes are there. A length below 8 or
/// above [`MAX_STARTUP_BYTES`] is malformed.
pub fn packet_bytes(bytes: &[u8]) -> Result<Option<usize>, Malformed> {
    let Some((length, _)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if (8..=MAX_STARTUP_BYTES).contains(&length) {
        Ok(Some(length))
    } else {
        Err(Malformed("start-up packet length of a"))
    }
}

/// Reads one packet, length included, exactly as long as [`packet_bytes`] said.
pub fn first(packet: &[u8]) -> Result<First<'_>, Malformed> {
    let mut r = Reader::new(packet, "start-up");
    if r.u32()? as usize != packet.len() {
        return Err(r.malformed());
    }
    match r.u32()? {
        SSL_REQUEST => r.end().map(|()| First::Ssl),
        GSSENC_REQUEST => r.end().map(|()| First::GssEnc),
        CANCEL_REQUEST => {
            let pid = r.i32()?;
            let secret = r.rest();
            if KEY_BYTES.contains(&secret.len()) {
                Ok(First::Cancel { pid, secret })
            } else {
                Err(Malformed("CancelRequest"))
            }
        }
        code => {
            let version = Version { major: (code >> 16) as u16, minor: code as u16 };
            startup(r, version).map(First::Startup)
        }
    }
}

fn startup(mut r: Reader<'_>, version: Version) -> Result<Startup<'_>, Malformed> {
    let mut parameters = Vec::new();
    loop {
        let name = r.cstr()?;
        if name.is_empty() {
            r.end()?;
            return Ok(Startup { version, parameters });
        }
        parameters.push((name, r.cstr()?));
    }
}

fn packet(out: &mut Vec<u8>, code: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let at = super::write::begin(out);
    out.extend_from_slice(&code.to_be_bytes());
    body(out);
    super::write::finish(out, at, true);
}

/// SSLRequest.
pub fn write_ssl_request(out: &mut Vec<u8>) {
    packet(out, SSL_REQUEST, |_| ());
}

/// CancelRequest.
pub fn write_cancel_request(out: &mut Vec<u8>, pid: i32, secret: &[u8]) {
    packet(out, CANCEL_REQUEST, |out| {
        out.extend_from_slice(&pid.to_be_bytes());
        out.extend_from_slice(secret);
    });
}

/// StartupMessage. Names must not be empty; neither names nor values may hold a NUL.
pub fn write_startup<'a>(
    out: &mut Vec<u8>,
    version: Version,
    parameters: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
) {
    packet(out, version.code(), |out| {
        for (name, value) in parameters {
            for part in [name, value] {
                out.extend_from_slice(part);
                out.push(0);
            }
        }
        out.push(0);
    });
}

/// NegotiateProtocolVersion: the newest version spoken and the options not known. PostgreSQL writes
/// the whole version number (3 << 16 | minor), as libpq expects.
pub fn write_negotiate(out: &mut Vec<u8>, newest: Version, unknown: &[&[u8]]) {
    super::write::message(out, b'v', |out| {
        out.extend_from_slice(&newest.code().to_be_bytes());
        out.extend_from_slice(&(unknown.len() as u32).to_be_bytes());
        for name in unknown {
            out.extend_from_slice(name);
            out.push(0);
        }
    });
}
