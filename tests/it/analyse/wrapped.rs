//! Statements of the cases with their constants and names wrapped in further expressions, at random: whatever becomes
//! of them, a plan is good for its text ([`super::whole`], which every judgement here goes through).
//!
//! `WRAP_SEED` and `WRAP_COUNT` choose others, and more.

use pgveil::sql::known::Protocol;
use pgveil::sql::lexer::{TokenKind, Tokens, lex};

use super::recorded::{Session, files};

/// What stands around a constant or a name, which is `@`.
const AROUND: &str = include_str!("../../cases/around.txt");
/// So many are tried in every run.
const COUNT: u64 = 6_000;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The text with one of its constants or names wrapped.
fn wrapped(text: &str, random: &mut Random) -> String {
    let mut tokens = Tokens::default();
    if lex(text.as_bytes(), true, &mut tokens).is_err() {
        return text.to_owned();
    }
    let is_wrappable = |kind: TokenKind| kind.is_literal() || kind.is_ident() || kind == TokenKind::Param;
    let constants = random.below(3) > 0 && tokens.as_slice().iter().any(|token| token.kind.is_literal());
    let is_wrappable = |kind: TokenKind| kind.is_literal() || !constants && is_wrappable(kind);
    let places: Vec<_> = tokens.as_slice().iter().filter(|token| is_wrappable(token.kind)).collect();
    let Some(place) = places.get(random.below(places.len())) else { return text.to_owned() };
    let (start, end) = (place.start as usize, place.end as usize);
    let around = AROUND
        .lines()
        .nth(random.below(AROUND.lines().count()))
        .unwrap_or("@")
        .replace('@', &text[start..end]);
    format!("{}{around}{}", &text[..start], &text[end..])
}

#[test]
fn whatever_is_put_around_a_constant_its_plan_is_good_for_the_text() {
    let (mut random, count) = (Random(number("WRAP_SEED", 1)), number("WRAP_COUNT", COUNT));
    let sessions: Vec<Session> = std::iter::once(Session::new("wide"))
        .chain(Session::others("wide").into_iter().map(|(_, session)| session))
        .collect();
    let texts: Vec<String> = ["wide", "attack", "protected"]
        .into_iter()
        .flat_map(|cases| files(cases, "txt"))
        .flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|line| {
            line.split_once(' ').filter(|(kind, _)| [">", "$"].contains(kind)).map(|(_, sql)| sql.to_owned())
        })
        .map(|sql| sql.split(" ;; ").next().unwrap_or_default().replace("people", "member"))
        .collect();
    let mut planned = 0;
    for _ in 0..count {
        let mut text = texts[random.below(texts.len())].clone();
        for _ in 0..1 + random.below(2) {
            text = wrapped(&text, &mut random);
        }
        let mut session = sessions[random.below(sessions.len())].clone();
        session.judged("SET search_path = public", Protocol::Simple, &[]);
        let protocol = if random.below(2) == 0 { Protocol::Simple } else { Protocol::Extended };
        planned += u64::from(session.judged(&text, protocol, &[]).contains("sealed"));
    }
    assert!(planned * 40 > count, "{planned} of {count} seal something");
}
