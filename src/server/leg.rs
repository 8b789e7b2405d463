//! One side of a connection: a socket, with or without TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use mio::event::Event;
use mio::{Registry, Token};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::line::Line;
use super::tls::{ClientStream, ServerStream};

/// Towards the client or towards the server.
pub enum Leg {
    /// Plaintext, over TCP or a Unix socket.
    Plain(Line),
    /// TLS that a client opened.
    FromClient(Box<ClientStream>),
    /// TLS that we opened.
    ToServer(Box<ServerStream>),
}

impl Leg {
    /// What is written is buffered inside and needs a flush.
    #[inline]
    pub fn needs_flush(&self) -> bool {
        match self {
            Leg::Plain(_) => false,
            Leg::FromClient(_) | Leg::ToServer(_) => true,
        }
    }

    /// Reading may find something.
    #[inline]
    pub fn may_read(&self) -> bool {
        match self {
            Leg::Plain(line) => line.may_read(),
            // What was decrypted and not yet taken is known inside only.
            Leg::FromClient(_) | Leg::ToServer(_) => true,
        }
    }

    /// As [`Line::leave`].
    pub fn leave(&mut self) -> io::Result<()> {
        self.line().leave()
    }

    /// As [`Line::join`].
    pub fn join(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        self.line().join(registry, token)
    }

    /// As [`Line::hear`].
    #[inline]
    pub fn hear(&mut self, event: &Event) {
        self.line().hear(event);
    }

    #[inline]
    fn line(&mut self) -> &mut Line {
        match self {
            Leg::Plain(line) => line,
            Leg::FromClient(stream) => stream.get_mut().0,
            Leg::ToServer(stream) => stream.get_mut().0,
        }
    }
}

/// Hands a call to the stream inside.
macro_rules! inside {
    ($leg:expr, $stream:ident => $call:expr) => {
        match $leg.get_mut() {
            Leg::Plain($stream) => $call,
            Leg::FromClient($stream) => $call,
            Leg::ToServer($stream) => $call,
        }
    };
}

impl AsyncRead for Leg {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        inside!(self, stream => Pin::new(stream).poll_read(cx, buf))
    }
}

impl AsyncWrite for Leg {
    #[inline]
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
