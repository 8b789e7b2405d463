//! What a proxy costs, beside none at all and beside pgbouncer: transactions per second, COPY, CPU
//! time and memory, over a private PostgreSQL on this machine.
//!
//! ```text
//! cargo bench --bench end_to_end                   every cell, 5 rounds of 4 s each
//! cargo bench --bench end_to_end -- --fast         2 rounds of 2 s
//! cargo bench --bench end_to_end -- --clients 8 --mode prepared --rounds 9
//! PGVEIL_BIN=target/release/pgveil cargo bench --profile dev --bench end_to_end     a binary at hand
//! ```
//!
//! The targets take turns within each round, so that a disturbance of the machine hits all of them;
//! the figure of a cell is the median of its rounds. pgbouncer runs in session mode: like pgveil, one
//! server connection per client connection.

mod measure;
mod report;
mod targets;

use std::process::ExitCode;

use measure::{Cell, Mode};
use report::Table;
use targets::Targets;

/// What to run.
struct Plan {
    rounds: usize,
    seconds: u32,
    clients: Vec<u32>,
    modes: Vec<Mode>,
    copies: usize,
    idle: usize,
}

impl Plan {
    fn from_arguments() -> Result<Plan, String> {
        let mut plan = Plan {
            rounds: 5,
            seconds: 4,
            clients: vec![1, 8, 32],
            modes: vec![Mode::Prepared, Mode::Extended, Mode::Simple],
            copies: 5,
            idle: 100,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number =
                || arguments.next().and_then(|word| word.parse().ok()).ok_or("a number is missing");
            match argument.as_str() {
                // Cargo itself adds this to the arguments of a bench.
                "--bench" => {}
                "--fast" => (plan.rounds, plan.seconds, plan.copies) = (2, 2, 2),
                "--rounds" => plan.rounds = number()? as usize,
                "--seconds" => plan.seconds = number()?,
                "--clients" => plan.clients = vec![number()?],
                "--no-copy" => plan.copies = 0,
                "--mode" => {
                    let word = arguments.next().unwrap_or_default();
                    plan.modes = vec![Mode::parse(&word).ok_or(format!("no mode `{word}`"))?];
                }
                other => return Err(format!("what is `{other}`?")),
            }
        }
        Ok(plan)
    }
}

fn main() -> ExitCode {
    let plan = match Plan::from_arguments() {
        Ok(plan) => plan,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    let targets = Targets::start();
    let table = Table::new(targets.names());
    for mode in &plan.modes {
        for clients in &plan.clients {
            let cell = Cell { mode: *mode, clients: *clients, seconds: plan.seconds };
            let rounds: Vec<_> = (0..plan.rounds).map(|round| targets.round(&cell, round)).collect();
            table.transactions(&cell, &rounds);
        }
    }
    if plan.copies > 0 {
        let rounds: Vec<_> = (0..plan.copies).map(|round| targets.copy_round(round)).collect();
        table.copies(&rounds);
    }
    table.idle(&targets.idle_memory(plan.idle), plan.idle);
    ExitCode::SUCCESS
}
