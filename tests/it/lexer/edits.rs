//! An edit of another text does not fit.

use pgveil::names::ColumnId;
use pgveil::sql::edits::fits;
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::verdict::{Edit, Extent, Literal, Purpose, Replacement, Seal};

fn sealing(literal: u32, negated: bool) -> Replacement {
    let seal = Seal {
        column: ColumnId(0),
        extent: Extent::Value,
        given: None,
        casts: Vec::new(),
        computed: Vec::new(),
        purpose: Purpose::Store,
        side: Default::default(),
    };
    Replacement::Seal { literal: Literal::at(literal, negated), seal }
}

fn fitting(tokens: std::ops::Range<u32>, with: Replacement) -> bool {
    let mut read = Tokens::default();
    lex(b"select 'x', a, -5 /* c */", true, &mut read).expect("lexes");
    fits(&read, &Edit { tokens, with })
}

#[test]
fn an_edit_fits_only_what_it_is_for() {
    assert!(fitting(1..2, sealing(1, false)));
    assert!(fitting(5..7, sealing(6, true)));
    assert!(fitting(7..8, Replacement::Blank));
    assert!(fitting(3..3, Replacement::Text("s.".into())));
    for (tokens, with) in [
        (3..4, sealing(3, false)),
        (1..2, sealing(6, false)),
        (1..2, sealing(1, true)),
        (5..7, sealing(6, false)),
        (3..4, Replacement::Blank),
        (7..7, Replacement::Blank),
        (1..99, sealing(1, false)),
        (99..99, Replacement::Text("x".into())),
    ] {
        assert!(!fitting(tokens.clone(), with.clone()), "{tokens:?} {with:?}");
    }
}
