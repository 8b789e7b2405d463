//! What every plan must be, whatever the statement: good for its own text, and without a sealed constant left in it.

use pgveil::sql::TextVerdict;
use pgveil::sql::edits::fits;
use pgveil::sql::lexer::Tokens;
use pgveil::sql::verdict::{Edit, Literal, Replacement, Verdict};

/// What is wrong with the plans of a text, if anything.
pub fn fault(tokens: &Tokens, verdict: &TextVerdict) -> Option<String> {
    let TextVerdict::Statements(statements) = verdict else { return None };
    let plans = statements.iter().filter_map(|(_, judged)| match &judged.verdict {
        Verdict::Plan(plan) => Some(plan),
        Verdict::Clear(_) | Verdict::Refuse(_) => None,
    });
    let mut edits: Vec<&Edit> = plans.clone().flat_map(|plan| &plan.edits).collect();
    edits.sort_by_key(|edit| (edit.tokens.start, edit.tokens.end));
    let overlap = edits.windows(2).find(|pair| pair[0].tokens.end > pair[1].tokens.start);
    if let Some(pair) = overlap {
        return Some(format!("edits overlap: {pair:?}"));
    }
    if let Some(edit) = edits.iter().find(|edit| !fits(tokens, edit)) {
        return Some(format!("an edit is not of its text: {edit:?}"));
    }
    let sealed = edits.iter().filter_map(|edit| match &edit.with {
        Replacement::Seal { literal, .. } | Replacement::Pair { literal, .. } => Some(*literal),
        Replacement::Text(_) | Replacement::Blank | Replacement::Repeat(_) => None,
    });
    let bound = plans.flat_map(|plan| &plan.bound).map(|bound| bound.literal);
    let is_replaced = |literal: &Literal| {
        edits.iter().any(|edit| edit.tokens.start <= literal.first && literal.end <= edit.tokens.end)
    };
    let left = sealed.chain(bound).find(|literal| !is_replaced(literal))?;
    Some(format!("a constant that is sealed stays in the text: {left:?}"))
}
