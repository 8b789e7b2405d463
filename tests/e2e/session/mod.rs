//! The session machine between a scripted client and a real server, without the pump: seeded random
//! pipelines must read the same direct and through, and a refused statement exactly as one that the
//! server itself rejects at analysis.

#[path = "../../it/session/judges.rs"]
mod judges;
#[path = "../../it/session/messages.rs"]
#[allow(dead_code)]
mod messages;
mod script;
mod transport;

use pgveil::session::judge::{ForwardAll, Judge};

use super::support;
use judges::RefuseMarked;
use script::{Dice, script};
use transport::{direct, reading, through};

/// How many random scripts are run; each is 5 to 60 messages.
const SCRIPTS: u64 = 80;

fn compare(first: u64, refuses: bool) {
    let database = support::database("session");
    for seed in first..first + SCRIPTS {
        let mut dice = Dice::new(seed);
        let messages = script(&mut dice);
        let bytes = messages.concat();
        let judge: Box<dyn Judge> =
            if refuses { Box::new(RefuseMarked("MARK")) } else { Box::new(ForwardAll) };
        let expected = reading(&direct(&database, &bytes), refuses);
        let actual = reading(&through(&database, &bytes, judge, &mut dice), false);
        let same = expected.iter().zip(&actual).take_while(|(a, b)| a == b).count();
        assert!(
            expected == actual,
            "seed {seed}\nscript {:#?}\nthe same {:#?}\ndirect {:?}\nthrough {:?}",
            messages::shown(&bytes),
            &expected[..same],
            &expected[same..],
            &actual[same..]
        );
    }
}

#[test]
fn random_pipelines_read_the_same_where_nothing_is_judged() {
    compare(1, false);
}

#[test]
fn random_pipelines_with_refusals_read_as_if_the_server_had_refused() {
    compare(100_000, true);
}
