//! `analyse(statement, catalog, policy) -> Verdict`. Pure: no keys, no bytes of the wire, no clock,
//! no randomness.

pub mod ast;
pub mod known;
pub mod lexer;
pub mod parse;
pub mod verdict;
