//! What a result is, compared with the plan; and its rows, opened.

use super::fault::Fault;
use super::judge::{CellError, Cells, Shown};
use super::prepared::ResultFormats;
use crate::protect::ARMOUR;
use crate::sql::verdict::{OutColumn, Plan, Rows, ShownType, Treat};
use crate::types::{Oid, Shape as Inside, oid};
use crate::wire::from_client::Format;
use crate::wire::from_server::{DataRow, Field, RowDescription};
use crate::wire::write;

/// The plan's columns laid over `count` real ones: [`OutColumn::KeepRest`] stands for as many as it
/// takes. `None` if they cannot be.
fn kept_rest(columns: &[OutColumn], count: usize) -> Option<usize> {
    let rest = columns.iter().filter(|c| matches!(c, OutColumn::KeepRest)).count();
    let fixed = columns.len() - rest;
    match rest {
        0 => (fixed == count).then_some(0),
        1 => count.checked_sub(fixed),
        _ => None,
    }
}

/// Walks the plan's columns with `KeepRest` spelt out.
fn laid_out(columns: &[OutColumn], rest: usize) -> impl Iterator<Item = &OutColumn> {
    columns.iter().flat_map(move |column| match column {
        OutColumn::KeepRest => std::iter::repeat_n(&OutColumn::Keep, rest),
        OutColumn::Keep | OutColumn::Open(_) | OutColumn::Document(_) => std::iter::repeat_n(column, 1),
    })
}

/// The format of a Query's rows: one for all columns (manual, 55.2.3; DECLARE, BINARY).
pub(super) fn format_of_rows(body: &[u8]) -> Result<Format, Fault> {
    let view = RowDescription::read(body).map_err(Fault::Server)?;
    Ok(view.fields().next().map_or(Format::Text, |field| field.format))
}

/// Checks a RowDescription against the plan and appends what the client sees. After an error `out`
/// ends where it did.
///
/// REFUSES: another number of columns; an opened column whose table and attribute are not those of
/// the plan; a kept column that the live catalog calls protected.
pub(super) fn describe_rows(
    plan: &Plan,
    cells: &dyn Cells,
    body: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let view = RowDescription::read(body).map_err(Fault::Server)?;
    let count = usize::from(view.count);
    let no_columns = [];
    let (columns, rest) = match &plan.rows {
        Rows::Untouched | Rows::Strange(_) | Rows::Definitions(_) => (&no_columns[..], count),
        Rows::Columns(columns) => {
            let rest = kept_rest(columns, count)
                .ok_or(Fault::Contradiction("a result has another number of columns than planned"))?;
            (&columns[..], rest)
        }
    };
    let untouched = std::iter::repeat_n(&OutColumn::Keep, if columns.is_empty() { count } else { 0 });
    let before = out.len();
    out.push(b'T');
    let at = write::begin(out);
    out.extend_from_slice(&view.count.to_be_bytes());
    let mut pairs = view.fields().zip(laid_out(columns, rest).chain(untouched));
    let described = pairs.try_for_each(|(field, column)| describe_column(&field, column, cells, out));
    match described {
        Ok(()) => write::finish(out, at, true),
        // ORDER: what the client hears next is why the session ends, and not half a message.
        Err(_) => out.truncate(before),
    }
    described
}

/// As what each column of a plan is shown; `None` where it is forwarded.
pub(super) fn shown(plan: &Plan, cells: &dyn Cells) -> Box<[Option<Shown>]> {
    let columns: &[OutColumn] = match &plan.rows {
        Rows::Untouched | Rows::Strange(_) | Rows::Definitions(_) => &[],
        Rows::Columns(columns) => columns,
    };
    let shown = |column: &OutColumn| match column {
        OutColumn::Keep | OutColumn::KeepRest | OutColumn::Document(_) => None,
        OutColumn::Open(open) => Some(cells.shown(open)),
    };
    columns.iter().map(shown).collect()
}

/// Does a client that was told of these columns read those? A column that is opened now and was not
/// before reads the same if it has the type that it is stored in.
pub(super) fn reads_as(told: &[Option<Shown>], now: &[Option<Shown>]) -> bool {
    let at = |list: &[Option<Shown>], index: usize| list.get(index).copied().flatten();
    (0..told.len().max(now.len())).all(|index| match (at(told, index), at(now, index)) {
        (Some(one), Some(other)) => one == other,
        (Some(one), None) | (None, Some(one)) => {
            matches!(one.oid, oid::TEXT | oid::VARCHAR | oid::BYTEA | oid::JSON | oid::JSONB)
        }
        (None, None) => true,
    })
}

fn describe_column(
    field: &Field<'_>,
    column: &OutColumn,
    cells: &dyn Cells,
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let (mut oid, mut typlen, mut typmod) = (field.oid, field.typlen, field.typmod);
    let (mut table, mut attnum) = (field.table, field.attnum);
    match column {
        OutColumn::Open(open) => {
            let agrees = match open.witness {
                None => field.table == 0,
                Some((0, _)) => true,
                Some((table, attnum)) => (field.table, field.attnum) == (table, attnum),
            };
            if !agrees {
                return Err(Fault::Contradiction("a result column is another column than planned"));
            }
            let shown = cells.shown(open);
            (oid, typlen, typmod) = (shown.oid, shown.typlen, shown.typmod);
            if shown.cast {
                (table, attnum) = (0, 0);
            }
        }
        OutColumn::Document(document) => {
            let own = match (&document.shape, document.binary) {
                (Inside::Joined { .. }, _) => matches!(field.oid, oid::TEXT | oid::VARCHAR),
                (_, _) if document.written => matches!(field.oid, oid::TEXT | oid::VARCHAR),
                (_, true) => field.oid == oid::JSONB,
                (_, false) => field.oid == oid::JSON,
            };
            if field.table != 0 || !own {
                return Err(Fault::Contradiction("a result column is no document, as was planned"));
            }
        }
        OutColumn::Keep | OutColumn::KeepRest
            if field.table != 0 && cells.is_protected(field.table, field.attnum) =>
        {
            return Err(Fault::Contradiction("a result column is protected, against the plan"));
        }
        OutColumn::Keep | OutColumn::KeepRest => {}
    }
    out.extend_from_slice(field.name);
    out.push(0);
    out.extend_from_slice(&table.to_be_bytes());
    out.extend_from_slice(&attnum.to_be_bytes());
    out.extend_from_slice(&oid.to_be_bytes());
    out.extend_from_slice(&typlen.to_be_bytes());
    out.extend_from_slice(&typmod.to_be_bytes());
    out.extend_from_slice(&field.format.code().to_be_bytes());
    Ok(())
}

/// How armour begins in a bytea that is shown as text.
const ARMOUR_IN_HEX: &[u8] = b"\\x706756313a";

/// REFUSES: a DataRow of a cursor that was not seen being opened, with something sealed in it.
pub(super) fn check_strange_row(body: &[u8]) -> Result<(), Fault> {
    let found = |sealed| memchr::memmem::find(body, sealed).is_some();
    match found(ARMOUR) || found(ARMOUR_IN_HEX) {
        true => Err(Fault::Contradiction("a cursor that was opened elsewhere gives protected values")),
        false => Ok(()),
    }
}

/// Appends one DataRow, opened. Runs of kept columns are copied at once. After an error `out` ends
/// where it did.
pub(super) fn open_row(
    columns: &[OutColumn],
    formats: &ResultFormats,
    cells: &mut dyn Cells,
    body: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let before = out.len();
    let result = open_columns(columns, formats, cells, body, out);
    if result.is_err() {
        out.truncate(before);
    }
    result
}

fn open_columns(
    columns: &[OutColumn],
    formats: &ResultFormats,
    cells: &mut dyn Cells,
    body: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let row = DataRow::read(body).map_err(Fault::Server)?;
    let rest = kept_rest(columns, usize::from(row.count))
        .ok_or(Fault::Contradiction("a row has another number of columns than planned"))?;
    out.push(b'D');
    let frame = write::begin(out);
    out.extend_from_slice(&row.count.to_be_bytes());
    let mut cursor = row.cursor();
    let mut kept = cursor.rest();
    let mut index = 0;
    for column in columns {
        match column {
            OutColumn::Open(_) | OutColumn::Document(_) => {}
            OutColumn::Keep => {
                cursor.value().map_err(Fault::Server)?;
                index += 1;
                continue;
            }
            OutColumn::KeepRest => {
                (0..rest).try_for_each(|_| cursor.value().map(|_| ())).map_err(Fault::Server)?;
                index += rest;
                continue;
            }
        }
        let before = cursor.rest();
        if let Some(stored) = cursor.value().map_err(Fault::Server)? {
            copy_between(kept, before, out);
            kept = cursor.rest();
            let at = write::begin(out);
            open_cell(column, formats.of(index), cells, stored, out)
                .map_err(|error| Fault::NotOpened(Box::new(error.report())))?;
            write::finish(out, at, false);
        }
        index += 1;
    }
    copy_between(kept, cursor.rest(), out);
    cursor.end().map_err(Fault::Server)?;
    write::finish(out, frame, true);
    Ok(())
}

fn open_cell(
    column: &OutColumn,
    format: Format,
    cells: &mut dyn Cells,
    stored: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), CellError> {
    match column {
        OutColumn::Open(open) => cells.open(open, format, stored, out),
        OutColumn::Document(document) => cells.open_document(document, format, stored, out),
        OutColumn::Keep | OutColumn::KeepRest => {
            out.extend_from_slice(stored);
            Ok(())
        }
    }
}

/// Copies from `from` up to where its tail `to` begins.
fn copy_between(from: &[u8], to: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(from.get(..from.len().saturating_sub(to.len())).unwrap_or(&[]));
}

/// Appends the ParameterDescription that the client sees: its own parameters, with the types that
/// the plan shows.
pub(super) fn describe_params(plan: &Plan, server: &[Oid], out: &mut Vec<u8>) -> Result<(), Fault> {
    const MISMATCH: Fault = Fault::Contradiction("a statement has other parameters than planned");
    if !plan.params.is_empty() && plan.params.len() != server.len() {
        return Err(MISMATCH);
    }
    let used = plan.params.iter().map(|p| usize::from(p.client) + 1).max().unwrap_or(server.len());
    let count = used.max(plan.client_params.len());
    let kept = |client: usize| match plan.params.is_empty() {
        true => server.get(client).copied(),
        false => plan
            .params
            .iter()
            .zip(server)
            .filter(|(p, _)| usize::from(p.client) == client)
            .min_by_key(|(p, _)| match p.treat {
                Treat::Keep | Treat::Null => 0,
                Treat::Seal(..) => 1,
            })
            .map(|(_, oid)| *oid),
    };
    let mut oids = Vec::with_capacity(count);
    for client in 0..count {
        let shown = plan.client_params.get(client).and_then(Option::as_ref).map(ShownType::oid);
        oids.push(shown.or_else(|| kept(client)).ok_or(MISMATCH)?);
    }
    write::parameter_description(out, oids.into_iter());
    Ok(())
}
