//! The Transit engine of Vault and OpenBao, against a small server that speaks its documented API
//! over TLS. (No binary of either can be had from a package registry; the server is this test's.)

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use pgveil::crypto::unlock::vault::Service;
use pgveil::crypto::unlock::{Means, Unlock, UnlockReference};
use pgveil::crypto::{KeyringError, KeyringFile};
use pgveil::secret::Secret;
use pgveil::server::tls::Https;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};

use super::{CHEAP, rich};
use crate::format::seeded;

const TOKEN: &str = "hvs.right";

/// One key, "transit/keys/pgveil", version 1. What is wrapped is kept in memory under a number.
struct Transit {
    port: u16,
    ca: tempfile::NamedTempFile,
    asked: Arc<Mutex<Vec<String>>>,
    /// 0: as it should be; otherwise every answer has this status, or, if 1, another plaintext.
    mood: Arc<AtomicU16>,
}

impl Transit {
    fn start() -> Transit {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let ca = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(ca.path(), certificate.pem()).unwrap();
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], der)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, mood) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicU16::new(0)));
        let (log, how, config) = (Arc::clone(&asked), Arc::clone(&mood), Arc::new(config));
        let wrapped = Mutex::new(Vec::new());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that does not like the certificate goes away; the next one comes.
                let _ = answer(stream.unwrap(), &config, &log, &how, &wrapped);
            }
        });
        Transit { port, ca, asked, mood }
    }

    fn reference(&self) -> String {
        let (port, ca) = (self.port, self.ca.path().display());
        format!("vault:https://localhost:{port}/transit/pgveil?ca={ca}&token=file:token&namespace=team")
    }
}

fn answer(
    stream: TcpStream,
    config: &Arc<rustls::ServerConfig>,
    log: &Mutex<Vec<String>>,
    mood: &AtomicU16,
    wrapped: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let session = rustls::ServerConnection::new(Arc::clone(config)).map_err(std::io::Error::other)?;
    let mut tls = rustls::StreamOwned::new(session, stream);
    let mut request = Vec::new();
    let (head, body) = loop {
        let mut some = [0; 4096];
        let read = tls.read(&mut some)?;
        if read == 0 {
            return Ok(());
        }
        request.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
            if body.len() >= length.unwrap().trim().parse::<usize>().unwrap() {
                break (head.to_lowercase(), body.to_owned());
            }
        }
    };
    log.lock().unwrap().push(head.clone());
    let asked: Value = serde_json::from_str(&body).unwrap();
    let refuse = |status: u16, why: &str| (status, json!({ "errors": [why] }));
    let (status, told) = match mood.load(Ordering::SeqCst) {
        0 | 1 if !head.contains(&format!("x-vault-token: {TOKEN}")) => refuse(403, "permission denied"),
        mood @ (0 | 1) if head.starts_with("post /v1/transit/decrypt/pgveil ") => {
            let number = asked["ciphertext"].as_str().and_then(|text| text.strip_prefix("vault:v1:"));
            match number
                .and_then(|number| wrapped.lock().unwrap().get(number.parse::<usize>().ok()?).cloned())
            {
                Some(_) if mood == 1 => {
                    (200, json!({ "data": { "plaintext": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" } }))
                }
                Some(plaintext) => (200, json!({ "data": { "plaintext": plaintext } })),
                None => refuse(400, "cipher: message authentication failed"),
            }
        }
        0 | 1 if head.starts_with("post /v1/transit/encrypt/pgveil ") => {
            let mut wrapped = wrapped.lock().unwrap();
            wrapped.push(asked["plaintext"].as_str().unwrap().to_owned());
            (
                200,
                json!({ "data": { "ciphertext": format!("vault:v1:{}", wrapped.len() - 1), "key_version": 1 } }),
            )
        }
        0 | 1 => refuse(404, "no handler for route"),
        status => refuse(status, "Vault is sealed"),
    };
    let told = told.to_string();
    let length = told.len();
    write!(tls, "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{told}")?;
    tls.conn.send_close_notify();
    tls.flush()
}

struct OverHttps;

impl Means for OverHttps {
    fn passphrase(&mut self) -> std::io::Result<Secret<Vec<u8>>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn service(&mut self, ca: Option<&Path>) -> Result<Box<dyn Service>, String> {
        Ok(Box::new(Https::new(ca)?))
    }
}

fn fetch(reference: &str, base: &Path) -> Result<Unlock, KeyringError> {
    UnlockReference::parse(reference, base)?.fetch(&mut OverHttps)
}

fn private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_key_of_the_transit_engine_opens_the_keyring() {
    let transit = Transit::start();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    private(&dir.path().join("token"), &format!("{TOKEN}\n"));
    let unlock = fetch(&transit.reference(), dir.path()).unwrap();
    let mut file = KeyringFile::create(&path, rich(1), &unlock, CHEAP, &mut seeded(3)).unwrap();
    let open =
        || fetch(&transit.reference(), dir.path()).and_then(|unlock| KeyringFile::open(&path, &unlock));
    assert_eq!(open().unwrap().keyring().generation(), 7);
    let asked = transit.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2);
    assert!(
        asked
            .iter()
            .all(|head| head.contains("x-vault-namespace: team") && head.contains("x-vault-request: true"))
    );

    // Down, later: who has opened it goes on, and changes it.
    transit.mood.store(503, Ordering::SeqCst);
    let id = file.keyring().keys()[1].id;
    file.change(|keyring| keyring.with_promoted(id)).unwrap();
    assert_eq!(file.reload().unwrap().active(), Some(id));
    let told = |expected: &str| {
        let said = open().err().unwrap().to_string();
        assert!(said.contains(expected) && !said.contains(TOKEN), "{said}");
    };
    told("the service answered 503 Vault is sealed");
    transit.mood.store(1, Ordering::SeqCst);
    assert!(matches!(open().err(), Some(KeyringError::Damaged)), "a service that lies is noticed");
    transit.mood.store(0, Ordering::SeqCst);
    private(&dir.path().join("token"), "hvs.wrong");
    told("403 permission denied");
    private(&dir.path().join("token"), TOKEN);
    open().unwrap();

    let other = Transit::start();
    let stranger = transit.reference().replace(&other.ca.path().display().to_string(), "x");
    let stranger =
        stranger.replace(&transit.ca.path().display().to_string(), &other.ca.path().display().to_string());
    let said =
        fetch(&stranger, dir.path()).and_then(|unlock| KeyringFile::open(&path, &unlock)).err().unwrap();
    assert!(matches!(said, KeyringError::Keeper { .. }), "a certificate of another authority: {said}");
    let asked = transit.asked.lock().unwrap().len();
    let gone = transit.reference().replace(&transit.port.to_string(), "1");
    let said = fetch(&gone, dir.path()).and_then(|unlock| KeyringFile::open(&path, &unlock)).err().unwrap();
    assert!(matches!(said, KeyringError::Keeper { .. }), "{said}");
    assert_eq!(transit.asked.lock().unwrap().len(), asked);
}

#[test]
fn every_bit_of_a_service_s_stanza_matters() {
    let transit = Transit::start();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    private(&dir.path().join("token"), TOKEN);
    let unlock = fetch(&transit.reference(), dir.path()).unwrap();
    drop(KeyringFile::create(&path, rich(1), &unlock, CHEAP, &mut seeded(3)).unwrap());
    let good = std::fs::read(&path).unwrap();
    let front = 17 + 16 + 8 + 2;
    let stanza = 6 + u32::from_be_bytes(good[front + 2..front + 6].try_into().unwrap()) as usize;
    for at in front..front + stanza {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(KeyringFile::open(&path, &unlock).is_err(), "byte {at} does not matter");
    }
}
