//! The protocol by which a deterministic domain changes its key, checked in every interleaving of
//! proxies, their clients, a worker, crashes and restarts (docs/format.md, section 4).
//!
//! [`protocol`] is the model. Here it is explored: as it is, in which nothing may go wrong, and
//! broken on purpose in every way that has broken it before, each of which must be noticed. A model
//! that cannot fail would prove nothing.

mod protocol;

use protocol::{Broken, Protocol};
use stateright::{Checker, HasDiscoveries, Model};

fn model(broken: Broken) -> Protocol {
    Protocol { broken, proxies: 2 }
}

#[test]
fn nothing_goes_wrong_in_any_interleaving() {
    let checker = model(Broken::Nothing).checker().spawn_bfs().join();
    let states = checker.unique_state_count();
    println!("{states} states");
    let mut found: Vec<_> = checker.discoveries().into_keys().collect();
    found.sort_unstable();
    // What must be reached is found, and nothing else may be.
    assert_eq!(found, [protocol::RETRIED, protocol::REACHED]);
    assert!(states > 40_000, "{states}: too few to mean anything");
}

/// That `broken` violates `property`: a schedule is found, and is not one of the whole protocol.
fn breaks(broken: Broken, property: &'static str) {
    let enough = HasDiscoveries::AnyOf([property].into());
    let checker = model(broken).checker().finish_when(enough).spawn_bfs().join();
    let path = checker.discovery(property);
    let path = path.unwrap_or_else(|| panic!("{broken:?} does not violate {property:?}"));
    println!("{broken:?}: {property:?} fails after {} steps", path.into_actions().len());
}

#[test]
fn a_read_then_write_transaction_deadlocks_with_locks_taken_one_by_one() {
    breaks(Broken::LocksOneByOne, protocol::NO_DEADLOCK);
}

#[test]
fn readers_wait_for_a_guard_that_is_swapped() {
    breaks(Broken::GuardSwapped, protocol::READERS_GO_ON);
}

#[test]
fn a_for_update_join_across_the_commit_loses_its_row() {
    breaks(Broken::RowLocksOnly, protocol::LOOKUPS);
}

#[test]
fn an_insert_through_a_foreign_key_goes_astray_if_only_one_table_is_locked() {
    breaks(Broken::OneTableLocked, protocol::ONE_FORM);
}

#[test]
fn a_foreign_key_inside_the_domain_does_not_survive_two_transactions() {
    breaks(Broken::TwoTransactions, protocol::FOREIGN_KEY);
}

#[test]
fn a_global_active_key_lets_a_value_in_twice() {
    breaks(Broken::GlobalActiveKey, protocol::UNIQUE);
}

#[test]
fn a_straggler_outside_the_lock_needs_a_fence() {
    breaks(Broken::NoFence, protocol::ONE_FORM);
}

#[test]
fn a_waiting_copy_must_not_be_sealed_before_it_has_the_lock() {
    breaks(Broken::CopySealedEarly, protocol::ONE_FORM);
}

#[test]
fn a_statement_of_before_the_window_finds_nothing() {
    breaks(Broken::NotDrained, protocol::LOOKUPS);
}

#[test]
fn an_acknowledgement_of_another_step_acknowledges_nothing() {
    breaks(Broken::AnyAcknowledgement, protocol::LOOKUPS);
}

#[test]
fn an_older_keyring_at_a_restart_undoes_it_all() {
    breaks(Broken::OlderKeyringAtStart, protocol::LOOKUPS);
}

#[test]
fn a_key_must_not_be_destroyed_while_a_proxy_may_write_under_it() {
    breaks(Broken::DestroyedUnasked, protocol::DESTROYED);
}

#[test]
fn a_key_that_is_not_everywhere_must_not_seal() {
    breaks(Broken::MovedUnacknowledged, protocol::READABLE);
}
