//! What the running proxies must have met before a job touches a row.
//!
//! Knows the step and who is told. How it is agreed is `jobs::instances`.

use std::sync::Arc;

use super::domains::InstanceArguments;
use super::material::Material;
use super::{Exit, Failure};
use crate::jobs::admin::{Admin, AdminError};
use crate::jobs::apply::RUN_LOCK;
use crate::jobs::instances::roll::Missing;
use crate::jobs::instances::row::Standing;
use crate::jobs::instances::{Instances, InstancesError};

/// Key of the advisory lock under which the instances are asked.
const QUESTION_LOCK: i64 = RUN_LOCK + 1;

/// Waits until every instance has loaded what was accepted and nothing that was planned before it is
/// in progress: a proxy of before would hand out envelopes as they are, or store what is no longer
/// to be stored.
///
/// # Errors
/// An instance that does not answer while it is waited for, or one that was said to be off.
pub async fn on_what_is_accepted(
    arguments: &InstanceArguments,
    material: &Material,
    seats: &[Arc<Admin>],
    step: &str,
) -> Result<(), Failure> {
    let Some(admin) = seats.first() else { return Ok(()) };
    let mut instances = arguments.instances(material)?;
    begin(admin).await?;
    let met = meet(&mut instances, admin, material, step, Standing::Drained).await;
    instances.rest(admin).await?;
    end(admin).await?;
    met
}

/// Waits until no other run asks the instances: the table holds one question at a time, and two hosts
/// may begin the same job together.
///
/// # Errors
/// The server's refusal.
pub async fn begin(admin: &Admin) -> Result<(), Failure> {
    let lock = format!("SELECT pg_catalog.pg_advisory_lock({QUESTION_LOCK})::text");
    admin.texts(&lock).await.map(drop).map_err(|error| AdminError::from(error).into())
}

/// The next run may ask.
///
/// # Errors
/// The server's refusal.
pub async fn end(admin: &Admin) -> Result<(), Failure> {
    let unlock = format!("SELECT pg_catalog.pg_advisory_unlock({QUESTION_LOCK})::text");
    admin.texts(&unlock).await.map(drop).map_err(|error| AdminError::from(error).into())
}

/// One step, and who is still missing, on stderr.
///
/// # Errors
/// As [`Instances::meet`].
pub async fn meet(
    instances: &mut Instances,
    admin: &Admin,
    material: &Material,
    step: &str,
    demand: Standing,
) -> Result<(), Failure> {
    let keyring = material.keyring.keyring();
    let mut tell = |missing: &[Missing]| {
        for one in missing {
            eprintln!("{step}: waits: {one}");
        }
    };
    Ok(instances.meet(admin, keyring, step, demand, &mut tell).await?)
}

impl From<InstancesError> for Failure {
    fn from(error: InstancesError) -> Failure {
        match error {
            InstancesError::Stalled { .. } => Failure::new(Exit::Findings, error),
            InstancesError::NoSuchInstance(_) => Failure::new(Exit::Usage, error),
            InstancesError::Alive(_) => Failure::new(Exit::Refused, error),
            InstancesError::Table(_) | InstancesError::Randomness(_) => Failure::new(Exit::Failed, error),
        }
    }
}
