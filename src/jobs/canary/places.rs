//! Where a canary is looked for past pgveil: in everything that the operator's role may read of the
//! server. pgveil reads it itself; the server is not asked whether it has it.
//!
//! Knows PostgreSQL's views and files. A place that the role may not read is named with its reason
//! and is no proof of anything.

use std::io::Cursor;
use std::pin::pin;

use futures_util::StreamExt;

use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::needles::{Search, Searched};
use crate::names::{QualifiedName, literal};

/// Bytes that are read of a file at a time.
const PART: i64 = 4 << 20;
/// Bytes of a stream that are searched at a time.
const BLOCK: usize = 1 << 20;
/// Bytes that are searched again with the next block: longer than any spelling of a canary.
const OVERLAP: usize = 512;

/// One place that was looked at, or was not.
#[derive(Clone, Debug)]
pub struct Place {
    /// For people: "table public.orders", "WAL", …
    pub name: String,
    /// What was found, or why it could not be read.
    pub found: Result<Searched, String>,
}

/// Everything. `since` is where the log stood before the canary was planted, `planted` the tables that
/// hold it.
pub async fn all(
    admin: &Admin,
    search: &Search<'_>,
    planted: &[QualifiedName],
    since: &str,
) -> Result<Vec<Place>, StatementError> {
    let mut places = Vec::new();
    let views = [
        ("sessions (pg_stat_activity)", "SELECT query FROM pg_catalog.pg_stat_activity"),
        ("statistics (pg_stats)", "SELECT * FROM pg_catalog.pg_stats"),
        ("prepared statements", "SELECT statement FROM pg_catalog.pg_prepared_statements"),
        ("definitions", "SELECT pg_catalog.pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef"),
    ];
    for (name, query) in views {
        places.push(Place { name: name.to_owned(), found: copied(admin, search, query).await });
    }
    for schema in admin.texts(&namespace_of("pg_stat_statements")).await? {
        let query = format!("SELECT query FROM {}", QualifiedName::new(schema, "pg_stat_statements"));
        let found = copied(admin, search, &query).await;
        places.push(Place { name: "statements (pg_stat_statements)".to_owned(), found });
    }
    for table in admin.texts(TABLES).await? {
        let found = copied(admin, search, &format!("SELECT * FROM ONLY {table}")).await;
        places.push(Place { name: format!("table {table}"), found });
    }
    // What is in memory only is in no file yet.
    let written = admin.run("CHECKPOINT").await.map_err(|why| format!("CHECKPOINT: {why}"));
    for relation in planted {
        for entry in admin.texts(&files_of(relation)).await? {
            let Some((kind, path)) = entry.split_once('|') else { continue };
            let found = match &written {
                Ok(()) => file(admin, search, path).await,
                Err(why) => Err(why.clone()),
            };
            places.push(Place { name: format!("file of {kind}"), found });
        }
    }
    places.push(Place { name: "write-ahead log".to_owned(), found: wal(admin, search, since).await });
    let log = admin.texts("SELECT pg_catalog.pg_current_logfile()").await;
    let found = match log.map(|files| files.into_iter().next()) {
        Ok(Some(path)) => file(admin, search, &path).await,
        Ok(None) => Err("the server writes no log file of its own".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    places.push(Place { name: "server log".to_owned(), found });
    Ok(places)
}

/// Where the write-ahead log stands now.
///
/// # Errors
/// The server's refusal.
pub async fn log_position(admin: &Admin) -> Result<String, StatementError> {
    let sql = "SELECT pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn())";
    Ok(admin.texts(sql).await?.into_iter().next().unwrap_or_default())
}

const TABLES: &str = "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' \
     AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1";

fn namespace_of(relation: &str) -> String {
    format!(
        "SELECT n.nspname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relname = {}",
        literal(relation)
    )
}

/// The files of a table, its parts, their indexes and what is stored out of line.
fn files_of(relation: &QualifiedName) -> String {
    format!(
        "WITH RECURSIVE tree AS (SELECT {}::pg_catalog.regclass::oid AS oid \
             UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid), \
         all_of AS (SELECT oid FROM tree UNION SELECT reltoastrelid FROM pg_catalog.pg_class JOIN tree USING (oid) \
             UNION SELECT indexrelid FROM pg_catalog.pg_index JOIN tree ON indrelid = tree.oid) \
         SELECT c.relname || '|' || pg_catalog.pg_relation_filepath(c.oid) FROM pg_catalog.pg_class c JOIN all_of USING (oid) \
         WHERE pg_catalog.pg_relation_filepath(c.oid) IS NOT NULL ORDER BY 1",
        literal(&relation.to_string())
    )
}

/// A query's rows as COPY writes them.
async fn copied(admin: &Admin, search: &Search<'_>, query: &str) -> Result<Searched, String> {
    let told = |error: tokio_postgres::Error| StatementError::from(error).to_string();
    let stream = admin.client().copy_out(&format!("COPY ({query}) TO STDOUT")).await.map_err(told)?;
    let mut stream = pin!(stream);
    let mut blocks = Blocks::new(search);
    while let Some(chunk) = stream.next().await {
        blocks.take(&chunk.map_err(told)?)?;
    }
    blocks.end()
}

/// A file of the server, relative to its data directory.
async fn file(admin: &Admin, search: &Search<'_>, path: &str) -> Result<Searched, String> {
    let told = |error: tokio_postgres::Error| StatementError::from(error).to_string();
    let mut blocks = Blocks::new(search);
    let mut at: i64 = 0;
    let read = "SELECT pg_catalog.pg_read_binary_file($1::text, $2::int8, $3::int8, true)";
    loop {
        let row = admin.client().query_one(read, &[&path, &at, &PART]).await.map_err(told)?;
        let part: Option<&[u8]> = row.try_get(0).map_err(told)?;
        let part = part.unwrap_or_default();
        if part.is_empty() {
            return blocks.end();
        }
        blocks.take(part)?;
        at += i64::try_from(part.len()).unwrap_or(PART);
    }
}

/// Every segment that was written since.
async fn wal(admin: &Admin, search: &Search<'_>, since: &str) -> Result<Searched, String> {
    let sql =
        format!("SELECT name FROM pg_catalog.pg_ls_waldir() WHERE name >= {} ORDER BY 1", literal(since));
    let mut all = Searched::default();
    for name in admin.texts(&sql).await.map_err(|error| error.to_string())? {
        add(&mut all, file(admin, search, &format!("pg_wal/{name}")).await?);
    }
    Ok(all)
}

/// A stream, searched block by block.
struct Blocks<'s, 'n> {
    search: &'s Search<'n>,
    held: Vec<u8>,
    fresh: usize,
    all: Searched,
}

impl<'s, 'n> Blocks<'s, 'n> {
    fn new(search: &'s Search<'n>) -> Self {
        Blocks { search, held: Vec::new(), fresh: 0, all: Searched::default() }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.held.extend_from_slice(bytes);
        self.fresh += bytes.len();
        if self.held.len() < BLOCK {
            return Ok(());
        }
        self.look()?;
        let kept = self.held.len().saturating_sub(OVERLAP);
        self.held.drain(..kept);
        Ok(())
    }

    /// What spans two blocks is found in the second; what lies in the overlap may count twice.
    fn look(&mut self) -> Result<(), String> {
        let mut searched = self.search.over(Cursor::new(&self.held)).map_err(|error| error.to_string())?;
        searched.bytes = self.fresh as u64;
        self.fresh = 0;
        add(&mut self.all, searched);
        Ok(())
    }

    fn end(mut self) -> Result<Searched, String> {
        self.look()?;
        Ok(self.all)
    }
}

fn add(all: &mut Searched, more: Searched) {
    all.bytes += more.bytes;
    all.hits += more.hits;
    for hit in more.told {
        match all.told.iter_mut().find(|known| known.owner == hit.owner && known.spelling == hit.spelling) {
            Some(known) => known.count += hit.count,
            None => all.told.push(hit),
        }
    }
}
