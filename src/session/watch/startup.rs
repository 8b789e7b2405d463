//! The settings in the `options` of a start-up packet (manual, 55.7, StartupMessage: command-line
//! arguments for the server).
//!
//! Knows how the server takes such a line apart (`pg_split_opts`, src/backend/utils/init/postinit.c).
//! Does not know which settings matter.

/// Calls `set` for each setting of the line, in order.
pub(super) fn settings(line: &str, mut set: impl FnMut(&str, &str)) {
    let mut words = split(line).into_iter();
    while let Some(word) = words.next() {
        let assigned = match word.strip_prefix("--") {
            Some(assigned) => Some(assigned.to_owned()),
            None => word.strip_prefix("-c").and_then(|rest| match rest {
                "" => words.next(),
                rest => Some(rest.to_owned()),
            }),
        };
        if let Some((name, value)) = assigned.as_deref().and_then(|assigned| assigned.split_once('=')) {
            set(&name.replace('-', "_"), value);
        }
    }
}

/// At white space, which a backslash keeps.
fn split(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let kept = match letter {
            '\\' => letters.next(),
            letter if letter.is_ascii_whitespace() => {
                open = false;
                continue;
            }
            letter => Some(letter),
        };
        if !std::mem::replace(&mut open, true) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(kept);
        }
    }
    words
}
