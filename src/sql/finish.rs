//! From roles to a plan: which constants are sealed, which casts go, how parameters are numbered.

use std::ops::Range;

use crate::names::{ColumnId, quoted};
use crate::policy::model::ProtectedColumn;
use crate::policy::standing::Side;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{CastForm, Span};
use crate::sql::casts;
use crate::sql::constants::{Constant, Site, SiteId};
use crate::sql::forms::{Both, Forms, never_null};
use crate::sql::lexer::TokenKind;
use crate::sql::numbering::Numbering;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{Class, Kind};
use crate::sql::verdict::{
    Bound, Edit, Extent, Literal, Plan, Replacement, Rows, Seal, ServerParam, ShownType, Treat,
};
use crate::types::{LogicalType, StoredType};

impl<'a> Analysis<'a> {
    /// The plan, without COPY.
    pub fn plan(mut self, rows: Rows) -> Checked<Plan> {
        self.settle_casts()?;
        self.assume_less();
        self.empty_documents()?;
        // ORDER: before each constant asks how it is compared.
        self.matched.sort_by_key(|matched| matched.site);
        let (params, client_params, sealed) = self.constants()?;
        let parameters = u16::try_from(self.parameters()).ok().filter(|_| self.touched);
        if sealed {
            self.blank_comments();
        }
        for (class, at, name) in std::mem::take(&mut self.called_after_cast) {
            if self.roles.protected_in(class).is_some() {
                self.insert(at, format!(" AS {} ", quoted(&name)));
            }
        }
        self.edits.sort_by_key(|e| (e.tokens.start, e.tokens.end));
        self.drop_inner_edits();
        self.fixed.sort_unstable();
        self.fixed.dedup();
        let Analysis {
            edits, fixed: fixed_literals, by_position, bound, unqualified, temporary, behind, ..
        } = self;
        Ok(Plan {
            edits,
            params,
            parameters,
            client_params,
            rows,
            copy: None,
            fixed_literals,
            by_position,
            unqualified,
            temporary,
            bound,
            behind,
        })
    }

    /// What a class turned out to be: a column, and how much of its value.
    pub fn outcome(&self, class: Class, span: Span) -> Checked<Option<(ColumnId, Extent)>> {
        match self.roles.kind(class) {
            Kind::Open | Kind::Plain(..) => Ok(None),
            Kind::Protected(column) => Ok(Some((column, Extent::Value))),
            Kind::Element(column) => Ok(Some((column, Extent::Element))),
            Kind::Array(element) => match self.roles.kind(element) {
                Kind::Protected(column) if self.roles.is_array(column) => {
                    Err(Objection::on(Cause::Composite, span, column))
                }
                Kind::Protected(column) => Ok(Some((column, Extent::Array))),
                // An array of what an array is made of is such an array.
                Kind::Element(column) => Ok(Some((column, Extent::Value))),
                _ => self.nothing_inside(element, span).map(|()| None),
            },
            Kind::Row(_) | Kind::Document(_) => self.nothing_inside(class, span).map(|()| None),
        }
    }

    fn nothing_inside(&self, class: Class, span: Span) -> Checked<()> {
        match self.roles.protected_in(class) {
            Some(column) => Err(Objection::on(Cause::Composite, span, column)),
            None => Ok(()),
        }
    }

    pub fn tagged(&self, id: ColumnId, span: Span) -> Checked<&'a ProtectedColumn> {
        let column = self.known.policy.column(id);
        column.ok_or_else(|| Objection::on(Cause::NotUnderstood("this column"), span, id))
    }

    /// Casts on the column's side are taken out of the text.
    fn settle_casts(&mut self) -> Checked<()> {
        for pending in std::mem::take(&mut self.pending) {
            let Some((id, extent)) = self.outcome(pending.class, pending.span)? else { continue };
            let column = self.tagged(id, pending.span)?;
            let (own, elements) = (logical_of(column, extent), extent == Extent::Array);
            let Some(cast) = &pending.to else {
                return Err(Objection::on(casts::refused(), pending.span, id));
            };
            if pending.over.is_none() && casts::is_missing(own, cast, elements) {
                return Err(Objection::on(Cause::NoCast, pending.span, id));
            }
            let admitted = match pending.strict {
                true => casts::keeps_value(own, cast, elements),
                false if pending.as_text => {
                    casts::keeps_value(own, cast, elements) || (casts::has_one_spelling(own) && !elements)
                }
                // The casts below it have been evaluated when this one is.
                false => match self.cast_below(&pending) {
                    Some(below) => casts::is_evaluated(&below, cast, elements),
                    None => casts::is_evaluated(own, cast, elements),
                },
            };
            if !admitted {
                return Err(Objection::on(casts::refused(), pending.span, id));
            }
            let stored = cast_when_stored(stored_of(column, extent), elements);
            match (pending.form, stored) {
                (CastForm::Call, Some(stored)) => {
                    let name = Replacement::Text("CAST".into());
                    self.edits.push(Edit { tokens: pending.type_span.range(), with: name });
                    self.insert(pending.span.end.saturating_sub(1), format!(" AS {stored}"));
                }
                (_, Some(stored)) => {
                    let with = Replacement::Text(stored.into());
                    self.edits.push(Edit { tokens: pending.type_span.range(), with });
                }
                (CastForm::Call, None) => self.remove(pending.type_span.range()),
                (CastForm::Colons, None) => {
                    self.remove(self.before(pending.type_span.start)..pending.type_span.end)
                }
                (CastForm::Function, None) => {
                    self.remove(self.before(pending.type_span.start)..pending.type_span.end);
                    self.remove(pending.span.start..pending.span.start + 1);
                }
                (CastForm::Prefix, None) => {
                    return Err(Objection::on(casts::refused(), pending.span, id));
                }
            }
            self.pending.push(pending);
        }
        Ok(())
    }

    /// The type that the cast beneath gives.
    fn cast_below(&self, pending: &casts::Pending) -> Option<LogicalType> {
        let casts::PendingId(below) = pending.over?;
        Some(self.pending.get(below as usize)?.to.as_ref()?.to.clone())
    }

    /// Writes the sealed form of a literal before a token, and leaves the literal to another site.
    pub fn repeat_sealed(&mut self, id: SiteId, at: u32) -> Checked<bool> {
        let Some(site) = self.sites.get_mut(id) else { return Ok(false) };
        site.repeated = true;
        let (site, Constant::Literal(literal)) = (site.clone(), site.constant) else {
            return Ok(false);
        };
        let Some((seal, stored)) = self.seal(id, &site)? else { return Ok(false) };
        self.edits.extend(sealed_literal(&site, literal, seal, stored, at..at));
        Ok(true)
    }

    /// Seals literals by edits, parameters by the map; says whether anything was sealed.
    #[allow(clippy::type_complexity)]
    fn constants(&mut self) -> Checked<(Vec<ServerParam>, Vec<Option<ShownType>>, bool)> {
        let mut numbers = Numbering::new(self.parameters());
        let mut edits = Vec::new();
        let mut sealed = false;
        let mut doubled = Vec::new();
        let mut bound = Vec::new();
        for (place, site) in self.sites.ids() {
            let seal = self.seal(place, site)?;
            if site.repeated {
                sealed = true;
                continue;
            }
            let how = match &seal {
                Some((seal, _)) if self.is_doubled(place, site, seal) => self.comparison_of(place).cloned(),
                Some(_) | None => None,
            };
            if let (Some(what), Some((seal, _)), false) = (self.body, &seal, site.default) {
                // REFUSES: the server would keep the constant, and no rotation would find it.
                return Err(Objection::on(Cause::BodyOnProtected(what), site.span, seal.column));
            }
            match (site.constant, seal) {
                (Constant::Bits, _) | (Constant::Literal(_), None) => {}
                (Constant::Literal(literal), Some((seal, stored))) if self.is_bound(site, &seal) => {
                    sealed = true;
                    never_null(site, &seal)?;
                    let other = Seal { side: Side::Other, ..seal.clone() };
                    let elements = seal.extent == Extent::Array;
                    let mut bind = |seal| {
                        bound.push(Bound { literal, seal, stored });
                        bound.len() as u32
                    };
                    let written = bind(seal);
                    if how.is_some() {
                        let what = Forms::Params([written, bind(other)]);
                        doubled.push((place, Both { site, stored, what }, how));
                    } else {
                        let with = format!("${written}::{}", type_name(stored, elements));
                        edits.push(Edit { tokens: site.span.range(), with: Replacement::Text(with.into()) });
                    }
                }
                (Constant::Literal(literal), Some((seal, stored))) if how.is_some() => {
                    sealed = true;
                    let other = Seal { side: Side::Other, ..seal.clone() };
                    let what = Forms::Literal { literal, seals: Box::new([seal, other]) };
                    doubled.push((place, Both { site, stored, what }, how));
                }
                (Constant::Param { number, .. }, Some((seal, stored))) if how.is_some() => {
                    sealed = true;
                    numbers.show(number, self.shown(&seal, site));
                    let other = Seal { side: Side::Other, ..seal.clone() };
                    let written = numbers.place(number, Treat::Seal(seal, stored))?;
                    let what = Forms::Params([written, numbers.place(number, Treat::Seal(other, stored))?]);
                    doubled.push((place, Both { site, stored, what }, how));
                }
                (Constant::Literal(literal), Some((seal, stored))) => {
                    sealed = true;
                    edits.extend(sealed_literal(site, literal, seal, stored, site.span.range()));
                }
                (Constant::Param { number, token }, None) => {
                    let server = numbers.place(number, Treat::Keep)?;
                    if server != number {
                        edits.push(renumbered(token..token + 1, server));
                    }
                }
                (Constant::Param { number, .. }, Some((seal, stored))) => {
                    sealed = true;
                    numbers.show(number, self.shown(&seal, site));
                    let bare = site.span.end - site.span.start == 1;
                    let elements = seal.extent == Extent::Array;
                    let server = numbers.place(number, Treat::Seal(seal, stored))?;
                    if !bare {
                        // Its cast may have been all that gave it a type: `$1::text IS NULL`.
                        let with = format!("${server}::{}", type_name(stored, elements));
                        edits.push(Edit { tokens: site.span.range(), with: Replacement::Text(with.into()) });
                    } else if server != number {
                        edits.push(renumbered(site.span.range(), server));
                    }
                }
            }
        }
        for (_, both, how) in &doubled {
            edits.extend(
                how.as_ref().map(|how| self.compared_with_both(both, how)).transpose()?.unwrap_or_default(),
            );
        }
        edits.extend(self.searched_cases(|place| doubled.iter().any(|(other, ..)| *other == place))?);
        self.edits.extend(edits);
        self.bound = bound;
        if self.touched {
            for number in numbers.unplaced() {
                // REFUSES: a place of a parameter that the analysis never came to.
                if self.is_written(number) {
                    return Err(Objection::whole(Cause::NotUnderstood("a place of a parameter")));
                }
                numbers.place(number, Treat::Null)?;
            }
        }
        let (params, shown) = numbers.finish();
        self.retyped(&params);
        Ok((params, shown, sealed))
    }

    /// In a stored definition: what meets a protected column is an envelope already, and casts keep
    /// what they are given.
    pub fn constants_are_envelopes(&mut self, prefix: &str) -> Checked<()> {
        self.settle_casts()?;
        let mut met = Vec::new();
        for (place, site) in self.sites.ids() {
            if let Some((seal, _)) = self.seal(place, site)? {
                met.push((site.constant, site.span, seal.column));
            }
        }
        for (constant, span, column) in met {
            let sealed = match constant {
                Constant::Literal(literal) => {
                    self.string(literal.first).is_some_and(|v| v.starts_with(prefix) && !literal.is_joined())
                }
                Constant::Bits | Constant::Param { .. } => false,
            };
            if !sealed {
                return Err(Objection::on(Cause::BodyOnProtected("a view"), span, column));
            }
        }
        Ok(())
    }

    /// The types that PREPARE names for sealed parameters become those of the envelope.
    fn retyped(&mut self, params: &[ServerParam]) {
        for (param, span) in params.iter().zip(&self.prepared_types) {
            if let Treat::Seal(seal, stored) = &param.treat {
                let with = Replacement::Text(type_name(*stored, seal.extent == Extent::Array).into());
                self.edits.push(Edit { tokens: span.range(), with });
            }
        }
    }

    /// A comment may repeat a value in the clear, wherever it stands; a hint is for the planner and stays.
    fn blank_comments(&mut self) {
        for (index, token) in (0u32..).zip(self.tokens.as_slice()) {
            if token.kind.is_comment() && token.kind != TokenKind::Hint {
                self.edits.push(Edit { tokens: index..index + 1, with: Replacement::Blank });
            }
        }
    }

    /// A seal replaces everything inside it: comments, signs, casts.
    fn drop_inner_edits(&mut self) {
        let mut end = 0;
        self.edits.retain(|edit| {
            let inside = edit.tokens.start < end;
            if !inside {
                end = end.max(edit.tokens.end);
            }
            !inside
        });
    }
}

/// A literal's sealed form in the place of these tokens, and the cast behind it. A function that takes
/// several types is told by the cast which; the space keeps a word apart that follows.
fn sealed_literal(
    site: &Site,
    literal: Literal,
    seal: Seal,
    stored: StoredType,
    tokens: Range<u32>,
) -> impl Iterator<Item = Edit> {
    let typed = site.typed.then(|| type_name(stored, false));
    let cast =
        cast_of_literal(stored, seal.extent == Extent::Array).or(typed).filter(|_| !site.casts.is_empty());
    let cast = cast.map(|name| Edit {
        tokens: tokens.end..tokens.end,
        with: Replacement::Text(format!("::{name} ").into()),
    });
    let seal = Edit { tokens, with: Replacement::Seal { literal, seal } };
    // ORDER: at one place, what is pushed first comes first.
    std::iter::once(seal).chain(cast)
}

/// The type of a value of a column, or of what is taken of one.
pub(in crate::sql) fn logical_of(column: &ProtectedColumn, extent: Extent) -> &LogicalType {
    match extent {
        Extent::Value | Extent::Array => &column.logical,
        Extent::Element => &LogicalType::Text,
    }
}

/// As what it is stored.
pub(in crate::sql) fn stored_of(column: &ProtectedColumn, extent: Extent) -> StoredType {
    match extent {
        Extent::Value | Extent::Array => column.stored,
        Extent::Element => StoredType::Text,
    }
}

/// What a cast of a column becomes. Text becomes any string type by itself; the other stored types want
/// the cast where the value stands in a VALUES list of its own.
fn cast_when_stored(stored: StoredType, elements: bool) -> Option<&'static str> {
    match stored {
        StoredType::Text | StoredType::Varchar => None,
        StoredType::Json | StoredType::Jsonb | StoredType::Bytea | StoredType::TextArray => {
            Some(type_name(stored, elements))
        }
    }
}

/// What a cast of a sealed literal becomes. Nothing but a cast makes an array of a literal.
fn cast_of_literal(stored: StoredType, elements: bool) -> Option<&'static str> {
    cast_when_stored(stored, elements).or_else(|| elements.then(|| type_name(stored, elements)))
}

/// The name of a stored type, or of an array of it, as SQL.
pub(in crate::sql) fn type_name(stored: StoredType, elements: bool) -> &'static str {
    match (stored, elements) {
        (StoredType::Text, false) => "text",
        (StoredType::Varchar, false) => "varchar",
        (StoredType::Json, false) => "json",
        (StoredType::Jsonb, false) => "jsonb",
        (StoredType::Bytea, false) => "bytea",
        (StoredType::Json, true) => "json[]",
        (StoredType::Jsonb, true) => "jsonb[]",
        (StoredType::Bytea, true) => "bytea[]",
        (StoredType::Text | StoredType::Varchar, true) | (StoredType::TextArray, _) => "text[]",
    }
}

fn renumbered(tokens: std::ops::Range<u32>, number: u32) -> Edit {
    Edit { tokens, with: Replacement::Text(format!("${number}").into()) }
}
