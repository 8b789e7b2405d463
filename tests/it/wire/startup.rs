//! Packets before the session.

use pgveil::wire::from_server::negotiate_protocol_version;
use pgveil::wire::startup::{
    First, MAX_STARTUP_BYTES, Version, first, packet_bytes, write_cancel_request, write_negotiate,
    write_ssl_request, write_startup,
};

fn startup(version: Version, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    write_startup(&mut out, version, parameters.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())));
    out
}

#[test]
fn the_packets_of_libpq() {
    assert_eq!(first(b"\0\0\0\x08\x04\xd2\x16\x2f"), Ok(First::Ssl));
    assert_eq!(first(b"\0\0\0\x08\x04\xd2\x16\x30"), Ok(First::GssEnc));
    let cancel = b"\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\x07key!";
    assert_eq!(first(cancel), Ok(First::Cancel { pid: 7, secret: b"key!" }));
    let (mut ssl, mut own) = (Vec::new(), Vec::new());
    write_ssl_request(&mut ssl);
    write_cancel_request(&mut own, 7, b"key!");
    assert_eq!((&ssl[..], &own[..]), (&b"\0\0\0\x08\x04\xd2\x16\x2f"[..], &cancel[..]));
    let mut long = Vec::new();
    write_cancel_request(&mut long, -1, &[9; 256]);
    assert_eq!(first(&long), Ok(First::Cancel { pid: -1, secret: &[9; 256] }));
}

#[test]
fn a_startup_message_keeps_its_parameters() {
    let packet = startup(Version::V3_2, &[("user", "a"), ("_pq_.x", ""), ("user", "b")]);
    assert_eq!(packet_bytes(&packet), Ok(Some(packet.len())));
    let Ok(First::Startup(read)) = first(&packet) else { panic!("no StartupMessage") };
    assert_eq!(read.version, Version { major: 3, minor: 2 });
    assert_eq!(read.parameters.len(), 3);
    assert_eq!(read.parameter(b"user"), Some(&b"b"[..]));
    assert_eq!(read.parameter(b"database"), None);
    for cut in 0..packet.len() {
        let mut shorter = packet[..cut].to_vec();
        assert!(first(&shorter).is_err());
        if cut >= 4 {
            shorter[..4].copy_from_slice(&(cut as u32).to_be_bytes());
            assert!(first(&shorter).is_err(), "cut at {cut}");
        }
    }
}

#[test]
fn packets_have_a_length_that_can_be() {
    assert_eq!(packet_bytes(b"\0\0\0"), Ok(None));
    for (length, fits) in [(0, false), (7, false), (8, true), (MAX_STARTUP_BYTES as u32, true)] {
        assert_eq!(packet_bytes(&length.to_be_bytes()).is_ok(), fits, "{length}");
    }
    assert!(packet_bytes(&(MAX_STARTUP_BYTES as u32 + 1).to_be_bytes()).is_err());
    assert!(packet_bytes(b"GET / HTTP").is_err());
    assert!(first(b"\0\0\0\x0b\x04\xd2\x16\x2e\0\0\0").is_err());
    assert!(first(b"\0\0\0\x0c\x04\xd2\x16\x2e\0\0\0\x07").is_err(), "a cancel without its key");
}

#[test]
fn negotiation_names_what_is_not_known() {
    let mut out = Vec::new();
    write_negotiate(&mut out, Version::V3_0, &[b"_pq_.x", b"_pq_.y"]);
    let (newest, unknown) = negotiate_protocol_version(&out[5..]).expect("read");
    assert_eq!((newest, unknown), (196_608, vec![&b"_pq_.x"[..], b"_pq_.y"]));
}
