//! Plans on the wire: parameters sealed, results compared with their plan and opened.

use pgveil::session::fault::Fault;
use pgveil::session::judge::{Elsewhere, EpochId, Planned, SUBSTITUTE};
use pgveil::session::position::{Positions, Splice};
use pgveil::sql::verdict::{OutColumn, Plan, Rows, ShownType};
use pgveil::types::LogicalType;
use pgveil::wire::report::Report;

use super::conversation::Conversation;
use super::messages::*;
use super::planner::{Planner, kept, opened, sealed};

const INSERT: &str = "insert into t values ($1, $2)";
const SELECT: &str = "select id, birth from t where birth = $1";

/// Two parameters of the client; the server gets the second sealed for two columns, and the first.
fn insert() -> Plan {
    let date = ShownType { logical: LogicalType::Date, array: false };
    Plan {
        params: vec![sealed(1, 1), kept(0), sealed(1, 2)],
        client_params: vec![None, Some(date)],
        ..Plan::default()
    }
}

fn select(columns: Vec<OutColumn>) -> Plan {
    Plan { params: vec![sealed(0, 1)], rows: Rows::Columns(columns), ..Plan::default() }
}

fn planner() -> Planner {
    Planner::default().plan(INSERT, Some("insert sealed"), insert()).plan(
        SELECT,
        None,
        select(vec![OutColumn::Keep, opened(1, Some((500, 2)))]),
    )
}

fn planned() -> Conversation {
    let planner = planner();
    Conversation::with(move || Box::new(planner.clone()))
}

const ID: Column<'_> = ("id", 500, 1, 23);
const BIRTH: Column<'_> = ("birth", 500, 2, 25);

/// As the client sees [`ID`] and [`BIRTH`].
fn shown() -> Vec<u8> {
    shown_rows(&[(ID, -1, -1), (("birth", 500, 2, 1082), 4, -1)])
}

fn refused_with(sqlstate: &'static str, message: &str) -> Vec<u8> {
    let mut out = Vec::new();
    Report::error(sqlstate, message).write(&mut out);
    out
}

#[test]
fn parameters_are_sealed_repeated_and_reordered() {
    planned()
        .client(&[parse_typed("s", INSERT, &[23, 1082]), describe_statement("s"), flush()])
        .to_server(&[parse_typed("s", "insert sealed", &[25, 23, 25]), describe_statement("s"), flush()])
        .server(&[parse_complete(), params(&[25, 23, 25]), no_data()])
        .to_client(&[parse_complete(), params(&[23, 1082]), no_data()])
        .client(&[bind("", "s", &[Some("7"), Some("1990-01-01")]), execute(""), sync()])
        .to_server(&[
            bind_formats(
                "",
                "s",
                &[0, 0, 0],
                &[Some("<1:1990-01-01>"), Some("7"), Some("<2:1990-01-01>")],
                &[],
            ),
            execute(""),
            sync(),
        ])
        .hears(&[bind_complete(), complete("INSERT 0 1"), ready('I')])
        .client(&[bind_formats("", "s", &[1], &[Some("7777"), None], &[1]), execute(""), sync()])
        .to_server(&[
            bind_formats("", "s", &[0, 1, 0], &[None, Some("7777"), None], &[1]),
            execute(""),
            sync(),
        ])
        .hears(&[bind_complete(), complete("INSERT 0 1"), ready('I')])
        .client(&[bind_formats("", "s", &[0, 1], &[None, Some("x")], &[]), sync()])
        .to_server(&[bind_formats("", "s", &[0, 0, 0], &[Some("<1b:x>"), None, Some("<2b:x>")], &[]), sync()])
        .holds();
}

#[test]
fn types_that_the_client_left_open_stay_open() {
    planned()
        .client(&[parse("", INSERT), parse_typed("t", INSERT, &[20])])
        .to_server(&[
            parse_typed("", "insert sealed", &[25, 0, 25]),
            parse_typed("t", "insert sealed", &[25, 20, 25]),
        ])
        .holds();
}

#[test]
fn results_are_described_and_opened() {
    planned()
        .client(&[parse("", SELECT), bind("", "", &[Some("x")]), describe_portal(""), execute(""), sync()])
        .to_server(&[
            parse_typed("", SELECT, &[25]),
            bind_formats("", "", &[0], &[Some("<1:x>")], &[]),
            describe_portal(""),
            execute(""),
            sync(),
        ])
        .server(&[parse_complete(), bind_complete(), rows(&[ID, BIRTH])])
        .to_client(&[parse_complete(), bind_complete(), shown()])
        .server(&[
            row(&[Some("1"), Some("<1:1990>")]),
            row(&[None, None]),
            notice(),
            row(&[Some("2"), Some("<1:>")]),
        ])
        .to_client(&[
            row(&[Some("1"), Some("1990")]),
            row(&[None, None]),
            notice(),
            row(&[Some("2"), Some("")]),
        ])
        .hears(&[complete("SELECT 3"), ready('I')])
        .holds();
    planned()
        .client(&[query(SELECT)])
        .server(&[rows(&[ID, BIRTH]), row(&[Some("1"), Some("<1:1990>")]), complete("SELECT 1"), ready('I')])
        .to_client(&[shown(), row(&[Some("1"), Some("1990")]), complete("SELECT 1"), ready('I')])
        .holds();
}

/// Of a cursor that somebody else has opened.
#[test]
fn rows_of_a_strange_cursor_are_read_until_one_has_something_sealed() {
    const FETCH: &str = "fetch all from c";
    let fetched = || {
        let plan = Plan { rows: Rows::Strange("c".into()), ..Plan::default() };
        let planner = Planner::default().plan(FETCH, None, plan);
        Conversation::with(move || Box::new(planner.clone())).client(&[query(FETCH)])
    };
    const EMAIL: Column<'_> = ("email", 0, 0, 25);
    let told = [rows(&[ID, EMAIL]), row(&[Some("1"), Some("pgV1 is no armour, \\x706756 neither")])];
    fetched().hears(&told).hears(&[complete("FETCH 1"), ready('I')]).holds();
    for sealed in ["pgV1:AgAB.", "(1,pgV1:AgAB.)", "\\x706756313a416741422e"] {
        fetched()
            .hears(&told)
            .server(&[row(&[Some("2"), Some(sealed)]), complete("FETCH 2")])
            .told("0A000")
            .ends(|fault| matches!(fault, Fault::Contradiction(_)))
            .holds();
    }
    fetched()
        .server(&[rows(&[ID, BIRTH])])
        .told("0A000")
        .ends(|fault| matches!(fault, Fault::Contradiction(_)))
        .holds();
}

#[test]
fn formats_are_those_that_bind_asked_for() {
    for (formats, expected) in
        [(vec![1], "b1990"), (vec![0, 1], "b1990"), (vec![1, 0], "1990"), (vec![0], "1990")]
    {
        planned()
            .client(&[parse("", SELECT), bind_formats("", "", &[], &[None], &formats), describe_portal("")])
            .client(&[execute(""), sync()])
            .server(&[parse_complete(), bind_complete(), rows(&[ID, BIRTH])])
            .to_client(&[parse_complete(), bind_complete(), shown()])
            .server(&[row(&[Some("1"), Some("<1:1990>")])])
            .to_client(&[row(&[Some("1"), Some(expected)])])
            .holds();
    }
}

#[test]
fn a_result_that_the_client_never_asks_about_is_described_to_us_once() {
    let bound = || bind_formats("", "s", &[0], &[Some("<1:x>")], &[]);
    planned()
        .client(&[parse("s", SELECT), bind("", "s", &[Some("x")]), execute(""), sync()])
        .to_server(&[parse_typed("s", SELECT, &[25]), bound(), describe_portal(""), execute(""), sync()])
        .server(&[parse_complete(), bind_complete(), rows(&[ID, BIRTH]), row(&[None, Some("<1:y>")])])
        .to_client(&[parse_complete(), bind_complete(), row(&[None, Some("y")])])
        .hears(&[complete("SELECT 1"), ready('I')])
        .client(&[bind("", "s", &[Some("x")]), execute(""), sync()])
        .to_server(&[bound(), execute(""), sync()])
        .server(&[bind_complete(), row(&[None, Some("<1:y>")]), complete("SELECT 1"), ready('I')])
        .to_client(&[bind_complete(), row(&[None, Some("y")]), complete("SELECT 1"), ready('I')])
        .holds();
}

#[test]
fn an_error_to_our_own_describe_stands_for_that_of_execute() {
    planned()
        .client(&[parse("s", SELECT), bind("", "s", &[None]), execute(""), sync(), query("x")])
        .server(&[parse_complete(), bind_complete(), error("25P02"), ready('E'), complete("X"), ready('I')])
        .to_client(&[
            parse_complete(),
            bind_complete(),
            error("25P02"),
            ready('E'),
            complete("X"),
            ready('I'),
        ])
        .holds();
}

#[test]
fn a_describe_that_the_server_discarded_does_not_count() {
    planned()
        .client(&[parse("s", SELECT), sync()])
        .server(&[parse_complete(), ready('I')])
        .to_server(&[parse_typed("s", SELECT, &[25]), sync()])
        .client(&[parse("", "bad"), describe_statement("s"), sync()])
        .client(&[bind("", "s", &[None]), execute(""), sync()])
        .to_server(&[
            parse("", "bad"),
            describe_statement("s"),
            sync(),
            bind_formats("", "s", &[0], &[None], &[]),
            describe_portal(""),
            execute(""),
            sync(),
        ])
        .server(&[
            error("42601"),
            ready('I'),
            bind_complete(),
            rows(&[ID, BIRTH]),
            row(&[None, Some("<1:a>")]),
        ])
        .to_client(&[
            parse_complete(),
            ready('I'),
            error("42601"),
            ready('I'),
            bind_complete(),
            row(&[None, Some("a")]),
        ])
        .holds();
}

#[test]
fn a_result_that_contradicts_its_plan_ends_the_session() {
    let lies: &[Vec<u8>] = &[
        rows(&[ID]),
        rows(&[ID, BIRTH, ID]),
        rows(&[BIRTH, ID]),
        rows(&[ID, ("birth", 0, 0, 25)]),
        rows(&[ID, ("birth", 501, 2, 25)]),
        rows(&[("id", 500, 2, 25), BIRTH]),
        no_data(),
    ];
    for lie in lies {
        planned()
            .client(&[parse("", SELECT), bind("", "", &[None]), execute(""), sync()])
            .server(&[parse_complete(), bind_complete(), lie.clone()])
            .ends(|f| matches!(f, Fault::Contradiction(_)))
            .holds();
    }
    for lie in lies.iter().filter(|lie| lie.first() == Some(&b'T')) {
        // Nothing of the description is left before the error.
        planned()
            .client(&[query(SELECT)])
            .server(&[lie.clone()])
            .told("0A000")
            .ends(|f| matches!(f, Fault::Contradiction(_)))
            .holds();
    }
    planned()
        .client(&[query(SELECT)])
        .server(&[rows(&[ID, BIRTH]), row(&[Some("1")])])
        .ends(|f| matches!(f, Fault::Contradiction(_)))
        .holds();
    planned()
        .client(&[query(SELECT)])
        .server(&[row(&[Some("1"), Some("<1:x>")])])
        .ends(|f| matches!(f, Fault::NotOwed(b'D')))
        .holds();
    planned()
        .client(&[query(INSERT)])
        .server(&[rows(&[BIRTH])])
        .ends(|f| matches!(f, Fault::Contradiction(_)))
        .holds();
}

#[test]
fn a_run_of_unpinned_columns_takes_as_many_as_there_are() {
    for count in 0..4 {
        let plan = select(vec![opened(1, Some((500, 2))), OutColumn::KeepRest, opened(2, None)]);
        let planner = Planner::default().plan("select *", None, plan);
        let between: Vec<Column<'_>> = vec![("x", 9, 1, 25); count];
        let describes = [vec![BIRTH], between.clone(), vec![("b", 0, 0, 25)]].concat();
        let as_shown: Vec<(Column<'_>, i16, i32)> = [
            vec![(("birth", 500, 2, 1082), 4, -1)],
            between.iter().map(|c| (*c, -1, -1)).collect(),
            vec![(("b", 0, 0, 1082), 4, -1)],
        ]
        .concat();
        let kept = vec![Some("<3:kept>"); count];
        let stored = [vec![Some("<1:a>")], kept.clone(), vec![Some("<2:b>")]].concat();
        let open = [vec![Some("a")], kept, vec![Some("b")]].concat();
        Conversation::with(move || Box::new(planner.clone()))
            .client(&[query("select *")])
            .server(&[rows(&describes), row(&stored), complete("SELECT 1"), ready('I')])
            .to_client(&[shown_rows(&as_shown), row(&open), complete("SELECT 1"), ready('I')])
            .holds();
    }
}

#[test]
fn a_value_that_does_not_open_ends_the_session_and_shows_nothing() {
    let told = || {
        let mut out = Vec::new();
        Report::fatal("XX001", "damaged").write(&mut out);
        out
    };
    planned()
        .client(&[query(SELECT)])
        .to_server(&[query(SELECT)])
        .server(&[rows(&[ID, BIRTH]), row(&[Some("1"), Some("<1:a>")]), row(&[Some("2"), Some("<2:b>")])])
        .to_client(&[shown(), row(&[Some("1"), Some("a")]), told()])
        .ends(|f| matches!(f, Fault::NotOpened(_)))
        .to_server(&[terminate()])
        .holds();
}

#[test]
fn a_bind_that_cannot_be_sealed_is_refused_by_the_server() {
    let substitute = || parse("pgveil refused", SUBSTITUTE);
    planned()
        .client(&[parse("s", INSERT), sync()])
        .server(&[parse_complete(), ready('I')])
        .to_server(&[parse_typed("s", "insert sealed", &[25, 0, 25]), sync()])
        .to_client(&[parse_complete(), ready('I')])
        .client(&[bind("", "s", &[Some("1"), Some("unsealable")]), execute(""), sync()])
        .to_server(&[substitute(), sync()])
        .server(&[error("42703"), ready('E')])
        .to_client(&[refused_with("22P02", "invalid input"), ready('E')])
        .client(&[bind("", "s", &[Some("1")]), execute(""), sync()])
        .to_server(&[substitute(), sync()])
        .server(&[error("42703"), ready('E')])
        .to_client(&[
            refused_with(
                "08P01",
                "bind message supplies 1 parameters, but prepared statement \"s\" requires 2",
            ),
            ready('E'),
        ])
        .client(&[bind("", "s", &[Some("1"), None]), execute(""), sync()])
        .to_server(&[bind_formats("", "s", &[0, 0, 0], &[None, Some("1"), None], &[]), execute(""), sync()])
        .holds();
}

#[test]
fn a_bind_with_formats_that_are_none_is_refused_and_nothing_of_it_is_sent() {
    let substitute = || parse("pgveil refused", SUBSTITUTE);
    let mut talk = planned()
        .client(&[parse("s", INSERT), sync()])
        .server(&[parse_complete(), ready('I')])
        .to_server(&[parse_typed("s", "insert sealed", &[25, 0, 25]), sync()])
        .to_client(&[parse_complete(), ready('I')]);
    let code = || refused_with("22023", "unsupported format code: 2");
    let count = "bind message has 3 parameter formats but 2 parameters";
    let cases: [(&[i16], &[i16], Vec<u8>); 3] =
        [(&[0, 2], &[], code()), (&[0], &[2], code()), (&[0, 0, 0], &[], refused_with("08P01", count))];
    for (formats, results, error_of_it) in cases {
        talk = talk
            .client(&[
                bind_formats("", "s", formats, &[Some("1"), Some("secret")], results),
                execute(""),
                sync(),
            ])
            .to_server(&[substitute(), sync()])
            .server(&[error("42703"), ready('E')])
            .to_client(&[error_of_it, ready('E')]);
    }
    talk.holds();
}

#[test]
fn positions_are_those_of_the_clients_own_text() {
    // "aaa XX bbb" became "aaa YYYY bbb".
    let positions = Positions(vec![Splice { at: 4, removed: 2, inserted: 4 }]);
    for (sent, own) in [(1, 1), (4, 4), (5, 5), (8, 5), (9, 7), (12, 10)] {
        assert_eq!(positions.client(sent), own, "{sent}");
        let planner = planner().positions(INSERT, positions.clone());
        Conversation::with(move || Box::new(planner.clone()))
            .client(&[query(INSERT), parse("", INSERT), sync()])
            .server(&[error_at("42601", sent), ready('I'), error_at("42601", sent), ready('I')])
            .to_client(&[error_at("42601", own), ready('I'), error_at("42601", own), ready('I')])
            .holds();
    }
    let removed =
        Positions(vec![Splice { at: 0, removed: 3, inserted: 0 }, Splice { at: 5, removed: 0, inserted: 2 }]);
    assert_eq!([1, 2, 3, 4, 5, 6].map(|sent| removed.client(sent)), [4, 5, 6, 6, 6, 7]);
}

#[test]
fn a_plan_whose_keys_are_gone_is_refused() {
    let planner = Planner { oldest: 1, ..planner() };
    Conversation::with(move || Box::new(planner.clone()))
        .client(&[parse("", INSERT), bind("", "", &[None, None]), sync()])
        .server(&[parse_complete(), error("42703"), ready('I')])
        .to_client(&[
            parse_complete(),
            refused_with("0A000", "cached plan must not change result type"),
            ready('I'),
        ])
        .holds();
}

#[test]
fn names_made_in_sql_are_asked_for() {
    let plan =
        Planned { plan: select(vec![OutColumn::Keep, opened(1, Some((500, 2)))]).into(), epoch: EpochId(0) };
    let mut planner = planner();
    planner.elsewhere.insert("in sql", Elsewhere::Plan(plan));
    // A portal of this session's own making is not asked about.
    planner.elsewhere.insert("p", Elsewhere::Refuse(Box::new(Report::error("0A000", "not ours"))));
    planner.elsewhere.insert("cursor", Elsewhere::Refuse(Box::new(Report::error("0A000", "a cursor"))));
    Conversation::with(move || Box::new(planner.clone()))
        .client(&[bind("", "in sql", &[Some("x")]), describe_portal(""), execute(""), sync()])
        .to_server(&[
            bind_formats("", "in sql", &[0], &[Some("<1:x>")], &[]),
            describe_portal(""),
            execute(""),
            sync(),
        ])
        .server(&[bind_complete(), rows(&[ID, BIRTH]), row(&[None, Some("<1:y>")])])
        .to_client(&[bind_complete(), shown(), row(&[None, Some("y")])])
        .hears(&[complete("SELECT 1"), ready('I')])
        .client(&[parse("", "clear"), bind("p", "", &[]), describe_portal("p"), execute("p"), sync()])
        .hears(&[parse_complete(), bind_complete(), no_data(), complete("X"), ready('T')])
        .client(&[execute("p"), close_portal("p"), sync()])
        .hears(&[complete("X"), close_complete(), ready('I')])
        .client(&[execute("cursor"), sync()])
        .server(&[error("42703"), ready('I')])
        .to_client(&[refused_with("0A000", "a cursor"), ready('I')])
        .holds();
}
