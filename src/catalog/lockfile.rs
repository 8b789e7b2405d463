//! The pin as a file, `pgveil.lock`: text that a person reads and compares, with a MAC of the keyring
//! in its last line over every byte above it.
//!
//! Knows the layout. The MAC comes in as a function: this layer holds no key, and does no IO.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::catalog::pin::{KINDS, Pin, PinnedColumn, PinnedFunction, PinnedRelation};

/// What the keyring is asked to authenticate the file under.
pub const MAC_LABEL: &str = "pgveil.lock";

/// Largest file in bytes that is read: some hundred times what a large schema needs.
pub const MAX_BYTES: usize = 64 << 20;

const LAST_LINE: &str = "# pgveil mac ";
const MAC_HEX: usize = 64;
const HEADER: &str = "# The accepted shape of everything that holds protected columns.\n\
    # Do not edit: the last line authenticates every byte above it. See `pgveil catalog diff`.\n\
    version = 1\n";

/// Why a file is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Not a single byte of it is believed.
    #[error(
        "the file is not authenticated by this keyring: it was changed, cut short, or made with another one"
    )]
    NotAuthentic,
    /// Authentic, but of another release.
    #[error("the file is authentic but cannot be read by this release: {0}")]
    Unreadable(String),
}

/// SHA-256 of the whole file, which the keyring remembers: an older authentic file is refused.
pub fn digest(file: &[u8]) -> [u8; 32] {
    Sha256::digest(file).into()
}

/// The file's bytes.
pub fn seal(pin: &Pin, mac: impl Fn(&[u8]) -> [u8; 32]) -> Vec<u8> {
    let mut text = body(pin);
    let mac = mac(text.as_bytes());
    text.push_str(LAST_LINE);
    for byte in mac {
        // Writing to a String cannot fail.
        let _ok = write!(text, "{byte:02x}");
    }
    text.push('\n');
    text.into_bytes()
}

/// The pin in a file; `verify` is given the authenticated bytes and the MAC.
///
/// # Errors
/// ORDER: no byte is interpreted before the MAC is verified.
pub fn open(file: &[u8], verify: impl Fn(&[u8], &[u8; 32]) -> bool) -> Result<Pin, LockError> {
    let (body, mac) = split(file).ok_or(LockError::NotAuthentic)?;
    if !verify(body, &mac) {
        return Err(LockError::NotAuthentic);
    }
    let text = std::str::from_utf8(body).map_err(|e| LockError::Unreadable(e.to_string()))?;
    let pin: Pin = toml::from_str(text).map_err(|e| LockError::Unreadable(e.message().to_owned()))?;
    match pin.version {
        1 => Ok(pin),
        _ => Err(LockError::Unreadable("unknown version".into())),
    }
}

fn split(file: &[u8]) -> Option<(&[u8], [u8; 32])> {
    let last = LAST_LINE.len() + MAC_HEX + 1;
    let (body, line) = file.split_at_checked(file.len().checked_sub(last)?)?;
    let hex = line.strip_prefix(LAST_LINE.as_bytes())?.strip_suffix(b"\n")?;
    let mut mac = [0u8; 32];
    for (byte, pair) in mac.iter_mut().zip(hex.chunks_exact(2)) {
        // Lower case only: one spelling for one MAC.
        let digit = |c: u8| match c {
            b'0'..=b'9' => Some(c - b'0'),
            b'a'..=b'f' => Some(c - b'a' + 10),
            _ => None,
        };
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some((body, mac))
}

/// The readable part: one column a line, so that a comparison of two files shows what changed.
pub fn body(pin: &Pin) -> String {
    let mut out = HEADER.to_owned();
    pin.relations.iter().for_each(|r| relation(&mut out, r));
    pin.functions.iter().for_each(|f| function(&mut out, f));
    out
}

fn relation(out: &mut String, relation: &PinnedRelation) {
    out.push_str("\n[[relation]]\n");
    line(out, "name", &string(&relation.name.to_string()));
    let kind = KINDS.iter().find(|(_, kind)| *kind == relation.kind).map_or("table", |(word, _)| word);
    line(out, "kind", &string(kind));
    if !relation.parents.is_empty() {
        let parents: Vec<String> = relation.parents.iter().map(|p| string(&p.to_string())).collect();
        line(out, "parents", &format!("[{}]", parents.join(", ")));
    }
    if let Some(definition) = &relation.definition {
        line(out, "definition", &string(definition));
    }
    if !relation.rules.is_empty() {
        let rules: Vec<String> = relation
            .rules
            .iter()
            .map(|(name, definition)| format!("[{}, {}]", string(name), string(definition)))
            .collect();
        line(out, "rules", &format!("[\n  {},\n]", rules.join(",\n  ")));
    }
    out.push_str("columns = [\n");
    for one in &relation.columns {
        out.push_str(&format!("  {{ {} }},\n", column(one)));
    }
    out.push_str("]\n");
}

/// What is as usual is left out.
fn column(column: &PinnedColumn) -> String {
    let mut fields = vec![format!("name = {}", string(&column.name))];
    fields.push(format!("type = {}", string(&column.type_name)));
    if column.oid != 0 {
        fields.push(format!("oid = {}", column.oid));
    }
    let texts = [
        ("collation", column.collation.clone()),
        ("identity", column.identity.map(String::from)),
        ("tag", column.tag.clone()),
        ("logical", column.logical.as_ref().map(ToString::to_string)),
    ];
    let flags = [
        ("nondeterministic", column.nondeterministic),
        ("generated", column.generated),
        ("default", column.has_default),
    ];
    fields.extend(flags.iter().filter(|(_, set)| *set).map(|(key, _)| format!("{key} = true")));
    fields.extend(texts.iter().filter_map(|(key, text)| Some(format!("{key} = {}", string(text.as_ref()?)))));
    fields.join(", ")
}

fn function(out: &mut String, function: &PinnedFunction) {
    out.push_str("\n[[function]]\n");
    line(out, "name", &string(&function.name.to_string()));
    line(out, "arguments", &string(&function.arguments));
    line(out, "language", &string(&function.language));
    if function.returns_rows {
        line(out, "returns_rows", "true");
    }
    line(out, "body", &string(&function.body));
}

fn line(out: &mut String, key: &str, value: &str) {
    out.push_str(&format!("{key} = {value}\n"));
}

/// A TOML string that reads back as exactly this text.
fn string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
