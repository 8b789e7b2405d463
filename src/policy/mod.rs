//! What the operator tagged, and how; and what that means for the database's shape: which relations
//! it reaches, what cannot work, what is closed. Knows names, types and the catalog; does not know how
//! a value is sealed (`crypto`, `protect`), nor SQL: lineage comes in as a function.

pub mod canonical;
pub mod check;
mod consistency;
pub mod edit;
pub mod fault;
pub mod join;
pub mod load;
pub mod model;
pub mod reach;
pub mod settle;
pub mod standing;
pub mod types;
