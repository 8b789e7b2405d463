//! The lexer: where tokens end, what they say, and what a text names; shapes and edits, which stand on
//! it.

mod edits;
mod shape;
mod witness;

use std::ops::ControlFlow;

use pgveil::sql::lexer::{
    Keyword, LexErrorKind, Strings, TokenKind, Tokens, identifier, lex, names_in, number_text, string_value,
    words_in,
};
use proptest::prelude::*;

fn tokens(sql: &str) -> Tokens {
    let mut tokens = Tokens::default();
    lex(sql.as_bytes(), true, &mut tokens).unwrap_or_else(|e| panic!("{sql}: {e}"));
    tokens
}

fn kinds(sql: &str) -> Vec<(TokenKind, &str)> {
    let cut = |t: &pgveil::sql::lexer::Token| (t.kind, &sql[t.start as usize..t.end as usize]);
    tokens(sql).as_slice().iter().map(cut).collect()
}

fn pieces(sql: &str) -> Vec<&str> {
    kinds(sql).into_iter().map(|(_, text)| text).collect()
}

fn value(sql: &str) -> Option<String> {
    let mut scratch = Vec::new();
    let tokens = tokens(sql);
    let value = string_value(sql.as_bytes(), &tokens, 0, &mut scratch).ok()?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn error(sql: &str) -> LexErrorKind {
    lex(sql.as_bytes(), true, &mut Tokens::default()).expect_err(sql).kind
}

#[test]
fn strings_end_where_the_server_ends_them() {
    use TokenKind::{BitString, DollarString, EscapeString, HexString, String, UnicodeString};
    for (sql, kind, expected) in [
        ("'a''b'", String, "a'b"),
        (r"'a\'", String, r"a\"),
        (r"E'a\'b'", EscapeString, "a'b"),
        (r"e'\\'", EscapeString, r"\"),
        (r"E'\x41\102\u0043\U00000044\n\q'", EscapeString, "ABCD\nq"),
        (r"E'\ud83d\ude00'", EscapeString, "\u{1f600}"),
        ("'a'\n'b'", String, "ab"),
        ("'a' -- it's\n \t'b'", String, "ab"),
        ("E'a\\n'\n'\\n'", EscapeString, "a\n\n"),
        ("$$a'b$$", DollarString, "a'b"),
        ("$t$ $$ $T$ $t$", DollarString, " $$ $T$ "),
        ("$a$ $b$a$", DollarString, " $b"),
        (r"U&'d\0061t\+000061'", UnicodeString, "data"),
        (r"U&'a\\b'", UnicodeString, r"a\b"),
        (r"U&'d!0061' UESCAPE '!'", UnicodeString, "da"),
        (r"u&'\d83d\de00'", UnicodeString, "\u{1f600}"),
    ] {
        assert_eq!(tokens(sql).as_slice()[0].kind, kind, "{sql}");
        assert_eq!(value(sql).as_deref(), Some(expected), "{sql}");
    }
    assert_eq!(kinds("B'01' x'1F'"), [(BitString, "B'01'"), (HexString, "x'1F'")]);
    assert_eq!(pieces("'a' 'b'"), ["'a'", "'b'"], "no newline: two constants");
    assert_eq!(pieces("'a' /* \n */ 'b'").len(), 3, "a block comment does not continue a constant");
    assert_eq!(pieces("a$$b$$c"), ["a$$b$$c"], "dollars belong to an identifier");
    assert_eq!(kinds("N'x'")[0], (TokenKind::Keyword(Keyword::Nchar), "N"));
}

#[test]
fn a_backslash_escapes_in_plain_strings_if_the_session_says_so() {
    let sql = br"'\' or 1=1 --'";
    let mut tokens = Tokens::default();
    lex(sql, true, &mut tokens).expect("conforming");
    assert_eq!(tokens.as_slice()[0].end, 3);
    lex(sql, false, &mut tokens).expect("legacy");
    assert_eq!((tokens.len(), tokens.as_slice()[0].kind), (1, TokenKind::EscapeString));
    assert_eq!(lex(b"U&'x'", false, &mut tokens).expect_err("unsafe").kind, LexErrorKind::UnsafeUnicode);
}

#[test]
fn escapes_that_stand_for_nothing_have_no_value() {
    for sql in [
        r"E'\u00'",
        r"E'\ud83d'",
        r"E'\ud83dx'",
        r"E'\udc00'",
        r"E'\x00'",
        r"E'\xff'",
        r"E'\U00110000'",
        r"U&'\00'",
        r"U&'\+110000'",
        r"U&'\d83dx'",
        r"U&'a' UESCAPE '+'",
        r"U&'a' UESCAPE 'ab'",
        r"U&'\0000'",
        r"U&'d!0061' UESCAPE U&'!'",
        r"E'\ud83d\x41'",
        r"E'\ud83d\u0041'",
    ] {
        assert_eq!(value(sql), None, "{sql}");
    }
}

#[test]
fn operators_end_where_the_server_ends_them() {
    for (sql, expected) in [
        ("a<-1", vec!["a", "<", "-", "1"]),
        ("a@-1", vec!["a", "@-", "1"]),
        ("a*-+1", vec!["a", "*", "-", "+", "1"]),
        ("a<>-1", vec!["a", "<>", "-", "1"]),
        ("a!=-1", vec!["a", "!=-", "1"]),
        ("a<--b", vec!["a", "<", "--b"]),
        ("a+/*c*/b", vec!["a", "+", "/*c*/", "b"]),
        ("a->>'x'", vec!["a", "->>", "'x'"]),
        ("a:=b=>c::d", vec!["a", ":=", "b", "=>", "c", "::", "d"]),
        ("1..2", vec!["1", "..", "2"]),
        ("a[1:2]", vec!["a", "[", "1", ":", "2", "]"]),
        ("*/*x*/", vec!["*", "/*x*/"]),
        ("$a x$a ", vec!["$", "a", "x$a"]),
    ] {
        assert_eq!(pieces(sql), expected, "{sql}");
    }
    assert_eq!(kinds("a != b <> c")[1].0, TokenKind::NotEquals);
    assert_eq!(error(&"<".repeat(64)), LexErrorKind::LongOperator);
    assert_eq!(pieces(&"<".repeat(63)).len(), 1);
}

#[test]
fn comments_nest_and_hints_are_told_apart() {
    use TokenKind::{BlockComment, Hint, LineComment};
    assert_eq!(kinds("/* a /* ' */ b */"), [(BlockComment, "/* a /* ' */ b */")]);
    assert_eq!(kinds("/*+ x */ --y"), [(Hint, "/*+ x */"), (LineComment, "--y")]);
    assert_eq!(kinds("/**/"), [(BlockComment, "/**/")]);
    assert_eq!(error("/* /* */"), LexErrorKind::UnterminatedComment);
}

#[test]
fn numbers_and_parameters() {
    for (sql, expected) in
        [("0x1F", "31"), ("0o17", "15"), ("0b1_01", "5"), ("1_000.5_0e1_0", "1000.50e10"), ("007", "007")]
    {
        assert_eq!(number_text(sql.as_bytes(), &tokens(sql), 0).as_deref(), Ok(expected), "{sql}");
        assert_eq!(tokens(sql).len(), 1, "{sql}");
    }
    for sql in ["1a", "0x", "0b2", "1_", "1__0", "1e", "1e+", "1.5x", "$1a", "0o8", "0x1_", "0x1_g", "1._5"] {
        assert_eq!(error(sql), LexErrorKind::NumberJunk, "{sql}");
    }
    assert_eq!(error("$99999999999"), LexErrorKind::BigParameter);
    assert!(tokens("").is_empty() && tokens(" \n").is_empty() && !tokens("--").is_empty());
    assert_eq!(pieces(".5 5. $1"), [".5", "5.", "$1"]);
    assert_eq!(pieces("1e+5 1.5E-10 .5e3 1e5+1"), ["1e+5", "1.5E-10", ".5e3", "1e5", "+", "1"]);
}

#[test]
fn unfinished_things_are_errors_at_their_beginning() {
    use LexErrorKind as E;
    for (sql, kind) in [
        ("'a", E::UnterminatedString),
        (r"E'a\'", E::UnterminatedString),
        ("'a'\n'b", E::UnterminatedString),
        ("$a$ $b$", E::UnterminatedDollar),
        ("\"a", E::UnterminatedIdentifier),
        ("\"\"", E::EmptyIdentifier),
    ] {
        assert_eq!(lex(format!("  {sql}").as_bytes(), true, &mut Tokens::default()).expect_err(sql).at, 2);
        assert_eq!(error(sql), kind, "{sql}");
    }
}

#[test]
fn identifiers_are_folded_unescaped_and_cut() {
    let long = "A".repeat(70);
    for (sql, expected) in [
        ("EMail", "email"),
        ("\"EMail\"", "EMail"),
        ("\"a\"\"b\"", "a\"b"),
        (r#"U&"em\0061il""#, "email"),
        (r#"U&"em!0061il" /* c */ UESCAPE '!'"#, "email"),
        ("É", "É"),
        (long.as_str(), &"a".repeat(63)),
    ] {
        assert_eq!(identifier(sql.as_bytes(), &tokens(sql), 0).as_deref(), Ok(expected), "{sql}");
    }
}

#[test]
fn every_keyword_is_found_in_any_case() {
    for word in ["select", "SeLeCt", "CURRENT_TIMESTAMP", "at", "json_serialize", "zone"] {
        assert!(matches!(kinds(word)[0].0, TokenKind::Keyword(k) if k.as_str() == word.to_lowercase()));
    }
    for word in ["selec", "selects", "a", "current_timestampx", "s_elect", "sel\u{e9}ct"] {
        assert_eq!(kinds(word)[0].0, TokenKind::Ident, "{word}");
    }
}

fn names(sql: &str, strings: Strings) -> Vec<String> {
    let mut found = Vec::new();
    let _ = names_in(sql.as_bytes(), &tokens(sql), strings, &mut |name| {
        found.push(name.to_owned());
        ControlFlow::<()>::Continue(())
    });
    found
}

#[test]
fn a_name_is_found_in_every_spelling() {
    for sql in [
        "select email from t",
        "select EMAIL",
        "select \"email\"",
        r#"select U&"em\0061il""#,
        r#"select U&"em!0061il" UESCAPE '!'"#,
    ] {
        assert!(names(sql, Strings::Skip).iter().any(|n| n == "email"), "{sql}");
    }
    for sql in [
        "do $$ begin select EMAIL from t; end $$",
        "do 'begin execute ''select \"email\"''; end'",
        r"do E'begin select em\x61il; end'",
        r"do U&'select em\0061il'",
        "do $x$ begin execute $y$ select email $y$; end $x$",
        "execute format('select %I', 'email')",
        "do $$ not even 'sql but email $$",
        "select 'customers.email'::text",
        "do $$ begin execute 'select U&\"em\\0061il\"'; end $$",
        "do $$ begin execute 'select em'\n'ail'; end $$",
    ] {
        assert!(names(sql, Strings::Inside).iter().any(|n| n == "email"), "{sql}");
        assert!(!names(sql, Strings::Skip).iter().any(|n| n == "email"), "{sql}");
    }
    assert!(!names("select 1 -- email\n /* email */", Strings::Inside).iter().any(|n| n == "email"));
    let mut words = Vec::new();
    let _ = words_in(b"'unfinished \"E Mail\" Email", &mut |w| {
        words.push(w.to_owned());
        ControlFlow::<()>::Continue(())
    });
    for word in ["E Mail", "Email", "email"] {
        assert!(words.iter().any(|w| w == word), "{word}");
    }
}

proptest! {
    /// Tokens cover the text in order, with nothing but white space between them.
    #[test]
    fn nothing_is_lost_between_tokens(sql in r#"[a-zE'"\\$\-/*+ \nU&1.:;(é]{0,40}"#) {
        let mut tokens = Tokens::default();
        if lex(sql.as_bytes(), true, &mut tokens).is_ok() {
            let mut at = 0;
            for token in tokens.as_slice() {
                prop_assert!(token.start as usize >= at && token.end > token.start);
                prop_assert!(sql.get(token.start as usize..token.end as usize).is_some());
                prop_assert!(sql[at..token.start as usize].chars().all(char::is_whitespace));
                at = token.end as usize;
            }
            prop_assert!(sql[at..].chars().all(char::is_whitespace));
        }
    }

    /// A value quoted by doubling reads back as itself, and is one token.
    #[test]
    fn a_quoted_value_reads_back(value in "[^\0]{0,20}") {
        let sql = format!("'{}'", value.replace('\'', "''"));
        let tokens = tokens(&sql);
        prop_assert_eq!(tokens.len(), 1);
        let mut scratch = Vec::new();
        prop_assert_eq!(string_value(sql.as_bytes(), &tokens, 0, &mut scratch), Ok(value.as_bytes()));
    }

    /// Bytes that are no UTF-8, or no SQL, never panic, neither here nor in the parser.
    #[test]
    fn any_bytes_are_read_or_refused(text in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut tokens = Tokens::default();
        for conforming in [true, false] {
            if lex(&text, conforming, &mut tokens).is_ok() {
                let _ = pgveil::sql::parse::parse(&text, &tokens);
                let _ = names_in(&text, &tokens, Strings::Inside, &mut |_| ControlFlow::<()>::Continue(()));
            }
        }
    }
}
