//! Answers to Query, Execute and Describe: results compared with their plan, and opened.

use std::sync::Arc;

use super::Session;
use super::crew;
use super::definitions;
use super::fault::Fault;
use super::judge::{Cells, Planned, Treatment};
use super::owed::{Owes, Progress, Treat};
use super::prepared::{Prepared, ResultFormats};
use super::relay::{Fate, Relay};
use super::results;
use crate::sql::verdict::Rows;
use crate::wire::frame::{Frame, server as tag};
use crate::wire::from_server;

impl Session {
    pub(super) fn query_reply(&mut self, frame: Frame<'_>, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        match self.owed.progress {
            Progress::Failed | Progress::Half => return Err(Fault::NotOwed(frame.tag)),
            Progress::Fresh
            | Progress::Rows
            | Progress::CopyIn { .. }
            | Progress::CopyOut
            | Progress::CopyBoth { .. } => {}
        }
        let takes_data = self.owed.front().is_some_and(|e| e.takes_data);
        let Some(Owes::Query(Some(run))) = self.owed.front().map(|e| &e.owes) else {
            return self.uncounted_reply(frame, takes_data, relay);
        };
        let own = matches!(
            frame.tag,
            tag::PARSE_COMPLETE | tag::BIND_COMPLETE | tag::CLOSE_COMPLETE | tag::NO_DATA
        );
        if !run.parts.is_empty() && own && self.owed.progress == Progress::Fresh {
            return Ok(Fate::Drop);
        }
        let Some(judged) = run.statements.get(run.at) else {
            return match frame.tag {
                tag::EMPTY_QUERY_RESPONSE if run.statements.is_empty() => Ok(Fate::Pass),
                _ => Err(Fault::NotOwed(frame.tag)),
            };
        };
        if run.behind {
            return self.behind_reply(frame);
        }
        let (takes_data, behind) = (judged.takes_data, judged.behind().is_some());
        let planned = match &judged.treatment {
            Treatment::Clear(_) => None,
            Treatment::Plan(planned) => Some(planned.clone()),
            Treatment::Refuse(_) => return Err(Fault::RefusedButRun),
        };
        match (frame.tag, self.owed.progress) {
            (tag::ROW_DESCRIPTION, Progress::Fresh) => {
                self.owed.progress = Progress::Rows;
                if planned.is_some() {
                    self.query_format = results::format_of_rows(frame.body())?;
                }
                self.describe_rows(planned.as_ref(), frame, relay)
            }
            (tag::DATA_ROW, Progress::Rows) => {
                let formats = ResultFormats::All(self.query_format);
                self.open_rows(planned.as_ref(), &formats, frame, relay)
            }
            (tag::COMMAND_COMPLETE, _) => {
                let effect = judged.effect;
                self.copy_completes()?;
                self.owed.progress = Progress::Fresh;
                if let Some(Owes::Query(Some(run))) = self.owed.front_mut().map(|e| &mut e.owes) {
                    run.behind = behind;
                    run.at += usize::from(!behind);
                }
                self.completed(effect, frame.body())?;
                Ok(Fate::Pass)
            }
            _ => self.uncounted_reply(frame, takes_data, relay),
        }
    }

    /// The answer to pgveil's own statement behind one of the client's.
    fn behind_reply(&mut self, frame: Frame<'_>) -> Result<Fate, Fault> {
        match (frame.tag, self.owed.front_mut().map(|entry| &mut entry.owes)) {
            (tag::COMMAND_COMPLETE, Some(Owes::Query(Some(run)))) => {
                run.behind = false;
                run.at += 1;
                Ok(Fate::Drop)
            }
            _ => Err(Fault::NotOwed(frame.tag)),
        }
    }

    /// A Query none of whose statements is looked at.
    fn uncounted_reply(
        &mut self,
        frame: Frame<'_>,
        takes_data: bool,
        relay: &mut Relay<'_>,
    ) -> Result<Fate, Fault> {
        let progress = self.owed.progress;
        match (frame.tag, progress) {
            (tag::ROW_DESCRIPTION, Progress::Fresh | Progress::CopyBoth { .. }) => {
                self.owed.progress = Progress::Rows;
            }
            (tag::COMMAND_COMPLETE, _) => self.owed.progress = Progress::Fresh,
            (tag::EMPTY_QUERY_RESPONSE, Progress::Fresh) => {}
            (tag::COPY_IN_RESPONSE | tag::COPY_OUT_RESPONSE | tag::COPY_BOTH_RESPONSE, Progress::Fresh) => {
                return self.copy_begins(frame, takes_data);
            }
            (tag::COPY_DONE, _) => return self.copy_ends(relay),
            _ => return Err(Fault::NotOwed(frame.tag)),
        }
        Ok(Fate::Pass)
    }

    pub(super) fn execute_reply(&mut self, frame: Frame<'_>, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let Some(front) = self.owed.front() else { return Err(Fault::NotOwed(frame.tag)) };
        let Owes::Execute(portal) = &front.owes else { return Err(Fault::NotOwed(frame.tag)) };
        if matches!(front.treat, Treat::Skip) && frame.tag != tag::COMMAND_COMPLETE {
            return Err(Fault::NotOwed(frame.tag));
        }
        match (frame.tag, self.owed.progress) {
            (tag::DATA_ROW, Progress::Fresh | Progress::Rows) => {
                let portal = portal.clone();
                self.owed.progress = Progress::Rows;
                let Some(portal) = portal else { return Ok(Fate::Pass) };
                let planned = portal.prepared.planned();
                if planned.is_some() && !portal.prepared.witness.is_heard() {
                    return Err(Fault::Contradiction("rows came that were never described"));
                }
                self.open_rows(planned, &portal.formats, frame, relay)
            }
            (tag::COMMAND_COMPLETE | tag::EMPTY_QUERY_RESPONSE, _) => {
                let effect = portal.as_ref().and_then(|p| p.prepared.judged.effect);
                self.copy_completes()?;
                self.completed(effect, frame.body())?;
                self.answered();
                Ok(Fate::Pass)
            }
            (tag::PORTAL_SUSPENDED, Progress::Fresh | Progress::Rows) => {
                self.answered();
                Ok(Fate::Pass)
            }
            (tag::COPY_IN_RESPONSE | tag::COPY_OUT_RESPONSE | tag::COPY_BOTH_RESPONSE, Progress::Fresh) => {
                let takes_data = front.takes_data;
                self.copy_begins(frame, takes_data)
            }
            (tag::COPY_DONE, _) => self.copy_ends(relay),
            _ => Err(Fault::NotOwed(frame.tag)),
        }
    }

    pub(super) fn describe_reply(&mut self, frame: Frame<'_>, relay: &mut Relay<'_>) -> Result<Fate, Fault> {
        let Some(front) = self.owed.front() else { return Err(Fault::NotOwed(frame.tag)) };
        let skipped = matches!(front.treat, Treat::Skip);
        let (prepared, ready_for_rows): (Option<Arc<Prepared>>, bool) = match &front.owes {
            Owes::DescribeStatement(prepared) => (prepared.clone(), self.owed.progress == Progress::Half),
            Owes::DescribePortal(portal) => (portal.as_ref().map(|p| Arc::clone(&p.prepared)), true),
            _ => return Err(Fault::NotOwed(frame.tag)),
        };
        let planned = prepared.as_ref().and_then(|p| p.planned());
        match frame.tag {
            tag::PARAMETER_DESCRIPTION if !ready_for_rows => {
                self.owed.progress = Progress::Half;
                if skipped { Ok(Fate::Drop) } else { describe_params(planned, frame, relay) }
            }
            tag::ROW_DESCRIPTION if ready_for_rows => {
                let fate = if skipped {
                    self.check_rows(planned, frame)?;
                    Fate::Drop
                } else {
                    let fate = self.describe_rows(planned, frame, relay)?;
                    self.told(prepared.as_deref());
                    fate
                };
                self.witnessed(prepared.as_deref());
                Ok(fate)
            }
            tag::NO_DATA if ready_for_rows => {
                if planned.is_some_and(|p| matches!(p.plan.rows, Rows::Columns(_))) {
                    return Err(Fault::Contradiction("a result has no columns, against the plan"));
                }
                self.witnessed(prepared.as_deref());
                Ok(Fate::Pass)
            }
            _ => Err(Fault::NotOwed(frame.tag)),
        }
    }

    /// The client has been shown the columns of a result.
    fn told(&mut self, prepared: Option<&Prepared>) {
        let Some((prepared, planned)) = prepared.and_then(|p| Some((p, p.planned()?))) else { return };
        if prepared.described.get().is_none()
            && let Some(cells) = self.judge.cells(planned.epoch)
        {
            // Once is enough: a second description is the same.
            let _told = prepared.described.set(results::shown(&planned.plan, cells));
        }
    }

    fn witnessed(&mut self, prepared: Option<&Prepared>) {
        if let Some(prepared) = prepared {
            prepared.witness.hear();
        }
        self.answered();
    }

    fn describe_rows(
        &mut self,
        planned: Option<&Planned>,
        frame: Frame<'_>,
        relay: &mut Relay<'_>,
    ) -> Result<Fate, Fault> {
        let Some(planned) = planned else { return Ok(Fate::Pass) };
        let cells = self.judge.cells(planned.epoch).ok_or(GONE)?;
        results::describe_rows(&planned.plan, cells, frame.body(), relay.own())?;
        Ok(Fate::Drop)
    }

    fn check_rows(&mut self, planned: Option<&Planned>, frame: Frame<'_>) -> Result<(), Fault> {
        let Some(planned) = planned else { return Ok(()) };
        self.sent.clear();
        let cells = self.judge.cells(planned.epoch).ok_or(GONE)?;
        results::describe_rows(&planned.plan, cells, frame.body(), &mut self.sent)
    }

    /// This row and those that have arrived behind it: between two rows of one result nothing else
    /// needs to be known.
    fn open_rows(
        &mut self,
        planned: Option<&Planned>,
        formats: &ResultFormats,
        frame: Frame<'_>,
        relay: &mut Relay<'_>,
    ) -> Result<Fate, Fault> {
        let Some(planned) = planned else { return Ok(Fate::Pass) };
        if planned.plan.copy.is_some() {
            // REFUSES: a row where CopyData is what was asked for.
            return Err(Fault::NotOwed(frame.tag));
        }
        let columns = match &planned.plan.rows {
            Rows::Untouched => return Ok(Fate::Pass),
            Rows::Strange(_) => return results::check_strange_row(frame.body()).map(|()| Fate::Pass),
            Rows::Definitions(defaults) if defaults.is_empty() => return Ok(Fate::Pass),
            Rows::Definitions(defaults) => {
                let cells = self.judge.cells(planned.epoch).ok_or(GONE)?;
                definitions::show_row(defaults, cells, frame.body(), relay.own())?;
                return Ok(Fate::Drop);
            }
            Rows::Columns(columns) => columns,
        };
        let cells = self.judge.cells(planned.epoch).ok_or(GONE)?;
        // What is no row, or none that is whole and within the limit, is met by whoever called.
        let run = crew::run_of(relay.rest(), tag::DATA_ROW, self.config.limits.message);
        let open = |cells: &mut dyn Cells, body: &[u8], out: &mut Vec<u8>| {
            results::open_row(columns, formats, cells, body, out)
        };
        crew::change_all(self.crew.as_deref(), run, cells, relay.own(), &open)?;
        relay.discard(run.len());
        Ok(Fate::Done)
    }
}

const GONE: Fault = Fault::Contradiction("a plan outlived its epoch in the middle of a result");

fn describe_params(
    planned: Option<&Planned>,
    frame: Frame<'_>,
    relay: &mut Relay<'_>,
) -> Result<Fate, Fault> {
    let Some(planned) = planned else { return Ok(Fate::Pass) };
    let server = from_server::parameter_description(frame.body()).map_err(Fault::Server)?;
    results::describe_params(&planned.plan, &server, relay.own())?;
    Ok(Fate::Drop)
}
