//! Shapes: what is one statement, and what is two.

use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::shape;

fn read(sql: &str) -> (u32, Vec<u8>) {
    let (mut tokens, mut written) = (Tokens::default(), Vec::new());
    lex(sql.as_bytes(), true, &mut tokens).expect(sql);
    shape::write(sql.as_bytes(), &tokens, &mut written);
    (tokens.len(), written)
}

fn same(a: &str, b: &str) -> bool {
    let ((tokens_a, a), (tokens_b, b)) = (read(a), read(b));
    assert!(a != b || tokens_a == tokens_b, "one shape, two numberings");
    a == b
}

#[test]
fn values_spaces_and_case_do_not_matter() {
    assert!(same("select a from t where b = 'x'", "SELECT A\n FROM \"t\" WHERE b='it''s'"));
    assert!(same("select 1, 2.5 /* x */", "select 7,9.5/* y */"));
    assert!(same("select 'a' -- x\n", "select $$b$$ --y"));
    assert!(same("select E'a'", "select 'a'\n'b'"));
    assert!(same("select a <> b", "select a != b"));
    assert!(same("select 1", "select 2147483647"));
    assert!(same("select 1", "select 0x7FFFFFFF"));
    assert!(same("select 3000000000", "select 999999999999999999"));
    assert!(same("select U&\"a!0062\" uescape '!' x", "select U&\"a!0062\" uescape '!' X"));
}

#[test]
fn what_changes_the_tree_or_the_token_numbers_matters() {
    for (a, b) in [
        ("select a", "select b"),
        ("select a", "select \"A\""),
        ("select \"select\"", "select select"),
        ("select 'a'", "select 1"),
        ("select 1", "select 1.5"),
        ("select 1", "select 3000000000"),
        ("select 3000000000", "select 30000000000000000000"),
        ("select 1 /* x */", "select 1 /*+ x */"),
        ("select null", "select true"),
        ("select 'a'", "select b'1'"),
        ("select x'1'", "select b'1'"),
        ("select $1", "select $2"),
        ("select 1", "select /* c */ 1"),
        ("select a || b", "select a ## b"),
        ("select ab", "select a b"),
        ("select U&\"a!0062\" uescape '!'", "select U&\"a!0062\" uescape '#'"),
        ("select U&\"\\0061\"", "select a"),
        ("values (1),(2)", "values (1),(2),(3)"),
        ("select -1", "select 1"),
        ("select 1", "select 2147483648"),
        ("select 1", "select 0x80000000"),
        ("select U&\"a!0062\" uescape '!', 'a'", "select U&\"a!0062\" uescape '!', 1"),
    ] {
        assert!(!same(a, b), "{a} | {b}");
    }
}

/// A text of one token is not the beginning of another's shape.
#[test]
fn where_a_token_ends_is_said_by_the_shape() {
    let texts = [
        ",",
        "(",
        ")",
        "[",
        "]",
        ".",
        ";",
        ":",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "<",
        ">",
        "=",
        "<=",
        ">=",
        "<>",
        "=>",
        "::",
        ":=",
        "..",
        "~",
        "/*c*/",
        "/*+h*/",
        "a",
        "select",
        "$1",
        "1",
        "'s'",
        "U&'s'",
        "b'1'",
        "x'1'",
        "1.5",
        "3000000000",
    ];
    for a in texts {
        for b in texts.into_iter().filter(|b| *b != a) {
            assert!(!read(b).1.starts_with(&read(a).1), "{a} {b}");
        }
    }
}
