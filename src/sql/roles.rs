//! The roles of expressions, and how they become one.
//!
//! Every expression belongs to a class. A class is open (nothing but constants so far), plain,
//! protected, or composed of other classes. Classes that flow into each other become one; classes
//! that are compared must agree. Knows the policy's columns; knows no names, tokens or syntax.

use std::rc::Rc;

mod measure;
mod types;
mod uses;

use measure::Measure;
pub(in crate::sql) use types::family;
use types::{differing, without_operator};

use crate::names::ColumnId;
use crate::policy::model::{Mode, Policy, ProtectedColumn};
use crate::policy::standing::{Standing, Standings};
use crate::sql::ast::Span;
use crate::sql::casts::fits;
use crate::sql::documents::Made;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::types::LogicalType;

/// A class of expressions with one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) struct Class(u32);

/// Values of the server that are not protected.
pub(in crate::sql) const PLAIN: Class = Class(0);

/// What is known of a class.
#[derive(Clone, Debug)]
pub(in crate::sql) enum Kind {
    /// Constants whose role is still to be found.
    Open,
    /// Nothing protected may come here, for this cause.
    Plain(Cause, Span),
    /// Values of this column, or of one that agrees with it.
    Protected(ColumnId),
    /// Elements of the values of this column, which are arrays.
    Element(ColumnId),
    /// An array; the class of its elements.
    Array(Class),
    /// A row; the classes of its fields.
    Row(Vec<Class>),
    /// A JSON document that is made of other values.
    Document(Rc<Made>),
}

#[derive(Clone, Debug)]
struct Node {
    parent: u32,
    kind: Kind,
    /// Equality is asked of it.
    equality: Option<Equality>,
    /// It is stored in this column.
    stored: Option<ColumnId>,
    /// Its constants become values: they stand beside those of a column, or are shown.
    flows: bool,
    /// Somebody besides the client looks at it: a document, a temporary table, a function.
    held: bool,
    measure: Measure,
    /// It is a part of another class.
    inside: bool,
}

/// That values are told apart by the server.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Equality {
    pub cause: Cause,
    pub span: Span,
    pub with: EqualTo,
}

/// What values are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) enum EqualTo {
    /// A constant in the text, which can be given in every form that the values stand in.
    Constant,
    /// Other values: columns, results, one another.
    Values,
}

/// All classes of one statement.
#[derive(Debug)]
pub(in crate::sql) struct Roles<'a> {
    policy: &'a Policy,
    standings: &'a Standings,
    nodes: Vec<Node>,
    /// How often all classes have been measured.
    measured: u32,
}

impl<'a> Roles<'a> {
    pub fn new(policy: &'a Policy, standings: &'a Standings) -> Self {
        let mut roles = Roles { policy, standings, nodes: Vec::new(), measured: 0 };
        roles.make(Kind::Plain(Cause::Mixed, Span::default()));
        roles
    }

    fn make(&mut self, kind: Kind) -> Class {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node {
            parent: id,
            kind,
            equality: None,
            stored: None,
            flows: false,
            held: false,
            measure: Measure::default(),
            inside: false,
        });
        Class(id)
    }

    pub fn open(&mut self) -> Class {
        self.make(Kind::Open)
    }

    pub fn protected(&mut self, column: ColumnId) -> Class {
        self.make(Kind::Protected(column))
    }

    /// A class of the elements of an array column.
    pub fn element_of(&mut self, column: ColumnId) -> Class {
        self.make(Kind::Element(column))
    }

    fn root(&self, class: Class) -> u32 {
        let mut at = class.0;
        while let Some(node) = self.nodes.get(at as usize) {
            if node.parent == at {
                break;
            }
            at = node.parent;
        }
        at
    }

    /// Have the two become one?
    pub fn are_one(&self, a: Class, b: Class) -> bool {
        self.root(a) == self.root(b)
    }

    /// What is known of it by now.
    pub fn kind(&self, class: Class) -> Kind {
        let root = self.root(class);
        self.nodes.get(root as usize).map_or(Kind::Open, |n| n.kind.clone())
    }

    /// The column that it is stored in, if it is.
    pub fn stored_in(&self, class: Class) -> Option<ColumnId> {
        let root = self.root(class);
        self.nodes.get(root as usize).and_then(|n| n.stored)
    }

    /// A protected column anywhere inside.
    pub fn protected_in(&self, class: Class) -> Option<ColumnId> {
        match self.kind(class) {
            Kind::Protected(column) | Kind::Element(column) => Some(column),
            Kind::Array(element) => self.protected_in(element),
            Kind::Row(fields) => fields.into_iter().find_map(|f| self.protected_in(f)),
            Kind::Document(made) => made.parts().find_map(|part| self.protected_in(part.class)),
            Kind::Open | Kind::Plain(..) => None,
        }
    }

    fn set(&mut self, class: Class, kind: Kind) -> Checked<()> {
        let root = self.root(class);
        let Some(node) = self.nodes.get_mut(root as usize) else { return Ok(()) };
        node.kind = kind;
        self.ask_again(class)
    }

    /// What was asked of it before more was known of it.
    fn ask_again(&mut self, class: Class) -> Checked<()> {
        let root = self.root(class);
        match self.nodes.get(root as usize).and_then(|node| node.equality.clone()) {
            Some(equality) => self.require_equality(class, equality),
            None => Ok(()),
        }
    }

    fn column(&self, id: ColumnId, span: Span) -> Checked<&'a ProtectedColumn> {
        self.policy.column(id).ok_or_else(|| Objection::on(Cause::NotUnderstood("this column"), span, id))
    }

    /// May values of the two stand in each other's place?
    pub fn agree(&self, a: ColumnId, b: ColumnId, span: Span) -> Checked<()> {
        if a == b {
            return Ok(());
        }
        let (x, y) = (self.column(a, span)?, self.column(b, span)?);
        let same = x.domain == y.domain
            && x.mode == y.mode
            && x.phase == y.phase
            // An envelope of an older declaration would open nowhere else.
            && x.redeclared.is_none()
            && y.redeclared.is_none()
            && family(&x.logical) == family(&y.logical)
            && (x.logical == LogicalType::TextArray) == (y.logical == LogicalType::TextArray);
        if same { Ok(()) } else { Err(Objection::on(differing(&x.logical, &y.logical), span, a)) }
    }

    /// Nothing protected may come here.
    pub fn require_plain(&mut self, class: Class, cause: Cause, span: Span) -> Checked<()> {
        match self.kind(class) {
            Kind::Open => self.set(class, Kind::Plain(cause, span)),
            Kind::Plain(..) => Ok(()),
            Kind::Protected(column) | Kind::Element(column) => {
                Err(Objection::on(self.of_its_type(cause, column), span, column))
            }
            Kind::Array(element) => self.require_plain(element, cause, span),
            Kind::Row(fields) => {
                fields.into_iter().try_for_each(|f| self.require_plain(f, cause.clone(), span))
            }
            Kind::Document(made) => {
                made.parts().try_for_each(|part| self.require_plain(part.class, cause.clone(), span))
            }
        }
    }

    /// Values of it are told apart by the server: only deterministic columns may be.
    pub fn require_equality(&mut self, class: Class, equality: Equality) -> Checked<()> {
        match self.kind(class) {
            Kind::Plain(..) => return Ok(()),
            Kind::Array(element) => return self.require_equality(element, equality),
            Kind::Row(fields) => {
                return fields.into_iter().try_for_each(|f| self.require_equality(f, equality.clone()));
            }
            // Two documents of equal values are equal, but what is opened in them is not looked at.
            Kind::Document(_) => return self.require_plain(class, Cause::Composite, equality.span),
            Kind::Protected(id) | Kind::Element(id) => self.admits_equality(id, &equality)?,
            Kind::Open => {}
        }
        let root = self.root(class);
        if let Some(node) = self.nodes.get_mut(root as usize) {
            match &mut node.equality {
                Some(asked) if asked.with == EqualTo::Values => {}
                asked => *asked = Some(equality),
            }
        }
        Ok(())
    }

    fn admits_equality(&self, id: ColumnId, equality: &Equality) -> Checked<()> {
        let column = self.column(id, equality.span)?;
        if column.mode == Mode::Randomized {
            return Err(Objection::on(equality.cause.clone(), equality.span, id));
        }
        match (self.standings.of(column), equality.with) {
            (Some(Standing::One(_) | Standing::Window(_)), _) => Ok(()),
            (Some(Standing::Mixed(_)), EqualTo::Constant) => Ok(()),
            // REFUSES: row by row some values are envelopes and some are not, and equal ones differ.
            (Some(Standing::Mixed(_)), EqualTo::Values) | (None, _) => {
                Err(Objection::on(Cause::Transitional, equality.span, id))
            }
        }
    }

    /// The two are one: what flows from one place into another, or stands beside it.
    pub fn merge(&mut self, a: Class, b: Class, span: Span) -> Checked<()> {
        let (ra, rb) = (self.root(a), self.root(b));
        if ra == rb {
            return Ok(());
        }
        if a == PLAIN || ra == PLAIN.0 {
            return self.require_plain(b, Cause::Mixed, span);
        }
        if b == PLAIN || rb == PLAIN.0 {
            return self.require_plain(a, Cause::Mixed, span);
        }
        let of_column = |kind| matches!(kind, Kind::Protected(_) | Kind::Element(_));
        let beside = of_column(self.kind(a)) || of_column(self.kind(b));
        let grows = self.would_grow(a, b);
        let kind = self.join(a, b, span)?;
        let taken = self.nodes.get_mut(rb as usize).map(|node| {
            node.parent = ra;
            (node.equality.take(), node.stored, node.flows, node.held, node.inside)
        });
        if let (Some((equality, stored, flows, held, inside)), Some(node)) =
            (taken, self.nodes.get_mut(ra as usize))
        {
            node.inside |= inside;
            node.equality = stronger(node.equality.take(), equality);
            node.stored = node.stored.or(stored);
            node.flows |= flows || beside;
            node.held |= held;
        }
        self.becomes(a, kind, grows, span)
    }

    fn join(&mut self, a: Class, b: Class, span: Span) -> Checked<Kind> {
        match (self.kind(a), self.kind(b)) {
            (Kind::Open, kind) | (kind, Kind::Open) => Ok(kind),
            (Kind::Plain(cause, at), other) => {
                self.require_plain(b, cause.clone(), at)?;
                Ok(if matches!(other, Kind::Array(_) | Kind::Row(_) | Kind::Document(_)) {
                    other
                } else {
                    Kind::Plain(cause, at)
                })
            }
            (other, Kind::Plain(cause, at)) => {
                self.require_plain(a, cause, at)?;
                Ok(other)
            }
            (Kind::Protected(x), Kind::Protected(y)) => self.agree(x, y, span).map(|()| Kind::Protected(x)),
            (Kind::Element(x), Kind::Element(y)) => self.agree(x, y, span).map(|()| Kind::Element(x)),
            (Kind::Array(x), Kind::Array(y)) => self.merge(x, y, span).map(|()| Kind::Array(x)),
            (Kind::Protected(column), Kind::Array(element))
            | (Kind::Array(element), Kind::Protected(column))
                if self.is_array(column) =>
            {
                let own = self.element_of(column);
                self.merge(element, own, span).map(|()| Kind::Protected(column))
            }
            (Kind::Row(x), Kind::Row(y)) if x.len() == y.len() => {
                for (f, g) in x.iter().zip(&y) {
                    self.merge(*f, *g, span)?;
                }
                Ok(Kind::Row(x))
            }
            (Kind::Document(x), Kind::Document(y)) if x.is_like(&y) => {
                for (one, other) in x.parts().zip(y.parts()) {
                    self.merge(one.class, other.class, span)?;
                }
                Ok(Kind::Document(x))
            }
            (x, _) => {
                // REFUSES: a scalar, an array and a row in one place; without anything protected
                // inside it is the server's to say what it thinks of it.
                self.require_plain(a, Cause::Composite, span)?;
                self.require_plain(b, Cause::Composite, span)?;
                Ok(x)
            }
        }
    }

    /// The two have one role, but none flows into the other.
    pub fn adopt(&mut self, a: Class, b: Class, span: Span) -> Checked<()> {
        match (self.kind(a), self.kind(b)) {
            (Kind::Protected(x), Kind::Protected(y)) => self.agree(x, y, span),
            (Kind::Protected(x), Kind::Open) => self.set(b, Kind::Protected(x)),
            (Kind::Open, Kind::Protected(y)) => self.set(a, Kind::Protected(y)),
            (Kind::Element(x), Kind::Element(y)) => self.agree(x, y, span),
            (Kind::Element(x), Kind::Open) => self.set(b, Kind::Element(x)),
            (Kind::Open, Kind::Element(y)) => self.set(a, Kind::Element(y)),
            (Kind::Protected(x), Kind::Array(y)) if self.is_array(x) => {
                let own = self.element_of(x);
                self.adopt(y, own, span)
            }
            (Kind::Array(x), Kind::Protected(y)) if self.is_array(y) => {
                let own = self.element_of(y);
                self.adopt(x, own, span)
            }
            (Kind::Row(x), Kind::Row(y)) if x.len() == y.len() => {
                x.into_iter().zip(y).try_for_each(|(f, g)| self.adopt(f, g, span))
            }
            (Kind::Array(x), Kind::Array(y)) => self.adopt(x, y, span),
            _ => self.merge(a, b, span),
        }
    }

    /// The two are compared for equality.
    pub fn compare(&mut self, a: Class, b: Class, with: EqualTo, span: Span) -> Checked<()> {
        let equality = Equality { cause: Cause::Equality, span, with };
        self.adopt(a, b, span).map_err(without_operator)?;
        self.require_equality(a, equality.clone())?;
        self.require_equality(b, equality)
    }

    /// It is stored in a protected column.
    pub fn store(&mut self, class: Class, column: ColumnId, span: Span) -> Checked<()> {
        let tagged = self.column(column, span)?;
        if self.standings.of(tagged).is_none() {
            return Err(Objection::on(Cause::Transitional, span, column));
        }
        match self.kind(class) {
            Kind::Open => self.set(class, Kind::Protected(column))?,
            Kind::Protected(other) => self.agree(column, other, span).map_err(|objection| {
                let becomes =
                    self.policy.column(other).is_some_and(|o| fits(&o.logical, &tagged.logical, true));
                if becomes { Objection::on(Cause::CrossDomain, span, column) } else { objection }
            })?,
            Kind::Plain(cause, at) => {
                let (cause, at) = match cause {
                    Cause::Mixed => (Cause::PlainInto, span),
                    other => (other, at),
                };
                return Err(Objection::on(cause, at, column));
            }
            Kind::Element(_) => return Err(Objection::on(Cause::CrossDomain, span, column)),
            Kind::Array(element) if self.is_array(column) => {
                return self.store_elements(element, column, span);
            }
            Kind::Array(_) => return Err(Objection::on(Cause::TypeMismatch, span, column)),
            Kind::Row(_) | Kind::Document(_) => {
                return Err(Objection::on(Cause::Composite, span, column));
            }
        }
        let root = self.root(class);
        if let Some(node) = self.nodes.get_mut(root as usize) {
            node.stored.get_or_insert(column);
        }
        Ok(())
    }

    /// An array made of single values is stored.
    fn store_elements(&mut self, element: Class, column: ColumnId, span: Span) -> Checked<()> {
        if let Kind::Plain(..) = self.kind(element) {
            return Err(Objection::on(Cause::PlainInto, span, column));
        }
        let stored = self.element_of(column);
        self.merge(element, stored, span)?;
        let root = self.root(element);
        if let Some(node) = self.nodes.get_mut(root as usize) {
            node.stored.get_or_insert(column);
        }
        Ok(())
    }

    /// Are the values of a column arrays?
    pub fn is_array(&self, column: ColumnId) -> bool {
        self.policy.column(column).is_some_and(|column| column.logical == LogicalType::TextArray)
    }

    /// The class of the elements of an array: of one of arrays, that of theirs, as in unnest and ANY.
    pub fn element(&mut self, class: Class, span: Span) -> Checked<Class> {
        match self.kind(class) {
            Kind::Array(element) => match self.kind(element) {
                Kind::Array(_) => self.element(element, span),
                Kind::Protected(column) if self.is_array(column) => Ok(self.element_of(column)),
                _ => Ok(element),
            },
            Kind::Open => {
                let element = self.open();
                self.becomes(class, Kind::Array(element), true, span)?;
                Ok(element)
            }
            Kind::Plain(..) => Ok(PLAIN),
            Kind::Protected(column) if self.is_array(column) => Ok(self.element_of(column)),
            Kind::Protected(column) | Kind::Element(column) => {
                Err(Objection::on(Cause::Subscript, span, column))
            }
            Kind::Row(_) | Kind::Document(_) => {
                self.require_plain(class, Cause::Subscript, span)?;
                Ok(PLAIN)
            }
        }
    }
}

/// Of two demands of equality the one that admits less.
fn stronger(a: Option<Equality>, b: Option<Equality>) -> Option<Equality> {
    match (a, b) {
        (Some(a), Some(b)) if b.with == EqualTo::Values && a.with == EqualTo::Constant => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}
