//! Arrays that the server makes of others: `array_append(tags, $1)`, `tags || '{x}'`.
//!
//! Each element is an envelope of its own, so that the server may add and take away whole ones.

use crate::names::ColumnId;
use crate::sql::analysis::Analysis;
use crate::sql::ast::Span;
use crate::sql::refusal::{Cause, Checked};
use crate::sql::roles::{EqualTo, Kind};
use crate::sql::scope::Value;
use crate::types::LogicalType;

impl Analysis<'_> {
    /// Have the values of a column parts that SQL can name (manual, 8.14.5 and 8.15.3)?
    pub(super) fn is_composed(&self, column: ColumnId) -> bool {
        let tagged = self.known.policy.column(column);
        tagged.is_none_or(|column| matches!(column.logical, LogicalType::Jsonb | LogicalType::TextArray))
    }

    /// A function of arrays. What it looks for is compared for equality.
    pub(super) fn array_call(&mut self, name: &str, args: &[Value], span: Span) -> Checked<Value> {
        if !args.iter().any(|value| self.roles.protected_in(value.class).is_some()) {
            return self.plain_values(args, Cause::Function(name.into()), span);
        }
        match (name, args) {
            ("array_append", [array, value]) | ("array_prepend", [value, array]) => {
                self.appended(array, value, span)
            }
            ("array_cat", [a, b]) => self.arrays_joined(a, b, span),
            ("array_remove", [array, value]) => {
                let element = self.found_in(array, value, span)?;
                Ok(Value::of(self.roles.array(element.class, span)?))
            }
            ("array_replace", [array, from, to]) => {
                let element = self.found_in(array, from, span)?;
                self.flow(&element, to, span)?;
                Ok(Value::of(self.roles.array(element.class, span)?))
            }
            ("array_position" | "array_positions", [array, value, rest @ ..]) => {
                self.found_in(array, value, span)?;
                self.plain_values(rest, Cause::Function(name.into()), span)
            }
            (_, _) => self.plain_values(args, Cause::Function(name.into()), span),
        }
    }

    /// `a || b` of which one is an array with protected elements; `None`: none is.
    pub(super) fn arrays_put_together(&mut self, [a, b]: &[Value; 2], span: Span) -> Checked<Option<Value>> {
        for site in [a.site, b.site].into_iter().flatten() {
            if let Some(site) = self.sites.get_mut(site) {
                site.typed = true;
            }
        }
        match (self.holds_elements(a), self.holds_elements(b)) {
            (false, false) => Ok(None),
            (true, _) if self.is_element(b) => self.appended(a, b, span).map(Some),
            (_, true) if self.is_element(a) => self.appended(b, a, span).map(Some),
            (_, _) => self.arrays_joined(a, b, span).map(Some),
        }
    }

    fn appended(&mut self, array: &Value, value: &Value, span: Span) -> Checked<Value> {
        let element = self.element_of(array, span)?;
        self.flow(&element, value, span)?;
        Ok(Value::of(self.roles.array(element.class, span)?))
    }

    fn arrays_joined(&mut self, a: &Value, b: &Value, span: Span) -> Checked<Value> {
        let (one, other) = (self.element_of(a, span)?, self.element_of(b, span)?);
        self.flow(&one, &other, span)?;
        Ok(Value::of(self.roles.array(one.class, span)?))
    }

    fn found_in(&mut self, array: &Value, value: &Value, span: Span) -> Checked<Value> {
        let element = self.element_of(array, span)?;
        self.compare(&element, value, EqualTo::Values, span)?;
        Ok(element)
    }

    fn element_of(&mut self, array: &Value, span: Span) -> Checked<Value> {
        self.settle(array);
        Ok(Value::of(self.roles.element(array.class, span)?))
    }

    /// Is it an array with something protected in it?
    fn holds_elements(&self, value: &Value) -> bool {
        match self.roles.kind(value.class) {
            Kind::Protected(column) => self.roles.is_array(column),
            Kind::Array(element) => self.roles.protected_in(element).is_some(),
            Kind::Open | Kind::Plain(..) | Kind::Element(_) | Kind::Row(_) | Kind::Document(_) => false,
        }
    }

    /// A constant of a type that is no array's. One without a type is taken for an array (manual, 9.19).
    fn is_element(&self, value: &Value) -> bool {
        let site = value.site.and_then(|id| self.sites.get(id));
        let typed = site.and_then(|site| site.casts.last().or(site.given.as_ref()));
        typed.is_some_and(|typed| !typed.array) || matches!(self.roles.kind(value.class), Kind::Element(_))
    }
}
