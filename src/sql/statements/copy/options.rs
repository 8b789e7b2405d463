//! Options of COPY that decide how the stream is cut into fields (manual, COPY, Parameters).

use crate::sql::analysis::Analysis;
use crate::sql::ast::{OptionItem, OptionValue};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::verdict::{CopyFormat, CopyHeader};

/// The first version of PostgreSQL whose options of COPY are not all known here.
const UNKNOWN_SINCE: u32 = 190_000;

/// Options as written.
#[derive(Default)]
struct Written {
    format: Option<String>,
    delimiter: Option<u8>,
    null: Option<String>,
    quote: Option<u8>,
    escape: Option<u8>,
    header: bool,
    match_names: bool,
    force_quote: Vec<u16>,
    force_null: Vec<u16>,
    force_not_null: Vec<u16>,
}

impl Analysis<'_> {
    /// The format of a stream whose fields have these names.
    pub(super) fn copy_format(&mut self, options: &[OptionItem], names: &[&str]) -> Checked<CopyFormat> {
        let mut written = Written::default();
        for option in options {
            self.copy_option(option, names, &mut written)?;
        }
        let header = match (written.match_names, written.header) {
            (true, _) => CopyHeader::Match(names.iter().map(|name| Box::from(*name)).collect()),
            (false, true) => CopyHeader::Names,
            (false, false) => CopyHeader::Absent,
        };
        match written.format.as_deref() {
            Some("csv") => {
                let quote = written.quote.unwrap_or(b'"');
                Ok(CopyFormat::Csv {
                    delimiter: written.delimiter.unwrap_or(b','),
                    null: written.null.unwrap_or_default(),
                    quote,
                    escape: written.escape.unwrap_or(quote),
                    header,
                    force_quote: written.force_quote,
                    force_null: written.force_null,
                    force_not_null: written.force_not_null,
                })
            }
            Some("binary") => Ok(CopyFormat::Binary),
            Some(other) if other != "text" && !self.has_no_more_than(None) => {
                Err(Objection::whole(Cause::CopyOption))
            }
            // A format that the server has not is its to refuse.
            None | Some(_) => Ok(CopyFormat::Text {
                delimiter: written.delimiter.unwrap_or(b'\t'),
                null: written.null.unwrap_or_else(|| "\\N".into()),
                header,
            }),
        }
    }

    fn copy_option(&mut self, option: &OptionItem, names: &[&str], written: &mut Written) -> Checked<()> {
        let refused = || Objection::at(Cause::CopyOption, option.span);
        match &*option.name {
            "format" => written.format = Some(self.word(&option.value).ok_or_else(refused)?),
            "delimiter" => written.delimiter = Some(self.byte(&option.value).ok_or_else(refused)?),
            "quote" => written.quote = Some(self.byte(&option.value).ok_or_else(refused)?),
            "escape" => written.escape = Some(self.byte(&option.value).ok_or_else(refused)?),
            "null" => written.null = Some(self.word(&option.value).ok_or_else(refused)?),
            "header" if self.is_match(&option.value) => written.match_names = true,
            "header" => written.header = self.flag(&option.value).ok_or_else(refused)?,
            "force_quote" => written.force_quote = positions(&option.value, names).ok_or_else(refused)?,
            "force_null" => written.force_null = positions(&option.value, names).ok_or_else(refused)?,
            "force_not_null" => {
                written.force_not_null = positions(&option.value, names).ok_or_else(refused)?
            }
            "freeze" | "log_verbosity" => {}
            "encoding" => {
                let name = self.word(&option.value).ok_or_else(refused)?;
                let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
                // REFUSES: the stream would be cut and sealed in another encoding than it is read in.
                if !matches!(plain.to_ascii_lowercase().as_str(), "utf8" | "unicode") {
                    return Err(refused());
                }
            }
            // REFUSES: an option that changes how the stream is read.
            name if !self.has_no_more_than(Some(name)) => return Err(refused()),
            // The server has no such option and says so. If it read the stream all the same, it would be
            // given sealed fields.
            _ => {}
        }
        Ok(())
    }

    /// Is a server of this version without this option, which is none of those above, or without
    /// formats beside those above?
    fn has_no_more_than(&self, option: Option<&str>) -> bool {
        let since = match option {
            Some("default") => 160_000,
            Some("on_error") => 170_000,
            Some("reject_limit") => 180_000,
            Some(_) | None => UNKNOWN_SINCE,
        };
        (1..since).contains(&self.known.catalog.server_version())
    }

    fn word(&mut self, value: &OptionValue) -> Option<String> {
        match value {
            OptionValue::Word(word) => Some(word.to_string()),
            OptionValue::String(token) => self.string(*token),
            OptionValue::None
            | OptionValue::Number(..)
            | OptionValue::Star
            | OptionValue::List(_)
            | OptionValue::Tokens(_) => None,
        }
    }

    fn byte(&mut self, value: &OptionValue) -> Option<u8> {
        match self.word(value)?.as_bytes() {
            [byte] => Some(*byte),
            _ => None,
        }
    }

    fn is_match(&mut self, value: &OptionValue) -> bool {
        self.word(value).is_some_and(|word| word.eq_ignore_ascii_case("match"))
    }

    /// As defGetBoolean reads it.
    fn flag(&mut self, value: &OptionValue) -> Option<bool> {
        match value {
            OptionValue::None => Some(true),
            OptionValue::Number(token, false) => {
                self.fixed.push(*token);
                match self.number(*token)?.as_str() {
                    "0" => Some(false),
                    "1" => Some(true),
                    _ => None,
                }
            }
            OptionValue::Word(_) | OptionValue::String(_) => {
                match self.word(value)?.to_ascii_lowercase().as_str() {
                    "true" | "on" => Some(true),
                    "false" | "off" => Some(false),
                    _ => None,
                }
            }
            OptionValue::Number(_, true)
            | OptionValue::Star
            | OptionValue::List(_)
            | OptionValue::Tokens(_) => None,
        }
    }
}

/// Positions of the named fields.
fn positions(value: &OptionValue, names: &[&str]) -> Option<Vec<u16>> {
    let count = u16::try_from(names.len()).ok()?;
    match value {
        OptionValue::Star => Some((0..count).collect()),
        OptionValue::List(listed) => listed
            .iter()
            .map(|wanted| {
                let at = names.iter().position(|name| *name == wanted.as_str())?;
                u16::try_from(at).ok()
            })
            .collect(),
        OptionValue::None
        | OptionValue::Word(_)
        | OptionValue::String(_)
        | OptionValue::Number(..)
        | OptionValue::Tokens(_) => None,
    }
}
