//! A relay between the proxy and the server that records every byte, in order: what the host sees
//! on the wire.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// What passed so far; all connections together, each chunk in the order it was read.
#[derive(Clone, Default)]
pub struct Recording(Arc<Mutex<Vec<u8>>>);

impl Recording {
    pub fn add(&self, bytes: &[u8]) {
        self.0.lock().expect("recording").extend_from_slice(bytes);
    }

    /// A copy of all bytes so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("recording").clone()
    }

    /// Forgets what was recorded.
    pub fn clear(&self) {
        self.0.lock().expect("recording").clear();
    }

    /// Whether these bytes passed.
    pub fn contains(&self, needle: &[u8]) -> bool {
        memchr::memmem::find(&self.0.lock().expect("recording"), needle).is_some()
    }
}

/// Whether what comes from the proxy stays here for now, and how many bytes did.
#[derive(Default)]
struct Gate {
    shut: Mutex<(bool, usize)>,
    changed: Condvar,
}

impl Gate {
    /// Waits while the gate is shut.
    fn pass(&self, bytes: usize) {
        let mut shut = self.shut.lock().expect("gate");
        if shut.0 {
            shut.1 += bytes;
            self.changed.notify_all();
        }
        while shut.0 {
            shut = self.changed.wait(shut).expect("gate");
        }
    }
}

/// A listening relay; it ends with the test process.
pub struct Tap {
    /// Where it listens: `127.0.0.1:port`.
    pub address: String,
    pub to_server: Recording,
    pub to_client: Recording,
    gate: Arc<Gate>,
}

impl Tap {
    /// Relays every connection to `upstream` (`host:port`).
    pub fn start(upstream: &str) -> Tap {
        Tap::start_in_pieces(upstream, usize::MAX)
    }

    /// Also hands on what it read in writes of at most this many bytes.
    pub fn start_in_pieces(upstream: &str, piece: usize) -> Tap {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let tap = Tap {
            address,
            to_server: Recording::default(),
            to_client: Recording::default(),
            gate: Arc::default(),
        };
        let gate = Arc::clone(&tap.gate);
        let (upstream, to_server, to_client) =
            (upstream.to_owned(), tap.to_server.clone(), tap.to_client.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&upstream) else { continue };
                for stream in [&client, &server] {
                    let _ = stream.set_nodelay(true);
                }
                let (client_too, server_too) = (
                    client.try_clone().expect("a second handle"),
                    server.try_clone().expect("a second handle"),
                );
                let (up, down, gate) = (to_server.clone(), to_client.clone(), Arc::clone(&gate));
                thread::spawn(move || relay(client, server, &up, piece, |bytes| gate.pass(bytes)));
                thread::spawn(move || relay(server_too, client_too, &down, piece, |_| ()));
            }
        });
        tap
    }

    /// From now on what comes from the proxy does not go on to the server.
    pub fn hold(&self) {
        *self.gate.shut.lock().expect("gate") = (true, 0);
    }

    /// Whether so many bytes are held back, now or within a few seconds.
    pub fn has_held(&self, bytes: usize) -> bool {
        let shut = self.gate.shut.lock().expect("gate");
        let limit = Duration::from_secs(10);
        let (shut, _) =
            self.gate.changed.wait_timeout_while(shut, limit, |shut| shut.1 < bytes).expect("gate");
        shut.1 >= bytes
    }

    /// What was held back goes on.
    pub fn release(&self) {
        self.gate.shut.lock().expect("gate").0 = false;
        self.gate.changed.notify_all();
    }
}

fn relay(mut from: TcpStream, mut to: TcpStream, recording: &Recording, piece: usize, pass: impl Fn(usize)) {
    let mut chunk = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        recording.add(&chunk[..count]);
        pass(count);
        if chunk[..count].chunks(piece).any(|bytes| to.write_all(bytes).is_err()) {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = from.shutdown(Shutdown::Read);
}
