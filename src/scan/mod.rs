//! Finding columns that look like personal data: by their names, by the shapes of sampled values, by
//! the keys inside JSON, and by what they are copies of.
//!
//! Pure: no connection. What it returns are counts and shapes, never a value. It knows words and
//! checksums; it does not know the policy. No scan finds everything: a clean result proves nothing.

pub mod checksum;
pub mod dictionary;
pub mod evidence;
pub mod family;
pub mod json;
pub mod kind;
pub mod overlap;
pub mod shape;
pub mod spelling;
pub mod survey;

pub use evidence::{Evidence, Finding};
pub use family::Family;
pub use kind::Kind;
pub use survey::{ColumnSeen, Samples, Scanner};
