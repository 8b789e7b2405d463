//! The DEFAULT of a protected column is a value of it as those in its rows are: every row that leaves the
//! column out takes a copy of it. So it goes with them, from form to form and from key to key, and is
//! counted with them.
//!
//! Knows where PostgreSQL keeps a DEFAULT, and its constants. What the server computes for a DEFAULT is
//! left as it is: `doctor` tells of it.

use zeroize::Zeroizing;

use crate::catalog::constant::constant;
use crate::crypto::Suite;
use crate::crypto::domains::Form;
use crate::jobs::admin::{Admin, StatementError};
use crate::jobs::apply::steps::Step;
use crate::jobs::apply::take_step;
use crate::jobs::cells::{Target, Wanted};
use crate::jobs::reseal::{Bench, Order, Reseal, Unfit};
use crate::names::{QualifiedName, literal, quoted};
use crate::policy::types::spelled;
use crate::protect::NoRandomness;

/// A DEFAULT that is a constant.
#[derive(Clone, Debug)]
pub struct Constant {
    /// The table: that of the policy, a partition, or a child.
    pub relation: QualifiedName,
    /// The column.
    pub target: Target,
    /// As a cell is shown as text.
    pub text: Zeroizing<String>,
}

/// Why a DEFAULT was not changed.
#[derive(Debug, thiserror::Error)]
pub enum DefaultError {
    /// It does not open, or does not fit the column.
    #[error("the DEFAULT of {relation}.{column}: {why}; set another one, or drop it")]
    Unfit {
        /// The table.
        relation: QualifiedName,
        /// The column.
        column: String,
        /// Why.
        why: Unfit,
    },
    /// The server's refusal. What was sent is not told: it may hold a value.
    #[error("the DEFAULT of {relation}.{column} could not be set: {why}")]
    Set {
        /// The table.
        relation: QualifiedName,
        /// The column.
        column: String,
        /// The server's reason.
        why: StatementError,
    },
    /// A statement without a value.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// From the operating system.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl Constant {
    /// The statement that puts another in its place.
    pub fn set(&self, text: &str) -> String {
        let (column, stored) = (quoted(&self.target.name), spelled(self.target.stored));
        let value = literal(text);
        format!("ALTER TABLE ONLY {} ALTER COLUMN {column} SET DEFAULT {value}::{stored}", self.relation)
    }

    /// Of a deterministic domain: it has another form than this.
    pub fn is_outside(&self, to: Form) -> bool {
        let wants = |wanted: &Wanted| self.target.wants(self.text.as_bytes(), wanted).unwrap_or(true);
        match to {
            Form::Plain => wants(&Wanted::Armoured),
            Form::Sealed(key) => {
                wants(&Wanted::Bare) || wants(&Wanted::other_than(Suite::Deterministic, key))
            }
        }
    }

    fn unfit(&self, why: Unfit) -> DefaultError {
        DefaultError::Unfit { relation: self.relation.clone(), column: self.target.name.clone(), why }
    }
}

/// Those of a table, and of everything below it.
///
/// # Errors
/// The server's refusal.
pub async fn of(
    admin: &Admin,
    relation: &QualifiedName,
    targets: &[Target],
) -> Result<Vec<Constant>, StatementError> {
    let table = literal(&relation.to_string());
    let names: Vec<String> = targets.iter().map(|target| literal(&target.name)).collect();
    let names = names.join(", ");
    let rows = admin
        .texts(&format!(
            "WITH RECURSIVE family(id) AS (SELECT {table}::pg_catalog.regclass::pg_catalog.oid UNION \
             SELECT i.inhrelid FROM pg_catalog.pg_inherits AS i JOIN family AS f ON i.inhparent = f.id) \
             SELECT pg_catalog.json_build_array(n.nspname, c.relname, a.attname, \
             pg_catalog.pg_get_expr(d.adbin, d.adrelid))::text FROM family AS f \
             JOIN pg_catalog.pg_class AS c ON c.oid = f.id JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname IN ({names}) \
             JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum \
             ORDER BY n.nspname, c.relname, a.attnum"
        ))
        .await?;
    let mut found = Vec::new();
    for row in rows {
        let row = Zeroizing::new(row);
        let Ok([schema, name, column, expression]) = serde_json::from_str::<[String; 4]>(&row) else {
            continue;
        };
        let expression = Zeroizing::new(expression);
        let target = targets.iter().find(|target| target.name == column);
        if let (Some(target), Some(text)) = (target, constant(&expression)) {
            let (relation, text) = (QualifiedName::new(schema, name), Zeroizing::new(text));
            found.push(Constant { relation, target: target.clone(), text });
        }
    }
    Ok(found)
}

/// Changes those that an order is after; answers how many. Each table is locked for a moment only.
///
/// # Errors
/// At the first that cannot be changed.
pub async fn turn(
    admin: &Admin,
    relation: &QualifiedName,
    orders: &[Order],
    reseal: &Reseal,
) -> Result<usize, DefaultError> {
    let targets: Vec<Target> = orders.iter().map(|order| order.target.clone()).collect();
    let mut bench = Bench::new()?;
    let mut turned = 0;
    for default in of(admin, relation, &targets).await? {
        let Some(order) = orders.iter().find(|order| order.target == default.target) else { continue };
        let new = reseal.turn(order, default.text.as_bytes(), &mut bench);
        let Some(new) = new.map_err(|why| default.unfit(why))? else { continue };
        let new = Zeroizing::new(String::from_utf8(new).map_err(|_| default.unfit(Unfit::Form))?);
        let relation = default.relation.clone();
        let step = Step { relation, sql: default.set(&new), why: String::new(), retyped: None };
        take_step(admin, &step).await.map_err(|why| DefaultError::Set {
            relation: default.relation.clone(),
            column: default.target.name.clone(),
            why,
        })?;
        turned += 1;
    }
    Ok(turned)
}
