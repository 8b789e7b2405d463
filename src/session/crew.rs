//! Rows of a large result, opened on several threads at once and put together again in their order.
//!
//! Knows where a run of rows can be parted. Knows no thread: whoever runs the session lends it some
//! ([`Crew`]). Each part is opened with cells of its own ([`Cells::beside`]).

use std::fmt::Debug;

use super::fault::Fault;
use super::judge::Cells;
use crate::wire::frame::{self, Frame};

/// Threads that a session may borrow for as long as one call takes.
pub trait Crew: Debug + Send + Sync {
    /// How many have nothing to do. No promise: whoever comes first has them.
    fn idle(&self) -> usize;

    /// Runs `own` on the thread that calls and `others` on the crew's; returns when all have ended.
    fn run(&self, own: &mut dyn FnMut(), others: Vec<Work<'_>>);
}

/// What one thread of a crew does.
pub type Work<'w> = Box<dyn FnOnce() + Send + 'w>;

/// Bytes of rows, sealed, that are worth waking a thread for: some 50 µs of opening.
const PART_BYTES: usize = 12 * 1024;
/// Parts of one run.
const PARTS: usize = 4;

/// One thread's part of a run.
struct Part<'r> {
    rows: &'r [u8],
    cells: Box<dyn Cells + Send>,
    out: Vec<u8>,
    done: Result<(), Fault>,
}

/// Changes all frames of `run`, which are whole, with `change`, and appends what becomes of them in
/// their order: by the thread that calls, and by those of `crew` that are idle if the run is long enough.
/// After an error `out` ends behind the last frame that was changed before the one that failed.
pub(super) fn change_all(
    crew: Option<&dyn Crew>,
    run: &[u8],
    cells: &mut dyn Cells,
    out: &mut Vec<u8>,
    change: &Change<'_>,
) -> Result<(), Fault> {
    let Some((crew, count)) = crew.and_then(|crew| Some((crew, parts(crew, run)?))) else {
        return change_part(run, cells, out, change);
    };
    let mut rows = part(run, count).into_iter();
    let own = rows.next().unwrap_or(&[]);
    let mut others = Vec::with_capacity(count);
    for rows in rows {
        let Some(cells) = cells.beside() else { return change_part(run, cells, out, change) };
        // Opened is shorter than sealed.
        others.push(Part { rows, cells, out: Vec::with_capacity(rows.len()), done: Ok(()) });
    }
    let mut done = Ok(());
    let work = |part| -> Work<'_> {
        let Part { rows, cells, out, done }: &mut Part<'_> = part;
        Box::new(move || *done = change_part(rows, cells.as_mut(), out, change))
    };
    let work = others.iter_mut().map(work).collect();
    crew.run(&mut || done = change_part(own, cells, out, change), work);
    for mut part in others {
        if let (Some(counts), Some(more)) = (cells.counts(), part.cells.counts()) {
            counts.add(more);
        }
        if done.is_ok() {
            out.append(&mut part.out);
            done = part.done;
        }
    }
    done
}

/// Changes the body of one frame and appends what becomes of it; after an error nothing.
pub(super) type Change<'c> = dyn Fn(&mut dyn Cells, &[u8], &mut Vec<u8>) -> Result<(), Fault> + Sync + 'c;

/// Whether so much has arrived, and somebody is idle.
#[inline]
pub(super) fn is_worth(crew: &dyn Crew, arrived: &[u8]) -> bool {
    parts(crew, arrived).is_some()
}

/// Into how many parts a run goes; `None`: it stays whole.
fn parts(crew: &dyn Crew, run: &[u8]) -> Option<usize> {
    let worth = (run.len() / PART_BYTES).min(PARTS);
    if worth < 2 {
        return None;
    }
    let parts = worth.min(crew.idle() + 1);
    (parts >= 2).then_some(parts)
}

/// Parts `run` between frames into at most `count` pieces of about the same size.
fn part(run: &[u8], count: usize) -> Vec<&[u8]> {
    let size = run.len().div_ceil(count.max(1));
    let mut parts = Vec::with_capacity(count);
    let (mut rest, mut at) = (run, 0);
    while let Some(frame) = Frame::cut(rest.get(at..).unwrap_or(&[])).ok().flatten() {
        at += frame.whole.len();
        if at >= size
            && let Some((part, later)) = rest.split_at_checked(at)
        {
            parts.push(part);
            (rest, at) = (later, 0);
        }
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

fn change_part(
    mut rows: &[u8],
    cells: &mut dyn Cells,
    out: &mut Vec<u8>,
    change: &Change<'_>,
) -> Result<(), Fault> {
    while let Some(frame) = Frame::cut(rows).map_err(Fault::Server)? {
        change(cells, frame.body(), out)?;
        rows = rows.get(frame.whole.len()..).unwrap_or(&[]);
    }
    Ok(())
}

/// The frames at the front of `bytes` that have this tag, are whole, and within `limit`.
pub(super) fn run_of(bytes: &[u8], tag: u8, limit: usize) -> &[u8] {
    let mut end = 0;
    while let Ok(Some(head)) = frame::head(bytes.get(end..).unwrap_or(&[]))
        && head.tag == tag
        && head.total <= limit
        && head.total <= bytes.len() - end
    {
        end += head.total;
    }
    bytes.get(..end).unwrap_or(&[])
}
