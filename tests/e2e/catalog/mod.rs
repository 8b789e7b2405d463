//! The live catalog, the pin, drift of every kind, and `apply`, against a real server.

mod apply;
mod drift;
mod health;
mod live;
mod place;
mod plan;
mod tls;
mod verbs;
