//! Settings that decide what a name means and how a value is shown, and that the server does not report by
//! itself (manual, 55.2.7): asked once, before the session begins.
//!
//! Role, database and postgresql.conf may set them (ALTER ROLE … SET). Knows one query and its row.
//! What it says is the server's word, on which no decision to leave a value unsealed depends.

use super::auth::exchange::{Broken, MAX_SERVER_BYTES, Message, send};
use super::auth::upstream::LoginError;
use super::leg::Leg;
use crate::session::following::CURRENT_USER;
use crate::wire::frame::server;
use crate::wire::from_server::DataRow;
use crate::wire::write;

/// A parameter and its value.
pub type Setting = (Vec<u8>, Vec<u8>);

/// In the order of the columns of [`QUERY`]. The last is the role whose schema `"$user"` is, which `SET role` of
/// a database or login role makes another than that of the login.
const NAMES: [&str; 6] = [
    "search_path",
    "bytea_output",
    "extra_float_digits",
    "array_nulls",
    "timezone_abbreviations",
    CURRENT_USER,
];

const QUERY: &str = "SELECT pg_catalog.current_setting('search_path'), \
     pg_catalog.current_setting('bytea_output'), pg_catalog.current_setting('extra_float_digits'), \
     pg_catalog.current_setting('array_nulls'), pg_catalog.current_setting('timezone_abbreviations'), \
     current_user";

/// Does a session that asks for this run queries? One for physical replication does not: its parameter is
/// a truth, in any of its spellings (manual, 55.4 and 8.6).
pub fn can_be_asked(parameters: &[(&[u8], &[u8])]) -> bool {
    let replication = parameters.iter().rev().find(|(name, _)| *name == b"replication");
    replication.is_none_or(|(_, value)| match value.to_ascii_lowercase().as_slice() {
        b"on" | [b't' | b'y' | b'1', ..] => false,
        _ => true,
    })
}

/// Asks.
pub async fn ask(leg: &mut Leg) -> Result<Vec<Setting>, LoginError> {
    let mut out = Vec::new();
    write::query(&mut out, QUERY.as_bytes());
    send(leg, &out).await?;
    let mut settings = Vec::new();
    loop {
        let message = Message::read(leg, MAX_SERVER_BYTES).await?;
        match message.tag {
            server::DATA_ROW => {
                let row = DataRow::read(&message.body).map_err(|_| Broken::Malformed)?;
                let mut cells = row.cursor();
                for name in NAMES {
                    let cell = cells.value().map_err(|_| Broken::Malformed)?.ok_or(Broken::Malformed)?;
                    settings.push((name.as_bytes().to_vec(), cell.to_vec()));
                }
            }
            // REFUSES: no word of them, or more than one.
            server::READY_FOR_QUERY if settings.len() != NAMES.len() => return Err(Broken::Malformed.into()),
            server::READY_FOR_QUERY => return Ok(settings),
            server::ERROR_RESPONSE => {
                return Err(LoginError::Unacceptable("the server refused to say the session's settings"));
            }
            server::ROW_DESCRIPTION
            | server::COMMAND_COMPLETE
            | server::NOTICE_RESPONSE
            | server::PARAMETER_STATUS => {}
            // REFUSES: whatever nobody asked for.
            _ => return Err(Broken::Malformed.into()),
        }
    }
}
