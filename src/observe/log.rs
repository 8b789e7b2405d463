//! Structured logs on stderr, for people or as JSON, one event a line.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, registry, reload};

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// A JSON object.
    Json,
}

/// Sets the level while the process runs.
#[derive(Clone)]
pub struct Level(reload::Handle<LevelFilter, Registry>);

impl Level {
    /// From now on events up to `level` are written.
    pub fn set(&self, level: LevelFilter) {
        // Only a log that was never started meets the error.
        let _ = self.0.reload(level);
    }
}

/// Starts writing events up to `level`. Once per process; a second call changes nothing.
pub fn start(form: Form, level: LevelFilter) -> Level {
    let (filter, handle) = reload::Layer::new(level);
    let filtered = registry().with(filter);
    let lines = fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(false);
    // Only a test that starts two proxies in one process meets the error: the first stays.
    let _ = match form {
        Form::Text => filtered.with(lines).try_init(),
        Form::Json => filtered.with(lines.json().flatten_event(true)).try_init(),
    };
    Level(handle)
}
