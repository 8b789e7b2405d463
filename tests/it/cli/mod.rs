//! The command line and the configuration, without a network.

mod config;
mod scram;
mod verbs;
