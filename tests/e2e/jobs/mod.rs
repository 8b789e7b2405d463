//! Long work on stored rows: encrypted in place, rotated, decrypted, proven, killed and gone on with.

mod canary;
mod child;
mod defaults;
mod keepers;
mod kill;
mod place;
mod redeclare;
mod refused;
mod rotate;
mod server;
mod there_and_back;
mod verify;
mod writers;

#[path = "../../it/keyring/token.rs"]
mod token;
#[path = "../../it/keyring/transit.rs"]
mod transit;
