//! Writers that note what they were told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio_postgres::{Client, NoTls};

/// Stands in every protected value.
pub const SECRET: &str = "kept-from-the-host";

/// Longest that one transaction may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// Writers at work.
pub struct Ledger {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Told>>,
}

/// What they were told.
#[derive(Debug, Default)]
pub struct Told {
    /// Commits that were acknowledged.
    pub done: BTreeSet<i64>,
    /// Transactions whose end nobody knows: the session broke after COMMIT was sent.
    pub open: BTreeSet<i64>,
    /// Sessions that broke.
    pub broken: usize,
    /// SQLSTATEs that were given, and how often.
    pub errors: BTreeMap<String, usize>,
    hung: usize,
}

enum End {
    Done,
    /// Before COMMIT was sent: it cannot have happened.
    Undone(tokio_postgres::Error),
    Open(tokio_postgres::Error),
    Hung,
}

impl Ledger {
    /// So many writers, over this connection string.
    pub fn begin(url: &str, writers: i64) -> Self {
        Ledger::begin_at(url, 0, writers)
    }

    /// So many writers, the first of this number: their rows are nobody else's.
    pub fn begin_at(url: &str, first: i64, writers: i64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let start = |writer| {
            let (url, stop) = (url.to_owned(), Arc::clone(&stop));
            std::thread::spawn(move || {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(write(&url, writer * 1_000_000, &stop))
            })
        };
        Ledger { writers: (first..first + writers).map(start).collect(), stop }
    }

    /// Lets them finish what they are at.
    pub fn end(self) -> Told {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Told::default();
        for writer in self.writers {
            all = all.with(writer.join().expect("a writer"));
        }
        all
    }
}

impl Told {
    /// Both together.
    pub fn with(mut self, other: Told) -> Told {
        self.done.extend(other.done);
        self.open.extend(other.open);
        self.broken += other.broken;
        self.hung += other.hung;
        other.errors.into_iter().for_each(|(state, count)| *self.errors.entry(state).or_default() += count);
        self
    }

    /// Holds the ledger against what is read through pgveil: id, email, note, plain.
    pub fn check(&self, rows: &[Vec<Option<String>>]) {
        assert_eq!(self.hung, 0, "transactions hung");
        let mut found = BTreeSet::new();
        for row in rows {
            let cells: Vec<&str> = row.iter().map(|cell| cell.as_deref().expect("no NULL")).collect();
            let [id, email, note, plain] = cells[..] else { panic!("{row:?}") };
            let id: i64 = id.parse().expect("a number");
            assert_eq!((email, note, plain), (&*email_of(id), &*note_of(id), &*format!("plain {id}")));
            assert!(self.done.contains(&id) || self.open.contains(&id), "{id} was never to be committed");
            found.insert(id);
        }
        let lost: Vec<&i64> = self.done.difference(&found).collect();
        assert!(lost.is_empty(), "acknowledged, and not there: {lost:?}");
    }
}

fn email_of(id: i64) -> String {
    format!("{id}@{SECRET}.example")
}

fn note_of(id: i64) -> String {
    format!("{SECRET} {id}")
}

async fn write(url: &str, from: i64, stop: &AtomicBool) -> Told {
    let mut told = Told::default();
    let mut id = from;
    while !stop.load(Ordering::Relaxed) {
        let Ok(Ok((client, connection))) =
            tokio::time::timeout(PATIENCE, tokio_postgres::connect(url, NoTls)).await
        else {
            tokio::time::sleep(Duration::from_millis(30)).await;
            continue;
        };
        let session = tokio::spawn(connection);
        while !stop.load(Ordering::Relaxed) {
            id += 1;
            match tokio::time::timeout(PATIENCE, transaction(&client, id)).await.unwrap_or(End::Hung) {
                End::Done => {
                    told.done.insert(id);
                }
                End::Undone(error) => {
                    note_error(&mut told, &error);
                    break;
                }
                End::Open(error) => {
                    told.open.insert(id);
                    note_error(&mut told, &error);
                    break;
                }
                End::Hung => {
                    told.open.insert(id);
                    told.hung += 1;
                    break;
                }
            }
        }
        told.broken += 1;
        session.abort();
    }
    told
}

fn note_error(told: &mut Told, error: &tokio_postgres::Error) {
    let state = error.code().map_or("lost".to_owned(), |code| code.code().to_owned());
    *told.errors.entry(state).or_default() += 1;
}

/// One row in a prepared statement, the next by a literal, as applications do.
async fn transaction(client: &Client, id: i64) -> End {
    let (email, note, plain) = (email_of(id), note_of(id), format!("plain {id}"));
    let before = async {
        client.batch_execute("BEGIN").await?;
        if id % 2 == 0 {
            let sql = "INSERT INTO ledger (id, email, note, plain) VALUES ($1, $2, $3, $4)";
            client.execute(sql, &[&id, &email, &note, &plain]).await?;
        } else {
            client
                .batch_execute(&format!("INSERT INTO ledger VALUES ({id}, '{email}', '{note}', '{plain}')"))
                .await?;
        }
        let found = client.query("SELECT note FROM ledger WHERE email = $1", &[&email]).await?;
        let read: Vec<String> = found.iter().map(|row| row.get(0)).collect();
        assert_eq!(read, [note.clone()]);
        Ok(())
    };
    match before.await {
        Ok(()) => {}
        Err(error) => return End::Undone(error),
    }
    match client.batch_execute("COMMIT").await {
        Ok(()) => End::Done,
        Err(error) => End::Open(error),
    }
}
