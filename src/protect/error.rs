//! Why a cell was neither sealed nor opened, as a client may be told. Never holds a value.

use crate::crypto::CryptoError;
use crate::names::ColumnId;
use crate::values::{Unfit, ValueError};

/// Why a cell was neither sealed nor opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProtectError {
    /// The column, for the schema, table and column fields of the error.
    pub column: ColumnId,
    /// Five characters (manual, appendix A).
    pub sqlstate: &'static str,
    /// One sentence, as the server words it where it has words for it.
    pub message: String,
    /// The way out, if there is one.
    pub hint: Option<&'static str>,
}

/// `data_corrupted`.
const DATA_CORRUPTED: &str = "XX001";
/// `system_error`: a key is missing.
const KEY_MISSING: &str = "58000";
/// `program_limit_exceeded`.
const TOO_LARGE: &str = "54000";
/// `feature_not_supported`.
const NOT_SUPPORTED: &str = "0A000";
/// `internal_error`.
const INTERNAL: &str = "XX000";

impl ProtectError {
    fn new(column: ColumnId, sqlstate: &'static str, message: impl Into<String>) -> Self {
        ProtectError { column, sqlstate, message: message.into(), hint: None }
    }

    fn hinted(self, hint: &'static str) -> Self {
        ProtectError { hint: Some(hint), ..self }
    }

    /// Is it the stored value that is wrong?
    pub(super) fn is_damage(&self) -> bool {
        self.sqlstate == DATA_CORRUPTED
    }

    /// A value that does not fit its column.
    pub(super) fn value(column: ColumnId, error: &ValueError) -> Self {
        Self::new(column, error.sqlstate(), error.to_string())
    }

    /// A stored value that is no canonical form of its type.
    pub(super) fn damaged(column: ColumnId) -> Self {
        Self::new(column, DATA_CORRUPTED, "stored value is damaged or not of this column")
            .hinted("Run pgveil verify to find every such value.")
    }

    /// A stored value without an envelope where every value must have one.
    pub(super) fn plaintext_found(column: ColumnId) -> Self {
        Self::new(column, DATA_CORRUPTED, "stored value of an encrypted column is not encrypted")
            .hinted("It was written past pgveil. Run pgveil verify to find every such value.")
    }

    /// What crypto said.
    pub(super) fn crypto(column: ColumnId, error: CryptoError) -> Self {
        match error {
            CryptoError::NotAnEnvelope => Self::plaintext_found(column),
            CryptoError::Damaged => Self::damaged(column),
            CryptoError::KeyUnknown(_)
            | CryptoError::KeyDisabled(_)
            | CryptoError::KeyDestroyed(_)
            | CryptoError::NoActiveKey
            | CryptoError::DomainNotRecorded
            | CryptoError::FormIsPlain
            | CryptoError::PaddingDiffers => Self::new(column, KEY_MISSING, error.to_string()),
            CryptoError::TooLong { .. } => Self::too_large(column),
        }
    }

    /// Longer than the column or the format admits.
    pub(super) fn too_large(column: ColumnId) -> Self {
        Self::new(column, TOO_LARGE, "value is too long for a protected column")
            .hinted("The limit is max_bytes of the column, or that of the stored format.")
    }

    /// A constant beside values of the column that is none of them as it stands.
    pub(super) fn shown_changed(column: ColumnId) -> Self {
        Self::new(column, NOT_SUPPORTED, "this constant is no value of the column beside it as it stands")
            .hinted(
                "Write it with the column's own length and precision, or combine the two in the application.",
            )
    }

    /// lower or upper of what the database's collation decides.
    pub(super) fn collated(column: ColumnId) -> Self {
        Self::new(column, NOT_SUPPORTED, "pgveil does not change the case of letters outside ASCII")
            .hinted("How they change hangs on the database's collation. Send the value as it is to be.")
    }

    /// A cast that the analysis let pass and that is not evaluated here.
    pub(super) fn unfit(column: ColumnId, unfit: &Unfit) -> Self {
        Self::new(column, NOT_SUPPORTED, unfit.to_string())
    }

    /// While a column is decrypted, plaintext that looks like an envelope could not be told from one.
    pub(super) fn looks_sealed(column: ColumnId) -> Self {
        Self::new(
            column,
            NOT_SUPPORTED,
            "value begins like an envelope, which a column that is stored plain cannot hold",
        )
    }

    /// The column's type or keys do not allow what the policy asks for.
    pub(super) fn unprotectable(column: ColumnId) -> Self {
        Self::new(column, NOT_SUPPORTED, "the column cannot be protected as the policy says")
            .hinted("The log of pgveil serve says why; `pgveil apply` prepares keys and columns.")
    }

    /// The plan does not fit the epoch's policy.
    pub(super) fn foreign_plan(column: ColumnId) -> Self {
        Self::new(column, INTERNAL, "the plan of this statement is not of the policy in force")
    }
}
