//! Each conversation: direct twice (it must be repeatable), then through the proxy whole, in
//! pieces, and cut before every byte (long ones at a seeded choice of positions).

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::support::{Database, Proxy, ProxySetup, Tap, database};

use super::run::{Cut, converse};
use super::script::{Script, parse};

/// Cut positions tried in one conversation; a longer one is sampled, unless `PGVEIL_ALL_CUTS` is set.
/// (Every byte of every message is cut without a server in tests/it; here it is against a real one.)
const MAX_CUTS: usize = 20;

/// Conversations with cluster-wide effects (prepared transactions, replication slots, which wait for
/// every open transaction) would disturb each other.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn scripts() -> Vec<Script> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/wire");
    let mut scripts: Vec<Script> = fs::read_dir(directory)
        .expect("tests/cases/wire")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pgt"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            parse(&name, &fs::read_to_string(&path).expect("a script"))
        })
        .collect();
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(scripts.len() >= 20, "the conversations are in tests/cases/wire");
    scripts
}

/// Positions, all of them or a seeded choice (a linear congruential step is enough).
fn positions(script: &Script) -> Vec<usize> {
    let total: usize = script.turns.iter().map(|turn| turn.bytes.len()).sum();
    if total <= MAX_CUTS || std::env::var_os("PGVEIL_ALL_CUTS").is_some() {
        return (1..total).collect();
    }
    let mut state =
        script.name.bytes().fold(7usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let mut chosen: Vec<usize> = (0..MAX_CUTS)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % (total - 1) + 1
        })
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

#[track_caller]
fn same(script: &Script, how: &str, expected: &[String], got: &[String]) {
    if expected != got {
        let at = expected.iter().zip(got).take_while(|(a, b)| a == b).count();
        let near =
            |lines: &[String]| lines.iter().skip(at).take(3).cloned().collect::<Vec<_>>().join("\n    ");
        panic!(
            "{} {how} differs at line {at}\n  direct:\n    {}\n  here:\n    {}",
            script.name,
            near(expected),
            near(got)
        );
    }
}

fn direct(script: &Script, database: &Database) -> Vec<String> {
    converse(script, database, &database.server.address(), Cut::Nowhere)
}

#[test]
fn conversations_are_repeatable_direct() {
    let _turn = one_at_a_time();
    let database = database("repeatable");
    for script in scripts() {
        let once = direct(&script, &database);
        same(&script, "again", &once, &direct(&script, &database));
    }
}

#[test]
fn conversations_read_the_same_through_the_proxy() {
    let _turn = one_at_a_time();
    let database = database("through");
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    for script in scripts() {
        let expected = direct(&script, &database);
        same(&script, "through", &expected, &converse(&script, &database, &proxy.address, Cut::Nowhere));
    }
}

#[test]
fn conversations_read_the_same_in_pieces_of_both_sides() {
    let _turn = one_at_a_time();
    let database = database("pieces");
    for piece in [1, 2, 3, 7] {
        let tap = Tap::start_in_pieces(&database.server.address(), piece);
        let proxy = Proxy::start(&ProxySetup::plain(&tap.address));
        // A hundred thousand bytes one by one prove nothing more.
        for script in scripts().iter().filter(|script| script.name != "wide_and_long" || piece > 2) {
            let expected = direct(script, &database);
            let got = converse(script, &database, &proxy.address, Cut::Pieces(piece));
            same(script, &format!("in pieces of {piece}"), &expected, &got);
        }
    }
}

#[test]
fn conversations_read_the_same_wherever_they_are_cut() {
    let _turn = one_at_a_time();
    let database = database("cut");
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    for script in scripts().iter() {
        let expected = direct(script, &database);
        for position in positions(script) {
            let got = converse(script, &database, &proxy.address, Cut::Before(position));
            same(script, &format!("cut before byte {position}"), &expected, &got);
        }
    }
}
