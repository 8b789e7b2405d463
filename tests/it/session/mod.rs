//! The session machine, as conversations.

mod conversation;
mod judges;
mod messages;

mod copying;
mod pipelines;
mod relaying;
