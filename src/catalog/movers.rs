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

/// Parameters by which a time or a date is read. The server reports them, but not before the text is over in which they
/// are changed.
const TELLING: [&str; 3] = ["datestyle", "intervalstyle", "timezone"];

/// What a function may change for the session that calls it, and the server says nothing of, or says it too late.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stir {
    /// The search_path or the role.
    Path,
    /// How constants are read or values shown.
    Unheard,
    /// How a time or a date is read.
    Time,
}

impl Stir {
    /// Could code of this text?
    pub fn is_in(self, body: &str) -> bool {
        match self {
            Stir::Path => body_moves(body),
            Stir::Unheard => body_stirs(body),
            Stir::Time => body_tells(body),
        }
    }
}

/// By bare name, in lower case.
#[derive(Clone, Debug, Default)]
pub(in crate::catalog) struct Movers {
    pub functions: HashSet<String>,
    /// Those that change what nobody hears of, and relations whose triggers call one, with all that leads to these.
    pub unheard: HashSet<String>,
    /// Those that change how a time or a date is read, and relations likewise.
    pub telling: HashSet<String>,
    /// A trigger calls one: no statement shows it.
    pub unasked: bool,
}

impl Movers {
    pub fn of(relations: &[Relation], functions: &[Function]) -> Self {
        let found = closure(functions, body_moves);
        let led = |stir: Stir| {
            let mut stirring = closure(functions, |body| stir.is_in(body));
            if !stirring.is_empty() {
                let by_trigger = leading_to(relations, &stirring);
                stirring.extend(by_trigger);
            }
            stirring
        };
        let triggers = relations.iter().flat_map(|relation| &relation.attachments);
        let mut triggers = triggers.filter(|attached| attached.kind == AttachmentKind::Trigger);
        let unasked = !found.is_empty() && triggers.any(|trigger| calls(&trigger.definition, &found));
        Movers { functions: found, unheard: led(Stir::Unheard), telling: led(Stir::Time), unasked }
    }

    /// Those that change this.
    pub fn that(&self, stir: Stir) -> &HashSet<String> {
        match stir {
            Stir::Path => &self.functions,
            Stir::Unheard => &self.unheard,
            Stir::Time => &self.telling,
        }
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

/// Relations with a trigger or a rule that calls one of these, their parents, and views of them. Not what a foreign key
/// leads to.
fn leading_to(relations: &[Relation], functions: &HashSet<String>) -> HashSet<String> {
    let fires = |relation: &&Relation| {
        let code = |kind| matches!(kind, AttachmentKind::Trigger | AttachmentKind::Rule);
        relation.attachments.iter().any(|a| code(a.kind) && calls(&a.definition, functions))
    };
    let lower = |name: &str| name.to_ascii_lowercase();
    let mut found: HashSet<String> = relations.iter().filter(fires).map(|r| lower(&r.name.name)).collect();
    let mut before = 0;
    while before < found.len() {
        before = found.len();
        for relation in relations {
            let leads = |code: &str| calls(code, &found);
            if relation.definition.as_deref().is_some_and(leads)
                || relation.attachments.iter().any(|a| a.kind == AttachmentKind::Rule && leads(&a.definition))
            {
                found.insert(lower(&relation.name.name));
            }
            if found.contains(&lower(&relation.name.name)) {
                found.extend(relation.parents.iter().map(|parent| lower(&parent.name)));
            }
        }
    }
    found
}

/// Could code of this text change how constants are read, or values shown, unheard?
fn body_stirs(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    UNHEARD.iter().any(|name| body.contains(name)) || sets(&body, &UNHEARD) || builds_a_setting(&body)
}

/// Could code of this text change how a time or a date is read?
fn body_tells(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    let mut before = ["", ""];
    let set = words(&body).any(|word| {
        let [first, second] = before;
        before = [second, word];
        let set = second == "set" || (first == "set" && matches!(second, "local" | "session"));
        set && (word == "time" || TELLING.contains(&word))
    });
    set || sets(&body, &TELLING)
}

/// Does it call set_config for one of these, or for a name that is made at run time?
fn sets(body: &str, names: &[&str]) -> bool {
    body.match_indices("set_config").any(|(at, word)| {
        let rest = body.get(at + word.len()..).unwrap_or_default().trim_start();
        let first = rest.strip_prefix('(').and_then(|rest| rest.trim_start().strip_prefix('\''));
        // Nothing but the constant stands there.
        let name = first
            .and_then(|first| first.split_once('\''))
            .filter(|(_, rest)| rest.trim_start().starts_with(','));
        name.is_none_or(|(name, _)| names.contains(&name.trim()))
    })
}

/// Does it put a SET together whose name it makes at run time: `'SET ' || name`, `format('SET %I = …')`? Or does it write
/// to the view of all settings?
fn builds_a_setting(body: &str) -> bool {
    let quoted = |at: usize| body.get(..at).is_some_and(|before| before.trim_end().ends_with(['\'', '$']));
    let mut sets = body.match_indices("set").filter(|(at, _)| quoted(*at));
    body.contains("pg_settings")
        || sets.any(|(at, begin)| {
            let Some(rest) = body.get(at + begin.len()..) else { return true };
            // A longer word; or a word by itself, and not the beginning of a text.
            if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                return false;
            }
            if let Some(behind) = rest.strip_prefix('\'') {
                return behind.trim_start().starts_with("||");
            }
            let rest = rest.trim_start();
            let scope = ["local ", "session "].iter().find_map(|word| rest.strip_prefix(word));
            let rest = scope.unwrap_or(rest).trim_start();
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.'));
            // The name ends with the string, is a place of format, or goes on behind it.
            end.is_none_or(|end| {
                end == 0 || rest.get(end..).is_some_and(|rest| rest.starts_with(['\'', '%']))
            })
        })
}

/// Could code of this text change the path or the role?
fn body_moves(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    let set_config = || sets(&body, &DECIDING);
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
