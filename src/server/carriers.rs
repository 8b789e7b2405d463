//! The threads that move bytes: each waits for the sockets of its connections and runs whichever
//! session has something to do.
//!
//! Knows sockets' readiness and whose turn it is. Does not know what a session does. A carrier has no
//! timer and reads no clock while bytes move: it is called from outside now and then
//! ([`Carrier::call`]). Why it is no executor of tasks: docs/decisions/0005.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::task::{self, Wake};
use std::thread;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::{Events, Poll, Registry, Token, Waker};

use super::running::{Next, Running};
use crate::sql::parse::STACK;

/// Of newcomers and calls; a socket's token is below.
const CALL: Token = Token(usize::MAX);
/// Sockets that are reported at a stroke.
const EVENTS: usize = 256;

/// A thread that moves bytes, from outside. Dropped, the thread ends, and its connections with it.
pub struct Carrier {
    bell: Arc<Bell>,
    inbox: Option<Sender<Box<Running>>>,
}

/// How a carrier is called.
struct Bell {
    waker: Waker,
    /// It is to look in on every connection.
    look: AtomicBool,
    /// Somebody has looked at the database's shape, or waits for what a session holds: some are meant.
    means: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.means.store(true, Ordering::Release);
        self.ring();
    }
}

impl Bell {
    fn ring(&self) {
        if let Err(error) = self.waker.wake() {
            tracing::error!(%error, "a thread cannot be called");
        }
    }
}

impl Carrier {
    /// Starts the thread.
    pub fn start(number: usize) -> io::Result<Carrier> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), CALL)?;
        let bell = Arc::new(Bell { waker, look: AtomicBool::new(false), means: AtomicBool::new(false) });
        let (inbox, newcomers) = channel();
        let carried =
            Carried { bell: bell.clone(), newcomers, seats: Vec::new(), free: Vec::new(), again: Vec::new() };
        thread::Builder::new().name(format!("pgveil-{number}")).stack_size(STACK).spawn(move || {
            if let Err(error) = carried.run(poll) {
                tracing::error!(%error, "a thread that moves bytes has ended");
            }
        })?;
        Ok(Carrier { bell, inbox: Some(inbox) })
    }

    /// Gives it a session to run.
    pub fn give(&self, running: Running) {
        let given = self.inbox.as_ref().is_some_and(|inbox| inbox.send(Box::new(running)).is_ok());
        if given {
            self.bell.ring();
        } else {
            tracing::error!("a thread has ended; a connection was closed");
        }
    }

    /// Makes it look in on all its connections: for what goes by the clock, and for shutdown.
    pub fn call(&self) {
        self.bell.look.store(true, Ordering::Release);
        self.bell.ring();
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        // ORDER: the thread, once called, must find that nobody gives any more.
        self.inbox = None;
        self.bell.ring();
    }
}

/// A defect that shows in one session ends that session; those beside it on the thread go on.
fn alone(calls: impl FnOnce() -> Next) -> Next {
    // What it leaves half done is dropped with the connection.
    catch_unwind(AssertUnwindSafe(calls)).unwrap_or_else(|_| {
        tracing::error!("a session failed inside pgveil and was closed");
        Next::Gone
    })
}

/// The connections of one thread.
struct Carried {
    bell: Arc<Bell>,
    newcomers: Receiver<Box<Running>>,
    /// A socket's token is twice the number of its connection's seat, and one more for the server's.
    seats: Vec<Option<Box<Running>>>,
    free: Vec<usize>,
    /// Seats that have more to do.
    again: Vec<usize>,
}

impl Carried {
    fn run(mut self, mut poll: Poll) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        loop {
            let timeout = (!self.again.is_empty()).then_some(Duration::ZERO);
            match poll.poll(&mut events, timeout) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            // ORDER: what comes from sockets before what stays from the last turn: nobody waits longer
            // than one turn of everybody else.
            let stayed = std::mem::take(&mut self.again);
            let mut called = false;
            for event in &events {
                match event.token() {
                    CALL => called = true,
                    Token(token) => self.hear(token, event),
                }
            }
            stayed.into_iter().for_each(|seat| self.turn_again(seat));
            if called && !self.answer(poll.registry()) {
                return Ok(());
            }
        }
    }

    /// A socket is ready.
    fn hear(&mut self, token: usize, event: &Event) {
        let seat = token / 2;
        let Some(Some(running)) = self.seats.get_mut(seat) else { return };
        if token % 2 == 0 {
            running.client_says(event);
        } else {
            running.server_says(event);
        }
        if !running.is_next {
            let next = alone(|| running.turn());
            self.goes_on(seat, &next);
        }
    }

    fn turn_again(&mut self, seat: usize) {
        if let Some(Some(running)) = self.seats.get_mut(seat) {
            running.is_next = false;
            let next = alone(|| running.turn());
            self.goes_on(seat, &next);
        }
    }

    fn goes_on(&mut self, seat: usize, next: &Next) {
        match next {
            Next::Waits => {}
            Next::Again => {
                if let Some(Some(running)) = self.seats.get_mut(seat)
                    && !std::mem::replace(&mut running.is_next, true)
                {
                    self.again.push(seat);
                }
            }
            Next::Gone => {
                if let Some(place) = self.seats.get_mut(seat) {
                    *place = None;
                    self.free.push(seat);
                }
            }
        }
    }

    /// Takes newcomers in, and looks in on all if it is to. False: nobody gives any more.
    fn answer(&mut self, registry: &Registry) -> bool {
        let given = loop {
            match self.newcomers.try_recv() {
                Ok(newcomer) => self.seat(newcomer, registry),
                Err(TryRecvError::Empty) => break true,
                Err(TryRecvError::Disconnected) => break false,
            }
        };
        if self.bell.look.swap(false, Ordering::AcqRel) {
            let now = Instant::now();
            for seat in 0..self.seats.len() {
                if let Some(Some(running)) = self.seats.get_mut(seat) {
                    let next = alone(|| running.look_in(now));
                    self.goes_on(seat, &next);
                }
            }
        }
        if self.bell.means.swap(false, Ordering::AcqRel) {
            for seat in 0..self.seats.len() {
                if let Some(Some(running)) = self.seats.get_mut(seat)
                    && running.is_meant()
                {
                    let next = alone(|| running.called());
                    self.goes_on(seat, &next);
                }
            }
        }
        given
    }

    fn seat(&mut self, mut newcomer: Box<Running>, registry: &Registry) {
        let seat = self.free.pop().unwrap_or_else(|| {
            self.seats.push(None);
            self.seats.len() - 1
        });
        let waker = task::Waker::from(self.bell.clone());
        let (client, server) = (Token(seat * 2), Token(seat * 2 + 1));
        let next = alone(|| newcomer.begin(registry, client, server, waker));
        if let Some(place) = self.seats.get_mut(seat) {
            *place = Some(newcomer);
        }
        self.goes_on(seat, &next);
    }
}
