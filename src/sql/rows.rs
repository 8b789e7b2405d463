//! What the columns of a result carry, and what is opened in each.

use crate::sql::analysis::Analysis;
use crate::sql::ast::Span;
use crate::sql::casts;
use crate::sql::finish::logical_of;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::{Item, Value};
use crate::sql::verdict::{Extent, Open, OutColumn, Rows};
use crate::types::{Cast, LogicalType};

impl Analysis<'_> {
    /// What the result carries.
    pub fn rows(&mut self, items: &[Item], span: Span) -> Checked<Rows> {
        if !self.touched && !items.iter().any(|i| self.carries(i)) {
            return Ok(Rows::Untouched);
        }
        let unknown = items.iter().filter(|i| matches!(i, Item::Rest(_))).count();
        let mut columns = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Item::Rest(_) if unknown == 1 => columns.push(OutColumn::KeepRest),
                Item::Rest(Some(n)) => columns.extend((0..*n).map(|_| OutColumn::Keep)),
                Item::Rest(None) => return Err(Objection::at(Cause::UnknownShape, span)),
                Item::Column(_, value) => columns.push(self.out_column(value, span)?),
            }
        }
        Ok(Rows::Columns(columns))
    }

    fn carries(&self, item: &Item) -> bool {
        match item {
            Item::Rest(_) => false,
            Item::Column(_, value) => self.roles.protected_in(value.class).is_some(),
        }
    }

    pub fn out_column(&mut self, value: &Value, span: Span) -> Checked<OutColumn> {
        self.roles.show(value.class);
        if let Some(document) = self.opened_document(value, span)? {
            return Ok(OutColumn::Document(document.into()));
        }
        let Some((column, extent)) = self.outcome(value.class, span)? else { return Ok(OutColumn::Keep) };
        let to = |id: &casts::PendingId| self.pending.get(id.0 as usize).and_then(|p| p.to.clone());
        let mut casts: Vec<Cast> = value.casts.iter().filter_map(to).collect();
        let logical = logical_of(self.tagged(column, span)?, extent);
        let elements = extent == Extent::Array;
        if casts.is_empty() && value.text && matches!(logical, LogicalType::Varchar(_)) {
            casts.push(Cast { to: LogicalType::Text, array: elements });
        } else if let (true, Some(wide)) = (casts.is_empty(), &value.wide) {
            casts.push(Cast { to: wide.loose().unwrap_or_else(|| wide.clone()), array: elements });
        } else if casts.is_empty() && !value.exact {
            casts.extend(logical.loose().map(|to| Cast { to, array: elements }));
        }
        let fixed = casts.is_empty() && matches!(logical, LogicalType::Bpchar(_));
        let lengthless = fixed && !value.exact;
        let (witness, beside) = (value.origin, value.origin.is_none() && logical.beside().is_some());
        Ok(OutColumn::Open(Open { column, extent, witness, casts, lengthless, beside }))
    }
}
