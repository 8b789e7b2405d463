//! Families of server types, as far as a scan tells them apart.

use super::kind::Kind;

/// A family of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// text, varchar, char, citext, and domains over them.
    Text,
    /// `text[]` and its like.
    TextArray,
    /// json, jsonb, hstore.
    Json,
    /// Whole numbers and numerics.
    Number,
    /// float4, float8, point.
    Real,
    /// date.
    Date,
    /// timestamp, timestamptz.
    Moment,
    /// inet, cidr, macaddr.
    Network,
    /// bytea.
    Bytes,
    /// bool.
    Bool,
    /// uuid.
    Uuid,
    /// An enum.
    Enum,
    /// Anything else.
    Other,
}

impl Family {
    /// Of a type as `format_type` prints it; `is_enum` as the catalog says.
    pub fn of(type_name: &str, is_enum: bool) -> Family {
        if is_enum {
            return Family::Enum;
        }
        let bare = type_name.rsplit_once('.').map_or(type_name, |(_, name)| name);
        let word = bare.split('(').next().unwrap_or(bare).trim();
        match word {
            _ if bare.ends_with("[]") => match word.trim_end_matches("[]") {
                "text" | "character varying" | "citext" | "bpchar" | "character" => Family::TextArray,
                _ => Family::Other,
            },
            "text" | "character varying" | "character" | "bpchar" | "citext" | "name" => Family::Text,
            "json" | "jsonb" | "hstore" => Family::Json,
            "smallint" | "integer" | "bigint" | "numeric" => Family::Number,
            "real" | "double precision" | "point" => Family::Real,
            "date" => Family::Date,
            "timestamp" | "timestamp without time zone" | "timestamp with time zone" => Family::Moment,
            "inet" | "cidr" | "macaddr" | "macaddr8" => Family::Network,
            "bytea" => Family::Bytes,
            "boolean" => Family::Bool,
            "uuid" => Family::Uuid,
            _ if word.starts_with("timestamp") => Family::Moment,
            _ => Family::Other,
        }
    }

    /// Can a column of this family hold this kind?
    pub fn admits(self, kind: Kind) -> bool {
        match self {
            Family::Text => true,
            Family::TextArray => !matches!(kind, Kind::Gender | Kind::Pay | Kind::BirthDate),
            Family::Json => matches!(
                kind,
                Kind::Address
                    | Kind::Name
                    | Kind::Health
                    | Kind::Location
                    | Kind::Mixed
                    | Kind::Note
                    | Kind::Secret
                    | Kind::Phone
                    | Kind::Email
                    | Kind::Device
            ),
            Family::Number => matches!(
                kind,
                Kind::Phone
                    | Kind::NationalId
                    | Kind::TaxId
                    | Kind::Pay
                    | Kind::Card
                    | Kind::BankAccount
                    | Kind::Location
                    | Kind::Ip
                    | Kind::Gender
            ),
            Family::Real => matches!(kind, Kind::Location | Kind::Pay),
            Family::Date | Family::Moment => matches!(kind, Kind::BirthDate),
            Family::Network => matches!(kind, Kind::Ip | Kind::Device),
            Family::Bytes => {
                matches!(
                    kind,
                    Kind::Password | Kind::Secret | Kind::Picture | Kind::Health | Kind::NationalId
                )
            }
            Family::Uuid => matches!(kind, Kind::Device | Kind::Secret),
            Family::Enum => matches!(kind, Kind::Gender | Kind::Belief | Kind::Health),
            Family::Bool => matches!(kind, Kind::Health | Kind::Belief | Kind::Gender),
            Family::Other => false,
        }
    }

    /// Are its values worth sampling?
    pub fn is_sampled(self) -> bool {
        match self {
            Family::Text
            | Family::TextArray
            | Family::Json
            | Family::Number
            | Family::Date
            | Family::Network => true,
            Family::Real
            | Family::Moment
            | Family::Bytes
            | Family::Bool
            | Family::Uuid
            | Family::Enum
            | Family::Other => false,
        }
    }
}
