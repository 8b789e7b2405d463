//! A glance at the live shape: one cheap question, asked on a connection that is kept, whether anything
//! has been defined since the shape was last read.
//!
//! Knows the fingerprint only, not what it is made of.

use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::super::Failure;
use super::super::material;
use crate::config::Config;
use crate::jobs::admin::{Admin, AdminError};
use crate::types::Oid;

/// Between two glances that nobody asked for.
const INTERVAL: Duration = Duration::from_millis(500);
/// The same after one that failed.
const PAUSE: Duration = Duration::from_secs(2);
/// The server answers in this time or not at all.
const LIMIT: Duration = Duration::from_secs(3);

/// What was seen, and the connection.
#[derive(Default)]
pub struct Glance {
    admin: Option<Admin>,
    /// Of the shape that was read.
    known: Option<String>,
    /// When the last one began, and whether it failed.
    last: Option<(Instant, bool)>,
}

impl Glance {
    /// Is it time for one?
    pub fn is_due(&self) -> bool {
        self.last.is_none_or(|(began, failed)| began.elapsed() >= if failed { PAUSE } else { INTERVAL })
    }

    /// The fingerprint of now, with the columns of these relations; `None` if the server did not say.
    pub fn take(&mut self, runtime: &Runtime, config: &Config, relations: &[Oid]) -> Option<String> {
        let began = Instant::now();
        let asked = runtime.block_on(async { timeout(LIMIT, self.ask(config, relations)).await });
        let (seen, why) = match asked {
            Ok(Ok(seen)) => (Some(seen), None),
            Ok(Err(failure)) => (None, Some(failure.to_string())),
            Err(_) => (None, Some("no answer in time".to_owned())),
        };
        let failed_before = self.last.is_some_and(|(_, failed)| failed);
        if let Some(why) = why.filter(|_| !failed_before) {
            tracing::warn!(why, "the live shape could not be looked at");
        }
        if seen.is_none() {
            self.admin = None;
        }
        self.last = Some((began, seen.is_none()));
        seen
    }

    /// Nothing has been defined since the shape with this fingerprint was read?
    pub fn is_known(&self, seen: &str) -> bool {
        self.known.as_deref() == Some(seen)
    }

    /// ORDER: the fingerprint was taken before the shape was read, so what is defined between the two is
    /// read once more, and never missed.
    pub fn has_read(&mut self, seen: String) {
        self.known = Some(seen);
    }

    /// The shape could not be read.
    pub fn has_failed(&mut self) {
        self.last = Some((Instant::now(), true));
    }

    /// On the connection that is there, and on a new one if that is lost.
    async fn ask(&mut self, config: &Config, relations: &[Oid]) -> Result<String, Failure> {
        if let Some(admin) = &self.admin
            && let Ok(seen) = admin.fingerprint(relations).await
        {
            return Ok(seen);
        }
        let admin = self.admin.insert(material::admin(config).await?);
        Ok(admin.fingerprint(relations).await.map_err(AdminError::from)?)
    }
}
