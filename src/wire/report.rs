//! ErrorResponse of pgveil's own, with all fields that a driver may look at (manual, "Error and
//! Notice Message Fields"). Never holds a value of the client.

use super::write;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The statement failed; the connection goes on.
    Error,
    /// The connection ends.
    Fatal,
}

impl Severity {
    fn word(self) -> &'static str {
        match self {
            Severity::Error => "ERROR",
            Severity::Fatal => "FATAL",
        }
    }
}

/// One ErrorResponse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether the connection goes on.
    pub severity: Severity,
    /// Five characters.
    pub sqlstate: &'static str,
    /// One sentence, in the server's style. Never a value.
    pub message: String,
    /// More. Never a value.
    pub detail: Option<String>,
    /// The way out. Never a value.
    pub hint: Option<String>,
    /// Where in the client's text, in characters, from 1.
    pub position: Option<u32>,
    /// Schema, table, column.
    pub column: Option<(String, String, String)>,
    /// Under which stable name it is counted. Not sent.
    pub reason: &'static str,
}

/// [`Report::reason`] of a report that has no other.
pub const OTHER_REASON: &str = "other";

/// The routine field of every report, by which an operator tells pgveil's errors from the server's.
pub const ROUTINE: &str = "pgveil";

impl Report {
    /// An ERROR.
    pub fn error(sqlstate: &'static str, message: impl Into<String>) -> Self {
        Report {
            severity: Severity::Error,
            sqlstate,
            message: message.into(),
            detail: None,
            hint: None,
            position: None,
            column: None,
            reason: OTHER_REASON,
        }
    }

    /// A FATAL.
    pub fn fatal(sqlstate: &'static str, message: impl Into<String>) -> Self {
        Report { severity: Severity::Fatal, ..Report::error(sqlstate, message) }
    }

    /// With a detail.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With a position in characters, from 1.
    pub fn position(mut self, position: u32) -> Self {
        self.position = Some(position);
        self
    }

    /// Appends the message.
    pub fn write(&self, out: &mut Vec<u8>) {
        write::message(out, b'E', |out| {
            let mut field = |code: u8, text: &str| {
                out.push(code);
                out.extend(text.bytes().filter(|b| *b != 0));
                out.push(0);
            };
            field(b'S', self.severity.word());
            field(b'V', self.severity.word());
            field(b'C', self.sqlstate);
            field(b'M', &self.message);
            if let Some(detail) = &self.detail {
                field(b'D', detail);
            }
            if let Some(hint) = &self.hint {
                field(b'H', hint);
            }
            if let Some(position) = self.position {
                field(b'P', &position.to_string());
            }
            if let Some((schema, table, column)) = &self.column {
                field(b's', schema);
                field(b't', table);
                field(b'c', column);
            }
            field(b'R', ROUTINE);
            out.push(0);
        });
    }
}
