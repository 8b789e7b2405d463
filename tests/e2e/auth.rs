//! Who gets a session, and who does not, whatever the server says.

use std::process::{Command, Output};
use std::time::Duration;

use pgveil::secret::Secret;
use pgveil::server::auth::scram::Verifier;
use pgveil::server::auth::scram_client::Pin;
use pgveil::server::auth::secrets::SecretsFile;
use pgveil::server::auth::users::{Entry, UsersFile};

use crate::evil::server::EvilServer;
use crate::support::client::ConnectError;
use crate::support::{Database, Login, Proxy, ProxySetup, database, server};

/// The password of role `app` towards pgveil; the server knows another.
pub const CLIENT_PASSWORD: &str = "clients-own-password";
const SERVER_SALT: &[u8] = b"salt-of-the-server";

/// `users.toml` and `users.secrets` for role `app`, whose server-side password is `upstream`.
pub fn user_files(upstream: &str, certificates: &[&str]) -> Vec<(String, Vec<u8>)> {
    let directory = tempfile::tempdir().expect("a directory");
    let users = UsersFile { path: directory.path().join("users.toml") };
    let verifier = Verifier::of(CLIENT_PASSWORD, b"salt-of-the-proxy", 4096).to_string();
    let certificates = certificates.iter().map(|name| (*name).to_owned()).collect();
    users.set(Entry { name: "app".into(), verifier: Some(verifier), certificates }).expect("users");
    let secrets = SecretsFile { path: directory.path().join("users.secrets") };
    let pin = Pin { salt: SERVER_SALT.to_vec(), iterations: 4096 };
    secrets.set("app", &Secret::new(upstream.to_owned()), Some(&pin)).expect("secrets");
    let read = |name: &str| (name.to_owned(), std::fs::read(directory.path().join(name)).expect(name));
    vec![read("users.toml"), read("users.secrets")]
}

/// `scram`, before `upstream`.
pub fn scram(upstream: &str, upstream_password: &str) -> ProxySetup {
    ProxySetup {
        auth: "mode = \"scram\"\nusers = \"users.toml\"".into(),
        files: user_files(upstream_password, &[]),
        ..ProxySetup::plain(upstream)
    }
}

/// A role of its own on the server whose password is a ready-made verifier, as `users add` makes it.
pub fn role_with_secret(database: &Database, role: &str, secret: &str) {
    let verifier = Verifier::of(secret, SERVER_SALT, 4096);
    let mut host = database.host();
    host.run(&format!("CREATE ROLE {role} LOGIN PASSWORD '{verifier}'"));
}

fn login(user: &str, database: &str, password: &str) -> Login {
    Login::with_password(user, database, password)
}

#[track_caller]
fn refusal(result: Result<crate::support::Client, ConnectError>) -> crate::support::Message {
    match result {
        Ok(_) => panic!("a session was given"),
        Err(ConnectError::Refused(message)) => message,
        Err(ConnectError::Io(error)) => panic!("no word before the end: {error}"),
    }
}

/// A server with users of its own: role `scrammed` and its secret, known to a proxy.
fn scrammed() -> (Database, ProxySetup, String) {
    let database = database("auth");
    let role = format!("role_{}", database.name);
    role_with_secret(&database, &role, "server-secret-of-the-role");
    let mut setup = scram(&database.server.address(), "server-secret-of-the-role");
    for (_, file) in &mut setup.files {
        let text = String::from_utf8(std::mem::take(file)).expect("text");
        *file = text.replace("\"app\"", &format!("\"{role}\"")).into_bytes();
    }
    (database, setup, role)
}

#[test]
fn the_two_sides_have_different_passwords() {
    let (database, setup, role) = scrammed();
    let proxy = Proxy::start(&setup);
    let mut client = proxy.client(&login(&role, &database.name, CLIENT_PASSWORD));
    assert_eq!(client.value("SELECT current_user"), role);
    let direct = crate::support::Client::connect(
        &database.server.address(),
        &login(&role, &database.name, CLIENT_PASSWORD),
    );
    assert_eq!(refusal(direct).sqlstate(), "28P01", "the client's password is good on the server");
    let secret = proxy.connect(&login(&role, &database.name, "server-secret-of-the-role"));
    assert_eq!(refusal(secret).sqlstate(), "28P01", "the server's secret is good on the proxy");
    assert!(!proxy.log().contains(CLIENT_PASSWORD) && !proxy.log().contains("server-secret"));
}

#[test]
fn wrong_passwords_and_unknown_users_read_the_same() {
    let (database, setup, role) = scrammed();
    let proxy = Proxy::start(&setup);
    let wrong = refusal(proxy.connect(&login(&role, &database.name, "wrong")));
    let unknown = refusal(proxy.connect(&login("nobody", &database.name, CLIENT_PASSWORD)));
    assert_eq!((wrong.sqlstate(), unknown.sqlstate()), ("28P01".into(), "28P01".into()));
    assert_eq!(wrong.field(b'R').as_deref(), Some("pgveil"));
    let expected = wrong.field(b'M').expect("a message").replace(&role, "nobody");
    assert_eq!(unknown.field(b'M').expect("a message"), expected);
    assert!(proxy.has_logged("login-refused"));
}

/// The challenge of a user that does not exist must not change from one attempt to the next.
#[test]
fn the_salt_of_nobody_stays() {
    let proxy = Proxy::start(&scram("127.0.0.1:1", "x"));
    let challenge = |user: &str| {
        let mut client = crate::support::Client::dial(&proxy.address).expect("a connection");
        client.send_raw(&crate::support::client::startup_packet(&[("user".into(), user.into())]));
        client.read();
        client.send(b'p', b"SCRAM-SHA-256\0\0\0\0\x0en,,n=,r=abcdef");
        let text = String::from_utf8_lossy(&client.read().body).into_owned();
        text.split(',').filter(|part| !part.contains("r=")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(challenge("nobody"), challenge("nobody"));
    assert_ne!(challenge("nobody"), challenge("nobody-else"));
    assert_eq!(challenge("app").len(), challenge("nobody").len());
}

#[test]
fn a_server_that_accepts_everything_gives_nobody_a_session() {
    for auth in [
        "mode = \"scram\"\nusers = \"users.toml\"\nallow_weak_upstream_auth = true",
        "mode = \"relay\"\nusers = \"users.toml\"\nallow_weak_upstream_auth = true",
        "mode = \"relay\"",
    ] {
        let evil = EvilServer::start(|victim| {
            victim.welcome()?;
            victim.wait_for_the_end()
        });
        let setup = ProxySetup { auth: auth.into(), ..scram(&evil.address, "x") };
        let proxy = Proxy::start(&setup);
        refusal(proxy.connect(&login("app", "app", "wrong")));
        assert!(!evil.received.contains(b"wrong"));
    }
}

#[test]
fn guessing_is_slowed() {
    let (database, mut setup, role) = scrammed();
    setup.tables = "[limits]\nlogin_failures = 3\n".into();
    let proxy = Proxy::start(&setup);
    for _ in 0..3 {
        refusal(proxy.connect(&login(&role, &database.name, "wrong")));
    }
    let right = refusal(proxy.connect(&login(&role, &database.name, CLIENT_PASSWORD)));
    assert_eq!(right.sqlstate(), "28P01");
    assert!(proxy.has_logged("too many refused logins"));
}

#[test]
fn a_server_that_asks_with_another_salt_is_refused() {
    let (database, setup, role) = scrammed();
    // The same password, stored anew: another salt.
    let verifier = Verifier::of("server-secret-of-the-role", b"another salt", 4096);
    database.host().run(&format!("ALTER ROLE {role} PASSWORD '{verifier}'"));
    let proxy = Proxy::start(&setup);
    let report = refusal(proxy.connect(&login(&role, &database.name, CLIENT_PASSWORD)));
    assert_eq!(report.sqlstate(), "08001");
    assert!(proxy.has_logged("pinned"), "{}", proxy.log());
}

#[test]
fn relay_checks_the_password_before_the_server_hears_it() {
    let database = database("auth_relay");
    let mut setup = scram(&database.server.address(), "unused");
    setup.auth = "mode = \"relay\"\nusers = \"users.toml\"".into();
    let known = Verifier::of(crate::support::postgres::APP_PASSWORD, b"some salt", 4096);
    setup.files = vec![(
        "users.toml".into(),
        format!("[[user]]\nname = \"app\"\nverifier = \"{known}\"\n").into_bytes(),
    )];
    let proxy = Proxy::start(&setup);
    assert_eq!(proxy.client(&database.login()).value("SELECT 1"), "1");
    let wrong = refusal(proxy.connect(&login("app", &database.name, "wrong")));
    assert_eq!((wrong.sqlstate(), wrong.field(b'R')), ("28P01".into(), Some("pgveil".into())));
    // On the server this password is right; the operator does not know the user.
    let other = login("other", &database.name, crate::support::postgres::APP_PASSWORD);
    assert_eq!(refusal(proxy.connect(&other)).sqlstate(), "28P01");
}

#[test]
fn the_servers_own_refusals_are_passed_on() {
    let database = database("auth_words");
    let proxy = Proxy::start(&ProxySetup::plain(&database.server.address()));
    let nowhere = login("app", "no_such_database", crate::support::postgres::APP_PASSWORD);
    assert_eq!(refusal(proxy.connect(&nowhere)).sqlstate(), "3D000");
    let wrong = refusal(proxy.connect(&login("app", &database.name, "wrong")));
    assert_eq!(wrong.sqlstate(), "28P01");
}

#[test]
fn no_server_is_08001() {
    let proxy = Proxy::start(&ProxySetup::plain("127.0.0.1:1"));
    assert_eq!(refusal(proxy.connect(&login("app", "app", "any"))).sqlstate(), "08001");
}

#[test]
fn limits_hold() {
    let database = database("auth_limits");
    let mut setup = ProxySetup::plain(&database.server.address());
    setup.tables =
        "[limits]\nconnections = 2\nauthentication_timeout = \"1s\"\nstartup_packet = 200\n".into();
    let proxy = Proxy::start(&setup);
    let first = proxy.client(&database.login());
    let _second = proxy.client(&database.login());
    assert_eq!(refusal(proxy.connect(&database.login())).sqlstate(), "53300");
    drop(first);
    std::thread::sleep(Duration::from_millis(300));
    let _third = proxy.client(&database.login());
    let long = database.login().and("application_name", &"x".repeat(300));
    assert_eq!(refusal(proxy.connect(&long)).sqlstate(), "08P01");
    let mut silent = crate::support::Client::dial(&proxy.address).expect("a connection");
    let begun = std::time::Instant::now();
    assert!(silent.read_or_end().is_none(), "a silent client is not waited for");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn unix_sockets_are_private_without_users() {
    let database = database("auth_unix");
    let directory = tempfile::tempdir().expect("a directory");
    use std::os::unix::fs::PermissionsExt;
    let mode = |mode| std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(mode));
    let config = directory.path().join("pgveil.toml");
    let text = format!(
        "version = 1\n[listen]\naddress = \"unix:{}\"\n[upstream]\nhosts = [\"{}\"]\nsslmode = \"disable\"\n\
         [auth]\nmode = \"relay\"\n",
        directory.path().display(),
        database.server.address()
    );
    std::fs::write(&config, text).expect("a file");
    mode(0o755).expect("permissions");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_pgveil"));
    let output = serve.args(["serve", "-c"]).arg(&config).output().expect("pgveil");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("chmod 700"));
}

/// psql, if this installation has it; with the output.
pub fn psql(connection: &str, password: &str, sql: &str) -> Option<Output> {
    let psql = server().installation.program("psql")?;
    let mut command = Command::new(psql);
    command.args(["-X", "-A", "-t", "-d", connection, "-c", sql]).env("PGPASSWORD", password);
    Some(command.output().expect("psql runs"))
}
