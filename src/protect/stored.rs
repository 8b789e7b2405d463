//! How an armour looks in the type that the server stores it in (docs/format.md, section 1).
//!
//! The armour's alphabet needs no quoting in JSON, arrays, bytea's escape format or SQL literals, so
//! a stored value is the armour with at most something around it.

use zeroize::Zeroizing;

use crate::types::{StoredType, oid};

use crate::values::{ArrayBuilder, Format, ValueError, elements};

/// The first bytes of every armour.
pub use crate::crypto::armour::PREFIX;

/// A value that no row can hold (the guard wants at least 53 characters): what a comparison with a
/// value that cannot be in the column is sent as.
pub const NEVER: &[u8] = b"pgV1:.";

/// `jsonb_send`'s version byte.
const JSONB_VERSION: u8 = 1;

/// Writes what stands before the armour in text format, and behind it.
pub fn around(stored: StoredType, out: &mut Vec<u8>) {
    match stored {
        StoredType::Json | StoredType::Jsonb => out.push(b'"'),
        StoredType::Text | StoredType::Varchar | StoredType::Bytea | StoredType::TextArray => {}
    }
}

/// Takes off what the stored type has put around one value, in the format that the server sent.
/// `None` if it is none of that type. `room` holds the bytes of a bytea that came as text.
pub fn bare<'a>(
    stored: StoredType,
    format: Format,
    bytes: &'a [u8],
    room: &'a mut Vec<u8>,
) -> Option<&'a [u8]> {
    match (stored, format) {
        (StoredType::Text | StoredType::Varchar | StoredType::TextArray, _) => Some(bytes),
        (StoredType::Bytea, Format::Binary) => Some(bytes),
        (StoredType::Bytea, Format::Text) => match bytes.strip_prefix(b"\\x") {
            Some(hex) => unhex(hex, room).then_some(room.as_slice()),
            None => Some(bytes),
        },
        (StoredType::Json, _) | (StoredType::Jsonb, Format::Text) => Some(json_string(bytes)),
        (StoredType::Jsonb, Format::Binary) => match bytes.split_first() {
            Some((&JSONB_VERSION, json)) => Some(json_string(json)),
            Some(_) | None => None,
        },
    }
}

/// Appends the binary form of a stored value whose text form this is. May leave something in `out`
/// when it fails.
pub fn send(stored: StoredType, text: &[u8], out: &mut Vec<u8>) -> Result<(), ValueError> {
    match stored {
        StoredType::Text | StoredType::Varchar | StoredType::Json => out.extend_from_slice(text),
        StoredType::Jsonb => {
            out.push(JSONB_VERSION);
            out.extend_from_slice(text);
        }
        StoredType::Bytea => match text.strip_prefix(b"\\x") {
            Some(hex) => {
                let mut bytes = Zeroizing::new(Vec::new());
                if !unhex(hex, &mut bytes) {
                    return Err(ValueError::Damaged);
                }
                out.extend_from_slice(&bytes);
            }
            None => out.extend_from_slice(text),
        },
        StoredType::TextArray => {
            let mut array = ArrayBuilder::new(Format::Binary, oid::TEXT, out);
            elements(Format::Text, text, &[], |element| {
                array.push(element);
                Ok::<(), ValueError>(())
            })?;
            array.finish();
        }
    }
    Ok(())
}

/// The inside of a JSON string that holds an armour; anything else as it is, to be told as plaintext.
fn json_string(json: &[u8]) -> &[u8] {
    match json.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
        Some(inside) if inside.starts_with(PREFIX) => inside,
        Some(_) | None => json,
    }
}

fn unhex(hex: &[u8], room: &mut Vec<u8>) -> bool {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    room.clear();
    for pair in hex.chunks(2) {
        match pair {
            [high, low] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => room.push(high << 4 | low),
                (_, _) => return false,
            },
            _ => return false,
        }
    }
    true
}
