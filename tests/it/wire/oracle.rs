//! The same messages through pgwire's codec and ours. pgwire trusts lengths and replaces what is not
//! UTF-8, so it is asked about well-formed text only.

use bytes::{Bytes, BytesMut};
use pgwire::messages::data::{DataRow, FieldDescription, ParameterDescription, RowDescription};
use pgwire::messages::extendedquery::{Bind, Describe, Execute, Parse};
use pgwire::messages::response::{CommandComplete, ErrorResponse};
use pgwire::messages::simplequery::Query;
use pgwire::messages::{DecodeContext, Message, PgWireBackendMessage, ProtocolVersion};

use pgveil::wire::from_client::{self, Format, Target};
use pgveil::wire::report::Report;
use pgveil::wire::{from_server, write};

use crate::wire::noise::Noise;

fn encoded(message: &impl Message) -> Vec<u8> {
    let mut out = BytesMut::new();
    message.encode(&mut out).expect("encoded");
    out.to_vec()
}

fn context() -> DecodeContext {
    let mut context = DecodeContext::new(ProtocolVersion::PROTOCOL3_2);
    context.awaiting_frontend_ssl = false;
    context.awaiting_frontend_startup = false;
    context
}

fn name(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[test]
fn what_a_client_sends_reads_the_same() {
    let mut noise = Noise::new(1);
    for _ in 0..500 {
        let (a, b) = (noise.text(8), noise.text(8));
        let text = noise.text(60);
        let bytes = encoded(&Query::new(text.clone()));
        assert_eq!(from_client::query(&bytes[5..]), Ok(text.as_bytes()));

        let oids: Vec<u32> = (0..noise.below(6)).map(|_| noise.next() as u32).collect();
        let bytes = encoded(&Parse::new(name(&a), text.clone(), oids.clone()));
        let view = from_client::Parse::read(&bytes[5..]).expect("Parse");
        assert_eq!((view.name, view.text), (a.as_bytes(), text.as_bytes()));
        assert_eq!(view.declared().collect::<Vec<_>>(), oids);
        let mut own = Vec::new();
        write::parse(&mut own, a.as_bytes(), text.as_bytes(), &oids);
        assert_eq!(own, bytes);

        let values: Vec<Option<Bytes>> =
            (0..noise.below(5)).map(|_| (noise.below(4) > 0).then(|| Bytes::from(noise.bytes(20)))).collect();
        let formats: Vec<i16> = match noise.below(3) {
            0 => Vec::new(),
            1 => vec![1],
            _ => values.iter().map(|_| noise.below(2) as i16).collect(),
        };
        let results: Vec<i16> = (0..noise.below(4)).map(|_| noise.below(2) as i16).collect();
        let bind = Bind::new(name(&a), name(&b), formats.clone(), values.clone(), results.clone());
        let bytes = encoded(&bind);
        let view = from_client::Bind::read(&bytes[5..]).expect("Bind");
        assert_eq!((view.portal, view.statement), (a.as_bytes(), b.as_bytes()));
        let read: Vec<Option<Vec<u8>>> = view.values().map(|v| v.map(<[u8]>::to_vec)).collect();
        assert_eq!(read, values.iter().map(|v| v.as_ref().map(|b| b.to_vec())).collect::<Vec<_>>());
        for index in 0..values.len() {
            let code = match formats.as_slice() {
                [] => 0,
                [one] => *one,
                each => each[index],
            };
            assert_eq!(view.param_formats.of(index), Format::from_code(code).expect("a code"));
        }
        assert_eq!(view.result_formats.count(), results.len());

        let bytes = encoded(&Describe::new(b'P', name(&a)));
        assert_eq!(from_client::target(&bytes[5..], "Describe"), Ok(Target::Portal(a.as_bytes())));
        let bytes = encoded(&Execute::new(name(&a), 17));
        let view = from_client::Execute::read(&bytes[5..]).expect("Execute");
        assert_eq!((view.portal, view.max_rows), (a.as_bytes(), 17));
    }
}

#[test]
fn what_a_server_sends_reads_the_same() {
    let mut noise = Noise::new(2);
    for _ in 0..500 {
        let fields: Vec<FieldDescription> = (0..noise.below(5))
            .map(|_| {
                FieldDescription::new(
                    noise.text(9),
                    noise.below(99) as i32,
                    3,
                    noise.below(9999) as u32,
                    -1,
                    4,
                    1,
                )
            })
            .collect();
        let bytes = encoded(&RowDescription::new(fields));
        let theirs = RowDescription::decode(&mut BytesMut::from(&bytes[..]), &context()).expect("decoded");
        let theirs = theirs.expect("whole").fields;
        let view = from_server::RowDescription::read(&bytes[5..]).expect("RowDescription");
        assert_eq!(view.fields().count(), theirs.len());
        for (ours, theirs) in view.fields().zip(&theirs) {
            assert_eq!(
                (ours.name, ours.table, ours.attnum),
                (theirs.name.as_bytes(), theirs.table_id as u32, 3)
            );
            assert_eq!((ours.oid, ours.typlen, ours.typmod), (theirs.type_id, -1, 4));
            assert_eq!(ours.format, Format::Binary);
        }
        let oids: Vec<u32> = (0..noise.below(6)).map(|_| noise.next() as u32).collect();
        let bytes = encoded(&ParameterDescription::new(oids.clone()));
        assert_eq!(from_server::parameter_description(&bytes[5..]), Ok(oids));

        let mut data = BytesMut::new();
        let cells: Vec<Option<Vec<u8>>> =
            (0..noise.below(6)).map(|_| (noise.below(4) > 0).then(|| noise.bytes(12))).collect();
        for cell in &cells {
            let length = cell.as_ref().map_or(-1, |c| c.len() as i32);
            data.extend_from_slice(&length.to_be_bytes());
            data.extend_from_slice(cell.as_deref().unwrap_or_default());
        }
        let bytes = encoded(&DataRow::new(data, cells.len() as i16));
        let view = from_server::DataRow::read(&bytes[5..]).expect("DataRow");
        assert_eq!(view.values().map(|v| v.map(<[u8]>::to_vec)).collect::<Vec<_>>(), cells);

        let tag = noise.text(12);
        let bytes = encoded(&CommandComplete::new(tag.clone()));
        assert_eq!(from_server::command_complete(&bytes[5..]), Ok(tag.as_bytes()));
        let text = noise.text(30);
        let bytes = encoded(&ErrorResponse::new(vec![(b'C', "22P02".into()), (b'M', text.clone())]));
        let view = from_server::Fields::read(&bytes[5..]).expect("ErrorResponse");
        assert_eq!((view.sqlstate(), view.get(b'M')), (&b"22P02"[..], Some(text.as_bytes())));
    }
}

#[test]
fn our_reports_read_as_errors_elsewhere() {
    let report = Report::error("0A000", "no").detail("d").hint("h").position(7);
    let report = Report { column: Some(("public".into(), "t".into(), "c".into())), ..report };
    let mut bytes = Vec::new();
    report.write(&mut bytes);
    let read = PgWireBackendMessage::decode(&mut BytesMut::from(&bytes[..]), &context());
    let Ok(Some(PgWireBackendMessage::ErrorResponse(read))) = read else { panic!("{read:?}") };
    let fields: Vec<(u8, &str)> = read.fields.iter().map(|(code, text)| (*code, text.as_str())).collect();
    assert_eq!(
        fields,
        [
            (b'S', "ERROR"),
            (b'V', "ERROR"),
            (b'C', "0A000"),
            (b'M', "no"),
            (b'D', "d"),
            (b'H', "h"),
            (b'P', "7"),
            (b's', "public"),
            (b't', "t"),
            (b'c', "c"),
            (b'R', "pgveil")
        ]
    );
}
