//! Large results opened by several threads come out as those that one thread opens: same bytes, same
//! order, same error at the same place.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pgveil::session::crew::{Crew, Work};
use pgveil::sql::verdict::{CopyField, CopyHeader, CopyPlan, OutColumn, Plan, Rows};
use proptest::prelude::*;

use super::conversation::Machine;
use super::copy_cells::{csv, open, text};
use super::messages::*;
use super::planner::{Planner, opened};

/// Threads for one call each.
#[derive(Debug)]
struct Threads {
    idle: usize,
    /// Parts that were not the caller's own.
    lent: AtomicUsize,
}

impl Crew for Threads {
    fn idle(&self) -> usize {
        self.idle
    }

    fn run(&self, own: &mut dyn FnMut(), others: Vec<Work<'_>>) {
        self.lent.fetch_add(others.len(), Ordering::Relaxed);
        std::thread::scope(|scope| {
            others.into_iter().for_each(|work| drop(scope.spawn(work)));
            own();
        });
    }
}

const SELECT: &str = "select id, birth from t";
const COPY: &str = "copy t to stdout";

fn copy_plan(is_csv: bool) -> Plan {
    let format = if is_csv { csv(CopyHeader::Absent) } else { text(CopyHeader::Absent) };
    let fields = vec![CopyField::Keep, open(1)];
    Plan { copy: Some(CopyPlan { from_client: false, fields, format }), ..Plan::default() }
}

/// How the server sends a result.
#[derive(Clone, Copy, Debug)]
enum Form {
    Rows,
    Text,
    Csv,
}

/// What the server says to the whole result, and the question.
fn answer(form: Form, cells: &[Option<String>], messages: &[usize]) -> (&'static str, Vec<u8>) {
    let two = frame(b'H', &[0, 0, 2, 0, 0, 0, 0]);
    match form {
        Form::Rows => {
            let columns = [("id", 500, 1, 23), ("birth", 500, 2, 25)];
            let each =
                cells.iter().enumerate().flat_map(|(n, cell)| row(&[Some(&n.to_string()), cell.as_deref()]));
            (SELECT, [rows(&columns), each.collect(), complete("SELECT"), ready('I')].concat())
        }
        Form::Text | Form::Csv => {
            let line = |(n, cell): (usize, &Option<String>)| match (form, cell) {
                (Form::Csv, Some(cell)) => format!("\"{n}\n\",{cell}\n"),
                (_, Some(cell)) => format!("{n}\t{cell}\n"),
                (Form::Csv, None) => format!("{n},\n"),
                (_, None) => format!("{n}\t\\N\n"),
            };
            let lines: String = cells.iter().enumerate().map(line).collect();
            // Most rows come in messages of their own; some messages end elsewhere.
            let mut data = Vec::new();
            let (mut rest, mut odd) = (lines.as_str(), messages.iter());
            while !rest.is_empty() {
                let end = match (form, rest.find('\n').map_or(rest.len(), |at| at + 1)) {
                    (Form::Csv, end) if rest.starts_with('"') => {
                        end + rest[end..].find('\n').map_or(0, |at| at + 1)
                    }
                    (_, end) => end,
                };
                let end = match odd.next() {
                    Some(more) if more % 40 == 0 => (end + more).min(rest.len()),
                    _ => end,
                };
                data.extend(copy_data(&rest[..end]));
                rest = &rest[end..];
            }
            (COPY, [two, data, frame(b'c', b""), complete("COPY"), ready('I')].concat())
        }
    }
}

/// What the client hears, how it ended, and how many parts others did.
fn told(
    form: Form,
    cells: &[Option<String>],
    messages: &[usize],
    chunk: usize,
    idle: usize,
) -> (Vec<u8>, String, usize) {
    let columns = vec![OutColumn::Keep, opened(1, Some((500, 2)))];
    let select = Plan { rows: Rows::Columns(columns), ..Plan::default() };
    let copy = copy_plan(matches!(form, Form::Csv));
    let planner = Planner::default().plan(SELECT, None, select).plan(COPY, None, copy);
    let mut machine = Machine::started(Box::new(planner));
    let threads = Arc::new(Threads { idle, lent: AtomicUsize::new(0) });
    machine.session.borrow_crew(threads.clone());
    let (text, bytes) = answer(form, cells, messages);
    machine.client(&query(text));
    bytes.chunks(chunk).for_each(|chunk| machine.server(chunk));
    (machine.out.to_client, format!("{:?}", machine.fault), threads.lent.load(Ordering::Relaxed))
}

fn cell() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        9 => ("[a-z]{0,80}").prop_map(|value| Some(format!("<1:{value}>"))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn several_threads_tell_what_one_tells(
        form in prop_oneof![Just(Form::Rows), Just(Form::Text), Just(Form::Csv)],
        mut cells in prop::collection::vec(cell(), 600..1800),
        damaged in prop::option::weighted(0.3, any::<prop::sample::Index>()),
        // One message that is not one row ends the sharing of a COPY.
        messages in prop_oneof![Just(Vec::new()), prop::collection::vec(0..4000usize, 0..1800)],
        chunk in 20_000..90_000usize,
        idle in 1..5usize,
    ) {
        if let Some(at) = damaged {
            *at.get_mut(&mut cells) = Some("<2:of another column>".into());
        }
        let alone = told(form, &cells, &messages, chunk, 0);
        prop_assert_eq!(alone.2, 0);
        let shared = told(form, &cells, &messages, chunk, idle);
        prop_assert_eq!(alone.1, shared.1);
        prop_assert!(alone.0 == shared.0, "other bytes");
    }
}

#[test]
fn long_results_are_shared_and_short_ones_are_not() {
    let cells = |count| vec![Some("<1:somebody>".to_owned()); count];
    for form in [Form::Rows, Form::Text, Form::Csv] {
        assert!(told(form, &cells(4000), &[], 64 << 10, 3).2 >= 3, "{form:?}");
        assert_eq!(told(form, &cells(100), &[], 64 << 10, 3).2, 0, "{form:?}");
    }
}
