//! What unlocking a keyring needs of the operator's side: a passphrase, asked for without showing
//! it, and a way to a key service.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use zeroize::Zeroize;

use crate::crypto::unlock::Means;
use crate::crypto::unlock::vault::Service;
use crate::secret::Secret;
use crate::server::tls::Https;

/// The operator at the terminal, and HTTPS: what unlocking needs.
pub struct Operator {
    /// Asked twice: for a passphrase that is new.
    pub new: bool,
}

impl Means for Operator {
    fn passphrase(&mut self) -> io::Result<Secret<Vec<u8>>> {
        if self.new { new_passphrase() } else { passphrase("Passphrase of the keyring") }
    }

    fn service(&mut self, ca: Option<&Path>) -> Result<Box<dyn Service>, String> {
        Ok(Box::new(Https::new(ca)?))
    }
}

/// Asks on the terminal; without one, takes a line from stdin.
pub fn passphrase(question: &str) -> io::Result<Secret<Vec<u8>>> {
    let terminal = io::stdin().is_terminal();
    if terminal {
        eprint!("{question}: ");
        io::stderr().flush()?;
    }
    let _silence = terminal.then(Silence::begin).transpose()?;
    // Room at once, so that no copy stays behind in memory that the line has grown out of.
    let mut line = String::with_capacity(4096);
    let read = io::stdin().lock().read_line(&mut line);
    if terminal {
        eprintln!();
    }
    let passphrase = Secret::new(line.trim_end_matches(['\n', '\r']).as_bytes().to_vec());
    line.zeroize();
    match read? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(passphrase),
    }
}

/// Asks twice, for a passphrase that will be needed again.
pub fn new_passphrase() -> io::Result<Secret<Vec<u8>>> {
    let first = passphrase("New passphrase")?;
    if !io::stdin().is_terminal() || *passphrase("Once more")?.expose() == *first.expose() {
        return Ok(first);
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "the two are not the same"))
}

/// The terminal does not show what is typed while this lives.
struct Silence;

impl Silence {
    fn begin() -> io::Result<Self> {
        stty("-echo").map(|()| Silence)
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // Without an echo the operator notices; there is nothing else to be done.
        let _ = stty("echo");
    }
}

fn stty(setting: &str) -> io::Result<()> {
    let status = Command::new("stty").arg(setting).stdin(Stdio::inherit()).status()?;
    status.success().then_some(()).ok_or_else(|| io::Error::other("stty failed"))
}
