//! DEFAULTs with sealed constants in rows of the server's own catalogs: shown as clients wrote them.
//!
//! Knows which constants these are (the plan says it) and where in a row they can stand. What does not open
//! is shown as it is: a catalog must be readable whatever the state of the keys.

use zeroize::Zeroizing;

use super::fault::Fault;
use super::judge::Cells;
use crate::catalog::constant::print;
use crate::sql::verdict::{Open, SealedDefault};
use crate::types::Extent;
use crate::wire::from_client::Format;
use crate::wire::from_server::DataRow;
use crate::wire::write;

/// Appends one DataRow. After an error `out` ends where it did.
pub(super) fn show_row(
    defaults: &[SealedDefault],
    cells: &mut dyn Cells,
    body: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Fault> {
    let row = DataRow::read(body).map_err(Fault::Server)?;
    let before = out.len();
    out.push(b'D');
    let frame = write::begin(out);
    out.extend_from_slice(&row.count.to_be_bytes());
    let mut cursor = row.cursor();
    for _ in 0..row.count {
        let value = match cursor.value() {
            Ok(value) => value,
            Err(error) => {
                out.truncate(before);
                return Err(Fault::Server(error));
            }
        };
        match value {
            None => out.extend_from_slice(&(-1i32).to_be_bytes()),
            Some(value) => {
                let at = write::begin(out);
                show_value(defaults, cells, value, out);
                write::finish(out, at, false);
            }
        }
    }
    if let Err(error) = cursor.end() {
        out.truncate(before);
        return Err(Fault::Server(error));
    }
    write::finish(out, frame, true);
    Ok(())
}

/// Appends one value, with every constant of `defaults` in it opened.
fn show_value(defaults: &[SealedDefault], cells: &mut dyn Cells, value: &[u8], out: &mut Vec<u8>) {
    let mut shown: Option<Zeroizing<Vec<u8>>> = None;
    for default in defaults {
        let printed = default.printed.as_bytes();
        let now = shown.as_ref().map_or(value, |shown| shown.as_slice());
        if memchr::memmem::find(now, printed).is_none() {
            continue;
        }
        let alone = now.starts_with(printed);
        // Inside a document or an array it would have to be written by the rules of that.
        if let Some(value) = opened(default, cells).filter(|value| alone || is_simple(value)) {
            let own = Zeroizing::new(print(&value));
            shown = Some(replaced(now, printed, own.as_bytes()));
        }
    }
    out.extend_from_slice(shown.as_ref().map_or(value, |shown| shown.as_slice()));
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Zeroizing<Vec<u8>> {
    // Room for all of it: what a vector leaves behind when it grows is not wiped.
    let places = memchr::memmem::find_iter(text, from).count();
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() + places * to.len()));
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, from) {
        let (before, behind) = rest.split_at(at);
        out.extend_from_slice(before);
        out.extend_from_slice(to);
        rest = behind.get(from.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

fn opened(default: &SealedDefault, cells: &mut dyn Cells) -> Option<Zeroizing<String>> {
    let how = Open {
        column: default.column,
        extent: Extent::Value,
        witness: None,
        casts: Vec::new(),
        lengthless: false,
        beside: false,
    };
    let mut text = Zeroizing::new(Vec::new());
    cells.open(&how, Format::Text, default.stored.as_bytes(), &mut text).ok()?;
    std::str::from_utf8(&text).ok().map(|text| Zeroizing::new(text.to_owned()))
}

/// Means the same in every form of text.
fn is_simple(value: &str) -> bool {
    value.chars().all(|c| c.is_alphanumeric() || "_-.@:+/ ".contains(c))
}
