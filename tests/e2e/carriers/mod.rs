//! The threads that move bytes, in this process, with a judge of the tests' own: one that fails where it
//! is told to, and one that keeps its thread until it is let go. Each proxy here has one thread.

mod turns;

use std::fs::Permissions;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use pgveil::observe::log::{self, Form};
use pgveil::observe::metrics::Metrics;
use pgveil::protect::NoRandomness;
use pgveil::server::auth::secrets::SecretsPlace;
use pgveil::server::epoch::{Judges, SessionStart};
use pgveil::server::{Prepared, Stopper, Watched};
use pgveil::session::judge::{
    Cells, Elsewhere, EpochId, Event, Judge, Judged, Known, ParseVerdict, QueryVerdict,
};
use pgveil::session::names::Names;
use pgveil::sql::verdict::Cleared;
use pgveil::wire::report::Report;

use crate::cancel::cancel_packet;
use crate::support::{Client, Database, database};

/// The judge panics over it.
const FAILS: &str = "a statement that fails";
/// The judge keeps its thread over it.
const KEEPS: &str = "a statement that keeps";
/// The longest that a thread is kept, for a test that has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether a judge of the proxy keeps its thread.
#[derive(Default)]
struct Desk {
    kept: Mutex<bool>,
    changed: Condvar,
}

impl Desk {
    fn look_at(&self, text: &str) {
        assert!(!text.contains(FAILS), "as it was told to");
        if text.contains(KEEPS) {
            self.keep();
        }
    }

    fn keep(&self) {
        let mut kept = self.kept.lock().expect("desk");
        *kept = true;
        self.changed.notify_all();
        drop(self.changed.wait_timeout_while(kept, PATIENCE, |kept| *kept).expect("desk"));
    }

    fn wait_until_kept(&self) {
        let kept = self.kept.lock().expect("desk");
        let (kept, _) = self.changed.wait_timeout_while(kept, PATIENCE, |kept| !*kept).expect("desk");
        assert!(*kept, "nobody judged it");
    }

    fn let_go(&self) {
        *self.kept.lock().expect("desk") = false;
        self.changed.notify_all();
    }
}

/// What a judge does over the text of a Query, on the thread that moves its session's bytes.
type Oddity = Arc<dyn Fn(&str) + Send + Sync>;

/// Takes everything for clear.
struct Odd(Oddity);

impl Judge for Odd {
    fn query(&mut self, text: &[u8], _: &dyn Known, _: &mut Vec<u8>) -> QueryVerdict {
        self.0(&String::from_utf8_lossy(text));
        QueryVerdict::Clear { proof: Cleared::nothing_is_tagged(), takes_data: false }
    }

    fn parse(&mut self, _: &[u8], _: &[u32], _: &dyn Known, _: &mut Vec<u8>) -> ParseVerdict {
        ParseVerdict::as_is(Judged::clear(Cleared::nothing_is_tagged()))
    }

    fn unknown_statement(&mut self, _: &[u8]) -> Elsewhere {
        Elsewhere::Unknown
    }

    fn unknown_portal(&mut self, _: &[u8]) -> Elsewhere {
        Elsewhere::Unknown
    }

    fn function_call(&mut self, _: u32) -> Result<Cleared, Box<Report>> {
        Ok(Cleared::nothing_is_tagged())
    }

    fn event(&mut self, _: Event<'_>, _: &mut dyn Names) -> Result<(), Box<Report>> {
        Ok(())
    }

    fn cells(&mut self, _: EpochId) -> Option<&mut dyn Cells> {
        None
    }
}

struct OddOnes(Oddity);

impl Judges for OddOnes {
    fn judge(&self, _: &SessionStart) -> Result<Box<dyn Judge>, NoRandomness> {
        Ok(Box::new(Odd(Arc::clone(&self.0))))
    }
}

/// A proxy of this process with one thread; it ends when it is dropped.
struct Inner {
    stopper: Stopper,
    serving: Option<JoinHandle<()>>,
    directory: tempfile::TempDir,
}

impl Inner {
    /// `listen` is told a private directory of the proxy's own.
    fn start(listen: impl Fn(&Path) -> String, upstream: &str, oddity: Oddity) -> Inner {
        let directory = tempfile::tempdir().expect("a directory");
        // Without a users file a Unix socket has to be private.
        let private = Permissions::from_mode(0o700);
        std::fs::set_permissions(directory.path(), private).expect("permissions");
        let text = format!(
            "version = 1\n[listen]\naddress = \"{}\"\n[upstream]\nhosts = [\"{upstream}\"]\n\
             sslmode = \"disable\"\n[auth]\nmode = \"relay\"\nallow_weak_upstream_auth = true\n[limits]\nthreads = 1\n",
            listen(directory.path()),
        );
        let path = directory.path().join("pgveil.toml");
        std::fs::write(&path, text).expect("a configuration");
        let config = pgveil::config::load(&path).expect("a configuration");
        let watched = Watched { metrics: Metrics::new([]), level: log::start(Form::Text, config.log.level) };
        let prepared = Prepared::new(config, Arc::new(OddOnes(oddity)), SecretsPlace::Nowhere, watched)
            .expect("prepared");
        let listening = prepared.listen().expect("listening");
        let stopper = listening.stopper();
        let serving = Some(std::thread::spawn(move || listening.serve().expect("served")));
        Inner { stopper, serving, directory }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stopper.stop();
        let ended = self.serving.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_some_and(|ended| ended.is_ok()));
    }
}

/// One before a real server, with a desk.
struct Desked {
    database: Database,
    address: String,
    desk: Arc<Desk>,
    _inner: Inner,
}

impl Desked {
    fn start(label: &str) -> Desked {
        let database = database(label);
        let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let address = free.expect("a free port").to_string();
        let desk = Arc::<Desk>::default();
        let at_the_desk = Arc::clone(&desk);
        let oddity = Arc::new(move |text: &str| at_the_desk.look_at(text));
        let inner = Inner::start(|_| address.clone(), &database.server.address(), oddity);
        Desked { database, address, desk, _inner: inner }
    }

    fn client(&self) -> Client {
        Client::connect(&self.address, &self.database.login()).expect("a session")
    }
}

impl Drop for Desked {
    fn drop(&mut self) {
        self.desk.let_go();
    }
}

#[test]
fn a_defect_in_one_session_ends_that_session_only() {
    let proxy = Desked::start("defect");
    let (mut failing, mut other) = (proxy.client(), proxy.client());
    let pid = failing.value("SELECT pg_backend_pid()");
    failing.query(&format!("SELECT 1 /* {FAILS} */"));
    assert_eq!(failing.until_end(), []);
    assert_eq!(other.value("SELECT 1 + 1"), "2");
    assert_eq!(proxy.client().value("SELECT 2 + 1"), "3");
    // Its place on the server is free, too.
    let there = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}");
    let deadline = std::time::Instant::now() + PATIENCE;
    while proxy.database.host().value(&there) != "0" {
        assert!(std::time::Instant::now() < deadline, "its server session is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Direct, too, a request is lost on a server that has not yet read the statement.
const TRIES: usize = 5;

/// The statement stands in the socket while its thread is at somebody else's, and so it does when the
/// request to cancel it comes.
#[test]
fn a_cancel_request_waits_for_the_turn_of_its_session() {
    let proxy = Desked::start("cancel_turn");
    let (mut keeper, mut client) = (proxy.client(), proxy.client());
    let cancelled = (0..TRIES).any(|_| {
        keeper.query(&format!("SELECT 0 /* {KEEPS} */"));
        proxy.desk.wait_until_kept();
        client.query("SELECT pg_sleep(4)");
        let mut request = Client::dial(&proxy.address).expect("a connection");
        request.send_raw(&cancel_packet(&client.key_data));
        request.stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a time limit");
        let early = request.stream.read(&mut [0]);
        assert!(early.is_err(), "carried out before the server has the statement");
        proxy.desk.let_go();
        request.stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        assert_eq!(request.stream.read(&mut [0]).expect("an orderly end"), 0);
        keeper.until_ready();
        client.until_ready().iter().any(|message| message.tag == b'E' && message.sqlstate() == "57014")
    });
    assert!(cancelled);
}
