//! Deterministic domains move from form to form against a real server: rows, constraints, locks, and
//! a worker that is killed at every step.

mod back;
mod crash;
mod moves;
mod place;
mod refused;
mod server;
mod shapes;
