//! text, varchar(n), char(n), citext: UTF-8 without NUL, lengths in characters.

use super::error::ValueError;

/// What is checked beyond the encoding.
#[derive(Clone, Copy)]
pub(super) enum Limit {
    /// text, citext, varchar, and whatever is only compared.
    None,
    /// varchar(n): excess blanks are cut, excess characters are an error.
    Varchar(u32),
    /// char(n): as varchar(n), and trailing blanks mean nothing.
    Bpchar(u32),
    /// Compared with a char(n): trailing blanks mean nothing.
    Blanks,
}

/// Text and binary format are the same bytes.
pub(super) fn canonical(bytes: &[u8], limit: Limit, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let text = valid(bytes)?;
    let kept = match limit {
        Limit::None => text,
        Limit::Varchar(n) => fitted(text, n, "character varying")?,
        Limit::Blanks => without_blanks(text),
        Limit::Bpchar(n) => without_blanks(fitted(text, n, "character")?),
    };
    out.extend_from_slice(kept.as_bytes());
    Ok(())
}

/// Valid UTF-8 without NUL (manual, 24.3 Character Set Support).
pub(super) fn valid(bytes: &[u8]) -> Result<&str, ValueError> {
    if memchr::memchr(0, bytes).is_some() {
        return Err(ValueError::Encoding);
    }
    std::str::from_utf8(bytes).map_err(|_| ValueError::Encoding)
}

fn fitted<'a>(text: &'a str, limit: u32, name: &'static str) -> Result<&'a str, ValueError> {
    let (kept, excess) = cut(text, limit);
    if excess.bytes().any(|b| b != b' ') {
        return Err(ValueError::TooLong { name, limit });
    }
    Ok(kept)
}

/// The first `limit` characters, and the rest: what an explicit cast keeps.
pub(super) fn cut(text: &str, limit: u32) -> (&str, &str) {
    let limit = limit as usize;
    if text.len() <= limit {
        return (text, "");
    }
    let end = text.char_indices().nth(limit).map_or(text.len(), |(at, _)| at);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// char(n) without what it does not mean.
pub(super) fn without_blanks(text: &str) -> &str {
    text.trim_end_matches(' ')
}

/// As it was, or padded to `width` characters for char(n).
pub(super) fn shown(canonical: &[u8], width: Option<u32>, out: &mut Vec<u8>) -> Result<(), ValueError> {
    out.extend_from_slice(canonical);
    if let Some(width) = width {
        let text = std::str::from_utf8(canonical).map_err(|_| ValueError::Damaged)?;
        let missing = (width as usize).saturating_sub(text.chars().count());
        out.extend(std::iter::repeat_n(b' ', missing));
    }
    Ok(())
}
