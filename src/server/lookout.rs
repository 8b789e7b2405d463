//! Where sessions ask that somebody look at the database's shape, and whoever looks finds them.
//!
//! One look serves everybody who asked before it began. Knows no database: the vigil looks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::session::look::Look;

/// Shared by all sessions of a proxy and its vigil.
#[derive(Debug, Default)]
pub struct Lookout {
    /// Wakes the vigil. Not there: nobody looks.
    bell: OnceLock<SyncSender<()>>,
    waiting: Mutex<Vec<Arc<Look>>>,
    /// The operator asks that everything be read again.
    reread: AtomicBool,
}

impl Lookout {
    /// From now on somebody looks whenever the bell rings.
    pub fn staff(&self, bell: SyncSender<()>) {
        // Once in the life of a proxy.
        let _staffed = self.bell.set(bell);
    }

    /// A look that begins after this; `None` if nobody looks.
    pub fn ask(&self) -> Option<Arc<Look>> {
        let bell = self.bell.get()?;
        let look = Arc::<Look>::default();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&look));
        ring(bell);
        Some(look)
    }

    /// Everybody who waits. ORDER: taken before the look that answers them begins.
    pub fn waiting(&self) -> Vec<Arc<Look>> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Something has been defined through this proxy: whoever looks is to look now.
    pub fn wake(&self) {
        if let Some(bell) = self.bell.get() {
            ring(bell);
        }
    }

    /// The operator's wish.
    pub fn ask_to_reread(&self) {
        self.reread.store(true, Ordering::Release);
        self.wake();
    }

    /// Whether it was there since this was last asked.
    pub fn takes_reread(&self) -> bool {
        self.reread.swap(false, Ordering::AcqRel)
    }
}

/// One ring that is not heard yet is enough.
fn ring(bell: &SyncSender<()>) {
    let _ringing = bell.try_send(());
}
