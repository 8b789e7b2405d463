//! The policy file, the pinned shape, and what happens when the database disagrees with it.

mod accepted;
mod foreign;
mod join;
mod load;
mod lockfile;
mod shape;
