//! Cancel requests: the right session's statement ends, nobody else's, and a wrong key does nothing.

mod inside;
mod next;

use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use pgveil::wire::startup::{Version, write_cancel_request, write_startup};

use crate::support::{Client, Proxy, ProxySetup, database};

/// Sends a CancelRequest with the body of BackendKeyData and waits until the other side closes.
fn cancel(address: &str, key_data: &[u8]) {
    let mut client = Client::dial(address).expect("a connection");
    client.send_raw(&cancel_packet(key_data));
    assert!(client.read_or_end().is_none(), "a cancel request is not answered");
}

pub fn cancel_packet(key_data: &[u8]) -> Vec<u8> {
    let (pid, secret) = key_data.split_at(4);
    let pid = i32::from_be_bytes(pid.try_into().expect("four bytes"));
    let mut packet = Vec::new();
    write_cancel_request(&mut packet, pid, secret);
    packet
}

fn wait_until_it_runs(host: &mut Client, marker: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%{marker}%' AND pid <> pg_backend_pid()"
    );
    while host.value(&sql) == "0" {
        assert!(Instant::now() < deadline, "the statement did not start");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_running_statement_is_cancelled() {
    let database = database("cancel");
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    let mut client = proxy.client(&database.login());
    client.query("SELECT pg_sleep(60) /* one */");
    wait_until_it_runs(&mut database.host(), "/* one */");
    cancel(&proxy.address, &client.key_data.clone());
    let messages = client.until_ready();
    assert!(messages.iter().any(|message| message.tag == b'E' && message.sqlstate() == "57014"));
    assert_eq!(client.value("SELECT 1"), "1");
}

/// The key is pgveil's: it does nothing on the server, and the server's does nothing here.
#[test]
fn keys_of_the_two_sides_differ() {
    let database = database("cancel_keys");
    let tap = crate::support::Tap::start(&database.server.address());
    let proxy = Proxy::start(&ProxySetup::plain(&tap.address));
    let client = proxy.client(&database.login());
    assert_eq!(client.key_data.len(), 8);
    assert!(!tap.to_client.contains(&client.key_data));
}

#[test]
fn among_many_only_the_right_one_is_cancelled() {
    let database = database("cancel_many");
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    let mut clients: Vec<Client> = (0..12).map(|_| proxy.client(&database.login())).collect();
    for (number, client) in clients.iter_mut().enumerate() {
        client.query(&format!("SELECT pg_sleep(3) /* many{number}. */"));
        wait_until_it_runs(&mut database.host(), &format!("/* many{number}. */"));
    }
    for number in [3, 7, 11] {
        let key = clients[number].key_data.clone();
        // A wrong secret first: it must do nothing.
        let mut wrong = key.clone();
        *wrong.last_mut().expect("a byte") ^= 1;
        cancel(&proxy.address, &wrong);
        cancel(&proxy.address, &key);
    }
    for (number, client) in clients.iter_mut().enumerate() {
        let failed = client.until_ready().iter().any(|message| message.tag == b'E');
        assert_eq!(failed, [3, 7, 11].contains(&number), "client {number}");
    }
}

#[test]
fn a_key_is_forgotten_with_its_session() {
    let database = database("cancel_after");
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    let first = proxy.client(&database.login());
    let key = first.key_data.clone();
    drop(first);
    std::thread::sleep(Duration::from_millis(200));
    let mut second = proxy.client(&database.login());
    second.query("SELECT pg_sleep(0.5)");
    cancel(&proxy.address, &key);
    assert!(second.until_ready().iter().all(|message| message.tag != b'E'));
}

/// Protocol 3.2: a long key towards the client, though the server (15) speaks 3.0.
#[test]
fn long_keys_cancel_too() {
    let database = database("cancel_long");
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    let mut client = Client::dial(&proxy.address).expect("a connection");
    let login = database.login();
    let parameters = login.parameters.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let mut packet = Vec::new();
    write_startup(&mut packet, Version::V3_2, parameters);
    client.send_raw(&packet);
    assert_eq!(client.read().tag, b'R');
    client.send(b'p', &[login.password.as_deref().unwrap_or_default().as_bytes(), b"\0"].concat());
    let messages = client.until_ready();
    let key = messages.iter().find(|message| message.tag == b'K').expect("a key").body.clone();
    assert_eq!(key.len(), 4 + 32);
    client.query("SELECT pg_sleep(60) /* long */");
    wait_until_it_runs(&mut database.host(), "/* long */");
    cancel(&proxy.address, &key);
    assert!(client.until_ready().iter().any(|message| message.tag == b'E' && message.sqlstate() == "57014"));
}

/// A version and options that nobody knows are negotiated down, before anything else is said.
#[test]
fn unknown_versions_and_options_are_negotiated() {
    let proxy = Proxy::start(&ProxySetup::plain("127.0.0.1:1"));
    let ask = |version, names: &[&str]| {
        let mut packet = Vec::new();
        let parameters = names.iter().map(|name| (name.as_bytes(), &b"x"[..]));
        write_startup(&mut packet, version, parameters);
        let mut client = Client::dial(&proxy.address).expect("a connection");
        client.send_raw(&packet);
        client.read()
    };
    let answer = ask(Version { major: 3, minor: 9999 }, &["user", "_pq_.grease"]);
    assert_eq!((answer.tag, answer.body.as_slice()), (b'v', &b"\0\x03\0\x02\0\0\0\x01_pq_.grease\0"[..]));
    assert_eq!(ask(Version::V3_0, &["user"]).tag, b'R');
    assert_eq!(ask(Version { major: 2, minor: 0 }, &["user"]).sqlstate(), "0A000");
    assert_eq!(ask(Version { major: 4, minor: 0 }, &["user"]).sqlstate(), "0A000");
}

#[test]
fn gss_is_declined_and_a_second_request_for_tls_refused() {
    let proxy = Proxy::start(&ProxySetup::plain("127.0.0.1:1"));
    let mut stream = TcpStream::connect(&proxy.address).expect("a connection");
    let mut say = |code: u8| {
        std::io::Write::write_all(&mut stream, &[0, 0, 0, 8, 4, 210, 22, code]).expect("written");
        let mut answer = [0];
        stream.read_exact(&mut answer).expect("an answer");
        answer[0]
    };
    assert_eq!((say(48), say(47), say(47)), (b'N', b'N', b'E'));
}
