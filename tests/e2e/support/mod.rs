//! Private servers and proxies for the tests.
//!
//! - [`postgres`]: one server per test process, a database per test.
//! - [`proxy`]: the `pgveil` binary in front of a server.
//! - [`client`]: a client that speaks raw messages, for what no driver would send.
//! - [`tap`]: a relay that records what passes between the proxy and the server.

#![allow(dead_code, unused_imports)]

pub mod client;
pub mod postgres;
pub mod proxy;
pub mod scram;
pub mod tap;

pub use client::{Client, Login, Message};
pub use postgres::{Database, database, own_server, server};
pub use proxy::{Proxy, ProxySetup};
pub use tap::Tap;
