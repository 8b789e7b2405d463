//! A canonical form of the tree, the same for two trees that mean the same: what is compared with
//! libpg_query's tree (`scripts/oracle`) and with the expected trees of the cases.

mod expr;
mod query;
mod statement;

use pgveil::sql::ast::{Ident, ObjectName, Statement, TypeName};
use pgveil::sql::lexer::{Tokens, number_text, string_value};

/// All statements of a text.
pub fn statements(text: &[u8], tokens: &Tokens, statements: &[Statement]) -> String {
    let dump = Dump { text, tokens };
    statements.iter().map(|s| dump.statement(s)).collect::<Vec<_>>().join(" ; ")
}

struct Dump<'a> {
    text: &'a [u8],
    tokens: &'a Tokens,
}

/// `(head a b c)`.
fn node(head: &str, parts: impl IntoIterator<Item = String>) -> String {
    let mut out = format!("({head}");
    for part in parts {
        out.push(' ');
        out.push_str(&part);
    }
    out.push(')');
    out
}

/// `[a b c]`.
fn list(parts: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", parts.into_iter().collect::<Vec<_>>().join(" "))
}

fn optional(part: Option<String>) -> String {
    part.unwrap_or_else(|| "-".into())
}

fn flag(on: bool, name: &str) -> String {
    if on { name.into() } else { "-".into() }
}

/// A name, quoted as JSON quotes strings.
fn word(name: &str) -> String {
    serde_json::to_string(name).unwrap_or_default()
}

fn ident(name: &Ident) -> String {
    word(name.as_str())
}

fn idents(names: &[Ident]) -> String {
    list(names.iter().map(ident))
}

fn object(name: &ObjectName) -> String {
    word(&name.parts.iter().map(|p| p.as_str()).collect::<Vec<_>>().join("."))
}

impl Dump<'_> {
    fn string_at(&self, token: u32) -> String {
        let mut scratch = Vec::new();
        match string_value(self.text, self.tokens, token, &mut scratch) {
            Ok(value) => word(&String::from_utf8_lossy(value)),
            Err(_) => "?".into(),
        }
    }

    fn number_at(&self, token: u32) -> String {
        let number = number_text(self.text, self.tokens, token).map_or("?".into(), |n| n.into_owned());
        number.parse::<u64>().map_or(number, |n| n.to_string())
    }

    fn type_name(&self, name: &TypeName, in_constant: bool) -> String {
        let mut modifiers: Vec<String> = name.modifiers.iter().map(|m| self.expr(m)).collect();
        let short = name.name.name();
        if name.builtin && modifiers.is_empty() && !in_constant && matches!(short, "bpchar" | "bit") {
            modifiers.push("1".into());
        }
        if short == "interval" && name.builtin && (name.interval_fields.is_some() || !modifiers.is_empty()) {
            modifiers = vec!["fields".into()];
        }
        let dimensions = name.dimensions.iter().map(|d| d.map_or("-1".into(), |n| n.to_string()));
        node(
            "type",
            [
                object(&name.name),
                list(modifiers),
                list(dimensions),
                flag(name.set_of, "setof"),
                flag(name.percent_type, "pct"),
            ],
        )
    }
}
