//! Check digits of numbers that name a person, an account or a card. Sources: ISO 13616 (IBAN),
//! ISO/IEC 7812-1 annex B (Luhn), and the published rules of each national number.

/// The digits of a text that holds nothing but digits and these separators; `None` otherwise.
pub fn digits(text: &str, separators: &[char]) -> Option<Vec<u32>> {
    text.chars().filter(|c| !separators.contains(c)).map(|c| c.to_digit(10)).collect()
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// IBAN: mod 97 of the rearranged text is 1.
pub fn is_iban(text: &str) -> bool {
    let compact: String = text.chars().filter(|c| *c != ' ').collect();
    let bytes = compact.as_bytes();
    if !(15..=34).contains(&bytes.len()) || !compact.is_ascii() {
        return false;
    }
    let (country, rest) = compact.split_at(4);
    let is_head = country.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && country.bytes().skip(2).all(|b| b.is_ascii_digit());
    if !is_head || !rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return false;
    }
    let mut remainder = 0u32;
    for letter in rest.chars().chain(country.chars()) {
        let Some(value) = letter.to_digit(36) else { return false };
        remainder = if value < 10 { remainder * 10 + value } else { remainder * 100 + value } % 97;
    }
    remainder == 1
}

/// Payment card: 13 to 19 digits, an issuer's first digit, Luhn.
pub fn is_card(text: &str) -> bool {
    let Some(digits) = digits(text, &[' ', '-']) else { return false };
    let is_issuer = matches!(digits.first(), Some(2..=6));
    let varied = digits.iter().any(|d| Some(d) != digits.first());
    (13..=19).contains(&digits.len()) && is_issuer && varied && luhn(&digits)
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// Romania: CNP, 13 digits, weights 279146358279, mod 11.
pub fn is_cnp(digits: &[u32]) -> bool {
    let &[sex, _, _, m1, m2, d1, d2, ..] = digits else { return false };
    let check = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    digits.len() == 13
        && (1..=8).contains(&sex)
        && is_day(m1 * 10 + m2, d1 * 10 + d2)
        && digits.last() == Some(&if check == 10 { 1 } else { check })
}

/// Romania: CUI, up to 10 digits, key 753217532, mod 11.
pub fn is_cui(text: &str) -> bool {
    let number = text.strip_prefix("RO").or_else(|| text.strip_prefix("ro")).unwrap_or(text).trim();
    let Some(digits) = digits(number, &[]) else { return false };
    let Some((check, body)) = digits.split_last() else { return false };
    let key = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    if !(6..=10).contains(&digits.len()) || digits.first() == Some(&0) {
        return false;
    }
    let weights = key.get(key.len() - body.len()..).unwrap_or_default();
    let sum = weighted(body, weights) * 10 % 11;
    *check == if sum == 10 { 0 } else { sum }
}

/// Poland: PESEL, 11 digits.
pub fn is_pesel(digits: &[u32]) -> bool {
    let &[_, _, m1, m2, d1, d2, ..] = digits else { return false };
    let check = (10 - weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    digits.len() == 11 && is_day((m1 * 10 + m2) % 20, d1 * 10 + d2) && digits.last() == Some(&check)
}

/// Germany: tax identification number, 11 digits, ISO 7064 mod 11,10.
pub fn is_steuer_id(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    if digits.len() != 11 || digits.first() == Some(&0) {
        return false;
    }
    let product = body.iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    *check == (11 - product) % 10
}

/// Netherlands: BSN, nine digits, the eleven test.
pub fn is_bsn(digits: &[u32]) -> bool {
    let sum: i64 = digits
        .iter()
        .zip([9i64, 8, 7, 6, 5, 4, 3, 2, -1])
        .map(|(digit, weight)| i64::from(*digit) * weight)
        .sum();
    digits.len() == 9 && sum % 11 == 0 && digits.iter().any(|d| *d != 0)
}

/// France: numéro de sécurité sociale, 13 digits and a key of two.
pub fn is_nir(digits: &[u32]) -> bool {
    if digits.len() != 15 || !matches!(digits.first(), Some(1 | 2 | 7 | 8)) {
        return false;
    }
    let (body, key) = digits.split_at(13);
    let number = body.iter().fold(0u64, |n, d| n * 10 + u64::from(*d));
    97 - number % 97 == key.iter().fold(0u64, |n, d| n * 10 + u64::from(*d))
}

/// Spain: DNI and NIE, eight digits and a letter.
pub fn is_dni(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let (first, rest) = match upper.chars().next() {
        Some('X') => ("0", upper.get(1..)),
        Some('Y') => ("1", upper.get(1..)),
        Some('Z') => ("2", upper.get(1..)),
        _ => ("", Some(upper.as_str())),
    };
    let number = format!("{first}{}", rest.unwrap_or_default().replace('-', ""));
    let Some((digits, letter)) = number.split_at_checked(8) else { return false };
    let Ok(value) = digits.parse::<usize>() else { return false };
    letter.len() == 1 && "TRWAGMYFPDXBNJZSQVHLCKE".get(value % 23..value % 23 + 1) == Some(letter)
}

/// Italy: codice fiscale, 16 characters with a check letter.
pub fn is_codice_fiscale(text: &str) -> bool {
    const ODD: [u32; 36] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12,
        14, 16, 10, 22, 25, 24, 23,
    ];
    let upper = text.to_ascii_uppercase();
    if upper.len() != 16 || !upper.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let is_form = upper.bytes().take(6).all(|b| b.is_ascii_alphabetic());
    let mut sum = 0;
    for (place, letter) in upper.chars().take(15).enumerate() {
        let value = letter.to_digit(36).unwrap_or_default();
        let even = if value < 10 { value } else { value - 10 };
        sum += if place % 2 == 0 { ODD.get(value as usize).copied().unwrap_or_default() } else { even };
    }
    is_form && upper.bytes().last().map(u32::from) == Some(u32::from(b'A') + sum % 26)
}
