//! `[metrics]`: where the process says how it is. Off unless it is written.

use super::place::Place;
use super::{ConfigError, Source, written};

/// Where exporters of Prometheus usually listen for PostgreSQL; the port if none is given.
const DEFAULT_PORT: u16 = 9187;

/// The endpoint of `/healthz`, `/readyz` and `/metrics`.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// A host and a port, never a Unix socket.
    pub listen: Place,
}

/// What `[metrics]` means.
pub(super) fn resolve(
    written: Option<written::Metrics>,
    source: &Source,
) -> Result<Option<Metrics>, ConfigError> {
    let Some(written) = written else { return Ok(None) };
    let wrong = |message: &str| source.wrong(written.listen.span().start, message);
    match Place::parse(written.listen.get_ref(), DEFAULT_PORT) {
        Ok(listen @ Place::Tcp { .. }) => Ok(Some(Metrics { listen })),
        Ok(Place::Unix(_)) => Err(wrong("listen must be host:port")),
        Err(message) => Err(wrong(&message)),
    }
}
