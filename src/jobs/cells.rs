//! A stored cell as the jobs move it: always as text, whatever its type.
//!
//! Knows how each stored type is shown as text, how its head (prefix, suite and key, docs/format.md
//! section 1) is read without opening it, in SQL and from the text, and what the server prints for
//! what it was sent. Knows no key and no value.

use crate::crypto::armour::{CENSUS_LEN, PREFIX};
use crate::crypto::{KeyId, Suite, armour};
use crate::names::{ColumnId, quoted};
use crate::types::StoredType;
use crate::values::{Format, ValueError, elements};

/// Shorter values, in bytes, are stored in the row itself (manual, 73.2 TOAST).
const INLINE: usize = 2_000;

/// One protected column of a table that is walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// In the policy of this run.
    pub id: ColumnId,
    /// Its name as the server stores it.
    pub name: String,
    /// What the server holds.
    pub stored: StoredType,
}

/// Which cells a walk is after; asked of the server, and asked again of each cell that comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Without an armour.
    Bare,
    /// With one.
    Armoured,
    /// With one whose head is another than this.
    HeadOtherThan(String),
}

impl Wanted {
    /// Every envelope that is not of this suite under this key.
    pub fn other_than(suite: Suite, key: KeyId) -> Self {
        Wanted::HeadOtherThan(armour::census_prefix(suite, key))
    }

    /// A condition on a head, in SQL.
    fn condition(&self, head: &str) -> String {
        let prefix = String::from_utf8_lossy(PREFIX);
        match self {
            Wanted::Bare => format!("NOT {head} ^@ '{prefix}'"),
            Wanted::Armoured => format!("{head} ^@ '{prefix}'"),
            // The alphabet of a head needs no quoting.
            Wanted::HeadOtherThan(known) => format!("{head} ^@ '{prefix}' AND NOT {head} ^@ '{known}'"),
        }
    }

    /// The same of a head that has come.
    fn meets(&self, head: &[u8]) -> bool {
        let armoured = head.starts_with(PREFIX);
        match self {
            Wanted::Bare => !armoured,
            Wanted::Armoured => armoured,
            Wanted::HeadOtherThan(known) => armoured && head != known.as_bytes(),
        }
    }
}

impl Target {
    /// The cell as text.
    pub fn text(&self, row: &str) -> String {
        format!("({row}.{}::text COLLATE \"C\")", quoted(&self.name))
    }

    /// The cell from text, to be assigned.
    pub fn from_text(&self, text: &str) -> String {
        format!("{text}::{}", crate::policy::types::spelled(self.stored))
    }

    /// The first 13 characters of the armour, or of what stands in its place. NULL for NULL, and for
    /// an array (see [`Target::heads`]).
    fn head(&self, row: &str) -> Option<String> {
        let name = format!("{row}.{}", quoted(&self.name));
        match self.stored {
            StoredType::Text | StoredType::Varchar => Some(format!("left({}, {CENSUS_LEN})", self.text(row))),
            // No JSON text but a string has the prefix in the second place.
            StoredType::Json | StoredType::Jsonb => {
                Some(format!("substr({}, 2, {CENSUS_LEN})", self.text(row)))
            }
            StoredType::Bytea => Some(format!("encode(substr({name}, 1, {CENSUS_LEN}), 'escape')")),
            StoredType::TextArray => None,
        }
    }

    /// A FROM item `h(head)` with the heads of the cell, one a row; none for NULL.
    pub fn heads(&self, row: &str) -> String {
        match self.head(row) {
            Some(head) => format!("(SELECT {head} WHERE {row}.{} IS NOT NULL)", quoted(&self.name)),
            None => format!(
                "(SELECT left(e COLLATE \"C\", {CENSUS_LEN}) FROM unnest({row}.{}) AS e WHERE e IS NOT NULL)",
                quoted(&self.name)
            ),
        }
    }

    /// What begins with the head, at the least cost: in UTF-8 `left` counts characters, which costs more
    /// than all else of a condition, but leaves most of a large value where it is stored.
    fn beginning(&self, row: &str) -> Option<String> {
        let head = self.head(row)?;
        match self.stored {
            StoredType::Text | StoredType::Varchar => {
                let name = format!("{row}.{}", quoted(&self.name));
                let whole = self.text(row);
                Some(format!("(CASE WHEN octet_length({name}) < {INLINE} THEN {whole} ELSE {head} END)"))
            }
            StoredType::Json | StoredType::Jsonb | StoredType::Bytea | StoredType::TextArray => Some(head),
        }
    }

    /// The condition that the cell, or one of its elements, is wanted. NULL never is.
    pub fn is_wanted(&self, row: &str, wanted: &Wanted) -> String {
        match self.beginning(row) {
            Some(head) => format!("({})", wanted.condition(&head)),
            None => {
                let condition = wanted.condition("e COLLATE \"C\"");
                let condition = match wanted {
                    Wanted::Bare | Wanted::Armoured => condition,
                    Wanted::HeadOtherThan(_) => {
                        wanted.condition(&format!("left(e COLLATE \"C\", {CENSUS_LEN})"))
                    }
                };
                format!("EXISTS (SELECT FROM unnest({row}.{}) AS e WHERE {condition})", quoted(&self.name))
            }
        }
    }

    /// Whether a cell that has come as text is wanted: the server's word is not taken for it.
    ///
    /// # Errors
    /// A text that is none of the stored type.
    pub fn wants(&self, text: &[u8], wanted: &Wanted) -> Result<bool, ValueError> {
        let mut any = false;
        self.each_head(text, |head| any |= wanted.meets(head))?;
        Ok(any)
    }

    /// Calls `each` with the head of every value in a cell that has come as text.
    ///
    /// # Errors
    /// A text that is none of the stored type.
    pub fn each_head(&self, text: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), ValueError> {
        let cut = |bytes: &[u8]| bytes.len().min(CENSUS_LEN);
        match self.stored {
            StoredType::Text | StoredType::Varchar => each(&text[..cut(text)]),
            StoredType::Json | StoredType::Jsonb => {
                let inside = text.strip_prefix(b"\"").unwrap_or(text);
                each(&inside[..cut(inside)]);
            }
            StoredType::Bytea => {
                let hex = text.strip_prefix(b"\\x").ok_or(ValueError::Damaged)?;
                let head: Vec<u8> = hex.chunks_exact(2).take(CENSUS_LEN).map_while(byte).collect();
                each(&head);
            }
            StoredType::TextArray => elements(Format::Text, text, &[], |element| {
                if let Some(element) = element {
                    each(&element[..cut(element)]);
                }
                Ok::<(), ValueError>(())
            })?,
        }
        Ok(())
    }

    /// Whether the server, asked for the cell, has printed what it was sent.
    pub fn is_printed(&self, sent: &[u8], printed: &[u8]) -> bool {
        match self.stored {
            StoredType::Text | StoredType::Varchar | StoredType::Json | StoredType::Jsonb => sent == printed,
            StoredType::Bytea if sent.starts_with(b"\\x") => sent == printed,
            StoredType::Bytea => {
                let Some(hex) = printed.strip_prefix(b"\\x") else { return false };
                hex.len() == 2 * sent.len()
                    && hex.chunks_exact(2).zip(sent).all(|(pair, byte)| self::byte(pair) == Some(*byte))
            }
            StoredType::TextArray => match (all_elements(sent), all_elements(printed)) {
                (Ok(sent), Ok(printed)) => sent == printed,
                (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
            },
        }
    }
}

/// Two hex digits.
fn byte(pair: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
}

fn all_elements(array: &[u8]) -> Result<Vec<Option<Vec<u8>>>, ValueError> {
    let mut all = Vec::new();
    elements(Format::Text, array, &[], |element| {
        all.push(element.map(<[u8]>::to_vec));
        Ok::<(), ValueError>(())
    })?;
    Ok(all)
}
