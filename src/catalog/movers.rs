//! Functions that may change, in the session that calls them, the search_path, the role that it speaks of,
//! or how constants are read and values shown without anybody hearing of it.
//!
//! Told by the words of their bodies, of those that they call too. A function with a path of its own
//! (`CREATE FUNCTION … SET search_path`) gives the session's back; its body does not name it.

use std::collections::HashSet;

use crate::catalog::model::{AttachmentKind, Function, Relation};

/// Parameters that decide where a bare name is found.
pub const DECIDING: [&str; 3] = ["search_path", "role", "session_authorization"];

/// Parameters by which constants are read or values are shown, and of whose changes the server sends no report
/// (manual, 55.2.7): nobody hears what code makes of them.
const UNHEARD: [&str; 4] = ["array_nulls", "bytea_output", "extra_float_digits", "timezone_abbreviations"];

/// By bare name, in lower case.
#[derive(Clone, Debug, Default)]
pub(in crate::catalog) struct Movers {
    pub functions: HashSet<String>,
    /// Those that change what nobody hears of.
    pub unheard: HashSet<String>,
    /// A trigger calls one: no statement shows it.
    pub unasked: bool,
}

impl Movers {
    pub fn of(relations: &[Relation], functions: &[Function]) -> Self {
        let (found, unheard) = (closure(functions, body_moves), closure(functions, body_stirs));
        let triggers = relations.iter().flat_map(|relation| &relation.attachments);
        let mut triggers = triggers.filter(|attached| attached.kind == AttachmentKind::Trigger);
        let unasked = !found.is_empty() && triggers.any(|trigger| calls(&trigger.definition, &found));
        Movers { functions: found, unheard, unasked }
    }
}

/// Functions whose bodies do it, and those that call them.
fn closure(functions: &[Function], does: impl Fn(&str) -> bool) -> HashSet<String> {
    let lower = |function: &Function| function.name.name.to_ascii_lowercase();
    let mut found: HashSet<String> = functions.iter().filter(|f| does(&f.body)).map(lower).collect();
    let mut before = 0;
    while before < found.len() {
        before = found.len();
        for function in functions {
            if !found.contains(&lower(function)) && calls(&function.body, &found) {
                found.insert(lower(function));
            }
        }
    }
    found
}

/// Could code of this text change how constants are read, or values shown, unheard?
pub fn body_stirs(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    UNHEARD.iter().any(|name| body.contains(name))
}

/// Could code of this text change the path or the role?
pub fn body_moves(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    let set_config = || {
        body.match_indices("set_config").any(|(at, word)| {
            let rest = body.get(at + word.len()..).unwrap_or_default().trim_start();
            let name = rest.strip_prefix('(').and_then(|rest| rest.trim_start().strip_prefix('\''));
            name.and_then(|name| name.split_once('\'')).is_none_or(|(name, _)| DECIDING.contains(&name))
        })
    };
    let mut before = ["", ""];
    let sets_role = || {
        words(&body).any(|word| {
            let [first, second] = before;
            before = [second, word];
            let set = second == "set" || (first == "set" && matches!(second, "local" | "session"));
            set && matches!(word, "role" | "authorization" | "session_authorization")
        })
    };
    body.contains("search_path") || set_config() || { sets_role }()
}

fn calls(body: &str, functions: &HashSet<String>) -> bool {
    let body = body.to_ascii_lowercase();
    words(&body).any(|word| functions.contains(word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_' && c != '$')
        .filter(|word| !word.is_empty())
}
