//! Effects under way: entered when a statement is judged, carried out at the reply that proves it.

use std::sync::Arc;

use super::moving::{Moving, Over};
use super::reading::Ruling;
use crate::catalog::change::Change;
use crate::session::following::Following;
use crate::session::judge::Effect;
use crate::session::names::Names;
use crate::sql::Effect as NameEffect;
use crate::sql::known::SessionNames;
use crate::sql::settings::{Ending, SettingEffect};

/// Entries remembered; a prepared SET that is run after this many other effects is not known any
/// more, and nothing is certain then.
const REMEMBERED: usize = 1024;

/// How far back an equal entry is looked for before a new one is made.
const RECENT: usize = 16;

/// Rulings with effects, by number.
#[derive(Debug, Default)]
pub struct Effects {
    entries: Vec<(u32, Arc<Ruling>)>,
    next: u32,
}

impl Effects {
    /// A number for what this statement does; `None` if it does nothing.
    pub fn enter(&mut self, ruling: &Arc<Ruling>) -> Option<Effect> {
        if !ruling.acts() {
            return None;
        }
        let equal = |(_, entry): &&(u32, Arc<Ruling>)| entry.acts_as(ruling);
        if let Some((id, _)) = self.entries.iter().rev().take(RECENT).find(equal) {
            return Some(Effect(*id));
        }
        if self.entries.len() >= REMEMBERED {
            self.entries.remove(0);
        }
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.entries.push((id, Arc::clone(ruling)));
        Some(Effect(id))
    }

    /// What the number stands for. The entry stays: a prepared statement may be run again.
    pub fn find(&self, effect: Effect) -> Option<Arc<Ruling>> {
        self.entries.iter().rev().find(|(id, _)| *id == effect.0).map(|(_, ruling)| Arc::clone(ruling))
    }
}

/// What a session follows.
pub struct Followed<'f> {
    pub following: &'f mut Following,
    pub moving: &'f mut Moving,
    pub session: &'f mut SessionNames,
    pub protocol: &'f mut dyn Names,
}

/// A statement has succeeded with this command tag. Returns the changes of the shape that it commits.
pub fn carry_out(ruling: &Ruling, tag: &[u8], followed: Followed<'_>) -> Vec<Change> {
    let Followed { following, moving, session, protocol } = followed;
    for effect in &ruling.judged.effects {
        session.apply(effect, &ruling.judged.verdict);
        forget(effect, protocol);
    }
    moving.made(&ruling.judged.changes);
    session.settled(&ruling.judged.changes);
    let mut committed = Vec::new();
    for setting in &ruling.judged.settings {
        match setting {
            SettingEffect::Set { name, value, local } => following.set(name, value.as_deref(), *local),
            SettingEffect::ResetAll => following.reset_all(),
            SettingEffect::LoseSight => following.lose_sight(),
            SettingEffect::LosePath { for_good } => following.lose_path(*for_good),
            SettingEffect::Begin => {
                following.begin();
                moving.begin();
            }
            SettingEffect::End(ending) => {
                let succeeded = tag != b"ROLLBACK";
                following.end(succeeded && *ending != Ending::Rollback);
                // What is prepared is committed by somebody else, or never: the shape is then another
                // than the pinned one until it is accepted.
                let over = match (*ending, succeeded) {
                    (Ending::Commit, true) => Over::Committed,
                    (Ending::Rollback | Ending::Prepare, true) | (Ending::Rollback, false) => Over::TakenBack,
                    (Ending::Commit | Ending::Prepare, false) => Over::Lost,
                };
                committed.extend(moving.end(over, &mut session.temporary));
            }
            SettingEffect::Savepoint(name) => {
                following.savepoint(name);
                moving.savepoint(name, session.temporary.mark());
            }
            SettingEffect::RollbackTo(name) => {
                following.rollback_to(name);
                moving.rollback_to(name, &mut session.temporary);
            }
            SettingEffect::Release(name) => {
                following.release(name);
                moving.release(name);
            }
        }
    }
    committed
}

/// Names of SQL and of the protocol are the same; what SQL ends, the protocol has no more.
fn forget(effect: &NameEffect, protocol: &mut dyn Names) {
    match effect {
        NameEffect::Deallocated(Some(name)) => protocol.forget_statement(name.as_bytes()),
        NameEffect::Deallocated(None) => protocol.forget_statements(),
        NameEffect::Closed(Some(name)) => protocol.forget_portal(name.as_bytes()),
        NameEffect::Closed(None) => protocol.forget_portals(),
        NameEffect::Discarded => {
            protocol.forget_statements();
            protocol.forget_portals();
        }
        NameEffect::Prepared(..)
        | NameEffect::Declared(_)
        | NameEffect::Made(_)
        | NameEffect::MadeUnlessThere(_)
        | NameEffect::Taken(_)
        | NameEffect::Missed(_)
        | NameEffect::Vouched(_)
        | NameEffect::Dropped(_)
        | NameEffect::Doubted(_)
        | NameEffect::TemporaryDiscarded => {}
    }
}
