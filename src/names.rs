//! PostgreSQL identifiers: folding, quoting, qualified names, and the number that stands for a
//! protected column.
//!
//! Knows the manual's rules (SQL Syntax, 4.1.1 Identifiers and Key Words). Does not know which
//! names exist.

use std::fmt;

/// NAMEDATALEN - 1: PostgreSQL cuts a longer identifier to this many bytes, at a character boundary.
pub const MAX_IDENTIFIER_BYTES: usize = 63;

/// A protected column of the policy: its position in [`crate::policy::model::Policy::columns`].
/// Valid only together with the epoch that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnId(pub u32);

impl ColumnId {
    /// As an index into the policy's columns.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A schema and an object name, both as the server stores them (folded, unquoted).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QualifiedName {
    /// Schema, never empty.
    pub schema: String,
    /// Relation, function or type name.
    pub name: String,
}

impl QualifiedName {
    /// Both parts as stored; no folding is done here.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        QualifiedName { schema: schema.into(), name: name.into() }
    }

    /// Parses `schema.name` as an operator writes it in a file: SQL identifier rules.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = split_dotted(text)?;
        let (name, schema) = (parts.pop()?, parts.pop()?);
        parts.is_empty().then_some(QualifiedName { schema, name })
    }
}

impl fmt::Display for QualifiedName {
    /// Quoted where needed: valid SQL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

/// A string constant of SQL that reads the same whatever `standard_conforming_strings` says
/// (4.1.2.2, String Constants With C-Style Escapes).
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    match doubled.contains('\\') {
        true => format!("E'{}'", doubled.replace('\\', "\\\\")),
        false => format!("'{doubled}'"),
    }
}

/// Splits `a."B c".d` into folded parts; `None` if it is no dotted name.
pub fn split_dotted(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = one_identifier(rest)?;
        parts.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

fn one_identifier(text: &str) -> Option<(String, &str)> {
    if let Some(mut rest) = text.strip_prefix('"') {
        let mut name = String::new();
        loop {
            let end = rest.find('"')?;
            name.push_str(rest.get(..end)?);
            rest = rest.get(end + 1..)?;
            match rest.strip_prefix('"') {
                Some(after) => {
                    name.push('"');
                    rest = after;
                }
                None => return (!name.is_empty()).then(|| (truncated(name), rest)),
            }
        }
    }
    let end = text.find(|c: char| !is_identifier_char(c)).unwrap_or(text.len());
    let word = text.get(..end)?;
    if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit() || c == '$') {
        return None;
    }
    Some((folded(word), text.get(end..)?))
}

fn is_identifier_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// An unquoted identifier as the server stores it: ASCII letters lowered (in UTF-8 databases
/// PostgreSQL folds nothing else), cut to [`MAX_IDENTIFIER_BYTES`].
pub fn folded(word: &str) -> String {
    truncated(word.to_ascii_lowercase())
}

/// Cut to [`MAX_IDENTIFIER_BYTES`] at a character boundary, as `truncate_identifier` does.
pub fn truncated(mut name: String) -> String {
    if name.len() > MAX_IDENTIFIER_BYTES {
        let mut end = MAX_IDENTIFIER_BYTES;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
    }
    name
}

/// The name as SQL text that reads back as exactly this name. Quotes whenever it is not certain
/// that no quotes are needed, so a keyword is always quoted if it has been given in `quoted` form.
pub fn quoted(name: &str) -> String {
    let plain = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !RESERVED.contains(&name);
    if plain { name.to_owned() } else { always_quoted(name) }
}

/// The name in double quotes, inner quotes doubled.
pub fn always_quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Words that cannot stand unquoted as a column or table name (manual, appendix C: reserved, and
/// reserved except as function or type name), PostgreSQL 13 to 18.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];
