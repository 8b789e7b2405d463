//! Known strings, looked for everywhere the host can look.

pub mod needles;
