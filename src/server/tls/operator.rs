//! The same protection for the operator's own connection, in the shape that `tokio_postgres` asks
//! for. The handshake, the checks and the channel binding are those of [`super::upstream`].

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use super::upstream::client_config;
use super::{EndPoint, TlsError};
use crate::config::resolved::{SslMode, Upstream};

/// Makes a handshake for each host.
#[derive(Clone)]
pub struct OperatorTls(TlsConnector);

impl OperatorTls {
    /// As `[upstream]` says; `None` with `sslmode = "disable"`.
    pub fn load(upstream: &Upstream) -> Result<Option<Self>, TlsError> {
        if upstream.sslmode == SslMode::Disable {
            return Ok(None);
        }
        Ok(Some(OperatorTls(TlsConnector::from(Arc::new(client_config(upstream)?)))))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for OperatorTls {
    type Stream = OperatorStream<S>;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Handshake> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| io::Error::other("the host's name cannot stand in a certificate"))?;
        Ok(Handshake { connector: self.0.clone(), name })
    }
}

/// With one host.
pub struct Handshake {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = OperatorStream<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<OperatorStream<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move { Ok(OperatorStream(self.connector.connect(self.name, stream).await?)) })
    }
}

/// After the handshake.
pub struct OperatorStream<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for OperatorStream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        let certificate = self.0.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        match certificate.and_then(|certificate| EndPoint::of(certificate)) {
            Some(end) => ChannelBinding::tls_server_end_point(end.0),
            None => ChannelBinding::none(),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for OperatorStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for OperatorStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
