//! What it costs to read a statement: tokens, shape, tree.
//!
//! The limit for a point SELECT is 300 ns for its tokens; a cached plan costs the tokens and the shape.
//! `cargo bench --bench analyse`

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use pgveil::sql::lexer::{Strings, Tokens, lex, names_in};
use pgveil::sql::parse::parse;
use pgveil::sql::shape;
use pgveil::sql::witness::witness;

fn main() {
    divan::main();
}

const POINT: &str =
    "SELECT id, email, name FROM customers WHERE email = 'someone@example.com' AND active = true";
const JOIN: &str = "SELECT c.id, c.email, o.total, count(*) OVER (PARTITION BY c.id ORDER BY o.at DESC) AS n \
     FROM customers AS c JOIN orders AS o ON o.customer_id = c.id LEFT JOIN notes USING (order_id) \
     WHERE c.email IN ('a@example.com', 'b@example.com') AND o.at >= $1 GROUP BY 1, 2, 3 LIMIT 50";

/// An INSERT of this many rows with literals.
const ROWS: usize = 1000;

fn text(which: &str) -> String {
    match which {
        "point" => POINT.into(),
        "join" => JOIN.into(),
        _ => {
            let rows: Vec<String> =
                (0..ROWS).map(|i| format!("({i}, 'someone{i}@example.com', 'Someone', NULL)")).collect();
            format!("INSERT INTO customers (id, email, name, note) VALUES {}", rows.join(", "))
        }
    }
}

const TEXTS: &[&str] = &["point", "join", "insert 1000 rows"];

fn read(which: &str) -> (String, Tokens) {
    let (text, mut tokens) = (text(which), Tokens::default());
    let _ = lex(text.as_bytes(), true, &mut tokens);
    (text, tokens)
}

#[divan::bench(args = TEXTS)]
fn tokens(bencher: Bencher, which: &str) {
    let (text, mut tokens) = read(which);
    let bencher = bencher.counter(BytesCount::of_str(&text)).counter(ItemsCount::new(tokens.len()));
    bencher.bench_local(|| lex(black_box(text.as_bytes()), true, black_box(&mut tokens)));
}

#[divan::bench(args = TEXTS)]
fn tokens_and_shape(bencher: Bencher, which: &str) {
    let (text, mut tokens) = read(which);
    let mut key = Vec::new();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let _ = lex(black_box(text.as_bytes()), true, &mut tokens);
        key.clear();
        shape::write(text.as_bytes(), &tokens, black_box(&mut key));
    });
}

#[divan::bench(args = TEXTS)]
fn names_named(bencher: Bencher, which: &str) {
    let (text, tokens) = read(which);
    bencher.bench_local(|| {
        let mut count = 0;
        let _ = names_in(black_box(text.as_bytes()), &tokens, Strings::Skip, &mut |name| {
            count += name.len();
            std::ops::ControlFlow::<()>::Continue(())
        });
        count
    });
}

#[divan::bench(args = TEXTS)]
fn tree(bencher: Bencher, which: &str) {
    let (text, tokens) = read(which);
    bencher.bench_local(|| parse(black_box(text.as_bytes()), &tokens));
}

#[divan::bench(args = TEXTS)]
fn second_reader(bencher: Bencher, which: &str) {
    let (text, tokens) = read(which);
    bencher.bench_local(|| witness(black_box(text.as_bytes()), &tokens));
}
