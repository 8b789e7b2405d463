//! The rows: what the worker asks, what an instance answers, and the MAC over each.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::crypto::Keyring;

/// Labels of the MACs: one kind of row says nothing as the other.
const ANNOUNCEMENT: &str = "instances/announcement";
const ANSWER: &str = "instances/answer";

/// Sixteen random bytes, drawn anew for each step. All zero: an answer to nothing, a sign of life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Challenge(pub [u8; 16]);

/// How far an instance has come, each including the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It runs.
    Alive,
    /// It serves new statements under the generation in question.
    Loaded,
    /// And no transaction, cursor or prepared statement in use depends on an older one.
    Drained,
}

impl Standing {
    /// As in the table.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Alive => "alive",
            Standing::Loaded => "loaded",
            Standing::Drained => "drained",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Standing::Alive, Standing::Loaded, Standing::Drained].into_iter().find(|s| s.name() == name)
    }

    /// Where an instance stands for a generation: `loaded` is the one that new statements are under,
    /// `oldest` the oldest that anything in progress depends on.
    pub fn of(generation: u64, loaded: u64, oldest: u64) -> Self {
        if loaded < generation {
            Standing::Alive
        } else if oldest < generation {
            Standing::Loaded
        } else {
            Standing::Drained
        }
    }
}

/// The worker's row: a step is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// For people: "window of domain email".
    pub step: String,
    /// What every instance must reach.
    pub demand: Standing,
    /// Of the keyring.
    pub generation: u64,
    /// Drawn for this step.
    pub challenge: Challenge,
}

/// An instance's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The operator's name for it.
    pub instance: String,
    /// Where it stands for the announcement with this challenge.
    pub standing: Standing,
    /// The generation of the keyring that its new statements are under.
    pub generation: u64,
    /// Strictly increasing for this instance, over restarts too.
    pub counter: u64,
    /// The announcement's; all zero while none is known.
    pub challenge: Challenge,
}

impl Announcement {
    /// The row's MAC.
    pub fn mac(&self, keyring: &Keyring) -> [u8; 32] {
        keyring.mac(ANNOUNCEMENT, &bytes(&self.step, self.demand, self.generation, 0, self.challenge))
    }
}

impl Answer {
    /// The row's MAC.
    pub fn mac(&self, keyring: &Keyring) -> [u8; 32] {
        keyring
            .mac(ANSWER, &bytes(&self.instance, self.standing, self.generation, self.counter, self.challenge))
    }
}

/// What is under the MAC: the name with its length before it, then fields of fixed size.
fn bytes(name: &str, standing: Standing, generation: u64, counter: u64, challenge: Challenge) -> Vec<u8> {
    let mut bytes = (name.len() as u64).to_be_bytes().to_vec();
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(match standing {
        Standing::Alive => 1,
        Standing::Loaded => 2,
        Standing::Drained => 3,
    });
    bytes.extend_from_slice(&generation.to_be_bytes());
    bytes.extend_from_slice(&counter.to_be_bytes());
    bytes.extend_from_slice(&challenge.0);
    bytes
}

/// A row as the server gives it: nothing in it is believed before the MAC is checked.
#[derive(Debug, Deserialize)]
pub struct Row {
    name: String,
    standing: String,
    generation: u64,
    counter: u64,
    challenge: String,
    mac: String,
}

impl Row {
    /// From one JSON object. `None` if it is none of ours.
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// As an announcement. REFUSES: whatever the MAC does not cover.
    pub fn announcement(self, keyring: &Keyring) -> Option<Announcement> {
        let read = Announcement {
            demand: Standing::parse(&self.standing)?,
            generation: self.generation,
            challenge: Challenge(unhex(&self.challenge)?.try_into().ok()?),
            step: self.name,
        };
        let under = bytes(&read.step, read.demand, read.generation, self.counter, read.challenge);
        keyring.verify_mac(ANNOUNCEMENT, &under, &unhex(&self.mac)?).then_some(read)
    }

    /// As an answer. REFUSES: whatever the MAC does not cover.
    pub fn answer(self, keyring: &Keyring) -> Option<Answer> {
        let read = Answer {
            standing: Standing::parse(&self.standing)?,
            generation: self.generation,
            counter: self.counter,
            challenge: Challenge(unhex(&self.challenge)?.try_into().ok()?),
            instance: self.name,
        };
        let under = bytes(&read.instance, read.standing, read.generation, read.counter, read.challenge);
        keyring.verify_mac(ANSWER, &under, &unhex(&self.mac)?).then_some(read)
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)).collect()
}
