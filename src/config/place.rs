//! Where one listens or connects: a host and a port, or a Unix socket, as it is written.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// PostgreSQL names its sockets so (libpq, `unix_socket_directories`).
const SOCKET_PREFIX: &str = ".s.PGSQL.";

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A name or an address, and a port.
    Tcp {
        /// Without brackets.
        host: String,
        /// 1–65535; 0 where one listens on any free port.
        port: u16,
    },
    /// The socket's own path.
    Unix(PathBuf),
}

impl Place {
    /// `host`, `host:port`, `[v6]:port`, `unix:/directory` or `unix:/directory/.s.PGSQL.N`.
    pub fn parse(text: &str, default_port: u16) -> Result<Place, String> {
        let path = text.strip_prefix("unix:").or_else(|| text.starts_with('/').then_some(text));
        if let Some(path) = path {
            return socket(path, default_port);
        }
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']').ok_or_else(|| format!("{text:?}: missing ]"))?;
                (host, after.strip_prefix(':'))
            }
            None => match text.rsplit_once(':') {
                Some((host, port)) if !host.contains(':') => (host, Some(port)),
                Some(_) | None => (text, None),
            },
        };
        if host.is_empty() {
            return Err(format!("{text:?} has no host"));
        }
        let port = match port {
            Some(port) => port.parse().map_err(|_| format!("{text:?}: {port:?} is no port"))?,
            None => default_port,
        };
        Ok(Place::Tcp { host: host.to_owned(), port })
    }

    /// Never leaves this machine: a Unix socket, an address of the loopback interface, or the name
    /// `localhost` (whoever connects to it must check what it resolves to).
    pub fn is_local(&self) -> bool {
        match self {
            Place::Unix(_) => true,
            Place::Tcp { host, .. } => {
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        }
    }
}

fn socket(path: &str, default_port: u16) -> Result<Place, String> {
    let path = Path::new(path);
    if !path.is_absolute() {
        return Err(format!("{:?} is not an absolute path", path.display().to_string()));
    }
    let named = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(SOCKET_PREFIX));
    let path = if named { path.to_owned() } else { path.join(format!("{SOCKET_PREFIX}{default_port}")) };
    Ok(Place::Unix(path))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Place::Tcp { host, port } => write!(f, "{host}:{port}"),
            Place::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}
