//! Every byte of every message damaged, every message cut short.

use pgveil::wire::frame::{self, Frame, MAX_FRAME_BYTES};
use pgveil::wire::{from_client, from_server};

#[test]
fn frames_are_cut_by_length_alone() {
    assert_eq!(frame::head(b"Q\0\0\0"), Ok(None));
    assert!(frame::head(b"Q\0\0\0\x03").is_err());
    assert!(frame::head(b"Q\xff\xff\xff\xff").is_err());
    let longest = frame::head(b"Q\x7f\xff\xff\xff").expect("a head").expect("a head");
    assert_eq!(longest.total, MAX_FRAME_BYTES);
    let cut = Frame::cut(b"Z\0\0\0\x05Imore").expect("a frame").expect("a frame");
    assert_eq!((cut.tag, cut.body(), cut.whole.len()), (b'Z', &b"I"[..], 6));
    assert_eq!(Frame::cut(b"Z\0\0\0\x05"), Ok(None));
}

/// A reader of one body.
type Reads = fn(&[u8]) -> bool;

#[test]
fn no_message_reads_when_it_is_cut_or_longer() {
    let messages: &[(&[u8], Reads)] = &[
        (b"select 1\0", |b| from_client::query(b).is_ok()),
        (b"s\0select $1\0\0\x01\0\0\0\x19", |b| from_client::Parse::read(b).is_ok()),
        (b"p\0s\0\0\x01\0\x01\0\x02\0\0\0\x01x\xff\xff\xff\xff\0\x01\0\0", |b| {
            from_client::Bind::read(b).is_ok()
        }),
        (b"Sname\0", |b| from_client::target(b, "Close").is_ok()),
        (b"p\0\0\0\0\x05", |b| from_client::Execute::read(b).is_ok()),
        (b"\0\0\0\x07\0\0\0\x01\0\0\0\x01x\0\0", |b| from_client::function_call(b).is_ok()),
        (b"I", |b| from_server::ready_for_query(b).is_ok()),
        (b"SELECT 1\0", |b| from_server::command_complete(b).is_ok()),
        (b"name\0value\0", |b| from_server::parameter_status(b).is_ok()),
        (b"\0\x01a\0\0\0\0\x01\0\x02\0\0\0\x17\0\x04\xff\xff\xff\xff\0\0", |b| {
            from_server::RowDescription::read(b).is_ok()
        }),
        (b"\0\x02\0\0\0\x17\0\0\0\x19", |b| from_server::parameter_description(b).is_ok()),
        (b"\0\0\x01\0\0", |b| from_server::copy_response(b).is_ok()),
        (b"SERROR\0C22P02\0\0", |b| from_server::Fields::read(b).is_ok()),
        (b"\0\x03\0\0\0\0\0\x01_pq_.x\0", |b| from_server::negotiate_protocol_version(b).is_ok()),
    ];
    for (body, reads) in messages {
        assert!(reads(body), "{}", body.escape_ascii());
        for cut in 0..body.len() {
            assert!(!reads(&body[..cut]), "cut at {cut}: {}", body.escape_ascii());
        }
        assert!(!reads(&[body, &b"x"[..]].concat()), "longer: {}", body.escape_ascii());
    }
    assert!(from_server::backend_key_data(&[0; 7]).is_err());
    assert!(from_server::backend_key_data(&[0; 4 + 256]).is_ok());
    assert!(from_server::backend_key_data(&[0; 4 + 257]).is_err());
}
