//! Listening sockets, and the hand-over of what they accept to the threads that move bytes.
//!
//! One thread accepts and gives each connection to the thread that has the fewest: a kernel that
//! spreads by hash (SO_REUSEPORT) leaves one of two cores idle when there are few clients.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream, UnixListener};

use crate::config::place::Place;

/// Connections that wait to be accepted; a burst of clients is not a fault.
const BACKLOG: i32 = 1024;
/// A peer that vanished without a word is asked after this, and then [`PROBES`] times.
const KEEPALIVE: Duration = Duration::from_secs(60);
/// Between two questions that nobody answers: the kernel's own 75 s make it eleven minutes in all.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);
/// Questions without an answer after which a connection is given up.
const PROBES: u32 = 6;

/// A socket that is bound and not yet served.
pub enum Bound {
    /// With the address that it really has.
    Tcp(std::net::TcpListener, SocketAddr),
    /// The socket's file is removed in the end.
    Unix(std::os::unix::net::UnixListener, SocketFile),
}

/// Removes the file of a Unix socket when dropped.
pub struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A socket that accepts.
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// Unix.
    Unix {
        /// The socket.
        listener: UnixListener,
        /// Removed with the socket.
        _file: SocketFile,
    },
}

/// What was accepted, not yet in anybody's event loop.
pub enum Accepted {
    /// With the client's address.
    Tcp(std::net::TcpStream, SocketAddr),
    /// Unix.
    Unix(std::os::unix::net::UnixStream),
}

/// Binds every address that a place stands for. `private`: a Unix socket must be in a directory that
/// only we can enter.
pub fn bind(place: &Place, private: bool) -> io::Result<Vec<Bound>> {
    match place {
        Place::Unix(path) => Ok(vec![bind_unix(path, private)?]),
        Place::Tcp { host, port } => {
            let addresses = std::net::ToSocketAddrs::to_socket_addrs(&(host.as_str(), *port))?;
            let bound: Vec<_> = addresses.map(bind_tcp).collect::<Result<_, _>>()?;
            if bound.is_empty() { Err(io::Error::other("the name has no address")) } else { Ok(bound) }
        }
    }
}

fn bind_tcp(address: SocketAddr) -> io::Result<Bound> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    let listener = std::net::TcpListener::from(socket);
    let address = listener.local_addr()?;
    Ok(Bound::Tcp(listener, address))
}

fn bind_unix(path: &Path, private: bool) -> io::Result<Bound> {
    if private {
        let directory = path.parent().unwrap_or(Path::new("/"));
        if std::fs::metadata(directory)?.mode() & 0o077 != 0 {
            // REFUSES: whoever can reach this socket is only checked by the server.
            return Err(io::Error::other(format!(
                "without a users file the socket's directory must be private (chmod 700 {})",
                directory.display()
            )));
        }
    }
    if std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket()) {
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        std::fs::remove_file(path)?;
    }
    let listener = std::os::unix::net::UnixListener::bind(path)?;
    let file = SocketFile(path.to_owned());
    // As PostgreSQL's: who may connect is decided by the login.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777))?;
    listener.set_nonblocking(true)?;
    Ok(Bound::Unix(listener, file))
}

impl Listener {
    /// Joins the event loop of the thread that calls.
    pub fn new(bound: Bound) -> io::Result<Listener> {
        match bound {
            Bound::Tcp(listener, _) => Ok(Listener::Tcp(TcpListener::from_std(listener)?)),
            Bound::Unix(listener, file) => {
                Ok(Listener::Unix { listener: UnixListener::from_std(listener)?, _file: file })
            }
        }
    }

    /// The next connection.
    pub async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Listener::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                stream.set_nodelay(true)?;
                keep_alive(&stream)?;
                Ok(Accepted::Tcp(stream.into_std()?, address))
            }
            Listener::Unix { listener, .. } => Ok(Accepted::Unix(listener.accept().await?.0.into_std()?)),
        }
    }
}

/// Notices a peer that vanished, after two minutes at most.
pub fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    let asked = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(PROBE_INTERVAL).with_retries(PROBES);
    SockRef::from(stream).set_tcp_keepalive(&asked)
}
