//! How fast a job may go: a rate, a lag of the replicas that it must not cause, hours of the day, and
//! a file that stops it for a while.
//!
//! Knows clocks and one query. A job asks between two batches, when it holds no lock.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Zoned;
use jiff::civil::Time;

use crate::jobs::admin::{Admin, StatementError};

/// How often a paused job looks again.
const LOOK: Duration = Duration::from_millis(500);
/// How long the lag that was read last is believed.
const LAG_AGE: Duration = Duration::from_secs(1);

/// What the operator asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Rows a second, all workers together.
    pub max_rate: Option<u32>,
    /// Replay lag of the slowest replica.
    pub max_lag: Option<Duration>,
    /// Hours of the day.
    pub window: Option<Window>,
    /// While this file is there, the job waits.
    pub pause: Option<PathBuf>,
}

/// From one time of the day to another, of this machine's time zone; over midnight if the second is
/// the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first minute that belongs to it.
    pub from: Time,
    /// The first minute that does not.
    pub to: Time,
}

impl Window {
    /// `HH:MM-HH:MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Some(Window { from: minute(from)?, to: minute(to)? })
    }

    /// Whether this time of the day belongs to it. A window from a time to the same is the whole day.
    pub fn holds(&self, now: Time) -> bool {
        if self.from < self.to {
            self.from <= now && now < self.to
        } else {
            self.from <= now || now < self.to
        }
    }
}

fn minute(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// Why a job waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// For the hour.
    Window,
    /// For `rotate resume`.
    Paused,
    /// For the replicas.
    Lag,
}

/// Shared by all workers of a run.
#[derive(Debug, Default)]
pub struct Pace {
    limits: Limits,
    stop: AtomicBool,
    free_at: Mutex<Option<Instant>>,
    lag: Mutex<Option<(Instant, Option<Duration>)>>,
}

impl Pace {
    /// Within these limits.
    pub fn new(limits: Limits) -> Self {
        Pace { limits, ..Pace::default() }
    }

    /// From now on no batch is begun: the run ends between two batches.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it shall end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Rows that a batch should not exceed: half a second's worth.
    pub fn largest_batch(&self) -> i64 {
        self.limits.max_rate.map_or(i64::MAX, |rate| i64::from(rate / 2).max(1))
    }

    /// Waits until a batch may begin; false if the run shall end. `said` is told when it has to wait
    /// for something that only others can change.
    ///
    /// # Errors
    /// The server's refusal to say how far the replicas are.
    pub async fn admit(&self, admin: &Admin, said: impl Fn(Waiting)) -> Result<bool, StatementError> {
        let mut last = None;
        loop {
            if self.is_stopped() {
                return Ok(false);
            }
            let Some(waiting) = self.obstacle(admin).await? else { break };
            if last.replace(waiting) != Some(waiting) {
                said(waiting);
            }
            tokio::time::sleep(LOOK).await;
        }
        while let Some(pause) = self.until_free() {
            if self.is_stopped() {
                return Ok(false);
            }
            tokio::time::sleep(pause.min(LOOK)).await;
        }
        Ok(true)
    }

    /// Rows that were written count against the rate.
    pub fn spent(&self, rows: u64) {
        let Some(rate) = self.limits.max_rate.filter(|rate| *rate > 0) else { return };
        let Ok(mut free_at) = self.free_at.lock() else { return };
        let now = Instant::now();
        let from = free_at.map_or(now, |at| at.max(now));
        *free_at = Some(from + Duration::from_secs_f64(rows as f64 / f64::from(rate)));
    }

    fn until_free(&self) -> Option<Duration> {
        let free_at = self.free_at.lock().ok()?;
        free_at.and_then(|at| at.checked_duration_since(Instant::now())).filter(|pause| !pause.is_zero())
    }

    async fn obstacle(&self, admin: &Admin) -> Result<Option<Waiting>, StatementError> {
        if self.limits.pause.as_ref().is_some_and(|file| file.exists()) {
            return Ok(Some(Waiting::Paused));
        }
        if self.limits.window.is_some_and(|window| !window.holds(Zoned::now().time())) {
            return Ok(Some(Waiting::Window));
        }
        let Some(most) = self.limits.max_lag else { return Ok(None) };
        let lag = self.lag(admin).await?;
        Ok(lag.is_some_and(|lag| lag > most).then_some(Waiting::Lag))
    }

    async fn lag(&self, admin: &Admin) -> Result<Option<Duration>, StatementError> {
        let known = self.lag.lock().ok().and_then(|known| *known);
        if let Some((_, lag)) = known.filter(|(at, _)| at.elapsed() < LAG_AGE) {
            return Ok(lag);
        }
        let lag = replica_lag(admin).await?;
        if let Ok(mut known) = self.lag.lock() {
            *known = Some((Instant::now(), lag));
        }
        Ok(lag)
    }
}

/// Replay lag of the slowest replica; `None` if there is none, or if the role may not see it (it
/// needs `pg_monitor`).
///
/// # Errors
/// The server's refusal.
pub async fn replica_lag(admin: &Admin) -> Result<Option<Duration>, StatementError> {
    let sql = "SELECT (extract(epoch FROM max(coalesce(replay_lag, '0'))) * 1000)::int8::text \
               FROM pg_catalog.pg_stat_replication WHERE state IS NOT NULL";
    let lag = admin.texts(sql).await?;
    Ok(lag.first().and_then(|ms| ms.parse().ok()).map(Duration::from_millis))
}
