//! Which way a stream goes.

/// Seen from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// From the client: fields are sealed.
    In,
    /// To the client: fields are opened.
    Out,
}
