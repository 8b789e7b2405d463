//! `pgveil users`: who may connect. For each user a verifier of the password that clients give, and
//! a separate random secret for the server's side, so that neither side's password works on the other.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::upstream_store::UpstreamStore;
use super::{Common, Exit, Failure, Outcome, prompt};
use crate::config::reference::SecretRef;
use crate::config::resolved::AuthMode;
use crate::config::{self, Config};
use crate::jobs::admin::Admin;
use crate::names::{MAX_IDENTIFIER_BYTES, always_quoted};
use crate::secret::Secret;
use crate::server::auth::scram::{OUR_ITERATIONS, SALT_BYTES, Verifier, encode};
use crate::server::auth::scram_client::Pin;
use crate::server::auth::users::{Entry, StoreError, UsersFile};
use crate::server::auth::{NoRandomness, random};
use crate::server::tls::OperatorTls;

/// `pgveil users VERB`
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Let a role connect, and make its secret for the server's side.
    Add(Add),
    /// Show who may connect, and how.
    List,
    /// A role may connect no more.
    Remove(Remove),
}

#[derive(Args)]
struct Add {
    /// The role's name, the same on both sides.
    name: String,
    /// The password that clients give: file:PATH or env:NAME. Without it pgveil asks for it.
    #[arg(long, value_name = "WHERE", conflicts_with = "generate")]
    password: Option<String>,
    /// Make a random password and print it once.
    #[arg(long)]
    generate: bool,
    /// A client certificate with this common name is this user. May be given several times.
    #[arg(long, value_name = "COMMON-NAME")]
    certificate: Vec<String>,
    /// No password: only the certificate.
    #[arg(long, requires = "certificate", conflicts_with_all = ["password", "generate"])]
    certificate_only: bool,
    /// The password that the role already has on the server, in place of a new random one.
    #[arg(long, value_name = "WHERE")]
    upstream_password: Option<String>,
    /// Replace a user of that name.
    #[arg(long)]
    replace: bool,
    /// Set the secret on the server now, with [admin] url, in place of printing the statement.
    #[arg(long)]
    execute: bool,
}

#[derive(Args)]
struct Remove {
    /// The role's name.
    name: String,
}

/// Carries the verb out.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let config = config::load(&common.config)?;
    let path = config.auth.users.clone().ok_or_else(|| {
        let file = common.config.display();
        Failure::said(
            Exit::Usage,
            format!("{file}: [auth] users names no file; write users = \"users.toml\""),
        )
    })?;
    let users = UsersFile { path };
    match &arguments.verb {
        Verb::Add(add) => add.run(&config, &users, common),
        Verb::List => list(&config, &users, common),
        Verb::Remove(remove) => remove.run(&config, &users, common),
    }
}

impl Add {
    fn run(&self, config: &Config, users: &UsersFile, common: &Common) -> Outcome {
        self.check(users)?;
        let (verifier, generated) = self.verifier(config)?;
        // In `relay` the client's password is the server's.
        let secret = match config.auth.mode {
            AuthMode::Scram => Some(ServerSide::make(self.upstream_password.as_deref(), config)?),
            AuthMode::Relay => None,
        };
        let statement = secret.as_ref().and_then(|secret| secret.statement(&self.name));
        if !common.dry_run {
            // ORDER: the secret is kept before the server is told of it; the user comes last, when
            // both sides are ready.
            if let Some(secret) = &secret {
                UpstreamStore::open(config)?.set(&self.name, &secret.password, secret.pin.as_ref())?;
            }
            if let (true, Some(statement)) = (self.execute, &statement) {
                execute(config, statement)?;
            }
            let verifier = verifier.map(|verifier| verifier.to_string());
            let certificates = self.certificate.clone();
            users.set(Entry { name: self.name.clone(), verifier, certificates })?;
        }
        let printed = statement.filter(|_| !self.execute);
        self.tell(printed.as_deref(), generated.as_ref(), common);
        Ok(Exit::Done)
    }

    fn check(&self, users: &UsersFile) -> Result<(), Failure> {
        if self.name.is_empty() || self.name.len() > MAX_IDENTIFIER_BYTES || self.name.contains('\0') {
            return Err(Failure::said(Exit::Usage, "a role's name has 1 to 63 bytes"));
        }
        if !self.replace && users.entries()?.iter().any(|entry| entry.name == self.name) {
            let message = format!("user {:?} is there already; --replace it", self.name);
            return Err(Failure::said(Exit::Failed, message));
        }
        Ok(())
    }

    /// The verifier, and the password if it was made here.
    fn verifier(&self, config: &Config) -> Result<(Option<Verifier>, Option<Secret<String>>), Failure> {
        if self.certificate_only {
            return Ok((None, None));
        }
        let (password, generated) = match &self.password {
            Some(reference) => (read(reference, config)?, false),
            None if self.generate => (Secret::new(random_password()?), true),
            None => (ask()?, false),
        };
        if password.expose().is_empty() {
            return Err(Failure::said(Exit::Usage, "an empty password is no password"));
        }
        let verifier = Verifier::of(password.expose(), &random::<SALT_BYTES>()?, OUR_ITERATIONS);
        Ok((Some(verifier), generated.then_some(password)))
    }

    fn tell(&self, statement: Option<&str>, generated: Option<&Secret<String>>, common: &Common) {
        if common.json {
            let password = generated.map(|password| password.expose().as_str());
            println!("{:#}", json!({ "user": self.name, "statement": statement, "password": password }));
            return;
        }
        let done = if common.dry_run { "would be added" } else { "added" };
        eprintln!("user {:?} {done}", self.name);
        if let Some(password) = generated {
            eprintln!("its password, shown this once:");
            println!("{}", password.expose());
        }
        if let Some(statement) = statement {
            eprintln!("on the server, as a role that may change {:?}:", self.name);
            println!("{statement}");
        }
    }
}

impl Remove {
    fn run(&self, config: &Config, users: &UsersFile, common: &Common) -> Outcome {
        if !users.entries()?.iter().any(|entry| entry.name == self.name) {
            return Err(Failure::said(Exit::Failed, format!("there is no user {:?}", self.name)));
        }
        if !common.dry_run {
            users.remove(&self.name)?;
            if config.auth.mode == AuthMode::Scram {
                UpstreamStore::open(config)?.remove(&self.name)?;
            }
        }
        let done = if common.dry_run { "would be removed" } else { "removed" };
        eprintln!("user {:?} {done}; sessions that are open go on", self.name);
        Ok(Exit::Done)
    }
}

fn list(config: &Config, users: &UsersFile, common: &Common) -> Outcome {
    let secrets = match config.auth.mode {
        AuthMode::Scram => UpstreamStore::open(config)?.users()?,
        AuthMode::Relay => Vec::new(),
    };
    let entries = users.entries()?;
    let complete = |entry: &Entry| config.auth.mode == AuthMode::Relay || secrets.contains(&entry.name);
    if common.json {
        let facts = entries.iter().map(|entry| {
            json!({ "user": entry.name, "password": entry.verifier.is_some(),
                    "certificates": entry.certificates, "upstream_secret": secrets.contains(&entry.name) })
        });
        println!("{:#}", Value::Array(facts.collect()));
    } else {
        for entry in &entries {
            let password = if entry.verifier.is_some() { "password" } else { "no password" };
            let mut line = format!("{}  {password}", entry.name);
            for name in &entry.certificates {
                line += &format!("  certificate {name:?}");
            }
            if !complete(entry) {
                line += "  NO SECRET for the server's side";
            }
            println!("{line}");
        }
    }
    Ok(if entries.iter().all(complete) { Exit::Done } else { Exit::Findings })
}

/// What pgveil logs in with on the server.
struct ServerSide {
    password: Secret<String>,
    /// Known if the password is ours.
    pin: Option<Pin>,
}

impl ServerSide {
    fn make(existing: Option<&str>, config: &Config) -> Result<ServerSide, Failure> {
        if let Some(reference) = existing {
            return Ok(ServerSide { password: read(reference, config)?, pin: None });
        }
        let pin = Pin { salt: random::<SALT_BYTES>()?.to_vec(), iterations: OUR_ITERATIONS };
        Ok(ServerSide { password: Secret::new(random_password()?), pin: Some(pin) })
    }

    /// A ready-made verifier: the server never sees the password, and no superuser is needed.
    fn statement(&self, name: &str) -> Option<String> {
        let pin = self.pin.as_ref()?;
        let verifier = Verifier::of(self.password.expose(), &pin.salt, pin.iterations);
        Some(format!("ALTER ROLE {} PASSWORD '{verifier}';", always_quoted(name)))
    }
}

fn read(reference: &str, config: &Config) -> Result<Secret<String>, Failure> {
    let reference = SecretRef::parse(reference, config.source.directory());
    reference.and_then(|reference| reference.read()).map_err(|error| Failure::said(Exit::Usage, error))
}

fn ask() -> Result<Secret<String>, Failure> {
    let typed = prompt::new_passphrase()?;
    let text = std::str::from_utf8(typed.expose());
    let text = text.map_err(|_| Failure::said(Exit::Usage, "the password is not UTF-8"))?;
    Ok(Secret::new(text.to_owned()))
}

/// 256 bits.
fn random_password() -> Result<String, NoRandomness> {
    Ok(encode(&*zeroize::Zeroizing::new(random::<32>()?)))
}

fn execute(config: &Config, statement: &str) -> Result<(), Failure> {
    let url = config.admin.as_ref().ok_or_else(|| {
        Failure::said(Exit::Usage, "--execute needs [admin] url; without it, run the statement yourself")
    })?;
    let url = url.read().map_err(|error| Failure::said(Exit::Usage, error))?;
    let tls = OperatorTls::load(&config.upstream).map_err(|why| Failure::new(Exit::Usage, why))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let admin = Admin::connect(url.expose(), tls).await;
        let admin = admin.map_err(|error| Failure::new(Exit::CannotConnect, error))?;
        admin.run(statement).await.map_err(|error| Failure::new(Exit::Failed, error))
    })
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::new(Exit::Failed, error)
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Failure {
        Failure::new(Exit::Failed, error)
    }
}
