//! Signals and the service manager: what is said on its socket, and what SIGHUP changes.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::web::Web;
use crate::support::{self, Proxy, ProxySetup};

/// The other end of `NOTIFY_SOCKET`.
struct Manager {
    socket: UnixDatagram,
    _directory: tempfile::TempDir,
}

impl Manager {
    fn new(setup: &mut ProxySetup) -> Manager {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(15))).expect("a limit");
        setup.environment.push(("NOTIFY_SOCKET".into(), path.display().to_string()));
        setup.environment.push(("WATCHDOG_USEC".into(), "400000".into()));
        Manager { socket, _directory: directory }
    }

    /// Waits for a message that begins so.
    fn hears(&self, beginning: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(15);
        loop {
            let mut message = [0; 512];
            let length = self.socket.recv(&mut message).unwrap_or_else(|_| panic!("never heard {beginning}"));
            let message = String::from_utf8_lossy(&message[..length]).into_owned();
            if message.starts_with(beginning) {
                return message;
            }
            assert!(Instant::now() < deadline, "never heard {beginning}");
        }
    }
}

#[test]
fn the_service_manager_hears_of_each_turn() {
    let mut setup = ProxySetup::plain(&support::server().address());
    let manager = Manager::new(&mut setup);
    let mut proxy = Proxy::start(&setup);
    manager.hears("READY=1");
    manager.hears("WATCHDOG=1");
    manager.hears("WATCHDOG=1");
    proxy.signal("HUP");
    let reloading = manager.hears("RELOADING=1");
    assert!(reloading.contains("MONOTONIC_USEC="), "{reloading}");
    manager.hears("READY=1");
    proxy.signal("TERM");
    manager.hears("STOPPING=1");
    assert_eq!(proxy.wait(Duration::from_secs(20)), Some(0));
}

/// Waits until the log says so.
fn logged(proxy: &Proxy, what: &str) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !proxy.log().contains(what) {
        assert!(Instant::now() < deadline, "the log never says {what:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn edit(proxy: &Proxy, from: &str, to: &str) {
    let text = std::fs::read_to_string(proxy.configuration()).expect("the file");
    assert!(text.contains(from), "{from:?} is not in the file");
    std::fs::write(proxy.configuration(), text.replace(from, to)).expect("written");
}

#[test]
fn a_hangup_sets_the_level_of_the_log_and_a_broken_file_changes_nothing() {
    let database = support::database("level");
    let mut setup = ProxySetup::plain(&database.server.address());
    setup.tables = "[log]\nlevel = \"info\"\n".into();
    let proxy = Proxy::start(&setup);
    let mut client = proxy.client(&database.login());
    drop(support::Client::dial(&proxy.address).expect("a connection"));
    // It has to be heard of before the level changes, and at this level nothing says that it was.
    std::thread::sleep(Duration::from_secs(1));
    edit(&proxy, "level = \"info\"", "level = \"debug\"");
    proxy.signal("HUP");
    logged(&proxy, "were read again");
    assert!(!proxy.log().contains("DEBUG"), "a connection without a word is no news at level info");
    drop(support::Client::dial(&proxy.address).expect("a connection"));
    logged(&proxy, "DEBUG");
    edit(&proxy, "level = \"debug\"", "level = \"loud\"");
    proxy.signal("HUP");
    logged(&proxy, "the configuration stays as it was");
    assert_eq!(client.value("SELECT 1"), "1");
    assert_eq!(proxy.client(&database.login()).value("SELECT 2"), "2");
}

/// A certificate and its key that end in this year.
fn certificate(year: i32) -> Vec<(String, Vec<u8>)> {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.not_after = date_time_ymd(year, 1, 1);
    let pem = params.self_signed(&key).expect("a certificate").pem();
    vec![("tls.crt".into(), pem.into_bytes()), ("tls.key".into(), key.serialize_pem().into_bytes())]
}

#[test]
fn a_new_certificate_is_taken_and_one_that_does_not_do_is_not() {
    const ENDS: &str = "pgveil_tls_certificate_expiry_timestamp_seconds{leg=\"client\"}";
    let database = support::database("renewal");
    let mut setup = ProxySetup::plain(&database.server.address());
    setup.listen = "tls_cert = \"tls.crt\"\ntls_key = \"tls.key\"".into();
    setup.files = certificate(2041);
    let web = Web::of(&mut setup);
    let proxy = Proxy::start(&setup);
    let old = web.metrics();
    assert_eq!(old[ENDS], 2_240_611_200.0);
    let write = |files: Vec<(String, Vec<u8>)>| {
        for (name, contents) in files {
            std::fs::write(proxy.directory.path().join(name), contents).expect("written");
        }
    };
    let reloads = |result: &str, more_than: f64| {
        let name = format!("pgveil_reloads_total{{result=\"{result}\"}}");
        let deadline = Instant::now() + Duration::from_secs(15);
        while web.metrics()[&name] <= more_than {
            assert!(Instant::now() < deadline, "{name} stays");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    write(certificate(2042));
    proxy.signal("HUP");
    reloads("done", old["pgveil_reloads_total{result=\"done\"}"]);
    assert_eq!(web.metrics()[ENDS], 2_272_147_200.0);
    write(vec![("tls.crt".into(), b"no certificate".to_vec())]);
    proxy.signal("HUP");
    reloads("failed", 0.0);
    assert_eq!(web.metrics()[ENDS], 2_272_147_200.0);
    assert_eq!(proxy.client(&database.login()).value("SELECT 1"), "1");
}
