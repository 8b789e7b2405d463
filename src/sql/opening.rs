//! Does a text begin as statements do?
//!
//! psql takes the rows behind a COPY that did not begin for SQL and sends them as texts: a server that cannot read
//! them logs them. Knows the first words of PostgreSQL's commands (manual, "SQL Commands", and "Streaming Replication
//! Protocol"), nothing of what follows them.

/// In order, for a search.
const OPENINGS: &[&str] = &[
    "ABORT",
    "ALTER",
    "ALTER_REPLICATION_SLOT",
    "ANALYSE",
    "ANALYZE",
    "BASE_BACKUP",
    "BEGIN",
    "CALL",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "CREATE_REPLICATION_SLOT",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DISCARD",
    "DO",
    "DROP",
    "DROP_REPLICATION_SLOT",
    "END",
    "EXECUTE",
    "EXPLAIN",
    "FETCH",
    "GRANT",
    "IDENTIFY_SYSTEM",
    "IMPORT",
    "INSERT",
    "LISTEN",
    "LOAD",
    "LOCK",
    "MERGE",
    "MOVE",
    "NOTIFY",
    "PGPOOL",
    "PREPARE",
    "READ_REPLICATION_SLOT",
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "REPACK",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "START_REPLICATION",
    "TABLE",
    "TIMELINE_HISTORY",
    "TRUNCATE",
    "UNLISTEN",
    "UPDATE",
    "UPLOAD_MANIFEST",
    "VACUUM",
    "VALUES",
    "WAIT",
    "WITH",
];

/// A text of blanks, comments and semicolons begins nothing, and does no harm.
pub fn begins_as_a_statement(text: &[u8]) -> bool {
    let Some(rest) = behind_comments(text) else { return false };
    if rest.is_empty() {
        return true;
    }
    let end =
        rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default().to_ascii_uppercase();
    OPENINGS.binary_search_by(|opening| opening.as_bytes().cmp(&word)).is_ok()
}

/// Blanks, comments and semicolons: a text without a statement.
pub fn is_nothing(text: &[u8]) -> bool {
    behind_comments(text).is_some_and(<[u8]>::is_empty)
}

/// What stands behind blanks, comments, semicolons and parentheses; `None` if a comment does not end.
fn behind_comments(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'-', b'-', rest @ ..] => {
                let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                rest.get(end..)?
            }
            [b'/', b'*', rest @ ..] => behind_block(rest)?,
            // As the server's lexer has it, a vertical tab among them since version 16.
            [b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b';' | b'(', rest @ ..] => rest,
            _ => return Some(text),
        };
    }
}

/// Comments nest.
fn behind_block(mut text: &[u8]) -> Option<&[u8]> {
    let mut depth = 1;
    while depth > 0 {
        (text, depth) = match text {
            [] => return None,
            [b'*', b'/', rest @ ..] => (rest, depth - 1),
            [b'/', b'*', rest @ ..] => (rest, depth + 1),
            [_, rest @ ..] => (rest, depth),
        };
    }
    Some(text)
}
