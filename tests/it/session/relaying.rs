//! What passes untouched, and what nobody owes.

use pgveil::session::Out;
use pgveil::session::fault::Fault;
use pgveil::session::judge::{ForwardAll, Judge};

use super::conversation::{Conversation, Machine, OWN_KEY};
use super::judges::RefuseMarked;
use super::messages::*;

/// Under a judge that watches nothing, and under one that watches and finds nothing.
#[track_caller]
fn both(build: fn(Conversation) -> Conversation) {
    build(Conversation::with(|| Box::new(ForwardAll))).holds();
    build(Conversation::with(|| Box::new(RefuseMarked("MARK")))).holds();
}

#[test]
fn a_session_starts_with_our_own_key() {
    for watched in [false, true] {
        let judge: Box<dyn Judge> =
            if watched { Box::new(RefuseMarked("MARK")) } else { Box::new(ForwardAll) };
        let mut machine = Machine::new(judge, 1 << 20);
        let settings = [parameter("server_version", "15.3"), notice()].concat();
        machine.client(&query("too early"));
        assert!(machine.session.holds_client());
        machine.server(&settings);
        machine.server(&key_data(99, b"a long secret of protocol 3.2"));
        let key = machine.session.server_key().expect("the server's key");
        assert_eq!((key.pid, &key.secret[..]), (99, &b"a long secret of protocol 3.2"[..]));
        assert!(machine.out.to_server.is_empty() && !machine.session.is_idle());
        machine.server(&ready('I'));
        assert_eq!(machine.out.to_client, [settings, key_data(7, OWN_KEY), ready('I')].concat());
        assert_eq!(machine.out.to_server, query("too early"));
        machine.server(&[rows(&[]), complete("SELECT 0"), ready('I')].concat());
        assert!(machine.session.is_idle() && machine.fault.is_none());
    }
}

#[test]
fn a_refused_start_is_forwarded() {
    let mut machine = Machine::new(Box::new(ForwardAll), 1 << 20);
    machine.server(&fatal("3D000"));
    machine.session.server_lost(&mut machine.out);
    assert_eq!(machine.out.to_client, fatal("3D000"));
    assert!(machine.session.is_over());
}

#[test]
fn simple_queries_of_every_kind() {
    both(|c| {
        c.asks(&[query("select 1")])
            .hears(&[rows(&[("a", 0, 0, 23)]), row(&[Some("1")]), complete("SELECT 1"), ready('I')])
            .asks(&[query("")])
            .hears(&[empty(), ready('I')])
            .asks(&[query("begin; select 1; nonsense")])
            .hears(&[
                complete("BEGIN"),
                rows(&[]),
                row(&[]),
                complete("SELECT 1"),
                error("42601"),
                ready('E'),
            ])
            .asks(&[query("rollback"), query("select 1"), query("select 2")])
            .hears(&[complete("ROLLBACK"), ready('I'), notice(), notification()])
            .hears(&[parameter("TimeZone", "UTC"), rows(&[]), complete("SELECT 0"), ready('I')])
            .hears(&[error("57014"), ready('I')])
            .asks(&[terminate()])
    });
}

#[test]
fn extended_queries_of_every_kind() {
    both(|c| {
        c.asks(&[parse("s", "select $1"), describe_statement("s"), flush()])
            .hears(&[parse_complete(), params(&[25]), rows(&[("a", 0, 0, 25)])])
            .asks(&[bind("p", "s", &[Some("x")]), describe_portal("p"), execute_rows("p", 1), flush()])
            .hears(&[bind_complete(), rows(&[("a", 0, 0, 25)]), row(&[Some("x")]), suspended()])
            .asks(&[execute("p"), close_portal("p"), close_statement("none"), sync()])
            .hears(&[complete("SELECT 0"), close_complete(), close_complete(), ready('I')])
            .asks(&[parse("", ""), bind("", "", &[]), describe_portal(""), execute(""), sync()])
            .hears(&[parse_complete(), bind_complete(), no_data(), empty(), ready('I')])
            .asks(&[function_call(1), sync()])
            .hears(&[function_result(), ready('I'), ready('I')])
            .asks(&[function_call(1)])
            .hears(&[error("42883"), ready('I')])
    });
}

#[test]
fn sync_may_answer_an_error() {
    both(|c| {
        c.asks(&[parse("", "insert"), bind("", "", &[]), execute(""), sync()])
            .hears(&[parse_complete(), bind_complete(), complete("INSERT 0 1"), error("23503"), ready('I')])
            .asks(&[query("select 1")])
            .hears(&[complete("SELECT 1"), ready('I')])
    });
}

#[test]
fn messages_that_nobody_owes_end_the_session() {
    let answers: &[Vec<u8>] = &[
        ready('I'),
        complete("SELECT 1"),
        row(&[]),
        rows(&[]),
        error("XX000"),
        parse_complete(),
        bind_complete(),
        close_complete(),
        no_data(),
        suspended(),
        empty(),
        copy_in(),
        copy_out(),
        copy_both(),
        copy_data("x"),
        copy_done(),
        params(&[]),
        function_result(),
        key_data(1, b"1234"),
        frame(b'R', &[0, 0, 0, 0]),
        frame(b'v', &[0, 0, 0, 0, 0, 0, 0, 0]),
        frame(b'?', b""),
    ];
    for answer in answers {
        let (mut a, mut b) = (Machine::started(Box::new(ForwardAll)), Machine::started(Box::new(ForwardAll)));
        a.server(answer);
        assert!(matches!(a.fault, Some(Fault::NotOwed(_))), "{:?}", shown(answer));
        assert_eq!(shown(&a.out.to_client).len(), 1);
        assert_eq!(a.out.to_server, terminate());
        b.client(&parse("", "x"));
        b.out = Out::default();
        b.server(answer);
        assert_eq!(b.fault.is_none(), *answer == parse_complete() || *answer == error("XX000"));
    }
}

#[test]
fn malformed_messages_end_the_session() {
    let from_client: &[Vec<u8>] = &[
        vec![b'Q', 0, 0, 0, 3],
        vec![b'Q', 0xff, 0, 0, 3],
        frame(b'Q', b"no end"),
        frame(b'Q', b"two\0ends\0"),
        frame(b'P', b"\0x\0\0\x09"),
        frame(b'B', b"\0\0\0\0\0\x01"),
        frame(b'B', b"\0\0\0\0\0\x01\xff\xff\xff\xfe\0\0"),
        frame(b'D', b"X\0"),
        frame(b'D', b""),
        frame(b'E', b"\0\0"),
        frame(b'C', b"S"),
        frame(b'F', b"\0"),
        frame(b'p', b"password\0"),
        frame(b'!', b""),
        frame(b'E', &[b'x'; 20_000]),
    ];
    for bytes in from_client {
        let mut machine = Machine::started(Box::new(RefuseMarked("MARK")));
        machine.client(bytes);
        assert!(machine.fault.is_some() && machine.session.is_over(), "{:?}", shown(bytes));
        assert!(machine.out.to_client.windows(7).any(|w| w == b"C08P01\0"));
        assert_eq!(machine.out.to_server, terminate());
    }
    let from_server: &[Vec<u8>] = &[
        vec![b'T', 0, 0, 0, 0],
        frame(b'Z', b"X"),
        frame(b'Z', b"II"),
        frame(b'S', b"x"),
        frame(b'E', b"Mno end"),
        frame(b'G', b""),
    ];
    for bytes in from_server {
        let mut machine = Machine::started(Box::new(ForwardAll));
        machine.client(&query("copy t from stdin"));
        machine.server(bytes);
        assert!(matches!(machine.fault, Some(Fault::Server(_))), "{:?}", shown(bytes));
    }
}

#[test]
fn frames_beyond_the_limit_end_the_session_or_stream_through() {
    let long = "x".repeat(200_000);
    let mut judged = Machine::new(Box::new(RefuseMarked("MARK")), 100_000);
    judged.server(&[key_data(1, b"1234"), ready('I')].concat());
    judged.client(&query(&long)[..10]);
    assert!(matches!(judged.fault, Some(Fault::TooLarge { bytes: 200_006, limit: 100_000 })));
    assert!(judged.out.to_client.windows(7).any(|w| w == b"C54000\0"));

    let mut relayed = Machine::new(Box::new(ForwardAll), 100_000);
    relayed.server(&[key_data(1, b"1234"), ready('I')].concat());
    relayed.out = Out::default();
    for piece in query(&long).chunks(1000) {
        relayed.client(piece);
        assert_eq!(std::mem::take(&mut relayed.out.to_server), piece, "forwarded as it comes");
    }
    relayed.server(&rows(&[("a", 0, 0, 25)]));
    relayed.out = Out::default();
    for piece in row(&[Some(&long)]).chunks(1000) {
        relayed.server(piece);
        assert_eq!(std::mem::take(&mut relayed.out.to_client), piece);
    }
    assert_eq!(relayed.fault, None);
    assert!(relayed.from_client.capacity() <= 8192 && relayed.from_server.capacity() <= 8192);
}

#[test]
fn a_lost_server_is_reported_between_frames_only() {
    let mut machine = Machine::started(Box::new(ForwardAll));
    machine.client(&query("select 1"));
    machine.server(&rows(&[]));
    machine.out = Out::default();
    machine.session.server_lost(&mut machine.out);
    assert!(machine.out.to_client.windows(7).any(|w| w == b"C08006\0"));

    let mut machine = Machine::started(Box::new(ForwardAll));
    machine.client(&query("select 1"));
    machine.server(&[rows(&[]), row(&[Some("half")])[..8].to_vec()].concat());
    machine.out = Out::default();
    machine.session.server_lost(&mut machine.out);
    assert!(machine.out.to_client.is_empty() && machine.session.is_over());

    let mut machine = Machine::started(Box::new(ForwardAll));
    machine.server(&fatal("57P01"));
    machine.session.server_lost(&mut machine.out);
    assert_eq!(machine.out.to_client, fatal("57P01"));
}

/// As the server does, which reads Terminate when it has answered everything before it.
#[test]
fn a_client_that_leaves_hears_what_it_is_owed() {
    both(|c| {
        c.client(&[query("select 1"), parse("", "select 2"), sync(), terminate(), query("not read")])
            .to_server(&[query("select 1"), parse("", "select 2"), sync(), terminate()])
            .hears(&[rows(&[]), row(&[]), complete("SELECT 1"), ready('I'), parse_complete(), ready('I')])
            .client(&[query("nor this"), vec![b'?', 0]])
            .to_server(&[])
    });
    for owed in [&[][..], &[query("select 1")]] {
        let mut machine = Machine::started(Box::new(ForwardAll));
        machine.client(&[owed.concat(), terminate()].concat());
        assert!(!machine.session.is_over(), "the server has not closed");
        machine.out = Out::default();
        machine.session.server_lost(&mut machine.out);
        assert!(machine.session.is_over());
        assert_eq!((shown(&machine.out.to_client), shown(&machine.out.to_server)), (vec![], vec![]));
    }
}

/// To the byte; a name is short, so what only names something may not be long (as the server has it).
#[test]
fn a_message_is_as_long_as_it_may_be() {
    const LIMIT: usize = 200_000;
    const SMALL: usize = 10_000;
    let meets = |message: Vec<u8>| {
        let mut machine = Machine::new(super::epochs::watch(&super::epochs::epoch()), LIMIT);
        machine.server(&[key_data(99, b"theirs"), ready('I')].concat());
        machine.client(&message);
        machine.fault
    };
    let text = |len: usize| query(&format!("select 1{}", " ".repeat(len - 14)));
    assert_eq!(text(LIMIT).len(), LIMIT);
    assert_eq!(meets(text(LIMIT)), None);
    let too_large = Fault::TooLarge { bytes: LIMIT + 1, limit: LIMIT };
    assert_eq!(meets(text(LIMIT + 1)), Some(too_large));
    let name = |len: usize| describe_statement(&"n".repeat(len - 7));
    assert_eq!(name(SMALL).len(), SMALL);
    assert_eq!(meets(name(SMALL)), None);
    assert!(matches!(meets(name(SMALL + 1)), Some(Fault::Client(_))));
}
