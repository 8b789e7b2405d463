//! Two databases of one schema: one in plaintext, asked directly, and one with protected columns
//! behind pgveil.

use super::kinds::Kinds;
use crate::protected::place::setup;
use crate::recorded;
use crate::support::{self, Client, Database, Proxy};

/// The pair, with a client of each.
pub struct Twins {
    plain: Database,
    protected: Database,
    proxy: Proxy,
    pub kinds: Kinds,
    pub direct: Client,
    pub through: Client,
}

impl Twins {
    /// `tables` is run by the owner on both, `policy` protects one, `rows` are then written to both
    /// through the respective client.
    pub fn new(label: &str, tables: &str, policy: &str, rows: &[String]) -> Twins {
        let plain = support::database(&format!("{label}_plain"));
        let protected = support::database(&format!("{label}_sealed"));
        plain.direct().run(tables);
        protected.direct().run(tables);
        let proxy = Proxy::start(&setup(&protected.server.address(), &protected.url(), policy));
        let kinds = Kinds::new(plain.direct());
        let (direct, through) = (plain.direct(), proxy.client(&protected.login()));
        let mut twins = Twins { plain, protected, proxy, kinds, direct, through };
        for row in rows {
            twins.direct.run(row);
            twins.through.run(row);
        }
        twins
    }

    /// The protected one is as the files of the cases say.
    pub fn is_recorded(&self, policy: &str) {
        recorded::check("twin", &self.protected, &self.proxy, policy);
    }

    /// What pgveil logged.
    pub fn log(&self) -> String {
        self.proxy.log()
    }

    /// New connections, after something has ended one of them.
    pub fn reconnect(&mut self) {
        self.direct = self.plain.direct();
        self.through = self.proxy.client(&self.protected.login());
    }
}
