//! A case sent to both twins in one form, inside a transaction that is rolled back.

use super::answer::{Outcome, compare};
use super::form::Form;
use super::place::Twins;
use super::statement::Statement;

/// Statements that belong together: what the later ones read, the earlier ones wrote.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub statements: Vec<Statement>,
    /// Data for a COPY FROM STDIN, in this order.
    pub data: Vec<String>,
}

impl Case {
    pub fn of(statement: Statement) -> Case {
        Case { statements: vec![statement], data: Vec::new() }
    }
}

/// Runs the case in this form; what became of it, and the statement that decided it. `looks` are
/// queries that show what was written.
pub fn run(twins: &mut Twins, case: &Case, form: Form, looks: &[String]) -> (Outcome, String) {
    both(twins, "BEGIN");
    let mut end = (Outcome::Same, String::new());
    for statement in &case.statements {
        // What is done in steps does not fit each statement of a case.
        let form = if form.fits(statement) { form } else { Form::Simple };
        let outcome = one(twins, statement, form, &case.data);
        if outcome != Outcome::Same {
            end = (outcome, statement.written());
            break;
        }
        let changes = !statement.is_query();
        let looked = looks.iter().filter(|_| changes).find_map(|look| {
            let outcome = one(twins, &Statement::read(look), Form::Simple, &[]);
            (outcome != Outcome::Same).then(|| (outcome, format!("{look} after {}", statement.written())))
        });
        if let Some(differs) = looked {
            end = differs;
            break;
        }
    }
    both(twins, "ROLLBACK");
    both(twins, "DEALLOCATE ALL");
    end
}

fn both(twins: &mut Twins, text: &str) {
    for client in [&mut twins.direct, &mut twins.through] {
        client.query(text);
        client.until_ready();
    }
}

fn one(twins: &mut Twins, statement: &Statement, form: Form, data: &[String]) -> Outcome {
    let ordered = statement.is_ordered();
    let direct = form.send(&mut twins.direct, statement, &twins.kinds, data);
    // A client that finds its connection closed panics.
    let through = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        form.send(&mut twins.through, statement, &twins.kinds, data)
    }));
    match through {
        Ok(through) => compare(&direct, &through, ordered),
        Err(_) => {
            let log = twins.log();
            twins.reconnect();
            let last = log.lines().last().unwrap_or_default().to_owned();
            Outcome::Differs { direct: "an answer".into(), through: format!("the connection ended; {last}") }
        }
    }
}
