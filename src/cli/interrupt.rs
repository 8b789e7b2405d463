//! SIGINT and SIGTERM while a verb is at work: it ends with exit code 130, and what it has not done yet a
//! later run does.
//!
//! Knows signals only. What must not end in the middle (a page of rows) listens for itself.

use super::{Exit, Failure};

/// Returns when one of the two has come.
pub async fn came() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

/// `work`, unless one of them comes first: then it is dropped where it waits, and its transaction with it.
///
/// # Errors
/// Its own, or [`Exit::Interrupted`].
pub async fn unless<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        done = work => done,
        () = came() => Err(Failure::said(Exit::Interrupted, "interrupted: run it again to go on")),
    }
}
