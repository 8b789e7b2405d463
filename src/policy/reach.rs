//! What the policy reaches: which relations and functions must be pinned, and which of their columns
//! carry whose values.
//!
//! Knows inheritance, and that a definition which names something protected may carry it. Which
//! column of a view carries what is computed by `sql`, given here as a function, so that this layer
//! stays below it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::catalog::finding::{FOREIGN, Finding, ROW_TYPE};
use crate::catalog::model::{Attachment, AttachmentKind, Catalog, Column, Function, Relation, RelationKind};
use crate::names::{ColumnId, QualifiedName};
use crate::policy::model::Policy;

/// The columns that a view's definition results in, or why that cannot be told.
pub type Lineage<'l> = &'l dyn Fn(&str, &Catalog, &Policy) -> Result<Vec<Option<ColumnId>>, String>;

/// Sets `pinned` and the tags; clears `open` where a finding says so.
pub fn mark(
    relations: &mut Vec<Relation>,
    functions: &mut Vec<Function>,
    policy: &Policy,
    lineage: Lineage<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    tag_tables(relations, policy);
    inherit(relations, &mut findings);
    let views = spread(relations, functions, &mut findings);
    tag_views(relations, functions, policy, &views, lineage, &mut findings);
    rules(relations, &mut findings);
    detours(relations, functions, policy, &mut findings);
    holders(relations, &mut findings);
    for relation in relations.iter_mut().filter(|r| r.pinned) {
        relation.open &= !findings.iter().any(|finding| finding.shuts(&relation.name));
    }
    findings
}

fn tag_tables(relations: &mut [Relation], policy: &Policy) {
    let mut tagged: HashMap<&QualifiedName, Vec<(ColumnId, &str)>> = HashMap::new();
    for (id, column) in policy.ids() {
        tagged.entry(&column.relation).or_default().push((id, &column.column));
    }
    for relation in relations {
        let Some(tags) = tagged.get(&relation.name) else { continue };
        relation.pinned = true;
        for (id, name) in tags {
            if let Some(column) = relation.columns.iter_mut().find(|c| c.name == *name) {
                column.tag = Some(*id);
            }
        }
    }
}

/// Partitions and inheriting tables have their parents' tags; a parent must have those that its
/// children have, for it shows their rows.
fn inherit(relations: &mut [Relation], findings: &mut Vec<Finding>) {
    let position: HashMap<QualifiedName, usize> =
        relations.iter().enumerate().map(|(i, r)| (r.name.clone(), i)).collect();
    loop {
        let mut changed = false;
        for child in 0..relations.len() {
            let parents: Vec<QualifiedName> =
                relations.get(child).map(|r| r.parents.clone()).unwrap_or_default();
            for parent in parents.iter().filter_map(|name| position.get(name)) {
                let tags: Vec<(String, ColumnId)> = tags_of(relations.get(*parent));
                let pinned = relations.get(*parent).is_some_and(|r| r.pinned);
                if let Some(child) = relations.get_mut(child).filter(|_| pinned) {
                    changed |= adopt(child, &tags);
                }
            }
        }
        if !changed {
            break;
        }
    }
    for child in 0..relations.len() {
        let Some((name, parents)) = relations.get(child).map(|r| (r.name.clone(), r.parents.clone())) else {
            continue;
        };
        let tags = tags_of(relations.get(child));
        for parent in parents.iter().filter_map(|name| position.get(name)) {
            if let Some(parent) = relations.get_mut(*parent) {
                disagreement(&name, &tags, parent, findings);
            }
        }
    }
}

fn tags_of(relation: Option<&Relation>) -> Vec<(String, ColumnId)> {
    let columns = relation.map(|r| r.columns.as_slice()).unwrap_or_default();
    columns.iter().filter_map(|c| c.tag.map(|tag| (c.name.clone(), tag))).collect()
}

fn adopt(child: &mut Relation, tags: &[(String, ColumnId)]) -> bool {
    let mut changed = !child.pinned;
    child.pinned = true;
    for (name, tag) in tags {
        if let Some(column) = child.columns.iter_mut().find(|c| c.name == *name && c.tag.is_none()) {
            column.tag = Some(*tag);
            changed = true;
        }
    }
    changed
}

fn disagreement(
    child: &QualifiedName,
    tags: &[(String, ColumnId)],
    parent: &mut Relation,
    findings: &mut Vec<Finding>,
) {
    for (name, tag) in tags {
        let differs = |column: &Column| column.name == *name && column.tag != Some(*tag);
        if !parent.columns.iter().any(differs) {
            continue;
        }
        // REFUSES: a parent shows its children's rows, and would show them under another tag.
        parent.pinned = true;
        for relation in [&parent.name, child] {
            let message =
                format!("{child} holds this column under another tag than its parent {}", parent.name);
            let finding = Finding::closes(relation, "parent-tag", message).at(name);
            findings.push(finding.hint("tag the column of the topmost parent, and only there"));
        }
    }
}

/// Pins every view and function whose text names something pinned, directly or through others, and every
/// foreign table that stands for something pinned. Returns the positions of the views.
fn spread(relations: &mut [Relation], functions: &mut [Function], findings: &mut Vec<Finding>) -> Vec<usize> {
    let mut words: HashSet<String> =
        relations.iter().filter(|r| r.pinned).map(|r| r.name.name.to_lowercase()).collect();
    let (mut views, mut known) = (Vec::new(), Vec::new());
    loop {
        let before = words.len() + views.len() + known.len();
        for (i, relation) in relations.iter_mut().enumerate() {
            let definition = match relation.kind {
                RelationKind::View | RelationKind::MaterializedView => relation.definition.as_deref(),
                RelationKind::Table
                | RelationKind::Partitioned
                | RelationKind::Sequence
                | RelationKind::Composite => None,
                RelationKind::Foreign => {
                    if !relation.is_tagged() && !known.contains(&i) && stands_for(relation, &words) {
                        relation.pinned = true;
                        // What a view shows of it cannot be told either.
                        relation.open = false;
                        words.insert(relation.name.name.to_lowercase());
                        findings.push(foreign(relation));
                        known.push(i);
                    }
                    None
                }
            };
            if !views.contains(&i) && definition.is_some_and(|d| mentions(d, &words)) {
                relation.pinned = true;
                words.insert(relation.name.name.to_lowercase());
                views.push(i);
            }
        }
        for function in functions.iter_mut().filter(|f| !f.pinned && f.extension.is_none()) {
            if mentions(&function.body, &words) {
                function.pinned = true;
                words.insert(function.name.name.to_lowercase());
            }
        }
        if words.len() + views.len() + known.len() == before {
            return views;
        }
    }
}

/// Is a foreign table one of these (lower-cased) names on the other side, or text that names one? Where the other
/// side is only the host can say: it may be this database.
fn stands_for(relation: &Relation, words: &HashSet<String>) -> bool {
    let options = relation.definition.as_deref().unwrap_or(&relation.name.name);
    options.lines().any(|value| match option_name(value) {
        Some(name) => words.contains(&name.to_lowercase()),
        None => mentions(value, words),
    })
}

/// What an option of a foreign table names, if it is a name, of which the last part counts; `None` for text.
pub fn option_name(value: &str) -> Option<&str> {
    let last = value.rsplit('.').next().unwrap_or(value);
    (!value.contains(char::is_whitespace)).then(|| last.trim_matches('"'))
}

fn foreign(relation: &Relation) -> Finding {
    // REFUSES: values for columns without tags, which the server takes to those of a protected relation.
    let message = "it stands for a protected relation, and its own columns are not protected";
    let hint = "use the protected relation itself, or drop the foreign table";
    Finding::closes(&relation.name, FOREIGN, message).hint(hint)
}

/// Does a text name one of these (lower-cased) names, in whatever spelling? Wrongly true does no
/// harm: something is pinned that need not be.
pub fn mentions(text: &str, words: &HashSet<String>) -> bool {
    let text = text.to_lowercase();
    if text.contains("u&\"") {
        return true;
    }
    let is_letter = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii();
    text.split(|c: char| !is_letter(c)).any(|word| words.contains(word))
        || words.iter().filter(|w| !w.chars().all(is_letter)).any(|w| text.contains(&w.replace('"', "\"\"")))
}

/// Asks for the lineage of every view until nothing changes, since one view may read another.
fn tag_views(
    relations: &mut [Relation],
    functions: &[Function],
    policy: &Policy,
    views: &[usize],
    lineage: Lineage<'_>,
    findings: &mut Vec<Finding>,
) {
    let mut failures: BTreeMap<usize, String> = BTreeMap::new();
    for _round in 0..=views.len() {
        let catalog = Catalog::new(relations.to_vec(), functions.to_vec(), 0);
        let mut changed = false;
        for &view in views {
            let Some(relation) = relations.get_mut(view) else { continue };
            let definition = relation.definition.clone().unwrap_or_default();
            let result = lineage(&definition, &catalog, policy).and_then(|tags| {
                let counts_agree = tags.len() == relation.columns.len();
                counts_agree
                    .then_some(tags)
                    .ok_or_else(|| "its columns are not those of its definition".into())
            });
            let tags = match result {
                Ok(tags) => {
                    failures.remove(&view);
                    tags
                }
                Err(reason) => {
                    failures.insert(view, reason);
                    vec![None; relation.columns.len()]
                }
            };
            for (column, tag) in relation.columns.iter_mut().zip(tags) {
                changed |= column.tag != tag;
                column.tag = tag;
            }
        }
        if !changed {
            break;
        }
    }
    for (view, reason) in failures {
        if let Some(relation) = relations.get(view) {
            let message = format!("it reads something protected, and what it shows cannot be told: {reason}");
            findings.push(Finding::closes(&relation.name, "view-lineage", message));
        }
    }
}

/// A rule turns a statement on one relation into statements on others, behind the analysis.
fn rules(relations: &mut [Relation], findings: &mut Vec<Finding>) {
    let words: HashSet<String> =
        relations.iter().filter(|r| r.is_tagged()).map(|r| r.name.name.to_lowercase()).collect();
    for relation in relations.iter_mut() {
        let is_rule = |kind| match kind {
            AttachmentKind::Rule => true,
            AttachmentKind::Trigger
            | AttachmentKind::RowPolicy
            | AttachmentKind::Check
            | AttachmentKind::ForeignKey
            | AttachmentKind::Index => false,
        };
        let rules = relation.attachments.iter().filter(|a| is_rule(a.kind));
        let Some(rule) = rules.into_iter().find(|rule| mentions(&rule.definition, &words)) else { continue };
        // REFUSES: what the rule makes of a statement is not what was analysed.
        let message = format!("its rule {} reaches a protected relation", rule.name);
        findings
            .push(Finding::closes(&relation.name, "rule", message).hint("drop the rule, or write a trigger"));
        relation.pinned = true;
    }
}

/// A view keeps nothing of what is written to it: where that goes says the function of its INSTEAD OF trigger.
fn detours(relations: &mut [Relation], functions: &[Function], policy: &Policy, findings: &mut Vec<Finding>) {
    let runs_text = HashSet::from(["execute".to_owned()]);
    let declared = |f: &Function| policy.functions.iter().any(|declared| declared.name == f.name);
    let leads_there = |f: &&Function| (f.pinned || mentions(&f.body, &runs_text)) && !declared(f);
    let words: HashSet<String> =
        functions.iter().filter(leads_there).map(|f| f.name.name.to_lowercase()).collect();
    for view in relations.iter_mut().filter(|r| r.kind == RelationKind::View && !r.is_tagged()) {
        let takes_over = |attached: &&Attachment| {
            attached.kind == AttachmentKind::Trigger
                && attached.definition.contains(" INSTEAD OF ")
                && mentions(&attached.definition, &words)
        };
        let Some(trigger) = view.attachments.iter().find(takes_over) else { continue };
        // REFUSES: values for no column that has a tag, which the trigger may take to one.
        let message = format!("its trigger {} could take values to a protected relation", trigger.name);
        let finding = Finding::closes(&view.name, "view-trigger", message);
        findings.push(finding.hint("declare the trigger's function with [[function]], or drop the trigger"));
        view.pinned = true;
    }
}

/// A column whose type is the row of something protected, alone or in an array, a domain or a composite
/// type: its fields have no tags of their own.
fn holders(relations: &mut [Relation], findings: &mut Vec<Finding>) {
    let tagged = relations.iter().filter(|relation| relation.is_tagged());
    let mut rows: HashSet<QualifiedName> = tagged.map(|relation| relation.name.clone()).collect();
    loop {
        let before = rows.len();
        for relation in relations.iter_mut() {
            let holds = |column: &&Column| column.row_type().is_some_and(|name| rows.contains(&name));
            let Some(column) = relation.columns.iter().find(holds) else { continue };
            if rows.insert(relation.name.clone()) {
                // REFUSES: a place in which protected values would stand as they are.
                let message =
                    "its type holds a row of a protected relation, whose fields are not protected here";
                let finding = Finding::closes(&relation.name, ROW_TYPE, message).at(&column.name);
                findings.push(finding.hint("drop the column, or give it a type of plain fields"));
                relation.pinned = true;
            }
        }
        if rows.len() == before {
            return;
        }
    }
}
