//! What a name in an expression can mean: relations in FROM, their columns, and the scopes around.
//!
//! A relation that the operator has not pinned may have any column: where it could take a name away
//! from a protected column, the statement is refused, since the server's catalog must not decide.

use crate::sql::casts::PendingId;
use crate::sql::constants::SiteId;
use crate::sql::roles::{Class, PLAIN};
use crate::types::{LogicalType, Oid};

/// One expression's value, as far as the analysis is concerned.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Value {
    pub class: Class,
    /// It is a constant as it stands in the text.
    pub site: Option<SiteId>,
    /// Casts on it that are not a constant's, innermost first.
    pub casts: Vec<PendingId>,
    /// The base column that RowDescription will name, if it is a plain reference.
    pub origin: Option<(Oid, i16)>,
    /// It has the length or precision that its column declares (the server's typmod).
    pub exact: bool,
    /// The server makes text of it, if it is varchar.
    pub text: bool,
    /// The server makes this wider number of it, since one stands beside it.
    pub wide: Option<LogicalType>,
}

impl Value {
    pub fn plain() -> Self {
        Value::of(PLAIN)
    }

    pub fn of(class: Class) -> Self {
        Value { class, site: None, casts: Vec::new(), origin: None, exact: false, text: false, wide: None }
    }
}

/// What a relation gives: columns in order.
#[derive(Clone, Debug)]
pub(in crate::sql) enum Item {
    /// A column with its name.
    Column(Box<str>, Value),
    /// Columns that are not protected, of a relation that is not pinned; how many, if the server
    /// said so (trusted for counting only).
    Rest(Option<u16>),
}

impl Item {
    /// Outside the query that makes it, it is no constant of the text.
    pub fn leave_site(&mut self) {
        if let Item::Column(_, value) = self {
            value.site = None;
        }
    }
}

/// A relation that expressions can refer to.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Source {
    /// Alias, or bare name.
    pub name: Box<str>,
    /// Its schema, if no alias hides it and the schema is known.
    pub schema: Option<Box<str>>,
    pub items: Vec<Item>,
    /// Its rows are made by the statement, and may hold constants of the client: what is no relation.
    pub made: bool,
}

/// A common table expression.
#[derive(Clone, Debug)]
pub(in crate::sql) struct CteShape {
    pub name: Box<str>,
    /// `None`: its name counts already, and what it gives is not known yet.
    pub items: Option<Vec<Item>>,
}

/// Everything that names can mean at one level, with the levels around it.
#[derive(Debug, Default)]
pub(in crate::sql) struct Scope<'p> {
    pub outer: Option<&'p Scope<'p>>,
    pub ctes: Vec<CteShape>,
    /// By name: `a.b`.
    pub sources: Vec<Source>,
    /// By bare column name, and what `*` gives: columns merged by USING stand here once.
    pub visible: Vec<Item>,
}

/// What a look-up found.
#[derive(Debug)]
pub(in crate::sql) enum Found {
    /// This.
    Value(Value),
    /// More than one.
    Twice,
    /// Nothing that is known; an unpinned relation may have it.
    Maybe,
    /// Nothing, for certain.
    No,
}

impl<'p> Scope<'p> {
    pub fn inside(outer: &'p Scope<'p>) -> Self {
        Scope { outer: Some(outer), ..Scope::default() }
    }

    /// This level and those around it, innermost first.
    pub fn levels(&'p self) -> impl Iterator<Item = &'p Scope<'p>> {
        std::iter::successors(Some(self), |s| s.outer)
    }

    /// Can a column in sight be one that the statement makes?
    pub fn is_made(&'p self) -> bool {
        self.levels().any(|level| level.sources.iter().any(|source| source.made))
    }

    pub fn cte(&'p self, name: &str) -> Option<&'p CteShape> {
        self.levels().find_map(|level| level.ctes.iter().rev().find(|c| &*c.name == name))
    }

    /// A relation by the name that expressions use, with its schema if that was written.
    pub fn source(&'p self, schema: Option<&str>, name: &str) -> Option<&'p Source> {
        let fits =
            |s: &&Source| &*s.name == name && schema.is_none_or(|wanted| s.schema.as_deref() == Some(wanted));
        self.levels().find_map(|level| level.sources.iter().find(fits))
    }

    /// A bare column name at this level alone.
    pub fn column_here(&self, name: &str) -> Found {
        find(&self.visible, name)
    }
}

/// A column among items.
pub(in crate::sql) fn find(items: &[Item], name: &str) -> Found {
    let mut found = None;
    let mut maybe = false;
    for item in items {
        match item {
            Item::Column(n, value) if **n == *name => {
                if found.is_some() {
                    return Found::Twice;
                }
                found = Some(value);
            }
            Item::Column(..) => {}
            Item::Rest(_) => maybe = true,
        }
    }
    match found {
        Some(value) => Found::Value(value.clone()),
        None if maybe => Found::Maybe,
        None => Found::No,
    }
}

/// Columns that every table has beside its own (manual, 5.5 System Columns).
pub(in crate::sql) fn is_system_column(name: &str) -> bool {
    matches!(name, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid")
}

/// Are columns of a pinned relation among them, whose order the server has a say in?
pub(in crate::sql) fn are_pinned(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Column(_, value) => value.origin.is_some(),
        Item::Rest(_) => false,
    })
}

/// The items under the names of an alias's column list, and the values that the names may have been
/// meant for without our knowing. Names that reach into an unpinned relation take columns of it; how
/// many it has is not known, so what stands behind it can no longer be told by its place.
pub(in crate::sql) fn renamed<'n>(
    items: Vec<Item>,
    names: impl IntoIterator<Item = &'n str>,
) -> (Vec<Item>, Vec<Value>) {
    let mut names = names.into_iter().peekable();
    let mut out = Vec::with_capacity(items.len());
    let mut items = items.into_iter();
    while let Some(item) = items.next() {
        match item {
            Item::Column(name, value) => out.push(Item::Column(names.next().map_or(name, Box::from), value)),
            Item::Rest(count) if names.peek().is_none() => out.push(Item::Rest(count)),
            Item::Rest(_) => {
                out.extend(names.map(|name| Item::Column(name.into(), Value::plain())));
                out.push(Item::Rest(None));
                let behind = items.filter_map(|item| match item {
                    Item::Column(_, value) => Some(value),
                    Item::Rest(_) => None,
                });
                return (out, behind.collect());
            }
        }
    }
    (out, Vec::new())
}
