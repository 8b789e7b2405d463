//! How long an instance of several may serve without having been heard.
//!
//! An instance renews its lease by writing its row and reading the worker's. One that cannot do so
//! stops serving when the lease has run out, so that an instance which the operator says is off
//! serves nobody even if it is only cut off. Each side measures on its own monotonic clock; no two
//! clocks are compared.

use std::time::Duration;

/// How long a lease holds.
pub const LENGTH: Duration = Duration::from_secs(15);
/// How often an instance renews it while nothing is announced.
pub const RENEWAL: Duration = Duration::from_secs(3);
/// What the worker waits beyond [`LENGTH`]: two clocks may differ by a tenth in speed.
pub const MARGIN: Duration = Duration::from_secs(2);
/// What one look of an instance at the table may take.
pub const LOOK: Duration = Duration::from_secs(3);
/// An instance that runs, and is not busy or cut off, has answered a step by then.
pub const PROMPT: Duration = Duration::from_secs(4);

/// How long an instance of which the operator says that it is off is waited for: until its lease has run
/// out, and where instances hold none, until it would have spoken.
pub fn until_off(leased: bool) -> Duration {
    if leased { LENGTH + MARGIN } else { RENEWAL + LOOK + MARGIN }
}

/// An instance's lease. Moments are the time since a fixed one, on the holder's monotonic clock.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    until: Duration,
}

impl Lease {
    /// The first, obtained by a round trip that began at `asked`.
    pub fn begin(asked: Duration) -> Self {
        Lease { until: asked.saturating_add(LENGTH) }
    }

    /// Renewed by a round trip that began at `asked`: what counts is when it was sent, not when the
    /// server chose to answer.
    pub fn renew(&mut self, asked: Duration) {
        self.until = self.until.max(asked.saturating_add(LENGTH));
    }

    /// Whether the holder may serve.
    pub fn holds(&self, now: Duration) -> bool {
        now < self.until
    }
}
