//! Tests without a network: seconds.

mod analyse;
mod cli;
mod following;
mod format;
mod fuzzed;
mod instances;
mod jobs;
mod keyring;
mod lexer;
mod metrics;
mod parse;
mod policy;
mod protect;
mod scan;
mod session;
mod settings;
mod tidy;
mod values;
mod wire;
