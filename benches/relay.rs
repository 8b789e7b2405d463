//! What the session machine costs, without sockets: one whole round of the protocol each, both
//! directions.
//!
//! The limit for a text whose verdict is remembered is 1 µs. `cargo bench --bench relay`

use std::sync::Arc;

use divan::{Bencher, black_box};
use pgveil::session::epoch::Epoch;
use pgveil::sql::known::{Known, Protocol, SessionNames};

mod rig;

use rig::{LOOK_UP, ROUNDS, Round, UNTOUCHED};

fn main() {
    divan::main();
}

#[divan::bench(args = ROUNDS)]
fn round(bencher: Bencher, name: &str) {
    let mut round = Round::named(name);
    bencher.bench_local(|| round.run());
}

/// A text whose shape nobody has sent before.
#[divan::bench(args = [UNTOUCHED, LOOK_UP])]
fn analysed_anew(bencher: Bencher, text: &str) {
    let epoch: Arc<Epoch> = rig::epochs::epoch();
    let (names, mut tokens) = (SessionNames::default(), Default::default());
    let known = Known {
        catalog: &epoch.catalog,
        policy: &epoch.policy,
        standings: &epoch.standings,
        names: &names,
        declared: &[],
        protocol: Protocol::Simple,
    };
    bencher.bench_local(|| pgveil::sql::judge_text(black_box(text.as_bytes()), &mut tokens, &known));
}
