//! What the operator tagged, and how. An immutable value.

use crate::catalog::change::Change;
use crate::names::{ColumnId, QualifiedName, quoted};
use crate::types::{LogicalType, StoredType};

/// The tags as written, before it is known which type a column without a declared one has. Two
/// policies that mean the same are equal, wherever in the file a tag stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tags {
    /// In the order of the file.
    pub columns: Vec<Tag>,
    /// Functions that the operator vouches for.
    pub functions: Vec<DeclaredFunction>,
}

/// One `[[column]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// The table.
    pub relation: QualifiedName,
    /// The column, as the server stores its name.
    pub column: String,
    /// See [`ProtectedColumn::mode`].
    pub mode: Mode,
    /// See [`ProtectedColumn::domain`]; the default is filled in.
    pub domain: String,
    /// The domain stands in the file, so that renaming the column will not change it.
    pub domain_written: bool,
    /// The logical type, if the file says one; else it is the column's own when it was first pinned.
    pub declared: Option<LogicalType>,
    /// See [`ProtectedColumn::phase`].
    pub phase: Phase,
    /// See [`ProtectedColumn::pad`].
    pub pad: Option<Pad>,
    /// See [`ProtectedColumn::max_bytes`].
    pub max_bytes: Option<u32>,
    /// See [`ProtectedColumn::online`].
    pub online: bool,
    /// `was = { … }`: the declaration that some stored values may still be of.
    pub formerly: Option<Formerly>,
    /// BEFORE ROW triggers that somebody has read: they leave the column alone.
    pub reviewed_triggers: Vec<String>,
    /// `accept_leakage = "frequency"`: a deterministic column may have few distinct values.
    pub accepts_frequency: bool,
    /// The line of the file, from 1.
    pub line: usize,
}

/// `was = { … }` as written; what it leaves out is as it is declared now.
#[derive(Clone, Debug, PartialEq)]
pub struct Formerly {
    /// See [`ProtectedColumn::mode`].
    pub mode: Mode,
    /// See [`ProtectedColumn::domain`].
    pub domain: String,
    /// The logical type, if it is said.
    pub declared: Option<LogicalType>,
    /// See [`ProtectedColumn::pad`].
    pub pad: Option<Pad>,
}

impl Tag {
    /// `schema.table.column`, quoted where needed.
    pub fn name(&self) -> String {
        column_name(&self.relation, &self.column)
    }
}

/// `schema.table.column`, quoted where needed: how a column is written in the policy, in the pin
/// and in what the operator reads.
pub fn column_name(relation: &QualifiedName, column: &str) -> String {
    format!("{relation}.{}", quoted(column))
}

impl Tags {
    /// The same tags, those that were there before in the places that they had: a [`ColumnId`] goes on
    /// to mean the same column for what is in progress.
    pub fn in_places_of(mut self, before: &Tags) -> Tags {
        let place = |tag: &Tag| before.columns.iter().position(|other| other.name() == tag.name());
        self.columns.sort_by_cached_key(|tag| place(tag).unwrap_or(usize::MAX));
        self
    }

    /// The policy, once the types are known. A [`ColumnId`] is the position of its tag.
    pub fn resolve(&self, type_of: impl Fn(&Tag) -> (LogicalType, StoredType)) -> Policy {
        let column = |tag: &Tag| {
            let (logical, stored) = type_of(tag);
            let redeclared = tag.formerly.as_ref().map(|was| Redeclared {
                seals: tag.mode,
                was_mode: was.mode,
                was_domain: was.domain.clone(),
                was_logical: was.declared.clone().unwrap_or_else(|| logical.clone()),
            });
            ProtectedColumn {
                relation: tag.relation.clone(),
                column: tag.column.clone(),
                mode: if redeclared.is_some() { Mode::Randomized } else { tag.mode },
                domain: tag.domain.clone(),
                logical,
                declared: tag.declared.is_some(),
                stored,
                phase: tag.phase,
                pad: tag.pad,
                max_bytes: tag.max_bytes,
                online: tag.online,
                redeclared,
            }
        };
        Policy { columns: self.columns.iter().map(column).collect(), functions: self.functions.clone() }
    }
}

/// The operator's tags with their types, in the order of the policy file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// A [`ColumnId`] is an index into this.
    pub columns: Vec<ProtectedColumn>,
    /// Functions that the operator vouches for.
    pub functions: Vec<DeclaredFunction>,
}

/// One tagged column.
#[derive(Clone, Debug, PartialEq)]
pub struct ProtectedColumn {
    /// The table (never a view; for a partitioned table its root).
    pub relation: QualifiedName,
    /// The column, as the server stores its name.
    pub column: String,
    /// What works on the server, and what that reveals. While the column is redeclared its values
    /// are of two forms, and nothing works that compares them.
    pub mode: Mode,
    /// Columns of one domain share keys and may be compared.
    pub domain: String,
    /// What the client sees.
    pub logical: LogicalType,
    /// The policy says so; else it is the type that the column was made with.
    pub declared: bool,
    /// What the server holds.
    pub stored: StoredType,
    /// Where the column stands between plaintext and ciphertext.
    pub phase: Phase,
    /// Padding inside the AEAD; `None` is the default of docs/format.md.
    pub pad: Option<Pad>,
    /// Longest canonical plaintext in bytes; 54000 beyond. `None`: the limit of the format.
    pub max_bytes: Option<u32>,
    /// Deterministic, but converted row by row (product.md, Phases).
    pub online: bool,
    /// Some of its values may be of an older declaration.
    pub redeclared: Option<Redeclared>,
}

/// A column whose declaration has changed (`was = { … }`): it is written as it is declared now, and
/// read in both forms until `encrypt --reseal` has found nothing left of the older one.
#[derive(Clone, Debug, PartialEq)]
pub struct Redeclared {
    /// The mode that is written.
    pub seals: Mode,
    /// The mode of before.
    pub was_mode: Mode,
    /// The domain of before.
    pub was_domain: String,
    /// The logical type of before.
    pub was_logical: LogicalType,
}

impl ProtectedColumn {
    /// The mode in which its values are written.
    pub fn seals(&self) -> Mode {
        self.redeclared.as_ref().map_or(self.mode, |redeclared| redeclared.seals)
    }

    /// Whether values of it stand, or may stand, in this deterministic domain.
    pub fn is_in_domain(&self, domain: &str) -> bool {
        let was = self.redeclared.as_ref();
        (self.seals() == Mode::Deterministic && self.domain == domain)
            || was.is_some_and(|was| was.was_mode == Mode::Deterministic && was.was_domain == domain)
    }

    /// As it was declared before; the same if it was not redeclared. Its padding is the present one: it
    /// is not bound to a value.
    pub fn formerly(&self) -> ProtectedColumn {
        let mut column = self.clone();
        if let Some(was) = column.redeclared.take() {
            (column.mode, column.domain, column.logical) = (was.was_mode, was.was_domain, was.was_logical);
        }
        column
    }

    /// As it is when nothing is left of the older declaration.
    pub fn settled(&self) -> ProtectedColumn {
        ProtectedColumn { mode: self.seals(), redeclared: None, ..self.clone() }
    }
}

/// Mode of a protected column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Equal values differ on the server.
    Randomized,
    /// Equal values are equal on the server.
    Deterministic,
}

/// Phase of a protected column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Tagged, nothing encrypted yet: written and read as plaintext.
    Plain,
    /// Rows are being encrypted.
    Encrypting,
    /// Every value is an envelope.
    Encrypted,
    /// Rows are being decrypted.
    Decrypting,
}

/// What a sealed constant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It is written: sealed with the key that seals now; the limits of the column apply (22001).
    Store,
    /// It is compared: a value that cannot be in the column simply matches nothing.
    Match,
    /// It is compared with the text of the column's values (`ref::text = $1`): one that is not written as
    /// the server would write it matches nothing.
    Spelt,
    /// It stands in a result beside values of the column (COALESCE, UNION): one that the column could not
    /// hold as it is is refused, since it would be shown changed.
    Show,
    /// Likewise, and nobody but the client looks at it: it keeps the form in which it came, where the
    /// column's type would give it another ([`LogicalType::beside`]).
    Beside,
}

/// Padding schemes of docs/format.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pad {
    /// To a multiple of 16 bytes.
    Block16,
    /// To a multiple of 32 bytes.
    Block32,
    /// To a multiple of 64 bytes.
    Block64,
    /// PADMÉ: at most 12 % more.
    Padme,
    /// Only the 0x80 byte.
    None,
}

/// `[[function]]`: a function whose body pgveil cannot judge, declared safe by the operator.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclaredFunction {
    /// Its name; all overloads.
    pub name: QualifiedName,
    /// What each argument admits.
    pub args: Vec<DeclaredValue>,
    /// What it returns.
    pub returns: DeclaredValue,
}

/// What a declared function takes or gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredValue {
    /// Nothing protected.
    Plain,
    /// A value of this domain, sealed.
    Domain(String),
}

impl Policy {
    /// The column with this id. Ids come only from this policy, so it is always there.
    pub fn column(&self, id: ColumnId) -> Option<&ProtectedColumn> {
        self.columns.get(id.index())
    }

    /// With every column as it was declared before.
    pub fn formerly(&self) -> Policy {
        Policy { columns: self.columns.iter().map(ProtectedColumn::formerly).collect(), ..self.clone() }
    }

    /// With every column as it is when nothing is left of an older declaration.
    pub fn settled(&self) -> Policy {
        Policy { columns: self.columns.iter().map(ProtectedColumn::settled).collect(), ..self.clone() }
    }

    /// Does the operator tag columns of this relation itself?
    pub fn names(&self, relation: &QualifiedName) -> bool {
        self.columns.iter().any(|column| column.relation == *relation)
    }

    /// With the types that these changes give to tagged columns.
    pub fn after(&self, changes: &[Change]) -> Policy {
        let mut policy = self.clone();
        for change in changes {
            let Change::Typed { column, logical, stored } = change else { continue };
            if let Some(column) = policy.columns.get_mut(column.index()) {
                column.logical.clone_from(logical);
                column.stored = *stored;
            }
        }
        policy
    }

    /// All tagged columns with their ids.
    pub fn ids(&self) -> impl Iterator<Item = (ColumnId, &ProtectedColumn)> {
        (0u32..).map(ColumnId).zip(&self.columns)
    }
}
