//! What the service manager is told (sd_notify(3)): that we are ready, read files again, stop, live.
//!
//! Without a service manager that listens nothing is said.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::sleep;

/// All sockets are bound and served.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The files are read again; [`ready`] ends that.
pub fn reloading() {
    match NotifyState::monotonic_usec_now() {
        // Since systemd 253 both belong together.
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::debug!(%error, "no monotonic time"),
    }
}

/// The drain has begun.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Says that the event loop turns, twice in each period of the watchdog, if there is one. Ends never
/// or at once.
pub async fn watchdog() {
    let Some(period) = sd_notify::watchdog_enabled().filter(|period| *period > Duration::ZERO) else {
        return;
    };
    loop {
        tell(&[NotifyState::Watchdog]);
        sleep(period / 2).await;
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager was not told");
    }
}
