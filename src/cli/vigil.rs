//! What `serve` does beside serving, when something is tagged: the first epoch, and the live shape of
//! the database compared with the pin again and again.
//!
//! A relation that differs from its pin is closed until the operator accepts it; one that agrees
//! again is opened. Nothing is ever loosened: the pin decides what is sealed.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::Failure;
use super::material::{self, Material};
use crate::catalog::fetch::Live;
use crate::catalog::finding::{Finding, Weight};
use crate::catalog::pin::Pin;
use crate::config::Config;
use crate::policy::join::{Joined, join};
use crate::policy::model::Tags;
use crate::protect::Protector;
use crate::server::epoch::Current;
use crate::session::epoch::Epoch;
use crate::session::judge::EpochId;
use crate::sql::view_lineage;

/// Between two looks at the live catalog.
const INTERVAL: Duration = Duration::from_secs(10);

/// The shape under watch.
pub struct Vigil {
    config: Config,
    tags: Tags,
    pin: Pin,
    protector: Arc<Protector>,
    epochs: Arc<Current>,
    findings: Vec<Finding>,
    runtime: Runtime,
}

impl Vigil {
    /// Reads the live catalog, makes the first epoch, and says what the operator should know of it.
    pub fn begin(material: &Material, pin: Pin) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let live = runtime.block_on(live(&material.config))?;
        let Joined { policy, catalog, findings } = join(&material.tags, &pin, &live, &view_lineage);
        let protector = Arc::new(Protector::new(&policy, material.keyring.keyring()));
        for unfit in protector.unfit() {
            tracing::error!("{unfit}");
        }
        let first = Epoch::new(EpochId(1), catalog, policy, Arc::clone(&protector));
        let epochs = Arc::new(Current::new(first));
        report(&findings);
        let (config, tags) = (material.config.clone(), material.tags.clone());
        Ok(Vigil { config, tags, pin, protector, epochs, findings, runtime })
    }

    /// Where sessions find the epoch in force.
    pub fn epochs(&self) -> &Arc<Current> {
        &self.epochs
    }

    /// Keeps looking, on a thread of its own, until the process ends.
    pub fn keep(mut self) -> std::io::Result<()> {
        std::thread::Builder::new().name("pgveil-vigil".into()).spawn(move || {
            loop {
                std::thread::sleep(INTERVAL);
                if let Err(failure) = self.look() {
                    tracing::warn!(%failure, "the live catalog could not be read");
                }
            }
        })?;
        Ok(())
    }

    fn look(&mut self) -> Result<(), Failure> {
        let live = self.runtime.block_on(live(&self.config))?;
        let Joined { policy, catalog, findings } = join(&self.tags, &self.pin, &live, &view_lineage);
        if findings != self.findings {
            report(&findings);
        }
        self.findings = findings;
        let protector = Arc::clone(&self.protector);
        self.epochs.advance_if(
            |present| {
                present.catalog.relations() != catalog.relations()
                    || present.catalog.functions() != catalog.functions()
            },
            |id| Epoch::new(id, catalog.clone(), policy, protector),
        );
        Ok(())
    }
}

async fn live(config: &Config) -> Result<Live, Failure> {
    Ok(material::admin(config).await?.live().await?)
}

/// Findings as log lines.
fn report(findings: &[Finding]) {
    for finding in findings {
        match finding.weight {
            Weight::Note => tracing::info!("{finding}"),
            Weight::Warning => tracing::warn!("{finding}"),
            Weight::Closes => tracing::error!("{finding}"),
        }
    }
}
