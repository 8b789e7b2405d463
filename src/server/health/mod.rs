//! `/healthz`, `/readyz` and `/metrics`, on an address of their own.
//!
//! Runs beside the attendance to signals and files, never on a thread that moves bytes. Whoever can
//! connect may ask: no answer holds more than counts, reasons and key ids.

mod http;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use self::http::{Answer, Request, Status};
use super::limits::Places;
use super::proxy::Shared;
use super::shutdown::Phase;
use crate::observe::metrics::{CONTENT_TYPE, Present};

/// Requests answered at one time; one more is closed without an answer.
const MAX_REQUESTS: u32 = 16;
/// A server that was reached so recently is not asked again.
const RECENT: Duration = Duration::from_secs(5);
/// The server answers in this time or is not reachable.
const REACH_LIMIT: Duration = Duration::from_secs(1);
/// After an error of accept, which is mostly for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers until the process ends.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let places = Places::new(MAX_REQUESTS);
    loop {
        match (listener.accept().await, places.take()) {
            (Ok((stream, _)), Some(place)) => {
                let shared = shared.clone();
                tokio::spawn(async move {
                    // Whoever asked may be gone.
                    let _ = exchange(stream, &shared).await;
                    drop(place);
                });
            }
            (Ok(_), None) => {}
            (Err(error), _) => {
                tracing::error!(%error, "cannot accept on the address of [metrics]");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn exchange(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let (answer, head_only) = match http::request(&mut stream).await? {
        Ok(Request { path, head_only }) => (answer(&path, shared).await, head_only),
        Err(status) => (Answer::text(status, "GET /healthz, /readyz or /metrics"), false),
    };
    http::answer(&mut stream, &answer, head_only).await
}

async fn answer(path: &str, shared: &Shared) -> Answer {
    match path {
        "/healthz" => Answer::text(Status::Ok, "alive"),
        "/readyz" => match obstacle(shared).await {
            None => Answer::text(Status::Ok, "ready"),
            Some(why) => Answer::text(Status::Unavailable, why),
        },
        "/metrics" => {
            let present = present(shared).await;
            let body = shared.metrics.page(&present);
            Answer { status: Status::Ok, content_type: CONTENT_TYPE, body }
        }
        _ => Answer::text(Status::NotFound, "there is /healthz, /readyz and /metrics"),
    }
}

/// Why a client had better go elsewhere now.
async fn obstacle(shared: &Shared) -> Option<&'static str> {
    if shared.shutdown.phase() != Phase::Serving {
        return Some("draining");
    }
    if shared.judges.epoch().is_some_and(|epoch| epoch.suspended) {
        return Some("this instance has lost touch with the others");
    }
    if shared.contact.is_within(RECENT) {
        return None;
    }
    match timeout(REACH_LIMIT, shared.upstream().reach()).await {
        Ok(Ok(())) => {
            shared.contact.made();
            None
        }
        Ok(Err(_)) | Err(_) => Some("the server cannot be reached"),
    }
}

async fn present(shared: &Shared) -> Present {
    Present {
        time: SystemTime::now(),
        sessions: shared.sessions.taken(),
        session_limit: shared.limits.connections,
        pending: shared.pending.taken(),
        draining: shared.shutdown.phase() != Phase::Serving,
        ready: obstacle(shared).await.is_none(),
        epoch: shared.judges.epoch(),
        certificates: shared.certificates(),
    }
}
