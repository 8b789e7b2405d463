//! Recovery shares: custodians who together open a keyring, each of whom alone can do nothing
//! (docs/format.md, section 3).
//!
//! The secret that is shared is an age identity made for the purpose. Its public half stands in the
//! stanza, so that the file key can be changed without calling the custodians together. Knows
//! the text of a share; [`super::shamir`] cuts and joins.

use age::x25519::Identity;
use bech32::{Bech32, Hrp};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::KeyringError;
use super::keyring::Draw;
use super::shamir::{self, LEN, Point};
use super::unlock::age::AgeKeeper;
use super::unlock::{Kind, Stanza, Unlock, kept};
use crate::secret::Secret;

/// What the text of a share begins with.
pub const SHARE_PREFIX: &str = "pgveil-share-1";
/// Most shares of a set.
pub const MAX_SHARES: u8 = 32;
/// RFC 4648, in lower case: neither 0 nor 1, which are taken for o and l.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// Set, threshold, number, share.
const BODY: usize = 4 + 1 + 1 + LEN;
const CHECKSUM: usize = 4;
const SHARE: usize = BODY + CHECKSUM;
/// One more, by which a longer text is noticed. Room is taken at once, so that no copy of a share stays behind in
/// memory that it has grown out of.
const ROOM: usize = SHARE + 1;

/// Why shares do not give the secret back. Names shares by their place in what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Not the text of a share, or its checksum does not match.
    #[error("share {0}: mistyped: its checksum does not match")]
    Mistyped(usize),
    /// Of another set than the first.
    #[error("share {0}: of another set than the first")]
    OtherSet(usize),
    /// The same share again.
    #[error("share {0}: given twice")]
    Twice(usize),
    /// Below the threshold.
    #[error("{given} shares were given and {needed} are needed")]
    TooFew {
        /// How many were given.
        given: usize,
        /// The threshold of the set.
        needed: u8,
    },
    /// Threshold or number of shares.
    #[error("from 2 to {MAX_SHARES} shares, and a threshold of at least 2 and at most all of them")]
    Bounds,
}

/// How many shares there are and how many are needed.
#[derive(Clone, Copy, Debug)]
pub struct Split {
    /// So many open.
    pub threshold: u8,
    /// So many are made.
    pub shares: u8,
}

/// Makes a recovery key: who wraps for it, and its shares, one line of text each.
pub fn split(of: Split, draw: Draw<'_>) -> Result<(Unlock, Vec<Secret<String>>), KeyringError> {
    if of.threshold < 2 || of.threshold > of.shares || of.shares > MAX_SHARES {
        return Err(ShareError::Bounds.into());
    }
    let mut set = [0; 4];
    draw(&mut set)?;
    let mut coefficients = Vec::with_capacity(usize::from(of.threshold));
    for _ in 0..of.threshold {
        let mut row = Zeroizing::new([0; LEN]);
        draw(row.as_mut_slice())?;
        coefficients.push(row);
    }
    let secret = coefficients.first().ok_or(ShareError::Bounds)?;
    let identity = identity(secret)?;
    let shares = (1..=of.shares).map(|x| text(set, of.threshold, &shamir::point(&coefficients, x))).collect();
    let hint = format!("set {}, {} of {}, {}", hex(set), of.threshold, of.shares, identity.to_public());
    Ok((unlock(identity, hint), shares))
}

/// Joins shares to what opens the keyring.
///
/// # Errors
/// [`ShareError`]; shares that are more than the threshold must agree with it.
pub fn combine<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Unlock, KeyringError> {
    let mut shares: Vec<Share> = Vec::new();
    for (index, line) in lines.into_iter().enumerate() {
        let number = index.saturating_add(1);
        let share = Share::parse(line).ok_or(ShareError::Mistyped(number))?;
        if shares.first().is_some_and(|first| (first.set, first.threshold) != (share.set, share.threshold)) {
            return Err(ShareError::OtherSet(number).into());
        }
        if shares.iter().any(|other| other.point.x == share.point.x) {
            return Err(ShareError::Twice(number).into());
        }
        shares.push(share);
    }
    let needed = shares.first().map_or(2, |first| first.threshold);
    let set = shares.first().map_or([0; 4], |first| first.set);
    if shares.len() < usize::from(needed) {
        return Err(ShareError::TooFew { given: shares.len(), needed }.into());
    }
    let points: Vec<Point> = shares.into_iter().map(|share| share.point).collect();
    let mut secret = Zeroizing::new([0; LEN]);
    shamir::at_zero(&points, &mut secret);
    Ok(unlock(identity(&secret)?, format!("set {}", hex(set))))
}

/// Who wraps for the recovery key of a stanza, without its shares.
pub(super) fn wrapper(stanza: &Stanza) -> Result<Unlock, KeyringError> {
    let hint = kept::hint(stanza).ok_or(KeyringError::Damaged)?;
    let recipient = hint.rsplit(' ').next().unwrap_or_default().to_owned();
    let recipient = recipient.parse().map_err(|_| KeyringError::AgeRecipient(recipient))?;
    let kind = Kind::of(stanza.kind).ok_or(KeyringError::Damaged)?;
    Ok(Unlock::Kept(Box::new(AgeKeeper::of(Vec::new(), recipient, kind, Some(hint)))))
}

fn unlock(identity: Identity, hint: String) -> Unlock {
    let recipient = identity.to_public();
    Unlock::Kept(Box::new(AgeKeeper::of(vec![identity], recipient, Kind::Recovery, Some(hint))))
}

/// The identity whose 32 bytes these are, by way of the text form that age defines.
fn identity(secret: &[u8; LEN]) -> Result<Identity, KeyringError> {
    let encoded =
        Hrp::parse("age-secret-key-").ok().and_then(|hrp| bech32::encode::<Bech32>(hrp, secret).ok());
    let encoded = Zeroizing::new(encoded.unwrap_or_default().to_uppercase());
    encoded.parse().map_err(|_| KeyringError::Damaged)
}

/// A share that was read.
struct Share {
    set: [u8; 4],
    threshold: u8,
    point: Point,
}

impl Share {
    fn parse(line: &str) -> Option<Share> {
        let line = Zeroizing::new(line.trim().to_ascii_lowercase());
        let body = line.strip_prefix(SHARE_PREFIX)?;
        let bytes = bytes_of(body)?;
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
        if body.len() != BODY || checksum_of(body) != *checksum {
            return None;
        }
        let (set, rest) = body.split_first_chunk::<4>()?;
        let ([threshold, x], y) = rest.split_first_chunk::<2>()?;
        if *threshold < 2 || *x == 0 {
            return None;
        }
        let point = Point { x: *x, y: Zeroizing::new(y.try_into().ok()?) };
        Some(Share { set: *set, threshold: *threshold, point })
    }
}

/// `pgveil-share-1 abcd-efgh-…`: 68 letters and digits in groups of four.
fn text(set: [u8; 4], threshold: u8, point: &Point) -> Secret<String> {
    let mut body = Zeroizing::new(Vec::with_capacity(ROOM));
    body.extend_from_slice(&set);
    body.extend_from_slice(&[threshold, point.x]);
    body.extend_from_slice(point.y.as_slice());
    let checksum = checksum_of(&body);
    body.extend_from_slice(&checksum);
    // As ROOM.
    let mut out = String::with_capacity(128);
    out.push_str(SHARE_PREFIX);
    let (mut held, mut bits, mut letters) = (0_u32, 0_u32, 0_u32);
    let mut put = |five: u32| {
        match letters {
            0 => out.push(' '),
            letters if letters.is_multiple_of(4) => out.push('-'),
            _ => {}
        }
        letters = letters.wrapping_add(1);
        out.push(ALPHABET.get(five as usize & 31).copied().map_or('?', char::from));
    };
    for byte in body.iter() {
        held = (held << 8) | u32::from(*byte);
        bits = bits.wrapping_add(8);
        while bits >= 5 {
            bits = bits.wrapping_sub(5);
            put(held >> bits);
        }
    }
    if bits > 0 {
        put(held << 5_u32.wrapping_sub(bits));
    }
    Secret::new(out)
}

/// Letters and digits to bytes; blanks and hyphens are passed over. `None`: another character, or
/// bits behind the last byte that are not zero.
fn bytes_of(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in text.bytes().filter(|letter| !matches!(letter, b' ' | b'-' | b'\t')) {
        let letter = match letter {
            b'0' => b'o',
            b'1' => b'l',
            letter => letter,
        };
        let five = ALPHABET.iter().position(|known| *known == letter)?;
        held = (held << 5) | u32::try_from(five).ok()?;
        bits = bits.wrapping_add(5);
        if bits >= 8 {
            bits = bits.wrapping_sub(8);
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
        if bytes.len() > SHARE {
            return None;
        }
    }
    let rest = held & (1_u32 << bits).wrapping_sub(1);
    (bits < 5 && rest == 0).then_some(bytes)
}

fn checksum_of(body: &[u8]) -> [u8; CHECKSUM] {
    let hash = Sha256::new().chain_update(b"pgveil/v1/share\0").chain_update(body).finalize();
    let mut out = [0; CHECKSUM];
    out.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    out
}

fn hex(bytes: [u8; 4]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
