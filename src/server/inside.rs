//! What one client has sent and pgveil has not handed on yet, and who must not overtake it.
//!
//! A cancel request comes on a connection of its own. On the server's side it would be carried out
//! while the statement that it is for is still in pgveil: in a socket, or held until somebody has looked
//! at the database's shape. Knows the thread that runs the session only as something to be woken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::sync::oneshot;

/// One session, for those who wait until what it had is handed on.
#[derive(Debug, Default)]
pub struct Inside {
    /// Somebody waits: seen by the session's thread without a lock.
    is_asked: AtomicBool,
    ends: Mutex<Ends>,
}

#[derive(Debug, Default)]
struct Ends {
    /// Calls the session's thread; `None` before the session runs and after its end.
    thread: Option<Waker>,
    asker: Option<oneshot::Sender<()>>,
}

impl Inside {
    /// Returns when everything that the client had sent before is handed on, or the session has ended.
    /// One at a time: who asks while another waits takes its place.
    pub async fn is_handed_on(&self) {
        let (answer, answered) = oneshot::channel();
        {
            let mut ends = self.ends();
            let Some(thread) = ends.thread.clone() else { return };
            ends.asker = Some(answer);
            self.is_asked.store(true, Ordering::Release);
            thread.wake();
        }
        // An error is the end of the session.
        let _ = answered.await;
    }

    /// From now on the session runs on this thread.
    pub fn begin(&self, thread: Waker) {
        self.ends().thread = Some(thread);
    }

    /// The session's thread is to answer.
    pub fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Acquire)
    }

    /// Nothing that the client had sent when somebody asked is held any more.
    pub fn answer(&self) {
        if self.is_asked.swap(false, Ordering::AcqRel)
            && let Some(asker) = self.ends().asker.take()
        {
            // Who asked may have gone.
            let _ = asker.send(());
        }
    }

    /// The session has ended.
    pub fn end(&self) {
        *self.ends() = Ends::default();
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
