//! The server dies at each step of every kind of move: what was not committed is undone, what was stands,
//! and the same command, run again, finishes it.

use pgveil::crypto::domains::Form;
use pgveil::jobs::domain::{Event, Order, Stage};

use super::crash::{COLUMNS, TABLES, finish};
use super::place::{Place, policy};
use crate::support::own_server;

/// In the transaction, and on both sides of what the keyring says.
const STAGES: [Stage; 6] =
    [Stage::Locked, Stage::Mapped, Stage::Rewritten, Stage::Committed, Stage::Moved, Stage::Guarded];

#[test]
fn a_move_goes_on_after_the_server_has_died_at_any_step() {
    let database = own_server().database("server_moves");
    database.host().run(TABLES);
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place::new(&database.url(), policy(&COLUMNS, ""), directory.path());
    let before = place.opened();
    let mut died = 0;
    for stage in STAGES {
        for is_sealed in [true, true, false] {
            let to = if is_sealed { Form::Sealed(place.new_key()) } else { Form::Plain };
            let phase = place.phase(to);
            let mut crashed = false;
            let result = place.carry_out(Order { to, max_lock: None }, phase, &mut |event| {
                if matches!(event, Event::Passed(passed) if passed == stage) && !crashed {
                    crashed = true;
                    database.server.crash();
                }
            });
            assert_ne!(crashed, result.is_ok(), "{stage:?} to {to}: {result:?}");
            died += usize::from(crashed);
            assert_eq!(place.opened_in(phase), before, "{stage:?} to {to}, before the next run");
            finish(&place, to, phase);
            assert_eq!(place.settled(), to, "{stage:?}");
            assert_eq!(place.opened(), before, "{stage:?} to {to}");
        }
    }
    // Only encrypting adds guards.
    assert_eq!(died, 3 * STAGES.len() - 2);
}
