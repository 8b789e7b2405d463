//! A small server that speaks the documented API of the Transit engine of Vault and OpenBao over TLS. (No
//! binary of either can be had from a package registry; the server is this test's.)

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};

/// What it admits.
pub const TOKEN: &str = "hvs.right";

/// One key, "transit/keys/pgveil", version 1. What is wrapped is kept in memory under a number.
pub struct Transit {
    pub port: u16,
    pub ca: tempfile::NamedTempFile,
    pub asked: Arc<Mutex<Vec<String>>>,
    /// 0: as it should be; 1: another plaintext; 2: no answer, ever; otherwise the status of every answer.
    pub mood: Arc<AtomicU16>,
}

impl Transit {
    pub fn start() -> Transit {
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

    pub fn reference(&self) -> String {
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
    while mood.load(Ordering::SeqCst) == 2 {
        std::thread::sleep(Duration::from_millis(50));
    }
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
