//! The constant that a DEFAULT is, as the server prints it.
//!
//! Knows how `pg_get_expr` writes a string constant of the types that hold envelopes, and how an envelope
//! begins in each (docs/format.md, section 1). Opens nothing.

/// What may stand behind the constant: the types that a column can have before and after it holds
/// envelopes. char(n) is none of them: its constant is padded, and the value is not.
const TYPES: [&str; 7] = ["", "text", "character varying", "json", "jsonb", "bytea", "text[]"];

/// The value of `'…'::type` as text, if an expression is that and nothing else (manual, 4.1.2.1 and
/// 4.1.2.2).
pub fn constant(expression: &str) -> Option<String> {
    printed(expression).map(|(_, value)| value)
}

/// The same, with the constant as it is printed, quotes and all.
pub fn printed(expression: &str) -> Option<(&str, String)> {
    let (escapes, quoted) = match expression.strip_prefix('E') {
        Some(quoted) => (true, quoted),
        None => (false, expression),
    };
    let mut value = String::new();
    let mut rest = quoted.strip_prefix('\'')?.chars();
    loop {
        match rest.next()? {
            '\'' => {
                if !rest.as_str().starts_with('\'') {
                    break;
                }
                rest.next();
                value.push('\'');
            }
            // The server prints no escape but this one.
            '\\' if escapes => match rest.next()? {
                '\\' => value.push('\\'),
                _ => return None,
            },
            other => value.push(other),
        }
    }
    let cast = rest.as_str();
    let named = if cast.is_empty() { cast } else { cast.strip_prefix("::")? };
    let printed = expression.strip_suffix(cast)?;
    TYPES.contains(&named).then_some((printed, value))
}

/// A constant as the server prints it.
pub fn print(value: &str) -> String {
    crate::names::literal(value)
}

/// Does a stored value, shown as text, begin as an envelope, or as an array of them? An array without
/// elements is the same sealed and not.
pub fn begins_as_envelope(value: &str) -> bool {
    let inside = value.strip_prefix("{").unwrap_or(value);
    let inside = inside.strip_prefix('"').unwrap_or(inside);
    value == "{}" || inside.starts_with("pgV1:") || value.starts_with(r"\x706756313a")
}
