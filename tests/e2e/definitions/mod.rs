//! Definitions that clients send through pgveil: the pinned shape follows them.

mod filled;
mod fleet;
mod following;
mod like;
mod migrations;
mod queries;
mod restore;
