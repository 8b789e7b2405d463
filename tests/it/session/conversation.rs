//! A conversation between a client and a server with a session in the middle, replayed with its
//! bytes cut at every place.

use pgveil::session::fault::Fault;
use pgveil::session::judge::Judge;
use pgveil::session::{KeyData, Limits, Out, Session, SessionConfig};
use pgveil::wire::buffer::InBuf;

use super::messages::{key_data, ready, shown};

/// What is said, and what is expected to have come out since.
enum Step {
    Client(Vec<u8>),
    Server(Vec<u8>),
    ToServer(Vec<u8>),
    ToClient(Vec<u8>),
    NeverToServer(&'static str),
    ToServerAtLast(Vec<u8>),
    DataToServer(Vec<u8>, Vec<u8>),
    DataToClient(Vec<u8>),
    Told(&'static str),
    Ends(fn(&Fault) -> bool),
}

pub struct Conversation {
    judge: Box<dyn Fn() -> Box<dyn Judge>>,
    steps: Vec<Step>,
}

/// One side's bytes that the session has not taken yet, as a pump would hold them.
pub struct Machine {
    pub session: Session,
    pub out: Out,
    pub from_client: InBuf,
    pub from_server: InBuf,
    pub fault: Option<Fault>,
}

pub const OWN_KEY: &[u8] = b"own!";

impl Machine {
    pub fn new(judge: Box<dyn Judge>, limit: usize) -> Self {
        let key = KeyData { pid: 7, secret: OWN_KEY.to_vec() };
        let limits = Limits { message: limit };
        Machine {
            session: Session::new(SessionConfig { key, limits }, judge),
            out: Out::default(),
            from_client: InBuf::new(),
            from_server: InBuf::new(),
            fault: None,
        }
    }

    /// Past the start of the session.
    pub fn started(judge: Box<dyn Judge>) -> Self {
        let mut machine = Machine::new(judge, 1 << 20);
        machine.server(&[key_data(99, b"theirs"), ready('I')].concat());
        assert_eq!(machine.fault, None);
        machine.out = Out::default();
        machine
    }

    pub fn client(&mut self, bytes: &[u8]) {
        self.from_client.extend(bytes);
        self.turn(true);
    }

    pub fn server(&mut self, bytes: &[u8]) {
        self.from_server.extend(bytes);
        self.turn(false);
        if !self.session.holds_client() && !self.from_client.is_empty() {
            self.turn(true);
        }
    }

    fn turn(&mut self, client: bool) {
        if self.fault.is_some() {
            return;
        }
        let result = if client {
            self.session.client_bytes(&mut self.from_client, &mut self.out)
        } else {
            self.session.server_bytes(&mut self.from_server, &mut self.out)
        };
        self.fault = result.err();
    }
}

impl Conversation {
    pub fn with(judge: impl Fn() -> Box<dyn Judge> + 'static) -> Self {
        Conversation { judge: Box::new(judge), steps: Vec::new() }
    }

    pub fn client(mut self, messages: &[Vec<u8>]) -> Self {
        self.steps.push(Step::Client(messages.concat()));
        self
    }

    pub fn server(mut self, messages: &[Vec<u8>]) -> Self {
        self.steps.push(Step::Server(messages.concat()));
        self
    }

    /// Exactly this has gone to the server since it was last asked.
    pub fn to_server(mut self, messages: &[Vec<u8>]) -> Self {
        self.steps.push(Step::ToServer(messages.concat()));
        self
    }

    /// Exactly this has gone to the client since it was last asked.
    pub fn to_client(mut self, messages: &[Vec<u8>]) -> Self {
        self.steps.push(Step::ToClient(messages.concat()));
        self
    }

    /// This has not gone to the server since it was last asked.
    pub fn never_to_server(mut self, text: &'static str) -> Self {
        self.steps.push(Step::NeverToServer(text));
        self
    }

    /// What has gone to the server since it was last asked ends so.
    pub fn to_server_at_last(mut self, messages: &[Vec<u8>]) -> Self {
        self.steps.push(Step::ToServerAtLast(messages.concat()));
        self
    }

    /// What has gone to the server since it was last asked is CopyData, however cut, and CopyDone.
    pub fn sends_bytes(self, data: &[u8]) -> Self {
        self.sends_data_then(data, &[super::messages::copy_done()])
    }

    /// CopyData, however cut, and then these.
    pub fn sends_data_then(mut self, data: impl AsRef<[u8]>, messages: &[Vec<u8>]) -> Self {
        self.steps.push(Step::DataToServer(data.as_ref().to_vec(), messages.concat()));
        self
    }

    /// What has gone to the client since it was last asked is CopyData, however cut, and the end of a
    /// COPY.
    pub fn shows_bytes(mut self, data: &[u8]) -> Self {
        self.steps.push(Step::DataToClient(data.to_vec()));
        self
    }

    /// The first that has gone to the client since it was last asked is an error with this SQLSTATE.
    pub fn told(mut self, sqlstate: &'static str) -> Self {
        self.steps.push(Step::Told(sqlstate));
        self
    }

    /// The client says it, and the server hears the same.
    pub fn asks(self, messages: &[Vec<u8>]) -> Self {
        self.client(messages).to_server(messages)
    }

    /// The server says it, and the client hears the same.
    pub fn hears(self, messages: &[Vec<u8>]) -> Self {
        self.server(messages).to_client(messages)
    }

    /// The session has ended with such a fault.
    pub fn ends(mut self, fault: fn(&Fault) -> bool) -> Self {
        self.steps.push(Step::Ends(fault));
        self
    }

    /// Plays it whole, byte by byte, and with each step cut in two at every place.
    #[track_caller]
    pub fn holds(self) {
        self.play(&mut |bytes| vec![bytes.to_vec()]);
        self.play(&mut |bytes| bytes.iter().map(|b| vec![*b]).collect());
        let longest = self.steps.iter().map(Step::len).max().unwrap_or(0);
        for cut in 1..longest {
            self.play(&mut |bytes| {
                let (a, b) = bytes.split_at(cut.min(bytes.len()));
                vec![a.to_vec(), b.to_vec()]
            });
        }
    }

    #[track_caller]
    fn play(&self, cut: &mut dyn FnMut(&[u8]) -> Vec<Vec<u8>>) {
        let mut machine = Machine::started((self.judge)());
        let mut ended = false;
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Client(bytes) => cut(bytes).iter().for_each(|b| machine.client(b)),
                Step::Server(bytes) => cut(bytes).iter().for_each(|b| machine.server(b)),
                Step::ToServer(bytes) => {
                    let sent = std::mem::take(&mut machine.out.to_server);
                    assert_eq!(shown(&sent), shown(bytes), "to the server, step {at}");
                }
                Step::ToClient(bytes) => {
                    let sent = std::mem::take(&mut machine.out.to_client);
                    assert_eq!(shown(&sent), shown(bytes), "to the client, step {at}");
                }
                Step::NeverToServer(text) => {
                    let sent = shown(&machine.out.to_server);
                    assert!(!sent.concat().contains(text), "to the server, step {at}: {sent:?}");
                }
                Step::ToServerAtLast(bytes) => {
                    let sent = std::mem::take(&mut machine.out.to_server);
                    assert!(sent.ends_with(bytes), "{:?}, step {at}, not {:?}", shown(&sent), shown(bytes));
                }
                Step::DataToServer(data, rest) => {
                    let (sent, others) = joined(&std::mem::take(&mut machine.out.to_server));
                    assert_eq!(sent.escape_ascii().to_string(), data.escape_ascii().to_string(), "step {at}");
                    assert_eq!(shown(&others), shown(rest), "to the server, step {at}");
                }
                Step::DataToClient(data) => {
                    let (sent, others) = joined(&std::mem::take(&mut machine.out.to_client));
                    assert_eq!(sent.escape_ascii().to_string(), data.escape_ascii().to_string(), "step {at}");
                    assert!(others.starts_with(b"c"), "{:?}, step {at}", shown(&others));
                }
                Step::Told(sqlstate) => {
                    let sent = shown(&std::mem::take(&mut machine.out.to_client));
                    let first = sent.first().map_or("", String::as_str);
                    assert!(first.starts_with("E ") && first.contains(&format!("C{sqlstate}")), "{sent:?}");
                    assert!(!sent.concat().contains("secret"), "{sent:?}");
                }
                Step::Ends(is) => {
                    let fault = machine.fault.as_ref().expect("the session has ended");
                    assert!(is(fault), "{fault:?} at step {at}");
                    assert!(machine.session.is_over());
                    ended = true;
                }
            }
        }
        assert!(ended || machine.fault.is_none(), "{:?}", machine.fault);
    }
}

impl Step {
    fn len(&self) -> usize {
        match self {
            Step::Client(bytes) | Step::Server(bytes) => bytes.len(),
            _ => 0,
        }
    }
}

/// The bodies of the CopyData frames in front, joined; and what follows them.
fn joined(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut data, mut rest) = (Vec::new(), bytes);
    while let [b'd', a, b, c, d, ..] = rest {
        let end = u32::from_be_bytes([*a, *b, *c, *d]) as usize + 1;
        data.extend_from_slice(&rest[5..end]);
        rest = &rest[end..];
    }
    (data, rest.to_vec())
}
