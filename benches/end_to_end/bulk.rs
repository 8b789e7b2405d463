//! Much data at a time over one connection: results read and thrown away, COPY in from memory,
//! statements with many rows. The client costs next to nothing, so that what is measured is the rest.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use crate::client::{Client, Login};
use crate::measure::{Meter, Sample};
use crate::targets::{PASSWORD, Place};

/// Bytes read or written at a stroke.
const CHUNK: usize = 256 * 1024;

/// Logs in, without TLS.
pub fn connect(place: &Place) -> TcpStream {
    let login = Login::with_password("postgres", "bench", PASSWORD);
    let client = Client::connect(&format!("127.0.0.1:{}", place.port), &login)
        .unwrap_or_else(|error| panic!("{}: {error:?}", place.name));
    client.stream.set_read_timeout(None).expect("a socket");
    client.stream
}

/// Cuts frames out of a stream without keeping them.
pub struct Drain {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

impl Drain {
    pub fn new(stream: TcpStream) -> Drain {
        Drain { stream, buffer: vec![0; CHUNK], filled: 0 }
    }

    /// Sends a Query.
    pub fn query(&mut self, sql: &str) {
        self.write(&query(sql));
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("a write");
    }

    /// Reads until a frame with one of these tags has passed; hands every DataRow's body on. Gives
    /// the number of DataRow and CopyData frames.
    pub fn until(&mut self, tags: &[u8], mut row: impl FnMut(&[u8])) -> u64 {
        let mut count = 0;
        loop {
            let mut at = 0;
            while let Some((tag, total)) = head(&self.buffer[at..self.filled]) {
                if self.filled - at < total {
                    if total > self.buffer.len() {
                        self.buffer.resize(total, 0);
                    }
                    break;
                }
                let body = &self.buffer[at + 5..at + total];
                at += total;
                match tag {
                    b'D' => {
                        count += 1;
                        row(body);
                    }
                    b'd' => count += 1,
                    b'E' => panic!("{}", String::from_utf8_lossy(body)),
                    _ => {}
                }
                if tags.contains(&tag) {
                    self.keep(at);
                    return count;
                }
            }
            self.keep(at);
            let read = self.stream.read(&mut self.buffer[self.filled..]).expect("a read");
            assert!(read > 0, "the connection ended");
            self.filled += read;
        }
    }

    fn keep(&mut self, from: usize) {
        self.buffer.copy_within(from..self.filled, 0);
        self.filled -= from;
    }
}

fn head(bytes: &[u8]) -> Option<(u8, usize)> {
    let (tag, rest) = bytes.split_first()?;
    let (length, _) = rest.split_first_chunk()?;
    Some((*tag, u32::from_be_bytes(*length) as usize + 1))
}

fn framed(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = body.len() as u32 + 4;
    [&[tag][..], &length.to_be_bytes(), body].concat()
}

fn query(sql: &str) -> Vec<u8> {
    framed(b'Q', &[sql.as_bytes(), b"\0"].concat())
}

/// A statement without parameters in the extended protocol, all columns in binary format.
pub fn query_in_binary(sql: &str) -> Vec<u8> {
    let parse = [b"\0", sql.as_bytes(), b"\0\0\0"].concat();
    let bind = b"\0\0\0\0\0\0\0\x01\0\x01";
    let frames: [(u8, &[u8]); 4] = [(b'P', &parse), (b'B', bind), (b'E', b"\0\0\0\0\0"), (b'S', b"")];
    frames.iter().flat_map(|(tag, body)| framed(*tag, body)).collect()
}

/// The cells of a DataRow's body; NULL is empty.
pub fn cells(row: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = row.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, tail) = rest.split_first_chunk()?;
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
        let (cell, tail) = tail.split_at(length);
        rest = tail;
        Some(cell)
    })
}

/// Rows per second and what the proxy used for them.
pub fn timed(place: &Place, work: impl FnOnce() -> u64) -> Sample {
    let meter = Meter::start(place.process);
    let started = Instant::now();
    let rows = work() as f64;
    let rate = rows / started.elapsed().as_secs_f64();
    Sample { rate, cpu: meter.per_thousand(rows, 0.0), ..Sample::default() }
}

/// The rows of a SELECT in the simple protocol, or of COPY … TO STDOUT.
pub fn read_all(place: &Place, sql: &str) -> Sample {
    let mut drain = Drain::new(connect(place));
    timed(place, || {
        drain.query(sql);
        drain.until(b"Z", |_| {})
    })
}

/// COPY … FROM STDIN of `lines`, in CopyData messages of 64 KiB, into a table that is emptied first.
pub fn copy_in(place: &Place, table: &str, columns: &str, lines: &[u8], rows: u64) -> Sample {
    let mut drain = Drain::new(connect(place));
    drain.query(&format!("TRUNCATE {table}"));
    drain.until(b"Z", |_| {});
    let frames: Vec<u8> = lines.chunks(64 * 1024).flat_map(|chunk| framed(b'd', chunk)).collect();
    timed(place, || {
        drain.query(&format!("COPY {table} ({columns}) FROM STDIN"));
        drain.until(b"G", |_| {});
        drain.write(&frames);
        drain.write(&framed(b'c', b""));
        drain.until(b"Z", |_| {});
        rows
    })
}

/// INSERT statements of `rows` each, one after the other, rolled back in the end.
pub fn insert_many(place: &Place, statements: &[String], rows: u64) -> Sample {
    let mut drain = Drain::new(connect(place));
    drain.query("BEGIN");
    drain.until(b"Z", |_| {});
    let sample = timed(place, || {
        for statement in statements {
            drain.query(statement);
            drain.until(b"Z", |_| {});
        }
        statements.len() as u64 * rows
    });
    drain.query("ROLLBACK");
    drain.until(b"Z", |_| {});
    sample
}
