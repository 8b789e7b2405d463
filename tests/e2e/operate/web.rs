//! The address of `[metrics]`, asked without a library.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::support::ProxySetup;

/// Where one proxy answers.
pub struct Web(String);

/// The status line's number, the head, the body.
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Web {
    /// Adds `[metrics]` to the setup.
    pub fn of(setup: &mut ProxySetup) -> Web {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
        setup.tables = format!("[metrics]\nlisten = \"{free}\"\n{}", setup.tables);
        Web(free.to_string())
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.0).expect("the address of [metrics]");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a limit");
        stream
    }

    /// Whatever these bytes are answered with.
    pub fn say(&self, bytes: &[u8]) -> Reply {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("written");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("a whole answer");
        let (head, body) = reply.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|number| number.parse().ok()).expect("a status");
        Reply { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.say(format!("GET {path} HTTP/1.1\r\nHost: pgveil\r\n\r\n").as_bytes())
    }

    /// Samples by name and labels.
    pub fn metrics(&self) -> BTreeMap<String, f64> {
        let body = self.get("/metrics").body;
        let lines = body.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.map(|line| line.rsplit_once(' ').expect("a name and a value"));
        pairs.map(|(name, value)| (name.to_owned(), value.parse().expect("a number"))).collect()
    }

    /// Waits until `path` answers so; fails the test after a while.
    pub fn until(&self, path: &str, status: u16) -> Reply {
        let deadline = Instant::now() + Duration::from_secs(15);
        loop {
            let reply = self.get(path);
            if reply.status == status {
                return reply;
            }
            assert!(Instant::now() < deadline, "{path} says {}: {}", reply.status, reply.body);
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
