//! The threads that move bytes: each with an event loop of its own and the connections it was given.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::connection;
use super::intake::Socket;
use super::limits::Place;
use super::listen::Accepted;
use super::proxy::{Proxy, Shared};

/// All threads.
pub struct Workers(Vec<Worker>);

struct Worker {
    inbox: UnboundedSender<(Accepted, Place)>,
    /// Connections that it has.
    load: Arc<AtomicUsize>,
}

/// Counts a connection while it lives.
struct Load(Arc<AtomicUsize>);

impl Drop for Load {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// Starts `threads` of them.
    pub fn start(threads: usize, shared: &Arc<Shared>) -> io::Result<Workers> {
        (0..threads)
            .map(|number| Worker::start(number, shared.clone()))
            .collect::<Result<_, _>>()
            .map(Workers)
    }

    /// Gives a connection to the thread that has the fewest.
    pub fn give(&self, accepted: Accepted, place: Place) {
        let Some(worker) = self.0.iter().min_by_key(|worker| worker.load.load(Ordering::Relaxed)) else {
            return;
        };
        worker.load.fetch_add(1, Ordering::Relaxed);
        if worker.inbox.send((accepted, place)).is_err() {
            tracing::error!("a thread has ended; a connection was closed");
        }
    }
}

impl Worker {
    fn start(number: usize, shared: Arc<Shared>) -> io::Result<Worker> {
        // Without timers: see `clock`.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let (inbox, connections) = unbounded_channel();
        let load = Arc::new(AtomicUsize::new(0));
        let counted = load.clone();
        thread::Builder::new().name(format!("pgveil-{number}")).spawn(move || {
            runtime.block_on(work(Proxy::new(shared), connections, counted));
        })?;
        Ok(Worker { inbox, load })
    }
}

/// Runs until the inbox is closed, which is at the end of the process.
async fn work(proxy: Proxy, mut connections: UnboundedReceiver<(Accepted, Place)>, load: Arc<AtomicUsize>) {
    while let Some((accepted, place)) = connections.recv().await {
        let counted = Load(load.clone());
        let socket = match joined(accepted) {
            Ok(socket) => socket,
            Err(error) => {
                tracing::error!(%error, "a connection cannot be served");
                continue;
            }
        };
        let proxy = proxy.clone();
        tokio::spawn(async move {
            connection::serve(proxy, socket, place).await;
            drop(counted);
        });
    }
}

fn joined(accepted: Accepted) -> io::Result<Socket> {
    match accepted {
        Accepted::Tcp(stream, address) => Ok(Socket::Tcp(TcpStream::from_std(stream)?, address)),
        Accepted::Unix(stream) => Ok(Socket::Unix(UnixStream::from_std(stream)?)),
    }
}
