//! A proxy as operators and their machines see it: probes, metrics, signals, the service manager.

mod counted;
mod probes;
mod service;
mod web;
