//! Messages of a login, one at a time, read exactly: what follows stays in the socket for the
//! session.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroize;

use crate::server::leg::Leg;
use crate::wire::frame::{self, HEAD_BYTES};

/// Longest message of a client's login, in bytes; PostgreSQL's PG_MAX_AUTH_TOKEN_LENGTH.
pub const MAX_CLIENT_BYTES: usize = 65_535;
/// Longest message of a server's login, in bytes.
pub const MAX_SERVER_BYTES: usize = 65_535;

/// Why a message cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The socket.
    #[error("connection lost during the login: {0}")]
    Lost(#[from] io::Error),
    /// Not a message, or too long.
    #[error("malformed message during the login")]
    Malformed,
}

/// A message of a login. It may hold a password: wiped when dropped.
pub struct Message {
    /// Its type.
    pub tag: u8,
    /// After the length.
    pub body: Vec<u8>,
}

impl Drop for Message {
    fn drop(&mut self) {
        self.body.zeroize();
    }
}

impl Message {
    /// Reads one of at most `max` bytes.
    pub async fn read(leg: &mut Leg, max: usize) -> Result<Message, Broken> {
        let mut head = [0; HEAD_BYTES];
        leg.read_exact(&mut head).await?;
        let head = frame::head(&head).ok().flatten().ok_or(Broken::Malformed)?;
        if head.total > max {
            return Err(Broken::Malformed);
        }
        let mut body = vec![0; head.total - HEAD_BYTES];
        leg.read_exact(&mut body).await?;
        Ok(Message { tag: head.tag, body })
    }

    /// Appends the message as it came.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        crate::wire::write::message(out, self.tag, |out| out.extend_from_slice(&self.body));
    }
}

/// Writes and flushes.
pub async fn send(leg: &mut Leg, bytes: &[u8]) -> io::Result<()> {
    leg.write_all(bytes).await?;
    leg.flush().await
}
