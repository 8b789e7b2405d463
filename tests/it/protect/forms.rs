//! In which forms a domain stands, what keys are closed, and what is counted.

use pgveil::crypto::{Form, KeyId};
use pgveil::policy::standing::{Forms, Shape as Stands, Standing};
use pgveil::protect::{ByMode, Counts, Uses};

use super::*;

/// One key that is closed and sealed something before, and the one in force.
struct Turned {
    before: Keyring,
    after: Keyring,
}

fn turned() -> Turned {
    let before = Keyring::new(0, &mut fill_random).unwrap();
    let before = before.with_domain("d", Padding::Block16).unwrap().unwrap();
    let before = before.with_new_key(1, &mut fill_random).unwrap();
    let (old, new) = (before.keys()[0].id, before.keys()[1].id);
    let after = before.with_promoted(new).unwrap().open_window("d", Form::Sealed(new)).unwrap();
    let after = after.move_domain("d").unwrap().close_window("d").unwrap().with_disabled(old).unwrap();
    Turned { before, after }
}

fn under(keyring: &Keyring, columns: Vec<ProtectedColumn>) -> Bench {
    let policy = Policy { columns, functions: Vec::new() };
    let protector = Protector::new(&policy, keyring);
    assert!(protector.unfit().is_empty());
    Bench { protector, desk: Desk::new(TextSettings::default(), Nonces::from_seed(&[7; 32])) }
}

#[test]
fn that_a_key_is_closed_says_more_than_that_a_value_is_of_another_column() {
    let keys = turned();
    let (random, fixed) = (
        column(LogicalType::Text, StoredType::Text, Mode::Randomized),
        column(LogicalType::Text, StoredType::Text, Mode::Deterministic),
    );
    let old = under(&keys.before, vec![random.clone()]).store("Ada");
    let (first, last) = (ColumnId(0), ColumnId(1));
    let open = |columns: [ProtectedColumn; 2], text: &[u8]| {
        let mut b = under(&keys.after, columns.to_vec());
        let shape = Shape::Joined { columns: [first, last].into(), repeats: false };
        let (mut out, document) = (Vec::new(), Document { binary: false, written: false, shape });
        let opened = b.protector.open_document(&document, Format::Text, text, &mut b.desk, &mut out);
        opened.map(|()| out).map_err(|error| (error.sqlstate, error.column))
    };
    assert_eq!(open([random.clone(), fixed.clone()], &old), Err(("58000", first)));
    assert_eq!(open([fixed.clone(), random.clone()], &old), Err(("58000", last)));
    let mut damaged = under(&keys.after, vec![random.clone()]).store("Ada");
    damaged[40] ^= 1;
    assert_eq!(open([fixed, random], &damaged), Err(("XX001", first)), "of two of a kind the first");
}

#[test]
fn a_redeclared_column_says_which_of_its_keys_is_closed() {
    let keys = turned();
    let older = column(LogicalType::Numeric(Some((10, 2))), StoredType::Text, Mode::Deterministic);
    let newer = ProtectedColumn {
        domain: "e".into(),
        redeclared: Some(Redeclared {
            seals: Mode::Randomized,
            was_mode: older.mode,
            was_domain: older.domain.clone(),
            was_logical: older.logical.clone(),
        }),
        ..column(LogicalType::Text, StoredType::Text, Mode::Randomized)
    };
    let sealed = |declared: &ProtectedColumn| under(&keys.before, vec![declared.clone()]).store("12.50");
    let (of_older, of_newer) = (sealed(&older), sealed(&newer));
    let mut before = under(&keys.before, vec![newer.clone()]);
    assert_eq!(before.open(&of_older).unwrap(), b"12.50");
    assert_eq!(before.open(&of_newer).unwrap(), b"12.50");
    let mut after = under(&keys.after, vec![newer]);
    for cell in [of_older, of_newer] {
        assert_eq!(after.open(&cell).unwrap_err().sqlstate, "58000");
    }
}

#[test]
fn a_domain_stands_as_phase_and_keyring_say() {
    let at = |phase, online| ProtectedColumn {
        phase,
        online,
        ..column(LogicalType::Text, StoredType::Text, Mode::Deterministic)
    };
    let standing = |keyring: &Keyring, column: ProtectedColumn| {
        let policy = Policy { columns: vec![column.clone()], functions: Vec::new() };
        Protector::new(&policy, keyring).standings(&policy).of(&column)
    };
    let keyring = Keyring::new(0, &mut fill_random).unwrap();
    let active = keyring.active().unwrap();
    let plain = keyring.with_plain_domain("d", Padding::Block16).unwrap().unwrap();
    let open = plain.open_window("d", Form::Sealed(active)).unwrap();
    let moved = open.move_domain("d").unwrap();
    let sealed = moved.close_window("d").unwrap();
    let forms = |written, other| Forms { written, other, moved: false };
    let (to_sealed, to_plain) = (forms(Stands::Sealed, Stands::Plain), forms(Stands::Plain, Stands::Sealed));
    let is_moved = Forms { moved: true, ..to_sealed };
    let cases = [
        (&plain, at(Phase::Encrypting, false), Standing::One(Stands::Plain)),
        (&open, at(Phase::Encrypting, false), Standing::Window(to_plain)),
        (&moved, at(Phase::Encrypting, false), Standing::Window(is_moved)),
        (&moved, at(Phase::Encrypted, false), Standing::One(Stands::Sealed)),
        (&sealed, at(Phase::Encrypting, false), Standing::One(Stands::Sealed)),
        (&sealed, at(Phase::Decrypting, false), Standing::One(Stands::Sealed)),
        (&sealed, at(Phase::Encrypting, true), Standing::Mixed(to_sealed)),
        (&sealed, at(Phase::Decrypting, true), Standing::Mixed(to_plain)),
        (&sealed, at(Phase::Plain, false), Standing::One(Stands::Plain)),
    ];
    for (at, (keyring, column, expected)) in cases.into_iter().enumerate() {
        assert_eq!(standing(keyring, column), Some(expected), "case {at}");
    }
    let policy = Policy { columns: vec![at(Phase::Encrypted, false)], functions: Vec::new() };
    assert_eq!(Protector::new(&policy, &plain).unfit().len(), 1, "called encrypted and written plain");
}

#[test]
fn each_value_is_counted_once_by_mode_and_key() {
    let keyring = Keyring::new(0, &mut fill_random).unwrap();
    let keyring = keyring.with_domain("d", Padding::Block16).unwrap().unwrap();
    let of = |mode| column(LogicalType::Text, StoredType::Text, mode);
    let mut b = under(&keyring, vec![of(Mode::Randomized), of(Mode::Deterministic)]);
    let random = b.store("a");
    let second = Sealing { column: ColumnId(1), ..storing(None) };
    let fixed = b.seal(&second, Format::Text, b"a").unwrap();
    let many = Sealing { extent: Extent::Array, ..second };
    b.seal(&many, Format::Text, b"{b,NULL,c}").unwrap();
    b.open(&random).unwrap();
    b.open(&fixed).unwrap_err();
    let counts = Counts {
        sealed: ByMode { randomized: 1, deterministic: 3 },
        opened: ByMode { randomized: 1, deterministic: 0 },
        unopened: 1,
        uses: b.desk.counts.uses.clone(),
    };
    assert_eq!(b.desk.counts, counts);
    assert_eq!(counts.uses.each().collect::<Vec<_>>(), [(keyring.active().unwrap(), 4)]);

    let mut sum = counts.clone();
    sum.add(&mut b.desk.counts);
    assert_eq!(b.desk.counts, Counts::default(), "what was taken is not counted again");
    assert_eq!(sum.sealed, ByMode { randomized: 2, deterministic: 6 });
    assert_eq!((sum.opened, sum.unopened), (ByMode { randomized: 2, deterministic: 0 }, 2));
    assert_eq!(sum.uses.each().collect::<Vec<_>>(), [(keyring.active().unwrap(), 8)]);
}

#[test]
fn uses_of_several_keys_are_added_up_by_key() {
    let key = |id| KeyId::new(id).unwrap();
    let mut uses = Uses::default();
    for (id, values) in [(1, 2), (2, 3), (3, 1), (2, 10), (1, 20), (3, 30)] {
        uses.add(key(id), values);
    }
    assert_eq!(uses.each().collect::<Vec<_>>(), [(key(1), 22), (key(2), 13), (key(3), 31)]);
}
