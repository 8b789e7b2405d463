//! What one connection adds to the counts of its thread.
//!
//! A session counts in plain numbers of its own; they are moved to the shard whenever bytes were moved.
//! A clock is read for one turn in [`TIMED`] only.

use std::sync::Arc;
use std::time::Instant;

use crate::observe::metrics::{Measure, Shard};
use crate::session::Session;
use crate::session::tally::Tally;

/// One turn (a wake-up of the connection that moves bytes) in so many is timed: two readings of the clock
/// cost more than all counting together.
const TIMED: u32 = 64;

/// Moves counts of one connection.
pub struct Meter {
    shard: Arc<Shard>,
    turns: u32,
}

/// When a turn began, if it is one that is timed.
pub struct Began(Option<Instant>);

/// Bytes that were read from one side and written to it.
#[derive(Default)]
pub struct Traffic {
    /// From it.
    pub read: u64,
    /// To it.
    pub written: u64,
}

impl Meter {
    /// Counts into this shard, which belongs to the thread of the connection.
    pub fn new(shard: Arc<Shard>) -> Meter {
        Meter { shard, turns: 0 }
    }

    /// A turn may begin.
    pub fn begin(&self) -> Began {
        Began((self.turns % TIMED == TIMED - 1).then(Instant::now))
    }

    /// A turn has moved something.
    pub fn turn(&mut self, began: Began) {
        self.turns = self.turns.wrapping_add(1);
        if let Some(began) = began.0 {
            self.shard.timed(began.elapsed());
        }
    }

    /// Moves what the session and its two sides have counted.
    pub fn settle(&self, session: &mut Session, client: &mut Traffic, server: &mut Traffic) {
        let shard = &*self.shard;
        let client = std::mem::take(client);
        let server = std::mem::take(server);
        let Tally { clear, planned, refused, cells, known, analysed } = session.take_tally();
        for (measure, more) in [
            (Measure::FromClient, client.read),
            (Measure::ToClient, client.written),
            (Measure::FromServer, server.read),
            (Measure::ToServer, server.written),
            (Measure::Clear, clear),
            (Measure::Planned, planned),
            (Measure::SealedRandomized, cells.sealed.randomized),
            (Measure::SealedDeterministic, cells.sealed.deterministic),
            (Measure::OpenedRandomized, cells.opened.randomized),
            (Measure::OpenedDeterministic, cells.opened.deterministic),
            (Measure::Unopened, cells.unopened),
            (Measure::PlanHits, known),
            (Measure::PlanMisses, analysed),
        ] {
            if more > 0 {
                shard.add(measure, more);
            }
        }
        cells.uses.each().for_each(|(key, values)| shard.sealed_under(key.get(), values));
        refused.into_iter().for_each(|reason| shard.refused(reason));
    }
}
