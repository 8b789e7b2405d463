//! One cell sealed and opened: by type, mode, phase and stored form.

mod casts;
mod forms;
mod stored;

use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{Keyring, Nonces, Padding};
use pgveil::names::{ColumnId, QualifiedName};
use pgveil::policy::model::{Mode, Pad, Phase, Policy, ProtectedColumn, Purpose, Redeclared};
use pgveil::policy::standing::Side;
use pgveil::protect::{Desk, Format, Opening, ProtectError, Protector, Sealing, TextSettings};
use pgveil::types::{Cast, Document, Extent, LogicalType, Shape, StoredType};

const ID: ColumnId = ColumnId(0);

struct Bench {
    protector: Protector,
    desk: Desk,
}

fn column(logical: LogicalType, stored: StoredType, mode: Mode) -> ProtectedColumn {
    ProtectedColumn {
        relation: QualifiedName::new("public", "t"),
        column: "c".into(),
        mode,
        domain: "d".into(),
        logical,
        declared: false,
        stored,
        phase: Phase::Encrypted,
        pad: Some(Pad::Block16),
        max_bytes: None,
        online: false,
        redeclared: None,
    }
}

fn bench(columns: Vec<ProtectedColumn>) -> Bench {
    let keyring = Keyring::new(0, &mut fill_random).unwrap();
    let keyring = keyring.with_domain("d", Padding::Block16).unwrap().unwrap();
    let policy = Policy { columns, functions: Vec::new() };
    let protector = Protector::new(&policy, &keyring);
    assert!(protector.unfit().is_empty());
    Bench { protector, desk: Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32])) }
}

fn storing(given: Option<&'static LogicalType>) -> Sealing<'static> {
    Sealing {
        column: ID,
        purpose: Purpose::Store,
        extent: Extent::Value,
        given,
        casts: &[],
        computed: &[],
        side: Side::Written,
    }
}

impl Bench {
    fn one(logical: LogicalType, mode: Mode) -> Self {
        bench(vec![column(logical, StoredType::Text, mode)])
    }

    fn seal(&mut self, how: &Sealing<'_>, format: Format, value: &[u8]) -> Result<Vec<u8>, ProtectError> {
        let mut out = b"before".to_vec();
        let sealed = self.protector.seal(how, format, value, &mut self.desk, &mut out);
        assert!(out.starts_with(b"before"));
        if sealed.is_err() {
            assert_eq!(out, b"before", "nothing is left of a failed value");
        }
        sealed.map(|()| out.split_off(6))
    }

    fn store(&mut self, value: &str) -> Vec<u8> {
        self.seal(&storing(None), Format::Text, value.as_bytes()).unwrap()
    }

    fn open_with(
        &mut self,
        casts: &[Cast],
        extent: Extent,
        format: Format,
        stored: &[u8],
    ) -> Result<Vec<u8>, ProtectError> {
        let mut out = Vec::new();
        let how = Opening { column: ID, extent, casts, beside: false };
        self.protector.open(&how, format, stored, &mut self.desk, &mut out).map(|()| out)
    }

    fn open(&mut self, stored: &[u8]) -> Result<Vec<u8>, ProtectError> {
        self.open_with(&[], Extent::Value, Format::Text, stored)
    }
}

#[test]
fn what_is_sealed_opens_and_does_not_show() {
    let mut b = Bench::one(LogicalType::Text, Mode::Randomized);
    let (first, second) = (b.store("ana@example.ro"), b.store("ana@example.ro"));
    assert!(first.starts_with(b"pgV1:") && first.ends_with(b"."));
    assert_ne!(first, second, "randomized values differ");
    assert_eq!(b.open(&first).unwrap(), b"ana@example.ro");
    assert_eq!(b.open(&second).unwrap(), b"ana@example.ro");
}

#[test]
fn equal_values_are_equal_whatever_they_were_given_as() {
    let mut b = Bench::one(LogicalType::Int4, Mode::Deterministic);
    let from_text = b.store(" 42 ");
    let from_binary = b.seal(&storing(None), Format::Binary, &42i32.to_be_bytes()).unwrap();
    let from_int2 = b.seal(&storing(Some(&LogicalType::Int2)), Format::Binary, &42i16.to_be_bytes()).unwrap();
    let from_int8 = b.seal(&storing(Some(&LogicalType::Int8)), Format::Binary, &42i64.to_be_bytes()).unwrap();
    assert_eq!(from_text, from_binary);
    assert_eq!(from_text, from_int2);
    assert_eq!(from_text, from_int8);
    assert_eq!(b.open_with(&[], Extent::Value, Format::Binary, &from_text).unwrap(), 42i32.to_be_bytes());
    let wide = b.seal(&storing(Some(&LogicalType::Int8)), Format::Binary, &(1i64 << 40).to_be_bytes());
    assert_eq!(wide.unwrap_err().sqlstate, "22003");
}

#[test]
fn casts_are_evaluated_on_the_plaintext() {
    let mut b = Bench::one(LogicalType::Text, Mode::Deterministic);
    let casts = [Cast { to: LogicalType::Date, array: false }];
    let date = b.seal(&Sealing { casts: &casts, ..storing(None) }, Format::Text, b"January 8, 1999");
    match date {
        Ok(date) => assert_eq!(date, b.store("1999-01-08")),
        Err(error) => assert_eq!(error.sqlstate, "0A000"),
    }
}

#[test]
fn the_declared_length_holds_when_stored_and_matches_nothing_when_compared() {
    let mut b = Bench::one(LogicalType::Varchar(Some(4)), Mode::Deterministic);
    assert_eq!(b.seal(&storing(None), Format::Text, b"abcde").unwrap_err().sqlstate, "22001");
    let matching = Sealing { purpose: Purpose::Match, ..storing(None) };
    let sealed = b.seal(&matching, Format::Text, b"abcde").unwrap();
    assert!(sealed.starts_with(b"pgV1:"), "a value that cannot occur is still no plaintext");
    assert_eq!(b.seal(&matching, Format::Text, b"abcd").unwrap(), b.store("abcd"));
}

#[test]
fn a_constant_shown_beside_values_keeps_its_form_and_is_no_stored_value() {
    let cases = [
        (LogicalType::Bpchar(6), "none ", "none  "),
        (LogicalType::Varchar(Some(4)), "longer than it", "four"),
        (LogicalType::Numeric(Some((10, 2))), "0", "0.00"),
    ];
    for (logical, beside, stored) in cases {
        let mut b = Bench::one(logical.clone(), Mode::Deterministic);
        let how = Sealing { purpose: Purpose::Beside, ..storing(None) };
        let sealed = b.seal(&how, Format::Text, beside.as_bytes()).unwrap();
        assert_ne!(
            sealed,
            b.seal(&how, Format::Text, beside.as_bytes()).unwrap(),
            "it does not show that it is the same"
        );
        let value = b.store(stored);
        let both = Opening { column: ID, extent: Extent::Value, casts: &[], beside: true };
        for (cell, shown) in [(&sealed, beside), (&value, stored)] {
            let mut out = Vec::new();
            b.protector.open(&both, Format::Text, cell, &mut b.desk, &mut out).unwrap();
            assert_eq!(out, shown.as_bytes(), "{logical}");
        }
        assert_eq!(
            b.open(&sealed).unwrap_err().sqlstate,
            "XX001",
            "where only stored values are, it is none"
        );
    }
}

#[test]
fn arrays_are_sealed_and_opened_element_by_element() {
    let mut b = Bench::one(LogicalType::Text, Mode::Deterministic);
    let any = Sealing { purpose: Purpose::Match, extent: Extent::Array, ..storing(None) };
    let sealed = b.seal(&any, Format::Text, br#"{"a b",NULL,c}"#).unwrap();
    let (ab, c) = (b.store("a b"), b.store("c"));
    let expected = [b"{".as_slice(), &ab, b",NULL,", &c, b"}"].concat();
    assert_eq!(sealed, expected);
    assert_eq!(b.open_with(&[], Extent::Array, Format::Text, &sealed).unwrap(), br#"{"a b",NULL,c}"#);
}

#[test]
fn every_stored_type_carries_the_armour() {
    let mut json = bench(vec![column(LogicalType::Jsonb, StoredType::Jsonb, Mode::Randomized)]);
    let sealed = json.store(r#"{"b": 1, "a":2}"#);
    assert!(sealed.starts_with(b"\"pgV1:") && sealed.ends_with(b".\""));
    assert_eq!(json.open(&sealed).unwrap(), br#"{"a": 2, "b": 1}"#);
    let binary = [b"\x01".as_slice(), &sealed].concat();
    assert_eq!(
        json.open_with(&[], Extent::Value, Format::Binary, &binary).unwrap(),
        b"\x01{\"a\": 2, \"b\": 1}"
    );

    let mut bytes = bench(vec![column(LogicalType::Bytea, StoredType::Bytea, Mode::Randomized)]);
    let sealed = bytes.store("\\x00ff");
    assert!(sealed.starts_with(b"pgV1:"));
    let as_text = format!("\\x{}", hex::encode(&sealed));
    assert_eq!(bytes.open(as_text.as_bytes()).unwrap(), b"\\x00ff");
    assert_eq!(bytes.open_with(&[], Extent::Value, Format::Binary, &sealed).unwrap(), [0, 0xff]);
}

#[test]
fn plaintext_is_an_error_where_every_value_is_an_envelope() {
    let mut b = Bench::one(LogicalType::Text, Mode::Randomized);
    assert_eq!(b.open(b"ana@example.ro").unwrap_err().sqlstate, "XX001");
    let mut damaged = b.store("ana");
    damaged[20] ^= 1;
    assert_eq!(b.open(&damaged).unwrap_err().sqlstate, "XX001");
}

#[test]
fn a_column_under_way_reads_both_and_writes_in_its_direction() {
    let at =
        |phase| ProtectedColumn { phase, ..column(LogicalType::Date, StoredType::Text, Mode::Randomized) };
    let mut b = bench(vec![at(Phase::Encrypting)]);
    let sealed = b.store("2001-02-03");
    assert!(sealed.starts_with(b"pgV1:"));
    assert_eq!(b.open(&sealed).unwrap(), b"2001-02-03");
    assert_eq!(b.open(b"2001-02-03").unwrap(), b"2001-02-03");
    assert_eq!(b.open(b"pgV1:AAAA.").unwrap_err().sqlstate, "XX001", "the prefix must open");
    let mut b = bench(vec![at(Phase::Decrypting)]);
    b.desk.settings.set("DateStyle", "German");
    assert_eq!(b.store("3.2.2001"), b"2001-02-03", "stored in ISO whatever the session shows");
    let mut b = bench(vec![ProtectedColumn {
        phase: Phase::Decrypting,
        ..column(LogicalType::Text, StoredType::Text, Mode::Randomized)
    }]);
    assert_eq!(b.seal(&storing(None), Format::Text, b"pgV1:x").unwrap_err().sqlstate, "0A000");
}

#[test]
fn a_redeclared_column_opens_both_declarations_and_writes_the_newer() {
    let older = column(LogicalType::Text, StoredType::Text, Mode::Deterministic);
    let newer = ProtectedColumn {
        domain: "e".into(),
        redeclared: Some(Redeclared {
            seals: Mode::Randomized,
            was_mode: older.mode,
            was_domain: older.domain.clone(),
            was_logical: older.logical.clone(),
        }),
        ..column(LogicalType::Date, StoredType::Text, Mode::Randomized)
    };
    let settled = newer.settled();
    let strange = ProtectedColumn { domain: "f".into(), ..settled.clone() };
    let keyring = Keyring::new(0, &mut fill_random).unwrap();
    let keyring = keyring.with_domain("d", Padding::Block16).unwrap().unwrap();
    let of = |column: &ProtectedColumn| {
        let policy = Policy { columns: vec![column.clone()], functions: Vec::new() };
        let protector = Protector::new(&policy, &keyring);
        assert!(protector.unfit().is_empty());
        Bench { protector, desk: Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32])) }
    };
    let (mut both, mut settled, mut strange) = (of(&newer), of(&settled), of(&strange));
    let old = of(&older).store("2001-02-03");
    assert_eq!(both.open(&old).unwrap(), b"2001-02-03", "the older declaration's");
    assert_eq!(settled.open(&old).unwrap_err().sqlstate, "XX001", "and only while it is said");
    let new = both.store("2001-02-03");
    assert_eq!(settled.open(&new).unwrap(), b"2001-02-03", "written as the newer one");
    assert_eq!(both.open(&strange.store("2001-02-03")).unwrap_err().sqlstate, "XX001", "of neither");
    assert_eq!(both.open(b"2001-02-03").unwrap_err().sqlstate, "XX001", "plaintext is none");
    let moved = ProtectedColumn { logical: LogicalType::Text, ..newer.clone() };
    assert_eq!(of(&moved).open(&old).unwrap(), b"2001-02-03", "text that is shown as it is stored");
    let unfit = of(&older).store("no date");
    assert_eq!(both.open(&unfit).unwrap_err().sqlstate, "XX001", "a value that the newer type cannot hold");
}

#[test]
fn a_plan_of_another_policy_is_an_error() {
    let mut b = Bench::one(LogicalType::Text, Mode::Randomized);
    let how = Sealing { column: ColumnId(1), ..storing(None) };
    assert_eq!(b.seal(&how, Format::Text, b"x").unwrap_err().sqlstate, "XX000");
}

#[test]
fn no_error_carries_the_value() {
    let canary = "k4n4ry";
    for logical in [LogicalType::Int4, LogicalType::Date, LogicalType::Uuid, LogicalType::Varchar(Some(2))] {
        let mut b = Bench::one(logical, Mode::Randomized);
        let error = b.seal(&storing(None), Format::Text, canary.as_bytes()).unwrap_err();
        assert!(!format!("{error:?} {error}").contains(canary));
    }
}

#[test]
fn one_column_that_cannot_be_protected_leaves_the_others_alone() {
    let keyring = Keyring::new(0, &mut fill_random).unwrap();
    let good = column(LogicalType::Text, StoredType::Text, Mode::Randomized);
    let unrecorded = column(LogicalType::Text, StoredType::Text, Mode::Deterministic);
    let policy = Policy { columns: vec![unrecorded, good], functions: Vec::new() };
    let protector = Protector::new(&policy, &keyring);
    assert_eq!(protector.unfit().len(), 1);
    let mut b = Bench { protector, desk: Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32])) };
    assert_eq!(b.seal(&storing(None), Format::Text, b"x").unwrap_err().sqlstate, "0A000");
    let second = Sealing { column: ColumnId(1), ..storing(None) };
    assert!(b.seal(&second, Format::Text, b"x").unwrap().starts_with(b"pgV1:"));
}

fn value() -> Shape {
    Shape::Value { column: ID, extent: Extent::Value, casts: Vec::new() }
}

#[test]
fn a_document_is_opened_where_its_shape_says() {
    let mut b = Bench::one(LogicalType::Text, Mode::Randomized);
    let sealed = String::from_utf8(b.store("Zo\u{eb} \"\n")).unwrap();
    let shape = Shape::Members(vec![("a".into(), value()), ("b".into(), Shape::Each(value().into()))]);
    let document = |binary| Document { binary, written: false, shape: shape.clone() };
    let mut open = |binary, format, text: &[u8]| {
        let mut out = b"before".to_vec();
        let opened = b.protector.open_document(&document(binary), format, text, &mut b.desk, &mut out);
        assert!(out.starts_with(b"before"));
        assert!(opened.is_ok() || out == b"before", "nothing is left of a failed document");
        opened.map(|()| String::from_utf8(out.split_off(6)).unwrap()).map_err(|error| error.sqlstate)
    };
    let text = format!("{{\"a\" : \"{sealed}\", \"b\" : [\"{sealed}\",\\n null]}}").replace("\\n", "\n");
    let shown = "\"Zo\u{eb} \\\"\\n\"";
    let read = format!("{{\"a\" : {shown}, \"b\" : [{shown},\n null]}}");
    assert_eq!(open(false, Format::Text, text.as_bytes()), Ok(read.clone()));
    assert_eq!(open(false, Format::Binary, text.as_bytes()), Ok(read.clone()));
    let versioned = [b"\x01", text.as_bytes()].concat();
    assert_eq!(open(true, Format::Binary, &versioned), Ok(format!("\u{1}{read}")));
    for empty in ["null", "{}", "[]", "{\"b\": []}", "{\"b\": {}}", "{\"b\": null}"] {
        assert_eq!(open(false, Format::Text, empty.as_bytes()), Ok(empty.to_owned()));
    }
    let other = [
        "".to_owned(),
        "7".into(),
        "{".into(),
        "{\"a\"}".into(),
        "{\"a\": 7}".into(),
        "{\"a\": \"plain\"}".into(),
        format!("{{\"c\": \"{sealed}\"}}"),
        format!("{{\"a\": [\"{sealed}\"]}}"),
        format!("[\"{sealed}\"]"),
        format!("{{\"a\": \"{sealed}\"}}7"),
        format!("{{\"a\": \"{sealed}\",}}"),
        format!("{{\"a\": \"{}\"}}", sealed.to_uppercase()),
    ];
    for text in &other {
        assert_eq!(open(false, Format::Text, text.as_bytes()), Err("XX001"), "{text}");
    }
    assert_eq!(open(true, Format::Binary, text.as_bytes()), Err("XX001"), "without its version");
}

#[test]
fn composed_text_is_opened_in_the_order_of_its_plan_only() {
    let (first, last) = (ColumnId(0), ColumnId(1));
    let of = |domain: &str| ProtectedColumn {
        domain: domain.into(),
        ..column(LogicalType::Text, StoredType::Text, Mode::Randomized)
    };
    let mut b = bench(vec![of("first"), of("last")]);
    let mut sealed = |column, value: &str| {
        let text = b.seal(&Sealing { column, ..storing(None) }, Format::Text, value.as_bytes()).unwrap();
        String::from_utf8(text).unwrap()
    };
    let (ada, blank, king) = (sealed(first, "Ada"), sealed(first, " "), sealed(last, "King"));
    let mut open = |repeats, text: &str| {
        let shape = Shape::Joined { columns: [first, first, last].into(), repeats };
        let (mut out, document) = (Vec::new(), Document { binary: false, written: false, shape });
        let opened =
            b.protector.open_document(&document, Format::Text, text.as_bytes(), &mut b.desk, &mut out);
        assert!(opened.is_ok() || out.is_empty(), "nothing is left of a failed text");
        opened.map(|()| String::from_utf8(out).unwrap()).map_err(|error| error.sqlstate)
    };
    for repeats in [false, true] {
        assert_eq!(open(repeats, &format!("{ada}{blank}{king}")), Ok("Ada King".into()));
        assert_eq!(open(repeats, &format!("{ada}{king}")), Ok("AdaKing".into()), "without a NULL");
        assert_eq!(open(repeats, ""), Ok(String::new()));
        assert_eq!(open(repeats, &format!("{ada}, {king}")), Err("XX001"), "text between");
        assert_eq!(open(repeats, &ada[..ada.len() - 1]), Err("XX001"), "an end cut off");
    }
    let rows = format!("{ada}{blank}{king}{ada}{blank}{king}");
    assert_eq!(open(true, &rows), Ok("Ada KingAda King".into()));
    assert_eq!(open(false, &rows), Err("XX001"), "more than the plan has");
    assert_eq!(open(false, &format!("{king}{blank}{ada}")), Err("XX001"), "one in the other's place");
    assert_eq!(open(false, &format!("{king}{king}")), Err("XX001"), "one twice");
}
