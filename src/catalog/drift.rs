//! How two shapes of one relation differ.
//!
//! Knows shapes only. Who says which of the two (the pin, the live server, a pin to be accepted) is
//! the caller's.

use std::collections::BTreeSet;

use crate::catalog::pin::{Pin, PinnedColumn, PinnedFunction, PinnedRelation};
use crate::names::quoted;

/// One difference: a stable name, the column if it is one's, and what is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Such as `column-order`.
    pub code: &'static str,
    /// The column.
    pub column: Option<String>,
    /// From what to what.
    pub message: String,
}

impl Change {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Change { code, column: None, message: message.into() }
    }

    fn at(column: &str, code: &'static str, message: impl Into<String>) -> Self {
        Change { code, column: Some(column.to_owned()), message: message.into() }
    }
}

/// What differs between the shapes of one relation, tags left aside.
pub fn shape(was: &PinnedRelation, is: &PinnedRelation) -> Vec<Change> {
    let mut changes = Vec::new();
    if was.kind != is.kind {
        changes.push(Change::new("kind", "it has become another kind of relation"));
    }
    if was.parents != is.parents {
        let names = |r: &PinnedRelation| match r.parents.as_slice() {
            [] => "none".to_owned(),
            parents => parents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        changes
            .push(Change::new("parents", format!("its parents were {}, and are {}", names(was), names(is))));
    }
    columns(was, is, &mut changes);
    if was.definition != is.definition {
        changes.push(Change::new("definition", "its definition has changed"));
    }
    if was.rules != is.rules {
        changes.push(Change::new("rules", "its rules have changed"));
    }
    changes
}

fn columns(was: &PinnedRelation, is: &PinnedRelation, changes: &mut Vec<Change>) {
    for gone in was.columns.iter().filter(|c| is.column(&c.name).is_none()) {
        changes.push(Change::at(&gone.name, "column-dropped", "the column is gone"));
    }
    for new in is.columns.iter().filter(|c| was.column(&c.name).is_none()) {
        changes.push(Change::at(&new.name, "column-added", format!("the column is new ({})", new.type_name)));
    }
    for old in &was.columns {
        if let Some(new) = is.column(&old.name) {
            column(old, new, changes);
        }
    }
    let order = |one: &PinnedRelation, other: &PinnedRelation| -> Vec<String> {
        let kept = one.columns.iter().filter(|c| other.column(&c.name).is_some());
        kept.map(|c| c.name.clone()).collect()
    };
    if order(was, is) != order(is, was) {
        let now: Vec<String> = is.columns.iter().map(|c| quoted(&c.name)).collect();
        changes.push(Change::new(
            "column-order",
            format!("its columns now stand in the order {}", now.join(", ")),
        ));
    }
}

fn column(was: &PinnedColumn, is: &PinnedColumn, changes: &mut Vec<Change>) {
    let mut differs = |code, differs: bool, message: String| {
        if differs {
            changes.push(Change::at(&was.name, code, message));
        }
    };
    let types_differ = was.type_name != is.type_name || was.oid != is.oid;
    differs("column-type", types_differ, format!("its type was {}, and is {}", was.type_name, is.type_name));
    let collations_differ = was.collation != is.collation || was.nondeterministic != is.nondeterministic;
    differs("column-collation", collations_differ, "its collation has changed".into());
    differs("column-generated", was.generated != is.generated, "it is generated, or no longer".into());
    differs("column-identity", was.identity != is.identity, "it is an identity, or no longer".into());
    differs("column-default", was.has_default != is.has_default, "it has a default, or no longer".into());
}

/// Which tags and logical types differ between two pins of one relation.
pub fn tags(was: &PinnedRelation, is: &PinnedRelation) -> Vec<Change> {
    let mut changes = Vec::new();
    for (old, new) in was.columns.iter().filter_map(|old| Some((old, is.column(&old.name)?))) {
        if old.tag != new.tag {
            let name = |tag: &Option<String>| tag.clone().unwrap_or_else(|| "nothing protected".into());
            let message = format!("it carried {}, and carries {}", name(&old.tag), name(&new.tag));
            changes.push(Change::at(&old.name, "tag", message));
        }
        if old.logical != new.logical {
            let name = |c: &PinnedColumn| c.logical.as_ref().map_or("none".to_owned(), ToString::to_string);
            let message = format!("clients saw the type {}, and are to see {}", name(old), name(new));
            changes.push(Change::at(&old.name, "logical-type", message));
        }
    }
    changes
}

/// All that differs between two pins, one line each, as `catalog diff` prints it.
pub fn lines(was: &Pin, is: &Pin) -> Vec<String> {
    let mut lines = Vec::new();
    let names: BTreeSet<_> = was.relations.iter().chain(&is.relations).map(|r| &r.name).collect();
    for name in names {
        match (was.relation(name), is.relation(name)) {
            (Some(_), None) => lines.push(format!("- {name}: no longer there, or no longer protected")),
            (None, Some(new)) => added(new, &mut lines),
            (Some(old), Some(new)) => {
                let changes = shape(old, new).into_iter().chain(tags(old, new));
                lines.extend(changes.map(|change| match &change.column {
                    Some(column) => format!("~ {name}.{}: {}", quoted(column), change.message),
                    None => format!("~ {name}: {}", change.message),
                }));
                texts(old.definition.as_deref(), new.definition.as_deref(), &mut lines);
                if old.rules != new.rules {
                    let text = |r: &PinnedRelation| {
                        r.rules.iter().map(|rule| rule.1.as_str()).collect::<Vec<_>>().join("\n")
                    };
                    texts(Some(&text(old)), Some(&text(new)), &mut lines);
                }
            }
            (None, None) => {}
        }
    }
    functions(was, is, &mut lines);
    lines
}

/// What was and what is, whole: who accepts must have seen it.
fn texts(was: Option<&str>, is: Option<&str>, lines: &mut Vec<String>) {
    if was != is {
        lines.extend(was.iter().flat_map(|text| text.lines()).map(|line| format!("-   | {line}")));
        lines.extend(is.iter().flat_map(|text| text.lines()).map(|line| format!("+   | {line}")));
    }
}

fn added(new: &PinnedRelation, lines: &mut Vec<String>) {
    lines.push(format!("+ {}", new.name));
    for column in &new.columns {
        let tag = column.tag.as_ref().map(|tag| format!("  carries {tag}")).unwrap_or_default();
        lines.push(format!("+   {} {}{tag}", quoted(&column.name), column.type_name));
    }
    texts(None, new.definition.as_deref(), lines);
    for (_, rule) in &new.rules {
        texts(None, Some(rule), lines);
    }
}

fn functions(was: &Pin, is: &Pin, lines: &mut Vec<String>) {
    let name = |f: &PinnedFunction| format!("function {}({})", f.name, f.arguments);
    for old in &was.functions {
        match is.function(&old.name, &old.arguments) {
            None => lines.push(format!("- {}", name(old))),
            Some(new) if new == old => {}
            Some(new) => {
                lines.push(format!("~ {}: its definition has changed", name(old)));
                texts(Some(&old.body), Some(&new.body), lines);
            }
        }
    }
    for new in is.functions.iter().filter(|f| was.function(&f.name, &f.arguments).is_none()) {
        lines.push(format!("+ {}", name(new)));
        texts(None, Some(&new.body), lines);
    }
}
