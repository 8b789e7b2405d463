//! What the tags of one file must not say together.
//!
//! Knows the policy alone. what needs the database is `check`.

use std::collections::BTreeMap;

use crate::policy::fault::Page;
use crate::policy::model::{DeclaredValue, Mode, Phase, Tag, Tags};
use crate::policy::types::{same_form, unfit_mode};

pub(in crate::policy) fn check(tags: &Tags, page: &mut Page<'_>) {
    duplicates(tags, page);
    readings(tags, page);
    domains(tags, page);
    redeclared(tags, page);
    functions(tags, page);
}

fn duplicates(tags: &Tags, page: &mut Page<'_>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for tag in &tags.columns {
        let name = tag.name();
        match seen.get(&name) {
            Some(first) => page.fault(tag.line, format!("{name} is tagged already, on line {first}")),
            None => {
                seen.insert(name, tag.line);
            }
        }
    }
}

/// Names that are read otherwise by another release of the server.
fn readings(tags: &Tags, page: &mut Page<'_>) {
    for tag in tags.columns.iter().filter(|tag| tag.column == "system_user") {
        let message = format!(
            "{} cannot be tagged: before PostgreSQL 16 SYSTEM_USER is this column, since then the user's \
             name; rename the column",
            tag.name()
        );
        page.fault(tag.line, message);
    }
}

/// The deterministic columns of a domain must agree: padding is part of the sealed bytes, and a
/// domain moves between its phases as one (docs/format.md, sections 1 and 4).
fn domains(tags: &Tags, page: &mut Page<'_>) {
    let mut first: BTreeMap<&str, &Tag> = BTreeMap::new();
    for tag in tags.columns.iter().filter(|tag| tag.mode == Mode::Deterministic) {
        let Some(other) = first.get(tag.domain.as_str()) else {
            first.insert(&tag.domain, tag);
            continue;
        };
        let differs = [
            ("type", types_differ(tag, other)),
            ("pad", tag.pad != other.pad),
            ("phase", tag.phase != other.phase),
        ];
        for (key, _) in differs.iter().filter(|(_, differs)| *differs) {
            let (ours, theirs) = (tag.name(), other.name());
            page.fault(tag.line, format!("{ours} and {theirs} share a domain, but not their `{key}`"));
        }
    }
    for tag in tags.columns.iter().filter(|tag| tag.online && tag.mode == Mode::Deterministic) {
        let partner =
            tags.columns.iter().find(|other| other.domain == tag.domain && other.name() != tag.name());
        if let Some(partner) = partner {
            let message = format!("`online` needs a domain of its own, and {} shares it", partner.name());
            page.fault(tag.line, message);
        }
    }
}

/// `was = { … }` is a change of what is stored, and one in which a value is told from one of before.
fn redeclared(tags: &Tags, page: &mut Page<'_>) {
    for tag in &tags.columns {
        let Some(was) = &tag.formerly else { continue };
        let mut fault = |message: &str| page.fault(tag.line, format!("{}: {message}", tag.name()));
        if tag.phase != Phase::Encrypted {
            fault("`was` needs phase \"encrypted\": a declaration changes from envelopes to envelopes");
        }
        let same = was.mode == tag.mode && was.domain == tag.domain && was.declared == tag.declared;
        if same && was.pad == tag.pad {
            fault("`was` says nothing that is otherwise now");
        } else if was.domain == tag.domain && was.mode == Mode::Deterministic && tag.mode == was.mode {
            fault("equal values of a deterministic domain are equal bytes: give it a new `domain` for this");
        }
        if let Some(reason) = was.declared.as_ref().and_then(|declared| unfit_mode(declared, was.mode)) {
            fault(&format!("`was` cannot have been deterministic: {reason}"));
        }
    }
}

fn types_differ(one: &Tag, other: &Tag) -> bool {
    let (Some(one), Some(other)) = (&one.declared, &other.declared) else { return false };
    !same_form(one, other)
}

fn functions(tags: &Tags, page: &mut Page<'_>) {
    for function in &tags.functions {
        let values = function.args.iter().chain([&function.returns]);
        for value in values {
            match value {
                DeclaredValue::Plain => {}
                DeclaredValue::Domain(domain) => {
                    if !tags.columns.iter().any(|tag| tag.domain == *domain) {
                        let message = format!("{} names a domain that no column has", function.name);
                        page.fault(1, message);
                    }
                }
            }
        }
    }
}
