//! What a judge may change in the session's memory: names of SQL and of the protocol are the same, and
//! what SQL ends, the protocol has no more. Knows no statement.

/// Protocol-level names that a finished statement makes void.
pub trait Names {
    /// DEALLOCATE name.
    fn forget_statement(&mut self, name: &[u8]);
    /// DEALLOCATE ALL, DISCARD ALL.
    fn forget_statements(&mut self);
    /// CLOSE name.
    fn forget_portal(&mut self, name: &[u8]);
    /// CLOSE ALL, DISCARD ALL.
    fn forget_portals(&mut self);
}
