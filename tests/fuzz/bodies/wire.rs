//! Messages of the wire.

use pgveil::session::judge::ForwardAll;
use pgveil::session::{KeyData, Limits, Out, Session, SessionConfig};
use pgveil::wire::buffer::InBuf;
use pgveil::wire::frame::Frame;
use pgveil::wire::{from_client, from_server, startup, write};

/// Every view over the body of every frame, whatever its tag.
pub fn fuzz_frames(data: &[u8]) {
    let mut rest = data;
    while let Ok(Some(frame)) = Frame::cut(rest) {
        views_of_a_client(frame.body());
        views_of_a_server(frame.body());
        rest = &rest[frame.whole.len()..];
    }
    views_of_a_client(data);
    views_of_a_server(data);
}

fn views_of_a_client(body: &[u8]) {
    let _ = from_client::query(body);
    let _ = from_client::function_call(body);
    if let Ok(parse) = from_client::Parse::read(body) {
        let mut again = Vec::new();
        write::parse(&mut again, parse.name, parse.text, &parse.declared().collect::<Vec<_>>());
        assert_eq!(&again[5..], body, "what was read is written the same");
    }
    if let Ok(bind) = from_client::Bind::read(body) {
        assert_eq!(bind.values().count(), usize::from(bind.param_count));
        let binary = |i: &u16| bind.param_formats.of(usize::from(*i)) == from_client::Format::Binary;
        assert!((0..bind.param_count).filter(binary).count() <= usize::from(bind.param_count));
        assert_eq!(from_client::Bind::names(body), Some((bind.portal, bind.statement)));
    }
    if let Ok(target) = from_client::target(body, "Describe") {
        let mut again = Vec::new();
        write::describe(&mut again, target);
        assert_eq!(&again[5..], body);
    }
    let _ = from_client::Execute::read(body);
}

fn views_of_a_server(body: &[u8]) {
    if let Ok(rows) = from_server::RowDescription::read(body) {
        assert_eq!(rows.fields().count(), usize::from(rows.count));
    }
    if let Ok(row) = from_server::DataRow::read(body) {
        assert!(row.values().count() <= usize::from(row.count));
    }
    if let Ok(fields) = from_server::Fields::read(body) {
        assert!(fields.iter().count() <= body.len());
        let _ = (fields.sqlstate(), fields.is_fatal());
    }
    let _ = from_server::ready_for_query(body);
    let _ = from_server::command_complete(body);
    let _ = from_server::parameter_status(body);
    let _ = from_server::backend_key_data(body);
    let _ = from_server::negotiate_protocol_version(body);
    let _ = from_server::parameter_description(body);
    let _ = from_server::copy_response(body);
}

/// Packets before the session.
pub fn fuzz_startup(data: &[u8]) {
    let Ok(Some(length)) = startup::packet_bytes(data) else { return };
    let Some(packet) = data.get(..length) else { return };
    if let Ok(startup::First::Startup(read)) = startup::first(packet) {
        let mut again = Vec::new();
        startup::write_startup(&mut again, read.version, read.parameters.iter().copied());
        assert_eq!(again, packet);
    }
}

/// Both sides of a session that judges nothing: what passes is a prefix of what came.
pub fn fuzz_session(data: &[u8]) {
    let config =
        SessionConfig { key: KeyData { pid: 1, secret: vec![1; 4] }, limits: Limits { message: 4096 } };
    let mut session = Session::new(config, Box::new(ForwardAll));
    let (mut client, mut server, mut out) = (InBuf::new(), InBuf::new(), Out::default());
    server.extend(b"K\0\0\0\x0c\0\0\0\x01keysZ\0\0\0\x05I");
    session.server_bytes(&mut server, &mut out).expect("a start");
    let mut rest = data;
    while let [side, length, more @ ..] = rest {
        let (piece, after) = more.split_at(usize::from(*length).min(more.len()));
        let result = if side % 2 == 0 {
            client.extend(piece);
            session.client_bytes(&mut client, &mut out)
        } else {
            server.extend(piece);
            session.server_bytes(&mut server, &mut out)
        };
        assert!(result.is_ok() || session.is_over());
        if session.is_over() {
            return;
        }
        rest = after;
    }
}
