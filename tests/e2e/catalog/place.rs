//! What these tests share: the operator's connection, and the verbs without their printing.

use std::future::Future;

use pgveil::catalog::fetch::Live;
use pgveil::catalog::pin::Pin;
use pgveil::jobs::admin::Admin;
use pgveil::jobs::apply::{self, Applied, ApplyError, Proposal};
use pgveil::policy::join::{Joined, join};
use pgveil::policy::load;
use pgveil::policy::model::Tags;
use pgveil::server::tls::OperatorTls;
use pgveil::sql::view_lineage;

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
    join(tags, pin, &live(database), &view_lineage)
}

pub fn propose(database: &Database, tags: &Tags, was: &Pin) -> Proposal {
    admin(database, |admin| async move {
        apply::propose(&admin, tags, was, &view_lineage).await.expect("a proposal")
    })
}

pub fn apply(database: &Database, tags: &Tags, was: &Pin) -> Result<Applied, ApplyError> {
    admin(database, |admin| async move {
        let proposal = apply::propose(&admin, tags, was, &view_lineage).await?;
        apply::apply(&admin, tags, &proposal, &view_lineage).await
    })
}
