//! The names of the server's own functions that a statement can call.
//!
//! A name that is missing here costs a look at the shape wherever it is called, and nothing else hangs
//! on it: they are those of `pg_proc.dat` of PostgreSQL 15, with what 16 to 18 have added.

/// One a line, each with a line feed before and behind it.
const NAMES: &str = concat!("\n", include_str!("builtin.txt"));

/// Is it one of them?
pub(in crate::sql) fn is_builtin(name: &str) -> bool {
    let line = format!("\n{name}\n");
    memchr::memmem::find(NAMES.as_bytes(), line.as_bytes()).is_some()
}
