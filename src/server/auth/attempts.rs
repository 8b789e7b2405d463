//! Refused logins and other unwelcome events are counted per origin, so that guessing is slow.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Origins remembered at one time. Beyond it new ones are not counted: who has so many addresses is
/// not slowed by counting them, and nobody else may be locked out.
const MAX_ORIGINS: usize = 20_000;

/// At most so many events of one origin within a window.
pub struct Attempts<K> {
    limit: u32,
    window: Duration,
    seen: Mutex<HashMap<K, Seen>>,
}

struct Seen {
    since: Instant,
    count: u32,
}

impl<K: Eq + Hash> Attempts<K> {
    /// `limit` events of one origin within `window`.
    pub fn new(limit: u32, window: Duration) -> Attempts<K> {
        Attempts { limit, window, seen: Mutex::new(HashMap::new()) }
    }

    /// Whether one more is admitted now; does not count it.
    pub fn admits(&self, origin: &K, now: Instant) -> bool {
        let Ok(seen) = self.seen.lock() else {
            return false;
        };
        match seen.get(origin) {
            Some(entry) if now.duration_since(entry.since) < self.window => entry.count < self.limit,
            Some(_) => true,
            None => true,
        }
    }

    /// Counts one.
    pub fn count(&self, origin: K, now: Instant) {
        let Ok(mut seen) = self.seen.lock() else {
            return;
        };
        if seen.len() >= MAX_ORIGINS {
            seen.retain(|_, entry| now.duration_since(entry.since) < self.window);
        }
        if seen.len() >= MAX_ORIGINS && !seen.contains_key(&origin) {
            return;
        }
        let entry = seen.entry(origin).or_insert(Seen { since: now, count: 0 });
        if now.duration_since(entry.since) >= self.window {
            *entry = Seen { since: now, count: 0 };
        }
        entry.count = entry.count.saturating_add(1);
    }
}
