//! What the server says of types: their oids, and values in binary.

use std::cell::RefCell;
use std::collections::HashMap;

use super::statement::Hole;
use crate::support::Client;

/// Asked of the server itself, on a connection of its own, and remembered.
pub struct Kinds {
    server: RefCell<Client>,
    oids: RefCell<HashMap<String, u32>>,
    binary: RefCell<HashMap<(String, String), Option<Vec<u8>>>>,
}

impl Kinds {
    pub fn new(server: Client) -> Kinds {
        Kinds { server: RefCell::new(server), oids: RefCell::default(), binary: RefCell::default() }
    }

    /// The types of parameters.
    pub fn oids(&self, holes: &[Hole]) -> Vec<u32> {
        holes.iter().map(|hole| self.oid(&hole.ty)).collect()
    }

    fn oid(&self, ty: &str) -> u32 {
        if let Some(oid) = self.oids.borrow().get(ty) {
            return *oid;
        }
        let oid = self.server.borrow_mut().value(&format!("SELECT '{ty}'::regtype::oid"));
        let oid = oid.parse().expect("an oid");
        self.oids.borrow_mut().insert(ty.into(), oid);
        oid
    }

    /// Their values as the type's send function writes them. Text that is no value of the type is
    /// sent as it is, which the server finds malformed in its own way.
    pub fn binary(&self, holes: &[Hole]) -> Vec<Option<Vec<u8>>> {
        holes.iter().map(|hole| self.sent(&hole.ty, hole.value.as_deref()?)).collect()
    }

    fn sent(&self, ty: &str, value: &str) -> Option<Vec<u8>> {
        let key = (ty.to_owned(), value.to_owned());
        if let Some(known) = self.binary.borrow().get(&key) {
            return known.clone();
        }
        let mut server = self.server.borrow_mut();
        server.parse("", &format!("SELECT $1::{ty}"), &[]);
        server.bind("", "", &[0], &[Some(value.as_bytes())], &[1]);
        server.execute("", 0);
        server.sync();
        let messages = server.until_ready();
        let row = messages.iter().find(|message| message.tag == b'D');
        let sent = match row {
            Some(row) => row.cells().into_iter().next().flatten(),
            None => Some(value.as_bytes().to_vec()),
        };
        self.binary.borrow_mut().insert(key, sent.clone());
        sent
    }
}
