//! `pgveil.lock`: what is written is read back, and no byte of it can be changed.

use pgveil::catalog::lockfile::{self, LockError};
use pgveil::catalog::model::Function;
use pgveil::catalog::pin::Pin;
use pgveil::policy::join::take;
use sha2::{Digest, Sha256};

use super::shape::{lineage, live, name, table, tags, view};

fn mac(bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(b"a key of the test").chain_update(bytes).finalize().into()
}

fn open(file: &[u8]) -> Result<Pin, LockError> {
    lockfile::open(file, |body, given| mac(body) == *given)
}

fn pin() -> Pin {
    let tags = tags(
        "[[column]]\nname = 'public.people.email'\n[[column]]\nname = 'public.people.\"Born\"'\ntype = 'date'\n",
    );
    let mut people =
        table("public.people", &[("id", "bigint"), ("email", "character varying(9)"), ("Born", "text")]);
    for column in &mut people.columns {
        column.collation = Some("pg_catalog.\"C\"".into());
        column.identity = Some('a');
        column.has_default = true;
    }
    let mut part = people.clone();
    part.name = name("public.\"Part \"\"1\"");
    part.parents.push(name("public.people"));
    let mut now = live(vec![people, part, view("public.v", &["mail"], "public.people.email")]);
    let body = "BEGIN -- people\n  RETURN '''\"\"\"\\n\t';\r\nEND";
    now.functions.push(Function::new(name("public.f"), "plpgsql", body));
    take(&tags, &Pin::empty(), &now, &lineage)
}

#[test]
fn what_is_written_is_read_back() {
    let pin = pin();
    assert_eq!((pin.relations.len(), pin.functions.len()), (3, 1));
    let file = lockfile::seal(&pin, mac);
    assert_eq!(open(&file).as_ref(), Ok(&pin));
    let text = String::from_utf8(file).expect("text");
    let line = "  { name = \"email\", type = \"character varying(9)\", oid = 1, default = true, collation = 'pg_catalog.\"C\"', identity = \"a\", tag = \"public.people.email\", logical = \"character varying(9)\" },\n";
    assert!(text.contains(line), "{text}");
    assert_eq!(open(&lockfile::seal(&Pin::empty(), mac)), Ok(Pin::empty()));
}

#[test]
fn no_bit_of_the_file_can_change() {
    let file = lockfile::seal(&pin(), mac);
    for byte in 0..file.len() {
        for bit in 0..8 {
            let mut changed = file.clone();
            changed[byte] ^= 1 << bit;
            assert_eq!(open(&changed), Err(LockError::NotAuthentic), "byte {byte}, bit {bit}");
        }
    }
    for cut in 0..file.len() {
        assert_eq!(open(&file[..cut]), Err(LockError::NotAuthentic), "cut at {cut}");
        assert_eq!(open(&file[file.len() - cut..]), Err(LockError::NotAuthentic), "last {cut}");
    }
    let longer = [file.as_slice(), b"\n"].concat();
    assert_eq!(open(&longer), Err(LockError::NotAuthentic));
}

#[test]
fn what_is_authentic_must_still_be_understood() {
    let forged = |body: &str| {
        let mac: String = mac(body.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        open(format!("{body}# pgveil mac {mac}\n").as_bytes())
    };
    assert_eq!(forged("version = 1\n"), Ok(Pin::empty()));
    for body in [
        "version = 2\n",
        "",
        "version = 1\nfuture = 2\n",
        "version = 1\n[[relation]]\nname = 'x'\nkind = 'table'\ncolumns = []\n",
    ] {
        assert!(matches!(forged(body), Err(LockError::Unreadable(_))), "{body}");
    }
}
