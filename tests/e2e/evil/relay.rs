//! A relay that lies once: everything between proxy and server is real, keys, policy and rows, but for
//! the one message of the server that a test replaces.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::support::client::Message;
use crate::support::tap::Recording;

/// What stands in a message's place; empty drops it.
pub type Telling = Arc<dyn Fn(&Message) -> Vec<u8> + Send + Sync>;

/// The first message with this tag is replaced.
#[derive(Clone)]
pub struct Lie {
    pub tag: u8,
    pub telling: Telling,
    /// The connection ends behind it.
    pub last: bool,
}

/// A listening relay; it ends with the test process.
#[derive(Clone)]
pub struct LyingRelay {
    /// `127.0.0.1:port`.
    pub address: String,
    /// What the host sees on the wire.
    pub to_server: Recording,
    armed: Arc<Mutex<Option<Lie>>>,
}

impl LyingRelay {
    pub fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let relay = LyingRelay { address, to_server: Recording::default(), armed: Arc::default() };
        let (upstream, own) = (upstream.to_owned(), relay.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&upstream) else { continue };
                let pair = || Some((client.try_clone().ok()?, server.try_clone().ok()?));
                let (Some(up), Some(down)) = (pair(), pair()) else { continue };
                let (upwards, downwards) = (own.clone(), own.clone());
                thread::spawn(move || upwards.up(up.0, up.1));
                thread::spawn(move || {
                    let _ = downwards.down(&down.1, &down.0);
                    let _ = down.0.shutdown(Shutdown::Both);
                    let _ = down.1.shutdown(Shutdown::Both);
                });
            }
        });
        relay
    }

    /// The next message that it is about is replaced.
    pub fn arm(&self, lie: Lie) {
        *self.armed.lock().expect("the lie") = Some(lie);
    }

    /// Honest again; was the lie told?
    pub fn disarm(&self) -> bool {
        self.armed.lock().expect("the lie").take().is_none()
    }

    fn up(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut chunk = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut chunk) {
            self.to_server.add(&chunk[..count]);
            if to.write_all(&chunk[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }

    /// Message by message; the server's side has tags and lengths from the first byte.
    fn down(&self, mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
        let _ = to.set_nodelay(true);
        loop {
            let mut head = [0; 5];
            from.read_exact(&mut head)?;
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize - 4;
            let mut message = Message { tag: head[0], body: vec![0; length] };
            from.read_exact(&mut message.body)?;
            let lie = {
                let mut armed = self.armed.lock().expect("the lie");
                let told = armed.as_ref().is_some_and(|lie| lie.tag == message.tag);
                if told { armed.take() } else { None }
            };
            match lie {
                None => to.write_all(&message.bytes())?,
                Some(lie) => {
                    to.write_all(&(lie.telling)(&message))?;
                    if lie.last {
                        return Ok(());
                    }
                }
            }
        }
    }
}
