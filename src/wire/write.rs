//! Messages that pgveil writes itself.

use super::Oid;

/// Appends tag, length and what `body` appends.
pub fn message(out: &mut Vec<u8>, tag: u8, body: impl FnOnce(&mut Vec<u8>)) {
    out.push(tag);
    prefixed(out, true, body);
}

/// Appends a length-prefixed value: four bytes that do not count themselves, then the value.
pub fn value(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    prefixed(out, false, body);
}

fn prefixed(out: &mut Vec<u8>, counts_itself: bool, body: impl FnOnce(&mut Vec<u8>)) {
    let at = begin(out);
    body(out);
    finish(out, at, counts_itself);
}

/// Reserves a four-byte length; give what it returns to [`finish`].
pub fn begin(out: &mut Vec<u8>) -> usize {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    at
}

/// Fills in the length reserved at `at`. Bodies beyond 2 GiB are kept away by the session's limits.
pub fn finish(out: &mut [u8], at: usize, counts_itself: bool) {
    let length = out.len().saturating_sub(at + if counts_itself { 0 } else { 4 });
    if let Some(slot) = out.get_mut(at..at + 4) {
        slot.copy_from_slice(&(length as u32).to_be_bytes());
    }
}

fn cstr(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(text);
    out.push(0);
}

/// Query.
pub fn query(out: &mut Vec<u8>, text: &[u8]) {
    message(out, b'Q', |out| cstr(out, text));
}

/// Parse.
pub fn parse(out: &mut Vec<u8>, name: &[u8], text: &[u8], declared: &[Oid]) {
    message(out, b'P', |out| {
        cstr(out, name);
        cstr(out, text);
        out.extend_from_slice(&(declared.len() as u16).to_be_bytes());
        for oid in declared {
            out.extend_from_slice(&oid.to_be_bytes());
        }
    });
}

/// Bind of a statement to the portal without a name: all values in text format, none of them NULL, and
/// the result in text format.
pub fn bind_texts<'v>(out: &mut Vec<u8>, statement: &[u8], values: impl ExactSizeIterator<Item = &'v [u8]>) {
    message(out, b'B', |out| {
        cstr(out, b"");
        cstr(out, statement);
        out.extend_from_slice(&0u16.to_be_bytes());
        out.extend_from_slice(&(values.len() as u16).to_be_bytes());
        for bytes in values {
            value(out, |out| out.extend_from_slice(bytes));
        }
        out.extend_from_slice(&0u16.to_be_bytes());
    });
}

/// Execute of a portal, to its end.
pub fn execute(out: &mut Vec<u8>, portal: &[u8]) {
    message(out, b'E', |out| {
        cstr(out, portal);
        out.extend_from_slice(&0u32.to_be_bytes());
    });
}

/// Describe of a statement or a portal.
pub fn describe(out: &mut Vec<u8>, target: super::from_client::Target<'_>) {
    message(out, b'D', |out| targeted(out, target));
}

/// Close of a statement or a portal.
pub fn close(out: &mut Vec<u8>, target: super::from_client::Target<'_>) {
    message(out, b'C', |out| targeted(out, target));
}

fn targeted(out: &mut Vec<u8>, target: super::from_client::Target<'_>) {
    let (kind, name) = match target {
        super::from_client::Target::Statement(name) => (b'S', name),
        super::from_client::Target::Portal(name) => (b'P', name),
    };
    out.push(kind);
    cstr(out, name);
}

/// Flush.
pub fn flush(out: &mut Vec<u8>) {
    out.extend_from_slice(b"H\0\0\0\x04");
}

/// Sync.
pub fn sync(out: &mut Vec<u8>) {
    out.extend_from_slice(b"S\0\0\0\x04");
}

/// Terminate.
pub fn terminate(out: &mut Vec<u8>) {
    out.extend_from_slice(b"X\0\0\0\x04");
}

/// CopyFail with a reason.
pub fn copy_fail(out: &mut Vec<u8>, reason: &[u8]) {
    message(out, b'f', |out| cstr(out, reason));
}

/// BackendKeyData.
pub fn backend_key_data(out: &mut Vec<u8>, pid: i32, secret: &[u8]) {
    message(out, b'K', |out| {
        out.extend_from_slice(&pid.to_be_bytes());
        out.extend_from_slice(secret);
    });
}

/// ParameterStatus.
pub fn parameter_status(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    message(out, b'S', |out| {
        cstr(out, name);
        cstr(out, value);
    });
}

/// ParameterDescription.
pub fn parameter_description(out: &mut Vec<u8>, oids: impl ExactSizeIterator<Item = Oid>) {
    message(out, b't', |out| {
        out.extend_from_slice(&(oids.len() as u16).to_be_bytes());
        for oid in oids {
            out.extend_from_slice(&oid.to_be_bytes());
        }
    });
}
