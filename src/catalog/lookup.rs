//! Finding things in a [`Catalog`] by name, and what a name as written stands for.
//!
//! Knows the bare-name rule (docs/errors.md, ambiguous-relation): an unqualified name equal
//! to that of a pinned relation *is* that relation, unless the search_path says that another comes
//! first. Of several pinned ones it is the one that the client's own path finds. Deliberately does
//! not know of temporary tables, CTEs or aliases: these are the session's and the statement's.

use std::collections::{HashMap, HashSet};

use crate::catalog::model::{Catalog, Function, Relation};
use crate::catalog::movers::{Movers, Stir};
use crate::catalog::path::{SearchPath, Source};
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
    /// How many relations there are of a bare name.
    counts: HashMap<String, u32>,
    movers: Movers,
}

/// What the name of a relation stands for.
#[derive(Clone, Debug)]
pub enum Resolution<'c> {
    /// This one. If the name was unqualified and the relation is pinned, its schema must be spliced
    /// in, so that nothing is left for the server's search_path.
    Found(&'c Relation),
    /// Several pinned relations share the bare name and the path does not tell which, or it tells of
    /// one that is not pinned: it must be qualified.
    Ambiguous(Vec<&'c Relation>),
    /// Not pinned, and not known by that name on the way of the search_path.
    Unknown,
}

impl Catalog {
    /// Builds the indexes. Of two relations of one name the pinned one is found.
    pub fn new(relations: Vec<Relation>, functions: Vec<Function>, server_version: u32) -> Self {
        let index = Index::of(&relations, &functions);
        Catalog { relations, functions, server_version, dotless: false, index }
    }

    /// Of a database with this locale (`tr_TR.UTF-8`, `az-Latn`).
    pub fn in_locale(self, locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        Catalog {
            dotless: matches!(language.as_str(), "tr" | "tur" | "az" | "aze" | "turkish" | "azeri"),
            ..self
        }
    }

    /// Has an i no dot there in the other case (Unicode, SpecialCasing.txt)?
    pub fn is_dotless(&self) -> bool {
        self.dotless
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

    /// What a relation's name as written (folded) stands for.
    pub fn resolve(&self, schema: Option<&str>, name: &str, path: &SearchPath) -> Resolution<'_> {
        if let Some(schema) = schema {
            let found = self.relation(&QualifiedName::new(schema, name));
            return found.map_or(Resolution::Unknown, Resolution::Found);
        }
        let first = self.first_on(path, name);
        let pinned: Vec<&Relation> = self.pinned_named(name).collect();
        // REFUSES: a path that nobody knows, where there is more than one relation that it could give.
        let lost =
            path.source() == Source::Lost && self.index.counts.get(name).is_some_and(|count| *count > 1);
        match (pinned.as_slice(), first) {
            ([], first) => first.map_or(Resolution::Unknown, Resolution::Found),
            _ if lost => Resolution::Ambiguous(pinned),
            // REFUSES: the path, which is the server's word to begin with, says that another relation of
            // the name comes first.
            (_, Some(first)) if !first.pinned => Resolution::Ambiguous(pinned),
            ([only], _) => Resolution::Found(only),
            (_, Some(first)) if self.is_followed(path) => Resolution::Found(first),
            (_, _) => Resolution::Ambiguous(pinned),
        }
    }

    /// The relation that a path gives. Manual, 5.9.5: pg_catalog is searched first unless it is named.
    fn first_on(&self, path: &SearchPath, name: &str) -> Option<&Relation> {
        let implicit = (!path.schemas().iter().any(|s| s == "pg_catalog")).then_some("pg_catalog");
        let mut schemas = implicit.into_iter().chain(path.schemas().iter().map(String::as_str));
        schemas.find_map(|schema| self.relation(&QualifiedName::new(schema, name)))
    }

    /// Is it the client's own word, and nothing that it does not show can change it?
    pub fn is_followed(&self, path: &SearchPath) -> bool {
        path.source() == Source::Said && !self.index.movers.unasked
    }

    /// Could any function do this, or a trigger of a relation?
    pub fn has_stirring(&self, stir: Stir) -> bool {
        !self.index.movers.that(stir).is_empty()
    }

    /// Could a function or a relation of this name?
    pub fn stirs(&self, stir: Stir, word: &str) -> bool {
        self.has_stirring(stir) && self.index.movers.that(stir).contains(&word.to_ascii_lowercase())
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
        index.movers = Movers::of(relations, functions);
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
        *self.counts.entry(relation.name.name.clone()).or_default() += 1;
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
