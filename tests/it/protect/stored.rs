//! Stored forms around the armour: fields of COPY, arrays of documents, documents of the server's making.

use super::*;

fn field(b: &mut Bench, bytes: &[u8]) -> Result<Vec<u8>, ProtectError> {
    let mut out = b"before".to_vec();
    let sealed = b.protector.seal_field(ID, Format::Binary, bytes, &mut b.desk, &mut out);
    assert!(sealed.is_ok() && out.starts_with(b"before") || out == b"before");
    sealed.map(|()| out.split_off(6))
}

#[test]
fn a_binary_field_is_what_its_type_receives() {
    let of = |logical, stored| bench(vec![column(logical, stored, Mode::Randomized)]);
    let mut json = of(LogicalType::Jsonb, StoredType::Jsonb);
    let given = b"\x01{\"a\": 1}";
    let sealed = field(&mut json, given).unwrap();
    assert!(sealed.starts_with(b"\x01\"pgV1:") && sealed.ends_with(b".\""));
    assert_eq!(json.open_with(&[], Extent::Value, Format::Binary, &sealed).unwrap(), given);

    let mut bytes = of(LogicalType::Bytea, StoredType::Bytea);
    let sealed = field(&mut bytes, b"\0\xff").unwrap();
    assert!(sealed.starts_with(b"pgV1:") && sealed.ends_with(b"."));
    assert_eq!(bytes.open_with(&[], Extent::Value, Format::Binary, &sealed).unwrap(), b"\0\xff");

    let mut texts = of(LogicalType::TextArray, StoredType::TextArray);
    let mut given = Vec::new();
    for word in [1u32, 1, 25, 3, 1, 2] {
        given.extend(word.to_be_bytes());
    }
    given.extend(b"hi");
    given.extend([u32::MAX.to_be_bytes(), 0u32.to_be_bytes()].concat());
    let sealed = field(&mut texts, &given).unwrap();
    assert_eq!(sealed[..20], given[..20], "an array of as many");
    assert!(sealed[24..].starts_with(b"pgV1:"));
    assert_eq!(texts.open_with(&[], Extent::Value, Format::Binary, &sealed).unwrap(), given);
    assert!(field(&mut texts, &given[..30]).is_err());
}

#[test]
fn a_binary_field_of_a_column_that_is_being_decrypted_is_the_value_itself() {
    let at = |logical, stored| {
        let plain = column(logical, stored, Mode::Randomized);
        bench(vec![ProtectedColumn { phase: Phase::Decrypting, ..plain }])
    };
    let mut bytes = at(LogicalType::Bytea, StoredType::Bytea);
    assert_eq!(field(&mut bytes, b"\0\xff\x7f").unwrap(), b"\0\xff\x7f");
    let mut json = at(LogicalType::Jsonb, StoredType::Jsonb);
    assert_eq!(field(&mut json, b"\x01{\"a\": 1}").unwrap(), b"\x01{\"a\": 1}");
}

#[test]
fn elements_are_quoted_where_they_need_it() {
    let array = Sealing { extent: Extent::Array, ..storing(None) };
    let mut json = bench(vec![column(LogicalType::Jsonb, StoredType::Jsonb, Mode::Randomized)]);
    let given = br#"{"{\"a\": 1}",NULL}"#;
    let sealed = json.seal(&array, Format::Text, given).unwrap();
    assert!(sealed.starts_with(br#"{"\"pgV1:"#) && sealed.ends_with(br#".\"",NULL}"#));
    assert_eq!(json.open_with(&[], Extent::Array, Format::Text, &sealed).unwrap(), given);

    let text = column(LogicalType::Text, StoredType::Text, Mode::Randomized);
    let mut plain = bench(vec![ProtectedColumn { phase: Phase::Decrypting, ..text }]);
    let sealed = plain.seal(&array, Format::Text, br#"{"a\"b,\\",c,NULL}"#).unwrap();
    assert_eq!(sealed, br#"{"a\"b,\\","c",NULL}"#);
}

#[test]
fn a_document_shows_dates_as_iso_and_null_as_it_is() {
    let mut b = Bench::one(LogicalType::Date, Mode::Randomized);
    b.desk.settings.set("DateStyle", "German");
    let sealed = String::from_utf8(b.store("3.2.2001")).unwrap();
    let shape = Shape::Members(vec![("born".into(), value())]);
    let document = Document { binary: false, written: false, shape };
    let text = format!("{{\"born\": \"{sealed}\"}}");
    let mut out = Vec::new();
    b.protector.open_document(&document, Format::Text, text.as_bytes(), &mut b.desk, &mut out).unwrap();
    assert_eq!(out, b"{\"born\": \"2001-02-03\"}");
    assert_eq!(b.open(sealed.as_bytes()).unwrap(), b"03.02.2001", "and beside it as the client asked");

    let mut b = Bench::one(LogicalType::Text, Mode::Randomized);
    let ada = String::from_utf8(b.store("Ada")).unwrap();
    let joined = Shape::Joined { columns: [ID].into(), repeats: false };
    let shape = Shape::Each(joined.into());
    let document = Document { binary: false, written: false, shape };
    let text = format!("[null, \"{ada}\", \"\"]");
    let mut out = Vec::new();
    b.protector.open_document(&document, Format::Text, text.as_bytes(), &mut b.desk, &mut out).unwrap();
    assert_eq!(out, b"[null, \"Ada\", \"\"]");
}
