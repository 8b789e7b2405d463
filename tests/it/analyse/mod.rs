//! Verdicts of the analysis, as data: tests/cases/analyse.

mod attack;
mod cases;
mod docs;
mod gate;
mod lineage;
mod names;
mod properties;
mod recorded;
mod schema;
mod twin;
mod unseen;
mod whole;
mod wrapped;
