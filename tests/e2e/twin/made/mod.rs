//! Made schemas, and statements over them: all that docs/sql-support.md says must work, at random.

mod expression;
mod query;
mod schema;
mod write;

pub use query::query;
pub use schema::Schema;
pub use write::write;

use super::statement::{Hole, Piece};

/// Pieces of a statement under construction.
#[derive(Clone, Debug, Default)]
pub struct Text(pub Vec<Piece>);

impl Text {
    pub fn of(text: &str) -> Text {
        Text(vec![Piece::Text(text.into())])
    }

    pub fn hole(ty: &str, value: &str) -> Text {
        Text(vec![Piece::Hole(Hole::new(ty, value))])
    }

    pub fn then(mut self, more: impl Into<Text>) -> Text {
        self.0.extend(more.into().0);
        self
    }

    /// What shrinking may leave out.
    pub fn maybe(mut self, more: impl Into<Text>) -> Text {
        self.0.push(Piece::Optional(more.into().0));
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::of(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::of(&text)
    }
}
