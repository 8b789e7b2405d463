//! Frames, views and start-up packets; pgwire's codec is the oracle of what both understand.

mod malformed;
pub mod noise;
mod oracle;
mod startup;
