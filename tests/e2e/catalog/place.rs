//! What these tests share: the operator's connection, and a lineage that reads one-table views.

use std::future::Future;

use pgveil::catalog::fetch::Live;
use pgveil::catalog::model::Catalog;
use pgveil::catalog::pin::Pin;
use pgveil::jobs::admin::Admin;
use pgveil::jobs::apply::{self, Applied, ApplyError, Proposal};
use pgveil::names::{ColumnId, QualifiedName, split_dotted};
use pgveil::policy::join::{Joined, join};
use pgveil::policy::load;
use pgveil::policy::model::{Policy, Tags};
use pgveil::server::tls::OperatorTls;

use crate::support::Database;

pub fn tags(text: &str) -> Tags {
    load::tags("pgveil.toml", text).expect("a valid policy")
}

/// Runs `work` with the operator's connection to `database`.
pub fn admin<T, F: Future<Output = T>>(database: &Database, work: impl FnOnce(Admin) -> F) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        work(Admin::connect(&database.url(), None::<OperatorTls>).await.expect("a connection")).await
    })
}

pub fn live(database: &Database) -> Live {
    admin(database, |admin| async move { admin.live().await.expect("a readable catalog") })
}

pub fn joined(database: &Database, tags: &Tags, pin: &Pin) -> Joined {
    join(tags, pin, &live(database), &lineage)
}

pub fn propose(database: &Database, tags: &Tags, was: &Pin) -> Proposal {
    admin(
        database,
        |admin| async move { apply::propose(&admin, tags, was, &lineage).await.expect("a proposal") },
    )
}

pub fn apply(database: &Database, tags: &Tags, was: &Pin) -> Result<Applied, ApplyError> {
    admin(database, |admin| async move {
        let proposal = apply::propose(&admin, tags, was, &lineage).await?;
        apply::apply(&admin, tags, &proposal, &lineage).await
    })
}

/// Understands `SELECT r.a AS x, r.b FROM schema.r;` as the server prints it.
pub fn lineage(definition: &str, catalog: &Catalog, _: &Policy) -> Result<Vec<Option<ColumnId>>, String> {
    let text = definition.trim().trim_end_matches(';');
    let (list, from) = text.strip_prefix("SELECT ").and_then(|t| t.split_once("FROM ")).ok_or("no SELECT")?;
    let relation = QualifiedName::parse(from.trim()).ok_or("more than one table")?;
    let relation = catalog.relation(&relation).ok_or("unknown relation")?;
    let origin = |item: &str| {
        let item = item.trim().split(" AS ").next().unwrap_or_default();
        let name = split_dotted(item).and_then(|mut parts| parts.pop()).ok_or("an expression")?;
        Ok(relation.column(&name).ok_or("unknown column")?.1.tag)
    };
    list.split(',').map(origin).collect::<Result<_, &str>>().map_err(str::to_owned)
}
