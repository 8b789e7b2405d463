//! `analyse(statement, catalog, policy) -> Verdict`. Pure: no keys, no bytes of the wire, no clock,
//! no randomness.

mod analysis;
pub mod ast;
mod builtin;
mod casts;
mod constants;
mod documents;
pub mod edits;
pub mod explain;
mod expressions;
mod finish;
mod forms;
pub mod gate;
mod hints;
mod joined;
mod judge;
pub mod known;
pub mod lexer;
mod lineage;
mod numbering;
pub mod opening;
pub mod parse;
mod query;
mod refusal;
mod relations;
mod resolve;
mod roles;
mod row_types;
mod rows;
mod scope;
mod sealing;
pub mod settings;
pub mod shape;
mod shown_defaults;
mod statements;
pub mod temporary;
mod text;
pub mod unmade;
pub mod unseen;
pub mod verdict;
pub mod witness;

pub use judge::{Effect, Judged, analyse, judge};
pub use lineage::view_lineage;
pub use refusal::REASONS;
pub use text::{TextVerdict, judge_text, judge_tokens};
