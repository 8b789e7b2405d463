//! The CHECK that lets only envelopes into a column (docs/format.md, section 1): a tripwire for
//! sessions that go round pgveil.
//!
//! Knows the armour's prefix, its end and its least length, and how the server prints the constraint
//! back. It never relies on it: the server logs the row that a CHECK refuses.

use crate::catalog::model::{Attachment, AttachmentKind, Column, Relation};
use crate::names::{always_quoted, quoted, truncated};
use crate::types::StoredType;

/// Characters of the armour of the shortest envelope: 5 of prefix, 47 for 18 + 1 + 16 bytes, the
/// full stop.
pub const LEAST_ARMOUR: usize = 53;

/// The constraint's name.
pub fn name(column: &str) -> String {
    truncated(format!("pgveil_guard_{column}"))
}

/// What the CHECK asks, as SQL. NULL passes.
pub fn predicate(column: &Column, stored: StoredType) -> String {
    let name = quoted(&column.name);
    match stored {
        StoredType::Text | StoredType::Varchar if column.nondeterministic => {
            text_predicate(&format!("({name} COLLATE \"C\")"))
        }
        StoredType::Text | StoredType::Varchar => text_predicate(&name),
        StoredType::Json => {
            format!("json_typeof({name}) = 'string' AND {}", text_predicate(&format!("({name} #>> '{{}}')")))
        }
        StoredType::Jsonb => {
            format!("jsonb_typeof({name}) = 'string' AND {}", text_predicate(&format!("({name} #>> '{{}}')")))
        }
        StoredType::Bytea => format!(
            "substr({name}, 1, 5) = '\\x706756313a'::bytea AND substr({name}, length({name}), 1) = '\\x2e'::bytea \
             AND length({name}) >= {LEAST_ARMOUR}"
        ),
        StoredType::TextArray => {
            format!("'pgV1:' <= ALL ({name} COLLATE \"C\") AND 'pgV1;' > ALL ({name} COLLATE \"C\")")
        }
    }
}

fn text_predicate(value: &str) -> String {
    format!("{value} ^@ 'pgV1:' AND right({value}, 1) = '.' AND length({value}) >= {LEAST_ARMOUR}")
}

/// The guard of a column, if the relation has it.
pub fn find<'r>(relation: &'r Relation, column: &Column, stored: StoredType) -> Option<&'r Attachment> {
    let forms = [quoted(&column.name), always_quoted(&column.name)];
    let expected = forms.map(|name| printed(&name, column, stored));
    let mut checks = relation.attachments.iter().filter(|a| a.kind == AttachmentKind::Check);
    checks.find(|check| {
        let definition = without_parentheses(check.definition.trim_end_matches(" NOT VALID"));
        expected.iter().any(|e| *e == definition)
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
    let mut forms = [false, true].into_iter().flat_map(|nondeterministic| {
        let plain = Column::new(column, 0, "");
        let column = Column { nondeterministic, ..plain };
        STORED.map(|stored| {
            let server = [quoted(&column.name), always_quoted(&column.name)]
                .map(|name| printed(&name, &column, stored).trim_start_matches("CHECK ").to_owned());
            (words(&predicate(&column, stored)), server)
        })
    });
    forms.any(|(ours, server)| ours == written || server.contains(&written))
}

/// Releases differ in the parentheses that they print; a conjunction of comparisons needs none.
fn without_parentheses(text: &str) -> String {
    text.replace(['(', ')'], "")
}

/// The constraint as `pg_get_constraintdef` prints it, PostgreSQL 13 to 18.
fn printed(name: &str, column: &Column, stored: StoredType) -> String {
    let text = |value: &str| {
        format!(
            "{value} ^@ 'pgV1:'::text AND \"right\"{value}, 1 = '.'::text AND length{value} >= {LEAST_ARMOUR}"
        )
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
        StoredType::Bytea => format!(
            "substr{name}, 1, 5 = '\\x706756313a'::bytea AND substr{name}, length{name}, 1 = '\\x2e'::bytea \
             AND length{name} >= {LEAST_ARMOUR}"
        ),
        StoredType::TextArray => {
            format!("'pgV1:'::text <= ALL {name} COLLATE \"C\" AND 'pgV1;'::text > ALL {name} COLLATE \"C\"")
        }
    };
    without_parentheses(&format!("CHECK {conditions}"))
}
