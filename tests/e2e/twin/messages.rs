//! Messages of the extended protocol, of Query and of COPY in any order, directly and through pgveil: what comes back
//! must read the same, and no value that is bound to what is protected may go up.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::answer::lines;
use super::dice::Dice;
use crate::canary::needles::found;
use crate::protected::place::Place;
use crate::support::client::{bind_body, framed, parse_body};
use crate::support::{self, Client, Database, Message};

const TABLES: &str =
    "CREATE TABLE people (id serial, email text, name text); CREATE TABLE plain (id serial, body text)";
const POLICY: &str = "\
[[column]]\nname = 'public.people.email'\nphase = 'encrypted'\nmode = 'deterministic'\n\
[[column]]\nname = 'public.people.name'\nphase = 'encrypted'\n";
const ROWS: [&str; 2] = [
    "INSERT INTO people (email, name) VALUES ('kanarie1', 'Ada'), ('kanarie2', NULL), (NULL, 'kanarie3'), ('kanarie1', '')",
    "INSERT INTO plain (body) VALUES ('kept1'), (NULL)",
];
/// What is refused, and what the server itself refuses at the same moment with the same SQLSTATE.
const REFUSED: [&str; 2] =
    ["SELECT id FROM people ORDER BY email", "SELECT id FROM people GROUP BY id FOR UPDATE"];

/// Every parameter of these stands for a value of a protected column.
const PROTECTED: [&str; 4] = [
    "INSERT INTO people (email, name) VALUES ($1, $2)",
    "UPDATE people SET name = $2 WHERE email = $1",
    "SELECT id, email, name FROM people WHERE email = $1 ORDER BY id",
    "SELECT id, email, name FROM people ORDER BY id",
];
const OTHERS: [&str; 23] = [
    "INSERT INTO plain (body) VALUES ($1)",
    "SELECT id, body FROM plain WHERE body = $1",
    "SELECT id, body FROM plain ORDER BY id",
    "DELETE FROM people WHERE id = 1",
    "BEGIN",
    "BEGIN",
    "COMMIT",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT s",
    "ROLLBACK TO s",
    "RELEASE s",
    "DEALLOCATE a",
    "DEALLOCATE ALL",
    "SELECT 1/0",
    "SELEC",
    "",
    "DECLARE c CURSOR FOR SELECT email, name FROM people ORDER BY id",
    "FETCH 2 FROM c",
    "CLOSE c",
    "COPY people (email, name) TO STDOUT",
    "COPY people (email, name) FROM STDIN",
    REFUSED[0],
];
/// Sent in Query alone.
const QUERIES: [&str; 15] = [
    "INSERT INTO people (email, name) VALUES ('kanarie1', 'kanarie2')",
    "SELECT email, name FROM people WHERE email = 'kanarie1' ORDER BY id",
    "INSERT INTO plain (body) VALUES ('kept1')",
    "PREPARE a AS SELECT email, name FROM people WHERE email = $1 ORDER BY id",
    "PREPARE a (text) AS UPDATE people SET name = $1",
    "PREPARE q (text) AS SELECT email, name FROM people WHERE email = $1 ORDER BY id",
    "EXECUTE q ('kanarie1')",
    "EXECUTE a",
    "EXECUTE a ('kanarie1')",
    "EXECUTE a ('kanarie1', 'kanarie2')",
    "EXECUTE b ('kept1')",
    "EXPLAIN (COSTS OFF) EXECUTE b",
    "DISCARD ALL",
    "DEALLOCATE PREPARE b",
    "SELECT 1",
];
/// `a` is only ever prepared over what is protected.
const STATEMENTS: [&str; 3] = ["a", "", "b"];
/// For an answer; afterwards the other side waits for something.
const PATIENCE: Duration = Duration::from_secs(2);
const NOTHING: &str = "nothing comes";
const PORTALS: [&str; 2] = ["", "p"];

#[derive(Clone, Debug)]
enum Frame {
    Query(String),
    Parse(&'static str, &'static str),
    Bind(&'static str, &'static str, Vec<Option<String>>, bool),
    Describe(char, &'static str),
    Execute(&'static str, u32),
    Close(char, &'static str),
    Sync,
    Flush,
    Data(&'static str),
    Done,
    Fail,
    /// Nothing is sent for a while, so that answers come between.
    Pause,
}

impl Frame {
    fn bytes(&self) -> Vec<u8> {
        let named = |kind: char, name: &str| [&[kind as u8], name.as_bytes(), b"\0"].concat();
        match self {
            Frame::Query(text) => framed(b'Q', &[text.as_bytes(), b"\0"].concat()),
            Frame::Parse(name, text) => framed(b'P', &parse_body(name, text, &[])),
            Frame::Bind(portal, name, values, binary) => {
                let cells: Vec<_> = values.iter().map(|value| value.as_deref().map(str::as_bytes)).collect();
                framed(b'B', &bind_body(portal, name, &[], &cells, &[i16::from(*binary)]))
            }
            Frame::Describe(kind, name) => framed(b'D', &named(*kind, name)),
            Frame::Execute(portal, rows) => {
                framed(b'E', &[portal.as_bytes(), b"\0", &rows.to_be_bytes()].concat())
            }
            Frame::Close(kind, name) => framed(b'C', &named(*kind, name)),
            Frame::Sync => framed(b'S', b""),
            Frame::Flush => framed(b'H', b""),
            Frame::Data(data) => framed(b'd', data.as_bytes()),
            Frame::Done => framed(b'c', b""),
            Frame::Fail => framed(b'f', b"no\0"),
            Frame::Pause => Vec::new(),
        }
    }

    /// What the server is asked directly.
    fn directly(&self) -> Frame {
        match self {
            Frame::Query(text) => Frame::Query(text.replace(REFUSED[0], REFUSED[1])),
            Frame::Parse(name, text) if *text == REFUSED[0] => Frame::Parse(name, REFUSED[1]),
            other => other.clone(),
        }
    }
}

/// What is in the making.
struct Maker<'d> {
    dice: &'d mut Dice,
    /// The text that each statement would have, if every Parse succeeded.
    texts: [&'static str; STATEMENTS.len()],
    frames: Vec<Frame>,
}

impl Maker<'_> {
    fn text(&mut self, statement: usize) -> &'static str {
        match STATEMENTS[statement] {
            "a" => *self.dice.pick(&PROTECTED),
            _ if self.dice.one_in(2) => *self.dice.pick(&PROTECTED),
            _ => *self.dice.pick(&OTHERS),
        }
    }

    fn values(&mut self, statement: usize) -> Vec<Option<String>> {
        let word = if STATEMENTS[statement] == "a" { "kanarie" } else { "kept" };
        let mut count = (1..3).filter(|n| self.texts[statement].contains(&format!("${n}"))).count();
        if self.dice.one_in(20) {
            count = self.dice.below(4);
        }
        let value = |dice: &mut Dice| (!dice.one_in(8)).then(|| format!("{word}{}", 1 + dice.below(4)));
        (0..count).map(|_| value(self.dice)).collect()
    }

    /// One frame that asks about a statement or portal, or ends something.
    fn frame(&mut self, kind: usize, statement: usize, portal: &'static str) {
        let name = STATEMENTS[statement];
        let frame = match kind {
            0 => {
                let text = self.text(statement);
                self.texts[statement] = text;
                Frame::Parse(name, text)
            }
            1 => Frame::Bind(portal, name, self.values(statement), self.dice.one_in(4)),
            2 => Frame::Execute(portal, self.dice.below(3) as u32),
            3 => Frame::Describe('S', name),
            4 => Frame::Describe('P', portal),
            5 => Frame::Close('S', name),
            6 => Frame::Close('P', portal),
            7 => Frame::Sync,
            8 => Frame::Flush,
            9 => Frame::Done,
            10 => Frame::Fail,
            11 => Frame::Pause,
            _ => Frame::Data("kanarie3\tkanarie4\n"),
        };
        let copies = kind == 2 && self.texts[statement].ends_with("STDIN");
        self.frames.push(frame);
        if copies && !self.dice.one_in(8) {
            if self.dice.one_in(3) {
                self.frames.push(Frame::Sync);
            }
            self.data();
        }
    }

    fn data(&mut self) {
        self.frames.extend((0..self.dice.below(3)).map(|_| Frame::Data("kanarie3\tkanarie4\n")));
        self.frames.push(if self.dice.one_in(6) { Frame::Fail } else { Frame::Done });
    }

    fn query(&mut self) {
        let count = if self.dice.one_in(3) { 2 + self.dice.below(3) } else { 1 };
        let texts: Vec<&str> = (0..count)
            .map(|_| match self.dice.one_in(2) {
                true => *self.dice.pick(&QUERIES),
                false => loop {
                    let text = *self.dice.pick(&OTHERS);
                    if !text.contains('$') {
                        break text;
                    }
                },
            })
            .collect();
        let copies = texts.iter().filter(|text| text.ends_with("STDIN")).count();
        self.frames.push(Frame::Query(texts.join("; ")));
        (0..copies).for_each(|_| self.data());
    }

    fn unit(&mut self) {
        let (statement, portal) = (self.dice.below(STATEMENTS.len()), *self.dice.pick(&PORTALS));
        match self.dice.below(8) {
            0 | 1 => self.query(),
            2 | 3 => {
                let kind = self.dice.below(13);
                self.frame(kind, statement, portal);
            }
            _ => {
                // Parse, Bind and Execute, with questions between, each of which may be missing.
                for kind in [0, 3, 1, 4, 2, 2, 6, 5] {
                    let odds = if kind < 3 { 8 } else { 3 };
                    let there = if kind < 3 { !self.dice.one_in(odds) } else { self.dice.one_in(odds) };
                    if there {
                        self.frame(kind, statement, portal);
                    }
                }
            }
        }
        match self.dice.below(8) {
            0..3 => self.frames.push(Frame::Sync),
            3 => self.frames.push(Frame::Flush),
            4 => self.frames.extend([Frame::Flush, Frame::Pause]),
            5 => self.frames.extend([Frame::Sync, Frame::Pause]),
            _ => {}
        }
    }
}

fn made(dice: &mut Dice) -> Vec<Frame> {
    let units = 2 + dice.below(7);
    let mut maker = Maker { dice, texts: [PROTECTED[0]; STATEMENTS.len()], frames: Vec::new() };
    (0..units).for_each(|_| maker.unit());
    maker.frames
}

/// Both sides.
pub struct Sides {
    plain: Database,
    place: Place,
    /// An answer has not come.
    stuck: Cell<bool>,
    /// Conversations of which only the tap is looked at.
    uncertain: Cell<usize>,
}

impl Sides {
    pub fn new(label: &str) -> Sides {
        let plain = support::database(&format!("{label}_plain"));
        plain.direct().run(TABLES);
        Sides {
            plain,
            place: Place::of(label, TABLES, POLICY),
            stuck: Cell::default(),
            uncertain: Cell::default(),
        }
    }

    /// Rows as they were.
    fn reset(&self) {
        if self.stuck.take() {
            // Who waits for more holds locks.
            let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()";
            self.plain.host().run(others);
            self.place.database.host().run(others);
        }
        let clear = "TRUNCATE people, plain RESTART IDENTITY";
        self.plain.direct().run(clear);
        self.place.direct().run(clear);
        let (mut direct, mut through) = (self.plain.direct(), self.place.client());
        for row in ROWS {
            direct.run(row);
            through.run(row);
        }
    }

    /// What is not the same, if anything.
    fn differ(&self, frames: &[Frame]) -> Option<String> {
        self.reset();
        let direct: Vec<Frame> = frames.iter().map(Frame::directly).collect();
        self.place.tap.to_server.clear();
        let expected = heard(&mut self.plain.direct(), &direct);
        let got = heard(&mut self.place.client(), frames);
        self.stuck
            .set([&expected, &got].iter().any(|lines| lines.last().is_some_and(|line| line == NOTHING)));
        let seen = found(&["kanarie"], &self.place.tap.to_server.bytes());
        if !seen.is_empty() {
            return Some(format!("LEAK of {seen:?}"));
        }
        if is_uncertain(&direct, &expected) {
            self.uncertain.set(self.uncertain.get() + 1);
            return None;
        }
        if expected != got {
            let at = expected.iter().zip(&got).take_while(|(a, b)| a == b).count();
            let near =
                |lines: &[String]| lines[at.saturating_sub(2)..(at + 4).min(lines.len())].join("\n    ");
            return Some(format!("direct:\n    {}\n  through:\n    {}", near(&expected), near(&got)));
        }
        let look = "SELECT email, name FROM people ORDER BY id";
        let (stands, is) = (self.plain.direct().rows(look), self.place.client().rows(look));
        (stands != is).then(|| format!("rows: {stands:?}\n  through: {is:?}"))
    }
}

/// Is a statement bound whose last Parse was skipped or failed, as these answers say? Another stands under its name
/// than the client may think, and pgveil sends no values for that name until it is prepared again.
fn is_uncertain(frames: &[Frame], answers: &[String]) -> bool {
    let mut answers = answers.iter().map(String::as_str).filter(|line| !line.starts_with("N "));
    let (mut skipping, mut copying, mut doubtful) = (false, None::<&[&str]>, Vec::new());
    // What ends the answer to a message; the data of a COPY comes before.
    let mut answer = |ends: &[&str]| loop {
        match answers.next() {
            Some(line) if line.starts_with('E') && !ends.contains(&"Z") => return 'E',
            Some(line) if line.starts_with('G') => return 'G',
            Some(line) if ends.iter().any(|end| line.starts_with(end)) => return ' ',
            Some(_) => {}
            None => return '.',
        }
    };
    for frame in frames {
        let said = match (frame, copying) {
            (Frame::Data(_) | Frame::Flush | Frame::Pause, _) => continue,
            (Frame::Done | Frame::Fail, Some(ends)) => {
                copying = None;
                (answer(ends), ends)
            }
            (Frame::Done | Frame::Fail, None) | (Frame::Sync, Some(_)) => continue,
            (_, Some(_)) => return false,
            (Frame::Sync, None) => {
                skipping = false;
                answer(&["Z"]);
                continue;
            }
            (Frame::Bind(_, name, ..), None) if !skipping && doubtful.contains(name) => return true,
            (Frame::Parse(name, _), None) => {
                let failed = skipping || answer(&["1"]) == 'E';
                skipping |= failed;
                doubtful.retain(|other| other != name);
                if failed {
                    doubtful.push(name);
                }
                continue;
            }
            _ if skipping => continue,
            (Frame::Query(_), None) => (answer(&["Z"]), &["Z"][..]),
            (Frame::Bind(..), None) => (answer(&["2"]), &["2"][..]),
            (Frame::Close(..), None) => (answer(&["3"]), &["3"][..]),
            (Frame::Describe(..), None) => (answer(&["T", "n"]), &["T", "n"][..]),
            (Frame::Execute(..), None) => (answer(&["C", "s", "I"]), &["C", "s", "I"][..]),
        };
        match said {
            ('G', ends) => copying = Some(ends),
            ('E', _) => skipping = true,
            _ => {}
        }
    }
    false
}

/// The answer to these, up to the end.
fn heard(client: &mut Client, frames: &[Frame]) -> Vec<String> {
    let end =
        [Frame::Fail, Frame::Sync, Frame::Query("ROLLBACK".into()), Frame::Query("SELECT 'fin'".into())];
    for piece in frames.split_inclusive(|frame| matches!(frame, Frame::Pause)) {
        client.send_raw(&piece.iter().flat_map(Frame::bytes).collect::<Vec<u8>>());
        if matches!(piece.last(), Some(Frame::Pause)) {
            sleep(Duration::from_millis(3));
        }
    }
    client.send_raw(&end.iter().flat_map(Frame::bytes).collect::<Vec<u8>>());
    let (messages, why) = until_the_end(client);
    client.send(b'X', b"");
    let mut lines = lines(&messages, true);
    if let Some(why) = why {
        // How often the server says that it has lost its place before it ends the session is not compared.
        let lost = lines.iter().position(|line| line == "E 08P01").map_or(lines.len(), |at| at + 1);
        lines.truncate(lost);
        lines.push(match why.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => NOTHING.into(),
            _ => "the connection ends".into(),
        });
    }
    // In a failed transaction pgveil lets the server say that, where by itself it reads the text, looks for the name and counts the values first.
    for line in &mut lines {
        if ["E 25P02", "E 26000", "E 34000", "E 08P01", "E 42601"].contains(&line.as_str()) {
            *line = "E nothing there".into();
        }
    }
    lines
}

fn until_the_end(client: &mut Client) -> (Vec<Message>, Option<io::Error>) {
    let (mut messages, mut last) = (Vec::new(), false);
    loop {
        match client.try_read() {
            Ok(message) => {
                last |= message.tag == b'D' && message.cells() == [Some(b"fin".to_vec())];
                let over = last && message.tag == b'Z';
                messages.push(message);
                if over {
                    return (messages, None);
                }
            }
            Err(error) => return (messages, Some(error)),
        }
    }
}

/// The least that differs still.
fn shrunk(sides: &Sides, mut frames: Vec<Frame>, mut how: String) -> String {
    let mut at = 0;
    while at < frames.len() {
        let mut less = frames.clone();
        less.remove(at);
        match sides.differ(&less) {
            Some(differs) => (frames, how) = (less, differs),
            None => at += 1,
        }
    }
    frames.iter().fold(String::new(), |mut text, frame| {
        let _ = writeln!(text, "  {frame:?}");
        text
    }) + "  "
        + &how
}

/// Conversations from this seed for this long, or this many; how many there were, and what differed.
pub fn run_for(sides: &Sides, seed: u64, time: Duration, most: usize) -> (usize, Vec<String>) {
    let (start, mut dice, mut count, mut findings) = (Instant::now(), Dice::new(seed), 0, Vec::new());
    while start.elapsed() < time && count < most && findings.len() < 5 {
        count += 1;
        let frames = made(&mut dice);
        if let Some(how) = sides.differ(&frames) {
            println!("conversation {count} of seed {seed}: {frames:?}\n{how}");
            findings.push(format!("conversation {count} of seed {seed}\n{}", shrunk(sides, frames, how)));
        }
    }
    println!("{} of them not compared", sides.uncertain.get());
    assert!(sides.uncertain.get() * 4 <= count, "most are compared");
    (count, findings)
}
