//! The rules. Each takes the tree and returns sentences that begin with `path:line`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::source::{Source, sources, tokens};
use super::walls::{BAGS, FENCED, NO_PANIC, PURE, UNSAFE_PLACE, may_know};

/// Lines of a file, product or test.
const MAX_LINES: usize = 500;

/// All faults of the tree below `root`.
pub fn faults(root: &Path) -> Vec<String> {
    let product = sources(root, &["src"]);
    let all = sources(root, &["src", "tests", "benches"]);
    let mut faults = Vec::new();
    for source in &product {
        layers(source, &mut faults);
        fenced_crates(source, &mut faults);
        purity(source, &mut faults);
        panics(source, &mut faults);
        statics(source, &mut faults);
        unsafe_code(source, &mut faults);
        tests_inside(source, &mut faults);
        first_words(source, &mut faults);
    }
    for source in &all {
        size(source, &mut faults);
        bags(source, &mut faults);
        leftovers(source, &mut faults);
    }
    refusals(root, &product, &mut faults);
    faults
}

fn fault(faults: &mut Vec<String>, source: &Source, position: usize, what: String) {
    faults.push(format!("{}:{}: {what}", source.path, source.line(position)));
}

/// `crate::x` and `pgveil::x` against the graph; also the braces of `use crate::{x, y::z}`.
fn layers(source: &Source, faults: &mut Vec<String>) {
    let Some(layer) = source.layer() else { return };
    if may_know(layer, layer).is_none() {
        fault(faults, source, 0, format!("module `{layer}` is not in the graph of tests/it/tidy/walls.rs"));
        return;
    }
    for (position, other) in named_modules(&source.code) {
        if may_know(layer, other) == Some(false) {
            fault(faults, source, position, format!("wall: `{layer}` must not know `{other}`"));
        }
    }
}

fn named_modules(code: &str) -> Vec<(usize, &str)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    for (index, (_, word)) in tokens.iter().enumerate() {
        if !matches!(*word, "crate" | "pgveil") {
            continue;
        }
        let after: Vec<(usize, &str)> = tokens.iter().skip(index + 1).take(3).copied().collect();
        let [(_, ":"), (_, ":"), (position, next)] = after.as_slice() else { continue };
        if *next == "{" { found.extend(heads(&tokens[index + 4..])) } else { found.push((*position, *next)) }
    }
    found
}

/// The first word of each path between the braces that were just opened.
fn heads<'a>(tokens: &[(usize, &'a str)]) -> Vec<(usize, &'a str)> {
    let (mut depth, mut fresh, mut found) = (1, true, Vec::new());
    for (position, word) in tokens {
        match *word {
            "{" => depth += 1,
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "," if depth == 1 => fresh = true,
            word if depth == 1 && fresh => {
                found.push((*position, word));
                fresh = false;
            }
            _ => {}
        }
    }
    found
}

/// Foreign crates, where a path or a `use` begins with their name.
fn fenced_crates(source: &Source, faults: &mut Vec<String>) {
    let below = source.path.strip_prefix("src/").unwrap_or(&source.path);
    for (position, name) in path_heads(&source.code) {
        let fence = FENCED.iter().find(|fence| {
            name == fence.crate_prefix
                || (name.starts_with(fence.crate_prefix) && name[fence.crate_prefix.len()..].starts_with('_'))
        });
        // A crate with an entry of its own is not governed by a shorter prefix.
        let fence = FENCED.iter().find(|fence| name == fence.crate_prefix).or(fence);
        if let Some(fence) = fence.filter(|fence| !fence.places.iter().any(|place| below.starts_with(place)))
        {
            fault(faults, source, position, format!("wall: `{name}` belongs in {}", fence.places.join(", ")));
        }
    }
}

/// Words that are followed by `::` and not preceded by it, and the single word of `use x;`.
fn path_heads(code: &str) -> Vec<(usize, &str)> {
    let tokens = tokens(code);
    let at = |index: usize| tokens.get(index).map_or("", |(_, word)| *word);
    let mut found = Vec::new();
    for (index, (position, word)) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", at);
        let begins = before != ":" && word.starts_with(|first: char| first.is_alphabetic() || first == '_');
        let leads = at(index + 1) == ":" && at(index + 2) == ":";
        let alone = before == "use" && matches!(at(index + 1), ";" | "as");
        if begins && (leads || alone) {
            found.push((*position, *word));
        }
    }
    found
}

fn purity(source: &Source, faults: &mut Vec<String>) {
    let forbidden = PURE.iter().filter(|(layer, _)| Some(*layer) == source.layer());
    let code: String = source.code.split_whitespace().collect::<Vec<_>>().join(" ");
    for path in forbidden.flat_map(|(_, paths)| paths.iter()) {
        let grouped = path.split_once("::").is_some_and(|(head, tail)| {
            code.split(&format!("{head}::{{")).skip(1).any(|group| {
                let group = group.split(';').next().unwrap_or_default();
                tokens(group).iter().any(|(_, word)| *word == tail)
            })
        });
        if code.contains(path) || grouped {
            fault(
                faults,
                source,
                0,
                format!("wall: `{}` does without `{path}`", source.layer().unwrap_or_default()),
            );
        }
    }
}

/// `unwrap`, `expect`, the panicking macros and indexing.
fn panics(source: &Source, faults: &mut Vec<String>) {
    if !source.layer().is_some_and(|layer| NO_PANIC.contains(&layer)) {
        return;
    }
    let tokens = tokens(&source.code);
    let at = |index: Option<usize>| index.and_then(|index| tokens.get(index)).map_or("", |(_, word)| *word);
    for (index, (position, word)) in tokens.iter().enumerate() {
        let (before, next) = (at(index.checked_sub(1)), at(Some(index + 1)));
        let what = match *word {
            "unwrap" | "expect" | "unwrap_err" | "expect_err" if before == "." && next == "(" => {
                format!("`.{word}()` in a layer that reads foreign bytes")
            }
            "panic" | "unreachable" | "todo" | "unimplemented" | "assert" | "assert_eq" | "assert_ne"
                if next == "!" =>
            {
                format!("`{word}!` in a layer that reads foreign bytes")
            }
            "[" if is_indexed(before, at(index.checked_sub(2))) && !is_full_range(&tokens[index..]) => {
                "indexing can panic; use `.get()` or a pattern".to_owned()
            }
            _ => continue,
        };
        fault(faults, source, *position, what);
    }
}

/// Whether `[` after this token indexes: it follows a value, not a keyword, a type or a macro.
fn is_indexed(before: &str, before_that: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "in", "return", "mut", "dyn", "else", "match", "let", "const", "ref", "break", "if", "move", "as",
        "where", "impl", "for",
    ];
    let word = before.starts_with(|first: char| first.is_alphanumeric() || first == '_');
    match before {
        ")" | "]" | "?" => true,
        _ => word && before_that != "'" && !KEYWORDS.contains(&before),
    }
}

fn is_full_range(tokens: &[(usize, &str)]) -> bool {
    let words: Vec<&str> = tokens.iter().take(4).map(|(_, word)| *word).collect();
    words == ["[", ".", ".", "]"]
}

/// Process-wide state.
fn statics(source: &Source, faults: &mut Vec<String>) {
    const HOLDERS: &[&str] = &[
        "Mutex", "RwLock", "OnceLock", "OnceCell", "LazyLock", "Cell", "RefCell", "ArcSwap", "Lazy",
        "DashMap",
    ];
    let tokens = tokens(&source.code);
    for (index, (position, word)) in tokens.iter().enumerate() {
        let lifetime = index > 0 && tokens[index - 1].1 == "'";
        if *word == "static" && !lifetime {
            let declared: Vec<&str> = tokens[index..]
                .iter()
                .map(|(_, word)| *word)
                .take_while(|word| *word != "=" && *word != ";")
                .collect();
            let holds = declared.iter().any(|word| HOLDERS.contains(word) || word.starts_with("Atomic"));
            if declared.get(1) == Some(&"mut") || holds {
                fault(faults, source, *position, "a static that holds state".to_owned());
            }
        }
        if *word == "thread_local" {
            fault(faults, source, *position, "state of a thread behind everybody's back".to_owned());
        }
    }
}

fn unsafe_code(source: &Source, faults: &mut Vec<String>) {
    if source.path.starts_with(UNSAFE_PLACE) {
        return;
    }
    for (position, word) in tokens(&source.code) {
        if matches!(word, "unsafe" | "unsafe_code") {
            fault(faults, source, position, format!("`{word}` outside {UNSAFE_PLACE}"));
        }
    }
}

fn tests_inside(source: &Source, faults: &mut Vec<String>) {
    for pattern in ["#[cfg(test)]", "#[test]"] {
        if let Some(position) = source.code.find(pattern) {
            fault(faults, source, position, "tests stand in tests/, not in product files".to_owned());
        }
    }
}

fn first_words(source: &Source, faults: &mut Vec<String>) {
    if !source.text.starts_with("//!") {
        fault(faults, source, 0, "begins without `//!`: what it is, what it knows, what not".to_owned());
    }
}

fn size(source: &Source, faults: &mut Vec<String>) {
    let lines = source.text.lines().count();
    if lines > MAX_LINES {
        fault(faults, source, 0, format!("{lines} lines, more than {MAX_LINES}"));
    }
}

fn bags(source: &Source, faults: &mut Vec<String>) {
    for part in source.path.trim_end_matches(".rs").split('/') {
        if BAGS.contains(&part) {
            fault(faults, source, 0, format!("`{part}` is a bag, not a noun"));
        }
    }
}

fn leftovers(source: &Source, faults: &mut Vec<String>) {
    for mark in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")] {
        if let Some(position) = source.text.find(mark) {
            fault(faults, source, position, format!("`{mark}` on main"));
        }
    }
}

/// Every `Reason("name")` has a heading with that name in docs/errors.md.
fn refusals(root: &Path, product: &[Source], faults: &mut Vec<String>) {
    let documented = fs::read_to_string(root.join("docs/errors.md")).unwrap_or_default();
    let headings: BTreeSet<&str> = documented
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().trim_matches('`'))
        .collect();
    for source in product {
        let mut from = 0;
        while let Some(found) = source.text[from..].find("Reason(\"") {
            let start = from + found + "Reason(\"".len();
            let name = source.text[start..].split('"').next().unwrap_or_default();
            if !headings.contains(name) {
                fault(faults, source, start, format!("refusal `{name}` has no heading in docs/errors.md"));
            }
            from = start;
        }
    }
}
