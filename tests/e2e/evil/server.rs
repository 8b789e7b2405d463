//! The fake PostgreSQL: it listens, and what it does with a connection is the test's script.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use crate::support::client::{Message, framed};
use crate::support::tap::Recording;

/// A listening liar; it ends with the test process.
pub struct EvilServer {
    /// `127.0.0.1:port`.
    pub address: String,
    /// Every byte that it was sent.
    pub received: Recording,
}

impl EvilServer {
    /// Runs the script for each connection, in a thread of its own. An error of the script ends
    /// that connection.
    pub fn start(script: impl Fn(&mut Victim) -> io::Result<()> + Send + Sync + 'static) -> EvilServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let received = Recording::default();
        let (script, recording) = (Arc::new(script), received.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, received) = (script.clone(), recording.clone());
                thread::spawn(move || {
                    let _ = stream.set_nodelay(true);
                    let _ = script(&mut Victim { stream, received });
                });
            }
        });
        EvilServer { address, received }
    }
}

/// The proxy, seen from the liar.
pub struct Victim {
    stream: TcpStream,
    received: Recording,
}

impl Victim {
    /// The next bytes, recorded.
    fn take(&mut self, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes)?;
        self.received.add(&bytes);
        Ok(bytes)
    }

    /// One packet without a tag: SSLRequest, StartupMessage …
    pub fn untagged(&mut self) -> io::Result<Vec<u8>> {
        let length = self.take(4)?;
        let length = u32::from_be_bytes(length.try_into().expect("four bytes"));
        self.take(length as usize - 4)
    }

    /// The start-up packet; requests for encryption are declined.
    pub fn startup(&mut self) -> io::Result<Vec<u8>> {
        loop {
            let body = self.untagged()?;
            match body.as_slice() {
                [0x04, 0xd2, 0x16, 0x2f | 0x30] => self.raw(b"N")?,
                _ => return Ok(body),
            }
        }
    }

    /// The next message.
    pub fn read(&mut self) -> io::Result<Message> {
        let head = self.take(5)?;
        let length = u32::from_be_bytes(head[1..].try_into().expect("four bytes"));
        Ok(Message { tag: head[0], body: self.take(length as usize - 4)? })
    }

    /// Messages up to and including one with this tag.
    pub fn read_until(&mut self, tag: u8) -> io::Result<Message> {
        loop {
            let message = self.read()?;
            if message.tag == tag {
                return Ok(message);
            }
        }
    }

    /// Any bytes.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// One message.
    pub fn send(&mut self, tag: u8, body: &[u8]) -> io::Result<()> {
        self.raw(&framed(tag, body))
    }

    /// Reads the start-up packet and lets anybody in.
    pub fn welcome(&mut self) -> io::Result<()> {
        self.startup()?;
        self.authenticated()
    }

    /// AuthenticationOk and what PostgreSQL says after it.
    pub fn authenticated(&mut self) -> io::Result<()> {
        self.send(b'R', &[0; 4])?;
        for pair in [
            "server_version\x0015.18\0",
            "server_encoding\0UTF8\0",
            "client_encoding\0UTF8\0",
            "DateStyle\0ISO, MDY\0",
            "TimeZone\0UTC\0",
            "IntervalStyle\0postgres\0",
            "integer_datetimes\0on\0",
            "standard_conforming_strings\0on\0",
        ] {
            self.send(b'S', pair.as_bytes())?;
        }
        self.send(b'K', &[0, 0, 0x10, 0, 0xde, 0xad, 0xbe, 0xef])?;
        self.ready(b'I')
    }

    /// ReadyForQuery with this status.
    pub fn ready(&mut self, status: u8) -> io::Result<()> {
        self.send(b'Z', &[status])
    }

    /// RowDescription of one text column that comes from no table.
    pub fn one_column(&mut self, name: &str) -> io::Result<()> {
        let tail = [0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0];
        self.send(b'T', &[&[0, 1][..], name.as_bytes(), &[0], &tail].concat())
    }

    /// DataRow of one value.
    pub fn row(&mut self, value: &[u8]) -> io::Result<()> {
        self.send(b'D', &[&[0, 1][..], &(value.len() as u32).to_be_bytes(), value].concat())
    }

    /// CommandComplete.
    pub fn complete(&mut self, tag: &str) -> io::Result<()> {
        self.send(b'C', &[tag.as_bytes(), b"\0"].concat())
    }

    /// Its socket, for a liar that goes on elsewhere.
    pub fn stream(&self) -> io::Result<TcpStream> {
        self.stream.try_clone()
    }

    /// Stays silent until the proxy hangs up.
    pub fn wait_for_the_end(&mut self) -> io::Result<()> {
        loop {
            self.read()?;
        }
    }
}
