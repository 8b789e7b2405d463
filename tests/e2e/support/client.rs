//! A client of raw messages: it sends what a test says and reads what comes, nothing else.
//!
//! Blocking, with a time limit on every read, so that a hang fails the test that hangs.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::scram::Exchange;

/// The longest that a test waits for one message.
pub const READ_LIMIT: Duration = Duration::from_secs(20);

/// Who connects, and with what start-up parameters.
#[derive(Clone, Debug)]
pub struct Login {
    pub parameters: Vec<(String, String)>,
    pub password: Option<String>,
}

impl Login {
    pub fn trusted(user: &str, database: &str) -> Self {
        let parameters = vec![("user".into(), user.into()), ("database".into(), database.into())];
        Login { parameters, password: None }
    }

    pub fn with_password(user: &str, database: &str, password: &str) -> Self {
        Login { password: Some(password.into()), ..Login::trusted(user, database) }
    }

    /// One more start-up parameter, for instance `replication`, `database`.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    fn user(&self) -> &str {
        self.parameters.iter().find(|(name, _)| name == "user").map_or("", |(_, value)| value)
    }
}

/// One message as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub tag: u8,
    pub body: Vec<u8>,
}

impl Message {
    /// Length in bytes of tag, length word and body.
    pub fn bytes(&self) -> Vec<u8> {
        framed(self.tag, &self.body)
    }

    /// The field of an ErrorResponse or NoticeResponse (manual 55.8), for instance `C`.
    pub fn field(&self, code: u8) -> Option<String> {
        self.body
            .split(|byte| *byte == 0)
            .find(|field| field.first() == Some(&code))
            .map(|field| String::from_utf8_lossy(&field[1..]).into_owned())
    }

    /// The SQLSTATE of an error.
    pub fn sqlstate(&self) -> String {
        self.field(b'C').unwrap_or_default()
    }

    /// The cells of a DataRow.
    pub fn cells(&self) -> Vec<Option<Vec<u8>>> {
        assert_eq!(self.tag, b'D', "a DataRow, not {self:?}");
        let mut rest = &self.body[2..];
        let mut cells = Vec::new();
        while !rest.is_empty() {
            let length = i32::from_be_bytes(rest[..4].try_into().expect("four bytes"));
            rest = &rest[4..];
            match usize::try_from(length) {
                Err(_) => cells.push(None),
                Ok(length) => {
                    cells.push(Some(rest[..length].to_vec()));
                    rest = &rest[length..];
                }
            }
        }
        cells
    }

    /// One line: the tag, and the printable body.
    pub fn line(&self) -> String {
        let mut text = String::new();
        let _ = write!(text, "{} ", self.tag as char);
        for byte in &self.body {
            match byte {
                0x20..=0x7e => text.push(*byte as char),
                _ => {
                    let _ = write!(text, "\\{byte:02x}");
                }
            }
        }
        text
    }
}

/// Why a connection was not made.
pub enum ConnectError {
    /// The other side said no.
    Refused(Message),
    Io(io::Error),
}

impl std::fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ConnectError::Refused(message) => write!(f, "refused: {}", message.line()),
            ConnectError::Io(error) => write!(f, "{error}"),
        }
    }
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> Self {
        ConnectError::Io(error)
    }
}

/// Tag, length, body.
pub fn framed(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend_from_slice(&(body.len() as u32 + 4).to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A start-up packet of protocol 3.0.
pub fn startup_packet(parameters: &[(String, String)]) -> Vec<u8> {
    let mut body = 196_608u32.to_be_bytes().to_vec();
    for (name, value) in parameters {
        for part in [name, value] {
            body.extend_from_slice(part.as_bytes());
            body.push(0);
        }
    }
    body.push(0);
    let mut bytes = (body.len() as u32 + 4).to_be_bytes().to_vec();
    bytes.extend_from_slice(&body);
    bytes
}

/// A value bound to a parameter: `None` is NULL.
pub type Cell<'a> = Option<&'a [u8]>;

/// A connection after ReadyForQuery (or, by [`Client::dial`], before anything).
pub struct Client {
    pub stream: TcpStream,
    /// ParameterStatus as reported, in order.
    pub parameters: Vec<(String, String)>,
    /// Body of BackendKeyData.
    pub key_data: Vec<u8>,
    unread: Vec<u8>,
}

impl Client {
    /// A TCP connection and nothing more.
    pub fn dial(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(READ_LIMIT))?;
        Ok(Client { stream, parameters: Vec::new(), key_data: Vec::new(), unread: Vec::new() })
    }

    /// Logs in (trust, cleartext or SCRAM-SHA-256, as the server asks) and waits for ReadyForQuery.
    pub fn connect(address: &str, login: &Login) -> Result<Self, ConnectError> {
        let mut client = Client::dial(address)?;
        client.stream.write_all(&startup_packet(&login.parameters))?;
        let mut exchange = None;
        loop {
            let message = client.read_raw()?;
            match message.tag {
                b'R' => client.authenticate(&message, login, &mut exchange)?,
                b'S' => {
                    let mut parts = message.body.split(|byte| *byte == 0);
                    let mut next = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
                    let pair = (next(), next());
                    client.parameters.push(pair);
                }
                b'K' => client.key_data = message.body,
                b'Z' => return Ok(client),
                b'N' => {}
                _ => return Err(ConnectError::Refused(message)),
            }
        }
    }

    fn authenticate(
        &mut self,
        message: &Message,
        login: &Login,
        exchange: &mut Option<Exchange>,
    ) -> Result<(), ConnectError> {
        let password = login.password.as_deref().unwrap_or_default();
        let (kind, data) = message.body.split_at(4);
        match u32::from_be_bytes(kind.try_into().expect("four bytes")) {
            0 => Ok(()),
            3 => {
                self.send(b'p', &[password.as_bytes(), b"\0"].concat());
                Ok(())
            }
            10 => {
                let started = Exchange::new(login.user(), password);
                let first = started.client_first();
                let length = (first.len() as u32).to_be_bytes();
                self.send(b'p', &[b"SCRAM-SHA-256\0", length.as_slice(), first.as_bytes()].concat());
                *exchange = Some(started);
                Ok(())
            }
            11 => {
                let started = exchange.as_mut().expect("SASL was started");
                let last = started.client_final(std::str::from_utf8(data).expect("SCRAM is text"));
                self.send(b'p', last.as_bytes());
                Ok(())
            }
            12 => {
                let started = exchange.as_ref().expect("SASL was started");
                assert!(
                    started.server_is_genuine(std::str::from_utf8(data).expect("text")),
                    "server's signature"
                );
                Ok(())
            }
            _ => Err(ConnectError::Refused(message.clone())),
        }
    }

    // --- sending -----------------------------------------------------------------------------

    /// Any bytes at all.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        // A test that provokes a closed connection finds out when it reads.
        let _ = self.stream.write_all(bytes);
    }

    /// One message.
    pub fn send(&mut self, tag: u8, body: &[u8]) {
        self.send_raw(&framed(tag, body));
    }

    pub fn query(&mut self, sql: &str) {
        self.send(b'Q', &[sql.as_bytes(), b"\0"].concat());
    }

    pub fn parse(&mut self, name: &str, sql: &str, types: &[u32]) {
        self.send(b'P', &parse_body(name, sql, types));
    }

    /// Formats: 0 text, 1 binary, as in the protocol (none, one for all, or one each).
    pub fn bind(
        &mut self,
        portal: &str,
        statement: &str,
        formats: &[i16],
        cells: &[Cell<'_>],
        results: &[i16],
    ) {
        self.send(b'B', &bind_body(portal, statement, formats, cells, results));
    }

    pub fn describe(&mut self, kind: char, name: &str) {
        self.send(b'D', &[&[kind as u8], name.as_bytes(), b"\0"].concat());
    }

    pub fn close(&mut self, kind: char, name: &str) {
        self.send(b'C', &[&[kind as u8], name.as_bytes(), b"\0"].concat());
    }

    pub fn execute(&mut self, portal: &str, rows: u32) {
        self.send(b'E', &[portal.as_bytes(), b"\0", &rows.to_be_bytes()].concat());
    }

    pub fn sync(&mut self) {
        self.send(b'S', b"");
    }

    pub fn flush(&mut self) {
        self.send(b'H', b"");
    }

    pub fn copy_data(&mut self, data: &[u8]) {
        self.send(b'd', data);
    }

    // --- reading -----------------------------------------------------------------------------

    fn read_raw(&mut self) -> io::Result<Message> {
        self.fill(5)?;
        let length = u32::from_be_bytes(self.unread[1..5].try_into().expect("four bytes")) as usize;
        self.fill(length + 1)?;
        let rest = self.unread.split_off(length + 1);
        let mut bytes = std::mem::replace(&mut self.unread, rest);
        let tag = bytes[0];
        Ok(Message { tag, body: bytes.split_off(5) })
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let mut chunk = vec![0; 64 * 1024];
        while self.unread.len() < wanted {
            let count = self.stream.read(&mut chunk)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.unread.extend_from_slice(&chunk[..count]);
        }
        Ok(())
    }

    /// The next message, or why there is none.
    pub fn try_read(&mut self) -> io::Result<Message> {
        self.read_raw()
    }

    /// The next message; fails the test when none comes within [`READ_LIMIT`].
    pub fn read(&mut self) -> Message {
        self.read_raw().expect("a message")
    }

    /// The next message, or `None` at the end of the connection.
    pub fn read_or_end(&mut self) -> Option<Message> {
        match self.read_raw() {
            Ok(message) => Some(message),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                panic!("nothing came, and the connection is still open")
            }
            Err(_) => None,
        }
    }

    /// All messages up to and including the next one with this tag.
    pub fn read_until(&mut self, tag: u8) -> Vec<Message> {
        let mut messages = Vec::new();
        loop {
            let message = self.read();
            let last = message.tag == tag;
            messages.push(message);
            if last {
                return messages;
            }
        }
    }

    /// All messages up to and including ReadyForQuery.
    pub fn until_ready(&mut self) -> Vec<Message> {
        self.read_until(b'Z')
    }

    /// Everything until the other side closes.
    pub fn until_end(&mut self) -> Vec<Message> {
        std::iter::from_fn(|| self.read_or_end()).collect()
    }

    // --- both --------------------------------------------------------------------------------

    /// Runs a simple Query and returns its messages; fails the test on an ErrorResponse.
    pub fn run(&mut self, sql: &str) -> Vec<Message> {
        self.query(sql);
        let messages = self.until_ready();
        if let Some(error) = messages.iter().find(|message| message.tag == b'E') {
            panic!("{sql}: {}", error.line());
        }
        messages
    }

    /// The SQLSTATE and message with which a simple Query fails.
    pub fn fails(&mut self, sql: &str) -> (String, String) {
        self.query(sql);
        let messages = self.until_ready();
        let error = messages.iter().find(|message| message.tag == b'E');
        let error = error.unwrap_or_else(|| panic!("{sql}: did not fail"));
        (error.sqlstate(), error.field(b'M').unwrap_or_default())
    }

    /// The rows of a simple Query, as text; NULL is `None`.
    pub fn rows(&mut self, sql: &str) -> Vec<Vec<Option<String>>> {
        let text = |cell: Vec<u8>| String::from_utf8(cell).expect("UTF-8");
        let messages = self.run(sql);
        let rows = messages.iter().filter(|message| message.tag == b'D');
        rows.map(|row| row.cells().into_iter().map(|cell| cell.map(text)).collect()).collect()
    }

    /// The single cell of a simple Query.
    pub fn value(&mut self, sql: &str) -> String {
        let rows = self.rows(sql);
        rows.first().and_then(|row| row.first().cloned().flatten()).unwrap_or_default()
    }
}

/// Body of Parse.
pub fn parse_body(name: &str, sql: &str, types: &[u32]) -> Vec<u8> {
    let mut body = [name.as_bytes(), b"\0", sql.as_bytes(), b"\0"].concat();
    body.extend_from_slice(&(types.len() as u16).to_be_bytes());
    types.iter().for_each(|oid| body.extend_from_slice(&oid.to_be_bytes()));
    body
}

/// Body of Bind.
pub fn bind_body(
    portal: &str,
    statement: &str,
    formats: &[i16],
    cells: &[Cell<'_>],
    results: &[i16],
) -> Vec<u8> {
    let mut body = [portal.as_bytes(), b"\0", statement.as_bytes(), b"\0"].concat();
    let list = |body: &mut Vec<u8>, codes: &[i16]| {
        body.extend_from_slice(&(codes.len() as u16).to_be_bytes());
        codes.iter().for_each(|code| body.extend_from_slice(&code.to_be_bytes()));
    };
    list(&mut body, formats);
    body.extend_from_slice(&(cells.len() as u16).to_be_bytes());
    for cell in cells {
        match cell {
            None => body.extend_from_slice(&(-1i32).to_be_bytes()),
            Some(bytes) => {
                body.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
                body.extend_from_slice(bytes);
            }
        }
    }
    list(&mut body, results);
    body
}
