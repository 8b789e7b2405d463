//! What these tests share: a database with a protected domain, and what the operator holds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pgveil::catalog::pin::Pin;
use pgveil::cli::prompt::Operator;
use pgveil::crypto::domains::Form;
use pgveil::crypto::nonces::fill_random;
use pgveil::crypto::unlock::{KdfCost, Unlock, UnlockReference};
use pgveil::crypto::{KeyId, Keyring, KeyringFile, Padding};
use pgveil::jobs::admin::Admin;
use pgveil::jobs::domain::{self, DomainError, Event, Order, Outcome, Site, Stage, census, shape::Shape};
use pgveil::jobs::instances::Instances;
use pgveil::jobs::instances::table::Table;
use pgveil::names::QualifiedName;
use pgveil::policy::join::{Joined, join, take};
use pgveil::policy::load;
use pgveil::protect::{Desk, Format, Opening, Protector, TextSettings};
use pgveil::server::tls::OperatorTls;
use pgveil::sql::view_lineage;
use pgveil::types::Extent;

use crate::support::{Client, Database, database};

/// A server's database, a keyring, and the tables of one domain.
pub struct Place {
    /// Connection string of the operator.
    pub url: String,
    /// The policy, with `PHASE` where the phase stands.
    pub policy: String,
    /// Holds the keyring and its root key.
    pub directory: PathBuf,
    pub domain: String,
}

pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

pub async fn connect(url: &str) -> Admin {
    Admin::connect(url, None::<OperatorTls>).await.expect("a connection")
}

/// One `[[column]]` for each of `schema.table.column`.
pub fn policy(columns: &[&str], more: &str) -> String {
    let tag = |name: &&str| {
        format!(
            "[[column]]\nname = '{name}'\nmode = 'deterministic'\ndomain = 'd'\nphase = 'PHASE'\n{more}\n"
        )
    };
    columns.iter().map(tag).collect()
}

impl Place {
    /// With a new keyring in `directory` in which domain `d` is stored plain.
    pub fn new(url: &str, policy: String, directory: &Path) -> Place {
        let place = Place { url: url.into(), policy, directory: directory.to_owned(), domain: "d".into() };
        let keyring = Keyring::new(1_700_000_000, &mut fill_random).expect("a keyring");
        let padding = if place.policy.contains("type =") { Padding::Unpadded } else { Padding::Auto };
        let keyring = keyring.with_plain_domain("d", padding).expect("recorded").expect("new");
        let unlock = place.unlock();
        KeyringFile::create(&place.keyring(), keyring, &unlock, KdfCost::DEFAULT, &mut fill_random)
            .expect("a file");
        place
    }

    fn keyring(&self) -> PathBuf {
        self.directory.join("keyring.pgveil")
    }

    fn unlock(&self) -> Unlock {
        let reference = UnlockReference::parse("file:root.key", &self.directory).expect("a reference");
        reference.fetch_or_make(&mut Operator { new: false }, &mut fill_random).expect("the root key")
    }

    pub fn open(&self) -> KeyringFile {
        KeyringFile::open(&self.keyring(), &self.unlock()).expect("the keyring")
    }

    /// A new key, active.
    pub fn new_key(&self) -> KeyId {
        let mut file = self.open();
        file.change(|keyring| keyring.with_new_key(1_700_000_001, &mut fill_random)).expect("a key");
        let id = file.keyring().keys().last().expect("a key").id;
        file.change(|keyring| keyring.with_promoted(id)).expect("promoted");
        id
    }

    pub fn active(&self) -> KeyId {
        self.open().keyring().active().expect("an active key")
    }

    /// The policy's phase while the domain goes to `to`.
    pub fn phase(&self, to: Form) -> &'static str {
        match (self.open().keyring().domain(&self.domain).expect("recorded").writes, to) {
            (_, Form::Plain) => "decrypting",
            (Form::Plain, Form::Sealed(_)) => "encrypting",
            (Form::Sealed(_), Form::Sealed(_)) => "encrypted",
        }
    }

    pub async fn joined(&self, admin: &Admin, phase: &str) -> Joined {
        let tags = load::tags("pgveil.toml", &self.policy.replace("PHASE", phase)).expect("a policy");
        let live = admin.live().await.expect("a catalog");
        let pin = take(&tags, &Pin::empty(), &live, &view_lineage);
        join(&tags, &pin, &live, &view_lineage)
    }

    /// Moves the domain in the phase that fits, without any instance to wait for.
    pub fn to(&self, to: Form, tell: &mut dyn FnMut(Event<'_>)) -> Result<Outcome, DomainError> {
        self.carry_out(Order { to, max_lock: None }, self.phase(to), tell)
    }

    /// In a phase of the caller's choice: an encrypting that has moved is still an encrypting.
    pub fn carry_out(
        &self,
        order: Order,
        phase: &str,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<Outcome, DomainError> {
        run(async {
            let admin = connect(&self.url).await;
            let joined = self.joined(&admin, phase).await;
            let mut keys = self.open();
            let mut instances = nobody();
            let mut site = Site {
                admin: &admin,
                keys: &mut keys,
                instances: &mut instances,
                policy: &joined.policy,
                catalog: &joined.catalog,
            };
            domain::carry_out(&mut site, &self.domain, order, tell).await
        })
    }

    /// Every value of the domain opened, as `table.column` → values in the order of `id`.
    pub fn opened(&self) -> BTreeMap<String, Vec<Option<String>>> {
        let plain = self.open().keyring().domain(&self.domain).expect("recorded").writes == Form::Plain;
        self.opened_in(if plain { "decrypting" } else { "encrypted" })
    }

    /// The same in a phase of the caller's choice: both forms open in a transitional one.
    pub fn opened_in(&self, phase: &str) -> BTreeMap<String, Vec<Option<String>>> {
        run(async {
            let admin = connect(&self.url).await;
            let file = self.open();
            let joined = self.joined(&admin, phase).await;
            let protector = Protector::new(&joined.policy, file.keyring());
            let mut desk = Desk::from_os(TextSettings::default()).expect("randomness");
            let mut all = BTreeMap::new();
            for (id, tag) in joined.policy.ids() {
                let (column, table) = (&tag.column, &tag.relation);
                let cells = format!("SELECT coalesce(\"{column}\"::text, '∅') FROM {table} ORDER BY id");
                let mut values = Vec::new();
                for cell in admin.texts(&cells).await.expect("rows") {
                    let how = Opening { column: id, extent: Extent::Value, casts: &[], beside: false };
                    let mut out = Vec::new();
                    values.push((cell != "∅").then(|| {
                        protector
                            .open(&how, Format::Text, cell.as_bytes(), &mut desk, &mut out)
                            .expect("opens");
                        String::from_utf8(out).expect("text")
                    }));
                }
                all.insert(format!("{table}.{column}"), values);
            }
            all
        })
    }

    /// Every stored value is in the form that the keyring says, and nothing of the move is left.
    pub fn settled(&self) -> Form {
        let file = self.open();
        let recorded = file.keyring().domain(&self.domain).expect("recorded");
        assert_eq!(recorded.window, None, "the window is closed");
        let header = match recorded.writes {
            Form::Plain => "plain".to_owned(),
            Form::Sealed(key) => {
                pgveil::crypto::armour::census_prefix(pgveil::crypto::Suite::Deterministic, key)
            }
        };
        run(async {
            let admin = connect(&self.url).await;
            let joined = self.joined(&admin, "encrypting").await;
            let shape = Shape::of(&self.domain, &joined.policy, &joined.catalog).expect("a shape");
            for counted in census(&admin, &shape).await.expect("a census") {
                assert_eq!(counted.1, header, "{counted:?}");
            }
            let left = "SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'pgveil%'";
            assert_eq!(admin.texts(left).await.expect("triggers"), Vec::<String>::new());
        });
        recorded.writes
    }
}

/// No instance has to acknowledge.
pub fn nobody() -> Instances {
    let table = Table::new(QualifiedName::new("public", "pgveil_instances"));
    Instances::new(table, &[], &[], false, Duration::from_secs(10)).expect("no instances")
}

/// Hears nothing.
pub fn quiet(_: Event<'_>) {}

/// What is passed, in order.
pub fn stages(seen: &mut Vec<Stage>) -> impl FnMut(Event<'_>) + '_ {
    |event| {
        if let Event::Passed(stage) = event {
            seen.push(stage);
        }
    }
}

/// Fifty people with a UNIQUE e-mail address, tagged; a superuser, the operator's files, and the place.
pub fn people(label: &str) -> (Database, Client, tempfile::TempDir, Place) {
    let database = database(label);
    let mut host = database.host();
    host.run(
        "SET ROLE app; CREATE TABLE people (id int PRIMARY KEY, email text UNIQUE);
         INSERT INTO people SELECT i, 'p' || i FROM generate_series(1, 50) i",
    );
    let directory = tempfile::tempdir().expect("a directory");
    let place = Place::new(&database.url(), policy(&["public.people.email"], ""), directory.path());
    (database, host, directory, place)
}
