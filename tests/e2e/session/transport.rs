//! Bytes between a script and a server: direct, and with a session in the middle.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use pgveil::session::judge::Judge;
use pgveil::session::{KeyData, Limits, Out, Session, SessionConfig};
use pgveil::wire::buffer::InBuf;

use super::judges::refused;
use super::messages::{frame, key_data, ready, shown};
use super::script::{Dice, END};
use super::support::Database;

const PATIENCE: Duration = Duration::from_secs(10);

/// What a server answers that is given all of it at once.
pub fn direct(database: &Database, bytes: &[u8]) -> Vec<u8> {
    let mut stream = database.host().stream;
    stream.write_all(bytes).expect("sent");
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    while !is_complete(&heard) {
        let n = stream.read(&mut piece).expect("an answer");
        assert!(n > 0, "the server closed: {:?}\n{:#?}", reading(&heard, false).last(), shown(bytes));
        heard.extend_from_slice(&piece[..n]);
    }
    heard
}

/// What a client hears through a session that is fed in random pieces.
pub fn through(database: &Database, bytes: &[u8], judge: Box<dyn Judge>, dice: &mut Dice) -> Vec<u8> {
    let mut stream = database.host().stream;
    stream.set_nonblocking(true).expect("a socket");
    let config = SessionConfig { key: KeyData { pid: 1, secret: vec![0; 4] }, limits: Limits::default() };
    let mut session = Session::new(config, judge);
    let (mut from_client, mut from_server, mut out) = (InBuf::new(), InBuf::new(), Out::default());
    from_server.extend(&[key_data(1, b"1234"), ready('I')].concat());
    session.server_bytes(&mut from_server, &mut out).expect("started");
    out.to_client.clear();
    let (mut rest, begun) = (bytes, Instant::now());
    while !is_complete(&out.to_client) {
        assert!(begun.elapsed() < PATIENCE, "stuck: held {}, {} unsent", session.holds_client(), rest.len());
        if !session.holds_client() {
            let (piece, after) = rest.split_at(dice.below(60).min(rest.len()));
            rest = after;
            from_client.extend(piece);
            session.client_bytes(&mut from_client, &mut out).expect("an honest client");
        }
        send(&mut stream, &mut out.to_server);
        let room = from_server.space();
        let room_size = room.len().min(1 + dice.below(90));
        match stream.read(&mut room[..room_size]) {
            Ok(0) => panic!("the server closed"),
            Ok(n) => {
                from_server.filled(n);
                session.server_bytes(&mut from_server, &mut out).expect("an honest server");
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if rest.is_empty() {
                    std::thread::sleep(Duration::from_micros(50));
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
    out.to_client
}

fn send(stream: &mut std::net::TcpStream, bytes: &mut Vec<u8>) {
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        match stream.write(rest) {
            Ok(n) => rest = &rest[n..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
    bytes.clear();
}

fn is_complete(heard: &[u8]) -> bool {
    let end = [frame(b'C', b"SELECT 1\0"), ready('I')].concat();
    heard.ends_with(&end) && heard[..heard.len() - end.len()].ends_with(END.as_bytes())
}

/// An answer as comparable lines: table oids and the place in the server's source are left out, and
/// where asked for, the server's own complaint about the mark is read as the refusal.
pub fn reading(bytes: &[u8], marks_refused: bool) -> Vec<String> {
    let (mut lines, mut rest) = (Vec::new(), bytes);
    while let Some((head, _)) = rest.split_first_chunk::<5>() {
        let total = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize + 1;
        let (whole, after) = rest.split_at(total);
        rest = after;
        lines.push(match whole[0] {
            b'E' | b'N' => complaint(whole, marks_refused),
            b'T' => columns(&whole[5..]),
            tag => format!("{} {}", tag as char, whole[5..].escape_ascii()),
        });
    }
    lines
}

fn complaint(whole: &[u8], marks_refused: bool) -> String {
    let refused = refused();
    let field = |bytes: &[u8], code: u8| {
        let fields = bytes[5..].split(|b| *b == 0);
        let text = fields.into_iter().find(|f| f.first() == Some(&code)).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    };
    let is_ours = marks_refused && field(whole, b'C') == "C42703";
    let whole = if is_ours { &refused } else { whole };
    [b'S', b'C', b'M', b'D', b'H', b'P'].map(|code| field(whole, code)).join(" | ")
}

fn columns(body: &[u8]) -> String {
    let view = pgveil::wire::from_server::RowDescription::read(body).expect("columns");
    let column = |f: pgveil::wire::from_server::Field<'_>| {
        format!("{} {} {} {} {:?}", f.name.escape_ascii(), f.attnum, f.oid, f.typmod, f.format)
    };
    format!("T {:?}", view.fields().map(column).collect::<Vec<_>>())
}
