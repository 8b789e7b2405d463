//! What holds for every verdict.

use pgveil::policy::model::Policy;
use pgveil::sql::known::SessionNames;
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::parse::{STACK, parse};
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

/// A statement with `levels` of something, each a chain of `links`, whose first link is the next level.
type Shape = fn(levels: usize, links: usize) -> String;

const SHAPES: [(&str, Shape); 29] = [
    ("sums", |levels, links| condition(levels, "(", "1", &" + 1".repeat(links), ")")),
    ("sums on the right", |levels, links| condition(levels, "1 + (", "1", &" + 1".repeat(links), ")")),
    ("conditions", |levels, links| {
        condition(levels, "(", "email = 'x'", &" AND true OR true".repeat(links.min(99)), ")")
    }),
    ("comparisons", |levels, links| condition(levels, "(", "true", &" IS TRUE".repeat(links), ")")),
    ("casts", |levels, links| condition(levels, "(", "'1'", &"::text".repeat(links), ")")),
    ("collations", |levels, links| condition(levels, "(", "email", &" COLLATE \"C\"".repeat(links), ")")),
    ("subscripts", |levels, links| {
        condition(levels, "(", "'{}'::int[]", "", &format!("){}", "[1]".repeat(links)))
    }),
    ("slices", |levels, links| condition(levels, "(", "tags", "", &format!("){}", "[1:2]".repeat(links)))),
    ("fields", |levels, links| {
        condition(levels, "(", "customers", "", &format!("){}", ".name".repeat(links)))
    }),
    ("text", |levels, links| condition(levels, "(", "email", &" || 'x'".repeat(links), ")")),
    ("coalesce", |levels, links| condition(levels, "coalesce(", "email", &"::text".repeat(links), ", 'y')")),
    ("cases", |levels, links| {
        condition(levels, "CASE WHEN ", "true", &" IS NULL".repeat(links), " THEN true END")
    }),
    ("negations", |levels, links| condition(levels + links, "NOT ", "true", "", "")),
    ("selects", |levels, links| {
        condition(levels, "(SELECT ", "id", &" + 1".repeat(links), " FROM customers)")
    }),
    ("exists", |levels, links| {
        condition(levels, "EXISTS (SELECT 1 FROM customers WHERE ", "true", &" IS TRUE".repeat(links), ")")
    }),
    ("unions", |levels, links| {
        let chain = format!("{})", " UNION ALL SELECT email FROM customers".repeat(links));
        format!("{}SELECT email FROM customers{}", "(".repeat(levels), chain.repeat(levels))
    }),
    ("joins", |levels, links| {
        let chain = format!("{})", " CROSS JOIN customers".repeat(links));
        format!("SELECT 1 FROM {}customers{}", "(".repeat(levels), chain.repeat(levels))
    }),
    ("joins within", |levels, links| {
        let chain = format!(" JOIN customers{} ON true)", " CROSS JOIN customers".repeat(links));
        format!("SELECT 1 FROM {}customers{}", "(".repeat(levels), chain.repeat(levels))
    }),
    ("functions", |levels, links| condition(levels, "lower(", "email", &"::text".repeat(links), ")")),
    ("arrays", |levels, links| condition(levels, "ARRAY[email, ", "'x'", &"::text".repeat(links), "]")),
    ("rows", |levels, links| condition(levels, "ROW(email, ", "'x'", &"::text".repeat(links), ")")),
    ("lists", |levels, links| condition(levels, "email IN ('x', ", "'x'", &"::text".repeat(links), ")")),
    ("greatest", |levels, links| condition(levels, "nullif(email, ", "'x'", &"::text".repeat(links), ")")),
    ("members", |levels, links| {
        let open = "email IN (SELECT email FROM customers WHERE ";
        condition(levels, open, "email = 'x'", &" IS TRUE".repeat(links), ")")
    }),
    ("derived", |levels, links| {
        let close = format!(") AS x WHERE email = 'x'{}", " IS TRUE".repeat(links)).repeat(levels);
        format!("{}SELECT * FROM customers{close}", "SELECT * FROM (".repeat(levels))
    }),
    ("lateral", |levels, links| {
        let close = format!(") AS x ON true{}", " JOIN customers ON true".repeat(links)).repeat(levels);
        format!("{}SELECT 1 FROM customers{close}", "SELECT 1 FROM customers JOIN LATERAL (".repeat(levels))
    }),
    ("common", |levels, links| {
        let close =
            format!(") SELECT email FROM x{}", " UNION ALL SELECT email FROM x".repeat(links)).repeat(levels);
        format!("{}SELECT email FROM customers{close}", "WITH x AS (".repeat(levels))
    }),
    ("merged", |levels, links| {
        let chain = format!(" JOIN customers USING (id, email)){}", " NATURAL JOIN customers".repeat(links));
        format!("SELECT 1 FROM {}customers{}", "(".repeat(levels), chain.repeat(levels))
    }),
    ("stored", |levels, links| {
        let value = format!(
            "{}'x'{}",
            "coalesce(".repeat(levels),
            format!("{}, 'y')", " || 'z'".repeat(links)).repeat(levels)
        );
        format!(
            "INSERT INTO customers (email) VALUES ({value}) ON CONFLICT (id) DO UPDATE SET email = {value}"
        )
    }),
];

fn condition(levels: usize, open: &str, middle: &str, links: &str, close: &str) -> String {
    let ends = format!("{links}{close}").repeat(levels);
    format!("SELECT id FROM customers WHERE {}{middle}{ends}", open.repeat(levels))
}

/// Whether the parser takes a text, and with `judged`, what is made of it, too.
fn is_taken(text: &str, judged: bool) -> bool {
    let mut tokens = Tokens::default();
    lex(text.as_bytes(), true, &mut tokens).expect("lexes");
    let taken = parse(text.as_bytes(), &tokens).is_ok();
    if judged {
        assert_eq!(verdicts(text, &database(150_000)).len(), 1);
    }
    taken
}

#[test]
fn what_is_too_deep_says_so_and_what_names_nothing_protected_is_the_server_s() {
    let long = |table: &str| format!("SELECT 1 FROM {table} WHERE id = 0{}", " + 1".repeat(1_000));
    let database = database(150_000);
    let said = verdicts(&long("customers"), &database);
    let [Verdict::Refuse(refusal)] = &said[..] else { panic!("{said:?}") };
    assert_eq!((refusal.reason.0, refusal.sqlstate), ("nested-too-deeply", "54001"));
    assert!(matches!(verdicts(&long("countries"), &database)[..], [Verdict::Clear(_)]));
}

/// The highest trees that the parser gives, and a text beyond each, on the stack of a thread that moves bytes.
#[test]
fn no_statement_exhausts_the_stack() {
    let run = || {
        for (name, shape) in SHAPES {
            for levels in [1, 8, 60, 150] {
                let (mut taken, mut refused) = (0, 800);
                while refused - taken > 1 {
                    let links = (taken + refused) / 2;
                    if is_taken(&shape(levels, links), false) { taken = links } else { refused = links }
                }
                assert!(taken > 0 || levels > 8, "{name}, {levels} deep");
                assert_eq!(is_taken(&shape(levels, taken), true), taken > 0);
                is_taken(&shape(levels, refused), true);
            }
        }
    };
    std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread").join().expect("no panic");
}

/// `WITH` of a first definition and more, each over the one before.
fn definitions(first: &str, next: &str, count: usize, last: &str) -> String {
    let next: String = (1..=count).map(|n| format!(", q{n} AS ({next} FROM q{})", n - 1)).collect();
    format!("WITH q0 AS ({first}){next} {last} FROM q{count}")
}

/// Rows and documents of rows and documents: what is small in the text may be large or without end when it is
/// walked over.
#[test]
fn nothing_holds_itself_or_more_than_can_be_walked_over() {
    let null = "SELECT c.id, c.email, NULL AS n FROM customers c";
    let email = "SELECT email AS n FROM customers";
    let itself = |inner: &str| format!("WITH q AS ({null}) SELECT n FROM q UNION ALL SELECT {inner} FROM q");
    // What is open in q0 becomes what is over it, and that the next one: no step is high.
    let links: String = (0..150).map(|n| format!("q{n} AS (SELECT NULL AS n FROM customers), ")).collect();
    let grown: String = (1..150)
        .map(|n| format!("r{n} AS (SELECT n FROM q{} UNION ALL SELECT ROW(n) FROM q{n}), ", n - 1))
        .collect();
    let texts = [
        itself("ROW(n)"),
        itself("ROW(1, ROW(email, n))"),
        itself("ARRAY[n]"),
        format!(
            "WITH q AS ({null}), p AS (SELECT ROW(n) AS m, n FROM q) SELECT n FROM p UNION ALL SELECT m FROM p"
        ),
        format!("WITH q AS ({null}), p AS (SELECT q, n FROM q) SELECT n FROM p UNION ALL SELECT q FROM p"),
        format!("WITH {links}{grown}q AS ({null}) SELECT email, r1.n = r1.n FROM q, r1"),
        definitions(null, "SELECT email, ROW(n, n) AS n", 40, "SELECT n = n, email"),
        definitions(null, "SELECT email, ROW(n) AS n", 3_000, "SELECT n = n, email"),
        definitions(null, "SELECT email, ARRAY[n] AS n", 3_000, "SELECT n = n, email"),
        definitions(email, "SELECT ROW(n, n) AS n", 40, "SELECT n = n"),
        definitions(email, "SELECT jsonb_build_array(n, n) AS n", 40, "SELECT n"),
        definitions(email, "SELECT jsonb_build_array(n) AS n", 3_000, "SELECT n"),
        definitions(email, "SELECT n || n AS n", 40, "SELECT n"),
    ];
    let run = move || {
        for text in texts {
            let said = verdicts(&text, &database(150_000));
            let shown = &text[..text.len().min(200)];
            let [Verdict::Refuse(refusal)] = &said[..] else { panic!("{shown}: {said:?}") };
            assert_eq!((refusal.reason.0, refusal.sqlstate), ("nested-too-deeply", "54001"), "{shown}");
        }
    };
    std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread").join().expect("no panic");
}
