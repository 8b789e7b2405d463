//! Why a COPY stream cannot go on.

use crate::session::fault::Fault;
use crate::session::judge::CellError;
use crate::wire::report::Report;
use crate::wire::sqlstate;

/// Holds no value of the stream.
#[derive(Debug)]
pub(in crate::session) enum Spoilt {
    /// It is not of its format; the server's own sentence.
    Format(&'static str),
    /// A zero byte.
    Zero,
    /// A field cannot be sealed or opened.
    Cell(CellError),
    /// A row is longer than the limit, in bytes.
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The keys of its epoch are gone.
    Stale,
}

impl Spoilt {
    /// What the client hears in place of the server's answer to CopyFail. `row` counts from 1.
    pub fn report(self, row: u64) -> Box<Report> {
        let report = match self {
            Spoilt::Format(message) => Report::error(sqlstate::BAD_COPY_FORMAT, message),
            Spoilt::Zero => Report::error(
                sqlstate::CHARACTER_NOT_IN_REPERTOIRE,
                "invalid byte sequence for encoding \"UTF8\": 0x00",
            ),
            Spoilt::Cell(error) => error.report(),
            Spoilt::TooLong { limit } => Report::error(
                sqlstate::LIMIT_EXCEEDED,
                format!("a row of COPY is beyond the limit of {limit} bytes"),
            ),
            Spoilt::Stale => {
                Report::error(sqlstate::FEATURE_NOT_SUPPORTED, "cached plan must not change result type")
            }
        };
        Box::new(report.detail(format!("Row {row} of the COPY stream.")))
    }

    /// Why the session ends, where the server's stream is at fault.
    pub fn fault(self, row: u64) -> Fault {
        match self {
            Spoilt::Format(_) | Spoilt::Zero => {
                Fault::Contradiction("a COPY stream is not of the planned format")
            }
            Spoilt::Cell(_) | Spoilt::TooLong { .. } => Fault::NotOpened(self.report(row)),
            Spoilt::Stale => Fault::Contradiction("a plan outlived its epoch in the middle of a result"),
        }
    }
}

impl From<CellError> for Spoilt {
    fn from(error: CellError) -> Self {
        Spoilt::Cell(error)
    }
}
