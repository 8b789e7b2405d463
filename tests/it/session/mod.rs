//! The session machine, as conversations.

mod behind;
mod conversation;
mod epochs;
mod judges;
mod messages;
mod planner;
#[path = "../analyse/schema.rs"]
mod schema;

pub use epochs::{beginning, epoch};
pub use remembered::Quiet;

mod copy_cells;
mod copy_streams;
mod copying;
mod crew;
mod defining;
mod denied;
mod evil;
mod following;
mod late;
mod looking;
mod opened;
mod outlived;
mod pipelines;
mod planned;
mod plans;
mod recognised;
mod relaying;
mod remembered;
mod watching;
mod windows;
