//! One cell, text or binary, to and from its canonical plaintext (docs/format.md, section 2).
//!
//! Knows how PostgreSQL writes and reads values of each type, and the session parameters on which
//! that depends. Does not know where a value comes from, which column it is for, or that it will be
//! sealed. One file per family of types; [`Converter`] is the way in.

mod array;
mod boolean;
mod bytea;
mod cast;
mod converter;
mod datetime;
mod decimal;
mod document;
mod error;
mod float;
pub mod function;
mod inet;
mod integer;
mod interval;
mod json;
mod numeric;
mod scan;
mod settings;
mod text;
mod uuid;
mod zone;

pub use array::{ArrayBuilder, elements};
pub use cast::Casting;
pub use converter::{Converter, Format};
pub use document::{Walk, as_json, unquoted};
pub use error::{Unfit, ValueError};
pub use settings::{ByteaOutput, DateOrder, DateStyle, Followed, IntervalStyle, TextSettings};
pub use zone::Zone;
