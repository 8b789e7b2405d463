//! The operator's own connection to the server, for the catalog and for the jobs.
//!
//! Knows connection strings and plain SQL. What it reads is a witness, never a basis of sealing.
//! It carries no plaintext of a protected column except in the jobs that seal or open.

use std::net::IpAddr;

use tokio_postgres::config::Host;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::catalog::fetch::{self, FetchError, Live, Part, Reader};

/// An open connection.
pub struct Admin {
    client: Client,
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

impl Admin {
    /// Connects. `url` is a libpq connection string in either form.
    ///
    /// # Errors
    /// A string that cannot be read, a server that cannot be reached or refuses.
    pub async fn connect(url: &str) -> Result<Self, AdminError> {
        let config: tokio_postgres::Config =
            url.trim().parse().map_err(|_| AdminError::BadUrl("not a connection string".into()))?;
        // REFUSES: a password, and everything else, on a network without TLS.
        if !config.get_hosts().iter().all(is_local) {
            return Err(AdminError::BadUrl("only loopback and unix sockets are admitted without TLS".into()));
        }
        let (client, connection) =
            config.connect(NoTls).await.map_err(|error| AdminError::Connect(error.to_string()))?;
        tokio::spawn(async move {
            // The client's next statement reports a lost connection.
            let _lost = connection.await;
        });
        Ok(Admin { client })
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

    /// The whole shape of the database in one snapshot.
    ///
    /// # Errors
    /// The server's refusal, or an answer that makes no sense.
    pub async fn live(&self) -> Result<Live, AdminError> {
        self.run(fetch::BEGIN).await?;
        let mut reader = Reader::default();
        for part in Part::ALL {
            for json in self.texts(part.sql()).await? {
                reader.row(part, &json)?;
            }
        }
        self.run(fetch::END).await?;
        Ok(reader.finish()?)
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
