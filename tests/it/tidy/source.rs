//! A source file as the rules read it: its code with comments, strings and character literals
//! blanked, so that a rule sees code only; and the texts of its strings.

use std::fs;
use std::path::{Path, PathBuf};

/// One `.rs` file.
pub struct Source {
    /// Path below the root, with `/`.
    pub path: String,
    pub text: String,
    /// As long as `text`; comments and literals are blanks, line breaks stay.
    pub code: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        Source { path: path.into(), text: text.into(), code: blanked(text) }
    }

    /// The line number of a byte of `code`.
    pub fn line(&self, position: usize) -> usize {
        self.text[..position].matches('\n').count() + 1
    }

    /// The module below `src/`: `wire` for `src/wire/frame.rs` and for `src/wire.rs`.
    pub fn layer(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        let first = below.split('/').next()?;
        Some(first.strip_suffix(".rs").unwrap_or(first))
    }
}

/// All `.rs` files below these directories of the root, in order of their paths.
pub fn sources(root: &Path, directories: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    directories.iter().for_each(|directory| collect(&root.join(directory), &mut paths));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let below = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            Source::new(&below, &fs::read_to_string(path).expect("a source file"))
        })
        .collect()
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match literal_or_comment(bytes, at) {
            Some(end) => end.min(bytes.len()),
            None => {
                at += 1;
                continue;
            }
        };
        code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        at = end;
    }
    String::from_utf8_lossy(&code).into_owned()
}

/// Where the comment or literal that begins at `at` ends, if one begins there.
fn literal_or_comment(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let in_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    match rest {
        [b'/', b'/', ..] => Some(at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())),
        [b'/', b'*', ..] => Some(at + block_comment(rest)),
        [b'"', ..] => Some(at + quoted(rest, 1)),
        [b'b' | b'c', b'"', ..] if !in_word => Some(at + quoted(rest, 2)),
        [b'r', b'"' | b'#', ..] if !in_word => raw(rest, 1).map(|length| at + length),
        [b'b' | b'c', b'r', b'"' | b'#', ..] if !in_word => raw(rest, 2).map(|length| at + length),
        [b'b', b'\'', ..] if !in_word => character(&rest[1..]).map(|length| at + 1 + length),
        [b'\'', ..] => character(rest).map(|length| at + length),
        _ => None,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

fn quoted(rest: &[u8], mut at: usize) -> usize {
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw(rest: &[u8], prefix: usize) -> Option<usize> {
    let hashes = rest[prefix..].iter().take_while(|byte| **byte == b'#').count();
    let open = prefix + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    let mut end = vec![b'"'];
    end.resize(hashes + 1, b'#');
    let body = &rest[open + 1..];
    let length = body.windows(end.len()).position(|window| window == end).unwrap_or(body.len());
    Some(open + 1 + length + end.len())
}

/// A character literal; a lifetime is none.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return rest.iter().skip(3).position(|byte| *byte == b'\'').map(|length| length + 4);
    }
    let text = String::from_utf8_lossy(&rest[1..rest.len().min(6)]);
    let first = text.chars().next()?;
    (text[first.len_utf8()..].starts_with('\'')).then(|| first.len_utf8() + 2)
}

/// Identifiers and single characters of the code, each with its position.
pub fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut characters = code.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        if first.is_alphanumeric() || first == '_' {
            while let Some((at, next)) = characters.peek().copied() {
                if !next.is_alphanumeric() && next != '_' {
                    break;
                }
                end = at + next.len_utf8();
                characters.next();
            }
        }
        found.push((start, &code[start..end]));
    }
    found
}
