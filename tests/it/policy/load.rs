//! `[[column]]` and `[[function]]`: what is read, and what is refused with its line.

use pgveil::policy::canonical::digest;
use pgveil::policy::fault::nearest;
use pgveil::policy::load::{tags, with_domains};
use pgveil::policy::model::{DeclaredValue, Mode, Pad, Phase};
use pgveil::types::LogicalType;

const TWO: &str = r#"
version = 1

[[column]]
name   = "public.customers.email"
mode   = "deterministic"
domain = "email"
phase  = "encrypted"
pad    = "block32"
max_bytes = 300

[[column]]
name = 'public."Customers".birth_date'
type = "date"
"#;

fn faults(text: &str) -> Vec<String> {
    let faults = tags("pgveil.toml", text).expect_err("must be refused");
    faults.0.iter().map(ToString::to_string).collect()
}

#[test]
fn reads_every_key() {
    let tags = tags("pgveil.toml", TWO).expect("valid");
    let [email, birth] = tags.columns.as_slice() else { panic!("two columns") };
    assert_eq!((email.relation.schema.as_str(), email.column.as_str()), ("public", "email"));
    assert_eq!((email.mode, email.phase), (Mode::Deterministic, Phase::Encrypted));
    assert_eq!((email.pad, email.max_bytes, email.line), (Some(Pad::Block32), Some(300), 4));
    assert!(email.domain_written);
    assert_eq!((birth.relation.name.as_str(), birth.mode), ("Customers", Mode::Randomized));
    assert_eq!(birth.declared, Some(LogicalType::Date));
    assert_eq!(birth.domain, "public.\"Customers\".birth_date");
    assert!(!birth.domain_written);
}

#[test]
fn a_tag_without_a_phase_fails_closed() {
    let tags = tags("p", "[[column]]\nname = 'a.b.c'").expect("valid");
    assert_eq!(tags.columns.first().map(|c| c.phase), Some(Phase::Encrypted));
}

#[test]
fn a_renamed_column_keeps_its_domain() {
    let tags = tags("p", "[[column]]\nname = 'a.b.c'\nwas = 'a.b.old'").expect("valid");
    assert_eq!(tags.columns.first().map(|c| c.domain.as_str()), Some("a.b.old"));
}

#[test]
fn was_as_a_table_is_an_older_declaration() {
    let text = "[[column]]\nname = 'a.b.c'\nmode = 'deterministic'\ndomain = 'new'\ntype = 'date'\n\
                was = { mode = 'randomized', domain = 'old', type = 'text', pad = 'default' }";
    let read = tags("p", text).expect("valid");
    let tag = read.columns.first().expect("one");
    let was = tag.formerly.as_ref().expect("said");
    assert_eq!((was.mode, was.domain.as_str(), tag.domain.as_str()), (Mode::Randomized, "old", "new"));
    assert_eq!((was.declared.as_ref(), was.pad), (Some(&LogicalType::Text), None));
    let policy = read.resolve(|tag| (tag.declared.clone().expect("said"), pgveil::types::StoredType::Text));
    let column = policy.columns.first().expect("one");
    assert_eq!((column.mode, column.seals()), (Mode::Randomized, Mode::Deterministic), "nothing compares it");
    assert!(column.is_in_domain("new") && !column.is_in_domain("old"));
    let (older, newer) = (column.formerly(), column.settled());
    assert_eq!(
        (older.mode, older.domain.as_str(), &older.logical),
        (Mode::Randomized, "old", &LogicalType::Text)
    );
    assert_eq!(
        (newer.mode, newer.domain.as_str(), &newer.logical),
        (Mode::Deterministic, "new", &LogicalType::Date)
    );
    let alone =
        tags("p", "[[column]]\nname = 'a.b.c'\ndomain = 'new'\nwas = { domain = 'old' }").expect("valid");
    let without = tags("p", "[[column]]\nname = 'a.b.c'\ndomain = 'new'").expect("valid");
    assert_ne!(digest(&alone), digest(&without), "it is accepted like the rest");
}

#[test]
fn an_older_declaration_that_cannot_be_is_a_fault() {
    let of = |more: &str| faults(&format!("[[column]]\nname = 'a.b.c'\n{more}"));
    for (more, part) in [
        ("was = {}", "says nothing that is otherwise now"),
        ("was = { mode = 'randomized' }", "says nothing that is otherwise now"),
        ("phase = 'encrypting'\nwas = { domain = 'old' }", "needs phase \"encrypted\""),
        ("mode = 'deterministic'\ntype = 'date'\nwas = { type = 'text' }", "give it a new `domain`"),
        (
            "mode = 'deterministic'\ndomain = 'd'\npad = 'none'\nwas = { pad = 'default' }",
            "give it a new `domain`",
        ),
        ("was = { domian = 'old' }", "unknown key `domian` in was; `domain` is meant?"),
        (
            "was = { mode = 'deterministic', type = 'jsonb', domain = 'old' }",
            "cannot have been deterministic",
        ),
    ] {
        let all = of(more);
        assert!(all.iter().any(|fault| fault.contains(part)), "{more}: {all:?}");
    }
}

#[test]
fn reads_functions() {
    let text = "[[column]]\nname = 'a.b.c'\ndomain = 'd'\n[[function]]\nname = 'a.f'\nargs = [{ domain = 'd' }, 'plain']\nreturns = { domain = 'd' }\n";
    let tags = tags("p", text).expect("valid");
    let [function] = tags.functions.as_slice() else { panic!("one function") };
    assert_eq!(function.args, [DeclaredValue::Domain("d".into()), DeclaredValue::Plain]);
    assert_eq!(function.returns, DeclaredValue::Domain("d".into()));
}

#[test]
fn inline_arrays_mean_the_same() {
    let tags = tags("p", "column = [{ name = 'a.b.c' }, { name = 'a.b.d' }]").expect("valid");
    assert_eq!(tags.columns.len(), 2);
}

#[test]
fn names_the_nearest_key_and_the_line() {
    let text = "[[column]]\nname = 'a.b.c'\n\nmoed = 'deterministic'\n";
    assert_eq!(faults(text), ["pgveil.toml:4: unknown key `moed` in [[column]]; `mode` is meant?"]);
    let text = "[[column]]\nname = 'a.b.c'\nzzzzzzzz = 1\n";
    assert_eq!(faults(text), ["pgveil.toml:3: unknown key `zzzzzzzz` in [[column]]"]);
}

#[test]
fn reports_every_fault_at_once() {
    let text = "[[column]]\nname = 'b.c'\n[[column]]\nname = 'a.b.c'\nmode = 'magic'\nphase = 3\npad = 'x'\nmax_bytes = 0\nonline = 'y'\ntype = 'point'\ndomain = ''\n";
    let lines: Vec<String> =
        faults(text).iter().map(|f| f.split(':').nth(1).unwrap_or_default().to_owned()).collect();
    assert_eq!(lines, ["2", "5", "11", "10", "6", "7", "8", "9"]);
}

#[test]
fn types_without_bytewise_equality_cannot_be_deterministic() {
    for spelled in ["citext", "bool", "interval", "json", "jsonb", "numeric"] {
        let text = format!("[[column]]\nname = 'a.b.c'\nmode = 'deterministic'\ntype = '{spelled}'\n");
        let faults = faults(&text);
        assert!(faults.iter().any(|f| f.starts_with("pgveil.toml:4: this type cannot be")), "{faults:?}");
    }
    for spelled in ["text", "numeric(10,2)", "date", "uuid", "text[]"] {
        let text = format!("[[column]]\nname = 'a.b.c'\nmode = 'deterministic'\ntype = '{spelled}'\n");
        assert!(tags("p", &text).is_ok(), "{spelled}");
    }
}

#[test]
fn a_column_is_tagged_once_and_a_domain_agrees() {
    let twice = "[[column]]\nname = 'a.b.c'\n[[column]]\nname = 'A.\"b\".C'\n";
    assert_eq!(faults(twice), ["pgveil.toml:3: a.b.c is tagged already, on line 1"]);
    let pads = "[[column]]\nname='a.b.c'\nmode='deterministic'\ndomain='d'\n[[column]]\nname='a.b.d'\nmode='deterministic'\ndomain='d'\npad='none'\ntype='text'\n";
    assert_eq!(faults(pads), ["pgveil.toml:5: a.b.d and a.b.c share a domain, but not their `pad`"]);
    let online = "[[column]]\nname='a.b.c'\nmode='deterministic'\ndomain='d'\nonline=true\n[[column]]\nname='a.b.d'\ndomain='d'\n";
    assert_eq!(faults(online), ["pgveil.toml:1: `online` needs a domain of its own, and a.b.d shares it"]);
    let unknown = "[[function]]\nname='a.f'\nargs=[{ domain = 'nobody' }]\n";
    assert_eq!(faults(unknown), ["pgveil.toml:1: a.f names a domain that no column has"]);
}

#[test]
fn what_is_no_toml_is_a_fault_with_a_line() {
    let faults = faults("[[column]]\nname = \n");
    assert!(faults.first().is_some_and(|f| f.starts_with("pgveil.toml:2: ")), "{faults:?}");
}

#[test]
fn the_digest_follows_meaning_not_layout() {
    let of = |text: &str| digest(&tags("p", text).expect("valid"));
    let one = "[[column]]\nname = 'a.b.c'\n[[column]]\nname = 'a.b.d'\n";
    let other = "# a comment\n[[column]]\nname = 'a.b.d'\n\n[[column]]\nname = 'A.B.C'\ndomain = 'a.b.c'\n";
    assert_eq!(of(one), of(other));
    for change in [
        "mode='deterministic'",
        "domain='x'",
        "phase='plain'",
        "type='text'",
        "pad='none'",
        "max_bytes=9",
        "online=true",
    ] {
        let changed = format!("[[column]]\nname = 'a.b.c'\n{change}\n[[column]]\nname = 'a.b.d'\n");
        assert_ne!(of(one), of(&changed), "{change}");
    }
    assert_ne!(of(one), of("[[column]]\nname = 'a.b.c'\n"));
    assert_ne!(of(one), of(&format!("{one}[[function]]\nname='a.f'\n")));
}

#[test]
fn nearest_is_near() {
    assert_eq!(nearest("domian", ["mode", "domain"]), Some("domain"));
    assert_eq!(nearest("xyz", ["mode", "domain"]), None);
}

#[test]
fn default_domains_are_written_out_and_mean_the_same() {
    let text = "# keep me\nversion = 1\n\n[[column]]\nname = 'a.b.c' # and me\n\n[[column]]\nname = 'a.b.d'\ndomain = 'x'\n\n[[column]]\nname = 'a.b.\"E\"'\nwas = 'a.b.old'\n";
    let written = with_domains(text).expect("something to write");
    assert_eq!(digest(&tags("p", text).expect("valid")), digest(&tags("p", &written).expect("valid")));
    assert!(tags("p", &written).expect("valid").columns.iter().all(|c| c.domain_written));
    assert!(
        written.starts_with(
            "# keep me\nversion = 1\n\n[[column]]\nname = 'a.b.c' # and me\ndomain = \"a.b.c\"\n"
        ),
        "{written}"
    );
    assert!(written.contains("was = 'a.b.old'\ndomain = \"a.b.old\"\n"), "{written}");
    assert_eq!(with_domains(&written), None);
    assert_eq!(with_domains("version = 1\n"), None);
}
