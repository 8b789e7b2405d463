//! As much of HTTP/1.1 (RFC 9112) as a probe and a scraper need: one GET or HEAD, one answer, closed.
//!
//! Bounded in bytes and time. Knows no path and no meaning.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Bytes of a request line and its header fields; a scraper sends some hundreds.
const MAX_HEAD_BYTES: usize = 8 * 1024;
/// For the whole head to come, and for the whole answer to go.
const LIMIT: Duration = Duration::from_secs(1);

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// Without a query.
    pub path: String,
    /// HEAD: the answer has no body.
    pub head_only: bool,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 200
    Ok,
    /// 400
    BadRequest,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 431
    HeadTooLarge,
    /// 503
    Unavailable,
}

impl Status {
    fn line(self) -> &'static str {
        match self {
            Status::Ok => "200 OK",
            Status::BadRequest => "400 Bad Request",
            Status::NotFound => "404 Not Found",
            Status::MethodNotAllowed => "405 Method Not Allowed",
            Status::HeadTooLarge => "431 Request Header Fields Too Large",
            Status::Unavailable => "503 Service Unavailable",
        }
    }
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: Status,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// What it says.
    pub body: String,
}

impl Answer {
    /// A line of text.
    pub fn text(status: Status, line: &str) -> Answer {
        Answer { status, content_type: "text/plain; charset=utf-8", body: format!("{line}\n") }
    }
}

/// Reads a request to the end of its head. What follows is not looked at, since the connection is
/// closed after the answer.
///
/// # Errors
/// An error is a client that went away or was too slow; `Ok(Err(_))` one that is told why not.
pub async fn request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Result<Request, Status>> {
    let mut head = Vec::new();
    let whole = async {
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            if head.len() >= MAX_HEAD_BYTES {
                return Ok(Err(Status::HeadTooLarge));
            }
            let mut part = [0; 1024];
            match stream.read(&mut part).await? {
                0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
                read => head.extend_from_slice(part.get(..read).unwrap_or_default()),
            }
        }
        Ok(Ok(()))
    };
    Ok(match timeout(LIMIT, whole).await?? {
        Ok(()) => parse(&head),
        Err(status) => Err(status),
    })
}

/// The request line (RFC 9112, section 3).
fn parse(head: &[u8]) -> Result<Request, Status> {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| Status::BadRequest)?;
    let [method, target, version] = *line.split(' ').collect::<Vec<_>>() else {
        return Err(Status::BadRequest);
    };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Err(Status::BadRequest);
    }
    let head_only = match method {
        "GET" => false,
        "HEAD" => true,
        _ => return Err(Status::MethodNotAllowed),
    };
    let path = target.split('?').next().unwrap_or_default().to_owned();
    Ok(Request { path, head_only })
}

/// Writes the answer and closes.
pub async fn answer(
    stream: &mut (impl AsyncWrite + Unpin),
    answer: &Answer,
    head_only: bool,
) -> io::Result<()> {
    let Answer { status, content_type, body } = answer;
    let allow = if *status == Status::MethodNotAllowed { "Allow: GET, HEAD\r\n" } else { "" };
    let mut bytes = format!(
        "HTTP/1.1 {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n{allow}\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        status.line(),
        body.len(),
    );
    if !head_only {
        bytes.push_str(body);
    }
    timeout(LIMIT, async {
        stream.write_all(bytes.as_bytes()).await?;
        stream.shutdown().await
    })
    .await?
}
