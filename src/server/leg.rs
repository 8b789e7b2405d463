//! One socket of a connection, with or without TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::tls::{ClientStream, ServerStream};

/// Towards the client or towards the server.
pub enum Leg {
    /// Plaintext over TCP.
    Tcp(TcpStream),
    /// A Unix socket.
    Unix(UnixStream),
    /// TLS that a client opened.
    FromClient(Box<ClientStream>),
    /// TLS that we opened.
    ToServer(Box<ServerStream>),
}

impl Leg {
    /// What is written is buffered inside and needs a flush.
    pub fn needs_flush(&self) -> bool {
        match self {
            Leg::Tcp(_) | Leg::Unix(_) => false,
            Leg::FromClient(_) | Leg::ToServer(_) => true,
        }
    }
}

/// Hands a call to the stream inside.
macro_rules! inside {
    ($leg:expr, $stream:ident => $call:expr) => {
        match $leg.get_mut() {
            Leg::Tcp($stream) => $call,
            Leg::Unix($stream) => $call,
            Leg::FromClient($stream) => $call,
            Leg::ToServer($stream) => $call,
        }
    };
}

impl AsyncRead for Leg {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        inside!(self, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Leg {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        inside!(self, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        inside!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        inside!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
