//! Structured logs on stderr, for people or as JSON, one event a line.

use tracing::level_filters::LevelFilter;

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// A JSON object.
    Json,
}

/// Starts writing events up to `level`. Once per process; a second call changes nothing.
pub fn start(form: Form, level: LevelFilter) {
    let builder = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .with_target(false)
        .with_ansi(false);
    // Only a test that starts two proxies in one process meets the error: the first stays.
    let _ = match form {
        Form::Text => builder.try_init(),
        Form::Json => builder.json().flatten_event(true).try_init(),
    };
}
