//! Settings followed from the client, against what a server reports.

use pgveil::session::following::Following;

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
