//! A fixed number of rounds of the protocol, to be run under callgrind by `scripts/instructions`,
//! which counts only what happens inside [`measured`].
//!
//! `counted NAME TIMES`; without a name it lists the rounds.

mod rig;

use rig::{ROUNDS, Round};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [name, times] = words.as_slice() else {
        ROUNDS.iter().for_each(|name| println!("{name}"));
        return;
    };
    let mut round = Round::named(name);
    // What happens once, such as the analysis of the text, is no part of the count.
    (0..3).for_each(|_| round.run());
    measured(&mut round, times.parse().expect("a number"));
}

#[inline(never)]
fn measured(round: &mut Round, times: u32) {
    (0..times).for_each(|_| round.run());
}
