//! The database that the cases run against, read from tests/cases/analyse/schema.txt.

use pgveil::catalog::model::{Catalog, Column, Function, Relation, RelationKind};
use pgveil::names::{ColumnId, QualifiedName};
use pgveil::policy::model::{
    DeclaredFunction, DeclaredValue, Mode, Phase, Policy, ProtectedColumn, column_name,
};
use pgveil::types::{LogicalType, StoredType, oid};

/// Catalog and policy of the cases.
pub struct Database {
    pub catalog: Catalog,
    pub policy: Policy,
}

/// The database of the cases, on a server of this version.
pub fn database(version: u32) -> Database {
    let text = include_str!("../../cases/analyse/schema.txt");
    let mut relations: Vec<Relation> = Vec::new();
    let mut functions: Vec<Function> = Vec::new();
    let mut policy = Policy::default();
    for line in text.lines().filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if line.starts_with("function ") {
            functions.push(function(&words));
        } else if line.starts_with("declared ") {
            policy.functions.push(declared(&words));
        } else if !line.starts_with(' ') {
            relations.push(relation(line, relations.len()));
        } else if functions.is_empty() {
            let at = relations.len() - 1;
            let parent = relations[at].parents.first().cloned();
            let inherited = parent.and_then(|p| relations.iter().find(|r| r.name == p).cloned());
            column(&mut relations[at], inherited.as_ref(), line, &mut policy);
        } else {
            functions.last_mut().expect("a function").body = line.trim().to_owned();
        }
    }
    Database { catalog: Catalog::new(relations, functions, version), policy }
}

fn relation(line: &str, position: usize) -> Relation {
    let kinds = [
        (" table", RelationKind::Table),
        (" view", RelationKind::View),
        (" partitioned", RelationKind::Partitioned),
    ];
    let (at, kind) = kinds
        .into_iter()
        .find_map(|(word, kind)| line.find(word).map(|at| (at, kind)))
        .unwrap_or_else(|| panic!("kind of relation: {line}"));
    let name = QualifiedName::parse(&line[..at]).expect("qualified name");
    let rest = &line[at..];
    let mut relation = Relation::new(name, kind);
    relation.oid = 1000 + position as u32;
    relation.pinned = rest.contains(" pinned");
    relation.open = !rest.contains(" closed");
    relation.parents =
        rest.split_once(" of ").and_then(|(_, p)| QualifiedName::parse(p.trim())).into_iter().collect();
    relation
}

fn column(relation: &mut Relation, parent: Option<&Relation>, line: &str, policy: &mut Policy) {
    let line = line.trim();
    let (name, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').expect("closing quote"),
        None => line.split_once(' ').expect("a type"),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let mut column = Column::new(name, oid::TEXT, words[0]);
    column.attnum = relation.columns.len() as i16 + 1;
    column.generated = words[0] == "generated";
    if let Some(base) = words.iter().find_map(|w| w.strip_prefix("as:")) {
        let of = |c: &ProtectedColumn| column_name(&c.relation, &c.column) == base;
        column.tag = policy.ids().find(|(_, c)| of(c)).map(|(id, _)| id);
    } else if let [stored, mode, domain, more @ ..] = words.as_slice() {
        let own = parent.and_then(|p| p.column(name)).and_then(|(_, c)| c.tag);
        column.tag = Some(own.unwrap_or_else(|| {
            policy.columns.push(tag(relation, name, stored, mode, domain, more));
            ColumnId(policy.columns.len() as u32 - 1)
        }));
    }
    relation.columns.push(column);
}

fn tag(
    relation: &Relation,
    name: &str,
    stored: &str,
    mode: &str,
    domain: &str,
    more: &[&str],
) -> ProtectedColumn {
    let logical = more.iter().find_map(|w| w.strip_prefix("logical:")).unwrap_or(stored);
    ProtectedColumn {
        relation: relation.name.clone(),
        column: name.to_owned(),
        mode: if mode == "det" { Mode::Deterministic } else { Mode::Randomized },
        domain: domain.to_owned(),
        logical: LogicalType::parse(logical).expect("logical type"),
        declared: false,
        stored: match stored {
            "text" => StoredType::Text,
            "varchar" => StoredType::Varchar,
            "jsonb" => StoredType::Jsonb,
            "bytea" => StoredType::Bytea,
            "text[]" => StoredType::TextArray,
            other => panic!("stored type {other}"),
        },
        phase: match more {
            m if m.contains(&"encrypting") => Phase::Encrypting,
            m if m.contains(&"decrypting") => Phase::Decrypting,
            m if m.contains(&"plain") => Phase::Plain,
            _ => Phase::Encrypted,
        },
        pad: None,
        max_bytes: None,
        online: false,
        redeclared: None,
    }
}

fn function(words: &[&str]) -> Function {
    let name = QualifiedName::parse(words[1]).expect("function name");
    let mut function = Function::new(name, words[2], "");
    function.pinned = words.contains(&"pinned");
    function.returns_rows = words.contains(&"rows");
    function.extension = words.iter().find_map(|w| w.strip_prefix("extension:")).map(str::to_owned);
    function
}

fn declared(words: &[&str]) -> DeclaredFunction {
    let value = |word: &&str| match *word {
        "plain" => DeclaredValue::Plain,
        domain => DeclaredValue::Domain(domain.to_owned()),
    };
    let arrow = words.iter().position(|w| *w == "->").expect("->");
    DeclaredFunction {
        name: QualifiedName::parse(words[1]).expect("function name"),
        args: words[2..arrow].iter().map(value).collect(),
        returns: value(&words[arrow + 1]),
    }
}
