//! `/healthz` and `/readyz`, and a responder that nobody can block or fill.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::web::Web;
use crate::support::{self, Proxy, ProxySetup};

#[test]
fn ready_while_the_server_is_there_and_not_while_draining() {
    let database = support::database("probes");
    let mut setup = ProxySetup::plain(&database.server.address());
    let web = Web::of(&mut setup);
    let mut proxy = Proxy::start(&setup);
    assert_eq!((web.get("/healthz").status, web.get("/healthz").body.as_str()), (200, "alive\n"));
    let ready = web.get("/readyz");
    assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
    let mut client = proxy.client(&database.login());
    client.run("BEGIN; CREATE TABLE drained (a int)");
    proxy.signal("TERM");
    let draining = web.until("/readyz", 503);
    assert_eq!(draining.body, "draining\n");
    assert_eq!(web.get("/healthz").status, 200);
    assert_eq!(web.metrics()["pgveil_draining"], 1.0);
    let turned_away = proxy.connect(&database.login());
    assert!(format!("{:?}", turned_away.err()).contains("57P03"));
    let refused = "pgveil_connections_refused_total{reason=\"shutting-down\"}";
    assert_eq!(web.metrics()[refused], 1.0);
    // The transaction that was open goes on to its end.
    client.run("INSERT INTO drained VALUES (1); COMMIT");
    assert_eq!(proxy.wait(Duration::from_secs(20)), Some(0));
    assert_eq!(database.direct().value("SELECT count(*) FROM drained"), "1");
}

#[test]
fn a_second_signal_ends_at_once() {
    let database = support::database("second_signal");
    let mut setup = ProxySetup::plain(&database.server.address());
    let web = Web::of(&mut setup);
    let mut proxy = Proxy::start(&setup);
    let mut client = proxy.client(&database.login());
    client.run("BEGIN");
    let begun = Instant::now();
    proxy.signal("TERM");
    web.until("/readyz", 503);
    proxy.signal("TERM");
    assert_eq!(proxy.wait(Duration::from_secs(20)), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(15), "the drain lasts 30 s by itself");
    assert!(client.until_end().iter().any(|message| message.sqlstate() == "57P01"));
}

#[test]
fn not_ready_without_a_server_and_ready_when_it_is_back() {
    let place = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
    let mut setup = ProxySetup::plain(&place.to_string());
    let web = Web::of(&mut setup);
    let proxy = Proxy::start(&setup);
    let reply = web.get("/readyz");
    assert_eq!((reply.status, reply.body.as_str()), (503, "the server cannot be reached\n"));
    assert_eq!(web.metrics()["pgveil_ready"], 0.0);
    assert!(proxy.connect(&support::Login::trusted("app", "app")).is_err());
    let _server = TcpListener::bind(place).expect("the same port");
    assert_eq!(web.get("/readyz").status, 200);
}

#[test]
fn one_get_one_answer() {
    let mut setup = ProxySetup::plain(&support::server().address());
    let web = Web::of(&mut setup);
    let _proxy = Proxy::start(&setup);
    assert_eq!(web.get("/").status, 404);
    assert_eq!(web.get("/metrics?name[]=pgveil_ready").status, 200);
    let post = web.say(b"POST /metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(post.status, 405);
    assert!(post.head.contains("Allow: GET, HEAD"));
    let head = web.say(b"HEAD /metrics HTTP/1.1\r\n\r\n");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(head.head.contains("text/plain; version=0.0.4"), "{}", head.head);
    for malformed in
        [&b"GET\r\n\r\n"[..], b"GET x HTTP/1.1\r\n\r\n", b"\xff\xff \r\n\r\n", b"GET / HTTP/2\r\n\r\n"]
    {
        assert_eq!(web.say(malformed).status, 400, "{malformed:?}");
    }
    let long = [b"GET / HTTP/1.1\r\nX: ".to_vec(), vec![b'x'; 8 * 1024 - 19]].concat();
    assert_eq!(web.say(&long).status, 431);
}

#[test]
fn those_who_say_nothing_are_let_go_and_others_answered() {
    let database = support::database("slow_probes");
    let mut setup = ProxySetup::plain(&database.server.address());
    let web = Web::of(&mut setup);
    let proxy = Proxy::start(&setup);
    let begun = Instant::now();
    let mut silent: Vec<_> = (0..16).map(|_| web.connect()).collect();
    silent.iter_mut().for_each(|stream| stream.write_all(b"GET /me").expect("written"));
    // Clients of the database do not notice.
    assert_eq!(proxy.client(&database.login()).value("SELECT 1"), "1");
    for stream in &mut silent {
        let mut nothing = Vec::new();
        // Closed, with or without ceremony.
        let _ = stream.read_to_end(&mut nothing);
        assert!(nothing.is_empty());
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert_eq!(web.get("/healthz").status, 200);
}
