//! One thread has all sessions: whoever always has more to move leaves the others their turn.
//!
//! No socket decides how much there is to move. The judge, on the thread that moves the bytes, fills the client's
//! socket and empties the server's whenever it looks at a message of the flood, so that the pump finds more to do
//! however often it asks.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use super::{Desk, Inner, PATIENCE};
use crate::evil::server::EvilServer;
use crate::support::client::{framed, startup_packet};

/// Messages of the flood: a turn is some hundreds.
const ENDLESS: usize = 20_000;
/// The message over which the thread is kept until the other session has spoken, too: in the midst of a turn.
const MIDST: usize = 500;
const START: &str = "the statement before the flood";
const FLOOD: &str = "a statement of the flood";
const OTHER: &str = "a statement of somebody else";

/// Both ends of the flooding session, and how far it is.
struct Flood {
    client: UnixStream,
    server: TcpStream,
    /// Bytes of the message that is being written.
    written: usize,
    judged: usize,
}

impl Flood {
    /// Until the socket takes no more: some 200 kB, of which a read of the pump's takes 64.
    fn fill(&mut self) {
        let message = framed(b'Q', format!("{FLOOD}{}\0", " ".repeat(1000)).as_bytes());
        loop {
            match self.client.write(&message[self.written..]) {
                Ok(more) => self.written = (self.written + more) % message.len(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("the flood's client: {error}"),
            }
        }
    }

    fn empty(&mut self) {
        let mut room = [0; 65536];
        while self.server.read(&mut room).is_ok_and(|more| more > 0) {}
    }

    fn goes_on(&mut self) {
        self.judged += 1;
        self.empty();
        if self.judged < ENDLESS {
            self.fill();
        }
    }
}

/// Logs in.
fn enter(socket: &std::path::Path) -> UnixStream {
    let mut stream = UnixStream::connect(socket).expect("a connection");
    let parameters = [("user", "app"), ("database", "app")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    stream.write_all(&startup_packet(&parameters)).expect("sent");
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head).expect("a message");
        let length = u32::from_be_bytes(head[1..].try_into().expect("four bytes")) as usize - 4;
        let mut body = vec![0; length];
        stream.read_exact(&mut body).expect("a message");
        match head[0] {
            b'R' if body == [0, 0, 0, 3] => stream.write_all(&framed(b'p', b"any\0")).expect("sent"),
            b'Z' => return stream,
            tag => assert!(b"RSKN".contains(&tag), "{}", String::from_utf8_lossy(&body)),
        }
    }
}

/// Where the flood was when the judge came to the other session's statement is sent to `served`.
fn judge(desk: &Desk, flood: &Mutex<Option<Flood>>, served: &Sender<usize>, text: &str) {
    let mut flood = flood.lock().expect("the flood");
    let Some(running) = flood.as_mut() else { return };
    if text.starts_with(START) {
        running.fill();
    } else if text.starts_with(FLOOD) {
        running.goes_on();
        if running.judged == MIDST {
            desk.keep();
        }
    } else if text.starts_with(OTHER) {
        served.send(running.judged).expect("somebody waits");
        *flood = None;
    }
}

#[test]
fn a_flood_without_end_leaves_others_their_turn() {
    let (arrived, ends) = channel();
    let server = EvilServer::start(move |victim| {
        victim.welcome()?;
        arrived.send(victim.stream()?).expect("the test goes on");
        Ok(())
    });
    let (desk, flood) = (Arc::<Desk>::default(), Arc::<Mutex<Option<Flood>>>::default());
    let (served, is_served) = channel();
    let of_judges = (Arc::clone(&desk), Arc::clone(&flood));
    let oddity = Arc::new(move |text: &str| judge(&of_judges.0, &of_judges.1, &served, text));
    let proxy = Inner::start(|place| format!("unix:{}", place.display()), &server.address, oddity);
    let socket = proxy.directory.path().join(".s.PGSQL.6432");

    let mut flooding = enter(&socket);
    let end = ends.recv_timeout(PATIENCE).expect("the server's end");
    let mut other = enter(&socket);
    let _others = ends.recv_timeout(PATIENCE).expect("the server's end");
    let client = flooding.try_clone().expect("the same socket");
    client.set_nonblocking(true).expect("a socket");
    end.set_nonblocking(true).expect("a socket");
    *flood.lock().expect("the flood") = Some(Flood { client, server: end, written: 0, judged: 0 });
    flooding.write_all(&framed(b'Q', format!("{START}\0").as_bytes())).expect("sent");
    desk.wait_until_kept();
    other.write_all(&framed(b'Q', format!("{OTHER}\0").as_bytes())).expect("sent");
    desk.let_go();
    let judged = is_served.recv_timeout(PATIENCE).expect("the other session is served");
    assert!(judged < ENDLESS, "the other session had to wait for the end of the flood");
}
