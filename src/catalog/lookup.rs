//! Finding things in a [`Catalog`] by name, and what a name as written stands for.
//!
//! Knows the bare-name rule (docs/architecture.md, The pinned catalog): an unqualified name equal
//! to that of a pinned relation *is* that relation, whatever search_path says. Deliberately does
//! not know of temporary tables, CTEs or aliases: these are the session's and the statement's.

use std::collections::{HashMap, HashSet};

use crate::catalog::model::{Catalog, Function, Relation};
use crate::names::{ColumnId, QualifiedName};
use crate::types::Oid;

/// Positions by name, built once with the catalog.
#[derive(Clone, Debug, Default)]
pub(in crate::catalog) struct Index {
    relations: HashMap<QualifiedName, usize>,
    pinned_by_bare_name: HashMap<String, Vec<usize>>,
    children: HashMap<QualifiedName, Vec<usize>>,
    functions: HashMap<String, Vec<usize>>,
    tags: HashMap<(Oid, i16), ColumnId>,
    tagged_column_names: HashSet<String>,
    column_names: HashSet<String>,
}

/// What the name of a relation stands for.
#[derive(Clone, Debug)]
pub enum Resolution<'c> {
    /// This one. If the name was unqualified and the relation is pinned, its schema must be spliced
    /// in, so that nothing is left for the server's search_path.
    Found(&'c Relation),
    /// Several pinned relations share the bare name: it must be qualified.
    Ambiguous(Vec<&'c Relation>),
    /// Not pinned, and not known by that name on the way of the search_path.
    Unknown,
}

impl Catalog {
    /// Builds the indexes. Of two relations of one name the pinned one is found.
    pub fn new(relations: Vec<Relation>, functions: Vec<Function>, server_version: u32) -> Self {
        let index = Index::of(&relations, &functions);
        Catalog { relations, functions, server_version, index }
    }

    /// All relations.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// All functions and procedures outside pg_catalog.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// `server_version_num`, 0 if unknown.
    pub fn server_version(&self) -> u32 {
        self.server_version
    }

    /// The relation of exactly this name.
    pub fn relation(&self, name: &QualifiedName) -> Option<&Relation> {
        self.index.relations.get(name).and_then(|&i| self.relations.get(i))
    }

    /// All pinned relations of a bare name, in any schema.
    pub fn pinned_named(&self, bare: &str) -> impl Iterator<Item = &Relation> {
        let positions = self.index.pinned_by_bare_name.get(bare);
        positions.into_iter().flatten().filter_map(|&i| self.relations.get(i))
    }

    /// Is this word the bare name of a pinned relation or of a pinned function? The first gate of
    /// the analysis asks it of every identifier of a statement.
    pub fn is_pinned_word(&self, word: &str) -> bool {
        self.index.pinned_by_bare_name.contains_key(word)
            || self.functions_named(word).any(|function| function.pinned)
    }

    /// Is this word the name of a tagged column of any relation?
    pub fn is_tagged_column_name(&self, word: &str) -> bool {
        self.index.tagged_column_names.contains(word)
    }

    /// What a relation's name as written (folded) stands for. `search_path` is the session's, without
    /// temporary schemas, "$user" already replaced.
    pub fn resolve(&self, schema: Option<&str>, name: &str, search_path: &[String]) -> Resolution<'_> {
        let found = |schema: &str| self.relation(&QualifiedName::new(schema, name));
        if let Some(schema) = schema {
            return found(schema).map_or(Resolution::Unknown, Resolution::Found);
        }
        // Manual, 5.9.5: pg_catalog is searched first unless the path names it.
        let implicit = (!search_path.iter().any(|s| s == "pg_catalog")).then_some("pg_catalog");
        let mut path = implicit.into_iter().chain(search_path.iter().map(String::as_str));
        let first = path.find_map(found);
        let pinned: Vec<&Relation> = self.pinned_named(name).collect();
        match (pinned.as_slice(), first) {
            ([], first) => first.map_or(Resolution::Unknown, Resolution::Found),
            // REFUSES: the path, which is the server's word to begin with, says that another relation of
            // the name comes first.
            (_, Some(first)) if !first.pinned => Resolution::Ambiguous(pinned),
            ([only], _) => Resolution::Found(only),
            (_, _) => Resolution::Ambiguous(pinned),
        }
    }

    /// Partitions and inheriting tables, direct ones.
    pub fn children(&self, parent: &QualifiedName) -> impl Iterator<Item = &Relation> {
        let positions = self.index.children.get(parent);
        positions.into_iter().flatten().filter_map(|&i| self.relations.get(i))
    }

    /// All overloads in all schemas of a function's bare name.
    pub fn functions_named(&self, bare: &str) -> impl Iterator<Item = &Function> {
        let positions = self.index.functions.get(bare);
        positions.into_iter().flatten().filter_map(|&i| self.functions.get(i))
    }

    /// Is this word the name of a column of any relation outside the server's own schemas?
    pub fn is_column_name(&self, word: &str) -> bool {
        self.index.column_names.contains(word)
    }

    /// The tag of a column as RowDescription names it; `None` if that column carries none. A
    /// cross-check of what the plan says, never a basis of opening.
    pub fn tag_at(&self, table: Oid, attnum: i16) -> Option<ColumnId> {
        self.index.tags.get(&(table, attnum)).copied()
    }
}

impl Index {
    fn of(relations: &[Relation], functions: &[Function]) -> Self {
        let mut index = Index::default();
        for (i, relation) in relations.iter().enumerate() {
            index.add_relation(i, relation);
        }
        for (i, function) in functions.iter().enumerate() {
            index.functions.entry(function.name.name.clone()).or_default().push(i);
        }
        index
    }

    fn add_relation(&mut self, position: usize, relation: &Relation) {
        if relation.pinned {
            self.relations.insert(relation.name.clone(), position);
            self.pinned_by_bare_name.entry(relation.name.name.clone()).or_default().push(position);
        } else {
            self.relations.entry(relation.name.clone()).or_insert(position);
        }
        for parent in &relation.parents {
            self.children.entry(parent.clone()).or_default().push(position);
        }
        let system = matches!(relation.name.schema.as_str(), "pg_catalog" | "information_schema");
        for column in &relation.columns {
            if !system && !self.column_names.contains(&column.name) {
                self.column_names.insert(column.name.clone());
            }
            let Some(tag) = column.tag else { continue };
            self.tagged_column_names.insert(column.name.clone());
            if relation.oid != 0 && column.attnum != 0 {
                self.tags.insert((relation.oid, column.attnum), tag);
            }
        }
    }
}
