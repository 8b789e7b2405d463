//! COPY of protected columns as conversations: fields sealed on their way up and opened on their way
//! down, with every message cut at every place; and how it fails.

use pgveil::names::ColumnId;
use pgveil::session::fault::Fault;
use pgveil::sql::verdict::{CopyField, CopyFormat, CopyHeader, CopyPlan, Extent, Open, Plan};

use super::conversation::Conversation;
use super::messages::*;
use super::planner::Planner;

const IN: &str = "copy people from stdin";
const OUT: &str = "copy people to stdout";

pub fn text(header: CopyHeader) -> CopyFormat {
    CopyFormat::Text { delimiter: b'\t', null: "\\N".into(), header }
}

pub fn csv(header: CopyHeader) -> CopyFormat {
    CopyFormat::Csv {
        delimiter: b',',
        null: String::new(),
        quote: b'"',
        escape: b'"',
        header,
        force_quote: Vec::new(),
        force_null: Vec::new(),
        force_not_null: Vec::new(),
    }
}

pub fn seal(column: u32) -> CopyField {
    CopyField::Seal(ColumnId(column))
}

pub fn open(column: u32) -> CopyField {
    CopyField::Open(Open {
        column: ColumnId(column),
        extent: Extent::Value,
        witness: None,
        casts: Vec::new(),
        lengthless: false,
        beside: false,
    })
}

pub fn planned(from_client: bool, fields: Vec<CopyField>, format: CopyFormat) -> Plan {
    Plan { copy: Some(CopyPlan { from_client, fields, format }), ..Plan::default() }
}

/// `id`, then the protected columns 1 and 2.
pub fn three(from_client: bool) -> Vec<CopyField> {
    let field = if from_client { seal } else { open };
    vec![CopyField::Keep, field(1), field(2)]
}

/// Both directions of a table of three columns.
fn copies(format: CopyFormat) -> Conversation {
    let mut planner = Planner::default().plan(IN, None, planned(true, three(true), format.clone())).plan(
        OUT,
        None,
        planned(false, three(false), format),
    );
    planner.table.get_mut(IN).expect("planned").judged.takes_data = true;
    Conversation::with(move || Box::new(planner.clone()))
}

fn begins(tag: u8, format: i8, columns: u16) -> Vec<u8> {
    let mut body = vec![format as u8];
    body.extend(columns.to_be_bytes());
    (0..columns).for_each(|_| body.extend(i16::from(format).to_be_bytes()));
    frame(tag, &body)
}

fn takes(columns: u16) -> Vec<u8> {
    begins(b'G', 0, columns)
}

fn gives(columns: u16) -> Vec<u8> {
    begins(b'H', 0, columns)
}

/// What a COPY in of `data` gives the server, in one chunk and byte by byte.
#[track_caller]
fn seals(format: CopyFormat, data: &str, sent: &str) {
    let copy = || copies(format.clone()).asks(&[query(IN)]).hears(&[takes(3)]);
    copy().client(&[copy_data(data), copy_done()]).sends_bytes(sent.as_bytes()).holds();
    let bytes: Vec<Vec<u8>> = data.bytes().map(|b| frame(b'd', &[b])).collect();
    copy().client(&[bytes.concat(), copy_done()]).sends_bytes(sent.as_bytes()).holds();
}

/// What a COPY out of `data` gives the client.
#[track_caller]
fn opens(format: CopyFormat, data: &str, shown: &str) {
    let copy = || copies(format.clone()).asks(&[query(OUT)]).hears(&[gives(3)]);
    let end = [copy_done(), complete("COPY 1"), ready('I')].concat();
    copy().server(&[copy_data(data), end.clone()]).shows_bytes(shown.as_bytes()).holds();
    let bytes: Vec<Vec<u8>> = data.bytes().map(|b| frame(b'd', &[b])).collect();
    copy().server(&[bytes.concat(), end]).shows_bytes(shown.as_bytes()).holds();
}

/// The same of a table of one column.
#[track_caller]
fn opens_alone(data: &str, shown: &str) {
    let planner = Planner::default().plan(OUT, None, planned(false, vec![open(1)], csv(CopyHeader::Absent)));
    Conversation::with(move || Box::new(planner.clone()))
        .asks(&[query(OUT)])
        .hears(&[gives(1)])
        .server(&[copy_data(data), copy_done(), complete("COPY 1"), ready('I')])
        .shows_bytes(shown.as_bytes())
        .holds();
}

#[test]
fn a_value_is_quoted_where_the_server_would_quote_it() {
    let (cell, mark) = ("<1:a>\n", "<1:\\.>\n");
    opens_alone(&[cell, mark].concat(), "a\n\"\\.\"\n");
    let shown = "1,a,\\.\n2,\"a,b\",\"c\nd\"\n3,\"\",\"e\rf\"\n4,\"g\"\"h\",i\n";
    let stored = "1,<1:a>,<2:\\.>\n2,\"<1:a,b>\",\"<2:c\nd>\"\n3,<1:>,\"<2:e\rf>\"\n4,\"<1:g\"\"h>\",<2:i>\n";
    opens(csv(CopyHeader::Absent), stored, shown);
}

/// A COPY in of `data` fails with this, and the server sees nothing of the row that failed.
#[track_caller]
fn fails(format: CopyFormat, data: &str, sqlstate: &'static str, before: &str) {
    copies(format)
        .asks(&[query(IN)])
        .hears(&[takes(3)])
        .client(&[copy_data(data), copy_data("more"), copy_done()])
        .sends_data_then(before, &[copy_fail("pgveil refused")])
        .server(&[error("57014"), ready('I')])
        .told(sqlstate)
        .to_server(&[])
        .asks(&[query("select 1")])
        .holds();
}

#[test]
fn text_is_sealed_and_other_fields_pass_byte_for_byte() {
    seals(text(CopyHeader::Absent), "1\ta\tb\n", "1\t<1:a>\t<2:b>\n");
    seals(
        text(CopyHeader::Absent),
        "\\x41\\101\t\\N\t\n2\t\\N\t\\\\N\n",
        "\\x41\\101\t\\N\t<2:>\n2\t\\N\t<2:\\\\N>\n",
    );
    seals(text(CopyHeader::Absent), "1\ta\\tb\tc\\\nd\r", "1\t<1:a\\tb>\t<2:c\\nd>\r");
    seals(text(CopyHeader::Absent), "1\t\\x4a\\112q\tb", "1\t<1:JJq>\t<2:b>");
    seals(text(CopyHeader::Absent), "1\ta\tb\r\n2\tc\td\r\n", "1\t<1:a>\t<2:b>\r\n2\t<1:c>\t<2:d>\r\n");
    seals(text(CopyHeader::Absent), "1\ta\tb\n\\.\nanything\tat\tall\textra\n", "1\t<1:a>\t<2:b>\n");
    seals(text(CopyHeader::Absent), "1\ta\tb\\.\n", "1\t<1:a>\t<2:b>");
    seals(text(CopyHeader::Absent), "", "");
}

#[test]
fn csv_is_sealed_and_other_fields_pass_byte_for_byte() {
    seals(csv(CopyHeader::Absent), "1,a,b\n", "1,\"<1:a>\",\"<2:b>\"\n");
    seals(csv(CopyHeader::Absent), "\"1\",,\"\"\n", "\"1\",,\"<2:>\"\n");
    seals(csv(CopyHeader::Absent), "1,\"a,\"\"\n\",b\r\n", "1,\"<1:a,\"\"\n>\",\"<2:b>\"\r\n");
    seals(csv(CopyHeader::Absent), "1,x\"y,\"z,b\\.", "1,\"<1:xy,z>\",\"<2:b\\.>\"");
    seals(csv(CopyHeader::Absent), "1,a,b\n\\.\n", "1,\"<1:a>\",\"<2:b>\"\n");
}

#[test]
fn a_header_that_nobody_reads_does_not_reach_the_server() {
    seals(text(CopyHeader::Names), "secret\tx\n1\ta\tb\n", "\n1\t<1:a>\t<2:b>\n");
    seals(csv(CopyHeader::Names), "secret,\"x\ny\"\r\n1,a,b\r\n", "\r\n1,\"<1:a>\",\"<2:b>\"\r\n");
    let names = || CopyHeader::Match(vec!["id".into(), "na\tme".into(), "b".into()]);
    seals(text(names()), "id\tna\\tme\tb\n1\ta\tb\n", "id\tna\\tme\tb\n1\t<1:a>\t<2:b>\n");
    seals(csv(names()), "id,\"na\tme\",b\n1,a,b\n", "id,\"na\tme\",b\n1,\"<1:a>\",\"<2:b>\"\n");
    fails(text(names()), "id\tsecret\tb\n", "22P04", "");
    fails(csv(names()), "id,na\tme\n", "22P04", "");
    // A first row where the header is missing is somebody's.
    fails(csv(names()), "1,secret,b\n2,c,d\n", "22P04", "");
    fails(csv(names()), "id,na\tme,secret\n", "22P04", "");
    fails(csv(names()), "secret,na\tme,b\n", "22P04", "");
    fails(csv(names()), ",na\tme,b\n", "22P04", "");
    opens(csv(CopyHeader::Names), "id,name,b\n1,<1:a>,<2:b>\n", "id,name,b\n1,a,b\n");
}

#[test]
fn options_of_csv_decide_what_is_null() {
    let forced = |null: &str, force_null: Vec<u16>, force_not_null: Vec<u16>| CopyFormat::Csv {
        delimiter: b';',
        null: null.into(),
        quote: b'\'',
        escape: b'\\',
        header: CopyHeader::Absent,
        force_quote: vec![2],
        force_null,
        force_not_null,
    };
    seals(forced("-", vec![1], vec![2]), "-;'-';-\n", "-;'-';'<2:->'\n");
    seals(forced("-", vec![], vec![]), "'-';'-';-\n", "'-';'<1:->';-\n");
    seals(forced("-", vec![], vec![2]), "1;a;b\n2;-;-\n", "1;'<1:a>';'<2:b>'\n2;-;'<2:->'\n");
    seals(forced("-", vec![2], vec![]), "1;'-';'-'\n", "1;'<1:->';'-'\n");
    seals(forced("", vec![], vec![]), "1;'it\\'s;\\\\';b\n", "1;'<1:it\\'s;\\\\>';'<2:b>'\n");
    opens(forced("-", vec![], vec![]), "1;<1:->;'<2:b>'\n-;-;-\n", "1;'-';'b'\n-;-;-\n");
    opens(forced("-", vec![], vec![]), "1;'<1:it\\'s>';'<2:b>'\n", "1;'it\\'s';'b'\n");
}

#[test]
fn rows_are_opened_and_written_as_the_server_writes_them() {
    opens(text(CopyHeader::Absent), "1\t<1:a>\t<2:b>\n\\N\t\\N\t<2:>\n", "1\ta\tb\n\\N\t\\N\t\n");
    opens(text(CopyHeader::Absent), "1\t<1:a\\tb\\\\>\t<2:\\n\\b\x01>\n", "1\ta\\tb\\\\\t\\n\\b\x01\n");
    opens(csv(CopyHeader::Absent), "1,<1:a>,<2:>\n2,,\"<2:a,\"\"b\n>\"\n", "1,a,\"\"\n2,,\"a,\"\"b\n\"\n");
}

#[test]
fn a_field_that_cannot_be_sealed_fails_the_copy() {
    fails(
        text(CopyHeader::Absent),
        "1\ta\tb\n2\tsecret\tunsealable\n3\ta\tb\n",
        "22P02",
        "1\t<1:a>\t<2:b>\n",
    );
    fails(text(CopyHeader::Absent), "1\ta\tunsealable\n", "22P02", "");
    fails(csv(CopyHeader::Absent), "1,secret,unsealable\n", "22P02", "");
}

#[test]
fn a_stream_that_the_server_would_not_take_fails_before_it_sees_it() {
    for data in ["1\tsecret\n", "1\ta\tb\tsecret\n", "\n", "1\tsecret\tb\n2\tc\td\r\n", "1\ta\tsecret\\.x\n"]
    {
        let before = if data.contains('\r') { "1\t<1:secret>\t<2:b>\n" } else { "" };
        fails(text(CopyHeader::Absent), data, "22P04", before);
    }
    fails(text(CopyHeader::Absent), "1\tsec\0ret\tb\n", "22021", "");
    for data in ["1,secret\n", "1,a,b,secret\n", "1,\"secret,b\n"] {
        let data = if data.contains('"') { "1,\"secret,b\n" } else { data };
        copies(csv(CopyHeader::Absent))
            .asks(&[query(IN)])
            .hears(&[takes(3)])
            .client(&[copy_data(data), copy_done()])
            .to_server(&[copy_fail("pgveil refused")])
            .server(&[error("57014"), ready('I')])
            .told("22P04")
            .holds();
    }
}

#[test]
fn binary_rows() {
    let head = |extension: &[u8]| {
        let length = (extension.len() as i32).to_be_bytes();
        [b"PGCOPY\n\xff\r\n\0\0\0\0\0".as_slice(), &length, extension].concat()
    };
    let row = |values: &[Option<&str>]| {
        let mut row = (values.len() as i16).to_be_bytes().to_vec();
        for value in values {
            row.extend(value.map_or(-1, |v| v.len() as i32).to_be_bytes());
            row.extend(value.unwrap_or("").bytes());
        }
        row
    };
    let end = (-1i16).to_be_bytes().to_vec();
    let data = |parts: &[Vec<u8>]| parts.concat();
    let given = data(&[
        head(b"secret"),
        row(&[Some("\n"), Some("a"), None]),
        row(&[None, None, Some("")]),
        end.clone(),
    ]);
    let sent = data(&[
        head(b""),
        row(&[Some("\n"), Some("<1b:a>"), None]),
        row(&[None, None, Some("<2b:>")]),
        end.clone(),
    ]);
    let copy = || copies(CopyFormat::Binary).asks(&[query(IN)]).hears(&[begins(b'G', 1, 3)]);
    let pieces = |bytes: &[u8]| bytes.iter().map(|b| frame(b'd', &[*b])).collect::<Vec<_>>().concat();
    copy().client(&[frame(b'd', &given), copy_done()]).sends_bytes(&sent).holds();
    copy().client(&[pieces(&given), copy_done()]).sends_bytes(&sent).holds();
    for bad in [
        data(&[head(b""), row(&[Some("secret"), Some("a")])]),
        data(&[head(b""), row(&[Some("1"), Some("secret"), Some("unsealable")])]),
        data(&[head(b""), row(&[Some("1"), Some("secret"), None])[..12].to_vec()]),
        data(&[head(b""), end.clone(), row(&[None, None, Some("secret")])]),
        b"no signature".to_vec(),
    ] {
        copy()
            .client(&[frame(b'd', &bad), copy_done()])
            .never_to_server("secret")
            .to_server_at_last(&[copy_fail("pgveil refused")])
            .holds();
    }
    let stored = data(&[head(b""), row(&[Some("1"), Some("<1:a>"), None]), end.clone()]);
    let shown = data(&[head(b""), row(&[Some("1"), Some("ba"), None]), end]);
    copies(CopyFormat::Binary)
        .asks(&[query(OUT)])
        .hears(&[begins(b'H', 1, 3)])
        .server(&[pieces(&stored), copy_done(), complete("COPY 1"), ready('I')])
        .shows_bytes(&shown)
        .holds();
}

#[test]
fn the_extended_protocol_and_its_sync() {
    let start = || {
        copies(text(CopyHeader::Absent))
            .asks(&[parse("", IN), bind("", "", &[]), execute(""), sync()])
            .hears(&[parse_complete(), bind_complete(), takes(3)])
    };
    start()
        .client(&[copy_data("1\ta\tb\n"), sync(), copy_done(), sync()])
        .sends_data_then("1\t<1:a>\t<2:b>\n", &[copy_done(), sync()])
        .hears(&[complete("COPY 1"), ready('I')])
        .holds();
    start()
        .client(&[copy_data("1\ta\tunsealable\n"), copy_data("2\tsecret\tb\n"), copy_done(), sync()])
        .to_server(&[copy_fail("pgveil refused")])
        .server(&[error("57014")])
        .told("22P02")
        .to_server(&[sync()])
        .hears(&[ready('I')])
        .holds();
}

#[test]
fn the_servers_own_error_stays_its_own() {
    copies(text(CopyHeader::Absent))
        .asks(&[query(IN)])
        .hears(&[takes(3)])
        .client(&[copy_data("1\ta\tb\n")])
        .sends_data_then("1\t<1:a>\t<2:b>\n", &[])
        .hears(&[error("23505"), ready('I')])
        .client(&[copy_data("2\tsecret\tb\n"), copy_done()])
        .to_server(&[])
        .holds();
    copies(text(CopyHeader::Absent))
        .asks(&[query(IN)])
        .hears(&[takes(3)])
        .client(&[copy_data("1\ta\tunsealable\n")])
        .to_server(&[copy_fail("pgveil refused")])
        .hears(&[error("23505"), ready('I')])
        .holds();
    copies(text(CopyHeader::Absent))
        .asks(&[query(IN)])
        .hears(&[takes(3)])
        .client(&[copy_data("1\ta"), copy_fail("not a card: secret")])
        .to_server(&[copy_fail("pgveil keeps the client's reason, which may hold a value")])
        .hears(&[error("57014"), ready('I')])
        .holds();
}

#[test]
fn a_server_that_lies_about_a_copy_is_left() {
    let contradicts = |f: &Fault| matches!(f, Fault::Contradiction(_));
    for answer in [takes(2), takes(4), begins(b'G', 1, 3), gives(3), copy_both()] {
        copies(text(CopyHeader::Absent)).asks(&[query(IN)]).server(&[answer]).ends(contradicts).holds();
    }
    let fails = || {
        copies(text(CopyHeader::Absent))
            .asks(&[query(IN)])
            .hears(&[takes(3)])
            .client(&[copy_data("1\ta\tunsealable\n")])
    };
    fails().server(&[complete("COPY 1")]).ends(|f| matches!(f, Fault::RefusedButRun)).holds();
    copies(text(CopyHeader::Absent))
        .asks(&[query(IN)])
        .hears(&[takes(3)])
        .server(&[complete("COPY 1")])
        .ends(|f| matches!(f, Fault::NotOwed(b'C')))
        .holds();
    for row in ["1\t<1:a>\n", "1\t<1:a>\t<2:b>\t3\n"] {
        copies(text(CopyHeader::Absent))
            .asks(&[query(OUT)])
            .hears(&[gives(3)])
            .server(&[copy_data(row)])
            .ends(contradicts)
            .holds();
    }
    copies(text(CopyHeader::Absent))
        .asks(&[query(OUT)])
        .hears(&[gives(3)])
        .server(&[copy_data("1\t<1:a>\t<9:b>\n")])
        .ends(|f| matches!(f, Fault::NotOpened(_)))
        .holds();
}

#[test]
fn nothing_else_is_in_flight_while_data_waits_to_be_sealed() {
    copies(text(CopyHeader::Absent))
        .client(&[query(IN), query("copy t from stdin"), copy_data("1\tsecret\tb\n")])
        .to_server(&[query(IN)])
        .server(&[takes(3)])
        .ends(|f| matches!(f, Fault::ClientOutOfPlace(b'Q')))
        .holds();
}
