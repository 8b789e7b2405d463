//! Random conversations of one client, from a seed.

use super::messages::*;

/// A small generator of numbers (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        dice.below(2);
        dice
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// What ends every script: found in the answer.
pub const END: &str = "the end of it";

/// SQL executes only what SQL prepared: EXECUTE of a prepared ROLLBACK TO ends the server (15.3).
const SIMPLE: &[&str] = &[
    "",
    ";;",
    "select 1",
    "select \"MARK\"",
    "select \"MARK\"",
    "insert into t values (1)",
    "insert into t values (2); select \"MARK\"; insert into t values (3)",
    "begin; insert into t values (4); select \"MARK\"; commit",
    "insert into t values (5); commit; select \"MARK\"",
    "select n from t order by n",
    "select \"MARK\"; select 1/0",
    "select 1/0; select \"MARK\"",
    "select 1/0",
    "begin",
    "begin",
    "commit",
    "rollback",
    "savepoint a",
    "rollback to a",
    "release a",
    "insert into d values (7)",
    "copy t to stdout",
    "declare c cursor for select generate_series(1, 5)",
    "fetch 2 from c",
    "close c",
    "prepare e as select 10",
    "execute e",
    "deallocate a",
    "deallocate all",
    "set work_mem = '5MB'",
    "do $$ begin raise notice 'hello'; end $$",
];

const PREPARED: &[&str] = &[
    "select 1",
    "select generate_series(1, 5)",
    "select generate_series(1, 5)",
    "insert into t values (8) returning n",
    "insert into d values (9)",
    "insert into d values (9)",
    "select \"MARK\"",
    "select \"MARK\"",
    "insert into t select \"MARK\"",
    "select 1/0",
    "select 1/n from generate_series(-1, 1) n",
    "",
    "begin",
    "commit",
    "rollback",
    "copy t to stdout",
    "nonsense",
];

/// Without a mark: the server analyses a COPY when it is executed, not when it is parsed.
const COPIES: &[&str] = &["copy t from stdin", "copy none from stdin"];

const STATEMENTS: &[&str] = &["", "", "a", "b"];
const PORTALS: &[&str] = &["", "", "p", "q", "c"];

/// Messages that a client may send in any order, whatever is answered.
pub fn script(dice: &mut Dice) -> Vec<Vec<u8>> {
    let mut messages = vec![
        query("create temp table t (n int)"),
        query("create temp table d (n int unique deferrable initially deferred)"),
    ];
    for _ in 0..5 + dice.below(55) {
        step(dice, &mut messages);
    }
    messages.push(sync());
    messages.push(query("rollback"));
    messages.push(query(&format!("select '{END}'")));
    messages
}

fn step(dice: &mut Dice, messages: &mut Vec<Vec<u8>>) {
    match dice.below(24) {
        0..=3 => messages.push(query(dice.pick(SIMPLE))),
        4..=7 => messages.push(parse(dice.pick(STATEMENTS), dice.pick(PREPARED))),
        8..=10 => messages.push(bind(dice.pick(PORTALS), dice.pick(STATEMENTS), &[])),
        11 => messages.push(describe_statement(dice.pick(STATEMENTS))),
        12 => messages.push(describe_portal(dice.pick(PORTALS))),
        13..=15 => messages.push(execute_rows(dice.pick(PORTALS), [0, 0, 2][dice.below(3)])),
        16 => messages.push(close_statement(dice.pick(STATEMENTS))),
        17 => messages.push(close_portal(dice.pick(PORTALS))),
        18 => messages.push(flush()),
        19 | 20 => messages.push(sync()),
        21 => {
            messages.push(query(dice.pick(COPIES)));
            data(dice, messages);
        }
        22 => {
            // Under names of its own, so that a COPY never opens without its data.
            messages.push(close_statement("copy"));
            messages.push(close_portal("copy"));
            let text = dice.pick(COPIES);
            messages.extend([parse("copy", text), bind("copy", "copy", &[]), execute("copy")]);
            if dice.below(2) == 0 {
                messages.push(sync());
            }
            data(dice, messages);
            messages.push(sync());
        }
        _ => {
            let (name, text) = (dice.pick(STATEMENTS), dice.pick(PREPARED));
            messages.extend([parse(name, text), bind("", name, &[]), describe_portal(""), execute("")]);
            messages.push(sync());
        }
    }
}

fn data(dice: &mut Dice, messages: &mut Vec<Vec<u8>>) {
    for _ in 0..dice.below(4) {
        messages.push(copy_data(dice.pick(&["1\n", "2\n3\n", "bad\n"])));
    }
    messages.push(if dice.below(4) == 0 { copy_fail("no") } else { copy_done() });
}
