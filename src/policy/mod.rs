//! What the operator tagged, and how. Knows names and types; does not know what the database looks
//! like (that is `catalog`) nor how a value is sealed (`crypto`, `protect`).

pub mod model;
