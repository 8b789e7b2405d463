//! The sample: a small CRM whose people do not exist. The same numbers give the same people.
//!
//! Knows the demo's tables. Does not know which of their columns are protected; that is
//! [`POLICY`]'s business, as it is the operator's in real life.

use std::fmt::Write as _;

use crate::names::literal;

/// As an application's migrations would create them, by the database's owner.
pub const TABLES: &str = "\
CREATE TABLE customers (
    id         int PRIMARY KEY,
    name       text NOT NULL,
    email      text NOT NULL UNIQUE,
    phone      text,
    birth_date text,
    employer   text,
    city       text
);
CREATE TABLE tickets (
    id     int PRIMARY KEY,
    email  text NOT NULL,
    status text NOT NULL,
    body   text NOT NULL
);
CREATE INDEX ON tickets (email);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
";

/// What the operator tags: the `[[column]]` tables of the configuration.
pub const POLICY: &str = r#"
[[column]]
name   = "public.customers.name"
domain = "customer-name"
phase  = "encrypted"

[[column]]
name   = "public.customers.email"
mode   = "deterministic"
domain = "email"
phase  = "encrypted"

[[column]]
name   = "public.customers.phone"
domain = "phone"
phase  = "encrypted"

[[column]]
name   = "public.customers.birth_date"
type   = "date"
domain = "birth-date"
phase  = "encrypted"

[[column]]
name   = "public.customers.employer"
mode   = "deterministic"
domain = "employer"
phase  = "encrypted"

[[column]]
name   = "public.tickets.email"
mode   = "deterministic"
domain = "email"
phase  = "encrypted"

[[column]]
name   = "public.tickets.body"
domain = "ticket-body"
phase  = "encrypted"
"#;

const FIRST: &[&str] = &[
    "Ada", "Bela", "Chiara", "Dragan", "Elif", "Farid", "Grete", "Hanna", "Ivo", "Jelena", "Kofi", "Lena",
    "Marek", "Noor", "Oskar", "Paula", "Quirin", "Rosa", "Samir", "Tilda", "Ulrich", "Vera", "Wim", "Ximena",
    "Yara", "Zeno",
];
const LAST: &[&str] = &[
    "Lindqvist",
    "Moreau",
    "Nowak",
    "Okafor",
    "Petrov",
    "Quast",
    "Rossi",
    "Schäfer",
    "Takahashi",
    "Ustinov",
    "Vermeulen",
    "Wolff",
    "Yilmaz",
    "Zimmermann",
    "Árnadóttir",
    "Brandão",
    "Çelik",
    "Dupont",
    "Eriksson",
];
const EMPLOYERS: &[&str] = &["Alder Mills", "Birch Foods", "Cedar Labs", "Dogwood Press", "Elm Logistics"];
const CITIES: &[&str] = &["Ghent", "Graz", "Gdynia", "Granada", "Genoa", "Geneva", "Galway"];
const COMPLAINTS: &[&str] = &[
    "asks for a copy of all data held about her",
    "cannot log in since the password was changed",
    "wants the invoice sent to the private address",
    "reports a wrong date of birth on the contract",
    "withdraws consent to the newsletter",
];

/// One customer.
pub struct Person {
    /// Primary key, from 1.
    pub id: usize,
    /// First and last name.
    pub name: String,
    /// Unique.
    pub email: String,
    phone: String,
    birth_date: String,
    employer: &'static str,
    city: &'static str,
}

/// The person of this number.
pub fn person(id: usize) -> Person {
    let pick =
        |list: &[&'static str], step: usize| list.get(id * step % list.len()).copied().unwrap_or_default();
    let (first, last) = (pick(FIRST, 7), pick(LAST, 11));
    let ascii = |word: &str| -> String {
        word.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    Person {
        id,
        name: format!("{first} {last}"),
        email: format!("{}.{}{id}@example.org", ascii(first), ascii(last)),
        phone: format!("+32 470 {:02} {:02} {:02}", id * 37 % 100, id * 53 % 100, id * 71 % 100),
        birth_date: format!("{}-{:02}-{:02}", 1948 + id * 13 % 55, 1 + id * 5 % 12, 1 + id * 17 % 28),
        employer: pick(EMPLOYERS, 3),
        city: pick(CITIES, 5),
    }
}

/// `INSERT` statements for people `1..=count`, some rows a statement, with the values as literals.
pub fn customer_inserts(count: usize) -> Vec<String> {
    let rows: Vec<String> = (1..=count)
        .map(person)
        .map(|p| {
            format!(
                "({}, {}, {}, {}, {}, {}, {})",
                p.id,
                literal(&p.name),
                literal(&p.email),
                literal(&p.phone),
                literal(&p.birth_date),
                literal(p.employer),
                literal(p.city)
            )
        })
        .collect();
    inserts("customers (id, name, email, phone, birth_date, employer, city)", &rows)
}

/// `INSERT` statements for one ticket of every second person.
pub fn ticket_inserts(people: usize) -> Vec<String> {
    let rows: Vec<String> = (1..=people / 2)
        .map(|id| {
            let person = person(id * 2);
            let status = if id % 3 == 0 { "closed" } else { "open" };
            let complaint = COMPLAINTS.get(id % COMPLAINTS.len()).copied().unwrap_or_default();
            let body = format!("{} {complaint}", person.name);
            format!("({id}, {}, '{status}', {})", literal(&person.email), literal(&body))
        })
        .collect();
    inserts("tickets (id, email, status, body)", &rows)
}

fn inserts(target: &str, rows: &[String]) -> Vec<String> {
    const ROWS_A_STATEMENT: usize = 50;
    rows.chunks(ROWS_A_STATEMENT)
        .map(|rows| {
            let mut text = String::new();
            let _ = write!(text, "INSERT INTO {target} VALUES\n{}", rows.join(",\n"));
            text
        })
        .collect()
}
