//! What holds for every verdict.

use pgveil::policy::model::Policy;
use pgveil::sql::known::SessionNames;
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::verdict::{Replacement, Verdict};
use pgveil::sql::{TextVerdict, judge_text};

use super::cases::{Case, Paragraph, files, known};
use super::schema::{Database, database};

fn cases() -> Vec<Case> {
    let all = files().into_iter().flat_map(|(_, paragraphs)| paragraphs);
    all.filter_map(|p| match p {
        Paragraph::Case(case) => Some(case),
        Paragraph::Remark(_) => None,
    })
    .collect()
}

/// Every verdict on the statements of a text.
fn verdicts(text: &str, database: &Database) -> Vec<Verdict> {
    let names = SessionNames::default();
    let mut tokens = Tokens::default();
    match judge_text(text.as_bytes(), &mut tokens, &known(database, &names, &[])) {
        TextVerdict::Clear(cleared) => vec![Verdict::Clear(cleared)],
        TextVerdict::Refuse(refusal) => vec![Verdict::Refuse(refusal)],
        TextVerdict::Statements(list) => list.into_iter().map(|(_, judged)| judged.verdict).collect(),
    }
}

#[test]
fn an_empty_policy_forwards_every_case() {
    let mut database = database(150_000);
    database.policy = Policy::default();
    for case in cases() {
        let all_clear = verdicts(&case.statement, &database).iter().all(|v| matches!(v, Verdict::Clear(_)));
        assert!(all_clear, "not forwarded without a policy: {}", case.statement);
    }
}

#[test]
fn edits_are_in_order_and_do_not_overlap() {
    let database = database(150_000);
    for case in cases() {
        for verdict in verdicts(&case.statement, &database) {
            let Verdict::Plan(plan) = verdict else { continue };
            for pair in plan.edits.windows(2) {
                assert!(pair[0].tokens.end <= pair[1].tokens.start, "{}: {:?}", case.statement, plan.edits);
            }
        }
    }
}

/// The strongest property: where a statement is planned, no constant of it that is compared with or
/// stored in a protected column stays in the text, not even in a comment. The cases mark every such
/// constant with `secret!`.
#[test]
fn no_marked_constant_goes_upstream() {
    let database = database(150_000);
    let mut planned = 0;
    for case in cases().iter().filter(|c| c.statement.contains("secret!") && c.directives.is_empty()) {
        let mut tokens = Tokens::default();
        lex(case.statement.as_bytes(), true, &mut tokens).ok();
        let mut left: Vec<u32> = (0u32..)
            .zip(tokens.as_slice())
            .filter(|(_, token)| marked(token.bytes(case.statement.as_bytes())))
            .map(|(index, _)| index)
            .collect();
        let verdicts = verdicts(&case.statement, &database);
        let refused = verdicts.iter().any(|v| matches!(v, Verdict::Refuse(_)));
        for verdict in &verdicts {
            let Verdict::Plan(plan) = verdict else { continue };
            let gone = |index: &u32| {
                plan.edits.iter().any(|e| {
                    let takes = match &e.with {
                        Replacement::Seal { .. } | Replacement::Blank => true,
                        Replacement::Text(text) => !marked(text.as_bytes()),
                        Replacement::Repeat(_) | Replacement::Pair { .. } => false,
                    };
                    takes && e.tokens.contains(index)
                })
            };
            left.retain(|index| !gone(index));
            planned += 1;
        }
        assert!(refused || left.is_empty(), "a marked constant is left: {}", case.statement);
    }
    assert!(planned > 50, "planned cases with marks: {planned}");
}

fn marked(token: &[u8]) -> bool {
    token.windows(7).any(|w| w == b"secret!")
}

/// The deepest trees that the parser gives, on the stack of a worker thread.
#[test]
fn the_deepest_statement_does_not_exhaust_the_stack() {
    let nested = |open: &str, middle: &str, close: &str, depth: usize| {
        format!("SELECT id FROM customers WHERE {}{middle}{}", open.repeat(depth), close.repeat(depth))
    };
    let texts = [
        nested("NOT ", "true", "", 190),
        nested("coalesce(", "true", ")", 190),
        nested("EXISTS (SELECT 1 FROM customers WHERE ", "true", ")", 60),
        nested("(SELECT ", "true", ")", 60),
        nested("CASE WHEN ", "true", " THEN true END", 190),
        format!("SELECT id FROM customers WHERE id = 1{}", " + 1".repeat(490)),
        format!("SELECT id FROM customers{}", " UNION SELECT id FROM customers".repeat(190)),
        format!("SELECT 1 FROM customers{}", " JOIN customers ON true".repeat(190)),
        format!("SELECT id FROM {}customers{}", "(SELECT id FROM ".repeat(60), ") x".repeat(60)),
    ];
    let run = move || {
        let database = database(150_000);
        for text in &texts {
            assert_eq!(verdicts(text, &database).len(), 1, "{text}");
        }
    };
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no overflow");
}
