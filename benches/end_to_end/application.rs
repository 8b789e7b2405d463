//! What an application does that encrypts by itself: AES-256-GCM-SIV with a random nonce over each
//! cell, stored as bytea; one program in Rust and one in Python.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use pgveil::crypto::aead::{Aead, NONCE_LEN, Native, TAG_LEN};
use pgveil::crypto::nonces::Nonces;

use crate::bulk::{self, Drain, connect, timed};
use crate::measure::Sample;
use crate::targets::{PASSWORD, Place};

const KEY: [u8; 32] = *b"an application's own key, 32 b..";

/// Which program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    Rust,
    Python,
}

impl Application {
    pub fn name(self) -> &'static str {
        match self {
            Application::Rust => "application, Rust",
            Application::Python => "application, Python",
        }
    }

    /// Whether this machine can run it.
    pub fn is_here(self) -> bool {
        match self {
            Application::Rust => true,
            Application::Python => {
                let imports = [
                    "-c",
                    "import psycopg; from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV",
                ];
                Command::new(python()).args(imports).output().is_ok_and(|output| output.status.success())
            }
        }
    }

    /// Reads `table` to its end and opens both columns of each row.
    pub fn read(self, place: &Place, table: &str) -> Sample {
        let sql = format!("SELECT id, c1, c2, city, balance FROM {table}");
        match self {
            Application::Rust => read_in_rust(place, &sql),
            Application::Python => read_in_python(place, &sql),
        }
    }
}

/// The interpreter of `scripts/python`, or any.
fn python() -> PathBuf {
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/python/bin/python"));
    match std::env::var_os("PGVEIL_TEST_PYTHON") {
        Some(named) => named.into(),
        None if own.exists() => own,
        None => "python3".into(),
    }
}

fn read_in_python(place: &Place, sql: &str) -> Sample {
    let url = format!("postgresql://postgres:{PASSWORD}@127.0.0.1:{}/bench?sslmode=disable", place.port);
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/end_to_end/application.py");
    let output = Command::new(python()).args([program, &url, sql]).arg(hex(&KEY)).output().expect("Python");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Sample { rate: text.trim().parse().expect("rows per second"), ..Sample::default() }
}

fn read_in_rust(place: &Place, sql: &str) -> Sample {
    let cipher = Native::new(&KEY).expect("a key");
    let mut drain = Drain::new(connect(place));
    let mut plaintext = Vec::new();
    timed(place, || {
        drain.write(&bulk::query_in_binary(sql));
        drain.until(b"Z", |row| {
            let mut cells = bulk::cells(row);
            for cell in cells.by_ref().skip(1).take(2) {
                open(&cipher, cell, &mut plaintext);
            }
            std::hint::black_box(&plaintext);
        })
    })
}

fn open(cipher: &Native, cell: &[u8], plaintext: &mut Vec<u8>) {
    let (nonce, rest) = cell.split_first_chunk::<NONCE_LEN>().expect("a nonce");
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>().expect("a tag");
    plaintext.resize(ciphertext.len(), 0);
    cipher.open(nonce, b"", ciphertext, tag, plaintext).expect("our own ciphertext");
}

fn seal(cipher: &Native, nonces: &mut Nonces, cell: &[u8], line: &mut String) {
    let (nonce, mut body) = (nonces.draw(), cell.to_vec());
    let tag = cipher.seal(&nonce, b"", &mut body).expect("a cell");
    let _ = write!(line, "\t\\\\x{}{}{}", hex(&nonce), hex(&body), hex(&tag));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Makes `to` with the first `rows` of `from`, c1 and c2 sealed as such an application would.
pub fn seal_table(place: &Place, from: &str, to: &str, rows: u64) {
    let (cipher, mut nonces) = (Native::new(&KEY).expect("a key"), Nonces::from_os().expect("randomness"));
    let mut drain = Drain::new(connect(place));
    drain.query(&format!("CREATE TABLE {to} (id int, c1 bytea, c2 bytea, city text, balance int)"));
    drain.until(b"Z", |_| {});
    let mut lines = String::new();
    drain.query(&format!("SELECT id, c1, c2, city, balance FROM {from} LIMIT {rows}"));
    drain.until(b"Z", |row| {
        for (number, cell) in bulk::cells(row).enumerate() {
            let text = String::from_utf8_lossy(cell);
            match number {
                0 => lines.push_str(&text),
                1 | 2 => seal(&cipher, &mut nonces, cell, &mut lines),
                _ => lines.extend(["\t", &text]),
            }
        }
        lines.push('\n');
    });
    bulk::copy_in(place, to, "id, c1, c2, city, balance", lines.as_bytes(), rows);
}
