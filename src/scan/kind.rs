//! What a column may be about.

use serde::Deserialize;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A full, given or family name.
    Name,
    /// A street address, or all of an address in one.
    Address,
    /// A town or a postal code: personal beside a person.
    Place,
    /// A date of birth.
    BirthDate,
    /// A national identity number, a passport, an identity card.
    NationalId,
    /// A tax number or VAT id.
    TaxId,
    /// A bank account.
    BankAccount,
    /// A payment card.
    Card,
    /// An IP address.
    Ip,
    /// A password, however hashed.
    Password,
    /// A token, key or other secret that opens something.
    Secret,
    /// A name to log in with, a handle.
    Login,
    /// Health.
    Health,
    /// Origin, belief, union, orientation (GDPR article 9).
    Belief,
    /// Gender.
    Gender,
    /// Pay.
    Pay,
    /// Where somebody is.
    Location,
    /// A device, a browser, a cookie.
    Device,
    /// A vehicle's plate.
    Plate,
    /// A picture, a signature, a fingerprint.
    Picture,
    /// Free text about a person.
    Note,
    /// A document or message that holds several of these.
    Mixed,
}

impl Kind {
    /// For a person to read; stable, since ignore files and programs read it too.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Email => "e-mail",
            Kind::Phone => "phone",
            Kind::Name => "name",
            Kind::Address => "address",
            Kind::Place => "place",
            Kind::BirthDate => "birth-date",
            Kind::NationalId => "national-id",
            Kind::TaxId => "tax-id",
            Kind::BankAccount => "bank-account",
            Kind::Card => "card",
            Kind::Ip => "ip",
            Kind::Password => "password",
            Kind::Secret => "secret",
            Kind::Login => "login",
            Kind::Health => "health",
            Kind::Belief => "belief",
            Kind::Gender => "gender",
            Kind::Pay => "pay",
            Kind::Location => "location",
            Kind::Device => "device",
            Kind::Plate => "plate",
            Kind::Picture => "picture",
            Kind::Note => "note",
            Kind::Mixed => "mixed",
        }
    }

    /// Few distinct values: equal envelopes would give them away.
    pub fn is_coarse(self) -> bool {
        matches!(self, Kind::Gender | Kind::Place | Kind::Belief | Kind::Health | Kind::Pay)
    }

    /// A shape with rules: sampled values that never follow them speak against the name.
    pub fn is_checkable(self) -> bool {
        matches!(
            self,
            Kind::Email
                | Kind::Phone
                | Kind::Ip
                | Kind::BankAccount
                | Kind::Card
                | Kind::NationalId
                | Kind::BirthDate
        )
    }
}
