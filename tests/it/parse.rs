//! The parser: what is read, how it is split, and what is refused.

use pgveil::sql::ast::Statement;
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::parse::{ParseError, parse};

fn read(sql: &str) -> Result<Vec<Statement>, ParseError> {
    let mut tokens = Tokens::default();
    lex(sql.as_bytes(), true, &mut tokens).expect("lexes");
    parse(sql.as_bytes(), &tokens)
}

#[test]
fn a_text_is_split_at_its_own_semicolons_only() {
    let sql = "select ';'; ; insert into t values ($$;$$) /* ; */;create rule r as on insert to t do (select 1; select 2);;";
    let spans: Vec<_> = read(sql).unwrap().iter().map(|s| s.span.range()).collect();
    assert_eq!(spans.len(), 3, "{spans:?}");
}

#[test]
fn nesting_ends_in_an_error_not_in_the_stack() {
    for (open, middle, close) in
        [("(", "1", ")"), ("not ", "true", ""), ("- ", "1", ""), ("array[", "1", "]"), ("(select ", "1", ")")]
    {
        let deep = |n: usize| format!("select {}{middle}{}", open.repeat(n), close.repeat(n));
        assert!(read(&deep(20)).is_ok(), "{open}");
        assert!(read(&deep(100_000)).is_err(), "{open}");
    }
    assert!(read(&format!("select {}", vec!["1"; 100_000].join("+"))).is_err());
    assert!(read(&format!("select {}", vec!["a"; 50_000].join(" or "))).is_ok());
    assert!(
        read(&format!("select * from {}a{}", "(".repeat(50_000), " join b on true)".repeat(50_000))).is_err()
    );
}
