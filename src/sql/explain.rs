//! A verdict in words: what is forwarded, sealed, opened or refused, and why. Never with a value.

use std::fmt::Write;

use crate::catalog::change::Change;
use crate::names::{ColumnId, quoted};
use crate::policy::model::{Policy, Purpose, column_name};
use crate::policy::standing::{Shape, Standing, Standings};
use crate::policy::types::spelled;
use crate::sql::ast::Span;
use crate::sql::lexer::Tokens;
use crate::sql::verdict::{
    CopyField, CopyFormat, CopyHeader, CopyPlan, Edit, Extent, Open, OutColumn, Plan, Refusal, Replacement,
    Rows, Seal, Shape as Inside, Side, Treat, Verdict,
};
use crate::types::{Cast, TextFunction};

/// A statement with its verdict, and what names are needed to tell of it.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// Its tokens.
    pub tokens: &'a Tokens,
    /// The statement's.
    pub span: Span,
    /// Names of the columns.
    pub policy: &'a Policy,
    /// In which forms their values stand.
    pub standings: &'a Standings,
}

impl Explained<'_> {
    /// One fact a line.
    pub fn lines(&self, verdict: &Verdict) -> Vec<String> {
        match verdict {
            Verdict::Clear(_) => vec!["clear".into()],
            Verdict::Refuse(refusal) => self.refusal(refusal),
            Verdict::Plan(plan) => self.plan(plan),
        }
    }

    /// What a statement changes in the pinned shape, one fact a line.
    pub fn changes(&self, changes: &[Change]) -> Vec<String> {
        changes.iter().map(|change| format!("pin: {}", self.change(change))).collect()
    }

    fn change(&self, change: &Change) -> String {
        match change {
            Change::Made(relation) => {
                let columns: Vec<String> = relation
                    .columns
                    .iter()
                    .map(|c| match c.tag {
                        Some(tag) => format!("{} carries {}", quoted(&c.name), self.column(tag)),
                        None => quoted(&c.name),
                    })
                    .collect();
                format!("{} has the columns {}", relation.name, columns.join(", "))
            }
            Change::Gone { relation, .. } => format!("{relation} is gone"),
            Change::SchemaGone(schema) => format!("schema {} is gone", quoted(schema)),
            Change::ColumnAdded { relation, column } => {
                let tag =
                    column.tag.map_or(String::new(), |tag| format!(", which carries {}", self.column(tag)));
                format!("{relation} has a column {} more{tag}", quoted(&column.name))
            }
            Change::ColumnGone { relation, column } => {
                format!("{relation} has no column {}", quoted(column))
            }
            Change::ColumnRenamed { relation, from, to } => {
                format!("{relation} calls its column {} {}", quoted(from), quoted(to))
            }
            Change::Altered(relation) => format!("{relation} is altered"),
            Change::Detached { parent, child } => format!("{child} is no part of {parent}"),
            Change::Typed { column, logical, stored } => {
                let column = self.column(*column);
                format!("{column} holds {logical}, stored as {}", spelled(*stored))
            }
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Vec<String> {
        let place = refusal.tokens.clone().map(|tokens| self.place(tokens)).filter(|place| !place.is_empty());
        let place = place.map_or(String::new(), |place| format!(" at: {place}"));
        let mut lines = vec![format!("refuse {}{place}", refusal.reason.0)];
        lines.push(format!("message: {}", refusal.message));
        lines
    }

    /// The place of a refusal: its first words, with every constant masked.
    fn place(&self, tokens: std::ops::Range<u32>) -> String {
        let mut words = Vec::new();
        for index in tokens.clone().take(MAX_PLACE) {
            let Some(token) = self.tokens.get(index).filter(|t| !t.kind.is_comment()) else { continue };
            words.push(match token.kind.is_literal() {
                true => "‹constant›".into(),
                false => String::from_utf8_lossy(token.bytes(self.text)),
            });
        }
        if tokens.len() > MAX_PLACE {
            words.push("…".into());
        }
        words.join(" ")
    }

    fn plan(&self, plan: &Plan) -> Vec<String> {
        let mut lines = vec!["plan".to_owned()];
        if !plan.edits.is_empty() {
            lines.push(format!("text: {}", self.edited(&plan.edits)));
        }
        for (number, param) in (1..).zip(&plan.params) {
            let client = param.client + 1;
            match &param.treat {
                Treat::Keep if client == number => lines.push(format!("${number}: kept")),
                Treat::Keep => lines.push(format!("${number}: the client's ${client}, kept")),
                Treat::Null => lines.push(format!("${number}: used nowhere, sent as NULL")),
                Treat::Seal(seal, _) => {
                    lines.push(format!("${number}: the client's ${client}, {}", self.seal(seal)));
                }
            }
        }
        match &plan.rows {
            Rows::Untouched => {}
            Rows::Strange(_) => lines.push("rows: as they are, if nothing in them is sealed".into()),
            Rows::Definitions(_) => lines.push("rows: sealed DEFAULTs in them are shown opened".into()),
            Rows::Columns(columns) => {
                let columns: Vec<String> = columns.iter().map(|c| self.out(c)).collect();
                lines.push(format!("rows: {}", columns.join(", ")));
            }
        }
        lines.extend(plan.copy.as_ref().map(|copy| self.copy(copy)));
        if plan.by_position {
            lines.push("sent after a look at the shape: order decides which value goes where".into());
        }
        lines.extend(plan.behind.as_ref().map(|behind| format!("behind it: {behind}")));
        lines
    }

    fn edited(&self, edits: &[Edit]) -> String {
        let mut out = String::new();
        let mut at = self.span.start;
        let bytes = |from: u32, to: u32| -> Option<String> {
            let start = match self.tokens.get(from) {
                Some(token) => token.start as usize,
                None => return None,
            };
            let end = match self.tokens.get(to) {
                Some(token) if to < self.span.end => token.start as usize,
                _ => self.tokens.get(self.span.end.checked_sub(1)?)?.end as usize,
            };
            self.text.get(start..end).map(|b| String::from_utf8_lossy(b).into_owned())
        };
        let inside = |e: &&Edit| self.span.start <= e.tokens.start && e.tokens.end <= self.span.end;
        for edit in edits.iter().filter(inside) {
            if at < edit.tokens.start {
                out.push_str(&bytes(at, edit.tokens.start).unwrap_or_default());
            }
            if edit.tokens.start == self.span.end && !out.ends_with(' ') {
                out.push(' ');
            }
            match &edit.with {
                Replacement::Text(text) => out.push_str(text),
                Replacement::Repeat(tokens) => {
                    out.push_str(&bytes(tokens.start, tokens.end).unwrap_or_default());
                }
                Replacement::Blank => out.push_str(&self.blank(edit)),
                Replacement::Seal { seal, literal } => {
                    let sign = if literal.negated { "minus a constant, " } else { "" };
                    let _ = write!(out, "‹{sign}{}›", self.seal(seal));
                }
                Replacement::Pair { before, literal, seals, after } => {
                    let sign = if literal.negated { "minus a constant, " } else { "" };
                    let [written, other] = &**seals;
                    let (written, other) = (self.seal(written), self.seal(other));
                    let _ = write!(out, "{before}‹{sign}{written}›, ‹{sign}{other}›{after}");
                }
            }
            if edit.tokens.end > edit.tokens.start {
                out.push_str(&self.gap_after(edit.tokens.end));
            }
            at = at.max(edit.tokens.end);
        }
        if at < self.span.end {
            out.push_str(&bytes(at, self.span.end).unwrap_or_default());
        }
        out
    }

    /// As many blanks as the replaced tokens had bytes.
    fn blank(&self, edit: &Edit) -> String {
        let span = Span { start: edit.tokens.start, end: edit.tokens.end };
        " ".repeat(self.tokens.bytes_of(span).map_or(0, |range| range.len()))
    }

    /// White space between a replaced token and the next.
    fn gap_after(&self, end: u32) -> String {
        let before = end.checked_sub(1).and_then(|i| self.tokens.get(i));
        match (before, self.tokens.get(end)) {
            (Some(a), Some(b)) if end < self.span.end => {
                let gap = self.text.get(a.end as usize..b.start as usize).unwrap_or_default();
                String::from_utf8_lossy(gap).into_owned()
            }
            _ => String::new(),
        }
    }

    fn column(&self, id: ColumnId) -> String {
        let column = self.policy.column(id);
        column.map_or_else(|| "?".into(), |c| column_name(&c.relation, &c.column))
    }

    fn seal(&self, seal: &Seal) -> String {
        let standing = self.policy.column(seal.column).and_then(|column| self.standings.of(column));
        let has_plain = match (standing, seal.side) {
            (Some(Standing::Window(forms) | Standing::Mixed(forms)), Side::Either) => forms.has_plain(),
            (Some(standing), side) => standing.shape(side) == Some(Shape::Plain),
            (None, _) => false,
        };
        let how = match (seal.purpose, has_plain) {
            (Purpose::Store | Purpose::Show, false) => "sealed as",
            (Purpose::Beside, _) => "sealed beside",
            (Purpose::Match, false) => "sealed to match",
            (Purpose::Spelt, false) => "sealed to match the text of",
            (Purpose::Store | Purpose::Show, true) => "in the clear as",
            (Purpose::Match | Purpose::Spelt, true) => "in the clear to match",
        };
        let each = portion(seal.extent);
        let given = seal.given.as_ref().map(|t| format!(" given as {t}")).unwrap_or_default();
        let side = match seal.side {
            Side::Written => "",
            Side::Other => " in its other form",
            Side::Either => " in both forms",
        };
        let computed = seal.computed.iter().map(|function| match function {
            TextFunction::Lower => ", lower",
            TextFunction::Upper => ", upper",
            TextFunction::Ltrim => ", ltrim",
            TextFunction::Rtrim => ", rtrim",
            TextFunction::Btrim => ", btrim",
            TextFunction::NullIfEmpty => ", NULL if empty",
            TextFunction::Prepend(_) => ", behind the text that stands before it",
            TextFunction::Append(_) => ", before the text that stands behind it",
        });
        let computed: String = computed.collect();
        format!("{how} {}{side}{each}{given}{}{computed}", self.column(seal.column), casts(&seal.casts))
    }

    fn out(&self, column: &OutColumn) -> String {
        match column {
            OutColumn::Keep => "kept".into(),
            OutColumn::KeepRest => "kept …".into(),
            OutColumn::Open(Open { column, extent, witness, casts: c, .. }) => {
                let each = portion(*extent);
                let plain = if witness.is_some() { "" } else { " (expression)" };
                format!("opened {}{each}{plain}{}", self.column(*column), casts(c))
            }
            OutColumn::Document(document) => match &document.shape {
                text @ Inside::Joined { .. } => self.inside(text),
                json => format!("JSON of {}", self.inside(json)),
            },
        }
    }

    fn inside(&self, shape: &Inside) -> String {
        let all = |shapes: &mut dyn Iterator<Item = String>| shapes.collect::<Vec<_>>().join(", ");
        match shape {
            Inside::Keep => "kept".into(),
            Inside::Value { column, extent, casts: c } => {
                format!("opened {}{}{}", self.column(*column), portion(*extent), casts(c))
            }
            Inside::Members(members) => {
                let named =
                    |(name, shape): &(Box<str>, Inside)| format!("{}: {}", quoted(name), self.inside(shape));
                format!("{{{}}}", all(&mut members.iter().map(named)))
            }
            Inside::Every(shape) => format!("{{…: {}}}", self.inside(shape)),
            Inside::Items(items) => format!("[{}]", all(&mut items.iter().map(|shape| self.inside(shape)))),
            Inside::Each(shape) => format!("[{}, …]", self.inside(shape)),
            Inside::Joined { columns, .. } => {
                let mut seen = Vec::new();
                columns.iter().for_each(|id| {
                    if !seen.contains(id) {
                        seen.push(*id)
                    }
                });
                format!("text opened of {}", all(&mut seen.into_iter().map(|id| self.column(id).to_string())))
            }
        }
    }

    fn copy(&self, copy: &CopyPlan) -> String {
        let direction = if copy.from_client { "in" } else { "out" };
        let fields: Vec<String> = copy
            .fields
            .iter()
            .map(|field| match field {
                CopyField::Keep => "kept".into(),
                CopyField::Seal(id) => format!("sealed {}", self.column(*id)),
                CopyField::Open(open) => {
                    let each = portion(open.extent);
                    format!("opened {}{each}{}", self.column(open.column), casts(&open.casts))
                }
            })
            .collect();
        let format = match &copy.format {
            CopyFormat::Text { header, .. } => format!("text{}", headed(header)),
            CopyFormat::Csv { header, .. } => format!("csv{}", headed(header)),
            CopyFormat::Binary => "binary".into(),
        };
        format!("copy {direction} ({format}): {}", fields.join(", "))
    }
}

fn headed(header: &CopyHeader) -> &'static str {
    match header {
        CopyHeader::Absent => "",
        CopyHeader::Names => " with header",
        CopyHeader::Match(_) => " with matching header",
    }
}

/// A place is told in so many words.
const MAX_PLACE: usize = 8;

fn casts(list: &[Cast]) -> String {
    list.iter().fold(String::new(), |mut out, cast| {
        let _ = write!(out, ", cast to {}{}", cast.to, if cast.array { "[]" } else { "" });
        out
    })
}

/// What is said of a constant or result that is not one value.
fn portion(extent: Extent) -> &'static str {
    match extent {
        Extent::Value => "",
        Extent::Array => " element by element",
        Extent::Element => " as one element",
    }
}
