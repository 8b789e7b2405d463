//! Values that must be nowhere in the clear, in every spelling in which they could be there; and the
//! search for them in a stream.
//!
//! Knows encodings. Says of a hit which column it is of, in which spelling, and where: never the
//! value.

use std::io::{self, Read};

use aho_corasick::{AhoCorasick, BuildError};
use base64_simd::STANDARD_NO_PAD;
use zeroize::Zeroizing;

/// Shorter values, in bytes, are in any large file by chance and are not searched for.
pub const LEAST: usize = 6;

/// How a value is spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    /// As it is.
    Raw,
    /// As COPY, SQL or JSON escape it.
    Escaped,
    /// Two digits a byte.
    Hex,
    /// Base64, at any of the three places in a group.
    Base64,
    /// Two bytes a character, either end first.
    Utf16,
}

impl Spelling {
    /// As in `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Spelling::Raw => "raw",
            Spelling::Escaped => "escaped",
            Spelling::Hex => "hex",
            Spelling::Base64 => "base64",
            Spelling::Utf16 => "utf-16",
        }
    }
}

/// The hits of one owner in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Whose value it is: a column, or "canary".
    pub owner: String,
    /// How it is spelt there.
    pub spelling: Spelling,
    /// The byte at which the first begins.
    pub at: u64,
    /// How many.
    pub count: u64,
}

/// What a search has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Bytes that were looked at.
    pub bytes: u64,
    /// All hits.
    pub hits: u64,
    /// By owner and spelling.
    pub told: Vec<Hit>,
}

/// Values to be searched for.
#[derive(Default)]
pub struct Needles {
    patterns: Vec<Zeroizing<Vec<u8>>>,
    owners: Vec<(usize, Spelling)>,
    names: Vec<String>,
    values: usize,
}

impl Needles {
    /// Adds a value in every spelling; false if it is too short to be told from chance.
    pub fn add(&mut self, owner: &str, value: &[u8]) -> bool {
        if value.len() < LEAST {
            return false;
        }
        let at = self.names.iter().position(|name| name == owner).unwrap_or_else(|| {
            self.names.push(owner.to_owned());
            self.names.len() - 1
        });
        self.values += 1;
        let mut all = vec![(Spelling::Raw, value.to_vec())];
        for escaped in escapes(value) {
            if escaped != value {
                all.push((Spelling::Escaped, escaped));
            }
        }
        all.push((Spelling::Hex, hex(value, b"0123456789abcdef")));
        all.push((Spelling::Hex, hex(value, b"0123456789ABCDEF")));
        all.extend(base64(value).map(|form| (Spelling::Base64, form)));
        if let Ok(text) = std::str::from_utf8(value) {
            let units: Vec<u16> = text.encode_utf16().collect();
            all.push((Spelling::Utf16, units.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
            all.push((Spelling::Utf16, units.iter().flat_map(|unit| unit.to_be_bytes()).collect()));
        }
        for (spelling, form) in all {
            self.patterns.push(Zeroizing::new(form));
            self.owners.push((at, spelling));
        }
        true
    }

    /// Values, not spellings.
    pub fn len(&self) -> usize {
        self.values
    }

    /// Whether there is nothing to search for.
    pub fn is_empty(&self) -> bool {
        self.values == 0
    }

    /// Makes the search.
    ///
    /// # Errors
    /// More than the automaton can hold.
    pub fn search(&self) -> Result<Search<'_>, BuildError> {
        let automaton = AhoCorasick::new(self.patterns.iter().map(|pattern| pattern.as_slice()))?;
        Ok(Search { needles: self, automaton })
    }
}

/// A search that can be run over any number of streams.
pub struct Search<'n> {
    needles: &'n Needles,
    automaton: AhoCorasick,
}

impl Search<'_> {
    /// Over a stream to its end.
    ///
    /// # Errors
    /// A stream that cannot be read.
    pub fn over(&self, stream: impl Read) -> io::Result<Searched> {
        let mut counted = Counted { stream, bytes: 0 };
        let mut searched = Searched::default();
        for found in self.automaton.stream_find_iter(&mut counted) {
            let found = found?;
            searched.hits += 1;
            let Some((name, spelling)) = self.needles.owners.get(found.pattern().as_usize()) else {
                continue;
            };
            let Some(owner) = self.needles.names.get(*name) else { continue };
            match searched.told.iter_mut().find(|hit| hit.owner == *owner && hit.spelling == *spelling) {
                Some(hit) => hit.count += 1,
                None => {
                    let at = found.start() as u64;
                    searched.told.push(Hit { owner: owner.clone(), spelling: *spelling, at, count: 1 });
                }
            }
        }
        searched.bytes = counted.bytes;
        Ok(searched)
    }
}

struct Counted<R> {
    stream: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(room)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// COPY's text format, a quoted SQL string, and JSON.
fn escapes(value: &[u8]) -> [Vec<u8>; 3] {
    let mut copy = Vec::with_capacity(value.len());
    let mut sql = Vec::with_capacity(value.len());
    for byte in value {
        match byte {
            b'\n' => copy.extend_from_slice(b"\\n"),
            b'\r' => copy.extend_from_slice(b"\\r"),
            b'\t' => copy.extend_from_slice(b"\\t"),
            b'\\' => copy.extend_from_slice(b"\\\\"),
            byte => copy.push(*byte),
        }
        if *byte == b'\'' {
            sql.push(b'\'');
        }
        sql.push(*byte);
    }
    let json = serde_json::to_string(&String::from_utf8_lossy(value)).unwrap_or_default();
    let json = json.trim_start_matches('"');
    let json = json.strip_suffix('"').unwrap_or(json).as_bytes().to_vec();
    [copy, sql, json]
}

fn hex(value: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    let digit = |n: u8| digits.get(usize::from(n)).copied().unwrap_or(b'0');
    value.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The part of the encoding that does not depend on what stands beside the value, at each of the
/// three places in a group.
fn base64(value: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..3).filter_map(|skip| {
        let whole = value.get(skip..)?;
        let groups = whole.len() / 3 * 3;
        let whole = whole.get(..groups).filter(|whole| whole.len() >= LEAST)?;
        Some(STANDARD_NO_PAD.encode_to_string(whole).into_bytes())
    })
}
