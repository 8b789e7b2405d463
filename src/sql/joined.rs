//! Text that the server puts together of protected values and constants: `first || ' ' || last`, concat,
//! string_agg.
//!
//! The server joins envelopes, and they are opened one by one: where a NULL is left out, and in which order
//! they stand, is its own doing. Constants beside them are sealed as values of a column beside them, so
//! that none goes up in the clear. Nothing else may stand in such a text, since where an envelope ends and
//! text of the server begins would be the server's word.

use crate::names::ColumnId;
use crate::policy::model::Phase;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{ExprKind, FunctionCall, Span};
use crate::sql::documents::{Made, Part};
use crate::sql::refusal::Checked;
use crate::sql::roles::Kind;
use crate::sql::scope::Value;
use crate::types::{Cast, LogicalType, StoredType};

/// How operands stand in the text.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// One behind the other.
    Chain,
    /// The first of them between each two of the others.
    Between,
    /// One behind the other, for each row.
    Rows,
}

/// What one operand gives to the text.
enum Operand {
    /// Nothing but constants.
    Constant,
    /// Values, in order; of many rows or not.
    Parts(Vec<Part>, bool),
    /// What may not stand in it.
    Other,
}

impl Analysis<'_> {
    /// The operands put together. `None`: nothing protected is among them, or something that does not
    /// belong there.
    pub(in crate::sql) fn chained_text(&mut self, operands: &[Value], span: Span) -> Checked<Option<Value>> {
        self.joined_text(operands, Order::Chain, span)
    }

    /// COALESCE and CASE of text of several domains: one of them stands there, and is found as where they
    /// stand one behind the other. `None`: all are of one domain, or something else is among them.
    pub(in crate::sql) fn either_text(&mut self, values: &[Value], span: Span) -> Checked<Option<Value>> {
        let mut columns = values.iter().filter_map(|value| match self.roles.kind(value.class) {
            Kind::Protected(column) => Some((column, value)),
            Kind::Open | Kind::Plain(..) | Kind::Element(_) | Kind::Array(_) => None,
            Kind::Row(_) | Kind::Document(_) => None,
        });
        let Some((first, _)) = columns.next() else { return Ok(None) };
        if columns.all(|(column, _)| self.roles.agree(first, column, span).is_ok()) {
            return Ok(None);
        }
        // REFUSES: what would be varchar, or text of a longer type: such a text is of type text.
        let is_text = |value: &Value| match self.roles.kind(value.class) {
            Kind::Protected(column) => {
                let tagged = self.known.policy.column(column);
                tagged.is_some_and(|column| column.logical == LogicalType::Text)
            }
            Kind::Open | Kind::Plain(..) | Kind::Element(_) | Kind::Array(_) => false,
            Kind::Row(_) | Kind::Document(_) => false,
        };
        match values.iter().any(is_text) {
            true => self.joined_text(values, Order::Chain, span),
            false => Ok(None),
        }
    }

    fn joined_text(&mut self, operands: &[Value], order: Order, span: Span) -> Checked<Option<Value>> {
        let mut kinds = Vec::with_capacity(operands.len());
        for value in operands {
            match self.operand_of_text(value) {
                Operand::Other => return Ok(None),
                known => kinds.push(known),
            }
        }
        let class = kinds.iter().find_map(|kind| match kind {
            Operand::Parts(parts, _) => parts.first().map(|part| part.class),
            Operand::Constant | Operand::Other => None,
        });
        let Some(class) = class else { return Ok(None) };
        let mut repeats = order == Order::Rows;
        let mut pieces: Vec<Vec<Part>> = Vec::with_capacity(operands.len());
        for (value, kind) in operands.iter().zip(kinds) {
            match kind {
                Operand::Parts(parts, again) => {
                    self.settle(value);
                    repeats |= again;
                    pieces.push(parts);
                }
                Operand::Constant | Operand::Other => {
                    // What is put together is text (manual, 10.2), and a number is made text.
                    if let Some(site) = value.site.and_then(|id| self.sites.get_mut(id)) {
                        let text = Cast { to: LogicalType::Text, array: false };
                        match &site.given {
                            None => site.given = Some(text),
                            Some(given) if is_number(given) && site.casts.is_empty() => site.casts.push(text),
                            Some(_) => {}
                        }
                    }
                    self.flow(&Value::of(class), value, span)?;
                    pieces.push(vec![Part::of(value.class)]);
                }
            }
        }
        let parts = match (order, pieces.split_first()) {
            (Order::Between, Some((separator, others))) => others.join(separator.as_slice()),
            (Order::Between | Order::Chain | Order::Rows, _) => pieces.concat(),
        };
        Ok(Some(Value::of(self.roles.document(Made::text(parts, repeats), span)?)))
    }

    /// A call of concat, concat_ws, string_agg or array_to_string over something protected.
    pub(in crate::sql) fn joining_call(
        &mut self,
        call: &FunctionCall,
        args: &[Value],
        span: Span,
    ) -> Checked<Option<Value>> {
        let untyped =
            |from: usize| call.args.iter().skip(from).any(|arg| matches!(arg.value.kind, ExprKind::Param(_)));
        match (call.name.name(), args) {
            // A parameter without a type is none that these take.
            ("concat", _) if untyped(0) => Ok(None),
            ("concat_ws", _) if untyped(1) => Ok(None),
            ("concat", _) => self.joined_text(args, Order::Chain, span),
            ("concat_ws", [_, _, ..]) => self.joined_text(args, Order::Between, span),
            ("string_agg", [_, _]) => self.joined_text(args, Order::Rows, span),
            ("array_to_string", [array, separator]) => {
                let Kind::Array(element) = self.roles.kind(array.class) else { return Ok(None) };
                self.settle(array);
                self.joined_text(&[Value::of(element), separator.clone()], Order::Rows, span)
            }
            (_, _) => Ok(None),
        }
    }

    fn operand_of_text(&self, value: &Value) -> Operand {
        match self.roles.kind(value.class) {
            Kind::Open => Operand::Constant,
            Kind::Protected(column) if self.is_text_of_envelopes(column) => {
                Operand::Parts(vec![Part::of(value.class)], false)
            }
            Kind::Document(made) if made.is_text() && value.casts.is_empty() => {
                Operand::Parts(made.parts().cloned().collect(), made.repeats())
            }
            Kind::Protected(_)
            | Kind::Plain(..)
            | Kind::Element(_)
            | Kind::Array(_)
            | Kind::Row(_)
            | Kind::Document(_) => Operand::Other,
        }
    }

    /// Does each stored value stand for the text that it shows, and end where it says?
    fn is_text_of_envelopes(&self, column: ColumnId) -> bool {
        self.known.policy.column(column).is_some_and(|column| {
            matches!(column.logical, LogicalType::Text | LogicalType::Varchar(_))
                && matches!(column.stored, StoredType::Text | StoredType::Varchar)
                && column.phase == Phase::Encrypted
                && column.redeclared.is_none()
        })
    }
}

fn is_number(given: &Cast) -> bool {
    let number = matches!(
        given.to,
        LogicalType::Int2 | LogicalType::Int4 | LogicalType::Int8 | LogicalType::Numeric(None)
    );
    number && !given.array
}
