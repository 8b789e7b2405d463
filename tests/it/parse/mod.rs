//! The parser: what is read, how it is split, and what is refused.

use pgveil::sql::ast::{Body, ExprKind, Statement, StatementKind};
mod dump;

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

/// Texts end with a semicolon at the end of a line; their trees stand one a line in `trees.txt`, in the
/// form that `scripts/oracle` has compared with PostgreSQL's own parser.
#[test]
fn every_form_of_the_grammar_reads_as_the_server_reads_it() {
    let texts = include_str!("../../cases/parse/statements.sql");
    let expected = include_str!("../../cases/parse/trees.txt");
    let texts: Vec<String> =
        texts.split(";\n").filter(|t| !t.trim().is_empty()).map(|t| format!("{t};")).collect();
    assert_eq!(texts.len(), expected.lines().count(), "a text without a tree");
    let mut statements = 0;
    for (text, expected) in texts.iter().zip(expected.lines()) {
        let mut tokens = Tokens::default();
        lex(text.as_bytes(), true, &mut tokens).expect(text);
        let read = parse(text.as_bytes(), &tokens).expect(text);
        statements += read.len();
        let tree = dump::statements(text.as_bytes(), &tokens, &read);
        assert_eq!(tree.replace('\n', "\\n"), expected, "{text}");
    }
    assert!(statements > 280, "{statements}");
}

/// FNV-1a.
fn check_sum(text: &str) -> String {
    let mix = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    format!("{:08x}", text.bytes().fold(0x811c_9dc5, mix))
}

/// The text with each token dropped, doubled, and exchanged with the next.
fn edits(text: &str) -> [Vec<String>; 3] {
    let mut tokens = Tokens::default();
    lex(text.as_bytes(), true, &mut tokens).expect(text);
    let places: Vec<_> = tokens.as_slice().iter().map(|t| (t.start as usize, t.end as usize)).collect();
    let mut made = [Vec::new(), Vec::new(), Vec::new()];
    for (at, (start, end)) in places.iter().copied().enumerate() {
        let behind = places.get(at + 1).map_or(text.len(), |next| next.1);
        let (before, token, next, after) =
            (&text[..start], &text[start..end], &text[end..behind], &text[behind..]);
        made[0].push(format!("{before} {next}{after}"));
        made[1].push(format!("{before}{token} {token}{next}{after}"));
        made[2].push(format!("{before}{next} {token}{after}"));
    }
    made
}

/// As `edited.txt` has it, which `scripts/oracle` writes: what is read of texts with a token too few, too many or in
/// the wrong place. The trees are the server's own; `-` is refused, `+` the server alone refuses.
#[test]
fn a_text_with_a_wrong_token_reads_as_the_server_reads_it_or_not_at_all() {
    let texts = include_str!("../../cases/parse/statements.sql");
    let mut expected = include_str!("../../cases/parse/edited.txt").lines();
    let mut tokens = Tokens::default();
    let mut read = 0;
    for text in texts.split(";\n").filter(|t| !t.trim().is_empty()) {
        for edited in edits(&format!("{text};")) {
            let words: Vec<&str> = expected.next().expect("a line for each text").split(' ').collect();
            assert_eq!(words.len(), edited.len(), "{text}");
            for (text, word) in edited.iter().zip(words) {
                let lexed = lex(text.as_bytes(), true, &mut tokens);
                let tree = lexed.ok().and_then(|()| parse(text.as_bytes(), &tokens).ok());
                let is = tree.map(|tree| check_sum(&dump::statements(text.as_bytes(), &tokens, &tree)));
                read += usize::from(is.is_some());
                match is {
                    Some(sum) => assert!(word == "+" || word == sum, "{text}"),
                    None => assert_eq!(word, "-", "{text}"),
                }
            }
        }
    }
    assert!(expected.next().is_none() && read > 3_000, "{read}");
}

/// Two readings of one text would be worse than none: what PostgreSQL has no place for is an error.
#[test]
fn what_the_grammar_has_no_place_for_is_refused() {
    for sql in [
        "select a = b = c",
        "select a < b < c",
        "select a like b like c",
        "select a between 1 and 2 between 3 and 4",
        "select f(x)[1]",
        "select array[1][1]",
        "select a from",
        "select a,",
        "select (1, 2",
        "select (1,)",
        "select 1 2",
        "select case end",
        "insert into t",
        "insert into t (a) ",
        "insert into t values",
        "update t",
        "update t set a",
        "delete t",
        "merge into t using s on true",
        "with a as select 1 select 2",
        "select 1 union",
        "select * from a join b",
        "select * from (select 1",
        "select $",
        "create function f() returns int language sql begin atomic select 1; en",
        "foo",
        "select 1; foo",
        "copy t from",
        "prepare p as create table t ()",
        "select a is distinct from b is null",
        "select a is distinct from b is distinct from c",
        "select a like b escape c like d",
        "select a like b escape c in (d)",
        "select date '2020-01-01' day",
        "select interval(3) '1' hour",
        "select interval '1' day (3)",
        "select f(1) over () 'x'",
        "select f(1) filter (where a) 'x'",
        "select f(1) within group (order by a) 'x'",
        "select f(*) 'x'",
        "select merge_action(a)",
        "drop table select",
        "alter table t::varchar alter a set default 'x'",
        "alter table t || 'b' alter a set default 'x'",
        "alter table t foo 'x'",
        "alter table t alter a::varchar set default 'x'",
        "alter table t alter lower(a) set default 'x'",
        "alter table t alter a 'x'",
        "alter table t alter a || 'x'",
    ] {
        assert!(read(sql).is_err(), "{sql}");
    }
}

#[test]
fn a_span_covers_what_was_read() {
    let sql = "select /* c */ (a + 'x')::text as b, f(1) from t where (c) = any($1) -- end";
    let mut tokens = Tokens::default();
    lex(sql.as_bytes(), true, &mut tokens).expect("lexes");
    let read = parse(sql.as_bytes(), &tokens).expect("parses");
    let StatementKind::Query(query) = &read[0].kind else { panic!("a query") };
    let Body::Select(select) = &query.body else { panic!("a select") };
    let text = |span| &sql[tokens.bytes_of(span).expect("inside")];
    assert_eq!(text(query.span), "select /* c */ (a + 'x')::text as b, f(1) from t where (c) = any($1)");
    assert_eq!(text(select.targets[0].expr.span), "(a + 'x')::text");
    let ExprKind::Cast(cast) = &select.targets[0].expr.kind else { panic!("a cast") };
    assert_eq!(text(cast.expr.span), "a + 'x'");
    assert_eq!(text(cast.to.span), "text");
    let filter = select.filter.as_ref().expect("a filter");
    assert_eq!(text(filter.span), "(c) = any($1)");
    let ExprKind::Quantified(any) = &filter.kind else { panic!("= ANY") };
    assert_eq!((text(any.left.span), text(any.operator.span)), ("c", "="));
}
