//! Verdicts of the analysis, as data: tests/cases/analyse.

mod cases;
mod docs;
mod properties;
mod schema;
