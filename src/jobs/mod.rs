//! Long work on stored data and on the database's shape, over the operator's own connection.
//! Knows tokio and the catalog; no session, SQL analysis or wire.

pub mod accepted;
pub mod admin;
pub mod apply;
pub mod batches;
pub mod canary;
pub mod cells;
pub mod census;
pub mod convert;
pub mod defaults;
pub mod domain;
pub mod dump;
pub mod guards;
pub mod health;
pub mod instances;
pub mod leaves;
pub mod needles;
pub mod pace;
pub mod plan;
pub mod progress;
pub mod reading;
pub mod remains;
pub mod reseal;
pub mod scan;
pub mod verify;
pub mod walk;
