//! One cell, canonical plaintext to armour and back: the figure is 350 ns each for 64 bytes, single
//! thread. `cargo bench --bench envelope`.

use divan::{Bencher, black_box};
use pgveil::crypto::aead::{Aead, Native, Portable};
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::{ColumnKeys, Keyring, Nonces, Padding, Suite};

fn main() {
    divan::main();
}

/// Cells of a batch: enough that the clock's own cost does not show.
const CELLS: usize = 1000;
const LENGTHS: [usize; 4] = [8, 64, 256, 4096];

fn column(suite: Suite) -> ColumnKeys {
    let keyring = Keyring::new(0, &mut fill_random).unwrap();
    let keyring = keyring.with_domain("email", Padding::Auto).unwrap().unwrap();
    ColumnKeys::derive(&keyring, "email", 1, suite, Padding::Auto).unwrap()
}

fn seal(bencher: Bencher<'_, '_>, suite: Suite, len: usize) {
    let keys = column(suite);
    let plaintext = vec![b'x'; len];
    let mut nonces = Nonces::from_os().unwrap();
    let mut out = Vec::with_capacity(1 << 16);
    bencher.counter(divan::counter::ItemsCount::new(CELLS)).bench_local(|| {
        for _ in 0..CELLS {
            out.clear();
            keys.seal_into(black_box(&plaintext), &mut nonces, &mut out).unwrap();
            black_box(&out);
        }
    });
}

fn open(bencher: Bencher<'_, '_>, suite: Suite, len: usize) {
    let keys = column(suite);
    let mut armour = Vec::new();
    keys.seal_into(&vec![b'x'; len], &mut Nonces::from_os().unwrap(), &mut armour).unwrap();
    let mut out = Vec::with_capacity(1 << 16);
    bencher.counter(divan::counter::ItemsCount::new(CELLS)).bench_local(|| {
        for _ in 0..CELLS {
            out.clear();
            keys.open_into(black_box(&armour), &mut out).unwrap();
            black_box(&out);
        }
    });
}

#[divan::bench(args = LENGTHS)]
fn seal_randomized(bencher: Bencher<'_, '_>, len: usize) {
    seal(bencher, Suite::Randomized, len);
}

#[divan::bench(args = LENGTHS)]
fn open_randomized(bencher: Bencher<'_, '_>, len: usize) {
    open(bencher, Suite::Randomized, len);
}

#[divan::bench(args = LENGTHS)]
fn seal_deterministic(bencher: Bencher<'_, '_>, len: usize) {
    seal(bencher, Suite::Deterministic, len);
}

#[divan::bench(args = LENGTHS)]
fn open_deterministic(bencher: Bencher<'_, '_>, len: usize) {
    open(bencher, Suite::Deterministic, len);
}

/// The cipher alone, both implementations: 80 bytes, which is what 64 are padded to.
#[divan::bench(types = [Native, Portable])]
fn cipher_alone<A: Aead>(bencher: Bencher<'_, '_>) {
    let cipher = A::new(&[7; 32]).unwrap();
    let mut data = [0; 80];
    bencher.counter(divan::counter::ItemsCount::new(CELLS)).bench_local(|| {
        for _ in 0..CELLS {
            black_box(cipher.seal(&[1; 12], &[2; 38], black_box(&mut data)).unwrap());
        }
    });
}

/// What a deterministic cell of 64 bytes cannot do without beside the cipher: three blocks of the inner
/// hash (42 bytes of prefix, 80 of padded plaintext, 9 of SHA-256's own), one of the outer.
#[divan::bench]
fn four_compressions_alone(bencher: Bencher<'_, '_>) {
    let blocks = [sha2::digest::generic_array::GenericArray::from([7u8; 64]); 4];
    let mut state = [1u32; 8];
    bencher.counter(divan::counter::ItemsCount::new(CELLS)).bench_local(|| {
        for _ in 0..CELLS {
            sha2::compress256(black_box(&mut state), black_box(blocks.as_slice()));
        }
    });
}

/// What a new epoch costs for each column and key.
#[divan::bench]
fn derive_a_column(bencher: Bencher<'_, '_>) {
    let keyring = Keyring::new(0, &mut fill_random).unwrap();
    bencher
        .bench_local(|| ColumnKeys::derive(&keyring, "email", 1, Suite::Randomized, Padding::Auto).unwrap());
}
