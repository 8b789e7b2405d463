//! Tests against a real PostgreSQL server.

mod auth;
mod canary;
mod cancel;
mod carriers;
mod catalog;
mod chaos;
mod copy;
mod definitions;
mod differential;
mod drivers;
mod evil;
mod jobs;
mod operate;
mod protected;
mod recorded;
mod relay;
mod rotate;
mod scan;
mod session;
mod support;
mod tls;
mod twin;
mod values;
mod windows;
