//! The socket under a connection: attended by tokio until the client is in, by a poll of ours from
//! then on.
//!
//! Knows when reading or writing would find nothing to do, so that neither is asked of the kernel.
//! Does not know TLS: that stands above ([`super::leg`]).

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll};

use mio::event::{Event, Source};
use mio::{Interest, Registry, Token};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// One socket.
pub enum Line {
    /// TCP, in tokio's care.
    Tcp(TcpStream),
    /// A Unix socket, in tokio's care.
    Unix(UnixStream),
    /// In the care of a poll. What is pending wakes no task: the poll says when to ask again.
    Polled(Polled),
    /// On its way from the one to the other.
    Between,
}

/// A socket and what its poll has said of it.
pub struct Polled {
    socket: Socket,
    /// Reading may find something.
    readable: bool,
    /// Writing may find room.
    writable: bool,
    /// The peer has closed its sending side: the end is read without another event.
    ended: bool,
}

enum Socket {
    Tcp(mio::net::TcpStream),
    Unix(mio::net::UnixStream),
}

/// Makes a call to the socket inside.
macro_rules! inside {
    ($socket:expr, $stream:ident => $call:expr) => {
        match $socket {
            Socket::Tcp($stream) => $call,
            Socket::Unix($stream) => $call,
        }
    };
}

impl Line {
    /// Leaves tokio, to be registered with a poll. An error leaves it unusable.
    pub fn leave(&mut self) -> io::Result<()> {
        let socket = match std::mem::replace(self, Line::Between) {
            Line::Tcp(stream) => Socket::Tcp(mio::net::TcpStream::from_std(stream.into_std()?)),
            Line::Unix(stream) => Socket::Unix(mio::net::UnixStream::from_std(stream.into_std()?)),
            Line::Polled(polled) => polled.socket,
            Line::Between => return Err(gone()),
        };
        *self = Line::Polled(Polled { socket, readable: true, writable: true, ended: false });
        Ok(())
    }

    /// Joins a poll, which reports edges under `token`.
    pub fn join(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let Line::Polled(polled) = self else { return Err(gone()) };
        inside!(&mut polled.socket, stream => {
            stream.register(registry, token, Interest::READABLE | Interest::WRITABLE)
        })
    }

    /// Hears what its poll says.
    #[inline]
    pub fn hear(&mut self, event: &Event) {
        if let Line::Polled(polled) = self {
            polled.readable |= event.is_readable();
            polled.writable |= event.is_writable();
            if event.is_read_closed() || event.is_error() {
                (polled.readable, polled.ended) = (true, true);
            }
        }
    }

    /// Reading or writing may do something.
    #[inline]
    pub fn may_read(&self) -> bool {
        match self {
            Line::Polled(polled) => polled.readable,
            Line::Tcp(_) | Line::Unix(_) | Line::Between => true,
        }
    }
}

fn gone() -> io::Error {
    io::ErrorKind::NotConnected.into()
}

impl Polled {
    /// A read that leaves room in the buffer has emptied the socket (epoll(7), "edge-triggered"), but
    /// for its end.
    #[inline]
    fn poll_read(&mut self, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.readable {
            let room = buf.initialize_unfilled();
            let size = room.len();
            match inside!(&mut self.socket, stream => stream.read(room)) {
                Ok(n) => {
                    self.readable = n == size || self.ended;
                    buf.advance(n);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Pending
    }

    /// A write that did not take all has filled the socket.
    #[inline]
    fn poll_write(&mut self, bytes: &[u8]) -> Poll<io::Result<usize>> {
        while self.writable {
            match inside!(&mut self.socket, stream => stream.write(bytes)) {
                Ok(n) => {
                    self.writable = n == bytes.len();
                    return Poll::Ready(Ok(n));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Pending
    }

    fn shut_down(&self) -> io::Result<()> {
        inside!(&self.socket, stream => stream.shutdown(Shutdown::Write))
    }
}

impl AsyncRead for Line {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Polled(polled) => polled.poll_read(buf),
            Line::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Line::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
            Line::Between => Poll::Ready(Err(gone())),
        }
    }
}

impl AsyncWrite for Line {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Line::Polled(polled) => polled.poll_write(bytes),
            Line::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Line::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Line::Between => Poll::Ready(Err(gone())),
        }
    }

    /// A socket keeps nothing back.
    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Line::Polled(polled) => Poll::Ready(polled.shut_down()),
            Line::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Line::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
            Line::Between => Poll::Ready(Err(gone())),
        }
    }
}
