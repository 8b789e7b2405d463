//! Settings followed from the client, against what a server reports.

use pgveil::catalog::path::Source;
use pgveil::session::following::{Following, Values};
use pgveil::session::judge::{Event, Judge};
use pgveil::wire::from_server::Status;

use crate::session::{Quiet, beginning, epoch};

/// A session after start-up, with a server's usual reports.
fn started() -> Following {
    let mut session = Following::default();
    for (name, value) in [
        ("client_encoding", "UTF8"),
        ("server_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
        ("DateStyle", "ISO, DMY"),
        ("TimeZone", "Europe/Bucharest"),
        ("IntervalStyle", "postgres"),
    ] {
        session.report(name, value);
    }
    session.ready(true);
    assert_eq!(session.closed(), None);
    session
}

/// How a date shows now.
fn style(session: &Following) -> String {
    format!("{:?}", session.now().text.date_style)
}

#[test]
fn what_the_server_says_at_the_start_is_taken_and_later_only_compared() {
    let mut session = started();
    assert_eq!(format!("{:?}", session.now().text.date_order), "Dmy");
    session.report("DateStyle", "German, DMY");
    session.ready(true);
    assert_eq!(session.closed(), Some("datestyle"), "nobody asked for it");
    assert_eq!(style(&session), "Iso", "and it is not believed");
    session.report("DateStyle", "ISO, DMY");
    session.ready(true);
    assert_eq!(session.closed(), None, "explained again");
}

#[test]
fn set_is_followed_and_reset_leads_back_to_the_start() {
    let mut session = started();
    session.set("datestyle", Some("German"), false);
    session.report("DateStyle", "German, DMY");
    session.ready(true);
    assert_eq!((style(&session).as_str(), session.closed()), ("German", None));
    session.set("datestyle", None, false);
    session.report("DateStyle", "ISO, DMY");
    session.ready(true);
    assert_eq!((style(&session).as_str(), session.closed()), ("Iso", None));
}

#[test]
fn a_server_that_does_not_report_what_was_set_closes_it_too() {
    let mut session = started();
    session.set("standard_conforming_strings", Some("off"), false);
    session.ready(true);
    assert_eq!(session.closed(), Some("standard_conforming_strings"));
    assert!(!session.now().standard_strings);
}

#[test]
fn a_rollback_undoes_it_and_a_commit_keeps_it() {
    for committed in [true, false] {
        let mut session = started();
        session.begin();
        session.ready(false);
        session.set("datestyle", Some("SQL"), false);
        session.report("DateStyle", "SQL, DMY");
        session.ready(false);
        assert_eq!(session.closed(), None);
        session.end(committed);
        session.report("DateStyle", if committed { "SQL, DMY" } else { "ISO, DMY" });
        session.ready(true);
        assert_eq!(session.closed(), None);
        assert_eq!(style(&session), if committed { "Sql" } else { "Iso" });
    }
}

#[test]
fn set_local_ends_with_the_transaction() {
    let mut session = started();
    session.begin();
    session.set("datestyle", Some("SQL"), true);
    assert_eq!(style(&session), "Sql");
    session.end(true);
    session.ready(true);
    assert_eq!((style(&session).as_str(), session.closed()), ("Iso", None));
}

#[test]
fn savepoints_give_back_what_was_in_force() {
    let mut session = started();
    session.begin();
    session.set("datestyle", Some("SQL"), false);
    session.savepoint("a");
    session.set("datestyle", Some("German"), false);
    session.savepoint("b");
    session.release("b");
    session.rollback_to("a");
    assert_eq!(style(&session), "Sql");
    session.rollback_to("a");
    assert_eq!(style(&session), "Sql", "a savepoint outlives the return to it");
    session.end(true);
    session.report("DateStyle", "SQL, DMY");
    session.ready(true);
    assert_eq!(session.closed(), None);
}

#[test]
fn an_error_outside_a_block_undoes_its_statements_and_inside_one_nothing() {
    let mut session = started();
    session.set("datestyle", Some("SQL"), false);
    session.failed();
    assert_eq!(style(&session), "Iso");
    session.begin();
    session.ready(false);
    session.set("datestyle", Some("SQL"), false);
    session.failed();
    assert_eq!(style(&session), "Sql", "until ROLLBACK, or ROLLBACK TO");
}

#[test]
fn a_chained_transaction_is_a_block() {
    let mut session = started();
    session.begin();
    session.end(true);
    session.ready(false);
    session.set("datestyle", Some("SQL"), false);
    session.failed();
    assert_eq!(style(&session), "Sql");
}

#[test]
fn a_setting_that_only_the_server_knows_closes_for_good() {
    let mut session = started();
    session.lose_sight();
    session.ready(true);
    assert_eq!(session.closed(), Some("set_config"));
}

#[test]
fn a_commit_that_failed_undoes_what_was_set() {
    for committed in [true, false] {
        let mut session = started();
        session.begin();
        session.ready(false);
        session.set("datestyle", Some("SQL"), false);
        session.ready(false);
        session.failed();
        // Told to be committed all the same, or over.
        if committed {
            session.end(true);
        }
        session.ready(true);
        assert_eq!((style(&session).as_str(), session.closed()), ("Iso", None));
    }
}

#[test]
fn a_block_that_nobody_ended_closes_for_good() {
    let mut session = started();
    session.begin();
    session.ready(true);
    assert!(session.closed().is_some());
}

#[test]
fn what_the_start_up_packet_asks_for_is_in_force_and_where_reset_leads() {
    let mut session = Following::default();
    session.ask("DateStyle", "German, DMY");
    session.ask("search_path", "crm, public");
    assert_eq!(style(&session), "German");
    assert_eq!(session.now().search_path.schemas(), ["crm", "public"]);
    session.told("search_path", "archive");
    assert_eq!(session.now().search_path.schemas(), ["crm", "public"], "the client's word counts more");
    session.ready(true);
    assert_eq!(session.closed(), None, "asked for, so it need not be reported");
    session.set("datestyle", Some("SQL"), false);
    session.set("search_path", Some("archive"), false);
    session.reset_all();
    assert_eq!(style(&session), "German");
    assert_eq!(session.now().search_path.schemas(), ["crm", "public"]);
}

#[test]
fn what_the_server_says_of_the_path_is_assumed() {
    let mut session = Following::default();
    session.told("search_path", "archive, public");
    assert_eq!(session.now().search_path.schemas(), ["archive", "public"]);
    session.set("search_path", Some("crm"), false);
    session.set("search_path", None, false);
    assert_eq!(session.now().search_path.schemas(), ["archive", "public"]);
}

#[test]
fn a_role_is_the_clients_until_it_or_the_server_says_otherwise() {
    let of = |role: &str| {
        let mut session = started();
        session.is_of(role);
        session
    };
    assert_eq!(started().role(), None);
    let mut session = of("app");
    assert_eq!(session.role(), Some("app"));
    session.told("current_user", "app");
    session.set("datestyle", Some("SQL"), false);
    assert_eq!(session.role(), Some("app"));
    let mut contradicted = of("app");
    contradicted.told("current_user", "owner");
    assert_eq!(contradicted.role(), None, "the server may contradict, and no more");
    contradicted.told("current_user", "app");
    assert_eq!(contradicted.role(), None);
    for name in ["role", "session_authorization"] {
        let mut changed = of("app");
        changed.set(name, Some("owner"), false);
        assert_eq!(changed.role(), None, "{name}");
        let mut asked = of("app");
        asked.ask(name, "owner");
        assert_eq!(asked.role(), None, "{name}");
    }
    session.lose_path(false);
    assert_eq!(session.role(), None, "what hides a change of the path may hide one of the role");
}

/// Is the path still known?
fn knows_path(session: &Following) -> bool {
    session.now().search_path.source() != Source::Lost
}

#[test]
fn a_path_that_was_lost_is_known_again_when_it_is_set_unless_it_is_lost_for_good() {
    let mut session = started();
    session.set("search_path", Some("crm"), false);
    session.begin();
    session.savepoint("s");
    session.lose_path(false);
    assert!(!knows_path(&session));
    session.set("search_path", Some("crm"), false);
    assert!(knows_path(&session));
    session.lose_path(false);
    session.rollback_to("s");
    assert!(knows_path(&session), "as it was before");

    session.lose_path(true);
    assert!(!knows_path(&session));
    session.rollback_to("s");
    assert!(!knows_path(&session));
    for value in [Some("crm"), None] {
        session.set("search_path", value, false);
        assert!(!knows_path(&session));
    }
    session.end(false);
    session.ready(true);
    session.reset_all();
    assert!(!knows_path(&session));
}

#[test]
fn a_path_hangs_on_the_end_of_what_it_was_set_in() {
    let mut session = started();
    session.set("search_path", Some("crm"), false);
    session.ready(true);
    assert!(!session.path_hangs());
    session.begin();
    session.set("search_path", Some("archive"), true);
    assert!(session.path_hangs(), "of the transaction only");
    session.end(true);
    session.ready(true);
    assert!(!session.path_hangs());
    session.begin();
    session.savepoint("s");
    session.set("search_path", Some("archive"), false);
    assert!(session.path_hangs(), "a rollback leads back");
    session.release("s");
    assert!(session.path_hangs(), "of the transaction too");
    session.end(true);
    session.ready(true);
    assert!(!session.path_hangs(), "committed");
    assert_eq!(session.now().search_path.schemas(), ["archive"]);
}

#[test]
fn a_server_that_reports_another_path_than_was_set_takes_it_away() {
    let mut session = Following::default();
    session.report("search_path", "public");
    session.ready(true);
    session.set("search_path", Some("crm"), false);
    session.report("search_path", "crm");
    session.ready(true);
    assert!(knows_path(&session));
    session.set("search_path", Some("archive"), false);
    session.ready(true);
    assert!(!knows_path(&session), "not reported");
    let mut older = started();
    older.set("search_path", Some("archive"), false);
    older.ready(true);
    assert!(knows_path(&older), "a server that never reports it");
}

#[test]
fn each_reported_parameter_is_compared() {
    for (name, lie) in [
        ("client_encoding", "LATIN1"),
        ("server_encoding", "SQL_ASCII"),
        ("standard_conforming_strings", "off"),
        ("DateStyle", "ISO, MDY"),
        ("TimeZone", "Europe/Rome"),
        ("IntervalStyle", "iso_8601"),
    ] {
        let mut session = started();
        session.report(name, lie);
        session.ready(true);
        assert_eq!(session.closed(), Some(&*name.to_ascii_lowercase()), "{name}");
    }
    let mut session = started();
    session.set("timezone", Some("3"), false);
    session.report("TimeZone", "<+03>-03");
    session.ready(true);
    assert_eq!(session.closed(), None, "an offset is reported in another spelling");
    session.report("TimeZone", "Europe/Rome");
    session.ready(true);
    assert_eq!(session.closed(), Some("timezone"));
}

#[test]
fn constants_that_the_server_reads_by_other_rules_close_until_they_are_the_usual_ones() {
    for (name, other, usual) in
        [("array_nulls", "off", "on"), ("timezone_abbreviations", "Australia", "Default")]
    {
        let mut session = started();
        session.set(name, Some(other), false);
        assert_eq!(session.closed(), Some(name));
        session.set(name, Some(usual), false);
        assert_eq!(session.closed(), None);
    }
}

#[test]
fn some_parameters_are_followed_and_others_are_not() {
    for name in ["datestyle", "client_encoding", "search_path", "bytea_output", "array_nulls"] {
        assert!(Values::follows(name), "{name}");
    }
    for name in ["work_mem", "DateStyle", "role", ""] {
        assert!(!Values::follows(name), "{name}");
    }
}

#[test]
fn options_of_a_start_up_packet_are_taken_apart_as_the_server_does() {
    let judged = |options: &str| {
        let mut watch = beginning(&epoch());
        watch.started_with("options", options);
        watch.event(Event::Ready(Status::Idle), &mut Quiet).unwrap();
        let mut sent = Vec::new();
        format!("{:?}", watch.query(b"SELECT email FROM customers", &Quiet, &mut sent))
    };
    let (plan, latin) = (judged(""), judged("-c client_encoding=LATIN1"));
    assert_ne!(plan, latin);
    for same in [
        "-cclient_encoding=LATIN1",
        "--client-encoding=LATIN1",
        "  -c   client_encoding=LATIN1  ",
        "-c geqo=off --client_encoding=LATIN1",
        "-c client_encoding=LAT\\IN1",
        "-c client_encoding=UTF8 -c client_encoding=LATIN1",
    ] {
        assert_eq!(judged(same), latin, "{same}");
    }
    for other in
        ["-c geqo=off", "-c client_encoding=UTF8", "-c x=\\ client_encoding=LATIN1", "client_encoding=LATIN1"]
    {
        assert_eq!(judged(other), plan, "{other}");
    }
}
