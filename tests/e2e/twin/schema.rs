//! The schema of the cases written by hand.

/// As an application's migrations would make it.
pub const TABLES: &str = "\
CREATE TABLE customer (
    id int PRIMARY KEY, email text UNIQUE, name text, nick varchar(20), code char(6), born date,
    seen timestamptz, joined timestamp, opens time, wage numeric(10,2), ratio float8, weight float4,
    ref uuid, small int2, level int, big int8, doc jsonb, raw json, photo bytea, active bool,
    tags text[], span interval, ip inet, net cidr, meets timetz, score numeric, note text, n int,
    made timestamptz DEFAULT '2020-01-01 00:00:00+00');
CREATE TABLE invoice (
    id int PRIMARY KEY, email text REFERENCES customer (email), card text, due date,
    total numeric(8,2), place text, paid bool DEFAULT false);
CREATE TABLE staff (id int PRIMARY KEY, email text, boss int, name text, level int);
CREATE TABLE lead (id int, email text, level int8);
CREATE TABLE event (id int, year int, email text, body text) PARTITION BY LIST (year);
CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
CREATE TABLE event_2 (body text, email text, year int, id int);
ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES IN (2);
CREATE TABLE person (id int, name text);
CREATE TABLE student (school text) INHERITS (person);
CREATE TABLE plain (id int, body text, n int);
CREATE TABLE \"Mixed Case\" (\"Id\" int, \"E-Mail\" text);
CREATE VIEW contact AS SELECT id AS number, email AS mail, note FROM customer;
CREATE VIEW contact_of_contact (a, b) AS SELECT number, mail FROM contact WHERE mail IS NOT NULL;
CREATE INDEX ON staff (email)";

const TAGS: &[(&str, &str)] = &[
    ("customer.email", "deterministic email"),
    ("customer.name", ""),
    ("customer.nick", "deterministic"),
    ("customer.code", "deterministic"),
    ("customer.born", "deterministic day"),
    ("customer.seen", ""),
    ("customer.joined", "deterministic"),
    ("customer.opens", "deterministic"),
    ("customer.wage", "deterministic"),
    ("customer.ratio", "deterministic"),
    ("customer.weight", ""),
    ("customer.ref", "deterministic"),
    ("customer.small", "deterministic"),
    ("customer.level", "deterministic level"),
    ("customer.big", "deterministic"),
    ("customer.doc", ""),
    ("customer.raw", ""),
    ("customer.photo", "deterministic"),
    ("customer.active", ""),
    ("customer.tags", "deterministic"),
    ("customer.span", ""),
    ("customer.ip", "deterministic"),
    ("customer.net", ""),
    ("customer.meets", ""),
    ("customer.score", ""),
    ("invoice.email", "deterministic email"),
    ("invoice.card", ""),
    ("invoice.due", "deterministic day"),
    ("staff.email", "deterministic email"),
    ("staff.name", "deterministic name"),
    ("staff.level", "deterministic level"),
    ("lead.email", "deterministic lead"),
    ("event.email", "deterministic email"),
    ("event.body", ""),
    ("person.name", "deterministic name"),
    ("Mixed Case.E-Mail", "deterministic email"),
];

/// `[[column]]` tables.
pub fn policy() -> String {
    let mut policy = String::new();
    for (name, how) in TAGS {
        let (mode, domain) = how.split_once(' ').unwrap_or((how, ""));
        let (table, column) = name.split_once('.').expect("table.column");
        let name = match table.contains(' ') {
            true => format!("public.\"{table}\".\"{column}\""),
            false => format!("public.{name}"),
        };
        policy.push_str(&format!("[[column]]\nname = '{name}'\nphase = 'encrypted'\n"));
        if !mode.is_empty() {
            policy.push_str(&format!("mode = '{mode}'\n"));
        }
        if !domain.is_empty() {
            policy.push_str(&format!("domain = '{domain}'\n"));
        }
    }
    policy
}

/// What is in the tables.
pub fn rows() -> Vec<String> {
    let rows = [
        "INSERT INTO customer VALUES
         (1, 'ada@x.org', 'Ada', 'ada', 'A1', '1987-06-05', '2024-02-03 04:05:06+00', '2024-02-03 04:05:06.789',
          '10:00:00', 100.50, 1.5, 0.25, '8d1f0f6e-0000-4000-8000-000000000001', 7, 42, 9000000000,
          '{\"a\":  1, \"b\": [1,2]}', '{\"a\":  1}', '\\x00ff01', true, '{x,\"y z\"}', '1 day 02:00', '10.0.0.1',
          '10.0.0.0/8', '10:00:00+02', 1.2300, 'first', 1),
         (2, 'bob@x.org', 'Bob', 'bob', 'B2', '1990-01-01', '1999-12-31 23:59:59+00', 'infinity',
          '23:59:59.5', -0.01, 'NaN', -1.5, '8d1f0f6e-0000-4000-8000-000000000002', -7, 42, -1,
          '[]', '[ ]', '', false, '{}', '-1 mon', '::1', '::/0', '00:00:00-05', 'NaN', 'second', 2),
         (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
          NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
         (4, '', '', '', '', '0044-03-15 BC', '-infinity', '2000-01-01', '00:00', 0, 0, 0,
          '00000000-0000-0000-0000-000000000000', 0, 0, 0, 'null', 'null', '\\x', NULL, '{NULL,\"NULL\",\"\"}', '0',
          '0.0.0.0', '0.0.0.0/0', '00:00', 0, '', 0),
         (5, 'Zoë''s \"mail\"@x.org', 'Zoë', 'zoë', 'Z', 'infinity', '2024-02-03 04:05:06+00', '2024-02-03 04:05:06.789',
          '10:00:00', 100.50, -0.0, 'Infinity', '8d1f0f6e-0000-4000-8000-000000000005', 7, -42, 9000000000, '\"s\"', '\"s\"',
          '\\xdeadbeef', true, '{\"a\\\\b\",\"c\\\"d\"}', '1 year', '10.0.0.0/24', '192.168.0.0/16', '10:00:00+02', 10, 'fifth', 5)",
        "INSERT INTO invoice VALUES (10, 'ada@x.org', '4111', '1990-01-01', 12.50, 'Ulm'),
         (11, 'ada@x.org', '4222', '2024-01-01', 7, 'Bonn'), (12, 'bob@x.org', NULL, NULL, NULL, 'Ulm'), (13, NULL, '', '1987-06-05', 0, NULL)",
        "INSERT INTO staff VALUES (1, 'ada@x.org', NULL, 'Ada', 42), (2, 'eve@x.org', 1, 'Eve', 0), (3, 'bob@x.org', 2, 'Bob', NULL), (4, NULL, 2, 'Ada', 42)",
        "INSERT INTO lead VALUES (1, 'ada@x.org', 1), (2, 'new@x.org', 2)",
        "INSERT INTO event VALUES (1, 1, 'ada@x.org', 'one'), (2, 2, 'bob@x.org', 'two'), (3, 1, 'ada@x.org', NULL), (4, 2, NULL, '')",
        "INSERT INTO person VALUES (1, 'Ada'), (2, NULL)",
        "INSERT INTO student VALUES (3, 'Eve', 'MIT'), (4, 'Ada', NULL)",
        "INSERT INTO plain VALUES (1, 'ada@x.org', 1), (2, 'other', 2), (3, NULL, NULL)",
        "INSERT INTO \"Mixed Case\" VALUES (1, 'ada@x.org'), (2, 'no@x.org')",
    ];
    rows.iter().map(|row| (*row).to_owned()).collect()
}

/// What shows all that a statement may have written.
pub fn looks() -> Vec<String> {
    ["customer", "invoice", "staff", "lead", "event", "person", "student", "plain", "\"Mixed Case\""]
        .iter()
        .map(|table| format!("SELECT * FROM public.{table}"))
        .collect()
}
