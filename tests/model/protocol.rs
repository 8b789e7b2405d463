//! One value of a domain, in a table `a` where it is UNIQUE and in a table `b` that refers to it; the
//! key goes from old to new. What cannot be seen at this size (several values, partitions) is the
//! server's business: all values move in one statement.
//!
//! The keyring's generations stand for the steps: 0 before, 1 the new key is loaded, 2 the window is
//! open, 3 the domain has moved, 4 the window is closed.

use stateright::{Model, Property};

pub const UNIQUE: &str = "UNIQUE holds";
pub const FOREIGN_KEY: &str = "every reference has its row";
pub const KEPT: &str = "no value is lost";
pub const LOOKUPS: &str = "no look-up is wrong";
pub const ONE_FORM: &str = "once the window is closed nothing is under the old key";
pub const READABLE: &str = "nothing is stored under a key that a proxy has not loaded";
pub const DESTROYED: &str = "a destroyed key is under no value";
pub const NO_DEADLOCK: &str = "worker and client never wait for each other";
pub const READERS_GO_ON: &str = "plain reading never waits";
pub const REACHED: &str = "the old key is destroyed in the end";
pub const RETRIED: &str = "a worker has committed twice";

/// What is left out or done otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Broken {
    Nothing,
    LocksOneByOne,
    GuardSwapped,
    RowLocksOnly,
    OneTableLocked,
    TwoTransactions,
    GlobalActiveKey,
    NoFence,
    CopySealedEarly,
    NotDrained,
    AnyAcknowledgement,
    OlderKeyringAtStart,
    DestroyedUnasked,
    MovedUnacknowledged,
}

/// Forms of the value, as bits: one table may hold it in both, which is what must not happen.
type Forms = u8;
const OLD: Forms = 1;
const NEW: Forms = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    InsertA,
    DeleteA,
    InsertB,
    DeleteB,
    /// Plain reading by equality.
    Read,
    /// `a JOIN b FOR UPDATE`.
    Join,
    /// A transaction: `b FOR UPDATE`, then an insert into `a`.
    ReadThenWrite,
    CopyB,
}

const STATEMENTS: [Statement; 8] = [
    Statement::InsertA,
    Statement::DeleteA,
    Statement::InsertB,
    Statement::DeleteB,
    Statement::Read,
    Statement::Join,
    Statement::ReadThenWrite,
    Statement::CopyB,
];

/// What the one client of a proxy is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    Idle,
    /// Planned, and its constants sealed, under this generation; it may be waiting for a lock.
    Sent(Statement, u8),
    /// In the transaction, which began under this generation and holds a lock on `b`.
    InTransaction(u8),
    /// Only without table locks: has its snapshot of `b`, and waits for the row of `a`.
    Joining(Forms),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Proxy {
    up: bool,
    loaded: u8,
    acknowledged: u8,
    client: Client,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worker {
    /// Not in the transaction; what is next follows from the keyring and the fence.
    Out,
    /// Only one by one: has `a` and waits for `b`.
    HalfLocked,
    Locked,
    /// The statement has run: these rows were seen.
    Rewritten(Forms, Forms),
    /// Only in two transactions: `a` is committed.
    HalfCommitted,
    Committed,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    a: Forms,
    b: Forms,
    /// What the clients have been told is there.
    told: (bool, bool),
    fence: bool,
    durable: u8,
    worker: Worker,
    destroyed: bool,
    again: bool,
    wrong_lookup: bool,
    unreadable: bool,
    proxies: Vec<Proxy>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Work,
    KillWorker,
    Load(usize),
    Acknowledge(usize),
    Kill(usize),
    /// With the keyring of this generation.
    Start(usize, u8),
    Send(usize, Statement),
    Run(usize),
}

pub struct Protocol {
    pub broken: Broken,
    pub proxies: usize,
}

impl Protocol {
    fn writes(&self, generation: u8) -> Forms {
        let first_new = if self.broken == Broken::GlobalActiveKey { 1 } else { 3 };
        if generation >= first_new { NEW } else { OLD }
    }

    fn matches(&self, generation: u8) -> Forms {
        match generation {
            0 | 1 => OLD | self.writes(generation),
            2 | 3 => OLD | NEW,
            _ => NEW,
        }
    }

    /// Whether every proxy has acknowledged `generation`.
    fn acknowledged(&self, state: &State, generation: u8) -> bool {
        let needed = if self.broken == Broken::AnyAcknowledgement { 1 } else { generation };
        state.proxies.iter().all(|proxy| proxy.acknowledged >= needed)
    }

    fn may_acknowledge(&self, proxy: &Proxy) -> bool {
        let oldest = match proxy.client {
            Client::Idle | Client::Joining(_) => proxy.loaded,
            // Sealed when it has the lock, so it depends on nothing older.
            Client::Sent(Statement::CopyB, _) => proxy.loaded,
            Client::Sent(_, generation) | Client::InTransaction(generation) => generation,
        };
        proxy.up
            && proxy.acknowledged < proxy.loaded
            && (oldest >= proxy.loaded || self.broken == Broken::NotDrained)
    }

    /// Whether the worker's transaction keeps clients from (`a`, `b`).
    fn locked(&self, state: &State) -> (bool, bool) {
        match (state.worker, self.broken) {
            (Worker::Out | Worker::Committed | Worker::HalfCommitted, _) => (false, false),
            (_, Broken::RowLocksOnly) => (false, false),
            (Worker::HalfLocked, _) | (_, Broken::OneTableLocked) => (true, false),
            (Worker::Locked | Worker::Rewritten(..), _) => (true, true),
        }
    }

    fn work(&self, mut s: State) -> Option<State> {
        let busy = s.proxies.iter().any(|proxy| matches!(proxy.client, Client::InTransaction(_)));
        match (s.worker, s.durable) {
            (Worker::Out, 0) => s.durable = 1,
            (Worker::Out, 1) if self.acknowledged(&s, 1) || self.broken == Broken::MovedUnacknowledged => {
                s.durable = 2;
            }
            (Worker::Out, 2) if !self.acknowledged(&s, 2) && self.broken != Broken::MovedUnacknowledged => {
                return None;
            }
            (Worker::Out, 2) if self.broken == Broken::LocksOneByOne => s.worker = Worker::HalfLocked,
            (Worker::HalfLocked, 2) if !busy => s.worker = Worker::Locked,
            // All at once or not at all: a lock that is not to be had is given up and asked for again.
            (Worker::Out, 2) if !busy || self.broken == Broken::RowLocksOnly => s.worker = Worker::Locked,
            (Worker::Locked, 2) => s.worker = Worker::Rewritten(s.a, s.b),
            (Worker::Rewritten(seen, _), 2) if self.broken == Broken::TwoTransactions => {
                s.a = moved(s.a, seen);
                s.worker = Worker::HalfCommitted;
            }
            (Worker::HalfCommitted, 2) => {
                s.b = moved(s.b, s.b);
                self.commit(&mut s);
            }
            (Worker::Rewritten(seen_a, seen_b), 2) => {
                s.a = moved(s.a, seen_a);
                s.b = moved(s.b, seen_b);
                self.commit(&mut s);
            }
            (Worker::Committed, 2) => {
                s.durable = 3;
                s.worker = Worker::Out;
            }
            (Worker::Out, 3) if self.broken == Broken::DestroyedUnasked && !s.destroyed => s.destroyed = true,
            (Worker::Out, 3) if !self.acknowledged(&s, 3) => return None,
            (Worker::Out, 3) if s.fence => s.fence = false,
            (Worker::Out, 3) => s.durable = 4,
            (Worker::Out, 4) if s.destroyed => return None,
            (Worker::Out, 4) if self.acknowledged(&s, 4) && (s.a | s.b) & OLD == 0 => s.destroyed = true,
            (_, _) => return None,
        }
        Some(s)
    }

    fn commit(&self, s: &mut State) {
        s.again |= s.fence;
        s.fence = self.broken != Broken::NoFence;
        s.worker = Worker::Committed;
    }

    /// Whether the clients are told nothing but the truth.
    fn look(&self, s: &mut State, stored: Forms, told: bool, generation: u8, proxy: usize) {
        let found = stored & self.matches(generation);
        s.wrong_lookup |= (found != 0) != told;
        s.unreadable |= found & NEW != 0 && s.proxies[proxy].loaded == 0;
    }

    fn run(&self, mut s: State, number: usize) -> Option<State> {
        let (a_locked, b_locked) = self.locked(&s);
        let Proxy { client, loaded, .. } = s.proxies[number];
        let mut next = Client::Idle;
        match client {
            Client::Idle => return None,
            Client::Sent(Statement::Read, generation) => {
                if self.broken == Broken::GuardSwapped && a_locked {
                    return None;
                }
                let (stored, told) = (s.a, s.told.0);
                self.look(&mut s, stored, told, generation, number);
            }
            Client::Sent(Statement::Join, generation) => {
                if a_locked || b_locked {
                    return None;
                }
                if self.broken == Broken::RowLocksOnly && matches!(s.worker, Worker::Rewritten(..)) {
                    next = Client::Joining(s.b);
                } else {
                    let (stored, told) = (s.a & s.b, s.told.0 && s.told.1);
                    self.look(&mut s, stored, told, generation, number);
                }
            }
            Client::Joining(snapshot) => {
                if matches!(s.worker, Worker::Rewritten(..)) {
                    return None;
                }
                // The row of `a` is looked at again as it is now, that of `b` as it was.
                let (stored, told) = (s.a & snapshot, s.told.0 && s.told.1 && snapshot != 0);
                self.look(&mut s, stored, told, 2, number);
            }
            Client::Sent(Statement::InsertA, _) | Client::Sent(Statement::DeleteA, _) if a_locked => {
                return None;
            }
            Client::Sent(Statement::InsertA, generation) => self.insert_a(&mut s, generation),
            Client::Sent(Statement::DeleteA, generation) => {
                let found = s.a & self.matches(generation);
                // What is referred to stays.
                if found & s.b == 0 {
                    let (stored, told) = (s.a, s.told.0);
                    self.look(&mut s, stored, told, generation, number);
                    s.a &= !found;
                    s.told.0 = false;
                }
            }
            // A key into a locked table is checked under a lock of its row.
            Client::Sent(Statement::InsertB | Statement::CopyB | Statement::DeleteB, _) if b_locked => {
                return None;
            }
            Client::Sent(Statement::InsertB, generation) => self.insert_b(&mut s, generation),
            Client::Sent(Statement::CopyB, generation) => {
                let early = self.broken == Broken::CopySealedEarly;
                self.insert_b(&mut s, if early { generation } else { loaded });
            }
            Client::Sent(Statement::DeleteB, generation) => {
                let (stored, told) = (s.b, s.told.1);
                self.look(&mut s, stored, told, generation, number);
                s.b &= !self.matches(generation);
                s.told.1 = false;
            }
            Client::Sent(Statement::ReadThenWrite, generation) => {
                if b_locked {
                    return None;
                }
                let (stored, told) = (s.b, s.told.1);
                self.look(&mut s, stored, told, generation, number);
                next = Client::InTransaction(generation);
            }
            Client::InTransaction(_) => {
                if a_locked {
                    return None;
                }
                self.insert_a(&mut s, loaded);
            }
        }
        s.proxies[number].client = next;
        Some(s)
    }

    /// `INSERT … ON CONFLICT DO NOTHING`. A form that the fence refuses is an error to try again.
    fn insert_a(&self, s: &mut State, generation: u8) {
        let form = self.writes(generation);
        if !(s.fence && form == OLD) {
            s.a |= form;
            s.told.0 = true;
        }
    }

    fn insert_b(&self, s: &mut State, generation: u8) {
        let form = self.writes(generation);
        if s.fence && form == OLD {
            return;
        }
        // While only `b` is open to writers the row of `a` that is there is still the old one.
        if s.a & form != 0 {
            s.b |= form;
            s.told.1 = true;
        } else {
            // Refused for want of the row, although the client knows that it is there.
            s.wrong_lookup |= s.told.0 && self.broken != Broken::CopySealedEarly;
            if self.broken == Broken::CopySealedEarly && s.told.0 {
                // As a table without the foreign key would take it.
                s.b |= form;
            }
        }
    }
}

/// What was seen in the old form is in the new one now.
fn moved(stored: Forms, seen: Forms) -> Forms {
    if seen & OLD != 0 { (stored & !OLD) | NEW } else { stored }
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let proxy = Proxy { up: true, loaded: 0, acknowledged: 0, client: Client::Idle };
        let start = |a: Forms, b: Forms| State {
            a,
            b,
            told: (a != 0, b != 0),
            fence: false,
            durable: 0,
            worker: Worker::Out,
            destroyed: false,
            again: false,
            wrong_lookup: false,
            unreadable: false,
            proxies: vec![proxy; self.proxies],
        };
        vec![start(0, 0), start(OLD, 0), start(OLD, OLD)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.push(Action::Work);
        if state.worker != Worker::Out {
            actions.push(Action::KillWorker);
        }
        for (number, proxy) in state.proxies.iter().enumerate() {
            if !proxy.up {
                let oldest = if self.broken == Broken::OlderKeyringAtStart { 0 } else { state.durable };
                actions.extend((oldest..=state.durable).map(|with| Action::Start(number, with)));
                continue;
            }
            actions.push(Action::Kill(number));
            if proxy.loaded < state.durable {
                actions.push(Action::Load(number));
            }
            if self.may_acknowledge(proxy) {
                actions.push(Action::Acknowledge(number));
            }
            match proxy.client {
                Client::Idle => {
                    actions.extend(STATEMENTS.map(|statement| Action::Send(number, statement)));
                }
                Client::Sent(..) | Client::InTransaction(_) | Client::Joining(_) => {
                    actions.push(Action::Run(number));
                }
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut s = state.clone();
        match action {
            Action::Work => return self.work(s),
            Action::Run(number) => return self.run(s, number),
            // The transaction, if there is one, ends with its connection.
            Action::KillWorker => s.worker = Worker::Out,
            Action::Load(number) => s.proxies[number].loaded = s.durable,
            Action::Acknowledge(number) => s.proxies[number].acknowledged = s.proxies[number].loaded,
            Action::Kill(number) => {
                s.proxies[number].up = false;
                s.proxies[number].client = Client::Idle;
            }
            Action::Start(number, with) => {
                s.proxies[number].up = true;
                s.proxies[number].loaded = with;
            }
            Action::Send(number, statement) => {
                s.proxies[number].client = Client::Sent(statement, s.proxies[number].loaded);
            }
        }
        Some(s)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(UNIQUE, |_, s: &State| s.a != OLD | NEW),
            Property::always(FOREIGN_KEY, |m: &Protocol, s: &State| {
                s.b & !s.a == 0 || m.broken == Broken::CopySealedEarly
            }),
            Property::always(KEPT, |_, s: &State| (!s.told.0 || s.a != 0) && (!s.told.1 || s.b != 0)),
            Property::always(LOOKUPS, |_, s: &State| !s.wrong_lookup),
            Property::always(ONE_FORM, |_, s: &State| s.durable < 4 || (s.a | s.b) & OLD == 0),
            Property::always(READABLE, |_, s: &State| {
                let behind = s.proxies.iter().any(|proxy| proxy.up && proxy.loaded == 0);
                !s.unreadable && !((s.a | s.b) & NEW != 0 && behind)
            }),
            Property::always(DESTROYED, |m: &Protocol, s: &State| {
                let may_write = |proxy: &Proxy| match proxy.client {
                    Client::Sent(Statement::CopyB, _) => false,
                    Client::Sent(_, generation) => proxy.up && m.writes(generation) == OLD,
                    Client::Idle | Client::InTransaction(_) | Client::Joining(_) => {
                        proxy.up && m.writes(proxy.loaded) == OLD
                    }
                };
                !s.destroyed || ((s.a | s.b) & OLD == 0 && !s.proxies.iter().any(may_write))
            }),
            Property::always(NO_DEADLOCK, |_, s: &State| {
                let waits = s.proxies.iter().any(|proxy| matches!(proxy.client, Client::InTransaction(_)));
                s.worker != Worker::HalfLocked || !waits
            }),
            Property::always(READERS_GO_ON, |m: &Protocol, s: &State| {
                let reads = |proxy: &Proxy| matches!(proxy.client, Client::Sent(Statement::Read, _));
                let closed = m.broken == Broken::GuardSwapped && m.locked(s).0;
                !(closed && s.proxies.iter().any(reads))
            }),
            Property::sometimes(REACHED, |_, s: &State| s.destroyed),
            Property::sometimes(RETRIED, |_, s: &State| s.again),
        ]
    }
}
