//! Names, shapes and checksums of a scan, without a server.

use pgveil::scan::checksum::{
    digits, is_bsn, is_card, is_cnp, is_codice_fiscale, is_cui, is_dni, is_iban, is_nir, is_pesel,
    is_steuer_id,
};
use pgveil::scan::dictionary::Dictionary;
use pgveil::scan::shape::{Shapes, within};
use pgveil::scan::spelling::words;
use pgveil::scan::{ColumnSeen, Family, Kind, Samples, Scanner};

#[test]
fn identifiers_are_cut_into_words() {
    let cases = [
        ("customerEMailAddr2", "customer e mail addr"),
        ("IPAdresse", "ip adresse"),
        ("UStIdNr", "u st id nr"),
        ("Straße", "strasse"),
        ("număr_telefon", "numar telefon"),
        ("date-naissance", "date naissance"),
        ("address_line1", "address line"),
    ];
    for (name, want) in cases {
        assert_eq!(words(name).join(" "), want, "{name}");
    }
}

#[test]
fn columns_of_widespread_products_are_told_by_their_names() {
    let dictionary = Dictionary::default();
    let (mut hits, mut missed, mut wrong) = (0.0, Vec::new(), Vec::new());
    for line in include_str!("names.txt").lines().filter(|line| !line.starts_with('#')) {
        let [table, column, want] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let found = dictionary.find(column, table).is_some_and(|term| term.strength >= 50);
        match (want == "yes", found) {
            (true, true) => hits += 1.0,
            (true, false) => missed.push(format!("{table}.{column}")),
            (false, true) => wrong.push(format!("{table}.{column}")),
            (false, false) => {}
        }
    }
    let recall = hits / (hits + missed.len() as f64);
    let precision = hits / (hits + wrong.len() as f64);
    println!("recall {recall:.3}, precision {precision:.3}\nmissed {missed:?}\nwrong {wrong:?}");
    assert!(recall >= 0.95 && precision >= 0.9, "missed {missed:?}, wrong {wrong:?}");
}

#[test]
fn check_digits_admit_the_right_and_refuse_the_next() {
    let right: [(&str, fn(&str) -> bool); 12] = [
        ("DE89370400440532013000", is_iban),
        ("RO49 AAAA 1B31 0075 9384 0000", is_iban),
        ("4111 1111 1111 1111", is_card),
        ("5500-0000-0000-0004", is_card),
        ("1800101221144", |t| digits(t, &[]).is_some_and(|d| is_cnp(&d))),
        ("RO14399840", is_cui),
        ("44051401359", |t| digits(t, &[]).is_some_and(|d| is_pesel(&d))),
        ("86095742719", |t| digits(t, &[]).is_some_and(|d| is_steuer_id(&d))),
        ("111222333", |t| digits(t, &[]).is_some_and(|d| is_bsn(&d))),
        ("255081416802538", |t| digits(t, &[]).is_some_and(|d| is_nir(&d))),
        ("12345678Z", is_dni),
        ("RSSMRA85T10A562S", is_codice_fiscale),
    ];
    for (number, is) in right {
        assert!(is(number), "{number}");
        // Every other last character is refused.
        let (body, last) = number.split_at(number.len() - 1);
        let others = if last.as_bytes()[0].is_ascii_digit() { '0'..='9' } else { 'A'..='Z' };
        for other in others.filter(|other| other.to_string() != last) {
            let changed = format!("{body}{other}");
            assert!(!is(&changed), "{changed}");
        }
    }
}

#[test]
fn values_are_told_by_their_shape() {
    let shapes = Shapes::default();
    let cases: [(&str, &[Kind]); 22] = [
        ("ana.pop+x@mail.example.org", &[Kind::Email]),
        ("not an e-mail @ all", &[]),
        ("+40 721 234 567", &[Kind::Phone]),
        ("(030) 123-4567", &[Kind::Phone]),
        ("0721234567", &[Kind::Phone]),
        ("2024-05-01", &[]),
        ("1984-05-01", &[Kind::BirthDate]),
        ("192.168.1.10", &[Kind::Ip]),
        ("2001:db8::1", &[Kind::Ip]),
        ("1.2.3", &[]),
        ("Strada Horea nr. 12, ap. 4", &[Kind::Address]),
        ("12 Baker Street", &[Kind::Address]),
        ("Gartenstraße 7a", &[Kind::Address]),
        ("Maria Ionescu", &[Kind::Name]),
        ("Șurub M8", &[]),
        ("Blue widget", &[]),
        ("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", &[Kind::Password]),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", &[Kind::Secret]),
        ("6f1ed002ab5595859014ebf0951522d9", &[Kind::Secret]),
        ("550e8400-e29b-41d4-a716-446655440000", &[]),
        ("a-long-readable-slug-of-words-2024", &[]),
        ("order 66", &[]),
    ];
    for (value, want) in cases {
        assert_eq!(shapes.whole(value), want, "{value}");
    }
    assert_eq!(within("Guten Tag, Ihre Bestellung geht an <a@b.example>."), [Kind::Email]);
    assert_eq!(within("nothing to see, at 10:30, in room 4.2"), []);
}

fn column(table: &str, name: &str, family: Family) -> ColumnSeen {
    let qualified = format!("public.{table}.{name}");
    ColumnSeen { table: table.into(), name: name.into(), family, qualified, references: Vec::new() }
}

#[test]
fn copies_and_references_are_found_under_names_that_say_nothing() {
    let mails: Vec<String> = (0..40).map(|i| format!("person{i}@mail.example")).collect();
    let codes: Vec<String> = (0..40).map(|i| format!("K-{i:06}")).collect();
    let mut columns = vec![
        column("users", "email", Family::Text),
        column("x1", "a", Family::Text),
        column("patients", "full_name", Family::Text),
        column("x2", "b", Family::Text),
        column("x3", "c", Family::Text),
    ];
    columns[3].references = vec![2];
    let samples =
        [Samples(mails.clone()), Samples(mails), Samples(codes.clone()), Samples(vec![]), Samples(codes)];
    let found = Scanner::default().survey(&columns, &samples, 50);
    let names: Vec<(usize, Kind)> = found.iter().map(|f| (f.column, f.kind)).collect();
    assert!(names.contains(&(1, Kind::Email)), "{names:?}");
    assert!(names.contains(&(3, Kind::Name)), "{names:?}");
    assert!(names.contains(&(4, Kind::Name)), "{names:?}");
}

#[test]
fn a_key_that_is_itself_a_value_is_not_shown() {
    let documents: Vec<String> = (0..30)
        .map(|i| format!(r#"{{"secret{i}@mail.example": {{"phone": "+4072123456{}"}}}}"#, i % 10))
        .collect();
    let found = Scanner::default().survey(&[column("t", "data", Family::Json)], &[Samples(documents)], 50);
    let said: Vec<&str> = found[0].evidence.iter().map(|e| e.said.as_str()).collect();
    assert!(said.iter().any(|said| said.contains("(….phone)")), "{said:?}");
    assert!(!said.iter().any(|said| said.contains("mail.example")), "{said:?}");
}
