//! One batch: a page of rows is claimed, its cells are turned, and written back by
//! compare-and-swap.
//!
//! Knows the three statements and that the server may lie: what it returns is compared byte for byte
//! with what it was sent. Does not know which page comes next, nor how fast to go (docs/format.md,
//! section 4, "Randomized columns, online").

use std::collections::HashMap;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::leaves::Leaf;
use crate::jobs::reseal::{Bench, Order, Reseal, Unfit};
use crate::names::{QualifiedName, quoted};

/// What every connection of a job runs under. The plans that serve a page and a compare-and-swap are
/// the same for every batch; a sort or a hash over the whole table serves neither. With
/// `row_security` off a policy that would hide rows is an error. A page does not wait for the disk: a
/// server that falls loses the last pages of the work and nothing else, and they are done again; the
/// walk itself waits once, at its end ([`DURABLE`]).
pub const SETTINGS: &str = "RESET ALL; SET search_path = pg_catalog; SET DateStyle = ISO; SET IntervalStyle = postgres; \
     SET bytea_output = hex; SET extra_float_digits = 1; SET TimeZone = 'UTC'; SET statement_timeout = 0; \
     SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET row_security = off; SET jit = off; \
     SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off; SET enable_sort = off; \
     SET enable_bitmapscan = off; SET max_parallel_workers_per_gather = 0; \
     SET plan_cache_mode = force_generic_plan; SET synchronous_commit = off";

/// Returns when all that was committed before is on disk (and where the server waits for replicas, there):
/// a transaction that writes to the log and waits for it, as every commit under the server's defaults
/// (manual, 30.4 Asynchronous Commit).
pub const DURABLE: &str = "BEGIN; SET LOCAL synchronous_commit = on; \
     SELECT pg_catalog.pg_logical_emit_message(true, 'pgveil', ''); COMMIT";

/// Why a batch was not written. The server has rolled it back.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The server's refusal, or a lost connection.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// REFUSES: what is stored is not what was sent: a trigger, a rule or the server changed it.
    #[error(
        "{relation}.{column}: the server stored something else than it was sent; \
         the batch is rolled back (look for a trigger that assigns the column)"
    )]
    Changed {
        /// The table.
        relation: QualifiedName,
        /// The column.
        column: String,
    },
    /// It returned a row that it was not sent, or twice.
    #[error("{0}: the server returned rows that were not asked for; the batch is rolled back")]
    Foreign(QualifiedName),
}

impl From<tokio_postgres::Error> for BatchError {
    fn from(error: tokio_postgres::Error) -> Self {
        BatchError::Statement(error.into())
    }
}

impl BatchError {
    /// A lock or a conflict that is over when the batch is tried again.
    pub fn is_passing(&self) -> bool {
        match self {
            BatchError::Statement(error) => matches!(error.sqlstate.as_str(), "40P01" | "40001" | "55P03"),
            BatchError::Changed { .. } | BatchError::Foreign(_) => false,
        }
    }
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageFrom {
    /// At the first row in the order of the key.
    Start,
    /// After the row with this key, each column as text.
    After(Vec<String>),
    /// The rows of these blocks, the second excluded.
    Blocks(i64, i64),
}

/// A cell that was left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The table.
    pub relation: QualifiedName,
    /// The column.
    pub column: String,
    /// Where the row lay.
    pub ctid: String,
    /// Why.
    pub why: Unfit,
}

/// What a batch has done, once it is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Rows claimed.
    pub rows: u64,
    /// Rows written.
    pub written: u64,
    /// Cells written.
    pub cells: u64,
}

/// The three statements of one table on one connection.
pub struct Batches<'a> {
    admin: &'a Admin,
    leaf: &'a Leaf,
    orders: &'a [Order],
    first: Statement,
    next: Statement,
    update: Statement,
}

/// A claimed page, in an open transaction.
pub struct Page {
    rows: Vec<Row>,
    keys: usize,
}

/// A page whose cells are turned.
pub struct Turned<'p> {
    tids: Vec<&'p str>,
    /// By column, then by row.
    old: Vec<Vec<Option<&'p str>>>,
    new: Vec<Vec<Option<String>>>,
    /// What is left as it is.
    pub leftovers: Vec<Leftover>,
}

impl<'a> Batches<'a> {
    /// Prepares the statements.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn prepare(
        admin: &'a Admin,
        leaf: &'a Leaf,
        orders: &'a [Order],
    ) -> Result<Self, StatementError> {
        let client = admin.client();
        let (first, next) = (fetch(leaf, orders, false), fetch(leaf, orders, true));
        let update = update(leaf, orders);
        Ok(Batches {
            admin,
            leaf,
            orders,
            first: client.prepare(&first).await?,
            next: client.prepare(&next).await?,
            update: client.prepare(&update).await?,
        })
    }

    /// Begins a transaction and claims up to `limit` rows that have a wanted cell and that nobody
    /// else holds.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn claim(&self, from: &PageFrom, limit: i64) -> Result<Page, BatchError> {
        let client = self.admin.client();
        let bounds: Vec<String> = match from {
            PageFrom::Start => Vec::new(),
            PageFrom::After(key) => key.clone(),
            PageFrom::Blocks(first, end) => vec![format!("({first},0)"), format!("({end},0)")],
        };
        let mut parameters: Vec<&(dyn ToSql + Sync)> =
            bounds.iter().map(|bound| bound as &(dyn ToSql + Sync)).collect();
        let statement = match from {
            PageFrom::Start => &self.first,
            PageFrom::After(_) | PageFrom::Blocks(..) => &self.next,
        };
        if !matches!(from, PageFrom::Blocks(..)) {
            parameters.push(&limit);
        }
        // ORDER: the driver sends both in this order, in one go.
        let (begun, rows) = tokio::join!(
            client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
            client.query(statement, &parameters)
        );
        begun?;
        Ok(Page { rows: rows?, keys: self.leaf.key.len() })
    }

    /// Makes the new cells of a page; asks nothing of the server.
    pub fn turn<'p>(&self, page: &'p Page, reseal: &Reseal, bench: &mut Bench) -> Turned<'p> {
        let columns = self.orders.len();
        let mut turned = Turned {
            tids: Vec::with_capacity(page.rows.len()),
            old: vec![Vec::with_capacity(page.rows.len()); columns],
            new: vec![Vec::with_capacity(page.rows.len()); columns],
            leftovers: Vec::new(),
        };
        for row in &page.rows {
            let ctid: &str = row.get(0);
            let mut cells: Vec<Option<String>> = Vec::with_capacity(columns);
            for (n, order) in self.orders.iter().enumerate() {
                let stored: Option<&str> = row.get(1 + page.keys + n);
                let new = stored.map(|stored| reseal.turn(order, stored.as_bytes(), bench)).transpose();
                let new = new
                    .map(Option::flatten)
                    .and_then(|new| new.map(String::from_utf8).transpose().map_err(|_| Unfit::Form));
                cells.push(new.unwrap_or_else(|why| {
                    let relation = self.leaf.name.clone();
                    let column = order.target.name.clone();
                    turned.leftovers.push(Leftover { relation, column, ctid: ctid.to_owned(), why });
                    None
                }));
            }
            if cells.iter().all(Option::is_none) {
                continue;
            }
            turned.tids.push(ctid);
            for (n, cell) in cells.into_iter().enumerate() {
                turned.old[n].push(row.get(1 + page.keys + n));
                turned.new[n].push(cell);
            }
        }
        turned
    }

    /// Writes the new cells and compares what the server says that it has stored. Not committed.
    ///
    /// # Errors
    /// The server's refusal, or the first difference.
    pub async fn write(&self, page: &Page, turned: &Turned<'_>) -> Result<Done, BatchError> {
        let mut done = Done { rows: page.rows.len() as u64, ..Done::default() };
        if turned.tids.is_empty() {
            return Ok(done);
        }
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&turned.tids];
        for (old, new) in turned.old.iter().zip(&turned.new) {
            parameters.push(old);
            parameters.push(new);
        }
        let returned = self.admin.client().query(&self.update, &parameters).await?;
        let mut expected: HashMap<&str, usize> =
            turned.tids.iter().enumerate().map(|(row, tid)| (*tid, row)).collect();
        for back in &returned {
            let sent = expected.remove(back.get::<_, &str>(0));
            let row = sent.ok_or_else(|| BatchError::Foreign(self.leaf.name.clone()))?;
            done.cells += self.compared(turned, row, back)?;
        }
        done.written = returned.len() as u64;
        Ok(done)
    }

    /// How many cells of the row were changed, each as it was sent.
    fn compared(&self, turned: &Turned<'_>, row: usize, back: &Row) -> Result<u64, BatchError> {
        let mut cells = 0;
        for (n, order) in self.orders.iter().enumerate() {
            let stored: Option<&str> = back.get(1 + n);
            let same = match (&turned.new[n][row], turned.old[n][row], stored) {
                (Some(sent), _, Some(stored)) => {
                    cells += 1;
                    order.target.is_printed(sent.as_bytes(), stored.as_bytes())
                }
                (None, Some(old), Some(stored)) => old == stored,
                (None, None, None) => true,
                (Some(_), _, None) | (None, Some(_), None) | (None, None, Some(_)) => false,
            };
            // REFUSES: the first difference.
            if !same {
                let column = order.target.name.clone();
                return Err(BatchError::Changed { relation: self.leaf.name.clone(), column });
            }
        }
        Ok(cells)
    }

    /// Makes the batch durable.
    ///
    /// # Errors
    /// A lost connection, or a deferred constraint.
    pub async fn commit(&self) -> Result<(), BatchError> {
        Ok(self.admin.client().batch_execute("COMMIT").await?)
    }

    /// Gives the rows back as they were.
    ///
    /// # Errors
    /// A lost connection.
    pub async fn roll_back(&self) -> Result<(), BatchError> {
        Ok(self.admin.client().batch_execute("ROLLBACK").await?)
    }
}

impl Page {
    /// Rows claimed.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The key of the last row, each column as text.
    pub fn last_key(&self) -> Option<Vec<String>> {
        let last = self.rows.last()?;
        Some((0..self.keys).map(|n| last.get::<_, String>(1 + n)).collect())
    }

    /// Bytes of its cells.
    pub fn bytes(&self) -> usize {
        let cells = |row: &Row| -> usize {
            (1 + self.keys..row.len()).filter_map(|n| row.get::<_, Option<&str>>(n)).map(str::len).sum()
        };
        self.rows.iter().map(cells).sum()
    }
}

/// `(one OR another)`: rows with at least one wanted cell.
pub fn wanted_rows(orders: &[Order], row: &str) -> String {
    let wanted: Vec<String> = orders.iter().map(|order| order.target.is_wanted(row, &order.wanted)).collect();
    format!("({})", wanted.join(" OR "))
}

fn fetch(leaf: &Leaf, orders: &[Order], bounded: bool) -> String {
    let mut shown = vec!["t.ctid::text".to_owned()];
    shown.extend(leaf.key.iter().map(|key| format!("t.{}::text", quoted(&key.name))));
    shown.extend(orders.iter().map(|order| order.target.text("t")));
    let mut sql = format!(
        "SELECT {} FROM ONLY {} AS t WHERE {}",
        shown.join(", "),
        leaf.name,
        wanted_rows(orders, "t")
    );
    let keys = leaf.key.len();
    match (leaf.key.is_empty(), bounded) {
        (true, true) => sql += " AND t.ctid >= ($1::text)::tid AND t.ctid < ($2::text)::tid",
        (true, false) => sql += " LIMIT $1::int8",
        (false, bounded) => {
            if bounded {
                let bounds: Vec<String> =
                    (1..).zip(&leaf.key).map(|(n, key)| format!("(${n}::text)::{}", key.type_name)).collect();
                sql += &format!(" AND ({}) > ({})", leaf.key_list("t"), bounds.join(", "));
            }
            let limit = if bounded { keys + 1 } else { 1 };
            sql += &format!(" ORDER BY {} LIMIT ${limit}::int8", leaf.key_list("t"));
        }
    }
    sql + " FOR NO KEY UPDATE OF t SKIP LOCKED"
}

/// The claimed row cannot have moved, so its place finds it; what was read is compared all the same.
fn update(leaf: &Leaf, orders: &[Order]) -> String {
    let (mut arrays, mut names) = (vec!["$1::text[]".to_owned()], vec!["tid".to_owned()]);
    let (mut set, mut same, mut back) = (Vec::new(), Vec::new(), vec!["v.tid".to_owned()]);
    for (n, order) in orders.iter().enumerate() {
        arrays.push(format!("${}::text[]", 2 * n + 2));
        arrays.push(format!("${}::text[]", 2 * n + 3));
        names.push(format!("o{n}"));
        names.push(format!("n{n}"));
        let column = quoted(&order.target.name);
        let value = order.target.from_text(&format!("v.n{n}"));
        set.push(format!("{column} = coalesce({value}, t.{column})"));
        same.push(format!("{} IS NOT DISTINCT FROM v.o{n}", order.target.text("t")));
        back.push(order.target.text("t"));
    }
    format!(
        "UPDATE ONLY {} AS t SET {} FROM unnest({}) AS v({}) WHERE t.ctid = v.tid::tid AND {} RETURNING {}",
        leaf.name,
        set.join(", "),
        arrays.join(", "),
        names.join(", "),
        same.join(" AND "),
        back.join(", ")
    )
}
