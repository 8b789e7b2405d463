//! TLS on both legs: what is accepted, what is refused, and that nothing said before a handshake
//! is taken for something said inside it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::TryRecvError;
use std::time::Duration;

use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::auth::{CLIENT_PASSWORD, psql, role_with_secret, user_files};
use crate::protected::place;
use crate::support::client::{Login, framed, parse_body, startup_packet};
use crate::support::postgres::certificate_authority;
use crate::support::{Database, Proxy, ProxySetup, database};

/// Role of these tests; one server per test process, one role per database.
fn role(database: &Database) -> String {
    format!("tls_{}", database.name)
}

/// An authority of ours, and certificates that it signs.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let (pem, issuer) = certificate_authority();
        Authority { pem, issuer }
    }

    /// PEM of a certificate and its key.
    fn signed(&self, common_name: &str, names: &[&str]) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params.distinguished_name.push(DnType::CommonName, common_name);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }
}

/// A proxy with TLS and `scram` before the shared server, and the authority of its certificate.
fn with_tls(database: &Database) -> (ProxySetup, Authority) {
    let role = role(database);
    role_with_secret(database, &role, "secret-of-the-servers-side");
    let authority = Authority::new();
    let (certificate, key) = authority.signed("pgveil", &["localhost", "127.0.0.1"]);
    let mut setup = ProxySetup::plain(&format!("localhost:{}", database.server.postgres.port()));
    setup.sslmode = "verify-full".into();
    setup.upstream_more = "sslrootcert = \"server-ca.pem\"".into();
    setup.auth = "mode = \"scram\"\nusers = \"users.toml\"".into();
    setup.listen = "tls_cert = \"server.crt\"\ntls_key = \"server.key\"\ntls_client_ca = \"ca.pem\"".into();
    setup.files = user_files("secret-of-the-servers-side", &["the-app.example"]);
    for (_, file) in &mut setup.files {
        let text = String::from_utf8(std::mem::take(file)).expect("text");
        *file = text.replace("\"app\"", &format!("\"{role}\"")).into_bytes();
    }
    for (name, text) in [
        ("server.crt", &certificate),
        ("server.key", &key),
        ("ca.pem", &authority.pem),
        ("server-ca.pem", &database.server.authority),
    ] {
        setup.files.push((name.into(), text.clone().into_bytes()));
    }
    (setup, authority)
}

fn connection(proxy: &Proxy, database: &Database, more: &str) -> String {
    let (_, port) = proxy.address.rsplit_once(':').expect("a port");
    let directory = proxy.directory.path().display();
    format!(
        "host=localhost hostaddr=127.0.0.1 port={port} user={} dbname={} sslrootcert={directory}/ca.pem {more}",
        role(database),
        database.name
    )
}

/// What psql prints, or its error. `None`: there is no psql here.
fn ask(proxy: &Proxy, database: &Database, more: &str, sql: &str) -> Option<Result<String, String>> {
    let output = psql(&connection(proxy, database, more), CLIENT_PASSWORD, sql)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Some(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
}

#[test]
fn verify_full_and_channel_binding_on_both_legs() {
    let database = database("tls");
    let (setup, _) = with_tls(&database);
    let proxy = Proxy::start(&setup);
    let sql = "SELECT current_user, ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let Some(answer) =
        ask(&proxy, &database, "sslmode=verify-full channel_binding=require require_auth=scram-sha-256", sql)
            .filter(|answer| !answer.as_ref().is_err_and(|error| error.contains("require_auth")))
            .or_else(|| ask(&proxy, &database, "sslmode=verify-full channel_binding=require", sql))
    else {
        return;
    };
    assert_eq!(answer, Ok(format!("{}|t|TLSv1.3", role(&database))), "{}", proxy.log());
    let plain = ask(&proxy, &database, "sslmode=disable", "SELECT 1").expect("psql");
    assert_eq!(plain, Ok("1".into()), "loopback needs no TLS");
    let strange = ask(&proxy, &database, "sslmode=verify-full host=elsewhere", "SELECT 1").expect("psql");
    assert!(strange.is_err());
}

#[test]
fn a_client_certificate_is_its_user_and_no_other() {
    let database = database("tls_cert");
    let (mut setup, authority) = with_tls(&database);
    let stranger = Authority::new();
    for (file, (certificate, key)) in [
        ("app", authority.signed("the-app.example", &[])),
        ("other", authority.signed("another.example", &[])),
        ("forged", stranger.signed("the-app.example", &[])),
    ] {
        setup.files.push((format!("{file}.crt"), certificate.into_bytes()));
        setup.files.push((format!("{file}.key"), key.into_bytes()));
    }
    let proxy = Proxy::start(&setup);
    let with = |file: &str, password: &str| {
        let directory = proxy.directory.path().display();
        let more =
            format!("sslmode=verify-full sslcert={directory}/{file}.crt sslkey={directory}/{file}.key");
        let output = psql(&connection(&proxy, &database, &more), password, "SELECT current_user")?;
        Some((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    let Some((admitted, error)) = with("app", "no password at all") else { return };
    assert!(admitted, "{error}");
    assert!(!with("other", "wrong").expect("psql").0, "another's certificate");
    assert!(with("other", CLIENT_PASSWORD).expect("psql").0, "the password is still good");
    assert!(!with("forged", CLIENT_PASSWORD).expect("psql").0, "a certificate of another authority");
}

#[test]
fn what_comes_before_the_handshake_does_not_enter_the_session() {
    let database = database("tls_early");
    let (setup, _) = with_tls(&database);
    let proxy = Proxy::start(&setup);
    let mut stream = TcpStream::connect(&proxy.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    // SSLRequest and, in the same segment, a start-up packet in plaintext.
    let mut bytes = vec![0, 0, 0, 8, 4, 210, 22, 47];
    bytes.extend(startup_packet(&[("user".into(), role(&database))]));
    stream.write_all(&bytes).expect("written");
    let mut answer = Vec::new();
    // A TLS alert or an abrupt end, never a message.
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(answer.first(), Some(&b'S'));
    assert!(answer.len() == 1 || answer[1] == 0x15, "{answer:?}");
}

/// A TLS stream that begins at once, without SSLRequest.
fn direct(proxy: &Proxy, authority: &str, alpn: &[&[u8]]) -> StreamOwned<ClientConnection, TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).expect("PEM")).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let stream = TcpStream::connect(&proxy.address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    StreamOwned::new(connection, stream)
}

/// The first byte that a start-up packet is answered with.
fn first_answer(mut stream: impl Read + Write, user: &str) -> std::io::Result<u8> {
    stream.write_all(&startup_packet(&[("user".into(), user.into())]))?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    Ok(answer[0])
}

/// One thread has all sessions: whoever always has more to move leaves the others their turn. What comes
/// through TLS is read in small pieces, so its sender is always ahead; and after a refusal pgveil itself
/// discards what comes until Sync, so nothing but the bound of a turn holds it back.
#[test]
fn a_flood_that_never_ends_leaves_others_their_turn() {
    let database = database("tls_flood");
    database.direct().run("CREATE TABLE people (id int, email text)");
    let authority = Authority::new();
    let (certificate, key) = authority.signed("pgveil", &["localhost"]);
    let policy = "[limits]\nthreads = 1\n[[column]]\nname = 'public.people.email'\n";
    let mut setup = place::setup(&database.server.address(), &database.url(), policy);
    setup.listen = "tls_cert = \"server.crt\"\ntls_key = \"server.key\"".into();
    setup.files.extend([("server.crt".into(), certificate.into()), ("server.key".into(), key.into())]);
    let proxy = Proxy::start(&setup);
    let mut flood = direct(&proxy, &authority.pem, &[b"postgresql"]);
    be_refused(&mut flood, &database.login());
    let messages = framed(b'D', b"S\0").repeat(50_000);
    std::thread::scope(|scope| {
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            while is_done.try_recv() == Err(TryRecvError::Empty) {
                flood.write_all(&messages).expect("read on the other side");
            }
        });
        let mut other = proxy.client(&database.login());
        (0..5).for_each(|n| assert_eq!(other.value(&format!("SELECT {n} + 1")), (n + 1).to_string()));
        done.send(()).expect("the flood goes on");
    });
}

/// Logs in and asks for what is refused.
fn be_refused(stream: &mut (impl Read + Write), login: &Login) {
    let password = login.password.as_deref().unwrap_or_default();
    stream.write_all(&startup_packet(&login.parameters)).expect("sent");
    read_until(stream, b'R');
    stream.write_all(&framed(b'p', format!("{password}\0").as_bytes())).expect("sent");
    read_until(stream, b'Z');
    let parse = framed(b'P', &parse_body("", "SELECT email FROM people ORDER BY email", &[]));
    stream.write_all(&[parse, framed(b'H', b"")].concat()).expect("sent");
    read_until(stream, b'E');
}

/// Reads whole messages up to one with this tag.
fn read_until(stream: &mut impl Read, tag: u8) {
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head).expect("a message");
        let [found, length @ ..] = head;
        let body = u32::from_be_bytes(length) as usize - 4;
        stream.read_exact(&mut vec![0; body]).expect("its body");
        if found == tag {
            return;
        }
    }
}

#[test]
fn direct_tls_needs_the_protocols_name() {
    let database = database("tls_direct");
    let (setup, authority) = with_tls(&database);
    let proxy = Proxy::start(&setup);
    let user = role(&database);
    let answer = first_answer(direct(&proxy, &authority.pem, &[b"postgresql"]), &user);
    assert_eq!(answer.expect("an answer"), b'R');
    assert!(first_answer(direct(&proxy, &authority.pem, &[]), &user).is_err(), "no ALPN at all");
    assert!(first_answer(direct(&proxy, &authority.pem, &[b"http/1.1"]), &user).is_err(), "another's");
}

/// A pgveil before a pgveil: direct TLS, a client certificate and SCRAM-SHA-256-PLUS upstream.
#[test]
fn the_servers_leg_speaks_direct_tls_and_shows_a_certificate() {
    let database = database("tls_chain");
    let (inner, authority) = with_tls(&database);
    let inner = Proxy::start(&inner);
    let (_, port) = inner.address.rsplit_once(':').expect("a port");
    let (certificate, key) = authority.signed("the-app.example", &[]);
    let mut outer = ProxySetup::plain(&format!("localhost:{port}"));
    outer.sslmode = "verify-full".into();
    outer.auth = "mode = \"relay\"".into();
    outer.upstream_more = "sslrootcert = \"ca.pem\"\nsslnegotiation = \"direct\"".into();
    outer.files = vec![
        ("ca.pem".into(), authority.pem.clone().into_bytes()),
        ("client.crt".into(), certificate.into_bytes()),
        ("client.key".into(), key.into_bytes()),
    ];
    let login = crate::support::Login::with_password(&role(&database), &database.name, CLIENT_PASSWORD);
    let chained = Proxy::start(&outer);
    assert_eq!(chained.client(&login).value("SELECT current_user"), role(&database));
    // With the certificate the inner one asks for no password: that is trust, and must be admitted.
    outer.upstream_more += "\nsslcert = \"client.crt\"\nsslkey = \"client.key\"";
    let refused = Proxy::start(&outer);
    assert!(refused.connect(&login).is_err(), "nobody proved anything, and a session was given");
    outer.auth += "\nallow_weak_upstream_auth = true";
    let admitted = Proxy::start(&outer);
    assert_eq!(admitted.client(&login).value("SELECT current_user"), role(&database));
}

#[test]
fn the_servers_certificate_is_checked() {
    let database = database("tls_verify");
    let (setup, _) = with_tls(&database);
    let login = crate::support::Login::with_password(&role(&database), &database.name, CLIENT_PASSWORD);
    let outcome = |mode: &str, more: &str, host: &str, authority: &str| {
        let mut changed = setup.clone();
        changed.sslmode = mode.into();
        changed.upstream_more = more.into();
        changed.upstream = format!("{host}:{}", database.server.postgres.port());
        changed.files.retain(|(name, _)| name != "server-ca.pem");
        changed.files.push(("server-ca.pem".into(), authority.as_bytes().to_vec()));
        let proxy = Proxy::start(&changed);
        proxy.connect(&login).is_ok()
    };
    let (with_file, ours, stranger) =
        ("sslrootcert = \"server-ca.pem\"", database.server.authority.clone(), Authority::new().pem);
    assert!(outcome("verify-full", with_file, "localhost", &ours));
    assert!(!outcome("verify-full", with_file, "localhost", &stranger), "another authority");
    assert!(!outcome("verify-full", with_file, "127.0.0.2", &ours), "another name");
    assert!(outcome("verify-ca", with_file, "127.0.0.1", &ours));
    assert!(!outcome("verify-ca", with_file, "localhost", &stranger), "another authority");
    assert!(!outcome("verify-full", "", "localhost", &ours), "the system does not know this authority");
    assert!(outcome("require", "", "localhost", &ours));
    assert!(!outcome("require", with_file, "localhost", &stranger), "as libpq: a file is checked against");
}

#[test]
fn a_server_without_tls_is_not_talked_to() {
    let evil = crate::evil::server::EvilServer::start(|victim| {
        victim.untagged()?;
        victim.raw(b"N")?;
        victim.welcome()
    });
    let mut setup = ProxySetup::plain(&evil.address);
    setup.sslmode = "require".into();
    let proxy = Proxy::start(&setup);
    let login = crate::support::Login::with_password("app", "app", "any");
    assert!(proxy.connect(&login).is_err());
    assert!(!evil.received.contains(b"user"), "a start-up packet went out in plaintext");
}

/// Bytes that come with the server's `S` must not be taken for something said inside TLS.
#[test]
fn bytes_injected_after_the_servers_s_break_the_handshake() {
    let evil = crate::evil::server::EvilServer::start(|victim| {
        victim.untagged()?;
        victim.raw(b"SR\0\0\0\x08\0\0\0\0Z\0\0\0\x05I")?;
        victim.wait_for_the_end()
    });
    let mut setup = ProxySetup::plain(&evil.address);
    setup.sslmode = "require".into();
    setup.auth += "\nallow_weak_upstream_auth = true";
    let proxy = Proxy::start(&setup);
    let login = crate::support::Login::with_password("app", "app", "any");
    assert!(proxy.connect(&login).is_err());
}

#[test]
fn a_new_certificate_is_taken_up_while_running() {
    let database = database("tls_reload");
    let (setup, _) = with_tls(&database);
    let proxy = Proxy::start(&setup);
    let next = Authority::new();
    let (certificate, key) = next.signed("pgveil", &["localhost"]);
    let user = role(&database);
    assert!(first_answer(direct(&proxy, &next.pem, &[b"postgresql"]), &user).is_err());
    std::fs::write(proxy.directory.path().join("server.crt"), certificate).expect("written");
    std::fs::write(proxy.directory.path().join("server.key"), key).expect("written");
    proxy.signal("HUP");
    std::thread::sleep(Duration::from_millis(500));
    let answer = first_answer(direct(&proxy, &next.pem, &[b"postgresql"]), &user);
    assert_eq!(answer.expect("the new certificate"), b'R');
    // A broken one leaves the old in place.
    std::fs::write(proxy.directory.path().join("server.key"), "nonsense").expect("written");
    proxy.signal("HUP");
    std::thread::sleep(Duration::from_millis(500));
    assert!(first_answer(direct(&proxy, &next.pem, &[b"postgresql"]), &user).is_ok());
    assert!(proxy.has_logged("stay as they were"));
}

#[test]
fn cancel_requests_travel_over_tls() {
    let database = database("tls_cancel");
    let (setup, authority) = with_tls(&database);
    let proxy = Proxy::start(&setup);
    let login = crate::support::Login::with_password(&role(&database), &database.name, CLIENT_PASSWORD);
    let mut client = proxy.client(&login);
    client.query("SELECT pg_sleep(60)");
    std::thread::sleep(Duration::from_millis(300));
    let (pid, secret) = client.key_data.split_at(4);
    let pid = i32::from_be_bytes(pid.try_into().expect("four bytes"));
    let mut packet = Vec::new();
    pgveil::wire::startup::write_cancel_request(&mut packet, pid, secret);
    let mut stream = direct(&proxy, &authority.pem, &[b"postgresql"]);
    stream.write_all(&packet).expect("written");
    stream.flush().expect("sent");
    let _ = stream.read(&mut [0]);
    assert!(client.until_ready().iter().any(|message| message.tag == b'E' && message.sqlstate() == "57014"));
}

/// What was decrypted with the last message of the login belongs to the session, which runs elsewhere.
#[test]
fn what_comes_with_the_password_over_tls_is_answered() {
    let database = database("tls_early");
    let (mut setup, authority) = with_tls(&database);
    setup.auth = "mode = \"relay\"".into();
    let proxy = Proxy::start(&setup);
    let mut stream = direct(&proxy, &authority.pem, &[b"postgresql"]);
    let parameters = [("user".into(), role(&database)), ("database".into(), database.name.clone())];
    let said = [
        startup_packet(&parameters),
        framed(b'p', b"secret-of-the-servers-side\0"),
        framed(b'Q', b"SELECT 'an early question'\0"),
    ];
    stream.write_all(&said.concat()).expect("written");
    let (mut heard, question) = (Vec::<u8>::new(), b"an early question");
    while !heard.windows(question.len()).any(|part| part == question) {
        let mut bytes = [0; 4096];
        let n = stream.read(&mut bytes).expect("an answer in time");
        assert!(n > 0, "the end before the answer: {heard:?}");
        heard.extend(&bytes[..n]);
    }
}

/// The test's own key parses: a broken helper would make the tests above pass for a wrong reason.
#[test]
fn certificates_of_these_tests_are_sound() {
    let (certificate, key) = Authority::new().signed("x", &["localhost"]);
    assert!(CertificateDer::from_pem_slice(certificate.as_bytes()).is_ok());
    assert!(PrivateKeyDer::from_pem_slice(key.as_bytes()).is_ok());
}
