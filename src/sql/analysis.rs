//! The state of one analysis, and what all walks over the tree share.
//!
//! Knows the statement's tokens only to find commas of its own making and the numbers inside types
//! and positions; reads no constant whose value matters to anybody but the grammar.

use crate::catalog::change::Change;
use crate::catalog::model::{Column, Relation};
use crate::names::{ColumnId, QualifiedName};
use crate::policy::model::Phase;
use crate::sql::ast::{CastForm, Span, TypeName};
use crate::sql::casts::{self, Pending, PendingId};
use crate::sql::constants::{ANY_BPCHAR, Declared, Site, Sites, declared};
use crate::sql::documents::Part;
use crate::sql::forms::{Compared, Matched};
use crate::sql::known::Known;
use crate::sql::lexer::{self, Tokens};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{Class, EqualTo, Equality, Kind, Roles};
use crate::sql::scope::Value;
use crate::sql::verdict::{Bound, Edit, Replacement};
use crate::types::{Cast, LogicalType, TextFunction};

/// A temporary relation that a statement makes of a query's rows.
#[derive(Debug)]
pub(in crate::sql) struct MadeOfQuery {
    pub name: Box<str>,
    /// Its columns with their tags; `None` if they are not known, and then none is protected.
    pub columns: Option<Vec<(Box<str>, Option<ColumnId>)>>,
    /// IF NOT EXISTS.
    pub unless_there: bool,
}

/// One analysis under way.
#[derive(Debug)]
pub(in crate::sql) struct Analysis<'a> {
    pub known: Known<'a>,
    pub text: &'a [u8],
    pub tokens: &'a Tokens,
    pub roles: Roles<'a>,
    pub sites: Sites,
    /// Constants that values are compared with.
    pub matched: Vec<Matched>,
    /// CASE forms that compare their operand.
    pub cases: Vec<Compared>,
    pub pending: Vec<Pending>,
    pub edits: Vec<Edit>,
    /// Literals whose value the analysis read.
    pub fixed: Vec<u32>,
    /// Something pinned takes part.
    pub touched: bool,
    /// What is defined, if constants in it would stay on the server.
    pub body: Option<&'static str>,
    /// Types of the parameters, as the client declared them.
    pub declared: Vec<Declared>,
    /// Where PREPARE names the types of its parameters.
    pub prepared_types: Vec<Span>,
    /// Columns of a result that are called after a cast: what they are, where an alias would stand,
    /// and the name.
    pub called_after_cast: Vec<(Class, u32, Box<str>)>,
    /// A temporary relation that the statement makes.
    pub made: Option<MadeOfQuery>,
    /// What the statement changes in the shape of what is protected.
    pub changes: Vec<Change>,
    /// [`Plan::by_position`](crate::sql::verdict::Plan::by_position).
    pub by_position: bool,
    /// The statement came alone in a Query, and may be sent with parameters.
    pub binds: bool,
    /// [`Plan::unqualified`](crate::sql::verdict::Plan::unqualified).
    pub unqualified: Vec<(Box<str>, QualifiedName)>,
    /// [`Plan::temporary`](crate::sql::verdict::Plan::temporary).
    pub temporary: Vec<Relation>,
    /// A temporary relation takes part, tagged or not.
    pub of_session: bool,
    /// [`Plan::bound`](crate::sql::verdict::Plan::bound).
    pub bound: Vec<Bound>,
    /// [`Plan::behind`](crate::sql::verdict::Plan::behind).
    pub behind: Option<Box<str>>,
    /// Rows of relations that have become values, with the names of their columns.
    pub rows_by_name: Vec<(Class, Vec<(Box<str>, Part)>)>,
    /// How often `*` stood for the columns of a pinned relation.
    pub spreads: u32,
    /// How deep the query stands that is looked at; 1 for that of the statement.
    pub nested: u32,
}

impl<'a> Analysis<'a> {
    pub fn new(text: &'a [u8], tokens: &'a Tokens, known: Known<'a>) -> Self {
        Analysis {
            known,
            text,
            tokens,
            roles: Roles::new(known.policy, known.standings),
            matched: Vec::new(),
            cases: Vec::new(),
            sites: Sites::default(),
            pending: Vec::new(),
            edits: Vec::new(),
            fixed: Vec::new(),
            touched: false,
            body: None,
            declared: known.declared.iter().map(|&oid| declared(oid)).collect(),
            prepared_types: Vec::new(),
            called_after_cast: Vec::new(),
            made: None,
            changes: Vec::new(),
            by_position: false,
            binds: false,
            unqualified: Vec::new(),
            temporary: Vec::new(),
            of_session: false,
            bound: Vec::new(),
            behind: None,
            rows_by_name: Vec::new(),
            spreads: 0,
            nested: 0,
        }
    }

    /// The tag of a column, if its values are or may be envelopes.
    pub fn tag(&self, column: &Column) -> Option<ColumnId> {
        let id = column.tag?;
        let tagged = self.known.policy.column(id)?;
        (tagged.phase != Phase::Plain).then_some(id)
    }

    /// Nothing protected may come here.
    pub fn plain(&mut self, value: &Value, cause: Cause, span: Span) -> Checked<()> {
        self.roles.require_plain(value.class, cause, span)
    }

    /// Do all of these carry the same length or precision, that of their column? What stands under a cast
    /// to the column's own type does.
    pub fn equally_exact<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> bool {
        let logical = |value: &Value| {
            let column = self.known.policy.column(self.roles.protected_in(value.class)?)?;
            let pending = value.casts.last().and_then(|id| self.pending.get(id.0 as usize)?.to.as_ref());
            let cast = value.site.and_then(|id| self.sites.get(id)?.casts.last()).or(pending);
            let same = cast.is_some_and(|cast| !cast.array && cast.to == column.logical);
            ((value.exact && cast.is_none()) || same).then_some(&column.logical)
        };
        let mut types = values.into_iter().map(logical);
        match types.next() {
            Some(Some(first)) => types.all(|other| other == Some(first)),
            Some(None) | None => false,
        }
    }

    /// The type of number that PostgreSQL makes of all of these, if it is wider than their column's: the
    /// one that all others become by themselves (manual, 10.5).
    pub fn widest<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> Option<LogicalType> {
        let mut own = None;
        let mut widest: Option<LogicalType> = None;
        for value in values {
            let pending = value.casts.last().and_then(|id| self.pending.get(id.0 as usize)?.to.as_ref());
            let site = value.site.and_then(|id| self.sites.get(id));
            let cast = site.and_then(|site| site.casts.last().or(site.given.as_ref())).or(pending);
            let column = || Some(&self.known.policy.column(self.roles.protected_in(value.class)?)?.logical);
            let logical = match (cast, site) {
                (Some(cast), _) if cast.array => None,
                (Some(cast), _) => Some(&cast.to),
                (None, Some(_)) => None,
                (None, None) => {
                    own = own.or(column());
                    value.wide.as_ref().or_else(column)
                }
            };
            let rank = |logical: &LogicalType| casts::number_rank(logical);
            if let Some(logical) = logical.filter(|logical| rank(logical) > widest.as_ref().map_or(0, rank)) {
                widest = Some(logical.clone());
            }
        }
        let own = own.map(casts::number_rank).filter(|rank| *rank > 0)?;
        widest.filter(|widest| casts::number_rank(widest) > own)
    }

    /// `*` has stood for columns since `before`, and what they meet is found by their order.
    pub fn ordered_since(&mut self, before: u32) {
        self.by_position |= self.spreads != before;
    }

    /// The value goes on: casts on it must keep it.
    pub fn settle(&mut self, value: &Value) {
        for &PendingId(id) in &value.casts {
            if let Some(pending) = self.pending.get_mut(id as usize) {
                pending.strict = true;
            }
        }
    }

    /// Both are one.
    pub fn flow(&mut self, a: &Value, b: &Value, span: Span) -> Checked<()> {
        self.settle(a);
        self.settle(b);
        self.roles.merge(a.class, b.class, span)
    }

    /// Both are compared for equality.
    pub fn compare(&mut self, a: &Value, b: &Value, with: EqualTo, span: Span) -> Checked<()> {
        if !self.is_spelt(a, b, false) && !self.is_spelt(b, a, false) {
            self.settle(a);
            self.settle(b);
            self.typed_by_cast(a, b);
            self.typed_by_cast(b, a);
        }
        self.roles.compare(a.class, b.class, with, span)
    }

    /// `ref::text = $1`, or `= ANY ($1)`: the constant is to be as the text of a value.
    pub fn is_spelt(&mut self, cast: &Value, constant: &Value, array: bool) -> bool {
        let [PendingId(id)] = cast.casts.as_slice() else { return false };
        let Some(site) = constant.site.and_then(|id| self.sites.get_mut(id)) else { return false };
        let Some(pending) = self.pending.get_mut(*id as usize) else { return false };
        let text = |to: &Cast| matches!(to.to, LogicalType::Text | LogicalType::Varchar(None));
        let own = site.casts.last().or(site.given.as_ref());
        let both = own.is_none_or(|own| text(own) && own.array == array)
            && pending.to.as_ref().is_some_and(|to| text(to) && !to.array);
        if both {
            (pending.as_text, site.spelt) = (true, true);
            if site.casts.is_empty() {
                site.given.get_or_insert(Cast { to: LogicalType::Text, array });
            }
        }
        both
    }

    /// A constant without a type takes that of the cast that it is compared with.
    fn typed_by_cast(&mut self, cast: &Value, constant: &Value) {
        let to = cast.casts.last().and_then(|PendingId(id)| self.pending.get(*id as usize)?.to.clone());
        if let (Some(to), Some(site)) = (to, constant.site.and_then(|id| self.sites.get_mut(id)))
            && site.given.is_none()
            && site.casts.is_empty()
        {
            // varchar has no operators of its own.
            site.given = Some(match to {
                Cast { to: LogicalType::Varchar(_), array } => Cast { to: LogicalType::Text, array },
                to => to,
            });
        }
    }

    /// Values of it are brought together: DISTINCT, GROUP BY.
    pub fn group(&mut self, value: &Value, span: Span) -> Checked<()> {
        self.settle(value);
        let equality = Equality { cause: Cause::Grouping, span, with: EqualTo::Values };
        self.roles.require_equality(value.class, equality)
    }

    /// It is stored in a column: sealed if that is tagged, kept plain if it is not.
    pub fn store(&mut self, value: &Value, tag: Option<ColumnId>, span: Span) -> Checked<()> {
        let Some(column) = tag else {
            return self.plain(value, Cause::IntoPlain, span);
        };
        self.settle(value);
        if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
            site.stored = Some(column);
        }
        self.roles.store(value.class, column, span)
    }

    /// A cast on a value.
    pub fn cast(&mut self, value: Value, to: &TypeName, form: CastForm, span: Span) -> Checked<Value> {
        let constant = form == CastForm::Prefix && value.casts.is_empty() && value.site.is_some();
        let cast = self.evaluable(to, constant);
        if let (Some(site), true) = (value.site.and_then(|id| self.sites.get_mut(id)), value.casts.is_empty())
        {
            match cast {
                // What a function of text gives is text, and stays it.
                Some(cast) if !site.computed.is_empty() && casts::is_text(&cast) => {}
                Some(cast) if site.computed.iter().all(|f| *f == TextFunction::NullIfEmpty) => {
                    site.casts.push(cast)
                }
                Some(_) | None => site.strange_cast = Some(to.span),
            }
            site.span = span;
            return Ok(value);
        }
        if matches!(self.roles.kind(value.class), Kind::Plain(..)) {
            return Ok(Value::of(value.class));
        }
        if let Some(cast) = &cast
            && let Some(document) = self.cast_document(&value, cast, span)?
        {
            return Ok(document);
        }
        if let (Kind::Open, true, Some(cast)) = (self.roles.kind(value.class), value.casts.is_empty(), &cast)
        {
            self.cast_within(value.class, cast);
        }
        let id = PendingId(self.pending.len() as u32);
        self.pending.push(Pending {
            class: value.class,
            to: cast,
            over: value.casts.last().copied(),
            strict: false,
            as_text: false,
            form,
            span,
            type_span: to.span,
        });
        let mut value = value;
        value.site = None;
        value.casts.push(id);
        Ok(value)
    }

    /// A cast on what is made of nothing but constants (CASE, COALESCE) is one on each of them; such an
    /// expression of untyped ones is text (manual, 10.5).
    fn cast_within(&mut self, class: Class, cast: &Cast) {
        let text = || Cast { to: LogicalType::Text, array: false };
        for site in self.sites.iter_mut().filter(|site| self.roles.are_one(site.class, class)) {
            if site.casts.is_empty() {
                site.given.get_or_insert_with(text);
            }
            site.casts.push(cast.clone());
        }
    }

    /// Constants of which nothing says a type have that of the constants beside them, or are text, where
    /// PostgreSQL gives an expression a type before it looks at what is around (manual, 10.5 and 10.6): in
    /// the list of a query, in VALUES, COALESCE, CASE and NULLIF. Sites from before `first` belong elsewhere.
    pub fn untyped_is_text(&mut self, class: Class, first: usize) {
        if !matches!(self.roles.kind(class), Kind::Open) {
            return;
        }
        let here = |site: &Site| self.roles.are_one(site.class, class);
        let cast = self.pending.iter().any(|pending| self.roles.are_one(pending.class, class));
        if cast || self.sites.since(first).any(|site| here(site) && site.strange_cast.is_some()) {
            return;
        }
        let own = |site: &Site| site.casts.last().or(site.given.as_ref()).cloned();
        let types: Vec<Cast> = self.sites.since(first).filter(|site| here(site)).filter_map(own).collect();
        let to = match types.first().cloned() {
            None => Cast { to: LogicalType::Text, array: false },
            Some(Cast { to: LogicalType::Bpchar(_), array }) => Cast { to: ANY_BPCHAR, array },
            Some(Cast { to, array }) => Cast { to: to.loose().unwrap_or(to), array },
        };
        let same = |other: &Cast| {
            other.array == to.array && std::mem::discriminant(&other.to) == std::mem::discriminant(&to.to)
        };
        if !types.iter().all(same) {
            return;
        }
        let untyped = |site: &&mut Site| site.given.is_none() && site.casts.is_empty();
        for site in self.sites.since_mut(first).filter(untyped) {
            if self.roles.are_one(site.class, class) {
                site.given = Some(to.clone());
                site.assumed = true;
            }
        }
    }

    /// The type as one that pgveil can evaluate; its modifiers are read and so fixed.
    pub fn evaluable(&mut self, to: &TypeName, constant: bool) -> Option<Cast> {
        let cast = casts::evaluable(to, constant, |token| self.number(token));
        self.fixed.extend(to.modifiers.iter().map(|m| m.span.start));
        cast
    }

    /// A number of the grammar (a position, a length), as written.
    pub fn number(&self, token: u32) -> Option<String> {
        lexer::number_text(self.text, self.tokens, token).ok().map(|n| n.into_owned())
    }

    /// A string of the grammar (an option, a setting's value).
    pub fn string(&mut self, token: u32) -> Option<String> {
        self.fixed.push(token);
        let mut scratch = Vec::new();
        let value = lexer::string_value(self.text, self.tokens, token, &mut scratch).ok()?;
        String::from_utf8(value.to_vec()).ok()
    }

    /// Writes text of our own before a token.
    pub fn insert(&mut self, token: u32, text: String) {
        self.edits.push(Edit { tokens: token..token, with: Replacement::Text(text.into()) });
    }

    /// Takes tokens out.
    pub fn remove(&mut self, tokens: std::ops::Range<u32>) {
        self.edits.push(Edit { tokens, with: Replacement::Text("".into()) });
    }

    /// The token before this one that is no comment.
    pub fn before(&self, token: u32) -> u32 {
        let mut at = token.saturating_sub(1);
        while at > 0 && self.tokens.get(at).is_some_and(|t| t.kind.is_comment()) {
            at -= 1;
        }
        at
    }

    /// A refusal for a construct that has no rule.
    pub fn strange<T>(&self, what: &'static str, span: Span) -> Checked<T> {
        Err(Objection::at(Cause::NotUnderstood(what), span))
    }
}
