//! A session over TLS that believes any certificate: what it costs the proxy is measured, not
//! whether the proxy is genuine.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};

use crate::targets::PASSWORD;

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Logs in with the password in the clear, as relay authentication asks for it, or without one.
pub fn tls_session(port: u16) -> Stream {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    socket.write_all(b"\0\0\0\x08\x04\xd2\x16\x2f").expect("a write");
    let mut answer = [0];
    socket.read_exact(&mut answer).expect("an answer");
    assert_eq!(answer, *b"S", "TLS is offered");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate))
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream =
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).expect("a client"), socket);
    let body = b"\0\x03\0\0user\0postgres\0database\0bench\0\0";
    let packet = [&(body.len() as u32 + 4).to_be_bytes()[..], body].concat();
    stream.write_all(&packet).expect("a write");
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head).expect("a message");
        let [tag, length @ ..] = head;
        let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
        stream.read_exact(&mut body).expect("a message");
        match (tag, body.as_slice()) {
            (b'Z', _) => return stream,
            (b'R', [0, 0, 0, 3]) => {
                let length = (PASSWORD.len() as u32 + 5).to_be_bytes();
                let message = [b"p", &length[..], PASSWORD.as_bytes(), b"\0"].concat();
                stream.write_all(&message).expect("a write");
            }
            (b'E', _) => panic!("login: {}", String::from_utf8_lossy(&body)),
            _ => {}
        }
    }
}

#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
