//! The operator's own connection to the server, for the catalog and for the jobs.
//!
//! Knows connection strings and plain SQL. What it reads is a witness, never a basis of sealing.
//! It carries no plaintext of a protected column except in the jobs that seal or open.

use std::net::IpAddr;

use tokio::sync::OnceCell;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, Socket, Statement};

use crate::catalog::fetch::{self, FetchError, Live, Part, Reader};
use crate::types::Oid;

/// How often the catalog is read while others drop what is in it.
const READINGS: usize = 3;

/// An open connection.
pub struct Admin {
    client: Client,
    /// [`fetch::FINGERPRINT`], prepared when it is first asked.
    fingerprint: OnceCell<Statement>,
}

/// What goes wrong on the operator's connection.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The reference or the string in it. The string itself holds a password and is not shown.
    #[error("the connection string of [admin] url cannot be read: {0}")]
    BadUrl(String),
    /// No server, or it refused us.
    #[error("cannot connect with [admin] url: {0}")]
    Connect(String),
    /// A statement of ours failed.
    #[error("the server refused a statement of pgveil: {0}")]
    Statement(#[from] StatementError),
    /// Its catalog makes no sense.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

/// The server's word on a statement of ours: SQLSTATE and message, no detail (it may hold a row).
#[derive(Debug, thiserror::Error)]
#[error("{sqlstate}: {message}")]
pub struct StatementError {
    /// Five characters, empty if the connection was lost.
    pub sqlstate: String,
    /// The primary message.
    pub message: String,
}

impl From<tokio_postgres::Error> for StatementError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => {
                StatementError { sqlstate: db.code().code().to_owned(), message: db.message().to_owned() }
            }
            None => StatementError { sqlstate: String::new(), message: error.to_string() },
        }
    }
}

/// How many hosts a connection string names; at least one.
///
/// # Errors
/// A string that cannot be read.
pub fn hosts_of(url: &str) -> Result<usize, AdminError> {
    let config = parsed(url)?;
    Ok(config.get_hosts().len().max(config.get_hostaddrs().len()).max(1))
}

fn parsed(url: &str) -> Result<Config, AdminError> {
    url.trim().parse().map_err(|_| AdminError::BadUrl("not a connection string".into()))
}

impl Admin {
    /// Connects. `url` is a libpq connection string in either form. Every host beyond loopback and
    /// unix sockets is spoken to under `tls`, whatever its `sslmode`; these only with
    /// `sslmode=require`.
    ///
    /// # Errors
    /// A string that cannot be read, a server that cannot be reached or refuses.
    pub async fn connect<T>(url: &str, tls: Option<T>) -> Result<Self, AdminError>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let mut config = parsed(url)?;
        config.application_name("pgveil");
        let stays_here =
            config.get_hosts().iter().all(is_local) && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
        if config.get_ssl_mode() != SslMode::Require && stays_here {
            config.ssl_mode(SslMode::Disable);
            return Self::over(&config, NoTls).await;
        }
        // REFUSES: a password, and everything else, on a network without TLS.
        let tls = tls.ok_or_else(|| {
            AdminError::BadUrl(
                "[upstream] sslmode = \"disable\" admits only loopback and unix sockets without TLS".into(),
            )
        })?;
        config.ssl_mode(SslMode::Require);
        Self::over(&config, tls).await
    }

    async fn over<T>(config: &Config, tls: T) -> Result<Self, AdminError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, connection) =
            config.connect(tls).await.map_err(|error| AdminError::Connect(reason(&error)))?;
        tokio::spawn(async move {
            // The client's next statement reports a lost connection.
            let _lost = connection.await;
        });
        // What the role or the database has set must not change how our own constants are read.
        let settled = client.batch_execute("SET standard_conforming_strings = on").await;
        settled.map_err(|error| AdminError::Connect(reason(&error)))?;
        Ok(Admin { client, fingerprint: OnceCell::new() })
    }

    /// For the jobs, which prepare statements and copy.
    pub(in crate::jobs) fn client(&self) -> &Client {
        &self.client
    }

    /// Runs statements without a result.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn run(&self, sql: &str) -> Result<(), StatementError> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// The first column of each row, as text; NULL is left out.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn texts(&self, sql: &str) -> Result<Vec<String>, StatementError> {
        let mut texts = Vec::new();
        for message in self.client.simple_query(sql).await? {
            if let SimpleQueryMessage::Row(row) = message {
                texts.extend(row.get(0).map(str::to_owned));
            }
        }
        Ok(texts)
    }

    /// What [`fetch::FINGERPRINT`] gives, with the columns of these relations. Planned once.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn fingerprint(&self, relations: &[Oid]) -> Result<String, StatementError> {
        let prepare = || self.client.prepare_typed(fetch::FINGERPRINT, &[Type::OID_ARRAY]);
        let statement = self.fingerprint.get_or_try_init(prepare).await?;
        Ok(self.client.query_one(statement, &[&relations]).await?.try_get(0)?)
    }

    /// The whole shape of the database in one snapshot.
    ///
    /// # Errors
    /// The server's refusal, or an answer that makes no sense.
    pub async fn live(&self) -> Result<Live, AdminError> {
        self.live_of(None).await
    }

    /// The same, of all relations but these (`schema.name`) without defaults, checks, indexes and row policies:
    /// what the server writes out under a lock, which a migration of any table may hold for long.
    ///
    /// # Errors
    /// The server's refusal, or an answer that makes no sense.
    pub async fn live_in_detail(&self, relations: &[String]) -> Result<Live, AdminError> {
        self.live_of(Some(relations)).await
    }

    async fn live_of(&self, relations: Option<&[String]>) -> Result<Live, AdminError> {
        for _ in 1..READINGS {
            match self.read_live(relations).await {
                // What was dropped while it was read reads as NULL, and is gone the next time.
                Err(AdminError::Fetch(_)) => self.run("ROLLBACK").await?,
                read => return read,
            }
        }
        self.read_live(relations).await
    }

    async fn read_live(&self, relations: Option<&[String]>) -> Result<Live, AdminError> {
        self.run(fetch::BEGIN).await?;
        let mut reader = Reader::default();
        for part in Part::ALL {
            let params: &[(&(dyn ToSql + Sync), Type)] =
                if part.takes_relations() { &[(&relations, Type::TEXT_ARRAY)] } else { &[] };
            for row in self.client.query_typed(part.sql(), params).await.map_err(StatementError::from)? {
                reader.row(part, row.try_get(0).map_err(StatementError::from)?)?;
            }
        }
        self.run(fetch::END).await?;
        Ok(reader.finish()?)
    }
}

/// The driver's own message says little; what the server said stands in its source.
fn reason(error: &tokio_postgres::Error) -> String {
    use std::error::Error;
    match error.as_db_error() {
        Some(db) => format!("{}: {}", db.code().code(), db.message()),
        None => error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}")),
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}
