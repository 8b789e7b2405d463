//! Frames, views and start-up packets; pgwire's codec is the oracle of what both understand.

#[path = "../../fuzz/bodies.rs"]
mod bodies;
mod malformed;
pub mod noise;
mod oracle;
mod startup;
