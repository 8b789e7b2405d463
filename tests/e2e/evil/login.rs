//! Lies at login: a server that proves nothing, or asks for more than it may.

use std::io;

use crate::support::client::ConnectError;
use crate::support::{Login, Proxy, ProxySetup};

use super::server::{EvilServer, Victim};

const PASSWORD: &str = "canary-password-8c1f";

/// AuthenticationSASL with the one mechanism, then the client's first message: (bare, nonce).
fn begin_scram(victim: &mut Victim) -> io::Result<String> {
    victim.startup()?;
    victim.send(b'R', b"\0\0\0\x0aSCRAM-SHA-256\0\0")?;
    let first = victim.read()?;
    let text = String::from_utf8_lossy(&first.body).into_owned();
    let nonce = text.rsplit("r=").next().unwrap_or_default();
    Ok(nonce.to_owned())
}

fn server_first(victim: &mut Victim, nonce: &str, salt: &str, iterations: &str) -> io::Result<()> {
    let text = format!("r={nonce},s={salt},i={iterations}");
    victim.send(b'R', &[&[0, 0, 0, 11], text.as_bytes()].concat())
}

const SALT: &str = "c2FsdHNhbHRzYWx0c2FsdA==";

/// The client must not get a session, and the password must not have travelled.
fn refused(script: impl Fn(&mut Victim) -> io::Result<()> + Send + Sync + 'static) {
    let server = EvilServer::start(script);
    let proxy = Proxy::start(&ProxySetup::plain(&server.address));
    let login = Login::with_password("app", "app", PASSWORD);
    match proxy.connect(&login) {
        Ok(_) => panic!("the lie was believed"),
        Err(ConnectError::Refused(error)) => {
            assert_eq!(error.tag, b'E', "{}", error.line());
            assert!(!error.line().contains(PASSWORD));
        }
        Err(ConnectError::Io(error)) => panic!("no word before the end: {error}"),
    }
    assert!(!server.received.contains(PASSWORD.as_bytes()), "the password went to the server in the clear");
    assert!(!proxy.log().contains(PASSWORD), "the password is in our log");
}

#[test]
fn a_nonce_that_does_not_extend_ours_is_refused() {
    refused(|victim| {
        begin_scram(victim)?;
        server_first(victim, "something-else-altogether", SALT, "4096")?;
        victim.wait_for_the_end()
    });
    refused(|victim| {
        let nonce = begin_scram(victim)?;
        server_first(victim, &nonce, SALT, "4096")?;
        victim.wait_for_the_end()
    });
}

#[test]
fn iteration_counts_out_of_bounds_are_refused() {
    for iterations in ["1", "4095", "1000001", "4294967296", "-5", "0x1000", ""] {
        refused(move |victim| {
            let nonce = begin_scram(victim)? + "extended";
            server_first(victim, &nonce, SALT, iterations)?;
            victim.wait_for_the_end()
        });
    }
}

#[test]
fn a_server_without_a_signature_is_refused() {
    // Ok right after the client's proof.
    refused(|victim| {
        let nonce = begin_scram(victim)? + "extended";
        server_first(victim, &nonce, SALT, "4096")?;
        victim.read()?;
        victim.authenticated()?;
        victim.wait_for_the_end()
    });
    // Ok right after the client's first message.
    refused(|victim| {
        begin_scram(victim)?;
        victim.authenticated()?;
        victim.wait_for_the_end()
    });
    // A signature that is none.
    refused(|victim| {
        let nonce = begin_scram(victim)? + "extended";
        server_first(victim, &nonce, SALT, "4096")?;
        victim.read()?;
        victim.send(b'R', b"\0\0\0\x0cv=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")?;
        victim.authenticated()?;
        victim.wait_for_the_end()
    });
}

#[test]
fn malformed_authentication_is_refused() {
    for body in
        [&b""[..], b"\0\0", b"\0\0\0\x0a", b"\0\0\0\x0aUNKNOWN\0\0", b"\0\0\0\x63", b"\xff\xff\xff\xff"]
    {
        let body = body.to_vec();
        refused(move |victim| {
            victim.startup()?;
            victim.send(b'R', &body)?;
            victim.wait_for_the_end()
        });
    }
}

#[test]
fn messages_in_place_of_authentication_are_refused() {
    for tag in [b'Z', b'S', b'K', b'D', b'T', b'C'] {
        refused(move |victim| {
            victim.startup()?;
            victim.send(tag, b"I\0I\0\0\0\0\0")?;
            victim.wait_for_the_end()
        });
    }
}
