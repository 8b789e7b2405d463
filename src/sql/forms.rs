//! Constants in two forms: while a deterministic domain may stand in one form or another, what is
//! compared with a constant is compared with both (docs/format.md, section 4).
//!
//! Knows where in the text a constant is compared, and how, by token numbers. Edits are spans of the
//! client's own text; nothing is printed back. Does not know keys: that there are two forms, and
//! whether one of them is plain, is all that it is told.

use std::ops::Range;

use crate::names::ColumnId;
use crate::policy::model::ProtectedColumn;
use crate::policy::standing::{Shape, Side, Standing};
use crate::sql::analysis::Analysis;
use crate::sql::ast::Span;
use crate::sql::constants::{Constant, Site, SiteId};
use crate::sql::lexer::{Keyword, TokenKind};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::Class;
use crate::sql::scope::Value;
use crate::sql::verdict::{Edit, Literal, Purpose, Replacement, Seal};
use crate::types::{StoredType, TextFunction};

/// A constant that is itself an operand of a comparison.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Matched {
    pub site: SiteId,
    pub how: How,
}

/// How it is compared.
#[derive(Clone, Debug)]
pub(in crate::sql) enum How {
    /// `=` or `<>`.
    Operator {
        operator: Span,
        unequal: bool,
        /// The operand that is no constant.
        tested: Span,
    },
    /// `IS [NOT] DISTINCT FROM`.
    Distinct {
        /// NOT.
        negated: bool,
        tested: Span,
    },
    /// One of a list: of IN, or of an ARRAY under `= ANY` or `<> ALL`.
    Listed,
    /// The array itself, under `= ANY` or `<> ALL`.
    Elements,
    /// An arm of `CASE operand WHEN constant`.
    Arm(Span),
}

/// `CASE operand WHEN … WHEN …`.
#[derive(Clone, Debug)]
pub(in crate::sql) struct Compared {
    pub operand: Span,
    /// The operand is nothing but a name, so that it can be written again.
    pub is_name: bool,
    /// What it is compared with, and whether that is a constant.
    pub arms: Vec<(Span, Option<SiteId>)>,
}

/// A constant with both of its seals.
pub(in crate::sql) struct Both<'s> {
    pub site: &'s Site,
    pub stored: StoredType,
    pub what: Forms,
}

/// How both forms are written.
pub(in crate::sql) enum Forms {
    /// A literal, sealed twice.
    Literal { literal: Literal, seals: Box<[Seal; 2]> },
    /// The server's parameters.
    Params([u32; 2]),
}

impl Forms {
    /// Both, with a comma between them.
    fn written(&self, before: &str, after: &str) -> Replacement {
        match self {
            Forms::Literal { literal, seals } => Replacement::Pair {
                before: before.into(),
                literal: *literal,
                seals: seals.clone(),
                after: after.into(),
            },
            Forms::Params([a, b]) => Replacement::Text(format!("{before}${a}, ${b}{after}").into()),
        }
    }
}

/// A constant meets a protected column.
pub(in crate::sql) struct Meeting<'p> {
    pub id: ColumnId,
    pub column: &'p ProtectedColumn,
    /// The class of the constant, or of its elements.
    pub class: Class,
    /// It is written to the column.
    pub stores: bool,
}

impl Analysis<'_> {
    /// In which form a constant is wanted.
    ///
    /// REFUSES: one that would have to be matched in two forms, or shown to the server as it is,
    /// anywhere but as an operand of an equality.
    pub fn side(&self, place: SiteId, site: &Site, met: &Meeting<'_>) -> Checked<Side> {
        let refused = |cause| Err(Objection::on(cause, site.span, met.id));
        let standing = self.known.standings.of(met.column);
        let told_apart = self.roles.is_told_apart(met.class);
        let plain_in_text = is_in_text(site.constant) && !self.binds;
        match (standing, site.side) {
            (None, _) => refused(Cause::Transitional),
            (Some(standing), Some(side)) => match standing {
                Standing::Window(forms) | Standing::Mixed(forms) if forms.has_plain() && plain_in_text => {
                    refused(Cause::PlainInText)
                }
                Standing::One(_) | Standing::Window(_) | Standing::Mixed(_) => Ok(side),
            },
            (Some(Standing::One(Shape::Plain)), None) if !met.stores && plain_in_text => {
                refused(Cause::PlainInText)
            }
            (Some(Standing::One(_)), None) => Ok(Side::Written),
            (Some(Standing::Window(forms) | Standing::Mixed(forms)), None) => {
                match (self.comparison_of(place), forms.sealed()) {
                    (Some(_), _) if forms.has_plain() && plain_in_text => refused(Cause::PlainInText),
                    (Some(How::Elements), _) => Ok(Side::Either),
                    (Some(_), _) => Ok(Side::Written),
                    (None, _) if told_apart => refused(Cause::WindowOpen),
                    (None, _) if met.stores => Ok(Side::Written),
                    (None, Some(side)) => Ok(side),
                    (None, None) => refused(Cause::Transitional),
                }
            }
        }
    }

    /// Does a literal go up as a parameter, because one form of it is the value in the clear? What is
    /// stored stands in the text: it is stored as it is.
    pub fn is_bound(&self, site: &Site, seal: &Seal) -> bool {
        let standing = self.known.policy.column(seal.column).and_then(|c| self.known.standings.of(c));
        let shows = match standing {
            Some(Standing::One(shape)) => shape == Shape::Plain,
            Some(Standing::Window(forms) | Standing::Mixed(forms)) => forms.has_plain(),
            None => false,
        };
        self.binds && is_in_text(site.constant) && seal.purpose != Purpose::Store && shows
    }

    /// Does it stand in the text twice?
    pub fn is_doubled(&self, place: SiteId, site: &Site, seal: &Seal) -> bool {
        let column = self.known.policy.column(seal.column);
        let two = match column.and_then(|column| self.known.standings.of(column)) {
            Some(Standing::Window(_) | Standing::Mixed(_)) => true,
            Some(Standing::One(_)) | None => false,
        };
        let how = self.comparison_of(place);
        two && site.side.is_none() && !matches!(how, None | Some(How::Elements))
    }

    /// The constant that an operand is, if it is nothing else.
    pub fn direct(&self, value: &Value, span: Span) -> Option<SiteId> {
        let id = value.site?;
        self.sites.get(id).filter(|site| site.span == span).map(|_| id)
    }

    /// The comparison that a constant is an operand of; `None` if of none, or of several.
    pub fn comparison_of(&self, id: SiteId) -> Option<&How> {
        let first = self.matched.partition_point(|matched| matched.site < id);
        let mut all = self.matched.iter().skip(first).take_while(|matched| matched.site == id);
        match (all.next(), all.next()) {
            (Some(one), None) => Some(&one.how),
            (_, _) => None,
        }
    }

    /// The edits that compare with both forms.
    pub fn compared_with_both(&self, both: &Both<'_>, how: &How) -> Checked<Vec<Edit>> {
        let span = both.site.span;
        let name = super::finish::type_name(both.stored, false);
        let typed = format!("]::{name}[])");
        let edit = |tokens: Range<u32>, with| Edit { tokens, with };
        let text = |text: String| Replacement::Text(text.into());
        match how {
            How::Listed => Ok(vec![edit(span.range(), both.what.written("", ""))]),
            // Elements of an array of arrays would be compared with the array.
            How::Operator { operator, unequal, tested } if both.stored == StoredType::TextArray => {
                self.adjoin(operator.end, span.start.max(tested.start), span)?;
                if tested.start > span.start {
                    return Err(Objection::at(Cause::WindowOpen, span));
                }
                let among = text(if *unequal { "NOT IN " } else { "IN " }.into());
                let forms = both.what.written("(", ")");
                Ok(vec![edit(operator.range(), among), edit(span.range(), forms)])
            }
            How::Distinct { .. } | How::Arm(_) if both.stored == StoredType::TextArray => {
                Err(Objection::at(Cause::WindowOpen, span))
            }
            How::Operator { operator, unequal, tested } => {
                let any = if *unequal { "<> ALL " } else { "= ANY " };
                if tested.start < span.start {
                    let forms = both.what.written("(ARRAY[", &typed);
                    return Ok(vec![edit(operator.range(), text(any.into())), edit(span.range(), forms)]);
                }
                self.adjoin(span.end, operator.start, span)?;
                self.adjoin(operator.end, tested.start, span)?;
                let forms = both.what.written(&format!(" {any}(ARRAY["), &format!("{typed} "));
                let removed = edit(span.start..tested.start, text(String::new()));
                Ok(vec![removed, edit(tested.end..tested.end, forms)])
            }
            How::Distinct { negated, tested } => {
                // array_position compares as IS NOT DISTINCT FROM does (manual, 9.19).
                let forms = both.what.written("(pg_catalog.array_position(ARRAY[", &format!("]::{name}[], "));
                let found = if *negated { ") IS NOT NULL) " } else { ") IS NULL) " };
                if tested.start < span.start {
                    self.is_distinct_between(tested.end, span.start, span)?;
                    let after = edit(tested.end..span.end, text(found.into()));
                    return Ok(vec![edit(tested.start..tested.start, forms), after]);
                }
                self.is_distinct_between(span.end, tested.start, span)?;
                let before = edit(span.start..tested.start, forms);
                Ok(vec![before, edit(tested.end..tested.end, text(found.into()))])
            }
            How::Arm(operand) => {
                let operand = self.words(*operand);
                let forms = both.what.written(&format!("{operand} = ANY (ARRAY["), &typed);
                Ok(vec![edit(span.range(), forms)])
            }
            How::Elements => Ok(Vec::new()),
        }
    }

    /// CASE forms of which an arm is a constant in two forms: every arm becomes a condition of its own.
    pub fn searched_cases(&self, doubled: impl Fn(SiteId) -> bool) -> Checked<Vec<Edit>> {
        let mut edits = Vec::new();
        for case in &self.cases {
            if !case.arms.iter().filter_map(|(_, site)| *site).any(&doubled) {
                continue;
            }
            // REFUSES: an operand that would be computed once for each arm.
            if !case.is_name {
                return Err(Objection::at(Cause::WindowOpen, case.operand));
            }
            edits.push(Edit { tokens: case.operand.range(), with: Replacement::Text("".into()) });
            let operand = self.words(case.operand);
            for (arm, site) in &case.arms {
                if !site.is_some_and(&doubled) {
                    let before = Replacement::Text(format!("{operand} = (").into());
                    edits.push(Edit { tokens: arm.start..arm.start, with: before });
                    edits.push(Edit { tokens: arm.end..arm.end, with: Replacement::Text(") ".into()) });
                }
            }
        }
        Ok(edits)
    }

    /// Names and dots, as they were written. A comment between them may hold a value.
    fn words(&self, span: Span) -> String {
        let tokens = self.tokens.as_slice().get(span.start as usize..span.end as usize).unwrap_or_default();
        let words = tokens.iter().filter(|token| !token.kind.is_comment());
        words.map(|token| String::from_utf8_lossy(token.bytes(self.text))).collect()
    }

    /// REFUSES: a parenthesis between the two, which an edit would tear apart.
    fn adjoin(&self, end: u32, start: u32, span: Span) -> Checked<()> {
        match self.kinds(end, start).next() {
            None => Ok(()),
            Some(_) => Err(Objection::at(Cause::WindowOpen, span)),
        }
    }

    /// REFUSES: anything but the words IS [NOT] DISTINCT FROM between the two.
    fn is_distinct_between(&self, end: u32, start: u32, span: Span) -> Checked<()> {
        let words = [Keyword::Is, Keyword::Not, Keyword::Distinct, Keyword::From];
        let known = |kind| matches!(kind, TokenKind::Keyword(word) if words.contains(&word));
        match self.kinds(end, start).all(known) {
            true => Ok(()),
            false => Err(Objection::at(Cause::WindowOpen, span)),
        }
    }

    /// The tokens from one to another, comments left out.
    fn kinds(&self, from: u32, to: u32) -> impl Iterator<Item = TokenKind> {
        let tokens = self.tokens.as_slice().get(from as usize..to as usize).unwrap_or_default();
        tokens.iter().map(|token| token.kind).filter(|kind| !kind.is_comment())
    }

    /// The site of a constant that stands exactly here, among those from `first` on.
    pub fn site_at(&self, span: Span, first: usize) -> Option<SiteId> {
        self.sites.ids().skip(first).find(|(_, site)| site.span == span).map(|(id, _)| id)
    }
}

/// REFUSES: a literal that goes up as a parameter and may turn out NULL, which such a parameter is not.
pub(in crate::sql) fn never_null(site: &Site, seal: &Seal) -> Checked<()> {
    match seal.computed.contains(&TextFunction::NullIfEmpty) {
        true => Err(Objection::on(Cause::PlainInText, site.span, seal.column)),
        false => Ok(()),
    }
}

/// A literal that would show the server its value.
pub(in crate::sql) fn is_in_text(constant: Constant) -> bool {
    match constant {
        Constant::Literal(_) | Constant::Bits => true,
        Constant::Param { .. } => false,
    }
}
