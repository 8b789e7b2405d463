//! What the operator tagged, and how. Knows names and types; does not know what the database looks
//! like (that is `catalog`, which also holds the policy against it) nor how a value is sealed
//! (`crypto`, `protect`).

pub mod canonical;
mod consistency;
pub mod fault;
pub mod load;
pub mod model;
pub mod types;
