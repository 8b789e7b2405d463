//! ErrorResponse of the server: forwarded with its position mapped back, or replaced by the refusal
//! that provoked it; and what the server discards after it.

use super::Session;
use super::fault::Fault;
use super::judge::{Event, SUBSTITUTE_SQLSTATE, Treatment};
use super::owed::{Entry, Owes, Progress, Treat};
use super::position::Positions;
use super::prepared::Prepared;
use super::relay::{Fate, Relay};
use super::stale;
use crate::wire::frame::Frame;
use crate::wire::from_server::Fields;
use crate::wire::report::Report;
use crate::wire::write;

impl Session {
    pub(super) fn error(&mut self, frame: Frame<'_>, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let fields = Fields::read(frame.body()).map_err(Fault::Server)?;
        if fields.is_fatal() {
            self.server_said_why = true;
            return Ok(Fate::Pass);
        }
        let copy_refused = self.copy_fails(fields.sqlstate());
        let Some(front) = self.owed.front() else { return Err(Fault::NotOwed(frame.tag)) };
        if self.owed.progress == Progress::Failed || matches!(front.owes, Owes::Startup) {
            return Err(Fault::NotOwed(frame.tag));
        }
        let came_late = copy_refused.is_none() && stale::is_stale_writer(&fields);
        let again = came_late && self.may_attempt_again();
        let Some(front) = self.owed.front() else { return Err(Fault::NotOwed(frame.tag)) };
        let fate = match (
            copy_refused.as_deref(),
            refusal(front),
            fields.sqlstate() == SUBSTITUTE_SQLSTATE.as_bytes(),
        ) {
            _ if again => Fate::Drop,
            _ if came_late => {
                stale::came_late().write(relay.own());
                Fate::Drop
            }
            (Some(report), _, _) | (None, Some(report), true) => {
                report.write(relay.own());
                Fate::Drop
            }
            (None, Some(_), false) | (None, None, _) => {
                mapped(positions(front), before(front), &fields, relay)
            }
        };
        let extended = front.owes.is_extended();
        self.tell(Event::Failed { sqlstate: fields.sqlstate() })?;
        if extended {
            self.discard_until_sync();
        } else {
            self.owed.progress = Progress::Failed;
        }
        Ok(fate)
    }

    /// ORDER: after an error in the extended protocol the server discards all until Sync, and so is
    /// all that was forwarded since; what has not been forwarded will not be.
    fn discard_until_sync(&mut self) {
        let from = self.owed.front_seq();
        self.loose_syncs = 0;
        loop {
            match self.owed.front() {
                Some(Entry { owes: Owes::Sync, .. }) => break,
                None => {
                    self.skipping = true;
                    break;
                }
                Some(entry) => {
                    self.loose_syncs += usize::from(matches!(entry.owes, Owes::SwallowedSync));
                    self.owed.pop();
                }
            }
        }
        let discarded = from..self.owed.front_seq();
        self.statements.undo(discarded.clone(), Prepared::settled);
        self.portals.undo(discarded, |_, before| before);
    }
}

/// The refusal that the first entry stands for, at the statement that the server has reached.
fn refusal(front: &Entry) -> Option<&Report> {
    match (&front.treat, &front.owes) {
        (Treat::Substitute(report), _) => Some(report),
        (Treat::Forward | Treat::Skip, Owes::Query(Some(run))) => {
            match &run.statements.get(run.at)?.treatment {
                Treatment::Refuse(report) => Some(report),
                Treatment::Clear(_) | Treatment::Plan(_) => None,
            }
        }
        _ => None,
    }
}

fn positions(front: &Entry) -> Option<&Positions> {
    match &front.owes {
        Owes::Query(Some(run)) => Some(&run.positions),
        Owes::Parse(Some(prepared)) | Owes::Bind(Some(prepared)) => Some(&prepared.positions),
        Owes::DescribeStatement(Some(prepared)) => Some(&prepared.positions),
        Owes::DescribePortal(Some(portal)) | Owes::Execute(Some(portal)) => Some(&portal.prepared.positions),
        _ => None,
    }
}

/// Characters of the sent text before the one that the server counts from.
fn before(front: &Entry) -> u32 {
    let part = match &front.owes {
        Owes::Query(Some(run)) => run.parts.get(run.at),
        _ => None,
    };
    part.copied().unwrap_or(0)
}

/// Forwards the error, its position (field P) in terms of the client's own text.
fn mapped(positions: Option<&Positions>, before: u32, fields: &Fields<'_>, relay: &mut Relay<'_>) -> Fate {
    let edited = positions.filter(|p| !p.0.is_empty());
    let place = fields.get(b'P').and_then(|p| std::str::from_utf8(p).ok()?.parse::<u32>().ok());
    let (Some(positions), Some(place)) = (edited, place) else { return Fate::Pass };
    write::message(relay.own(), b'E', |out| {
        for (code, text) in fields.iter() {
            out.push(code);
            match code {
                b'P' => out
                    .extend_from_slice(positions.client(place.saturating_add(before)).to_string().as_bytes()),
                _ => out.extend_from_slice(text),
            }
            out.push(0);
        }
        out.push(0);
    });
    Fate::Drop
}
