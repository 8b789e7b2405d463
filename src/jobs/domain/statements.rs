//! The statements of a domain's move, as text. Pure.
//!
//! Knows the two forms and how each stored type shows them (docs/format.md, section 1). No value
//! stands in any statement, only headers of envelopes.

use std::fmt::Write as _;

use super::shape::{Shape, Stored, Table};
use crate::crypto::Suite;
use crate::crypto::armour::{CENSUS_LEN, census_prefix};
use crate::crypto::domains::Form;
use crate::names::{QualifiedName, quoted};
use crate::policy::types::spelled;
use crate::types::StoredType;

/// The temporary trigger that stops a writer which sealed before the commit.
pub const STALE_TRIGGER: &str = "pgveil_stale_key";
/// The temporary table old → new.
const MAP: &str = "pg_temp.pgveil_map";
/// The cursor over the old values.
const CURSOR: &str = "pgveil_values";

/// Begins the transaction and locks all tables of the domain against everything but plain reading. For
/// `first` it waits `wait.first_ms` at most, while it holds nothing else: nobody can wait for us and be
/// waited for. For each further one it waits `wait.further_ms`, and in what comes later
/// `wait.later_ms` for any lock. One message: a pause of ours between two locks would be a pause of
/// everybody who waits. A row that a row policy would hide is an error instead of a row that stays as it
/// is. Of tables in `redefined` a DEFAULT changes too, so that they are locked against reading as well:
/// whoever read before we came and wants to write now would wait for us, and we for it.
pub fn begin(shape: &Shape, first: &Table, redefined: &[&QualifiedName], wait: &Waits) -> String {
    let Waits { first_ms, further_ms, later_ms, .. } = wait;
    let mode = |table: &Table| match redefined.contains(&&table.name) {
        true => "ACCESS EXCLUSIVE",
        false => "EXCLUSIVE",
    };
    let lock = |wanted: &str| {
        let tables = shape.tables.iter().filter(|table| mode(table) == wanted);
        let tables = list(tables.map(|table| table.name.to_string()));
        if tables.is_empty() { tables } else { format!("LOCK TABLE {tables} IN {wanted} MODE; ") }
    };
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL row_security = off; \
         SET LOCAL work_mem = '128MB'; \
         SET LOCAL lock_timeout = {first_ms}; LOCK TABLE ONLY {} IN {} MODE; \
         SET LOCAL lock_timeout = {further_ms}; {}{}\
         SET LOCAL lock_timeout = {later_ms}",
        first.name,
        mode(first),
        lock("ACCESS EXCLUSIVE"),
        lock("EXCLUSIVE")
    )
}

/// How long the server lets somebody wait before it looks for a deadlock.
pub const DEADLOCK_TIMEOUT_MS: &str =
    "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'";

/// How many sessions have waited for a lock for between so many milliseconds: their look for a deadlock is
/// to come. A server before PostgreSQL 14 does not say since when they wait, and none is counted.
pub fn count_waiting(from_ms: f64, to_ms: f64) -> String {
    format!(
        "SELECT pg_catalog.count(*)::text FROM pg_catalog.pg_locks AS l WHERE NOT l.granted \
         AND pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() \
         - (pg_catalog.to_jsonb(l) OPERATOR(pg_catalog.->>) 'waitstart')::timestamptz) * 1000 \
         BETWEEN {from_ms:.0} AND {to_ms:.0}"
    )
}

/// How long locks are waited for, in milliseconds, each greater than 0.
pub struct Waits {
    /// For the first table.
    pub first_ms: u32,
    /// For each further one.
    pub further_ms: u32,
    /// After that.
    pub later_ms: u32,
    /// Who has waited for so long, from and to, looks for a deadlock while an attempt lasts.
    pub looked_ms: (f64, f64),
}

/// The condition that a column holds a value in another form than `to`; not true for NULL. Without
/// subqueries, so that a trigger may ask it.
pub fn outside(to: Form, column: &str, stored: StoredType) -> String {
    let (prefix, inside) = match to {
        Form::Sealed(key) => (census_prefix(Suite::Deterministic, key), "NOT "),
        Form::Plain => ("pgV1:".to_owned(), ""),
    };
    match (stored, to) {
        (StoredType::Text | StoredType::Varchar | StoredType::Json | StoredType::Jsonb, _) => {
            format!("{inside}{column}::text ^@ '{prefix}'")
        }
        (StoredType::Bytea, _) => {
            let hex = prefix.bytes().fold(String::new(), |mut hex, byte| {
                // Writing to a string does not fail.
                let _written = write!(hex, "{byte:02x}");
                hex
            });
            format!("{inside}substr({column}, 1, {}) = '\\x{hex}'::bytea", prefix.len())
        }
        (StoredType::TextArray, Form::Sealed(_)) => {
            // The header's alphabet has no character that `~` would come before.
            format!(
                "NOT ('{prefix}' <= ALL ({column} COLLATE \"C\") AND '{prefix}~' > ALL ({column} COLLATE \"C\"))"
            )
        }
        (StoredType::TextArray, Form::Plain) => {
            format!("array_to_string({column}, E'\\n') ~ '(^|\\n){prefix}'")
        }
    }
}

/// Rows of which some column of the domain holds a value in another form than `to`.
fn outside_row(to: Form, row: &str, table: &Table) -> String {
    let each = table.columns.iter().map(|c| outside(to, &member(row, c), c.stored));
    each.map(|condition| format!("({condition})")).collect::<Vec<_>>().join(" OR ")
}

/// Makes the trigger on one table. Built-in, it names a column that is not there, so that it fails
/// before it looks at the row: nothing of the row is logged. Needs no ACCESS EXCLUSIVE lock.
pub fn create_trigger(to: Form, table: &Table) -> String {
    let columns = list(table.columns.iter().map(|column| quoted(&column.name)));
    let first = table.columns.first().map(|column| column.name.replace('\'', "''")).unwrap_or_default();
    format!(
        "CREATE TRIGGER {STALE_TRIGGER} BEFORE INSERT OR UPDATE OF {columns} ON {} FOR EACH ROW WHEN ({}) \
         EXECUTE FUNCTION pg_catalog.tsvector_update_trigger('{STALE_TRIGGER}', 'pg_catalog.simple', '{first}')",
        table.name,
        outside_row(to, "NEW", table)
    )
}

/// Takes it away again.
pub fn drop_trigger(table: &Table) -> String {
    format!("DROP TRIGGER IF EXISTS {STALE_TRIGGER} ON {}", table.name)
}

/// Which of the tables have the trigger: their names as SQL.
pub fn find_triggers() -> String {
    format!(
        "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) \
         FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE t.tgname = '{STALE_TRIGGER}'"
    )
}

/// The cursor over every distinct value that is in another form than `to`, as text.
pub fn declare_values(to: Form, shape: &Shape) -> String {
    let each = |table: &Table, column: &Stored| {
        let value = member("t", column);
        let condition = outside(to, &value, column.stored);
        format!("SELECT {value}::text COLLATE \"C\" AS v FROM {} AS t WHERE {condition}", table.name)
    };
    let parts = shape.tables.iter().flat_map(|table| table.columns.iter().map(move |c| each(table, c)));
    format!("DECLARE {CURSOR} NO SCROLL CURSOR FOR {}", parts.collect::<Vec<_>>().join(" UNION "))
}

/// The next values of the cursor.
pub fn fetch_values(rows: usize) -> String {
    format!("FETCH {rows} FROM {CURSOR}")
}

/// ORDER: before the map is filled.
pub fn create_map() -> String {
    format!("CREATE TEMPORARY TABLE {} (old text NOT NULL, new text NOT NULL) ON COMMIT DROP", bare(MAP))
}

/// `(old, new)` in binary.
pub fn fill_map() -> String {
    format!("COPY {MAP} (old, new) FROM STDIN BINARY")
}

/// ORDER: behind the filling; without it the server would not know how large the map is.
pub fn close_map() -> String {
    format!("CLOSE {CURSOR}; ANALYZE {MAP}")
}

/// How many rows of each table must change, in the order of the tables.
pub fn count(to: Form, shape: &Shape) -> String {
    let one = |table: &Table| {
        format!("(SELECT pg_catalog.count(*) FROM {} AS t WHERE {})", table.name, outside_row(to, "t", table))
    };
    format!("SELECT pg_catalog.json_build_array({})::text", list(shape.tables.iter().map(one)))
}

/// The rewriting of all tables in one statement, so that every foreign key and every UNIQUE inside
/// the domain is checked when all of it has changed. Answers, for each table, how many rows changed
/// and how many of them hold something else than what was sent.
pub fn rewrite(shape: &Shape) -> String {
    let mut parts = Vec::new();
    let mut answers = Vec::new();
    for (number, table) in shape.tables.iter().enumerate() {
        parts.push(format!("u{number} AS ({})", update(table)));
        answers.push(format!("(SELECT pg_catalog.count(*) FROM u{number})"));
        answers.push(format!("(SELECT pg_catalog.count(*) FROM u{number} WHERE differs)"));
    }
    format!("WITH {} SELECT pg_catalog.json_build_array({})::text", parts.join(", "), answers.join(", "))
}

/// One column is joined with the map; several of one row must change together, since no statement
/// may change a row twice.
fn update(table: &Table) -> String {
    let name = &table.name;
    if let [column] = table.columns.as_slice() {
        let (old, new) = (typed("m.old", column), typed("m.new", column));
        let (own, assigned) = (member("t", column), quoted(&column.name));
        return format!(
            "UPDATE {name} AS t SET {assigned} = {new} FROM {MAP} AS m WHERE {own} = {old} \
             RETURNING {} AS differs",
            differs(&own, &new, column)
        );
    }
    let mut values = Vec::new();
    let mut joins = String::new();
    let mut assigned = Vec::new();
    let mut compared = Vec::new();
    let mut found = Vec::new();
    for (number, column) in table.columns.iter().enumerate() {
        let old = typed(&format!("m{number}.old"), column);
        let new = typed(&format!("m{number}.new"), column);
        let own = member("o", column);
        values.push(format!("coalesce({new}, {own}) AS v{number}"));
        // Writing to a string does not fail.
        let _written = write!(joins, " LEFT JOIN {MAP} AS m{number} ON {own} = {old}");
        assigned.push(format!("{} = n.v{number}", quoted(&column.name)));
        compared.push(differs(&member("t", column), &format!("n.v{number}"), column));
        found.push(format!("m{number}.old IS NOT NULL"));
    }
    format!(
        "UPDATE {name} AS t SET {} FROM (SELECT o.tableoid AS part, o.ctid AS place, {} FROM {name} AS o{joins} \
         WHERE {}) AS n WHERE t.tableoid = n.part AND t.ctid = n.place RETURNING {} AS differs",
        assigned.join(", "),
        values.join(", "),
        found.join(" OR "),
        compared.join(" OR ")
    )
}

fn differs(own: &str, wanted: &str, column: &Stored) -> String {
    match column.stored {
        StoredType::Text | StoredType::Varchar | StoredType::Json | StoredType::Jsonb => {
            format!("({own}::text COLLATE \"C\") IS DISTINCT FROM ({wanted}::text COLLATE \"C\")")
        }
        StoredType::Bytea | StoredType::TextArray => format!("{own} IS DISTINCT FROM {wanted}"),
    }
}

/// A text of the map as the column's type. The column's own collation must not meet the map's.
fn typed(text: &str, column: &Stored) -> String {
    match column.stored {
        StoredType::Text | StoredType::Varchar => format!("{text} COLLATE \"C\""),
        StoredType::Json | StoredType::Jsonb | StoredType::Bytea => {
            format!("{text}::{}", spelled(column.stored))
        }
        StoredType::TextArray => format!("({text}::text[] COLLATE \"C\")"),
    }
}

/// Rows and values of every form in each table: `[table, header, values]`, the header `plain` for
/// what is no envelope. Nothing but headers comes back.
pub fn census(shape: &Shape) -> String {
    let each = |number: usize, column: &Stored, table: &Table| {
        let value = member("t", column);
        let values = match column.stored {
            StoredType::Text | StoredType::Varchar | StoredType::Json | StoredType::Jsonb => {
                format!("SELECT {value}::text AS v FROM {} AS t WHERE {value} IS NOT NULL", table.name)
            }
            StoredType::Bytea => format!(
                "SELECT pg_catalog.encode(substr({value}, 1, {CENSUS_LEN}), 'escape') AS v FROM {} AS t \
                 WHERE {value} IS NOT NULL",
                table.name
            ),
            StoredType::TextArray => {
                format!(
                    "SELECT e.element AS v FROM {} AS t, unnest({value}) AS e(element) WHERE e.element IS NOT NULL",
                    table.name
                )
            }
        };
        format!(
            "SELECT {number} AS place, CASE WHEN v ^@ 'pgV1:' THEN substr(v, 1, {CENSUS_LEN}) ELSE 'plain' END \
             AS form FROM ({values}) AS x"
        )
    };
    let parts = shape
        .tables
        .iter()
        .enumerate()
        .flat_map(|(number, table)| table.columns.iter().map(move |column| each(number, column, table)));
    format!(
        "SELECT pg_catalog.json_build_array(place, form, pg_catalog.count(*))::text FROM ({}) AS all_values \
         GROUP BY place, form ORDER BY place, form",
        parts.collect::<Vec<_>>().join(" UNION ALL ")
    )
}

fn member(row: &str, column: &Stored) -> String {
    format!("{row}.{}", quoted(&column.name))
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
