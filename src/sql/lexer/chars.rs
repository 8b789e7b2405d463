//! Classes of bytes (scan.l's character sets).

/// Starts an identifier: a letter, `_`, any byte above ASCII.
pub(super) const IDENT_START: u8 = 1;
/// Continues an identifier: also a digit or `$`.
pub(super) const IDENT: u8 = 2;
/// A decimal digit.
pub(super) const DIGIT: u8 = 4;
/// White space.
pub(super) const SPACE: u8 = 8;
/// May stand in an operator.
pub(super) const OPERATOR: u8 = 16;

/// The classes of a byte; the compiler makes a table of it.
#[inline]
const fn classes(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | 128.. => IDENT_START | IDENT,
        b'0'..=b'9' => IDENT | DIGIT,
        b'$' => IDENT,
        b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => SPACE,
        b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'+' | b'-' | b'*' | b'/' | b'%'
        | b'<' | b'>' | b'=' => OPERATOR,
        _ => 0,
    }
}

/// Is this byte in one of these classes?
#[inline]
pub(super) fn is(byte: u8, wanted: u8) -> bool {
    classes(byte) & wanted != 0
}

/// The first position at or after `at` whose byte is in none of these classes.
#[inline]
pub(super) fn skip(text: &[u8], at: usize, classes: u8) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| !is(b, classes)).unwrap_or(rest.len())
}

/// The end of the line that `at` is in: the position of its newline, or the end of the text.
pub(super) fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}
