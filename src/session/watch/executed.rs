//! EXECUTE in SQL of a statement that the protocol has prepared: both know it by one name.

use super::Watch;
use super::reading::{Found, Reading};
use crate::session::judge::{Held, Known};
use crate::sql::known::{self, Prepared, Protocol, SessionNames};
use crate::sql::lexer::{Keyword, TokenKind, identifier};
use crate::types::Oid;

impl Watch {
    /// Judges a text that has just been read once more, with what it executes; `None` if that is nothing of the
    /// protocol's, and the verdict stands.
    pub(super) fn with_executed(
        &mut self,
        text: &[u8],
        declared: &[Oid],
        protocol: Protocol,
        session: &dyn Known,
    ) -> Option<Found> {
        let names = self.names_of_both(text, session)?;
        let mut reading = Reading {
            text,
            declared,
            protocol,
            epoch: &self.cells.epoch,
            names: &names,
            tokens: &mut self.tokens,
            shape: &mut self.shape,
            looked: &mut self.looked,
        };
        Some(reading.read())
    }

    /// The session's names with those statements of the protocol that the text executes.
    fn names_of_both(&self, text: &[u8], session: &dyn Known) -> Option<SessionNames> {
        let mut own: Option<SessionNames> = None;
        let mut tokens = (0u32..).zip(self.tokens.as_slice()).filter(|(_, token)| !token.kind.is_comment());
        while let Some((_, token)) = tokens.next() {
            if token.kind != TokenKind::Keyword(Keyword::Execute) {
                continue;
            }
            let Some(name) = tokens.next().and_then(|(at, _)| identifier(text, &self.tokens, at).ok()) else {
                continue;
            };
            if self.names.prepared.contains_key(&*name) {
                continue;
            }
            let Some(held) = session.held(name.as_bytes()) else { continue };
            let prepared = self.executed(&held)?;
            own.get_or_insert_with(|| self.names.clone()).prepared.insert(name.into_owned(), prepared);
        }
        own
    }

    /// What EXECUTE is to run.
    fn executed(&self, held: &Held<'_>) -> Option<Prepared> {
        // REFUSES: what was right when it was prepared may be wrong or in the clear now.
        if held.epoch != self.cells.epoch.id {
            return Some(Prepared::Stale);
        }
        match held.planned {
            Some(planned) => Some(Prepared::Plan(planned.plan.clone())),
            None => Prepared::clear(
                held.text,
                held.names != self.names.revision(),
                &known::Known {
                    catalog: &self.cells.epoch.catalog,
                    policy: &self.cells.epoch.policy,
                    standings: &self.cells.epoch.standings,
                    names: &self.names,
                    declared: &[],
                    protocol: Protocol::Simple,
                },
            ),
        }
    }
}
