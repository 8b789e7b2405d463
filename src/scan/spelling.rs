//! Identifiers and texts as plain lower-case words: camelCase cut, accents taken off.

/// The words of an identifier: `customerEMailAddr2`, `customer_e-mail` and `CUSTOMER EMAIL` alike.
pub fn words(identifier: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = identifier.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            push(&mut words, &mut word);
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        let begins = letter.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || b.is_uppercase() && after.is_some_and(char::is_lowercase)
            });
        let turns =
            before.is_some_and(|b| b.is_ascii_digit() != letter.is_ascii_digit() && b.is_alphanumeric());
        if begins || turns {
            push(&mut words, &mut word);
        }
        plain(letter, &mut word);
    }
    push(&mut words, &mut word);
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    let word = std::mem::take(word);
    if !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()) {
        words.push(word);
    }
}

/// Lower case without accents; what has no plain letter stays.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|letter| plain(letter, &mut out));
    out
}

fn plain(letter: char, out: &mut String) {
    for lower in letter.to_lowercase() {
        match lower {
            'ă' | 'â' | 'á' | 'à' | 'ã' | 'å' | 'ą' => out.push('a'),
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'œ' | 'ø' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'î' | 'í' | 'ì' | 'ï' => out.push('i'),
            'ș' | 'ş' | 'ś' | 'š' => out.push('s'),
            'ț' | 'ţ' | 'ť' => out.push('t'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' => out.push('e'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ő' => out.push('o'),
            'ú' | 'ù' | 'û' | 'ů' | 'ű' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ł' => out.push('l'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ý' => out.push('y'),
            'đ' => out.push('d'),
            'ř' => out.push('r'),
            other => out.push(other),
        }
    }
}
