//! The bytes that one socket brought and nobody has consumed yet.

/// What an input buffer holds when nothing large is under way.
pub const BASE_BYTES: usize = 8 * 1024;

/// A buffer that is filled at the end and consumed at the front. Grows only when told that a frame
/// needs it ([`InBuf::require`]), so that a reader who fills only [`InBuf::space`] is bounded.
#[derive(Debug, Default)]
pub struct InBuf {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl InBuf {
    /// Empty, without memory.
    pub fn new() -> Self {
        InBuf::default()
    }

    /// What has arrived and has not been consumed.
    #[inline]
    pub fn pending(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or(&[])
    }

    /// True if nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.start >= self.end
    }

    /// Drops the first `n` pending bytes (at most all).
    #[inline]
    pub fn consume(&mut self, n: usize) {
        self.start = self.start.saturating_add(n).min(self.end);
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Room to read into; empty if the buffer is full, which means that a reader must wait until
    /// something is consumed. Report what was read with [`InBuf::filled`].
    pub fn space(&mut self) -> &mut [u8] {
        if self.bytes.is_empty() {
            self.bytes.resize(BASE_BYTES, 0);
        }
        if self.end == self.bytes.len() && self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        self.bytes.get_mut(self.end..).unwrap_or_default()
    }

    /// `n` bytes of [`InBuf::space`] were filled.
    pub fn filled(&mut self, n: usize) {
        self.end = self.end.saturating_add(n).min(self.bytes.len());
    }

    /// Makes sure that a frame of `total` bytes can be held whole.
    pub fn require(&mut self, total: usize) {
        if total > self.bytes.len() {
            self.bytes.resize(total, 0);
        }
    }

    /// Appends `bytes`, growing as needed (for tests and for bytes carried over from start-up).
    pub fn extend(&mut self, bytes: &[u8]) {
        self.require(self.end + bytes.len());
        if let Some(room) = self.bytes.get_mut(self.end..self.end + bytes.len()) {
            room.copy_from_slice(bytes);
            self.end += bytes.len();
        }
    }

    /// Gives back memory beyond [`BASE_BYTES`] once nothing is pending; for a connection that goes
    /// idle.
    pub fn shrink(&mut self) {
        if self.is_empty() && self.bytes.len() > BASE_BYTES {
            self.bytes = Vec::new();
        }
    }

    /// Bytes of memory held.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}
