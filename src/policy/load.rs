//! `[[column]]` and `[[function]]` of the configuration file, read into [`Tags`].
//!
//! Knows TOML and the keys of these two tables, and says file and line of every fault. Leaves every
//! other table of the file to `config`. Does not know the database.

use toml::de::DeTable;
use toml_edit::{Document, Item, Table, TableLike, Value};

use crate::names::{QualifiedName, split_dotted};
use crate::policy::fault::{Faults, Page, nearest};
use crate::policy::model::{
    DeclaredFunction, DeclaredValue, Formerly, Mode, Pad, Phase, Tag, Tags, column_name,
};
use crate::policy::{consistency, types};
use crate::types::LogicalType;

const COLUMN_KEYS: &[&str] = &[
    "name",
    "mode",
    "domain",
    "phase",
    "type",
    "pad",
    "max_bytes",
    "online",
    "was",
    "reviewed_triggers",
    "accept_leakage",
];
/// Of `was = { … }`.
const FORMER_KEYS: &[&str] = &["mode", "domain", "type", "pad"];
const FUNCTION_KEYS: &[&str] = &["name", "args", "returns"];
const MODES: &[(&str, Mode)] = &[("randomized", Mode::Randomized), ("deterministic", Mode::Deterministic)];
const PHASES: &[(&str, Phase)] = &[
    ("plain", Phase::Plain),
    ("encrypting", Phase::Encrypting),
    ("encrypted", Phase::Encrypted),
    ("decrypting", Phase::Decrypting),
];
const PADS: &[(&str, Pad)] = &[
    ("block16", Pad::Block16),
    ("block32", Pad::Block32),
    ("block64", Pad::Block64),
    ("padme", Pad::Padme),
    ("none", Pad::None),
];

/// Of `was`: the default can be said there.
const FORMER_PADS: &[(&str, Option<Pad>)] = &[
    ("default", None),
    ("block16", Some(Pad::Block16)),
    ("block32", Some(Pad::Block32)),
    ("block64", Some(Pad::Block64)),
    ("padme", Some(Pad::Padme)),
    ("none", Some(Pad::None)),
];

/// Longest domain in bytes: it is part of every key derivation, and a name, not a text.
pub const MAX_DOMAIN_BYTES: usize = 255;

/// Longest value in bytes that `max_bytes` may admit: the format's own limit (docs/format.md,
/// section 1).
pub const MAX_VALUE_BYTES: i64 = 32 << 20;

/// Reads the tags out of the whole text of the configuration file. `file` is its name as the
/// operator wrote it, for the faults.
///
/// # Errors
/// Every fault that the two tables have, alone and taken together; a text that is no TOML.
pub fn tags(file: &str, text: &str) -> Result<Tags, Faults> {
    let mut page = Page::new(file, text);
    // REFUSES: what is no TOML for the reader that goes no further than the first fault: the other one panics
    // over some faults that stand behind it.
    if let Err(error) = DeTable::parse(text) {
        let line = page.line_of(error.span().map_or(0, |span| span.start));
        page.fault(line, error.message());
        return page.result(Tags::default());
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = page.line_of(error.span().map_or(0, |span| span.start));
            page.fault(line, error.message());
            return page.result(Tags::default());
        }
    };
    let mut tags = Tags::default();
    for entry in entries(&mut page, document.as_table(), "column") {
        tags.columns.extend(entry.tag(&mut page));
    }
    for entry in entries(&mut page, document.as_table(), "function") {
        tags.functions.extend(entry.function(&mut page));
    }
    consistency::check(&tags, &mut page);
    page.result(tags)
}

/// One table of the file, with the line it starts on.
struct Entry<'d> {
    table: &'d dyn TableLike,
    line: usize,
}

fn entries<'d>(page: &mut Page<'_>, root: &'d Table, key: &str) -> Vec<Entry<'d>> {
    let line =
        |page: &Page<'_>, span: Option<std::ops::Range<usize>>| page.line_of(span.map_or(0, |s| s.start));
    match root.get(key) {
        None => Vec::new(),
        Some(Item::ArrayOfTables(tables)) => {
            tables.iter().map(|t| Entry { table: t, line: line(page, t.span()) }).collect()
        }
        Some(Item::Value(Value::Array(values))) => {
            let mut entries = Vec::new();
            for value in values {
                let line = line(page, value.span());
                match value.as_inline_table() {
                    Some(table) => entries.push(Entry { table, line }),
                    None => page.fault(line, format!("`{key}` holds tables")),
                }
            }
            entries
        }
        Some(other) => {
            let line = line(page, other.span());
            page.fault(line, format!("write [[{key}]], once for each {key}"));
            Vec::new()
        }
    }
}

impl Entry<'_> {
    fn tag(&self, page: &mut Page<'_>) -> Option<Tag> {
        self.known_keys(page, "[[column]]", COLUMN_KEYS);
        let (relation, column) = self.column(page, "name")?;
        let former = self.former();
        let was = self.is_no_table("was").then(|| self.column(page, "was")).flatten();
        let mode = self.one_of(page, "mode", MODES).unwrap_or(Mode::Randomized);
        let written = self.text(page, "domain").map(str::to_owned);
        let (first_relation, first_column) =
            was.as_ref().unwrap_or(&(relation.clone(), column.clone())).clone();
        let domain_written = written.is_some();
        let domain = written.unwrap_or_else(|| column_name(&first_relation, &first_column));
        self.check_domain(page, "domain", &domain);
        let declared = self.logical_type(page);
        if let Some(reason) = declared.as_ref().and_then(|t| types::unfit_mode(t, mode)) {
            let line = self.line_of(page, "type");
            page.fault(line, format!("this type cannot be deterministic: {reason}"));
        }
        let phase = self.one_of(page, "phase", PHASES).unwrap_or(Phase::Encrypted);
        let pad = self.one_of(page, "pad", PADS);
        let now = Formerly { mode, domain: domain.clone(), declared: declared.clone(), pad };
        Some(Tag {
            relation,
            column,
            mode,
            domain,
            domain_written,
            declared,
            phase,
            pad,
            formerly: former.map(|former| former.formerly(page, now)),
            max_bytes: self.max_bytes(page),
            online: self.flag(page, "online"),
            reviewed_triggers: self.names(page, "reviewed_triggers"),
            accepts_frequency: self.one_of(page, "accept_leakage", &[("frequency", true)]).unwrap_or(false),
            line: self.line,
        })
    }

    /// `was` as a table: an older declaration. As a string it is an older name.
    fn former(&self) -> Option<Entry<'_>> {
        let table = self.table.get("was")?.as_table_like()?;
        Some(Entry { table, line: self.line })
    }

    /// What `was = { … }` says; the rest is as `now`.
    fn formerly(&self, page: &mut Page<'_>, now: Formerly) -> Formerly {
        self.known_keys(page, "was", FORMER_KEYS);
        let domain = self.text(page, "domain").map_or_else(|| now.domain.clone(), str::to_owned);
        self.check_domain(page, "domain", &domain);
        Formerly {
            mode: self.one_of(page, "mode", MODES).unwrap_or(now.mode),
            domain,
            declared: self.logical_type(page).or(now.declared),
            pad: self.one_of(page, "pad", FORMER_PADS).unwrap_or(now.pad),
        }
    }

    fn function(&self, page: &mut Page<'_>) -> Option<DeclaredFunction> {
        self.known_keys(page, "[[function]]", FUNCTION_KEYS);
        let name = self.text(page, "name");
        let name = name.and_then(QualifiedName::parse).or_else(|| {
            page.fault(self.line_of(page, "name"), "`name` must be schema.function");
            None
        })?;
        let mut args = Vec::new();
        match self.table.get("args") {
            None => {}
            Some(Item::Value(Value::Array(values))) => {
                for value in values {
                    args.extend(self.declared_value(page, "args", value));
                }
            }
            Some(_) => page.fault(self.line_of(page, "args"), "`args` must be an array"),
        }
        let returns = match self.table.get("returns").map(Item::as_value) {
            None => DeclaredValue::Plain,
            Some(Some(value)) => self.declared_value(page, "returns", value)?,
            Some(None) => {
                page.fault(self.line_of(page, "returns"), "`returns` must be \"plain\" or { domain = … }");
                return None;
            }
        };
        Some(DeclaredFunction { name, args, returns })
    }

    fn declared_value(&self, page: &mut Page<'_>, key: &str, value: &Value) -> Option<DeclaredValue> {
        if value.as_str() == Some("plain") {
            return Some(DeclaredValue::Plain);
        }
        let domain = value.as_inline_table().filter(|t| t.len() == 1).and_then(|t| t.get("domain"));
        match domain.and_then(Value::as_str) {
            Some(domain) => {
                self.check_domain(page, key, domain);
                Some(DeclaredValue::Domain(domain.to_owned()))
            }
            None => {
                let line = self.line_of(page, key);
                page.fault(line, format!("`{key}` admits \"plain\" and {{ domain = … }}"));
                None
            }
        }
    }

    fn known_keys(&self, page: &mut Page<'_>, table: &str, known: &[&str]) {
        for (key, _) in self.table.iter().filter(|(key, _)| !known.contains(key)) {
            let meant =
                nearest(key, known.iter().copied()).map(|k| format!("; `{k}` is meant?")).unwrap_or_default();
            page.fault(self.line_of(page, key), format!("unknown key `{key}` in {table}{meant}"));
        }
    }

    /// There is such a key, and it is no table.
    fn is_no_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|item| item.as_table_like().is_none())
    }

    fn line_of(&self, page: &Page<'_>, key: &str) -> usize {
        let span = self.table.get_key_value(key).and_then(|(key, item)| key.span().or(item.span()));
        span.map_or(self.line, |span| page.line_of(span.start))
    }

    fn text(&self, page: &mut Page<'_>, key: &str) -> Option<&str> {
        let item = self.table.get(key)?;
        if item.as_str().is_none() {
            page.fault(self.line_of(page, key), format!("`{key}` must be a string"));
        }
        item.as_str()
    }

    fn flag(&self, page: &mut Page<'_>, key: &str) -> bool {
        let Some(item) = self.table.get(key) else { return false };
        item.as_bool().unwrap_or_else(|| {
            page.fault(self.line_of(page, key), format!("`{key}` must be true or false"));
            false
        })
    }

    fn names(&self, page: &mut Page<'_>, key: &str) -> Vec<String> {
        let Some(item) = self.table.get(key) else { return Vec::new() };
        let names = item.as_array().map(|a| a.iter().map(|v| v.as_str().map(str::to_owned)).collect());
        let names: Option<Vec<String>> = names.flatten();
        names.unwrap_or_else(|| {
            page.fault(self.line_of(page, key), format!("`{key}` must be an array of names"));
            Vec::new()
        })
    }

    fn one_of<T: Copy>(&self, page: &mut Page<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let word = self.text(page, key)?;
        let found = words.iter().find(|(w, _)| *w == word).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
            let message = format!("`{key}` is one of {}", known.join(", "));
            page.fault(self.line_of(page, key), message);
        }
        found
    }

    fn column(&self, page: &mut Page<'_>, key: &str) -> Option<(QualifiedName, String)> {
        let parts = self.text(page, key).and_then(split_dotted);
        match parts.as_deref() {
            Some([schema, relation, column]) => Some((QualifiedName::new(schema, relation), column.clone())),
            Some(_) | None => {
                page.fault(self.line_of(page, key), format!("`{key}` must be schema.table.column"));
                None
            }
        }
    }

    fn logical_type(&self, page: &mut Page<'_>) -> Option<LogicalType> {
        let spelled = self.text(page, "type")?;
        let logical = LogicalType::parse(spelled);
        if logical.is_none() {
            page.fault(
                self.line_of(page, "type"),
                format!("`{spelled}` is not a type that can be protected"),
            );
        }
        logical
    }

    fn max_bytes(&self, page: &mut Page<'_>) -> Option<u32> {
        let item = self.table.get("max_bytes")?;
        let bytes = item.as_integer().filter(|n| (1..=MAX_VALUE_BYTES).contains(n));
        if bytes.is_none() {
            let message = format!("`max_bytes` must be a number from 1 to {MAX_VALUE_BYTES}");
            page.fault(self.line_of(page, "max_bytes"), message);
        }
        bytes.and_then(|n| u32::try_from(n).ok())
    }

    fn check_domain(&self, page: &mut Page<'_>, key: &str, domain: &str) {
        if domain.is_empty() || domain.len() > MAX_DOMAIN_BYTES || domain.chars().any(char::is_control) {
            let message = format!("a domain is 1 to {MAX_DOMAIN_BYTES} bytes without control characters");
            page.fault(self.line_of(page, key), message);
        }
    }
}

/// The text with the default domain of every `[[column]]` written out; `None` if all are. Everything
/// else of the file stays as it is. The text must be one that [`tags`] has read without a fault.
pub fn with_domains(text: &str) -> Option<String> {
    let tags = tags("", text).ok()?;
    let mut document: toml_edit::DocumentMut = text.parse().ok()?;
    let columns = document.get_mut("column")?.as_array_of_tables_mut()?;
    let mut changed = false;
    for (table, tag) in columns.iter_mut().zip(&tags.columns).filter(|(_, tag)| !tag.domain_written) {
        table.insert("domain", toml_edit::value(&tag.domain));
        changed = true;
    }
    changed.then(|| document.to_string())
}
