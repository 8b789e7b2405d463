//! A client of good will and a server of none: whatever the server says, in whatever order, no value
//! that is to be sealed goes to it plain, no marked statement, and no COPY data that nobody asked for.

use pgveil::session::judge::Judged;
use pgveil::sql::verdict::{Cleared, OutColumn, Plan, Rows};

use super::conversation::Machine;
use super::messages::*;
use super::planner::{Planner, kept, opened, sealed};
use crate::wire::noise::Noise;

/// Never to be seen by the server.
const SECRET: &str = "top-secret";

fn planner() -> Planner {
    let insert = Plan { params: vec![sealed(0, 1), kept(1)], ..Plan::default() };
    let columns = vec![OutColumn::Keep, opened(1, Some((500, 2)))];
    let select = Plan { params: vec![sealed(0, 1)], rows: Rows::Columns(columns), ..Plan::default() };
    let copy = Judged { takes_data: true, ..Judged::clear(Cleared::nothing_is_tagged()) };
    let settles = Judged { settles: true, ..Judged::clear(Cleared::nothing_is_tagged()) };
    Planner::default()
        .plan("insert", Some("insert sealed"), insert)
        .plan("select", None, select)
        .judged("copy", copy)
        .judged("set", settles)
        .judged("top-secret statement", Judged::refuse(pgveil::wire::report::Report::error("0A000", "no")))
        .hiding()
}

/// What the client means each name to be, by its own last Parse.
#[derive(Default)]
struct Client {
    meant: [&'static str; 3],
}

const NAMES: [&str; 3] = ["", "a", "b"];
const TEXTS: [&str; 6] = ["insert", "select", "clear", "copy", "set", "top-secret statement"];

impl Client {
    fn says(&mut self, noise: &mut Noise) -> Vec<u8> {
        let which = noise.below(3);
        let name = NAMES[which];
        match noise.below(14) {
            0..=2 => {
                self.meant[which] = TEXTS[noise.below(TEXTS.len())];
                parse(name, self.meant[which])
            }
            3..=6 => {
                let value = match self.meant[which] {
                    "insert" | "select" | "top-secret statement" => SECRET,
                    _ => "harmless",
                };
                match self.meant[which] {
                    "insert" => bind(name, name, &[Some(value), Some("1")]),
                    _ => bind(name, name, &[Some(value)]),
                }
            }
            7 => describe_statement(name),
            8 => execute(name),
            9 => sync(),
            10 => query(TEXTS[noise.below(TEXTS.len())]),
            11 => {
                self.meant[which] = "";
                close_statement(name)
            }
            12 => flush(),
            _ => copy_data("harmless"),
        }
    }
}

fn server_says(noise: &mut Noise) -> Vec<u8> {
    let error = error(["42703", "25P02", "42P05", "57014"][noise.below(4)]);
    let answers = [
        parse_complete(),
        parse_complete(),
        bind_complete(),
        bind_complete(),
        close_complete(),
        ready('I'),
        ready('I'),
        ready('T'),
        error.clone(),
        error,
        complete("X"),
        params(&[25]),
        params(&[25, 23]),
        rows(&[("id", 500, 1, 23), ("birth", 500, 2, 25)]),
        no_data(),
        row(&[Some("1"), Some("<1:x>")]),
        copy_in(),
        empty(),
    ];
    answers[noise.below(answers.len())].clone()
}

/// A server that lies but keeps the session alive for a while: each answer is tried on a session of
/// its own making, which is how a patient attacker would choose.
fn accepted(noise: &mut Noise, replay: &dyn Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
    (0..12).map(|_| server_says(noise)).find(|answer| replay(answer))
}

#[test]
fn no_answer_of_the_server_makes_a_secret_plain() {
    let mut noise = Noise::new(4);
    let (mut answers, mut sealed) = (0, 0);
    for _ in 0..200 {
        let mut client = Client::default();
        let mut said: Vec<(bool, Vec<u8>)> = Vec::new();
        let mut machine = Machine::started(Box::new(planner()));
        for _ in 0..40 {
            if noise.below(2) == 0 {
                let message = client.says(&mut noise);
                machine.client(&message);
                said.push((true, message));
            } else {
                let replay = |answer: &[u8]| {
                    let mut other = Machine::started(Box::new(planner()));
                    said.iter().for_each(|(c, b)| if *c { other.client(b) } else { other.server(b) });
                    other.server(answer);
                    other.fault.is_none()
                };
                let Some(answer) = accepted(&mut noise, &replay) else { continue };
                machine.server(&answer);
                said.push((false, answer));
                answers += 1;
            }
        }
        let sent = machine.out.to_server.escape_ascii().to_string();
        sealed += sent.matches("hidden").count();
        assert!(!sent.contains(SECRET), "{}", story(&said, &machine.out.to_server));
        copy_data_follows_copy_in(&said, &machine.out.to_server);
    }
    assert!(answers > 800 && sealed > 15, "the server was believed: {answers} answers, {sealed} sealed");
}

fn story(said: &[(bool, Vec<u8>)], sent: &[u8]) -> String {
    let lines =
        said.iter().map(|(client, bytes)| format!("{} {}", if *client { ">" } else { "<" }, shown(bytes)[0]));
    format!("{}\nsent {:#?}", lines.collect::<Vec<_>>().join("\n"), shown(sent))
}

/// CopyData goes up only if a COPY was sent and the server asked for data.
fn copy_data_follows_copy_in(said: &[(bool, Vec<u8>)], sent: &[u8]) {
    let sent = shown(sent);
    let asked = said.iter().any(|(client, bytes)| !client && bytes[0] == b'G');
    let offered = sent.iter().any(|m| (m.starts_with("Q ") || m.starts_with("P ")) && m.contains("copy"));
    let uploaded = sent.iter().any(|m| m.starts_with("d "));
    assert!(!uploaded || asked && offered, "{sent:#?}");
}
