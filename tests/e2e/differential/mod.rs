//! The same conversation, once with the server and once through the proxy, must read the same.
//!
//! The conversations are the `.pgt` files of tests/cases/wire ([`script`] says how they are
//! written); [`run`] holds one and reads what comes back.

mod run;
mod script;
mod through;
