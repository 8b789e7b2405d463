//! What the long jobs decide without a server: what is after, what was printed, hours, needles, and
//! signatures.

use pgveil::crypto::evidence::{Signer, is_signed};
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{KeyId, Keyring, Suite, armour};
use pgveil::jobs::cells::{Target, Wanted};
use pgveil::jobs::census::{Census, Kept};
use pgveil::jobs::needles::Needles;
use pgveil::jobs::pace::Window;
use pgveil::names::ColumnId;
use pgveil::policy::edit::with_phase;
use pgveil::policy::model::Phase;
use pgveil::types::StoredType;

fn target(stored: StoredType) -> Target {
    Target { id: ColumnId(0), name: "c".into(), stored }
}

fn key(id: u32) -> KeyId {
    KeyId::new(id).expect("not 0")
}

#[test]
fn a_cell_is_after_by_its_head_whatever_type_it_is_stored_in() {
    let head = armour::census_prefix(Suite::Randomized, key(7));
    let sealed = format!("{head}AAAA.");
    let hex: String = sealed.bytes().map(|byte| format!("{byte:02x}")).collect();
    let other = Wanted::other_than(Suite::Randomized, key(8));
    let same = Wanted::other_than(Suite::Randomized, key(7));
    let forms = [
        (StoredType::Text, sealed.clone(), "plain".to_owned()),
        (StoredType::Varchar, sealed.clone(), String::new()),
        (StoredType::Json, format!("\"{sealed}\""), "{\"pgV1:\": 1}".to_owned()),
        (StoredType::Jsonb, format!("\"{sealed}\""), "\"pgv1:\"".to_owned()),
        (StoredType::Bytea, format!("\\x{hex}"), "\\x00".to_owned()),
        (StoredType::TextArray, format!("{{{sealed},NULL}}"), "{\"a,b\",NULL}".to_owned()),
    ];
    for (stored, envelope, plain) in forms {
        let target = target(stored);
        let wants = |text: &str, wanted: &Wanted| target.wants(text.as_bytes(), wanted).expect("of the type");
        assert!(wants(&envelope, &Wanted::Armoured) && !wants(&envelope, &Wanted::Bare), "{stored:?}");
        assert!(wants(&envelope, &other) && !wants(&envelope, &same), "{stored:?}");
        assert!(wants(&plain, &Wanted::Bare) && !wants(&plain, &Wanted::Armoured), "{stored:?}");
        assert!(!wants(&plain, &other), "{stored:?}: plaintext is no envelope under another key");
    }
    let mixed = format!("{{{sealed},plain}}");
    let array = target(StoredType::TextArray);
    assert!(array.wants(mixed.as_bytes(), &Wanted::Bare).expect("an array"));
    assert!(array.wants(mixed.as_bytes(), &Wanted::Armoured).expect("an array"));
    assert!(array.wants(b"no array", &Wanted::Bare).is_err());
}

#[test]
fn what_the_server_prints_is_told_from_what_it_changed() {
    let same =
        |stored, sent: &str, printed: &str| target(stored).is_printed(sent.as_bytes(), printed.as_bytes());
    assert!(same(StoredType::Text, "a", "a") && !same(StoredType::Text, "a", "a "));
    assert!(same(StoredType::Bytea, "pgV1:x.", "\\x706756313a782e"));
    assert!(!same(StoredType::Bytea, "pgV1:x.", "\\x706756313a782f"));
    assert!(!same(StoredType::Bytea, "pgV1:x.", "\\x706756313a78"));
    assert!(same(StoredType::Bytea, "\\x00ff", "\\x00ff"));
    assert!(same(StoredType::TextArray, "{\"a\",\"NULL\",NULL}", "{a,\"NULL\",NULL}"));
    assert!(!same(StoredType::TextArray, "{\"NULL\"}", "{NULL}"));
}

#[test]
fn a_census_counts_by_key_and_knows_what_is_none() {
    let head = |suite| armour::census_prefix(suite, key(9));
    let mut census = Census::default();
    for text in [
        head(Suite::Randomized),
        head(Suite::Deterministic),
        "pgV1:".into(),
        "pgV1:!!!!!!!!".into(),
        "x".into(),
    ] {
        census.count(Kept::of(text.as_bytes()));
    }
    assert_eq!((census.under(key(9)), census.under(key(1)), census.total()), (2, 0, 5));
    assert_eq!(census.counts.get(&Kept::Odd), Some(&2));
    assert_eq!(census.counts.get(&Kept::Plain), Some(&1));
}

#[test]
fn a_window_of_the_day_may_go_over_midnight() {
    let time = |hour, minute| jiff::civil::Time::new(hour, minute, 0, 0).expect("a time");
    let holds = |window: &str, hour, minute| Window::parse(window).expect(window).holds(time(hour, minute));
    assert!(holds("08:00-18:30", 8, 0) && holds("08:00-18:30", 18, 29) && !holds("08:00-18:30", 18, 30));
    assert!(holds("22:00-05:00", 23, 59) && holds("22:00-05:00", 4, 59) && !holds("22:00-05:00", 12, 0));
    assert!(holds("00:00-00:00", 13, 0));
    for wrong in ["", "8-18", "08:00", "24:00-01:00", "08:60-09:00", "+8:00-09:00", "08:00-09:00-10:00"] {
        assert!(Window::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn a_needle_is_found_in_every_spelling_and_nothing_else_is() {
    let mut needles = Needles::default();
    assert!(!needles.add("short", b"short"));
    assert!(needles.add("name", "Ană's \"tab\"\t42".as_bytes()));
    let search = needles.search().expect("an automaton");
    let value = "Ană's \"tab\"\t42";
    let hex: String = value.bytes().map(|byte| format!("{byte:02X}")).collect();
    let base64 = |shift: &str| {
        use base64_simd::STANDARD;
        STANDARD.encode_to_string(format!("{shift}{value} and more"))
    };
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let texts: Vec<(&str, Vec<u8>)> = vec![
        ("raw", format!("x{value}y").into()),
        ("escaped", format!("x{}y", value.replace('\t', "\\t")).into()),
        ("escaped", format!("x{}y", value.replace('\'', "''")).into()),
        ("escaped", serde_json::to_vec(value).expect("JSON")),
        ("hex", hex.into()),
        ("base64", base64("").into()),
        ("base64", base64("a").into()),
        ("base64", base64("ab").into()),
        ("utf-16", utf16),
    ];
    for (spelling, text) in texts {
        let found = search.over(text.as_slice()).expect("read");
        assert_eq!(found.hits, 1, "{spelling}");
        assert_eq!((found.told[0].spelling.name(), found.told[0].owner.as_str()), (spelling, "name"));
    }
    let nothing = search.over(&b"Ana's \"tab\" 42"[..]).expect("read");
    assert_eq!((nothing.hits, nothing.bytes), (0, 14));
}

#[test]
fn evidence_is_signed_by_its_realm_alone() {
    let keyring = Keyring::new(0, &mut fill_random).expect("a keyring");
    let other = Keyring::new(0, &mut fill_random).expect("a keyring");
    let signer = Signer::of(&keyring).expect("a signer");
    let (public, signature) = (signer.public().expect("a key"), signer.sign(b"said").expect("a signature"));
    assert!(is_signed(&public, b"said", &signature));
    assert!(!is_signed(&public, b"sais", &signature));
    let stranger = Signer::of(&other).expect("a signer");
    assert!(!is_signed(&stranger.public().expect("a key"), b"said", &signature));
    assert_ne!(stranger.sign(b"said").expect("a signature"), signature);
    let mut bent = signature;
    bent[10] ^= 1;
    assert!(!is_signed(&public, b"said", &bent));
    let again = keyring.with_new_key(1, &mut fill_random).expect("a generation");
    assert_eq!(Signer::of(&again).expect("a signer").public(), Ok(public), "it outlives generations");
}

#[test]
fn a_phase_is_written_and_everything_else_stays() {
    let text = "# mine\n[[column]]\nname = 'public.a.x' # why\nphase = 'encrypting'\n\n[[column]]\nname = 'public.a.y'\n";
    let changed = with_phase(text, &["public.a.x".into()], Phase::Encrypted, false).expect("a policy");
    assert_eq!(changed, text.replace("'encrypting'", "\"encrypted\""));
    let both =
        with_phase(text, &["public.a.x".into(), "public.a.y".into()], Phase::Plain, false).expect("a policy");
    assert_eq!(both.matches("phase = \"plain\"").count(), 2);
    assert_eq!(with_phase(text, &["public.a.z".into()], Phase::Plain, false), None);
}
