//! JSON documents that the server makes of protected values: which function gives which shape, and
//! where in it something is opened.
//!
//! A document can be shown, carried through subqueries and united with its like; whatever looks inside
//! it on the server is refused, as it is for a value. Text that is put together of values (`joined`) goes the
//! same ways.

use std::collections::HashSet;
use std::rc::Rc;

use crate::sql::analysis::Analysis;
use crate::sql::ast::{Argument, Expr, ExprKind, FunctionCall, LiteralKind, Span};
use crate::sql::casts::PendingId;
use crate::sql::constants::Constant;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{Class, Kind};
use crate::sql::scope::{Found, Item, Scope, Source, Value, are_pinned};
use crate::sql::verdict::{Cast, Document, Extent, Shape};
use crate::types::LogicalType;

/// A document made of values.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Made {
    /// jsonb.
    binary: bool,
    /// Written as text, by a cast.
    written: bool,
    form: Form,
}

/// What a document is.
#[derive(Clone, Debug)]
enum Form {
    /// An object of these members.
    Members(Vec<(Box<str>, Part)>),
    /// An object of members with names that only the server knows.
    Every(Part),
    /// An array of these elements.
    Items(Vec<Part>),
    /// An array of such elements.
    Each(Part),
    /// A value alone.
    One(Part),
    /// No JSON, but text: these one behind the other, where it repeats again and again.
    Text { parts: Vec<Part>, repeats: bool },
}

/// A value inside a document.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Part {
    pub class: Class,
    /// Casts on it, innermost first.
    casts: Vec<PendingId>,
}

impl Part {
    /// Values of this class, under no cast.
    pub fn of(class: Class) -> Self {
        Part { class, casts: Vec::new() }
    }
}

impl From<Value> for Part {
    fn from(value: Value) -> Self {
        Part { class: value.class, casts: value.casts }
    }
}

impl Made {
    /// Text put together of these, in this order; of an aggregate, that of many rows.
    pub fn text(parts: Vec<Part>, repeats: bool) -> Self {
        Made { binary: false, written: false, form: Form::Text { parts, repeats } }
    }

    /// Is it text?
    pub fn is_text(&self) -> bool {
        matches!(self.form, Form::Text { .. })
    }

    /// Is it text of many rows?
    pub fn repeats(&self) -> bool {
        matches!(self.form, Form::Text { repeats: true, .. })
    }

    /// All values inside, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        let (named, listed, one) = match &self.form {
            Form::Members(members) => (members.as_slice(), &[][..], None),
            Form::Items(items) | Form::Text { parts: items, .. } => (&[][..], items.as_slice(), None),
            Form::Every(part) | Form::Each(part) | Form::One(part) => (&[][..], &[][..], Some(part)),
        };
        named.iter().map(|(_, part)| part).chain(listed).chain(one)
    }

    /// May one stand in the other's place?
    pub fn is_like(&self, other: &Made) -> bool {
        let same = match (&self.form, &other.form) {
            (Form::Members(a), Form::Members(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((one, _), (other, _))| one == other)
            }
            (Form::Items(a), Form::Items(b)) => a.len() == b.len(),
            (Form::Text { parts: a, repeats: one }, Form::Text { parts: b, repeats: other }) => {
                a.len() == b.len() && one == other
            }
            (Form::Every(_), Form::Every(_))
            | (Form::Each(_), Form::Each(_))
            | (Form::One(_), Form::One(_)) => true,
            (
                Form::Members(_)
                | Form::Every(_)
                | Form::Items(_)
                | Form::Each(_)
                | Form::One(_)
                | Form::Text { .. },
                _,
            ) => false,
        };
        let uncast = |made: &Made| made.parts().all(|part| part.casts.is_empty());
        let alike = self.binary == other.binary && self.written == other.written;
        alike && same && uncast(self) && uncast(other)
    }
}

/// What a function of pg_catalog makes of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    /// Names and values in turn.
    Object,
    /// Values.
    Array,
    /// An array of the values of all rows.
    Gathers,
    /// An object of the names and values of all rows.
    GathersPairs,
    /// A value, or a row as an object.
    Converts,
    /// Takes members out of a document.
    Strips,
}

/// The maker of this name, and whether it makes jsonb.
fn maker(name: &str) -> Option<(Maker, bool)> {
    Some(match name {
        "json_build_object" => (Maker::Object, false),
        "jsonb_build_object" => (Maker::Object, true),
        "json_build_array" => (Maker::Array, false),
        "jsonb_build_array" => (Maker::Array, true),
        "json_agg" => (Maker::Gathers, false),
        "jsonb_agg" => (Maker::Gathers, true),
        "json_object_agg" => (Maker::GathersPairs, false),
        "jsonb_object_agg" => (Maker::GathersPairs, true),
        "row_to_json" | "array_to_json" | "to_json" => (Maker::Converts, false),
        "to_jsonb" => (Maker::Converts, true),
        "json_strip_nulls" => (Maker::Strips, false),
        "jsonb_strip_nulls" => (Maker::Strips, true),
        _ => return None,
    })
}

impl Analysis<'_> {
    /// A call that makes a document. `None`: it is another function, or might be one of the database's.
    pub(in crate::sql) fn document_call(
        &mut self,
        call: &FunctionCall,
        span: Span,
        scope: &Scope,
    ) -> Checked<Option<Value>> {
        let name = call.name.name();
        let own = matches!(call.name.schema(), None | Some("pg_catalog"));
        let Some((maker, binary)) = maker(name).filter(|_| own && !self.is_of_database(call)) else {
            return Ok(None);
        };
        if call.args.iter().any(|arg| arg.variadic || arg.name.is_some()) {
            return Ok(None);
        }
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            args.push(self.document_argument(&arg.value, binary, scope)?);
        }
        self.around(call, &args, span, scope)?;
        let cause = || Cause::Function(name.into());
        if !args.iter().any(|arg| self.roles.protected_in(arg.class).is_some()) {
            args.iter().try_for_each(|arg| self.plain(arg, cause(), span))?;
            return Ok(Some(Value::plain()));
        }
        let form = match (maker, args.len()) {
            (Maker::Object, count) if count % 2 == 0 => self.members(&call.args, args, &cause(), span)?,
            (Maker::Array, _) => Form::Items(args.into_iter().map(Part::from).collect()),
            (Maker::Gathers, 1) => match args.pop() {
                Some(value) => Form::Each(value.into()),
                None => return Ok(None),
            },
            (Maker::GathersPairs, 2) => match (args.pop(), args.pop()) {
                (Some(value), Some(key)) => {
                    self.plain(&key, cause(), span)?;
                    Form::Every(value.into())
                }
                (_, _) => return Ok(None),
            },
            (Maker::Converts | Maker::Strips, 1 | 2) => {
                let mut args = args.into_iter();
                let Some(value) = args.next() else { return Ok(None) };
                args.try_for_each(|pretty| self.plain(&pretty, cause(), span))?;
                // REFUSES: to strip a document that has others inside which the server cannot read.
                if maker == Maker::Strips && self.hides_nulls(value.class) {
                    self.plain(&value, cause(), span)?;
                }
                Form::One(value.into())
            }
            (Maker::Object | Maker::Gathers | Maker::GathersPairs | Maker::Converts | Maker::Strips, _) => {
                args.iter().try_for_each(|arg| self.plain(arg, cause(), span))?;
                return Ok(Some(Value::plain()));
            }
        };
        Ok(Some(Value::of(self.roles.document(Made { binary, written: false, form }, span)?)))
    }

    /// Could NULLs stand in it that the server does not see?
    fn hides_nulls(&self, class: Class) -> bool {
        match self.roles.kind(class) {
            Kind::Document(made) => made.parts().any(|part| self.hides_nulls(part.class)),
            Kind::Protected(column) => {
                let logical = self.known.policy.column(column).map(|column| &column.logical);
                matches!(logical, Some(LogicalType::Json | LogicalType::Jsonb) | None)
            }
            Kind::Array(element) => self.hides_nulls(element),
            Kind::Open | Kind::Plain(..) | Kind::Element(_) => false,
            Kind::Row(fields) => fields.into_iter().any(|field| self.hides_nulls(field)),
        }
    }

    /// Might a function of the database's own take the call?
    pub(in crate::sql) fn is_of_database(&self, call: &FunctionCall) -> bool {
        let name = call.name.name();
        let is_own = self.known.catalog.functions_named(name).next().is_some()
            || self.known.names.doubted.contains(name)
            || self.declared_function(&call.name).is_some();
        is_own && call.name.schema() != Some("pg_catalog")
    }

    /// An argument; a relation's name is an object of its columns.
    fn document_argument(&mut self, expr: &Expr, binary: bool, scope: &Scope) -> Checked<Value> {
        let source = match &expr.kind {
            ExprKind::Column(parts) => match parts.as_slice() {
                [name] => {
                    let column = |level: &Scope| {
                        matches!(level.column_here(name.as_str()), Found::Value(_) | Found::Twice)
                    };
                    scope.source(None, name.as_str()).filter(|_| !scope.levels().any(column))
                }
                _ => None,
            },
            ExprKind::Star(parts) => match parts.as_slice() {
                [name] => scope.source(None, name.as_str()),
                _ => None,
            },
            _ => None,
        };
        let members = match source.and_then(|source| self.as_members(source)) {
            Some(members) => {
                self.by_position |= source.is_some_and(|source| are_pinned(&source.items));
                members
            }
            None => {
                let value = self.operand(expr, scope)?;
                match self.row_members(&value) {
                    Some(members) => members,
                    None => return Ok(value),
                }
            }
        };
        Ok(Value::of(
            self.roles.document(Made { binary, written: false, form: Form::Members(members) }, expr.span)?,
        ))
    }

    /// A relation's row has become a value: its names are kept for a document that is made of it.
    pub(in crate::sql) fn remember_row(&mut self, class: Class, source: &Source) {
        if let Some(members) = self.as_members(source) {
            self.rows_by_name.push((class, members));
        }
    }

    /// The columns of a row that was a relation's, and no other's.
    fn row_members(&self, value: &Value) -> Option<Vec<(Box<str>, Part)>> {
        let mut rows = self.rows_by_name.iter().filter(|(class, _)| self.roles.are_one(*class, value.class));
        let (_, members) = rows.next().filter(|_| value.casts.is_empty())?;
        rows.next().is_none().then(|| members.clone())
    }

    /// A document cast to json, to jsonb or to text: the same one, written otherwise; and text cast to text.
    /// `None`: it is none.
    pub(in crate::sql) fn cast_document(
        &mut self,
        value: &Value,
        to: &Cast,
        span: Span,
    ) -> Checked<Option<Value>> {
        let Kind::Document(made) = self.roles.kind(value.class) else { return Ok(None) };
        if made.is_text() {
            let same = matches!(to.to, LogicalType::Text | LogicalType::Varchar(None)) && !to.array;
            return Ok(same.then(|| Value::of(value.class)));
        }
        let (binary, written) = match (&to.to, to.array) {
            (LogicalType::Json, false) => (false, false),
            (LogicalType::Jsonb, false) => (true, false),
            (LogicalType::Text | LogicalType::Varchar(None), false) => (made.binary, true),
            _ => return Ok(None),
        };
        if self.roles.protected_in(value.class).filter(|_| value.casts.is_empty()).is_none() {
            return Ok(None);
        }
        let form = match &made.form {
            Form::One(part) if made.written => Form::One(part.clone()),
            _ => Form::One(Part::of(value.class)),
        };
        Ok(Some(Value::of(self.roles.document(Made { binary, written, form }, span)?)))
    }

    /// The columns of a relation under their names, if all are known, something protected is among them
    /// and no two have the same name.
    fn as_members(&self, source: &Source) -> Option<Vec<(Box<str>, Part)>> {
        self.protected_among(&source.items)?;
        let mut seen = HashSet::new();
        let mut members = Vec::with_capacity(source.items.len());
        for item in &source.items {
            let Item::Column(name, value) = item else { return None };
            if !seen.insert(name) {
                return None;
            }
            members.push((name.clone(), value.clone().into()));
        }
        Some(members)
    }

    /// Names and values in turn. REFUSES: a name that is no constant of the text, and one that comes twice.
    fn members(&mut self, exprs: &[Argument], args: Vec<Value>, cause: &Cause, span: Span) -> Checked<Form> {
        let mut members: Vec<(Box<str>, Part)> = Vec::new();
        let mut named = None;
        for (expr, value) in exprs.iter().zip(args) {
            let Some(name) = named.take() else {
                self.plain(&value, cause.clone(), span)?;
                let literal = matches!(expr.value.kind, ExprKind::Literal(LiteralKind::String));
                let name = if literal { self.string(expr.value.span.start) } else { None };
                match name.filter(|name| members.iter().all(|(other, _)| **other != **name)) {
                    Some(name) => named = Some(name),
                    None => return self.strange("a JSON object with such a name", expr.value.span),
                }
                continue;
            };
            members.push((name.into(), value.into()));
        }
        Ok(Form::Members(members))
    }

    /// REFUSES: a constant or parameter in the place of a document, unless it is empty.
    pub(in crate::sql) fn empty_documents(&mut self) -> Checked<()> {
        let places = self.sites.iter().filter_map(|site| {
            let Kind::Document(made) = self.roles.kind(site.class) else { return None };
            // In the place of text it is sealed.
            (!made.is_text()).then_some(())?;
            Some((site.constant, site.span, self.roles.protected_in(site.class)?))
        });
        for (constant, span, column) in places.collect::<Vec<_>>() {
            let text = match constant {
                Constant::Literal(literal) if !literal.is_joined() => self.string(literal.first),
                Constant::Literal(_) | Constant::Bits | Constant::Param { .. } => None,
            };
            if !text.is_some_and(|text| matches!(text.as_str(), "[]" | "{}" | "null")) {
                return Err(Objection::on(Cause::Mixed, span, column));
            }
        }
        Ok(())
    }

    /// How a result column is opened that is a document with something protected inside.
    pub(in crate::sql) fn opened_document(&self, value: &Value, span: Span) -> Checked<Option<Document>> {
        let Kind::Document(made) = self.roles.kind(value.class) else { return Ok(None) };
        let Some(column) = self.roles.protected_in(value.class) else { return Ok(None) };
        if !value.casts.is_empty() {
            return Err(Objection::on(Cause::Composite, span, column));
        }
        Ok(Some(Document { binary: made.binary, written: made.written, shape: self.shape(&made, span)? }))
    }

    fn shape(&self, made: &Rc<Made>, span: Span) -> Checked<Shape> {
        Ok(match &made.form {
            Form::Members(members) => {
                let each = |(name, part): &(Box<str>, Part)| Ok((name.clone(), self.part(part, span)?));
                Shape::Members(members.iter().map(each).collect::<Checked<_>>()?)
            }
            Form::Items(items) => {
                Shape::Items(items.iter().map(|part| self.part(part, span)).collect::<Checked<_>>()?)
            }
            Form::Every(part) => Shape::Every(self.part(part, span)?.into()),
            Form::Each(part) => Shape::Each(self.part(part, span)?.into()),
            Form::One(part) => self.part(part, span)?,
            Form::Text { parts, repeats } => {
                let columns = parts.iter().filter_map(|part| self.roles.protected_in(part.class));
                Shape::Joined { columns: columns.collect(), repeats: *repeats }
            }
        })
    }

    fn part(&self, part: &Part, span: Span) -> Checked<Shape> {
        let kind = self.roles.kind(part.class);
        let value = |column, extent| Shape::Value { column, extent, casts: self.casts_of(part) };
        let composite = |column| Err(Objection::on(Cause::Composite, span, column));
        let refused = self.roles.protected_in(part.class).filter(|_| !part.casts.is_empty());
        Ok(match (kind, refused) {
            (Kind::Open | Kind::Plain(..), _) => Shape::Keep,
            (Kind::Protected(column), Some(_)) if self.roles.is_array(column) => return composite(column),
            (Kind::Protected(column), None) if self.roles.is_array(column) => {
                Shape::Each(value(column, Extent::Element).into())
            }
            (Kind::Protected(column), _) => value(column, Extent::Value),
            (Kind::Element(column), _) => value(column, Extent::Element),
            (Kind::Array(_) | Kind::Row(_) | Kind::Document(_), Some(column)) => return composite(column),
            (Kind::Array(element), None) => {
                let part = Part::of(element);
                Shape::Each(self.part(&part, span)?.into())
            }
            // REFUSES: a document in a string of another.
            (Kind::Document(made), None) if made.written => match self.roles.protected_in(part.class) {
                Some(column) => return composite(column),
                None => Shape::Keep,
            },
            (Kind::Document(made), None) => self.shape(&made, span)?,
            (Kind::Row(_), None) => match self.roles.protected_in(part.class) {
                Some(column) => return composite(column),
                None => Shape::Keep,
            },
        })
    }

    fn casts_of(&self, part: &Part) -> Vec<Cast> {
        let to = |PendingId(id): &PendingId| self.pending.get(*id as usize).and_then(|p| p.to.clone());
        part.casts.iter().filter_map(to).collect()
    }
}
