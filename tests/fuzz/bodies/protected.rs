//! A session under a policy, with real keys: any statement, any stream, any server.

use std::sync::{Arc, OnceLock};

use pgveil::session::epoch::Epoch;
use pgveil::session::{KeyData, Limits, Out, Session, SessionConfig};
use pgveil::wire::buffer::InBuf;

use super::epochs::{epoch, watch};
use super::messages::{
    bind, copy_data, copy_done, copy_in, describe_portal, execute, frame, key_data, parse, query, ready, sync,
};

/// Never to be seen by the server.
const SECRET: &str = "top-secret";

/// A session and what it has sent.
pub struct Both {
    session: Session,
    client: InBuf,
    server: InBuf,
    pub out: Out,
}

impl Both {
    pub fn new() -> Both {
        static EPOCH: OnceLock<Arc<Epoch>> = OnceLock::new();
        let key = KeyData { pid: 1, secret: b"ours".to_vec() };
        let config = SessionConfig { key, limits: Limits { message: 1 << 20 } };
        let session = Session::new(config, watch(EPOCH.get_or_init(epoch)));
        let (client, server, out) = (InBuf::new(), InBuf::new(), Out::default());
        let mut both = Both { session, client, server, out };
        assert!(both.server(&[key_data(1, b"them"), ready('I')].concat()));
        both.out.to_client.clear();
        both
    }

    /// Whether the session goes on.
    pub fn client(&mut self, bytes: &[u8]) -> bool {
        self.client.extend(bytes);
        let taken = self.session.client_bytes(&mut self.client, &mut self.out);
        assert!(taken.is_ok() || self.session.is_over());
        !self.session.is_over()
    }

    /// Whether the session goes on.
    pub fn server(&mut self, bytes: &[u8]) -> bool {
        self.server.extend(bytes);
        let taken = self.session.server_bytes(&mut self.server, &mut self.out);
        assert!(taken.is_ok() || self.session.is_over());
        !self.session.is_over()
    }

    fn has_sent(&self, what: &str) -> bool {
        self.out.to_server.windows(what.len()).any(|w| w == what.as_bytes())
    }
}

/// Any text, as a Query and as a Parse.
pub fn fuzz_statements(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.contains('\0') {
        return;
    }
    Both::new().client(&query(text));
    Both::new().client(&[parse("s", text), bind("", "s", &[Some(SECRET)]), execute(""), sync()].concat());
}

/// A COPY of protected columns in the format of the first byte, its stream cut where the bytes say: a
/// stream that holds the secret in a protected field is sealed or refused.
pub fn fuzz_copy(data: &[u8]) {
    let [format, cut, stream @ ..] = data else { return };
    let options = match format % 3 {
        0 => "",
        1 => " WITH (FORMAT csv)",
        _ => " WITH (FORMAT binary)",
    };
    let mut both = Both::new();
    both.client(&query(&format!("COPY customers (email, name) FROM STDIN{options}")));
    let answer = match format % 3 {
        2 => frame(b'G', b"\x01\0\x02\0\x01\0\x01"),
        _ => copy_in(),
    };
    if !both.server(&answer) {
        return;
    }
    both.out.to_server.clear();
    let hidden = [stream, SECRET.as_bytes(), b"\n"].concat();
    let (first, second) = hidden.split_at(usize::from(*cut).min(hidden.len()));
    for piece in [first, second] {
        both.client(&frame(b'd', piece));
    }
    both.client(&[copy_data(""), copy_done(), sync()].concat());
    assert!(!both.has_sent(SECRET), "both columns are protected");
}

/// A client of good will, a server that says anything: nothing protected goes up.
pub fn fuzz_hostile_server(data: &[u8]) {
    let says = [
        parse("a", "SELECT id, email FROM customers WHERE email = $1"),
        parse("b", "INSERT INTO customers (id, email, name) VALUES (1, $1, 'top-secret')"),
        [bind("", "a", &[Some(SECRET)]), describe_portal(""), execute(""), sync()].concat(),
        [bind("p", "b", &[Some(SECRET)]), execute("p"), sync()].concat(),
        query("UPDATE customers SET name = 'top-secret' WHERE email = 'top-secret'"),
        query("COPY customers (email, name) FROM STDIN"),
        copy_data("top-secret\ttop-secret\n"),
        copy_done(),
        query("BEGIN; SELECT email FROM customers WHERE email IN ('top-secret', 'other')"),
        query("COPY customers TO STDOUT"),
        sync(),
    ];
    let mut both = Both::new();
    let mut rest = data;
    while let [what, more @ ..] = rest {
        let goes_on;
        if *what < 128 {
            goes_on = both.client(&says[usize::from(*what) % says.len()]);
            rest = more;
        } else {
            let [tag, length, more @ ..] = more else { break };
            let (body, after) = more.split_at(usize::from(*length % 64).min(more.len()));
            goes_on = both.server(&frame(*tag, body));
            rest = after;
        }
        assert!(!both.has_sent(SECRET));
        if !goes_on {
            return;
        }
    }
}
