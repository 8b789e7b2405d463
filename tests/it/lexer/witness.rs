//! The second reader agrees on what is plain, abstains on what it cannot read, and speaks up.

use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::witness::{Witness, witness};

fn asked(sql: &str, standard_conforming_strings: bool) -> Witness {
    let mut tokens = Tokens::default();
    lex(sql.as_bytes(), standard_conforming_strings, &mut tokens).expect(sql);
    witness(sql.as_bytes(), &tokens)
}

#[test]
fn it_agrees_on_ordinary_statements() {
    for sql in [
        "select a, 'it''s', E'a\\'b', $$x'y$$, $t$ $$ $t$ from \"T\" where b = 'é' -- c'\n and d = N'x' /* a /* ' */ */",
        "insert into t (a, b) values ('x', b'01'), (0x1F, x'ff')",
        "select a->>'b', c @> 'd', e::text from t where f = $1 and g ~ '^\\d'",
    ] {
        assert_eq!(asked(sql, true), Witness::Agrees, "{sql}");
    }
}

#[test]
fn it_abstains_on_what_it_misreads() {
    for sql in [r#"select U&"em\0061il""#, r"select U&'a\0061'", "select 'a'\n'b'"] {
        assert_eq!(asked(sql, true), Witness::Abstains, "{sql}");
    }
}

#[test]
fn it_speaks_up_where_a_string_ends_elsewhere() {
    assert_eq!(asked(r"select 'a\' or b = 'c' or d = 'e'", true), Witness::Agrees);
    assert_ne!(asked(r"select 'a\' or b', 'e'", false), Witness::Agrees);
}
