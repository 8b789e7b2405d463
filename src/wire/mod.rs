//! Bytes to and from messages of the PostgreSQL frontend/backend protocol, versions 3.0 and 3.2.
//!
//! Knows how frames are cut and what fields a message has (manual, chapter "Frontend/Backend
//! Protocol", "Message Formats"). Deliberately knows no SQL, no keys, no sockets, and not who owes
//! whom an answer (that is `session`). Views borrow from the caller's buffer; every count and length
//! is checked against the frame before it is believed, and text stays bytes.

pub mod buffer;
pub mod frame;
pub mod from_client;
pub mod from_server;
pub mod read;
pub mod report;
pub mod sqlstate;
pub mod startup;
pub mod write;

/// An object identifier of the server; 0 where there is none.
pub type Oid = u32;
