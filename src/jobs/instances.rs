//! What the running proxies ("instances") have agreed to while keys change (docs/format.md,
//! section 4).
//!
//! A step of a rotation goes on only when every instance that the operator lists has met what the
//! step demands. Worker and instances speak through one small table on the server, a row for each.
//! The server is not believed: every row is under a MAC of the keyring and an answer echoes a
//! challenge that the worker drew for this very step, so the host can hide or replay a row, and
//! neither acknowledges anything.
//!
//! - [`row`]: what a row says, its MAC, and how it is read.
//! - [`roll`]: who has met a step and who is missing. Pure: the time comes in.
//! - [`lease`]: how long an instance may serve without having been heard. Pure likewise.
//! - [`table`]: the table itself, over the operator's connection.
//!
//! Does not know what an instance is doing: that it has loaded a keyring, or has drained, is its own
//! word.

pub mod lease;
pub mod roll;
pub mod row;
pub mod table;

use std::time::{Duration, Instant};

use crate::crypto::Keyring;
use crate::crypto::nonces::fill_random;
use crate::jobs::admin::{Admin, StatementError};
use roll::{Lack, Missing, Roll};
use row::{Announcement, Challenge, Standing};
use table::Table;

/// Between two looks of a worker that waits for a step to be met.
const LOOK: Duration = Duration::from_millis(200);

/// Why a step was not met.
#[derive(Debug, thiserror::Error)]
pub enum InstancesError {
    /// The table.
    #[error("the table of the instances: {0}")]
    Table(#[from] StatementError),
    /// Nobody answered in time.
    #[error("{step:?} is stalled: {}", missing_words(missing))]
    Stalled {
        /// What was waited for.
        step: String,
        /// Who is missing, and what of.
        missing: Vec<Missing>,
    },
    /// The operator said that it is off, and it spoke.
    #[error("instance {0:?} was said to be off, and it answers: stop it, or leave out --without {0}")]
    Alive(String),
    /// Not one of the operator's.
    #[error("--without {0:?} is none of [cluster] instances")]
    NoSuchInstance(String),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Randomness(#[from] crate::crypto::nonces::NoRandomness),
}

fn missing_words(missing: &[Missing]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The worker's side, for one run of a job.
pub struct Instances {
    table: Table,
    roll: Roll,
    begun: Instant,
    /// How long one step is waited for.
    patience: Duration,
    made: bool,
}

impl Instances {
    /// `expected` are the operator's instances, `without` those that the operator says are off; `leased`
    /// if one that is not heard stops serving by itself.
    ///
    /// # Errors
    /// If one of `without` is not expected.
    pub fn new(
        table: Table,
        expected: &[String],
        without: &[String],
        leased: bool,
        patience: Duration,
    ) -> Result<Self, InstancesError> {
        if let Some(unknown) = without.iter().find(|name| !expected.contains(name)) {
            return Err(InstancesError::NoSuchInstance(unknown.clone()));
        }
        let roll = Roll::new(expected, without, lease::until_off(leased));
        Ok(Instances { table, roll, begun: Instant::now(), patience, made: false })
    }

    /// Announces a step and waits until every instance has met it. `step` names it for people;
    /// `tell` hears who is still missing, whenever that changes.
    ///
    /// # Errors
    /// An instance that is missing when patience ends, or one that was said to be off and speaks.
    pub async fn meet(
        &mut self,
        admin: &Admin,
        keyring: &Keyring,
        step: &str,
        demand: Standing,
        tell: &mut dyn FnMut(&[Missing]),
    ) -> Result<(), InstancesError> {
        if !self.made {
            self.table.make(admin).await?;
            self.made = true;
        }
        let mut challenge = Challenge::default();
        fill_random(&mut challenge.0)?;
        let step = step.to_owned();
        let announcement = Announcement { step, demand, generation: keyring.generation(), challenge };
        self.table.announce(admin, keyring, &announcement).await?;
        self.roll.begin(announcement);
        let asked = Instant::now();
        let mut told = Vec::new();
        loop {
            for answer in self.table.answers(admin, keyring).await? {
                self.roll.hear(answer);
            }
            if let Some(alive) = self.roll.alive_although_off() {
                return Err(InstancesError::Alive(alive.to_owned()));
            }
            let mut missing = self.roll.missing(self.begun.elapsed());
            if missing.is_empty() {
                return Ok(());
            }
            let is_owed = missing.iter().any(|one| one.what != Lack::Quiet);
            if is_owed && asked.elapsed() > self.patience {
                return Err(InstancesError::Stalled { step: self.roll.step().to_owned(), missing });
            }
            // Nobody has answered at the first look.
            let is_early = asked.elapsed() < lease::PROMPT;
            missing.retain(|one| !(is_early && one.what == Lack::Silent));
            if missing != told {
                tell(&missing);
                told = missing;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Nothing is asked of anybody any more: the table goes, until the next run needs it.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn rest(&mut self, admin: &Admin) -> Result<(), InstancesError> {
        if std::mem::take(&mut self.made) {
            self.table.remove(admin).await?;
        }
        Ok(())
    }
}
