//! The doors and the carriers: threads that let connections in, and those that move their bytes.
//!
//! A door runs the logins of its connections as tasks, TLS handshakes and the stretching of passwords
//! included, so that none of it holds up a session that is running. Each door has a carrier
//! ([`super::carriers`]), which gets the connections whose clients are in.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::carriers::Carrier;
use super::connection;
use super::intake::Socket;
use super::limits::Place;
use super::listen::Accepted;
use super::proxy::{Proxy, Shared};
use super::shutdown::Phase;

/// How often carriers look in on their connections: the accuracy of what goes by the clock there.
const LOOKS: Duration = Duration::from_secs(1);

/// All threads.
pub struct Workers(Vec<Worker>);

/// A door and its carrier.
struct Worker {
    inbox: UnboundedSender<(Accepted, Place)>,
    carrier: Arc<Carrier>,
    /// Connections that the two have.
    load: Arc<AtomicUsize>,
}

/// Counts a connection while it lives.
pub struct Load(Arc<AtomicUsize>);

impl Drop for Load {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// Starts `threads` of each.
    pub fn start(threads: usize, shared: &Arc<Shared>) -> io::Result<Workers> {
        (0..threads)
            .map(|number| Worker::start(number, shared.clone()))
            .collect::<Result<_, _>>()
            .map(Workers)
    }

    /// Gives a connection to the threads that have the fewest.
    pub fn give(&self, accepted: Accepted, place: Place) {
        let Some(worker) = self.0.iter().min_by_key(|worker| worker.load.load(Ordering::Relaxed)) else {
            return;
        };
        worker.load.fetch_add(1, Ordering::Relaxed);
        if worker.inbox.send((accepted, place)).is_err() {
            tracing::error!("a thread has ended; a connection was closed");
        }
    }

    /// Calls the carriers every second and at each phase of the shutdown; never ends.
    pub async fn call(self: Arc<Self>, shared: Arc<Shared>) {
        let mut next = Phase::Draining;
        loop {
            tokio::select! {
                () = shared.shutdown.reached(next), if shared.shutdown.phase() < Phase::Closing => {
                    next = Phase::Closing;
                }
                () = tokio::time::sleep(LOOKS) => {}
            }
            self.0.iter().for_each(|worker| worker.carrier.call());
        }
    }
}

impl Worker {
    fn start(number: usize, shared: Arc<Shared>) -> io::Result<Worker> {
        // Without timers: see `clock`.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let (inbox, connections) = unbounded_channel();
        let carrier = Arc::new(Carrier::start(number)?);
        let door = Door { carrier: carrier.clone(), load: Arc::default() };
        let load = door.load.clone();
        thread::Builder::new().name(format!("pgveil-door-{number}")).spawn(move || {
            runtime.block_on(door.work(Proxy::new(shared), connections));
        })?;
        Ok(Worker { inbox, carrier, load })
    }
}

struct Door {
    carrier: Arc<Carrier>,
    load: Arc<AtomicUsize>,
}

impl Door {
    /// Runs until the inbox is closed, which is at the end of the process.
    async fn work(self, proxy: Proxy, mut connections: UnboundedReceiver<(Accepted, Place)>) {
        while let Some((accepted, place)) = connections.recv().await {
            let load = Load(self.load.clone());
            let socket = match joined(accepted) {
                Ok(socket) => socket,
                Err(error) => {
                    tracing::error!(%error, "a connection cannot be served");
                    continue;
                }
            };
            let (proxy, carrier) = (proxy.clone(), self.carrier.clone());
            tokio::spawn(async move {
                if let Some(running) = connection::admit(proxy, socket, place, load).await {
                    carrier.give(running);
                }
            });
        }
    }
}

fn joined(accepted: Accepted) -> io::Result<Socket> {
    match accepted {
        Accepted::Tcp(stream, address) => Ok(Socket::Tcp(TcpStream::from_std(stream)?, address)),
        Accepted::Unix(stream) => Ok(Socket::Unix(UnixStream::from_std(stream)?)),
    }
}
