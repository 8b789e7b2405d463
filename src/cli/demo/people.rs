//! The two who look at the same database: the application through pgveil, the host past it.

use anyhow::Context;
use tokio_postgres::error::DbError;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use super::screen;

/// Somebody with a connection.
pub struct Viewer {
    who: &'static str,
    url: String,
    client: Client,
}

/// What came of a statement that was expected to fail.
pub enum Answer {
    /// It did not.
    Accepted,
    /// It did.
    Refused(Box<DbError>),
}

impl Viewer {
    /// Connects; a lost connection shows at the next statement.
    pub async fn connect(who: &'static str, url: &str) -> anyhow::Result<Viewer> {
        let (client, connection) =
            tokio_postgres::connect(url, NoTls).await.with_context(|| format!("the {who} connects"))?;
        tokio::spawn(connection);
        Ok(Viewer { who, url: url.to_owned(), client })
    }

    /// Runs statements in silence.
    pub async fn run(&self, sql: &str) -> anyhow::Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| self.words(error))
    }

    /// Rows as text.
    pub async fn rows(&self, sql: &str) -> anyhow::Result<Vec<Vec<String>>> {
        let messages = self.client.simple_query(sql).await.map_err(|error| self.words(error))?;
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows
            .map(|row| (0..row.len()).map(|i| row.get(i).unwrap_or("NULL").to_owned()).collect())
            .collect())
    }

    /// Shows the statement, then its rows.
    pub async fn shows(&self, sql: &str, heads: &[&str]) -> anyhow::Result<()> {
        screen::statement(self.who, sql);
        screen::table(heads, &self.rows(sql).await?);
        Ok(())
    }

    /// Shows a statement with one bound parameter (Parse, Bind, Execute), then its first row of text.
    pub async fn looks_up(&self, sql: &str, parameter: &str, heads: &[&str]) -> anyhow::Result<()> {
        screen::statement(self.who, &format!("{sql}   with $1 = '{parameter}'"));
        let rows = self.client.query(sql, &[&parameter]).await.map_err(|error| self.words(error))?;
        let text = |row: &tokio_postgres::Row| (0..row.len()).map(|i| row.get::<_, String>(i)).collect();
        screen::table(heads, &rows.iter().map(text).collect::<Vec<_>>());
        Ok(())
    }

    /// Shows a statement that should be refused, and the answer. On a connection of its own: a value
    /// that does not open ends the connection.
    pub async fn tries(&self, sql: &str) -> anyhow::Result<Answer> {
        screen::statement(self.who, sql);
        let own = Viewer::connect(self.who, &self.url).await?;
        match own.client.simple_query(sql).await {
            Ok(_) => {
                screen::line("accepted");
                Ok(Answer::Accepted)
            }
            Err(error) => match error.as_db_error() {
                Some(refusal) => {
                    screen::line(&format!("ERROR {}: {}", refusal.code().code(), refusal.message()));
                    if let Some(hint) = refusal.hint() {
                        screen::line(&format!("HINT: {hint}"));
                    }
                    Ok(Answer::Refused(Box::new(refusal.clone())))
                }
                None => Err(self.words(error)),
            },
        }
    }

    fn words(&self, error: tokio_postgres::Error) -> anyhow::Error {
        match error.as_db_error() {
            Some(refusal) => anyhow::anyhow!(
                "the {} was refused: {} {}{}",
                self.who,
                refusal.code().code(),
                refusal.message(),
                refusal.hint().map(|hint| format!(" (hint: {hint})")).unwrap_or_default()
            ),
            None => anyhow::Error::new(error).context(format!("the {}'s statement", self.who)),
        }
    }
}
