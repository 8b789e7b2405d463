//! Verdicts of the analysis, as data: tests/cases/analyse.

mod cases;
mod docs;
mod gate;
mod lineage;
mod properties;
mod schema;
mod twin;
mod unseen;
