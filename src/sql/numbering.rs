//! Parameters of the client and those that the server gets: what is treated in two ways goes up twice.

use std::collections::HashMap;

use crate::sql::analysis::Analysis;
use crate::sql::ast::Span;
use crate::sql::constants::{Constant, Site};
use crate::sql::lexer::{Token, TokenKind};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::roles::{Class, Kind};
use crate::sql::verdict::{ServerParam, ShownType, Treat};

/// The protocol carries the number of parameters in 16 bits (manual, 55.7 Message Formats, Bind).
const MAX_PARAMETERS: usize = 65_535;

/// Parameters of the client to parameters of the server: the first use keeps its number, another
/// treatment of the same parameter gets a new one at the end.
pub(in crate::sql) struct Numbering {
    own: Vec<Option<Treat>>,
    more: Vec<ServerParam>,
    shown: Vec<Option<ShownType>>,
}

impl Numbering {
    pub fn new(declared: usize) -> Self {
        Numbering { own: vec![None; declared], more: Vec::new(), shown: vec![None; declared] }
    }

    pub fn place(&mut self, number: u32, treat: Treat) -> Checked<u32> {
        let too_many = || Objection::whole(Cause::TooManyParameters);
        let client = number.checked_sub(1).and_then(|n| u16::try_from(n).ok()).ok_or_else(too_many)?;
        match self.own.get_mut(client as usize) {
            Some(Some(same)) if *same == treat => return Ok(number),
            Some(free @ None) => {
                *free = Some(treat);
                return Ok(number);
            }
            Some(Some(_)) | None => {}
        }
        let new = ServerParam { client, treat };
        let at = match self.more.iter().position(|p| *p == new) {
            Some(at) => at,
            None => {
                self.more.push(new);
                self.more.len() - 1
            }
        };
        let server = self.own.len() + at + 1;
        if server > MAX_PARAMETERS { Err(too_many()) } else { Ok(server as u32) }
    }

    pub fn show(&mut self, number: u32, shown: Option<ShownType>) {
        if let Some(slot @ None) = self.shown.get_mut(number.saturating_sub(1) as usize) {
            *slot = shown;
        }
    }

    /// Those that have no place yet, from 1.
    pub fn unplaced(&self) -> Vec<u32> {
        (1..).zip(&self.own).filter(|(_, treat)| treat.is_none()).map(|(number, _)| number).collect()
    }

    pub fn finish(self) -> (Vec<ServerParam>, Vec<Option<ShownType>>) {
        let own = |treat: &Option<Treat>| matches!(treat, Some(Treat::Seal(..) | Treat::Null));
        if self.more.is_empty() && !self.own.iter().any(own) {
            return (Vec::new(), Vec::new());
        }
        let own = (0u16..).zip(self.own);
        let own = own.map(|(client, treat)| ServerParam { client, treat: treat.unwrap_or(Treat::Keep) });
        (own.chain(self.more).collect(), self.shown)
    }
}

impl Analysis<'_> {
    /// How many parameters there are: those declared, and those that the text uses.
    pub fn parameters(&self) -> usize {
        let used = self.sites.iter().map(|site| match site.constant {
            Constant::Param { number, .. } => number as usize,
            Constant::Literal(_) | Constant::Bits => 0,
        });
        used.max().unwrap_or(0).max(self.declared.len())
    }

    /// A place of a parameter that says nothing of it (`$1 IS NULL`, a select list) takes the role
    /// of the same parameter where it meets a protected column: `$1 IS NULL OR email = $1` needs no
    /// plaintext. A place that says that it is plain (`note = $1`) stays so.
    pub fn unite_parameters(&mut self) -> Checked<()> {
        let of = |site: &Site| match site.constant {
            Constant::Param { number, .. } => Some((number, site.class, site.span)),
            Constant::Literal(_) | Constant::Bits => None,
        };
        let places: Vec<_> = self.sites.iter().filter_map(of).collect();
        let mut together: HashMap<u32, Vec<(Class, Span)>> = HashMap::new();
        for &(number, class, span) in &places {
            together.entry(number).or_default().push((class, span));
        }
        for (number, class, _) in places {
            if self.roles.protected_in(class).is_none() {
                continue;
            }
            for (other, span) in together.remove(&number).unwrap_or_default() {
                if matches!(self.roles.kind(other), Kind::Open) {
                    self.roles.adopt(class, other, span)?;
                }
            }
        }
        Ok(())
    }

    /// A parameter that stands in several places is not text because nothing around one of them says
    /// another type: PostgreSQL may have found its type elsewhere.
    pub fn assume_less(&mut self) {
        let number = |site: &Site| match site.constant {
            Constant::Param { number, .. } => Some(number),
            Constant::Literal(_) | Constant::Bits => None,
        };
        if !self.sites.iter().any(|site| site.assumed && number(site).is_some()) {
            return;
        }
        let mut places: HashMap<u32, u32> = HashMap::new();
        for number in self.sites.iter().filter_map(number) {
            *places.entry(number).or_default() += 1;
        }
        let repeated = |site: &&Site| {
            let count = number(site).and_then(|number| places.get(&number));
            site.assumed && count.is_some_and(|count| *count > 1)
        };
        let classes: Vec<Class> = self.sites.iter().filter(repeated).map(|site| site.class).collect();
        for site in self.sites.iter_mut().filter(|site| site.assumed) {
            if classes.iter().any(|class| self.roles.are_one(*class, site.class)) {
                site.given = None;
            }
        }
    }

    /// Does `$number` stand anywhere in the text?
    pub fn is_written(&self, number: u32) -> bool {
        let written = |token: &Token| {
            let digits = token.bytes(self.text).get(1..)?;
            std::str::from_utf8(digits).ok()?.parse().ok()
        };
        let mut params = self.tokens.as_slice().iter().filter(|token| token.kind == TokenKind::Param);
        params.any(|token| written(token) == Some(number))
    }
}
