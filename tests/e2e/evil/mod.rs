//! A server that lies: a scripted fake PostgreSQL behind the proxy.
//!
//! [`server`] is the fake; each other file holds lies of one kind and what must come of them.

pub mod server;

mod login;
mod messages;
