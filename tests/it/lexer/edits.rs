//! An edit of another text does not fit.

use pgveil::names::ColumnId;
use pgveil::sql::edits::fits;
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::verdict::{Edit, Extent, Literal, Purpose, Replacement, Seal};

fn seal() -> Seal {
    Seal {
        column: ColumnId(0),
        extent: Extent::Value,
        given: None,
        casts: Vec::new(),
        computed: Vec::new(),
        purpose: Purpose::Store,
        side: Default::default(),
    }
}

fn sealing(literal: u32, negated: bool) -> Replacement {
    Replacement::Seal { literal: Literal::at(literal, negated), seal: seal() }
}

/// Of several tokens.
fn joining(tokens: std::ops::Range<u32>) -> Replacement {
    let literal = Literal { first: tokens.start, end: tokens.end, negated: false };
    Replacement::Seal { literal, seal: seal() }
}

fn pair(literal: u32) -> Replacement {
    let literal = Literal::at(literal, false);
    Replacement::Pair { before: "".into(), literal, seals: Box::new([seal(), seal()]), after: "".into() }
}

fn fitting_in(text: &str, tokens: std::ops::Range<u32>, with: Replacement) -> bool {
    let mut read = Tokens::default();
    lex(text.as_bytes(), true, &mut read).expect("lexes");
    fits(&read, &Edit { tokens, with })
}

fn fitting(tokens: std::ops::Range<u32>, with: Replacement) -> bool {
    fitting_in("select 'x', a, -5 /* c */", tokens, with)
}

#[test]
fn an_edit_fits_only_what_it_is_for() {
    assert!(fitting(1..2, sealing(1, false)));
    assert!(fitting(5..7, sealing(6, true)));
    assert!(fitting(7..8, Replacement::Blank));
    assert!(fitting(3..3, Replacement::Text("s.".into())));
    assert!(fitting(1..2, pair(1)));
    for (tokens, with) in [
        (3..4, sealing(3, false)),
        (1..2, sealing(6, false)),
        (1..2, sealing(1, true)),
        (5..7, sealing(6, false)),
        (3..4, Replacement::Blank),
        (6..8, Replacement::Blank),
        (7..7, Replacement::Blank),
        (1..99, sealing(1, false)),
        (99..99, Replacement::Text("x".into())),
        (3..4, pair(3)),
    ] {
        assert!(!fitting(tokens.clone(), with.clone()), "{tokens:?} {with:?}");
    }
}

#[test]
fn what_is_repeated_is_there_and_comes_where_nothing_is_replaced() {
    for range in [1..2, 1..8, 7..8] {
        assert!(fitting(3..3, Replacement::Repeat(range)));
    }
    for (tokens, range) in [(3..3, 2..2), (3..3, 7..9), (3..3, 1..99), (3..4, 1..2)] {
        assert!(!fitting(tokens.clone(), Replacement::Repeat(range.clone())), "{tokens:?} {range:?}");
    }
}

#[test]
fn a_constant_that_is_sealed_once_more_elsewhere_keeps_its_sign() {
    let text = "select - ( /* c */ + 5 ), 7, - - 3";
    for (literal, negated) in [(5, true), (8, false), (12, false)] {
        assert!(fitting_in(text, 0..0, sealing(literal, negated)), "{literal}");
        assert!(!fitting_in(text, 0..0, sealing(literal, !negated)), "{literal}");
    }
}

#[test]
fn strings_are_joined_where_nothing_else_stands_among_them() {
    let text = "select 'a' || ('b'), 'c' || 5, true, d";
    assert!(fitting_in(text, 1..6, joining(1..6)));
    assert!(fitting_in(text, 11..12, sealing(11, false)), "a keyword is a constant");
    for range in [2..3, 7..10, 9..12, 12..14] {
        assert!(!fitting_in(text, range.clone(), joining(range.clone())), "{range:?}");
    }
    assert!(!fitting_in(text, 1..2, joining(1..6)), "more than the edit replaces");
    assert!(!fitting_in(text, 2..6, joining(1..6)), "more than the edit replaces");
}
