//! Cancel requests: key data of pgveil's own towards the client, mapped to the server's.
//!
//! The process id is the server's, because clients compare it with the one in notifications; the
//! secret is ours, so that neither side's key works on the other.
//!
//! A request waits until its session has handed on what its client sent before ([`Inside`]); it must
//! not overtake the statement that it is for.
//!
//! Nothing here closes the client's connection: whoever asked keeps it open until [`CancelKeys::cancel`]
//! returns, since its end is what tells a client that the request can hit nothing any more.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use subtle::ConstantTimeEq;
use tokio::io::AsyncReadExt;

use super::auth::attempts::Attempts;
use super::auth::exchange::send;
use super::auth::{NoRandomness, random};
use super::inside::Inside;
use super::upstream::{Route, Upstream};
use crate::session::KeyData;
use crate::wire::startup::{self, Version};

/// Bytes of a secret in protocol 3.0.
const SHORT_SECRET_BYTES: usize = 4;
/// Bytes of a secret in protocol 3.2; as PostgreSQL's.
const LONG_SECRET_BYTES: usize = 32;
/// A cancel request may take this long, on its way through the session's thread and to the server.
const CANCEL_LIMIT: Duration = Duration::from_secs(10);
/// The window in which cancel requests of an address are counted.
const RATE_WINDOW: Duration = Duration::from_secs(1);

/// Whom a cancel request is for.
pub struct Target {
    /// The very host of the session.
    pub route: Route,
    /// Its process id.
    pub pid: i32,
    /// Its secret.
    pub secret: Vec<u8>,
}

/// The keys of all sessions.
pub struct CancelKeys {
    entries: Mutex<HashMap<i32, Vec<Entry>>>,
    rate: Attempts<Option<IpAddr>>,
}

struct Entry {
    secret: Vec<u8>,
    session: Arc<Cancellable>,
}

/// A session that can be cancelled.
struct Cancellable {
    target: Target,
    inside: Inside,
    /// Held while a request is carried out: one connection to the server at a time for each session,
    /// however many requests come.
    turn: tokio::sync::Mutex<()>,
}

/// A session's key data; forgotten when dropped.
pub struct Registration {
    keys: Arc<CancelKeys>,
    session: Arc<Cancellable>,
    /// For the client.
    pub key: KeyData,
}

impl Registration {
    /// Of the session that has this key.
    pub fn inside(&self) -> &Inside {
        &self.session.inside
    }
}

impl CancelKeys {
    /// After `per_second` wrong keys of one address its requests are not looked at for a while.
    pub fn new(per_second: u32) -> CancelKeys {
        CancelKeys { entries: Mutex::default(), rate: Attempts::new(per_second, RATE_WINDOW) }
    }

    /// Key data for a client that speaks `version`.
    pub fn register(
        self: &Arc<Self>,
        version: Version,
        target: Target,
    ) -> Result<Registration, NoRandomness> {
        let secret = if version >= Version::V3_2 {
            random::<LONG_SECRET_BYTES>()?.to_vec()
        } else {
            random::<SHORT_SECRET_BYTES>()?.to_vec()
        };
        let key = KeyData { pid: target.pid, secret: secret.clone() };
        let turn = tokio::sync::Mutex::new(());
        let session = Arc::new(Cancellable { target, inside: Inside::default(), turn });
        if let Ok(mut entries) = self.entries.lock() {
            entries.entry(key.pid).or_default().push(Entry { secret, session: session.clone() });
        }
        Ok(Registration { keys: self.clone(), session, key })
    }

    /// The session that this key is of.
    fn find(&self, pid: i32, secret: &[u8]) -> Option<Arc<Cancellable>> {
        let entries = self.entries.lock().ok()?;
        let entry = entries.get(&pid)?.iter().find(|entry| entry.secret.ct_eq(secret).into())?;
        Some(entry.session.clone())
    }

    /// Carries a cancel request out, if its key is right and its sender has not guessed too often;
    /// otherwise nothing happens, and nobody is told.
    pub async fn cancel(&self, upstream: &Upstream, from: Option<IpAddr>, pid: i32, secret: &[u8]) {
        let now = Instant::now();
        if !self.rate.admits(&from, now) {
            return;
        }
        let Some(session) = self.find(pid, secret) else {
            self.rate.count(from, now);
            tracing::debug!("a cancel request with an unknown key was ignored");
            return;
        };
        let in_turn = async {
            let _turn = session.turn.lock().await;
            session.inside.is_handed_on().await;
            forward(upstream, &session.target).await
        };
        match upstream.clock.timeout(CANCEL_LIMIT, in_turn).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a cancel request did not reach the server"),
            Err(_) => tracing::warn!("a cancel request did not reach the server in time"),
        }
    }
}

/// Same host, same TLS policy. ORDER: returns when the server has closed, which is when it has seen
/// the request: the client takes our closing for that.
async fn forward(upstream: &Upstream, target: &Target) -> std::io::Result<()> {
    let (mut leg, _) = upstream.open(&target.route).await?;
    let mut packet = Vec::new();
    startup::write_cancel_request(&mut packet, target.pid, &target.secret);
    send(&mut leg, &packet).await?;
    let mut rest = [0; 64];
    // The server answers nothing and closes; how it closes does not matter.
    while leg.read(&mut rest).await.is_ok_and(|n| n > 0) {}
    Ok(())
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.session.inside.end();
        let Ok(mut entries) = self.keys.entries.lock() else {
            return;
        };
        if let Some(of_pid) = entries.get_mut(&self.key.pid) {
            of_pid.retain(|entry| entry.secret != self.key.secret);
            if of_pid.is_empty() {
                entries.remove(&self.key.pid);
            }
        }
    }
}
