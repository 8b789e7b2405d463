//! Size, time and limits of one tagged column, from the planner's statistics.

use std::collections::HashMap;

use serde::Deserialize;

use super::{column_name, senseless};
use crate::catalog::finding::Finding;
use crate::jobs::admin::{Admin, AdminError};
use crate::policy::model::{Mode, Phase, ProtectedColumn, Tag};

const SIZES: &str = include_str!("sizes.sql");

/// Rows a second that `encrypt` does on a small machine; an estimate's basis, not a promise.
const ROWS_A_SECOND: f64 = 20_000.0;
/// What a btree page admits of one entry, less header and alignment, in bytes.
const ENTRY_BYTES: i64 = 2_692;
/// Longest canonical plaintext whose armour fits where nothing else stands in the index
/// (docs/format.md, section 1).
const ALONE_BYTES: i64 = 1_900;
/// Prefix, terminator, and what envelope and padding add before base64.
const ARMOUR_BYTES: i64 = 7;
const ENVELOPE_BYTES: i64 = 34 + 64;
/// With fewer distinct values than this, or than this share of the rows, equality gives them away.
const FEWEST_DISTINCT: f64 = 100.0;
const SMALLEST_SHARE: f64 = 0.001;

/// What is known of one column.
#[derive(Clone, Debug, Deserialize)]
pub struct Cost {
    /// Rows of the table and its partitions, as estimated by the server.
    pub rows: i64,
    /// Bytes of the same with indexes and TOAST.
    pub bytes: i64,
    /// `pg_stats.n_distinct`; `None` before the first ANALYZE.
    pub n_distinct: Option<f64>,
    /// Mean width of a value in bytes.
    pub avg_width: Option<i64>,
    /// Share of NULLs.
    pub null_frac: Option<f64>,
    /// Bytes that stand beside it in the widest index.
    beside: i64,
    is_indexed: bool,
}

#[derive(Deserialize)]
struct Row {
    schema: String,
    table: String,
    column: String,
    #[serde(flatten)]
    cost: Cost,
}

pub(super) async fn read(admin: &Admin, columns: &str) -> Result<HashMap<String, Cost>, AdminError> {
    let mut costs = HashMap::new();
    for json in admin.texts(&SIZES.replace("%COLUMNS%", columns)).await? {
        let row: Row = serde_json::from_str(&json).map_err(|error| senseless(&error))?;
        costs.insert(column_name(&row.schema, &row.table, &row.column), row.cost);
    }
    Ok(costs)
}

impl Cost {
    /// Seconds that `encrypt` will take, roughly.
    pub fn seconds(&self) -> f64 {
        self.rows as f64 * (1.0 - self.null_frac.unwrap_or(0.0)) / ROWS_A_SECOND
    }

    /// Bytes that the table grows by, roughly: base64, envelope, and one new version of each row
    /// until the next vacuum.
    pub fn grows_by(&self) -> i64 {
        let width = self.avg_width.unwrap_or(16);
        let armoured = (width + 8 + 34) * 4 / 3 + ARMOUR_BYTES;
        let filled = self.rows as f64 * (1.0 - self.null_frac.unwrap_or(0.0));
        (filled * (armoured - width).max(0) as f64) as i64
    }

    /// Distinct values, as estimated; `None` before the first ANALYZE.
    pub fn distinct(&self) -> Option<f64> {
        self.n_distinct.map(|n| if n < 0.0 { -n * self.rows as f64 } else { n })
    }

    /// Longest value in bytes that the widest index admits; `None`: no index, no limit.
    pub fn longest(&self) -> Option<i64> {
        let armour = ENTRY_BYTES - self.beside - ARMOUR_BYTES;
        let bytes = armour * 3 / 4 - ENVELOPE_BYTES;
        self.is_indexed.then(|| bytes.clamp(1, ALONE_BYTES))
    }

    pub(super) fn findings(&self, tag: &Tag, column: &ProtectedColumn) -> Vec<Finding> {
        let mut findings = Vec::new();
        if column.phase == Phase::Plain || column.mode != Mode::Deterministic {
            return findings;
        }
        // Once envelopes are stored, the choice is made.
        let is_open = column.phase == Phase::Encrypting;
        let few = self.distinct().filter(|distinct| {
            self.rows >= FEWEST_DISTINCT as i64
                && (*distinct < FEWEST_DISTINCT || *distinct < self.rows as f64 * SMALLEST_SHARE)
        });
        if let Some(distinct) = few.filter(|_| is_open && !tag.accepts_frequency) {
            let message = format!(
                "about {distinct:.0} distinct values in {} rows: how often each occurs gives it away",
                self.rows
            );
            findings.push(
                Finding::closes(&column.relation, "frequency", message).at(&column.column).hint(
                    "make it randomized, or write `accept_leakage = \"frequency\"` if that is accepted",
                ),
            );
        }
        if let Some(longest) = self.longest().filter(|l| i64::from(column.max_bytes.unwrap_or(u32::MAX)) > *l)
        {
            let message = format!("its index admits values of {longest} bytes at most");
            let finding = Finding::warns(&column.relation, "longest", message).at(&column.column);
            findings.push(finding.hint(format!("write `max_bytes = {longest}`")));
        }
        findings
    }
}
