//! How much a composed class holds: all that walks over one ends, since none holds itself or too much.
//!
//! A class grows after it has been made: what is open in it may become a row that holds it. Each class
//! knows its measure; all are measured anew when a part of another one grows.

use super::{Class, Kind, Roles};
use crate::sql::ast::Span;
use crate::sql::documents::Made;
use crate::sql::refusal::{Cause, Checked, Objection};

/// Classes within one, each counted as often as it stands there.
const MAX_SIZE: u32 = 4_000;
const MAX_HEIGHT: u32 = 100;
/// Parts that grow, for one statement: each costs a look at all classes.
const MAX_MEASURED: u32 = 200;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measure {
    size: u32,
    height: u32,
}

impl Roles<'_> {
    /// # Errors
    /// 54001: it would hold too much, or too deep; so for the other two.
    pub fn array(&mut self, element: Class, span: Span) -> Checked<Class> {
        self.composed(Kind::Array(element), span)
    }

    pub fn row(&mut self, fields: Vec<Class>, span: Span) -> Checked<Class> {
        self.composed(Kind::Row(fields), span)
    }

    pub fn document(&mut self, made: Made, span: Span) -> Checked<Class> {
        self.composed(Kind::Document(made.into()), span)
    }

    fn composed(&mut self, kind: Kind, span: Span) -> Checked<Class> {
        let measure = self.put_inside(&kind, span)?;
        let class = self.make(kind);
        if let Some(node) = self.nodes.get_mut(class.0 as usize) {
            node.measure = measure;
        }
        Ok(class)
    }

    /// Notes that the parts of this are parts; how much it holds.
    fn put_inside(&mut self, kind: &Kind, span: Span) -> Checked<Measure> {
        let mut all = Measure::default();
        for part in parts(kind) {
            let root = self.root(part);
            if let Some(node) = self.nodes.get_mut(root as usize) {
                node.inside = true;
                all.add(node.measure);
            }
        }
        all.bounded(span)
    }

    /// Would others hold more if the two became one?
    pub(super) fn would_grow(&self, a: Class, b: Class) -> bool {
        let node = |class| self.nodes.get(self.root(class) as usize);
        match (node(a), node(b)) {
            (Some(a), Some(b)) => (a.inside || b.inside) && a.measure != b.measure,
            _ => false,
        }
    }

    /// What a class is known to be from now on.
    pub(super) fn becomes(&mut self, class: Class, kind: Kind, grows: bool, span: Span) -> Checked<()> {
        if !matches!(kind, Kind::Array(_) | Kind::Row(_) | Kind::Document(_)) {
            return self.set(class, kind);
        }
        let measure = self.put_inside(&kind, span)?;
        let root = self.root(class);
        let Some(node) = self.nodes.get_mut(root as usize) else { return Ok(()) };
        node.measure = measure;
        node.kind = kind;
        // ORDER: before anything walks over it.
        if grows && node.inside {
            self.measure_all(span)?;
        }
        self.ask_again(class)
    }

    fn measure_all(&mut self, span: Span) -> Checked<()> {
        self.measured += 1;
        if self.measured > MAX_MEASURED {
            return Err(Objection::at(Cause::TooDeep, span));
        }
        let mut known = vec![None; self.nodes.len()];
        for id in 0..self.nodes.len() as u32 {
            self.measure(Class(id), 0, &mut known, span)?;
        }
        for (node, measure) in self.nodes.iter_mut().zip(known) {
            node.measure = measure.unwrap_or(node.measure);
        }
        Ok(())
    }

    fn measure(
        &self,
        class: Class,
        above: u32,
        known: &mut [Option<Measure>],
        span: Span,
    ) -> Checked<Measure> {
        let root = self.root(class);
        if let Some(Some(measure)) = known.get(root as usize) {
            return Ok(*measure);
        }
        // What holds itself comes here, too.
        if above > MAX_HEIGHT {
            return Err(Objection::at(Cause::TooDeep, span));
        }
        let mut all = Measure::default();
        if let Some(node) = self.nodes.get(root as usize) {
            for part in parts(&node.kind) {
                all.add(self.measure(part, above + 1, known, span)?);
            }
        }
        let all = all.bounded(span)?;
        if let Some(place) = known.get_mut(root as usize) {
            *place = Some(all);
        }
        Ok(all)
    }
}

impl Measure {
    /// One more part, of this measure.
    fn add(&mut self, part: Measure) {
        self.size = self.size.saturating_add(part.size).saturating_add(1);
        self.height = self.height.max(part.height + 1);
    }

    fn bounded(self, span: Span) -> Checked<Measure> {
        match self.size > MAX_SIZE || self.height > MAX_HEIGHT {
            true => Err(Objection::at(Cause::TooDeep, span)),
            false => Ok(self),
        }
    }
}

fn parts(kind: &Kind) -> Vec<Class> {
    match kind {
        Kind::Array(element) => vec![*element],
        Kind::Row(fields) => fields.clone(),
        Kind::Document(made) => made.parts().map(|part| part.class).collect(),
        Kind::Open | Kind::Plain(..) | Kind::Protected(_) | Kind::Element(_) => Vec::new(),
    }
}
