//! The way back: a window that was opened is closed again, as long as nothing was rewritten in it.
//!
//! Before its transaction commits a run has changed no value: writers keep the old form, and both are
//! matched. So the window can be closed, and whoever still matches both forms finds the same rows.

use super::keys;
use super::{DomainError, Event, Site, Stage, Tell, census, lock, unlock};
use crate::crypto::armour::census_prefix;
use crate::crypto::domains::Form;
use crate::crypto::envelope::Suite;
use crate::jobs::domain::shape::Shape;
use crate::jobs::guards::Post;
use crate::jobs::instances::roll::Missing;
use crate::jobs::instances::row::Standing;

/// Closes the open window of a domain; returns the form that its values have and keep.
///
/// # Errors
/// REFUSES: a domain without an open window, and one of which a value has the new form already: there the
/// same command as before, run again, finishes what it began.
pub async fn turn_back(site: &mut Site<'_>, domain: &str, tell: Tell<'_>) -> Result<Form, DomainError> {
    lock(site.admin).await?;
    let turned = turn(site, domain, tell).await;
    unlock(site.admin).await;
    turned
}

async fn turn(site: &mut Site<'_>, domain: &str, tell: Tell<'_>) -> Result<Form, DomainError> {
    let shape = Shape::of(domain, site.policy, site.catalog)?;
    let recorded = site.keys.keyring().domain(domain);
    let recorded = recorded.ok_or_else(|| DomainError::NotRecorded(domain.to_owned()))?;
    let window = recorded.window.ok_or_else(|| DomainError::NoWindow(domain.to_owned()))?;
    let header = match window.to {
        Form::Plain => "plain".to_owned(),
        Form::Sealed(key) => census_prefix(Suite::Deterministic, key),
    };
    // The transaction that rewrites leaves the triggers behind, and nothing else makes them.
    let rewritten = window.moved
        || !super::triggers(site.admin, &shape).await?.is_empty()
        || census(site.admin, &shape).await?.iter().any(|counted| counted.1 == header);
    if rewritten {
        return Err(DomainError::Rewritten { to: window.to });
    }
    if window.to == Form::Plain {
        // An earlier run may have taken the guards away.
        let live = site.admin.live().await?;
        for post in Post::all(&live, &shape) {
            post.raise(site.admin).await?;
            post.validate(site.admin).await?;
        }
        tell(Event::Passed(Stage::Guarded));
    }
    keys::change(site.keys, &|keyring| keyring.close_window(domain)).await?;
    let keyring = site.keys.keyring();
    let step = format!("domain {domain} turns back");
    let mut waiting = |missing: &[Missing]| tell(Event::Waiting(missing));
    site.instances.meet(site.admin, &keyring, &step, Standing::Drained, &mut waiting).await?;
    site.instances.rest(site.admin).await?;
    tell(Event::Passed(Stage::Closed));
    Ok(window.from)
}
