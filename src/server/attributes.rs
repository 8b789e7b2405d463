//! `target_session_attrs`: whether a server is the kind that is wanted, decided as libpq does
//! (manual 34.1.2): from what a server of version 14 or later reports, else by asking it.

use super::auth::exchange::{Broken, MAX_SERVER_BYTES, Message, send};
use super::auth::upstream::LoginError;
use super::leg::Leg;
use super::upstream::Greeting;
use crate::config::resolved::TargetAttrs;
use crate::wire::frame::server;
use crate::wire::from_server::DataRow;
use crate::wire::write;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// It is what is wanted.
    Fits,
    /// It is not.
    Other,
}

/// Asks the server if it has not said it already.
pub async fn fits(leg: &mut Leg, greeting: &Greeting, target: TargetAttrs) -> Result<Fitness, LoginError> {
    let wanted = match target {
        TargetAttrs::Any | TargetAttrs::PreferStandby => true,
        TargetAttrs::ReadWrite => !read_only(leg, greeting).await?,
        TargetAttrs::ReadOnly => read_only(leg, greeting).await?,
        TargetAttrs::Primary => !standby(leg, greeting).await?,
        TargetAttrs::Standby => standby(leg, greeting).await?,
    };
    Ok(if wanted { Fitness::Fits } else { Fitness::Other })
}

async fn read_only(leg: &mut Leg, greeting: &Greeting) -> Result<bool, LoginError> {
    match (greeting.parameter("default_transaction_read_only"), greeting.parameter("in_hot_standby")) {
        (Some(read_only), Some(standby)) => Ok(read_only == b"on" || standby == b"on"),
        _ => says(leg, "SHOW transaction_read_only", b"on").await,
    }
}

async fn standby(leg: &mut Leg, greeting: &Greeting) -> Result<bool, LoginError> {
    match greeting.parameter("in_hot_standby") {
        Some(standby) => Ok(standby == b"on"),
        None => says(leg, "SELECT pg_catalog.pg_is_in_recovery()", b"t").await,
    }
}

/// Whether the one cell of a query of ours is `yes`.
async fn says(leg: &mut Leg, query: &str, yes: &[u8]) -> Result<bool, LoginError> {
    let mut out = Vec::new();
    write::query(&mut out, query.as_bytes());
    send(leg, &out).await?;
    let mut answer = false;
    loop {
        let message = Message::read(leg, MAX_SERVER_BYTES).await?;
        match message.tag {
            server::DATA_ROW => {
                let row = DataRow::read(&message.body).map_err(|_| Broken::Malformed)?;
                let cell = row.cursor().value().map_err(|_| Broken::Malformed)?;
                answer = cell == Some(yes);
            }
            server::READY_FOR_QUERY => return Ok(answer),
            server::ERROR_RESPONSE => {
                return Err(LoginError::Unacceptable("the server refused to say whether it is a standby"));
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
