//! A Bind as its plan wants it: parameters kept, sealed, repeated and reordered.

use super::judge::{Cells, Constant};
use super::prepared::Prepared;
use crate::sql::opening;
use crate::sql::verdict::{Plan, TextFunction, Treat};
use crate::wire::from_client::{Bind, Format};
use crate::wire::report::Report;
use crate::wire::{sqlstate, write};

/// Why a Bind is refused.
pub(super) struct Unbound(pub Box<Report>);

/// Most parameters that Bind can carry.
const MAX_PARAMS: usize = 65_535;

/// Appends the Bind that the server gets. On an error, what was appended is to be thrown away.
pub(super) fn rewrite(
    bind: &Bind<'_>,
    prepared: &Prepared,
    plan: &Plan,
    cells: &mut dyn Cells,
    out: &mut Vec<u8>,
) -> Result<(), Unbound> {
    let values: Vec<Option<&[u8]>> = match plan.params.is_empty() {
        true => Vec::new(),
        false => bind.values().collect(),
    };
    out.push(b'B');
    let frame = write::begin(out);
    cstr(out, bind.portal);
    cstr(out, &prepared.server_name);
    if plan.params.is_empty() {
        raw_params(bind, out);
    } else {
        if plan.params.len() > MAX_PARAMS {
            return Err(Unbound(Box::new(Report::error(sqlstate::LIMIT_EXCEEDED, "too many parameters"))));
        }
        formats(bind, plan, out);
        out.extend_from_slice(&(plan.params.len() as u16).to_be_bytes());
        for param in &plan.params {
            let client = usize::from(param.client);
            let value = values.get(client).copied().flatten();
            match (value, &param.treat) {
                (None, Treat::Keep | Treat::Seal(..)) | (_, Treat::Null) => {
                    out.extend_from_slice(&(-1i32).to_be_bytes())
                }
                (Some(value), Treat::Seal(seal, _)) if TextFunction::make_null(&seal.computed, value) => {
                    out.extend_from_slice(&(-1i32).to_be_bytes())
                }
                (Some(value), Treat::Keep) => write::value(out, |out| out.extend_from_slice(value)),
                (Some(value), Treat::Seal(seal, stored)) => {
                    let declared = prepared.declared.get(client).copied().unwrap_or(0);
                    let constant = Constant { format: bind.param_formats.of(client), declared, value };
                    let at = write::begin(out);
                    cells
                        .seal(seal, *stored, constant, out)
                        .map_err(|error| Unbound(Box::new(error.report())))?;
                    write::finish(out, at, false);
                }
            }
        }
    }
    result_formats(bind, out);
    write::finish(out, frame, true);
    Ok(())
}

/// A Bind that the server would not take, with formats that are none or another number of parameters
/// than the statement has: what it would say.
///
/// REFUSES: to read a value in a format that nobody knows, and to send values that no parameter stands for.
pub(super) fn misformed(bind: &Bind<'_>, plan: &Plan) -> Option<Unbound> {
    let error = |code, message| Some(Unbound(Box::new(Report::error(code, message))));
    if bind.has_odd_formats() {
        let (formats, count) = (bind.param_formats.count(), bind.param_count);
        let message = format!("bind message has {formats} parameter formats but {count} parameters");
        return error(sqlstate::PROTOCOL_VIOLATION, message);
    }
    if let Some(code) = bind.param_formats.unknown().or_else(|| bind.result_formats.unknown()) {
        return error(sqlstate::INVALID_PARAMETER, format!("unsupported format code: {code}"));
    }
    miscounted(bind, plan)
}

/// What the server would say of values for a text in which there is no statement.
///
/// REFUSES: to send values that nothing stands for.
pub(super) fn for_nothing(bind: &Bind<'_>, prepared: &Prepared) -> Option<Unbound> {
    let is_empty = || opening::is_nothing(&prepared.text);
    (bind.param_count > 0 && prepared.planned().is_none() && is_empty()).then(|| other_count(bind, 0))
}

fn miscounted(bind: &Bind<'_>, plan: &Plan) -> Option<Unbound> {
    let used = plan.params.iter().map(|p| p.client.saturating_add(1)).max();
    let required = plan.parameters.or(used)?.max(u16::try_from(plan.client_params.len()).ok()?);
    (bind.param_count != required).then(|| other_count(bind, required))
}

fn other_count(bind: &Bind<'_>, required: u16) -> Unbound {
    let message = format!(
        "bind message supplies {} parameters, but prepared statement \"{}\" requires {required}",
        bind.param_count,
        String::from_utf8_lossy(bind.statement),
    );
    Unbound(Box::new(Report::error(sqlstate::PROTOCOL_VIOLATION, message)))
}

fn formats(bind: &Bind<'_>, plan: &Plan, out: &mut Vec<u8>) {
    out.extend_from_slice(&(plan.params.len() as u16).to_be_bytes());
    for param in &plan.params {
        let format = match &param.treat {
            Treat::Keep => bind.param_formats.of(usize::from(param.client)),
            // What is sealed is the stored type's text, also of a column on its way back.
            Treat::Null | Treat::Seal(..) => Format::Text,
        };
        out.extend_from_slice(&format.code().to_be_bytes());
    }
}

fn raw_params(bind: &Bind<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(&(bind.param_formats.count() as u16).to_be_bytes());
    out.extend_from_slice(bind.param_formats.raw());
    out.extend_from_slice(&bind.param_count.to_be_bytes());
    out.extend_from_slice(bind.raw_values());
}

fn result_formats(bind: &Bind<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(&(bind.result_formats.count() as u16).to_be_bytes());
    out.extend_from_slice(bind.result_formats.raw());
}

/// The same Bind without its values, of a statement that is not to see them.
pub(super) fn strip(bind: &Bind<'_>, out: &mut Vec<u8>) {
    write::message(out, b'B', |out| {
        cstr(out, bind.portal);
        cstr(out, bind.statement);
        out.extend_from_slice(&[0; 4]);
        result_formats(bind, out);
    });
}

/// The same Bind, of a statement that the server knows by another name.
pub(super) fn rename(bind: &Bind<'_>, server_name: &[u8], out: &mut Vec<u8>) {
    write::message(out, b'B', |out| {
        cstr(out, bind.portal);
        cstr(out, server_name);
        raw_params(bind, out);
        result_formats(bind, out);
    });
}

fn cstr(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(text);
    out.push(0);
}
