//! Lies in messages: what nobody asked for, what comes too early, what is longer than it says.

use std::io;

use crate::support::{Client, Login, Message, Proxy, ProxySetup};

use super::server::{EvilServer, Victim};

fn login() -> Login {
    Login::with_password("app", "app", "any")
}

/// A proxy before a server that welcomes everybody and then follows the script.
fn behind(script: impl Fn(&mut Victim) -> io::Result<()> + Send + Sync + 'static) -> (EvilServer, Proxy) {
    let server = EvilServer::start(move |victim| {
        victim.welcome()?;
        script(victim)
    });
    // What is lied about here comes after the login.
    let auth = "mode = \"relay\"
allow_weak_upstream_auth = true"
        .into();
    let proxy = Proxy::start(&ProxySetup { auth, ..ProxySetup::plain(&server.address) });
    (server, proxy)
}

/// Everything that the client gets after its query, until it is cut off, which it must be.
fn answer(proxy: &Proxy, ask: impl Fn(&mut Client)) -> Vec<Message> {
    let mut client = proxy.client(&login());
    ask(&mut client);
    client.until_end()
}

#[track_caller]
fn ends_with_an_error(messages: &[Message]) {
    let last = messages.last().expect("a last word before the end");
    assert_eq!(last.tag, b'E', "{}", last.line());
    assert!(matches!(last.sqlstate().as_str(), "08P01" | "08006" | "54000"), "{}", last.line());
    assert_eq!(last.field(b'S').as_deref(), Some("FATAL"));
}

#[test]
fn rows_that_nobody_asked_for_close_the_session() {
    let (_server, proxy) = behind(|victim| {
        victim.one_column("lie")?;
        victim.row(b"unasked")?;
        victim.wait_for_the_end()
    });
    let messages = answer(&proxy, |_| {});
    ends_with_an_error(&messages);
    assert!(messages.iter().all(|message| message.tag != b'D'), "an unasked row reached the client");
}

#[test]
fn ready_before_sync_closes_the_session() {
    let (_server, proxy) = behind(|victim| {
        victim.read_until(b'H')?;
        victim.send(b'1', b"")?;
        victim.ready(b'I')?;
        victim.wait_for_the_end()
    });
    let messages = answer(&proxy, |client| {
        client.parse("", "SELECT 1", &[]);
        client.flush();
    });
    ends_with_an_error(&messages);
    assert!(messages.iter().all(|message| message.tag != b'Z'), "an early ReadyForQuery reached the client");
}

#[test]
fn two_answers_to_one_question_close_the_session() {
    let (_server, proxy) = behind(|victim| {
        victim.read_until(b'Q')?;
        for _ in 0..2 {
            victim.one_column("a")?;
            victim.row(b"1")?;
            victim.complete("SELECT 1")?;
            victim.ready(b'I')?;
        }
        victim.wait_for_the_end()
    });
    let messages = answer(&proxy, |client| client.query("SELECT 1"));
    ends_with_an_error(&messages);
    assert_eq!(messages.iter().filter(|message| message.tag == b'Z').count(), 1);
}

#[test]
fn impossible_lengths_close_the_session() {
    for bytes in [&b"D\0\0\0\x03"[..], b"D\0\0\0\0", b"Z\x7f\xff\xff\xff", b"T\xff\xff\xff\xff"] {
        let bytes = bytes.to_vec();
        let (_server, proxy) = behind(move |victim| {
            victim.read_until(b'Q')?;
            victim.raw(&bytes)?;
            victim.wait_for_the_end()
        });
        ends_with_an_error(&answer(&proxy, |client| client.query("SELECT 1")));
    }
}

#[test]
fn unknown_messages_close_the_session() {
    for tag in [b'\0', b'q', b'Q', b'~', 0xff] {
        let (_server, proxy) = behind(move |victim| {
            victim.read_until(b'Q')?;
            victim.send(tag, b"what?")?;
            victim.wait_for_the_end()
        });
        ends_with_an_error(&answer(&proxy, |client| client.query("SELECT 1")));
    }
}

#[test]
fn a_server_that_goes_away_in_a_row_ends_the_connection() {
    let (_server, proxy) = behind(|victim| {
        victim.read_until(b'Q')?;
        victim.one_column("a")?;
        victim.raw(b"D\0\0\0\x40\0\x01\0\0\0\x36half a v")
    });
    // The row is half sent already, so no error can follow it: the end of the connection says it.
    let messages = answer(&proxy, |client| client.query("SELECT 1"));
    assert!(messages.iter().all(|message| !matches!(message.tag, b'D' | b'C' | b'Z')));
}

#[test]
fn a_server_that_goes_away_between_messages_is_reported() {
    let (_server, proxy) = behind(|victim| {
        victim.read_until(b'Q')?;
        victim.one_column("a")
    });
    let messages = answer(&proxy, |client| client.query("SELECT 1"));
    let last = messages.last().expect("a last word");
    assert_eq!((last.tag, last.sqlstate().as_str()), (b'E', "08006"));
}

#[test]
fn authentication_in_the_middle_of_a_session_is_not_passed_on() {
    let (_server, proxy) = behind(|victim| {
        victim.read_until(b'Q')?;
        // AuthenticationCleartextPassword: a client that believes it would send its password.
        victim.send(b'R', &[0, 0, 0, 3])?;
        victim.wait_for_the_end()
    });
    let messages = answer(&proxy, |client| client.query("SELECT 1"));
    ends_with_an_error(&messages);
    assert!(messages.iter().all(|message| message.tag != b'R'));
}

#[test]
fn others_are_not_disturbed() {
    let (_server, proxy) = behind(|victim| {
        loop {
            let query = victim.read_until(b'Q')?;
            if query.body.starts_with(b"lie") {
                victim.raw(b"D\0\0\0\0")?;
            } else {
                victim.one_column("a")?;
                victim.row(b"honest")?;
                victim.complete("SELECT 1")?;
                victim.ready(b'I')?;
            }
        }
    });
    let mut honest = proxy.client(&login());
    assert_eq!(honest.value("SELECT 1"), "honest");
    ends_with_an_error(&answer(&proxy, |client| client.query("lie")));
    assert_eq!(honest.value("SELECT 1"), "honest");
}
