//! The SQLSTATEs that pgveil itself raises or looks for (manual, appendix A).

#![allow(missing_docs)]

pub const PROTOCOL_VIOLATION: &str = "08P01";
pub const CANNOT_CONNECT: &str = "08001";
pub const CONNECTION_FAILURE: &str = "08006";
pub const FEATURE_NOT_SUPPORTED: &str = "0A000";
pub const STRING_TRUNCATION: &str = "22001";
pub const NUMERIC_OUT_OF_RANGE: &str = "22003";
pub const INVALID_DATETIME: &str = "22007";
pub const DATETIME_OVERFLOW: &str = "22008";
pub const INVALID_PARAMETER: &str = "22023";
pub const BAD_COPY_FORMAT: &str = "22P04";
pub const CHARACTER_NOT_IN_REPERTOIRE: &str = "22021";
pub const INVALID_TEXT: &str = "22P02";
pub const INVALID_BINARY: &str = "22P03";
pub const IN_FAILED_TRANSACTION: &str = "25P02";
pub const UNDEFINED_STATEMENT: &str = "26000";
pub const INVALID_AUTHORIZATION: &str = "28000";
pub const INVALID_PASSWORD: &str = "28P01";
pub const UNDEFINED_CURSOR: &str = "34000";
pub const SERIALIZATION_FAILURE: &str = "40001";
pub const INSUFFICIENT_PRIVILEGE: &str = "42501";
pub const SYNTAX_ERROR: &str = "42601";
pub const UNDEFINED_COLUMN: &str = "42703";
pub const TOO_MANY_CONNECTIONS: &str = "53300";
pub const LIMIT_EXCEEDED: &str = "54000";
pub const QUERY_CANCELED: &str = "57014";
pub const ADMIN_SHUTDOWN: &str = "57P01";
pub const CANNOT_CONNECT_NOW: &str = "57P03";
pub const IDLE_SESSION_TIMEOUT: &str = "57P05";
pub const SYSTEM_ERROR: &str = "58000";
pub const INTERNAL_ERROR: &str = "XX000";
pub const DATA_CORRUPTED: &str = "XX001";
