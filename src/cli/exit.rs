//! How a verb ends: the exit codes of the manual, and the failure that carries one.

use std::process::{ExitCode, Termination};

use crate::config::ConfigError;

/// Exit codes; stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// It ran, and found something; or: not healthy.
    Findings = 2,
    /// Bad configuration or usage.
    Usage = 3,
    /// Cannot connect.
    CannotConnect = 4,
    /// Keys locked or missing.
    Keys = 5,
    /// Another run holds the lock.
    Locked = 6,
    /// Refused by policy.
    Refused = 7,
    /// Interrupted; safe to run again.
    Interrupted = 130,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// Why a verb did not end well. The message may be shown to the operator: never a value or a secret.
#[derive(Debug, thiserror::Error)]
#[error("{error:#}")]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened, outermost first.
    pub error: anyhow::Error,
}

/// What a verb's `run` returns.
pub type Outcome = Result<Exit, Failure>;

impl Failure {
    /// A failure with its exit code.
    pub fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Failure {
        Failure { exit, error: error.into() }
    }

    /// A failure that is only a sentence.
    pub fn said(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, error: anyhow::Error::msg(message.into()) }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure { exit: Exit::Failed, error }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure { exit: Exit::Failed, error: error.into() }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure { exit: Exit::Usage, error: error.into() }
    }
}
