//! One batch of bytes on its way through: runs of untouched frames are copied at once.

/// What becomes of the frame at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Forwarded as it came.
    Pass,
    /// Not forwarded (something else may have been written in its place).
    Drop,
    /// Not looked at until the server has answered.
    Hold,
    /// Dropped already, with frames behind it perhaps: the relay stands behind the last of them.
    Done,
}

/// A batch and where it goes.
pub(super) struct Relay<'a> {
    bytes: &'a [u8],
    /// Start of the run of frames that are passed but not yet copied.
    run: usize,
    /// Start of the frame at hand.
    at: usize,
    out: &'a mut Vec<u8>,
}

impl<'a> Relay<'a> {
    pub fn new(bytes: &'a [u8], out: &'a mut Vec<u8>) -> Self {
        Relay { bytes, run: 0, at: 0, out }
    }

    /// From the frame at hand on.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    /// Where to write what comes before, or in place of, the frame at hand.
    pub fn own(&mut self) -> &mut Vec<u8> {
        self.flush();
        self.out
    }

    fn flush(&mut self) {
        if self.run < self.at {
            self.out.extend_from_slice(self.bytes.get(self.run..self.at).unwrap_or(&[]));
        }
        self.run = self.at;
    }

    /// The next `n` bytes are forwarded.
    #[inline]
    pub fn pass(&mut self, n: usize) {
        self.at += n;
    }

    /// The next `n` bytes are not.
    pub fn discard(&mut self, n: usize) {
        self.flush();
        self.at += n;
        self.run = self.at;
    }

    /// Copies the last run; returns how much was consumed.
    pub fn finish(mut self) -> usize {
        self.flush();
        self.at
    }
}

/// A frame that travels without being held whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stream {
    /// Bytes still to come.
    pub left: usize,
    /// Whether they are not forwarded.
    pub dropped: bool,
    /// Whether they are read, and what becomes of them forwarded in their place.
    pub read: bool,
}

impl Stream {
    /// True in the middle of a forwarded frame, where nothing else can be written.
    pub fn is_mid_frame(&self) -> bool {
        self.left > 0 && !self.dropped
    }

    /// Begins with a frame of `total` bytes.
    pub fn begin(&mut self, total: usize, fate: Fate) {
        *self = Stream { left: total, dropped: fate == Fate::Drop, read: false };
    }

    /// Begins with a body of `bytes` that is read, its head having been discarded.
    pub fn begin_read(&mut self, bytes: usize) {
        *self = Stream { left: bytes, dropped: true, read: true };
    }

    /// Takes what has arrived of a body that is read.
    pub fn take<'a>(&mut self, relay: &mut Relay<'a>) -> &'a [u8] {
        let rest = relay.rest();
        let taken = rest.get(..self.left.min(rest.len())).unwrap_or(&[]);
        self.left -= taken.len();
        relay.discard(taken.len());
        taken
    }

    /// Moves what has arrived of it; false if more is to come.
    pub fn advance(&mut self, relay: &mut Relay<'_>) -> bool {
        let n = self.left.min(relay.rest().len());
        self.left -= n;
        if self.dropped {
            relay.discard(n)
        } else {
            relay.pass(n)
        }
        self.left == 0
    }
}
