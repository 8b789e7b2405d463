//! What a single value looks like. Knows shapes and checksums; keeps no value.

use std::collections::HashSet;
use std::net::IpAddr;

use super::checksum::{
    digits, is_bsn, is_card, is_cnp, is_codice_fiscale, is_cui, is_dni, is_iban, is_nir, is_pesel,
    is_steuer_id,
};
use super::kind::Kind;
use super::spelling::folded;

/// Given names, folded, one a line: common ones of the eight languages.
const GIVEN_NAMES: &str = include_str!("given_names.txt");
/// Words that stand in a street address, folded.
const STREET_WORDS: &[&str] = &[
    "str",
    "strada",
    "bd",
    "bdul",
    "bulevardul",
    "aleea",
    "calea",
    "soseaua",
    "piata",
    "intrarea",
    "sos",
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "dr",
    "court",
    "boulevard",
    "blvd",
    "way",
    "close",
    "terrace",
    "square",
    "strasse",
    "weg",
    "platz",
    "allee",
    "gasse",
    "ring",
    "ufer",
    "rue",
    "chemin",
    "impasse",
    "place",
    "quai",
    "calle",
    "avenida",
    "avda",
    "plaza",
    "paseo",
    "carrer",
    "via",
    "viale",
    "corso",
    "piazza",
    "vicolo",
    "largo",
    "ul",
    "ulica",
    "aleja",
    "al",
    "plac",
    "osiedle",
    "os",
    "straat",
    "laan",
    "plein",
    "gracht",
    "kade",
    "dreef",
];
/// Endings of one-word street names.
const STREET_ENDINGS: &[&str] =
    &["strasse", "str", "weg", "platz", "allee", "gasse", "straat", "laan", "gracht", "plein"];

/// Tells shapes apart.
pub struct Shapes {
    given_names: HashSet<&'static str>,
}

impl Default for Shapes {
    fn default() -> Self {
        Shapes { given_names: GIVEN_NAMES.lines().collect() }
    }
}

impl Shapes {
    /// The kinds that one whole value has the shape of.
    pub fn whole(&self, value: &str) -> Vec<Kind> {
        let value = value.trim();
        let mut kinds = Vec::new();
        if value.is_empty() || value.len() > 320 {
            return kinds;
        }
        let mut add = |kind, is| {
            if is {
                kinds.push(kind);
            }
        };
        add(Kind::Email, is_email(value));
        add(Kind::Phone, is_phone(value));
        add(Kind::Ip, is_ip(value));
        add(Kind::BankAccount, is_iban(value));
        add(Kind::Card, is_card(value));
        add(Kind::NationalId, is_national_id(value));
        add(Kind::TaxId, is_tax_id(value));
        add(Kind::BirthDate, is_birth_date(value));
        add(Kind::Password, is_password_hash(value));
        add(Kind::Secret, is_secret(value));
        add(Kind::Address, is_address(value));
        add(Kind::Name, self.is_name(value));
        kinds
    }

    /// One to five words that begin with a capital, one of them a common given name.
    fn is_name(&self, value: &str) -> bool {
        let words: Vec<&str> = value.split([' ', '-', ',']).filter(|w| !w.is_empty()).collect();
        let is_form = (1..=5).contains(&words.len())
            && words.iter().all(|word| {
                word.chars().next().is_some_and(char::is_alphabetic)
                    && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’'))
            });
        is_form
            && words.iter().any(|word| {
                word.chars().next().is_some_and(char::is_uppercase)
                    && self.given_names.contains(folded(word).as_str())
            })
    }
}

/// The kinds that stand somewhere within a longer text.
pub fn within(text: &str) -> Vec<Kind> {
    let mut kinds = HashSet::new();
    for word in
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')' | '\''))
    {
        let word = word.trim_matches(['.', ':']);
        if word.len() < 7 {
            continue;
        }
        let found = [
            (Kind::Email, is_email(word)),
            (Kind::BankAccount, is_iban(word)),
            (Kind::Ip, is_ip(word)),
            (Kind::Phone, word.starts_with('+') && is_phone(word)),
        ];
        kinds.extend(found.into_iter().filter(|(_, is)| *is).map(|(kind, _)| kind));
    }
    kinds.into_iter().collect()
}

/// One `@`, something before it, a dotted name behind it.
pub fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let is_local = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b));
    let Some((name, top)) = domain.rsplit_once('.') else { return false };
    is_local
        && !name.is_empty()
        && top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

/// E.164 with its `+` or `00`, or a national number with a leading 0, written with separators or not.
pub fn is_phone(value: &str) -> bool {
    let Some(digits) = digits(value.trim_start_matches('+'), &[' ', '-', '.', '/', '(', ')']) else {
        return false;
    };
    let varied = digits.iter().any(|d| Some(d) != digits.first());
    let separated = value.contains([' ', '-', '.', '/', '(']);
    let is_date = value.len() == 10 && separated && digits.len() == 8;
    match (value.starts_with('+'), digits.as_slice()) {
        (true, _) => (8..=15).contains(&digits.len()) && varied,
        (false, [0, 0, ..]) => (10..=17).contains(&digits.len()) && varied,
        (false, [0, ..]) => (9..=12).contains(&digits.len()) && varied && !is_date,
        (false, _) => separated && digits.len() == 10 && value.contains(['-', '(']) && !is_date,
    }
}

/// IPv4 or IPv6, with or without a prefix length.
pub fn is_ip(value: &str) -> bool {
    let address = value.split_once('/').map_or(value, |(address, _)| address);
    address.len() >= 7 && address.parse::<IpAddr>().is_ok()
}

/// CNP, PESEL, BSN, NIR, DNI/NIE, codice fiscale, the German tax number, SSN by form.
pub fn is_national_id(value: &str) -> bool {
    if is_dni(value) || is_codice_fiscale(value) || is_ssn(value) {
        return true;
    }
    digits(value, &[' '])
        .is_some_and(|d| is_cnp(&d) || is_pesel(&d) || is_bsn(&d) || is_nir(&d) || is_steuer_id(&d))
}

fn is_ssn(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|p| p.len()).collect();
    lengths == [3, 2, 4] && parts.iter().all(|p| p.bytes().all(|b| b.is_ascii_digit()))
}

/// A Romanian CUI or a VAT id of the Union, by country and length.
pub fn is_tax_id(value: &str) -> bool {
    if value.starts_with("RO") && is_cui(value) {
        return true;
    }
    let Some((country, number)) = value.split_at_checked(2) else { return false };
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    let letters = number.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    match country {
        "DE" | "PT" | "EE" | "EL" => digits && number.len() == 9,
        "PL" | "SK" => digits && number.len() == 10,
        "IT" | "HR" | "LV" => digits && number.len() == 11,
        "FI" | "HU" | "LU" | "MT" | "DK" | "SI" => digits && number.len() == 8,
        "BE" => digits && number.len() == 10,
        "SE" => digits && number.len() == 12,
        "AT" => number.starts_with('U') && number.len() == 9,
        "NL" => letters && number.len() == 12 && number.get(9..10) == Some("B"),
        "FR" => letters && number.len() == 11,
        "ES" => letters && number.len() == 9 && number.bytes().any(|b| b.is_ascii_digit()),
        _ => false,
    }
}

/// An ISO or dotted date of a living adult's or child's birth that is not of the last ten years.
pub fn is_birth_date(value: &str) -> bool {
    let date = value.get(..10).unwrap_or(value);
    let year = match date.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => date.get(..4),
        [_, _, b'.' | b'/', _, _, b'.' | b'/', _, _, _, _] => date.get(6..),
        _ => None,
    };
    year.and_then(|y| y.parse::<u16>().ok()).is_some_and(|y| (1920..=2014).contains(&y))
}

/// The forms of crypt(3), argon2, PBKDF2 of the frameworks, SCRAM.
pub fn is_password_hash(value: &str) -> bool {
    const HEADS: &[&str] = &[
        "$2a$",
        "$2b$",
        "$2y$",
        "$argon2",
        "$1$",
        "$5$",
        "$6$",
        "$y$",
        "$scrypt$",
        "$pbkdf2",
        "pbkdf2_sha",
        "argon2$",
        "bcrypt",
        "scrypt:",
        "pbkdf2:",
        "SCRAM-SHA-256$",
        "{SSHA}",
        "{CRYPT}",
        "sha1$",
        "md5$",
    ];
    value.len() >= 20 && HEADS.iter().any(|head| value.starts_with(head))
}

/// Known heads of keys, a JWT, or a long text of high disorder.
pub fn is_secret(value: &str) -> bool {
    const HEADS: &[&str] = &[
        "sk_live_",
        "sk_test_",
        "pk_live_",
        "ghp_",
        "gho_",
        "github_pat_",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "AIza",
        "glpat-",
        "whsec_",
        "rk_live_",
        "SG.",
        "eyJ",
        "-----BEGIN",
    ];
    if HEADS.iter().any(|head| value.starts_with(head)) && value.len() >= 16 {
        return true;
    }
    let is_token =
        value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'+' | b'/' | b'='));
    // A UUID names a row more often than it opens a door.
    let is_uuid = value.len() == 36 && value.bytes().filter(|b| *b == b'-').count() == 4;
    let kinds = [u8::is_ascii_digit as fn(&u8) -> bool, u8::is_ascii_lowercase, u8::is_ascii_uppercase]
        .iter()
        .filter(|is| value.bytes().any(|b| is(&b)))
        .count();
    let is_hex = value.bytes().all(|b| b.is_ascii_hexdigit()) && value.bytes().any(|b| b.is_ascii_digit());
    let has_words = value.split(['-', '_']).count() > 4;
    is_token
        && !is_uuid
        && !has_words
        && value.len() >= 24
        && (kinds == 3 || is_hex && value.len() >= 32)
        && disorder(value) > 3.2
}

/// Shannon entropy of the bytes, bits a byte.
fn disorder(value: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = value.len() as f64;
    counts.iter().filter(|c| **c > 0).map(|c| f64::from(*c) / length).map(|p| -p * p.log2()).sum()
}

/// A number, and a word of a street.
pub fn is_address(value: &str) -> bool {
    let folded = folded(value);
    let mut has_number = false;
    let mut has_street = false;
    let mut count = 0;
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        count += 1;
        let leads = word.bytes().next().is_some_and(|b| b.is_ascii_digit());
        has_number |= leads && word.len() <= 6;
        has_street |= STREET_WORDS.contains(&word)
            || word.len() > 6 && STREET_ENDINGS.iter().any(|ending| word.ends_with(ending));
    }
    has_number && has_street && (2..=20).contains(&count)
}
