//! The policy held against the shape: what cannot work, and what works but not as is likely meant.
//!
//! Knows policy, types and guards. Does not compare pin and server: that is `drift`.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::catalog::constant::{begins_as_envelope, constant};
use crate::catalog::fetch::Server;
use crate::catalog::finding::{Finding, LETTER_CASE, Weight};
use crate::catalog::guard;
use crate::catalog::model::{Attachment, AttachmentKind, Column, Relation, RelationKind};
use crate::names::{ColumnId, QualifiedName, always_quoted, split_dotted};
use crate::policy::model::{Mode, Phase, Policy, ProtectedColumn};
use crate::policy::reach::mentions;
use crate::policy::types::{fits, same_form, spelled, stored_as, stored_for, unfit_mode};

const APPLY: &str = "`pgveil apply` makes it so";

/// All findings. `unknown` are the columns of which neither policy nor pin says a type.
pub fn check(
    policy: &Policy,
    unknown: &HashSet<ColumnId>,
    relations: &[Relation],
    server: &Server,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if server.encoding != "UTF8" {
        let message =
            format!("the database's encoding is {}; protected relations need UTF8", server.encoding);
        findings.push(Finding {
            weight: Weight::Closes,
            code: "encoding",
            relation: None,
            column: None,
            message,
            hint: None,
        });
    }
    let by_name: HashMap<&QualifiedName, &Relation> = relations.iter().map(|r| (&r.name, r)).collect();
    for (id, tag) in policy.ids() {
        let Some(relation) = by_name.get(&tag.relation) else {
            findings.extend(table_spelt_otherwise(&tag.relation, relations));
            continue;
        };
        let column = relation.column(&tag.column).map(|(_, column)| column);
        match column {
            None if relation.columns.is_empty() => {
                findings.extend(table_spelt_otherwise(&tag.relation, relations));
            }
            None if let Some(there) = spelt_otherwise(relation, &tag.column) => findings.push(
                Finding::closes(&relation.name, LETTER_CASE, format!("there is no such column, but {there}"))
                    .at(&tag.column)
                    .hint(format!("write {}.{there}: {UNQUOTED}", relation.name)),
            ),
            // Statements that name it are refused, since the pin has no such column.
            None => findings.push(
                Finding::warns(&relation.name, "missing-column", "there is no such column")
                    .at(&tag.column)
                    .hint("add it through pgveil, which makes it as it is stored"),
            ),
            Some(column) => {
                let known = !unknown.contains(&id);
                Tagged { relation, column, tag, known }.check(&mut findings);
            }
        }
    }
    relations.iter().for_each(|relation| guards(policy, relation, &mut findings));
    foreign_keys(policy, relations, &by_name, &mut findings);
    domains(policy, unknown, &mut findings);
    findings
}

const UNQUOTED: &str = "a name without double quotes is read in lower case, as in SQL";

/// A column of the same letters, as it must be written; `name` itself there is not.
fn spelt_otherwise(relation: &Relation, name: &str) -> Option<String> {
    let same = |column: &&Column| column.name.to_lowercase() == name.to_lowercase();
    relation.columns.iter().find(same).map(|column| always_quoted(&column.name))
}

/// REFUSES: a table of the same letters as one that is tagged and not there. Whoever tagged it believes
/// that it is protected.
fn table_spelt_otherwise(tagged: &QualifiedName, relations: &[Relation]) -> Option<Finding> {
    let letters = |name: &QualifiedName| (name.schema.to_lowercase(), name.name.to_lowercase());
    let there = relations.iter().find(|r| r.oid != 0 && letters(&r.name) == letters(tagged))?;
    let message = format!("the policy names {tagged}, which is not there");
    let finding = Finding::closes(&there.name, LETTER_CASE, message);
    Some(finding.hint(format!("write {} in the policy: {UNQUOTED}", there.name)))
}

/// A tagged column that exists.
struct Tagged<'c> {
    relation: &'c Relation,
    column: &'c Column,
    tag: &'c ProtectedColumn,
    known: bool,
}

impl Tagged<'_> {
    fn check(&self, findings: &mut Vec<Finding>) {
        findings.extend(self.unfit_relation());
        findings.extend(self.unfit_column());
        if self.known {
            findings.extend(self.unfit_type());
        } else {
            let finding = self.closes("type-unknown", "neither policy nor pin says which type it holds");
            findings.push(finding.hint("run `pgveil catalog accept`, or write its `type`"));
        }
        findings.extend(self.default());
        findings.extend(self.blind_checks());
        findings.extend(self.lost_uniqueness());
        findings.extend(self.redeclared());
    }

    fn closes(&self, code: &'static str, message: impl Into<String>) -> Finding {
        Finding::closes(&self.relation.name, code, message).at(&self.column.name)
    }

    fn warns(&self, code: &'static str, message: impl Into<String>) -> Finding {
        Finding::warns(&self.relation.name, code, message).at(&self.column.name)
    }

    fn unfit_relation(&self) -> Option<Finding> {
        let what = match self.relation.kind {
            RelationKind::Table | RelationKind::Partitioned => return None,
            RelationKind::View | RelationKind::MaterializedView => "a view: tag the column that it shows",
            RelationKind::Foreign => "a foreign table: tag the column where it is stored",
            RelationKind::Sequence => "a sequence",
            RelationKind::Composite => "a composite type",
        };
        Some(self.closes("unfit-relation", format!("{} is {what}", self.relation.name)))
    }

    fn unfit_column(&self) -> Option<Finding> {
        if self.column.generated || self.column.identity.is_some() {
            return Some(self.closes("generated", "the server makes its values, so pgveil cannot seal them"));
        }
        let collides = self.tag.mode == Mode::Deterministic && self.column.nondeterministic;
        collides.then(|| {
            let message = "it cannot be deterministic: its collation calls values equal that differ in bytes";
            self.closes("collation", message)
        })
    }

    fn unfit_type(&self) -> Option<Finding> {
        if let Some(reason) = unfit_mode(&self.tag.logical, self.tag.mode) {
            return Some(self.closes("unfit-mode", format!("it cannot be deterministic: {reason}")));
        }
        let stored = stored_as(&self.column.type_name);
        if stored.is_some_and(|stored| fits(&self.tag.logical, stored)) {
            return None;
        }
        let (is, logical) = (&self.column.type_name, &self.tag.logical);
        let wanted = spelled(stored_for(logical));
        let message = format!("its type {is} cannot hold an encrypted {logical}: it must be {wanted}");
        match self.tag.phase {
            Phase::Plain => Some(self.warns("unfit-type", message).hint(APPLY)),
            Phase::Encrypting | Phase::Encrypted | Phase::Decrypting => {
                Some(self.closes("unfit-type", message).hint(APPLY))
            }
        }
    }

    fn default(&self) -> Option<Finding> {
        if !self.column.has_default {
            return None;
        }
        let expression = self.column.expression.as_deref();
        let value = expression.and_then(constant);
        match (self.tag.phase, value) {
            (Phase::Plain | Phase::Decrypting, _) => None,
            (_, _) if expression.is_some_and(|e| e.starts_with("NULL::")) => None,
            (_, Some(value)) if begins_as_envelope(&value) => None,
            (Phase::Encrypting, Some(_)) => {
                let message = "its DEFAULT is a plaintext constant";
                Some(self.warns("default", message).hint("`pgveil encrypt` seals it with the rows"))
            }
            (Phase::Encrypting | Phase::Encrypted, _) => {
                let message = "its DEFAULT is a plaintext: rows that leave the column out are refused";
                let hint =
                    "set a constant one through pgveil, or drop it and have the application send the value";
                Some(self.warns("default", message).hint(hint))
            }
        }
    }

    /// Constraints of the application's own: the server evaluates them on ciphertext.
    fn blind_checks(&self) -> Vec<Finding> {
        if self.tag.phase == Phase::Plain {
            return Vec::new();
        }
        let tagged = self.relation.columns.iter().filter(|column| column.tag.is_some());
        let guards: HashSet<&str> = tagged
            .filter_map(|column| guard::find(self.relation, column, stored_as(&column.type_name)?))
            .map(|guard| guard.name.as_str())
            .collect();
        let word = HashSet::from([self.column.name.to_lowercase()]);
        let checks = self.relation.attachments.iter().filter(|a| a.kind == AttachmentKind::Check);
        let blind = checks.filter(|c| !guards.contains(c.name.as_str()) && mentions(&c.definition, &word));
        let finding = |check: &Attachment| {
            let message =
                format!("its CHECK {} sees ciphertext, and may refuse what it admitted", check.name);
            self.warns("check", message).hint("drop the constraint, or have the application check the value")
        };
        blind.map(finding).collect()
    }

    fn lost_uniqueness(&self) -> Option<Finding> {
        let position = self.relation.column(&self.column.name)?.0;
        let unique = self.relation.unique_keys.iter().any(|key| key.contains(&position));
        (unique && self.tag.mode == Mode::Randomized && self.tag.phase != Phase::Plain).then(|| {
            let message = "it is UNIQUE and randomized: equal values are stored as different ones";
            self.warns("unique-randomized", message).hint("tag it as deterministic")
        })
    }

    /// REFUSES: a constraint that compares values while equal ones may be stored in two forms.
    fn redeclared(&self) -> Option<Finding> {
        let was = self.tag.redeclared.as_ref().filter(|_| self.known)?;
        let stored = stored_as(&self.column.type_name);
        if !stored.is_some_and(|stored| fits(&was.was_logical, stored)) {
            let message =
                format!("a {} cannot have held an encrypted {}", self.column.type_name, was.was_logical);
            return Some(self.closes("redeclared-type", message).hint("mend the type in `was`"));
        }
        let position = self.relation.column(&self.column.name)?.0;
        let unique = self.relation.unique_keys.iter().any(|key| key.contains(&position));
        (unique && was.seals == Mode::Deterministic).then(|| {
            let message =
                "it is UNIQUE and redeclared: equal values of both declarations would both be stored";
            let hint = "drop the constraint, and make it again when `pgveil encrypt --reseal` has ended";
            self.closes("redeclared-unique", message).hint(hint)
        })
    }
}

/// The guard must be on every table that holds the column: the table, its partitions, its children.
fn guards(policy: &Policy, relation: &Relation, findings: &mut Vec<Finding>) {
    match relation.kind {
        RelationKind::Table | RelationKind::Partitioned => {}
        RelationKind::View
        | RelationKind::MaterializedView
        | RelationKind::Foreign
        | RelationKind::Sequence
        | RelationKind::Composite => return,
    }
    for column in &relation.columns {
        let Some(tag) = column.tag.and_then(|id| policy.column(id)) else { continue };
        let Some(stored) = stored_as(&column.type_name) else { continue };
        let finding = match (tag.phase, guard::find(relation, column, stored)) {
            (Phase::Encrypted, None) => {
                let message = "it has no guard, so a session that goes round pgveil can store plaintext";
                Finding::closes(&relation.name, "guard-missing", message).hint(APPLY)
            }
            (Phase::Encrypted, Some(guard)) if !guard.validated => {
                let message = "its guard is not validated: older rows may hold plaintext";
                Finding::warns(&relation.name, "guard-not-validated", message)
                    .hint("`pgveil encrypt` validates it when nothing is left")
            }
            // `encrypt` has found nothing left and waits for the operator to say `encrypted`.
            (Phase::Encrypting, Some(guard)) if guard.validated => continue,
            (Phase::Plain | Phase::Encrypting | Phase::Decrypting, Some(guard)) => {
                let message = format!("its guard {} refuses every plaintext row", guard.name);
                Finding::warns(&relation.name, "guard-early", message).hint("`pgveil apply` drops it")
            }
            (Phase::Encrypted, Some(_)) | (Phase::Plain | Phase::Encrypting | Phase::Decrypting, None) => {
                continue;
            }
        };
        findings.push(finding.at(&column.name));
    }
}

/// A foreign key works only inside one deterministic domain.
fn foreign_keys(
    policy: &Policy,
    relations: &[Relation],
    by_name: &HashMap<&QualifiedName, &Relation>,
    findings: &mut Vec<Finding>,
) {
    let tag = |relation: &Relation, column: &str| {
        let (_, column) = relation.column(column)?;
        policy.column(column.tag?)
    };
    for relation in relations {
        for key in relation.attachments.iter().filter(|a| a.kind == AttachmentKind::ForeignKey) {
            let Some((target, pairs)) = references(&key.definition) else { continue };
            let partner = by_name.get(&target);
            for (own, theirs) in pairs {
                let (one, other) = (tag(relation, &own), partner.and_then(|r| tag(r, &theirs)));
                let holds = match (one, other) {
                    (None, None) => true,
                    (Some(one), Some(other)) => {
                        one.domain == other.domain
                            && one.mode == Mode::Deterministic
                            && other.mode == Mode::Deterministic
                    }
                    (Some(_), None) | (None, Some(_)) => false,
                };
                if !holds {
                    let message = format!("its foreign key {} to {target} cannot hold", key.name);
                    let finding = Finding::warns(&relation.name, "foreign-key", message).at(own);
                    findings.push(finding.hint("tag both columns as deterministic with one `domain`"));
                }
            }
        }
    }
}

/// Of `FOREIGN KEY (a, b) REFERENCES s.t(x, y) …`, as the server prints it: the table, and which
/// column refers to which.
pub fn references(definition: &str) -> Option<(QualifiedName, Vec<(String, String)>)> {
    let (own, rest) = definition.strip_prefix("FOREIGN KEY (")?.split_once(") REFERENCES ")?;
    let (table, rest) = rest.split_once('(')?;
    let (theirs, _) = rest.split_once(')')?;
    let names = |list: &str| -> Option<Vec<String>> {
        list.split(", ").map(|part| split_dotted(part)?.pop()).collect()
    };
    let pairs = names(own)?.into_iter().zip(names(theirs)?).collect();
    Some((QualifiedName::parse(table)?, pairs))
}

/// The code of the finding that two columns of a domain seal equal values to different bytes.
pub const DOMAIN_TYPE: &str = "domain-type";

/// The deterministic columns of one domain must hold types of one form, or equal values would differ.
fn domains(policy: &Policy, unknown: &HashSet<ColumnId>, findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<&str, &ProtectedColumn> = BTreeMap::new();
    let known = policy.ids().filter(|(id, _)| !unknown.contains(id)).map(|(_, column)| column);
    for column in known.filter(|c| c.mode == Mode::Deterministic) {
        let other = *first.entry(&column.domain).or_insert(column);
        if same_form(&other.logical, &column.logical) {
            continue;
        }
        for (one, partner) in [(column, other), (other, column)] {
            let message = format!(
                "it holds {}, and its partner in the domain, {}.{}, holds {}",
                one.logical, partner.relation, partner.column, partner.logical
            );
            let finding = Finding::closes(&one.relation, DOMAIN_TYPE, message).at(&one.column);
            findings.push(finding.hint("give both one type, or each a domain of its own"));
        }
    }
}
