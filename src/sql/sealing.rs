//! How a constant is sealed: as of which column, from what type, and for what.

use crate::names::ColumnId;
use crate::policy::model::{Phase, ProtectedColumn};
use crate::sql::analysis::Analysis;
use crate::sql::casts;
use crate::sql::constants::{ANY_BPCHAR, Constant, Site, SiteId};
use crate::sql::finish::{logical_of, stored_of};
use crate::sql::forms::Meeting;
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{Class, Kind};
use crate::sql::verdict::{Extent, Purpose, Seal, ShownType};
use crate::types::{Cast, LogicalType, StoredType, TextFunction};

impl Analysis<'_> {
    /// How a site is sealed, if it is.
    pub fn seal(&self, place: SiteId, site: &Site) -> Checked<Option<(Seal, StoredType)>> {
        let met = match self.roles.kind(site.class) {
            Kind::Document(made) if made.is_text() => {
                self.roles.protected_in(site.class).map(|column| (column, Extent::Value))
            }
            // What may stand in the place of a document holds no value.
            Kind::Document(_) => None,
            Kind::Open
            | Kind::Plain(..)
            | Kind::Protected(_)
            | Kind::Element(_)
            | Kind::Array(_)
            | Kind::Row(_) => self.outcome(site.class, site.span)?,
        };
        let Some((id, extent)) = met else { return Ok(None) };
        let class = match self.roles.kind(site.class) {
            Kind::Array(element) => element,
            Kind::Open
            | Kind::Plain(..)
            | Kind::Protected(_)
            | Kind::Element(_)
            | Kind::Row(_)
            | Kind::Document(_) => site.class,
        };
        let stored_in = site.stored.or_else(|| self.roles.stored_in(class));
        let id = stored_in.unwrap_or(id);
        let column = self.tagged(id, site.span)?;
        let text =
            matches!(column.logical, LogicalType::Text | LogicalType::Varchar(_)) && extent == Extent::Value;
        let spelt = site.spelt && casts::has_one_spelling(&column.logical);
        let computes = site.computed.iter().any(|f| *f != TextFunction::NullIfEmpty) && !text && !spelt;
        if site.strange_cast.is_some() || site.constant == Constant::Bits || computes {
            return Err(Objection::on(casts::refused(), site.span, id));
        }
        let becomes_value = stored_in.is_some() || self.roles.flows(class);
        let compared = stored_in.is_none() && self.comparison_of(place).is_some();
        let purpose = match becomes_value && !compared {
            _ if let Some(purpose) = site.purpose => purpose,
            true if stored_in.is_some() => Purpose::Store,
            true if self.keeps_its_form(site, class, column) => Purpose::Beside,
            true => Purpose::Show,
            false if spelt => Purpose::Spelt,
            false => Purpose::Match,
        };
        let meeting = Meeting { id, column, class, stores: stored_in.is_some() };
        let side = self.side(place, site, &meeting)?;
        let given = site.given.as_ref().map(|given| match (given.array, extent) {
            (true, Extent::Value | Extent::Element) => LogicalType::TextArray,
            (true, Extent::Array) | (false, _) => given.to.clone(),
        });
        let mut casts = site.casts.clone();
        if let (true, LogicalType::Bpchar(_), Some(Cast { to: LogicalType::Text, array: false })) = (
            site.as_column && purpose != Purpose::Spelt,
            &column.logical,
            casts.last().or(site.given.as_ref()),
        ) {
            casts.push(Cast { to: ANY_BPCHAR, array: false });
        }
        let computed = site.computed.clone();
        let seal = Seal { column: id, extent, given, casts, computed, purpose, side };
        self.check_type(site, column, id, &seal)?;
        Ok(Some((seal, stored_of(column, extent))))
    }

    /// Is it shown beside values of the column as it came, and not as the column's type would have it?
    fn keeps_its_form(&self, site: &Site, class: Class, column: &ProtectedColumn) -> bool {
        let settled = column.phase == Phase::Encrypted && column.redeclared.is_none();
        // What char(n) becomes beside text, and blanks of char(n) itself, are another matter.
        let plain = !matches!(column.logical, LogicalType::Bpchar(_))
            || match site.casts.last() {
                Some(last) => casts::is_text(last),
                None => site.given.as_ref().is_none_or(|own| is_any_bpchar(own) || casts::is_text(own)),
            };
        settled && plain && column.logical.beside().is_some() && self.roles.is_only_shown(class)
    }

    /// REFUSES: a constant whose own type does not become the column's; never a guess.
    fn check_type(&self, site: &Site, column: &ProtectedColumn, id: ColumnId, seal: &Seal) -> Checked<()> {
        let Some(last) = site.casts.last().or(site.given.as_ref()) else { return Ok(()) };
        let steps: Vec<&Cast> = site.given.iter().chain(&site.casts).collect();
        // REFUSES: text of an array that a cast before cuts or changes as a whole, where its elements are sealed one by
        // one.
        let is_text = |cast: &Cast| matches!(cast.to, LogicalType::Text | LogicalType::Varchar(None));
        let cuts = |pair: &[&Cast]| matches!(pair, [from, to] if !from.array && to.array && !is_text(from));
        if steps.windows(2).any(cuts) {
            return Err(Objection::on(casts::refused(), site.span, id));
        }
        let storing = seal.purpose == Purpose::Store;
        let (own, is_array) = match (&column.logical, seal.extent) {
            (LogicalType::TextArray, extent) => (&LogicalType::Text, extent != Extent::Element),
            (_, extent) if seal.purpose == Purpose::Spelt => (&LogicalType::Text, extent == Extent::Array),
            (own, extent) => (own, extent == Extent::Array),
        };
        let fits = last.array == is_array && casts::fits(&last.to, own, storing);
        let cause = match seal.purpose {
            _ if casts::drops_blanks(&last.to, own) => casts::refused(),
            Purpose::Store | Purpose::Show | Purpose::Beside => Cause::TypeMismatch,
            Purpose::Match | Purpose::Spelt => Cause::NoOperator,
        };
        if fits { Ok(()) } else { Err(Objection::on(cause, site.span, id)) }
    }

    /// As what the client sees a sealed parameter. varchar has no operators of its own, so that
    /// PostgreSQL takes a parameter that is compared with one as text.
    pub fn shown(&self, seal: &Seal, site: &Site) -> Option<ShownType> {
        let own = || {
            let logical = logical_of(self.known.policy.column(seal.column)?, seal.extent);
            Some(match (logical, seal.purpose) {
                (LogicalType::Varchar(_), Purpose::Match) if !site.as_column => LogicalType::Text,
                (other, _) => other.clone(),
            })
        };
        let logical = match (&seal.given, seal.casts.first()) {
            (Some(given), _) => given.clone(),
            (None, Some(cast)) if cast.array && seal.extent == Extent::Value => LogicalType::TextArray,
            (None, Some(Cast { to, .. })) => to.clone(),
            (None, None) => own()?,
        };
        Some(ShownType { logical, array: seal.extent == Extent::Array })
    }
}

/// char(n) of no length, which keeps the blanks that it came with.
fn is_any_bpchar(given: &Cast) -> bool {
    given.to == ANY_BPCHAR && !given.array
}
