//! The CHECK that lets only envelopes into a column (docs/format.md, section 1): a tripwire for
//! sessions that go round pgveil.
//!
//! Knows the armour's prefix, its end and its least length, and how the server prints the constraint
//! back. It never relies on it: the server logs the row that a CHECK refuses.
//!
//! One operator with a constant, and no function: PostgreSQL reads and prepares the stored expression
//! of every CHECK anew for each statement that writes to the table, which three functions under AND
//! made dearer than a small INSERT itself (docs/performance.md). [`Wording::Parts`] is that older
//! wording: it asks the same, and is still known where it stands.

use crate::catalog::model::{Attachment, AttachmentKind, Column, Relation};
use crate::names::{always_quoted, quoted, truncated};
use crate::types::StoredType;

/// Characters of the armour of the shortest envelope: 5 of prefix, 47 for 18 + 1 + 16 bytes, the
/// full stop.
pub const LEAST_ARMOUR: usize = 53;

/// What the names of all guards begin with.
const PREFIX: &str = "pgveil_guard_";

/// The constraint's name.
pub fn name(column: &str) -> String {
    truncated(format!("{PREFIX}{column}"))
}

/// Does a guard stand on the relation, of whatever column?
pub fn stands_on(relation: &Relation) -> bool {
    let guards = |a: &Attachment| a.kind == AttachmentKind::Check && a.name.starts_with(PREFIX);
    relation.attachments.iter().any(guards)
}

/// How the condition is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wording {
    /// As one pattern.
    Pattern,
    /// As prefix, end and length, one by one.
    Parts,
}

const WORDINGS: [Wording; 2] = [Wording::Pattern, Wording::Parts];

/// What the CHECK asks, as SQL. NULL passes.
pub fn predicate(column: &Column, stored: StoredType) -> String {
    worded(Wording::Pattern, column, stored)
}

fn worded(wording: Wording, column: &Column, stored: StoredType) -> String {
    let name = quoted(&column.name);
    let text = |value: &str| match wording {
        Wording::Pattern => format!("{value} LIKE '{}'", pattern()),
        Wording::Parts => {
            format!("{value} ^@ 'pgV1:' AND right({value}, 1) = '.' AND length({value}) >= {LEAST_ARMOUR}")
        }
    };
    match stored {
        StoredType::Text | StoredType::Varchar if column.nondeterministic => {
            text(&format!("({name} COLLATE \"C\")"))
        }
        StoredType::Text | StoredType::Varchar => text(&name),
        StoredType::Json => {
            format!("json_typeof({name}) = 'string' AND {}", text(&format!("({name} #>> '{{}}')")))
        }
        StoredType::Jsonb => {
            format!("jsonb_typeof({name}) = 'string' AND {}", text(&format!("({name} #>> '{{}}')")))
        }
        StoredType::Bytea => match wording {
            Wording::Pattern => format!("{name} LIKE '{}'::bytea", pattern_in_hex()),
            Wording::Parts => format!(
                "substr({name}, 1, 5) = '\\x706756313a'::bytea AND substr({name}, length({name}), 1) = \
                 '\\x2e'::bytea AND length({name}) >= {LEAST_ARMOUR}"
            ),
        },
        StoredType::TextArray => {
            format!("'pgV1:' <= ALL ({name} COLLATE \"C\") AND 'pgV1;' > ALL ({name} COLLATE \"C\")")
        }
    }
}

/// Prefix, as many characters as the shortest armour has at least, whatever more, the end. An armour
/// holds none of the characters that mean something to LIKE.
fn pattern() -> String {
    format!("pgV1:{}%.", "_".repeat(LEAST_ARMOUR - "pgV1:.".len()))
}

/// The same as a bytea is written.
fn pattern_in_hex() -> String {
    pattern().bytes().fold(String::from("\\x"), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The guard of a column, if the relation has it.
pub fn find<'r>(relation: &'r Relation, column: &Column, stored: StoredType) -> Option<&'r Attachment> {
    let forms = [quoted(&column.name), always_quoted(&column.name)];
    let expected =
        WORDINGS.map(|wording| forms.each_ref().map(|name| printed(wording, name, column, stored)));
    let mut checks = relation.attachments.iter().filter(|a| a.kind == AttachmentKind::Check);
    checks.find(|check| {
        let definition = without_parentheses(check.definition.trim_end_matches(" NOT VALID"));
        expected.as_flattened().contains(&definition)
    })
}

/// Is a CHECK with this condition the guard of the column, as pgveil writes it or as the server prints
/// it back, in whichever type the column is stored?
pub fn is_guard(condition: &str, column: &str) -> bool {
    const STORED: [StoredType; 6] = [
        StoredType::Text,
        StoredType::Varchar,
        StoredType::Json,
        StoredType::Jsonb,
        StoredType::Bytea,
        StoredType::TextArray,
    ];
    let words = |text: &str| without_parentheses(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let written = words(condition);
    let columns =
        [false, true].map(|nondeterministic| Column { nondeterministic, ..Column::new(column, 0, "") });
    let each = columns.iter().flat_map(|column| STORED.map(|stored| (column, stored)));
    let mut forms = each.flat_map(|(column, stored)| WORDINGS.map(|wording| (column, stored, wording))).map(
        |(column, stored, wording)| {
            let server = [quoted(&column.name), always_quoted(&column.name)]
                .map(|name| printed(wording, &name, column, stored).trim_start_matches("CHECK ").to_owned());
            (words(&worded(wording, column, stored)), server)
        },
    );
    forms.any(|(ours, server)| ours == written || server.contains(&written))
}

/// Releases differ in the parentheses that they print; a conjunction of comparisons needs none.
fn without_parentheses(text: &str) -> String {
    text.replace(['(', ')'], "")
}

/// The constraint as `pg_get_constraintdef` prints it, PostgreSQL 13 to 18.
fn printed(wording: Wording, name: &str, column: &Column, stored: StoredType) -> String {
    let text = |value: &str| match wording {
        Wording::Pattern => format!("{value} ~~ '{}'::text", pattern()),
        Wording::Parts => format!(
            "{value} ^@ 'pgV1:'::text AND \"right\"{value}, 1 = '.'::text AND length{value} >= {LEAST_ARMOUR}"
        ),
    };
    let conditions = match stored {
        StoredType::Text if column.nondeterministic => text(&format!("{name} COLLATE \"C\"")),
        StoredType::Varchar if column.nondeterministic => text(&format!("{name}::text COLLATE \"C\"")),
        StoredType::Text => text(name),
        StoredType::Varchar => text(&format!("{name}::text")),
        StoredType::Json => {
            format!("json_typeof{name} = 'string'::text AND {}", text(&format!("{name} #>> '{{}}'::text[]")))
        }
        StoredType::Jsonb => {
            format!("jsonb_typeof{name} = 'string'::text AND {}", text(&format!("{name} #>> '{{}}'::text[]")))
        }
        StoredType::Bytea => match wording {
            Wording::Pattern => format!("{name} ~~ '{}'::bytea", pattern_in_hex()),
            Wording::Parts => format!(
                "substr{name}, 1, 5 = '\\x706756313a'::bytea AND substr{name}, length{name}, 1 = '\\x2e'::bytea \
                 AND length{name} >= {LEAST_ARMOUR}"
            ),
        },
        StoredType::TextArray => {
            format!("'pgV1:'::text <= ALL {name} COLLATE \"C\" AND 'pgV1;'::text > ALL {name} COLLATE \"C\"")
        }
    };
    without_parentheses(&format!("CHECK {conditions}"))
}
