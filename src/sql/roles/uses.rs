//! What becomes of the values of a class: who looks at them, and whether they are told apart.

use super::{Class, EqualTo, Kind, Roles};

impl Roles<'_> {
    /// Does it become a value of a column, and is not only compared with one?
    pub fn flows(&self, class: Class) -> bool {
        let root = self.root(class);
        self.nodes.get(root as usize).is_some_and(|n| n.flows)
    }

    /// Its values are shown to the client, or to a function that the operator has declared.
    pub fn show(&mut self, class: Class) {
        match self.kind(class) {
            Kind::Array(element) => self.show(element),
            Kind::Row(fields) => fields.into_iter().for_each(|field| self.show(field)),
            Kind::Document(made) => made.parts().for_each(|part| {
                self.show(part.class);
                self.hold(part.class);
            }),
            Kind::Plain(..) => {}
            Kind::Open | Kind::Protected(_) | Kind::Element(_) => {
                let root = self.root(class);
                if let Some(node) = self.nodes.get_mut(root as usize) {
                    node.flows = true;
                }
            }
        }
    }

    /// Its values go where more than the client looks at them.
    pub fn hold(&mut self, class: Class) {
        match self.kind(class) {
            Kind::Array(element) => self.hold(element),
            Kind::Row(fields) => fields.into_iter().for_each(|field| self.hold(field)),
            Kind::Document(made) => made.parts().for_each(|part| self.hold(part.class)),
            Kind::Plain(..) | Kind::Open | Kind::Protected(_) | Kind::Element(_) => {
                let root = self.root(class);
                if let Some(node) = self.nodes.get_mut(root as usize) {
                    node.held = true;
                }
            }
        }
    }

    /// Are its values for the client alone, neither compared nor kept?
    pub fn is_only_shown(&self, class: Class) -> bool {
        let root = self.root(class);
        self.nodes.get(root as usize).is_some_and(|n| n.flows && !n.held && n.equality.is_none())
    }

    /// Values of it are compared with other values, so that a constant among them is not matched in
    /// two forms.
    pub fn is_told_apart(&self, class: Class) -> bool {
        let root = self.root(class);
        let equality = self.nodes.get(root as usize).and_then(|n| n.equality.as_ref());
        equality.is_some_and(|equality| equality.with == EqualTo::Values)
    }
}
