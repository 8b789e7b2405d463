//! A server that lies: a scripted fake PostgreSQL behind the proxy, and a relay that changes one
//! message of a real one.
//!
//! [`server`] is the fake, [`relay`] the relay and [`lies`] the messages that it changes; each other
//! file holds lies of one kind and what must come of them.

pub mod server;

mod believed;
mod clients;
mod lies;
mod login;
mod messages;
mod pipelines;
mod relay;
