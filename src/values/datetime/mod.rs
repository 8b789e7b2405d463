//! date, timestamp, timestamptz, time, timetz: integers from 2000-01-01 or midnight.
//!
//! Knows the calendar, the spellings and the styles of output. Does not know the time: a text whose
//! meaning hangs on the server's clock is not supported.

pub(super) mod calendar;
pub(super) mod date;
mod iso;
pub(super) mod moment;
mod read;
pub(super) mod show;
pub(super) mod stamp;
pub(super) mod time;
mod words;
mod written;
