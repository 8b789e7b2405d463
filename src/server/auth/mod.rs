//! Who the client is, and who we are to the server.
//!
//! The server is not trusted to say who the client is, so a client is always checked against what
//! the operator holds ([`users`]); the server's leg has a secret of its own ([`secrets`]). Knows
//! SCRAM, passwords and certificates' names; reads and writes messages of the login only. Does not
//! know the session that follows.

pub mod attempts;
pub mod client;
pub mod exchange;
pub mod scram;
pub mod scram_client;
pub mod scram_server;
pub mod secrets;
pub mod upstream;
pub mod users;

use rand_core::{OsRng, TryRngCore};

/// The operating system gave no randomness; nothing can be done without it.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct NoRandomness;

/// `N` fresh random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
