//! What the gate makes of functions, of code in constants, and of words that mean something later.

use pgveil::catalog::model::{Catalog, Function};
use pgveil::names::QualifiedName;
use pgveil::policy::model::{DeclaredFunction, DeclaredValue, Phase, Policy};
use pgveil::sql::gate::{are_watched, function_call, has_protected, reads_constants};
use pgveil::sql::known::{Known, SessionNames};
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::verdict::Verdict;
use pgveil::sql::{TextVerdict, judge_text};

use super::cases::known;
use super::schema::{Database, database};

/// The schema's tables with functions of the test's own.
fn with_functions(functions: Vec<Function>) -> Database {
    let Database { catalog, policy } = database(150_000);
    Database { catalog: Catalog::new(catalog.relations().to_vec(), functions, 150_000), policy }
}

fn function(oid: u32, name: &str, language: &str, body: &str) -> Function {
    Function { oid, ..Function::new(QualifiedName::new("public", name), language, body) }
}

fn extension(oid: u32, name: &str, of: &str, language: &str, body: &str) -> Function {
    Function { extension: Some(of.into()), ..function(oid, name, language, body) }
}

#[test]
fn a_function_is_called_by_its_number_if_it_is_known_to_leave_all_alone() {
    let database = with_functions(vec![
        function(5001, "twice", "sql", "SELECT $1 * 2"),
        function(5002, "finds", "sql", "SELECT id FROM customers"),
        function(5003, "runs", "plpgsql", "BEGIN EXECUTE q; END"),
        function(5004, "native", "c", "native"),
        extension(5005, "similarity", "pg_trgm", "c", "similarity"),
        extension(5006, "dblink", "dblink", "c", "dblink"),
        function(5007, "moves", "plpgsql", "BEGIN SET search_path TO archive; END"),
        function(5008, "calls", "sql", "SELECT public.finds()"),
        Function { pinned: true, ..function(5009, "pinned", "sql", "SELECT 1") },
        Function { open: false, ..function(5010, "closed", "sql", "SELECT 1") },
        function(5011, "makes_range", "internal", "range_constructor2"),
        function(5012, "internal", "internal", "pg_read_file"),
        Function { arguments: "c public.customers".into(), ..function(5013, "takes_row", "sql", "SELECT 1") },
        function(5014, "broken", "sql", "SELECT 'x"),
        function(5016, "declared", "sql", "SELECT 1"),
    ]);
    let names = SessionNames::default();
    let may = |oid: u32| function_call(oid, &known(&database, &names, &[])).is_ok();
    let called: Vec<u32> = (5001..=5015).filter(|oid| may(*oid)).collect();
    assert_eq!(called, [5001, 5005, 5011]);
    // lo_creat, loread and the others on large objects; never what is in no catalog.
    assert!([715, 952, 957, 3172].into_iter().all(may) && ![0, 714, 959, 3173].into_iter().any(may));

    let mut declared = Database { catalog: database.catalog.clone(), policy: database.policy.clone() };
    let sealed = DeclaredValue::Domain(declared.policy.columns[0].domain.clone());
    let name = QualifiedName::new("public", "declared");
    declared.policy.functions.push(DeclaredFunction {
        name,
        args: vec![sealed],
        returns: DeclaredValue::Plain,
    });
    assert!(may(5016) && function_call(5016, &known(&declared, &names, &[])).is_err());

    let nothing = Database { catalog: database.catalog.clone(), policy: Policy::default() };
    assert!(function_call(5003, &known(&nothing, &names, &[])).is_ok(), "nothing is protected");
}

fn is_refused(text: &str, known: &Known) -> bool {
    match judge_text(text.as_bytes(), &mut Tokens::default(), known) {
        TextVerdict::Clear(_) => false,
        TextVerdict::Refuse(_) => true,
        TextVerdict::Statements(all) => {
            all.iter().any(|(_, judged)| matches!(judged.verdict, Verdict::Refuse(_)))
        }
    }
}

#[test]
fn a_cursor_that_nobody_declared_is_read_where_no_function_can_have_opened_one() {
    let names = SessionNames::default();
    let refused = |functions: Vec<Function>| {
        let database = with_functions(functions);
        is_refused("FETCH ALL FROM strange", &known(&database, &names, &[]))
    };
    let select = "BEGIN OPEN c FOR SELECT email FROM customers; RETURN c; END";
    assert!(!refused(Vec::new()));
    assert!(!refused(vec![function(1, "twice", "sql", "SELECT $1 * 2")]));
    assert!(!refused(vec![function(1, "other", "plpgsql", "BEGIN OPEN c FOR SELECT 1; RETURN c; END")]));
    assert!(!refused(vec![function(1, "finds", "sql", "SELECT email FROM customers")]), "opens none");
    assert!(!refused(vec![extension(1, "own", "dblink", "c", "own")]));
    assert!(refused(vec![function(1, "opens", "plpgsql", select)]));
    assert!(refused(vec![function(1, "runs", "plpgsql", "BEGIN EXECUTE 'x'; END")]));
    assert!(refused(vec![function(1, "native", "c", "native")]), "nobody knows");
    assert!(refused(vec![function(1, "broken", "plpgsql", "BEGIN OPEN c FOR SELECT 'x")]));
    assert!(refused(vec![extension(1, "opens", "dblink", "plpgsql", select)]), "what can be read is read");

    let database = with_functions(Vec::new());
    let mut doubted = SessionNames::default();
    doubted.doubted.insert("made_a_moment_ago".into());
    assert!(is_refused("FETCH ALL FROM strange", &known(&database, &doubted, &[])));
    assert!(is_refused("SELECT made_a_moment_ago('x')", &known(&database, &doubted, &[])));
    assert!(!is_refused("SELECT made_a_moment_ago('x')", &known(&database, &names, &[])));
}

#[test]
fn a_verdict_that_hangs_on_constants_is_known_by_its_words() {
    let reads = |text: &str| {
        let mut tokens = Tokens::default();
        lex(text.as_bytes(), true, &mut tokens).expect("tokens");
        reads_constants(text.as_bytes(), &tokens)
    };
    for text in [
        "DO $$ BEGIN END $$",
        "SELECT 1; /* c */ DO LANGUAGE plpgsql 'BEGIN END'",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'",
        "SELECT set_config('search_path', 'archive', true)",
        "SELECT pg_catalog.\"set_config\"('a', 'b', true)",
        "SELECT query_to_xml('SELECT 1', true, true, '')",
        "CREATE FOREIGN TABLE f () SERVER s OPTIONS (table_name 'customers')",
        "ALTER SERVER s OPTIONS (SET host 'x')",
        "COPY notes FROM PROGRAM 'true'",
    ] {
        assert!(reads(text), "{text}");
    }
    for text in [
        "SELECT 'do', 'function', 'set_config'",
        "INSERT INTO notes (id) VALUES (1) ON CONFLICT DO NOTHING",
        "SELECT * FROM customers FETCH FIRST 5 ROWS ONLY",
        "SELECT id FROM customers WHERE email = 'ada'",
        "SELECT options, program FROM notes WHERE id = 1",
        "CREATE TABLE t (a text DEFAULT 'x')",
        "ALTER TABLE notes ADD a text DEFAULT 'x'",
        "COPY notes FROM STDIN WITH (FORMAT csv)",
    ] {
        assert!(!reads(text), "{text}");
    }
}

#[test]
fn words_of_a_clear_text_are_watched_once_something_protected_has_their_name() {
    let database = database(150_000);
    let names = SessionNames::default();
    let known = |names| known(&database, names, &[]);
    let words = |list: &[&str]| list.iter().map(|word| Box::from(*word)).collect::<Vec<Box<str>>>();
    for word in ["customers", "later", "LATER", "_customers", "run", "find_customer", "mask_email", "execute"]
    {
        assert!(are_watched(&words(&["id", word]), &known(&names)), "{word}");
    }
    let clear = words(&["id", "countries", "notes", "twice", "made_a_moment_ago", "mine"]);
    assert!(!are_watched(&clear, &known(&names)));
    let mut doubted = SessionNames::default();
    doubted.doubted.insert("made_a_moment_ago".into());
    assert!(are_watched(&clear, &known(&doubted)));
    let nothing = Database { catalog: database.catalog.clone(), policy: Policy::default() };
    assert!(!are_watched(&words(&["execute"]), &super::cases::known(&nothing, &names, &[])));
}

#[test]
fn what_is_tagged_and_stored_plain_is_not_protected_yet() {
    let (mut database, names) = (database(150_000), SessionNames::default());
    assert!(has_protected(&known(&database, &names, &[])));
    database.policy.columns.iter_mut().for_each(|column| column.phase = Phase::Plain);
    assert!(!has_protected(&known(&database, &names, &[])));
    database.policy.columns[0].phase = Phase::Encrypting;
    assert!(has_protected(&known(&database, &names, &[])));
}

/// Statements that no tree is made of: what they name and hold is all there is to go by.
#[test]
fn a_definition_without_a_tree_is_refused_for_its_constants_beside_something_protected() {
    let (database, names) = (database(150_000), SessionNames::default());
    let known = known(&database, &names, &[]);
    for text in [
        "CREATE PUBLICATION p FOR TABLE customers WHERE (email = 'ada')",
        "CREATE STATISTICS s ON (email || 'x') FROM customers",
    ] {
        assert!(is_refused(text, &known), "{text}");
    }
    for text in [
        "CREATE PUBLICATION p FOR TABLE customers",
        "CREATE PUBLICATION p FOR TABLE notes WHERE (id = 1)",
        "CREATE ROLE customers PASSWORD 'ada'",
        "ALTER USER customers PASSWORD 'ada'",
        "CREATE SEQUENCE customers START 5",
    ] {
        assert!(!is_refused(text, &known), "{text}");
    }
}
