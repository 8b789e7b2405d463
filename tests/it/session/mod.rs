//! The session machine, as conversations.

mod conversation;
mod judges;
mod messages;
mod planner;

mod copying;
mod evil;
mod following;
mod pipelines;
mod planned;
mod relaying;
