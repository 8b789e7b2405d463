//! Clients that read and write by equality until they are told to stop. A wrong answer, or a failure
//! that the server alone would not have given, ends them and the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::support::{Client, Login, Message};

/// What they have done.
#[derive(Debug, Default)]
pub struct Done {
    /// Lookups answered rightly.
    pub look_ups: usize,
    /// Rows of orders with the note `counted`.
    pub orders: usize,
    /// Transactions that had to be tried again.
    pub retried: usize,
}

/// The clients.
pub struct Crowd {
    stop: Arc<AtomicBool>,
    rounds: Arc<AtomicUsize>,
    threads: Vec<JoinHandle<Done>>,
}

type Program = fn(&mut Client, usize, usize, &mut Done);

/// Programs that write constants into the text of a Query.
const SIMPLE: &[Program] = &[simple_look_up, upsert, referencing, read_then_write, repeatable, copying];
/// Programs that send every value as a parameter.
const WITH_PARAMETERS: &[Program] = &[prepared_look_up, any_look_up, parameters_insert];

/// SQLSTATEs after which a transaction is to be tried again (manual, 13.5).
const TRY_AGAIN: &[&str] = &["40001", "40P01"];

impl Crowd {
    pub fn start(address: &str, login: &Login, people: usize) -> Crowd {
        let programs = [SIMPLE, WITH_PARAMETERS].concat();
        let (stop, rounds) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let thread = |program: &Program| {
            let mut client = Client::connect(address, login).expect("a connection");
            let (stop, rounds, program) = (stop.clone(), rounds.clone(), *program);
            std::thread::spawn(move || {
                prepare(&mut client);
                let mut done = Done::default();
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    program(&mut client, round * 7 % people, people, &mut done);
                    rounds.fetch_add(1, Ordering::Relaxed);
                }
                done
            })
        };
        let threads = programs.iter().map(thread).collect();
        Crowd { stop, rounds, threads }
    }

    /// Until all have done something.
    pub fn warm_up(&self) {
        let (before, begun) = (self.rounds.load(Ordering::Relaxed), Instant::now());
        while self.rounds.load(Ordering::Relaxed) < before + 40 * self.threads.len() {
            let ended = self.threads.iter().any(JoinHandle::is_finished);
            assert!(!ended && begun.elapsed() < Duration::from_secs(60), "the clients do nothing");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops them all.
    pub fn end(self) -> Done {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Done::default();
        for thread in self.threads {
            let done = thread.join().expect("a client saw something wrong");
            all.look_ups += done.look_ups;
            all.orders += done.orders;
            all.retried += done.retried;
        }
        all
    }
}

fn email(n: usize) -> String {
    format!("p{n}@example.com")
}

const LOOK_UP: &str = "SELECT id FROM people WHERE email = $1";
const INSERT: &str = "INSERT INTO orders (email, note) VALUES ($1, 'counted')";

/// Statements that live as long as the client.
fn prepare(client: &mut Client) {
    client.parse("look_up", LOOK_UP, &[]);
    client.parse("any", "SELECT id FROM people WHERE email = ANY($1) ORDER BY id", &[]);
    client.parse("insert", INSERT, &[]);
    client.sync();
    assert_eq!(errors(&client.until_ready()), Vec::<String>::new());
}

fn errors(messages: &[Message]) -> Vec<String> {
    messages.iter().filter(|m| m.tag == b'E').map(Message::sqlstate).collect()
}

fn found(messages: &[Message]) -> Vec<String> {
    assert_eq!(errors(messages), Vec::<String>::new(), "{}", messages[0].line());
    let rows = messages.iter().filter(|m| m.tag == b'D');
    rows.flat_map(|row| row.cells())
        .flatten()
        .map(|cell| String::from_utf8_lossy(&cell).into_owned())
        .collect()
}

fn simple_look_up(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    client.query(&format!("SELECT id FROM people WHERE email = '{}'", email(n)));
    assert_eq!(found(&client.until_ready()), [n.to_string()]);
    done.look_ups += 1;
}

fn bound(client: &mut Client, statement: &str, value: &str) -> Vec<Message> {
    client.bind("", statement, &[], &[Some(value.as_bytes())], &[]);
    client.execute("", 0);
    client.sync();
    client.until_ready()
}

fn prepared_look_up(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    assert_eq!(found(&bound(client, "look_up", &email(n))), [n.to_string()]);
    done.look_ups += 1;
}

fn any_look_up(client: &mut Client, n: usize, people: usize, done: &mut Done) {
    let other = (n + 1) % people;
    let mut both = [n, other];
    both.sort_unstable();
    let array = format!("{{{},{},nobody@example.com}}", email(n), email(other));
    assert_eq!(found(&bound(client, "any", &array)), both.map(|n| n.to_string()));
    done.look_ups += 1;
}

fn parameters_insert(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    let answered = bound(client, "insert", &email(n));
    assert_eq!(errors(&answered), Vec::<String>::new(), "a batch of its own succeeds");
    done.orders += 1;
}

/// PostgreSQL's own ON CONFLICT may miss a row that is being updated, where the new version gets an
/// index entry of its own, and then meets the primary key: seen without pgveil, some ten times in 100,000
/// transactions with 20 clients. Once is that, twice in a row for one value is ours.
fn upsert(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    let text = format!(
        "INSERT INTO people (id, email) VALUES ({n}, '{}') ON CONFLICT (email) DO UPDATE \
         SET visits = people.visits + 1 RETURNING id",
        email(n)
    );
    client.query(&text);
    let mut answered = client.until_ready();
    if errors(&answered) == ["23505"] {
        done.retried += 1;
        client.query(&text);
        answered = client.until_ready();
    }
    assert_eq!(found(&answered), [n.to_string()]);
}

fn referencing(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    client.run(&format!("INSERT INTO orders (email, note) VALUES ('{}', 'counted')", email(n)));
    done.orders += 1;
}

/// Statements of one transaction; what each finds is for `look`. Tried again as the manual says.
fn transaction(client: &mut Client, begin: &str, texts: &[String], done: &mut Done) -> Vec<Vec<String>> {
    'again: loop {
        client.run(begin);
        let mut results = Vec::new();
        for text in texts.iter().map(String::as_str).chain(["COMMIT"]) {
            client.query(text);
            let messages = client.until_ready();
            if let Some(sqlstate) = errors(&messages).first() {
                assert!(TRY_AGAIN.contains(&sqlstate.as_str()), "{text}: {sqlstate}");
                done.retried += 1;
                client.run("ROLLBACK");
                std::thread::sleep(Duration::from_millis(20));
                continue 'again;
            }
            results.push(found(&messages));
        }
        return results;
    }
}

fn read_then_write(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    let one = email(n);
    let texts = [
        format!("SELECT p.id FROM people p WHERE p.email = '{one}' FOR UPDATE"),
        format!(
            "SELECT count(*) FROM (SELECT o.id FROM orders o JOIN people p ON p.email = o.email \
             WHERE p.email = '{one}' FOR UPDATE OF p) t"
        ),
        format!("UPDATE people SET visits = visits + 1, email = '{one}' WHERE email = '{one}' RETURNING id"),
        format!("INSERT INTO orders (email, note) VALUES ('{one}', 'counted') RETURNING 1"),
    ];
    let results = transaction(client, "BEGIN", &texts, done);
    assert_eq!(results[0], [n.to_string()]);
    assert_eq!(results[2], [n.to_string()]);
    done.orders += 1;
}

/// One snapshot says the same before and after, by scan and by equality.
fn repeatable(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    let one = email(n);
    let count = format!("SELECT count(*) FROM orders WHERE email = '{one}'");
    let joined =
        format!("SELECT count(*) FROM orders o JOIN people p ON p.email = o.email WHERE p.email = '{one}'");
    let look_up = format!("SELECT id FROM people WHERE email = '{one}'");
    let texts = [count.clone(), look_up.clone(), joined, count, look_up];
    let results = transaction(client, "BEGIN ISOLATION LEVEL REPEATABLE READ", &texts, done);
    assert_eq!(results[0], results[2]);
    assert_eq!(results[0], results[3]);
    assert_eq!([&results[1][..], &results[4][..]], [&[n.to_string()][..]; 2]);
    done.look_ups += 1;
}

/// COPY in is tried again if it came too late.
fn copying(client: &mut Client, n: usize, _: usize, done: &mut Done) {
    loop {
        client.query("COPY orders (email, note) FROM STDIN");
        let first = client.read();
        if first.tag == b'G' {
            client.copy_data(format!("{}\tcounted\n{}\tcounted\n", email(n), email(n)).as_bytes());
            client.send(b'c', b"");
        }
        let mut messages = vec![first];
        messages.extend(client.until_ready());
        match errors(&messages).first() {
            None => break,
            Some(sqlstate) => assert!(TRY_AGAIN.contains(&sqlstate.as_str()), "COPY: {sqlstate}"),
        }
        done.retried += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    done.orders += 2;
}
