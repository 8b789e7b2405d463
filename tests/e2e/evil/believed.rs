//! A server that lies once, in front of real keys: whatever it says, no known string goes up, no
//! value reaches a column that is not its own, the session ends with a clear word or goes on unharmed,
//! and nobody else notices.

use std::io;
use std::time::Duration;

use super::lies::{Must, Row, of_copies, of_ends, of_order, of_results, of_settings};
use super::relay::LyingRelay;
use crate::canary::needles::found;
use crate::protected::place::{TABLES, policy, setup};
use crate::support::client::Message;
use crate::support::{Client, Database, Login, Proxy, ProxySetup, database};

/// Nothing that is answered at all takes longer here.
const PATIENCE: Duration = Duration::from_secs(6);

const SELECT: &str = "SELECT email, name, note FROM people WHERE email = ";

/// How a client asks, and the known string that may stand in each column of the answer.
struct Asking {
    name: &'static str,
    ask: fn(&mut Client),
    columns: &'static [&'static str],
}

const ASKINGS: &[Asking] = &[
    Asking {
        name: "a query",
        ask: |c| c.query(&format!("{SELECT}'kanarie-email'")),
        columns: &["kanarie-email", "kanarie-name", ""],
    },
    Asking {
        name: "described",
        ask: |c| extended(c, &format!("{SELECT}$1"), &["kanarie-email"], true, 0),
        columns: &["kanarie-email", "kanarie-name", ""],
    },
    Asking {
        name: "never described, binary",
        ask: |c| extended(c, &format!("{SELECT}$1"), &["kanarie-email"], false, 1),
        columns: &["kanarie-email", "kanarie-name", ""],
    },
    Asking {
        name: "prepared before",
        ask: |c| {
            c.bind("", "before", &[], &[Some(b"kanarie-email")], &[]);
            c.execute("", 0);
            c.sync();
        },
        columns: &["kanarie-email", "kanarie-name", ""],
    },
    Asking {
        name: "a join",
        ask: |c| {
            c.query("SELECT p.name, o.card, o.email FROM people p JOIN orders o ON o.email = p.email LIMIT 3")
        },
        columns: &["kanarie-name", "kanarie-card", "kanarie-email"],
    },
    Asking {
        name: "inserted",
        ask: |c| {
            let sql = "INSERT INTO orders (email, card) VALUES ($1, $2) RETURNING email, card";
            extended(c, sql, &["kanarie-email", "kanarie-card"], true, 0);
        },
        columns: &["kanarie-email", "kanarie-card"],
    },
    Asking {
        name: "a view and a plain row beside it",
        ask: |c| c.query("SELECT mail, number FROM mails; SELECT 'open', 'also open'"),
        columns: &["kanarie-email", ""],
    },
    Asking {
        name: "refused",
        ask: |c| c.query("SELECT id FROM people WHERE email LIKE 'kanarie%'"),
        columns: &[""],
    },
    Asking {
        name: "refused in the extended protocol",
        ask: |c| extended(c, "SELECT id FROM people WHERE name = $1", &["kanarie-name"], true, 0),
        columns: &[""],
    },
    Asking {
        name: "copied in",
        ask: |c| c.query("COPY orders (email, card, amount) FROM STDIN"),
        columns: &[],
    },
    Asking {
        name: "copied out",
        ask: |c| c.query("COPY (SELECT email, name, note FROM people) TO STDOUT"),
        columns: &["kanarie-email", "kanarie-name", ""],
    },
];

fn extended(client: &mut Client, sql: &str, values: &[&str], describe: bool, format: i16) {
    client.parse("", sql, &[]);
    if describe {
        client.describe('S', "");
    }
    let values: Vec<Option<&[u8]>> = values.iter().map(|value| Some(value.as_bytes())).collect();
    client.bind("", "", &[], &values, &[format]);
    if describe {
        client.describe('P', "");
    }
    client.execute("", 0);
    client.sync();
}

/// What came of one question.
struct Answer {
    messages: Vec<Message>,
    ended: bool,
    silent: bool,
}

/// An honest client: data goes up when it is asked for, and it reads until it may speak again.
fn answer(client: &mut Client) -> Answer {
    let mut answer = Answer { messages: Vec::new(), ended: false, silent: false };
    loop {
        match client.try_read() {
            Ok(message) => {
                let tag = message.tag;
                answer.messages.push(message);
                match tag {
                    b'Z' => return answer,
                    b'G' | b'W' => {
                        client.copy_data(b"kanarie-email\tkanarie-card\t1\n");
                        client.send(b'c', b"");
                    }
                    _ => {}
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                answer.silent = true;
                return answer;
            }
            Err(_) => {
                answer.ended = true;
                return answer;
            }
        }
    }
}

impl Answer {
    /// The last word before the end is pgveil's own error.
    fn closed_clearly(&self) -> bool {
        let last = self.messages.last();
        self.ended && last.is_some_and(|m| m.tag == b'E' && m.field(b'S').as_deref() == Some("FATAL"))
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.messages.iter().map(Message::line).collect();
        lines.extend(self.ended.then(|| "the end".to_owned()));
        lines.extend(self.silent.then(|| "silence".to_owned()));
        lines
    }

    /// Columns in which a known string stands that is not theirs.
    fn misplaced(&self, columns: &[&str]) -> Vec<String> {
        let rows = self.messages.iter().filter_map(|message| match message.tag {
            b'D' => Some(message.cells().into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>()),
            b'd' => Some(message.body.split(|byte| *byte == b'\t').map(<[u8]>::to_vec).collect()),
            _ => None,
        });
        let own = |at: usize| columns.get(at).copied().unwrap_or_default();
        let cells = rows.flat_map(|row| row.into_iter().enumerate());
        cells
            .map(|(at, cell)| (at, String::from_utf8_lossy(&cell).into_owned()))
            .filter(|(at, cell)| cell.contains("kanarie") && cell.trim_end() != own(*at))
            .map(|(at, cell)| format!("{cell} in column {at}"))
            .collect()
    }
}

fn next_ends(client: &mut Client) -> bool {
    client.sync();
    answer(client).closed_clearly()
}

struct Place {
    database: Database,
    relay: LyingRelay,
    proxy: Proxy,
}

impl Place {
    fn new(label: &str) -> Self {
        let database = database(label);
        database.direct().run(TABLES);
        let relay = LyingRelay::start(&database.server.address());
        let auth = "mode = 'relay'\nallow_weak_upstream_auth = true".into();
        let setup = setup(&relay.address, &database.url(), &policy());
        let proxy = Proxy::start(&ProxySetup { auth, ..setup });
        let place = Place { database, relay, proxy };
        let mut client = place.client();
        client.run(
            "INSERT INTO people (id, email, name, note) VALUES (1, 'kanarie-email', 'kanarie-name', 'open')",
        );
        client.run("INSERT INTO orders (email, card) VALUES ('kanarie-email', 'kanarie-card')");
        place
    }

    fn client(&self) -> Client {
        // Trusted by the server: a password would cost more time than the lie.
        let client = self.proxy.client(&Login::with_password("postgres", &self.database.name, "any"));
        client.stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        client
    }

    /// One lie told to one client: what is wrong with what came of it, and whether it was told.
    fn try_one(&self, row: &Row, asking: &Asking) -> (bool, Vec<String>) {
        let mut client = self.client();
        client.parse("before", &format!("{SELECT}$1"), &[]);
        client.sync();
        client.until_ready();
        self.relay.to_server.clear();
        self.relay.arm(row.lie.clone());
        (asking.ask)(&mut client);
        let heard = answer(&mut client);
        let told = self.relay.disarm();
        let mut faults = Vec::new();
        if !told {
            return (false, faults);
        }
        let lines = heard.lines();
        if std::env::var_os("PGVEIL_SHOW_CASES").is_some() {
            println!(
                "{} ({:?}) / {}\n    {}",
                row.name,
                row.lie.tag as char,
                asking.name,
                lines.join("\n    ")
            );
        }
        if heard.silent {
            faults.push("neither an answer nor an end".to_owned());
        }
        faults.extend(heard.misplaced(asking.columns));
        match row.must {
            // Behind the last word of an answer it is noticed with the next.
            Must::Close if !heard.closed_clearly() && !(heard.ended || next_ends(&mut client)) => {
                faults.push("believed".to_owned());
            }
            Must::Close if heard.ended && !heard.closed_clearly() => {
                faults.push("ended without a word".to_owned());
            }
            Must::Nothing if heard.ended => faults.push("not to be minded".to_owned()),
            Must::Close | Must::Nothing | Must::Hold => {}
        }
        if !heard.ended && !heard.silent {
            // What the same session sends from here on is what a patient liar waits for.
            for next in ASKINGS.iter().filter(|next| next.name != "copied in") {
                (next.ask)(&mut client);
                let heard = answer(&mut client);
                faults.extend(heard.misplaced(next.columns));
                if heard.ended {
                    break;
                }
            }
        }
        faults.extend(
            found(&["kanarie"], &self.relay.to_server.bytes()).into_iter().map(|f| format!("LEAK {f}")),
        );
        for fault in &mut faults {
            *fault = format!(
                "{} ({:?}) / {}: {fault}\n    {}",
                row.name,
                row.lie.tag as char,
                asking.name,
                lines.join("\n    ")
            );
        }
        (true, faults)
    }
}

/// Tells every lie to everybody who could hear it.
#[track_caller]
fn hold(label: &str, rows: Vec<Row>) {
    let place = Place::new(label);
    let mut bystander = place.client();
    let (mut faults, mut told) = (Vec::new(), 0);
    for row in &rows {
        let mut heard = 0;
        for asking in ASKINGS {
            let (was_told, found) = place.try_one(row, asking);
            heard += usize::from(was_told);
            faults.extend(found);
        }
        assert!(heard > 0, "{}: nobody heard it", row.name);
        told += heard;
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(bystander.value("SELECT email FROM people WHERE id = 1"), "kanarie-email");
    assert!(!place.proxy.log().contains("kanarie") && !place.proxy.log().contains("panicked"));
    println!("{} lies, told {told} times", rows.len());
}

#[test]
fn lies_about_results_are_not_believed() {
    hold("lies_results", of_results());
}

#[test]
fn lies_about_the_order_of_things_are_not_believed() {
    hold("lies_order", of_order());
}

#[test]
fn lies_about_copies_are_not_believed() {
    hold("lies_copies", of_copies());
}

#[test]
fn lies_about_settings_loosen_nothing() {
    hold("lies_settings", of_settings());
}

#[test]
fn an_end_in_the_middle_is_an_end() {
    hold("lies_ends", of_ends());
}
