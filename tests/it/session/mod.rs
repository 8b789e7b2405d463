//! The session machine, as conversations.

mod conversation;
mod judges;
mod messages;
mod planner;

mod copy_cells;
mod copy_streams;
mod copying;
mod evil;
mod following;
mod pipelines;
mod planned;
mod relaying;
