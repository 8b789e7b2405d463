//! What the operator holds, taken together for one run: configuration, policy, keyring, accepted pin,
//! and the way to the server.
//!
//! Knows files and refuses what was not accepted. Judges no statement and prints nothing.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::keyring::KeyringPlace;
use super::{Exit, Failure, interrupt};
use crate::catalog::finding::Weight;
use crate::catalog::pin::Pin;
use crate::config::Config;
use crate::crypto::keyring::ChangeError;
use crate::crypto::{Keyring, KeyringFile};
use crate::jobs::accepted::{self, AcceptedError};
use crate::jobs::admin::{Admin, AdminError};
use crate::jobs::apply::ApplyError;
use crate::policy::check::DOMAIN_TYPE;
use crate::policy::fault::Faults;
use crate::policy::join::{Joined, join};
use crate::policy::load;
use crate::policy::model::Tags;
use crate::server::tls::OperatorTls;
use crate::sql::view_lineage;

/// How often, and after how long, pin and keyring are read again when they do not belong together.
const PIN_TRIES: u32 = 20;
const PIN_PAUSE: Duration = Duration::from_millis(15);
/// The same for pin and database, and how often in a row an unmoved pin is looked at before it is believed that
/// nobody is about to move it: under load `serve` takes its time between a definition and the pin's file.
const JOIN_TRIES: u32 = 12;
const JOIN_STILL: u32 = 4;
const JOIN_PAUSE: Duration = Duration::from_millis(300);

/// All of it.
pub struct Material {
    /// The file.
    pub config: Config,
    /// What is tagged.
    pub tags: Tags,
    /// Open.
    pub keyring: KeyringFile,
    /// Where the pin is.
    pub pin_path: PathBuf,
    place: KeyringPlace,
}

impl Material {
    /// Reads policy and keyring.
    ///
    /// # Errors
    /// Faults of the policy and a missing [keys] end with exit code 3, the keyring's with 5.
    pub fn load(config: Config) -> Result<Self, Failure> {
        let file = config.source.path.display().to_string();
        let tags = load::tags(&file, &config.source.text)?;
        let place = KeyringPlace::configured(&config.source.path, None)?;
        let keyring = place.open()?;
        let pin_path = accepted::pin_path(&config.source.path);
        Ok(Material { config, tags, keyring, pin_path, place })
    }

    /// The accepted pin. REFUSES: a policy or a pin that is not the accepted one.
    pub fn pin(&self) -> Result<Pin, Failure> {
        accepted::policy(&self.tags, self.keyring.keyring())?;
        let mut tries = 0;
        loop {
            // What a client defines replaces pin and keyring, one after the other: both are read anew
            // until they belong together.
            let keyring = self.keyring.newest();
            let keyring = keyring.as_ref().unwrap_or_else(|_| self.keyring.keyring());
            match accepted::pin(&self.pin_path, keyring) {
                Err(AcceptedError::Older { .. } | AcceptedError::Missing { .. }) if tries < PIN_TRIES => {
                    tries += 1;
                    thread::sleep(PIN_PAUSE);
                }
                read => return Ok(read?),
            }
        }
    }

    /// Where the pin is kept.
    pub fn pin_place(&self) -> PinPlace {
        PinPlace(self.pin_path.clone())
    }

    /// The operator's own connection.
    pub async fn admin(&self) -> Result<Admin, Failure> {
        admin(&self.config).await
    }

    /// Policy, pin and live server as one: what `serve` starts with, and does again on its timer.
    ///
    /// A running `serve` follows what its clients define, and is some moments behind: what would close a
    /// relation is looked at again while the pin still moves.
    pub async fn joined(&self, admin: &Admin) -> Result<Joined, Failure> {
        let mut pin = self.pin()?;
        let mut still = 0;
        for _ in 0..JOIN_TRIES {
            let joined = join(&self.tags, &pin, &admin.live().await?, &view_lineage);
            if still >= JOIN_STILL || joined.findings.iter().all(|finding| finding.weight != Weight::Closes) {
                return Ok(joined);
            }
            tokio::time::sleep(JOIN_PAUSE).await;
            let moved = self.pin()?;
            still = if moved == pin { still + 1 } else { 0 };
            pin = moved;
        }
        Ok(join(&self.tags, &pin, &admin.live().await?, &view_lineage))
    }

    /// Remembers a new shape: domains, file, keyring, and the generation that must not be undercut.
    ///
    /// # Errors
    /// REFUSES: a policy in which equal values of one domain would be sealed to different bytes.
    pub fn accept(&mut self, pin: &Pin, joined: &Joined) -> Result<(), Failure> {
        if let Some(finding) = joined.findings.iter().find(|finding| finding.code == DOMAIN_TYPE) {
            return Err(Failure::said(Exit::Usage, finding.to_string()));
        }
        accepted::record_domains(&joined.policy, &mut self.keyring)?;
        accepted::accept_pin(pin, &self.pin_path, &mut self.keyring)?;
        self.settle()
    }

    /// Remembers the policy as it is now.
    pub fn accept_policy(&mut self) -> Result<(), Failure> {
        accepted::accept_policy(&self.tags, &mut self.keyring)?;
        self.settle()
    }

    /// Changes the keyring durably; with `None` there is nothing to do.
    pub fn change_keyring(
        &mut self,
        change: impl FnOnce(&Keyring) -> Result<Option<Keyring>, ChangeError>,
    ) -> Result<(), Failure> {
        self.place.change(&mut self.keyring, change)
    }

    /// From now on an older generation of the keyring is refused.
    pub fn settle(&mut self) -> Result<(), Failure> {
        self.place.change(&mut self.keyring, |_| Ok(None))
    }
}

/// The file of the accepted pin.
pub struct PinPlace(PathBuf);

impl PinPlace {
    /// A pin that follows what clients have defined; false if the operator has accepted another one
    /// since the keyring was read. REFUSES: a policy that is not the accepted one any more.
    pub fn store(&self, pin: &Pin, tags: &Tags, keyring: &mut KeyringFile) -> Result<bool, Failure> {
        let known = keyring.keyring().pin_digest().copied();
        keyring.reload()?;
        if keyring.keyring().pin_digest().copied() != known {
            return Ok(false);
        }
        accepted::policy(tags, keyring.keyring())?;
        accepted::accept_pin(pin, &self.0, keyring)?;
        Ok(true)
    }
}

/// The operator's own connection, as `[admin]` says.
pub async fn admin(config: &Config) -> Result<Admin, Failure> {
    let reference = config.admin.as_ref().ok_or_else(|| {
        Failure::said(Exit::Usage, "no [admin] url in the configuration: the catalog cannot be read")
    })?;
    let url = reference.read().map_err(|why| Failure::said(Exit::Usage, why))?;
    let tls = OperatorTls::load(&config.upstream).map_err(|why| Failure::new(Exit::Usage, why))?;
    Ok(Admin::connect(url.expose(), tls).await?)
}

/// Runs asynchronous work of a verb to its end, or until it is interrupted.
pub fn run_to_end<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    run_whole(interrupt::unless(work))
}

/// The same for work that must not be dropped in the middle: it listens for signals itself.
pub fn run_whole<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(work)
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Failure {
        Failure::new(Exit::Usage, faults)
    }
}

impl From<AcceptedError> for Failure {
    fn from(error: AcceptedError) -> Failure {
        match error {
            AcceptedError::Keyring(error) => error.into(),
            AcceptedError::Policy
            | AcceptedError::Missing { .. }
            | AcceptedError::Older { .. }
            | AcceptedError::Lock { .. }
            | AcceptedError::Io { .. } => Failure::new(Exit::Usage, error),
        }
    }
}

impl From<AdminError> for Failure {
    fn from(error: AdminError) -> Failure {
        let exit = match &error {
            AdminError::BadUrl(_) => Exit::Usage,
            AdminError::Connect(_) => Exit::CannotConnect,
            AdminError::Statement(_) | AdminError::Fetch(_) => Exit::Failed,
        };
        Failure::new(exit, error)
    }
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Failure {
        match error {
            ApplyError::Admin(error) => error.into(),
            ApplyError::Locked => Failure::new(Exit::Locked, error),
            ApplyError::Step { .. } => Failure::new(Exit::Failed, error),
        }
    }
}
