//! What lies on disks and in cells: envelopes, keyrings, shares, the policy.

use pgveil::crypto::armour;
use pgveil::crypto::envelope::{Envelope, EnvelopeRoom};
use pgveil::crypto::keyfile::Parts;
use pgveil::crypto::recovery;
use pgveil::policy::load;

/// An armoured cell. What decodes is written the same again.
pub fn fuzz_envelope(data: &[u8]) {
    let _ = Envelope::cut(data);
    let _ = EnvelopeRoom::cut(&mut data.to_vec());
    let _ = armour::census(data);
    let Ok(body) = armour::body(data) else { return };
    let Ok(length) = armour::envelope_len(body.len()) else { return };
    let mut envelope = vec![0; length];
    if armour::decode(body, &mut envelope).is_ok() {
        let mut again = vec![0; armour::armoured_len(length)];
        armour::write(&envelope, &mut again).expect("room");
        assert_eq!(again, data, "one envelope has one armour");
        if let (Ok(cut), Ok(seen)) = (Envelope::cut(&envelope), armour::census(data)) {
            assert_eq!(Envelope::read_header(cut.header).expect("it was cut"), seen);
        }
    }
}

/// The shape of a keyring file.
pub fn fuzz_keyring(data: &[u8]) {
    if let Ok(parts) = Parts::cut(data) {
        assert!(parts.stanzas.len() <= data.len());
    }
}

/// Shares of a recovery, one a line.
pub fn fuzz_shares(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = recovery::combine(text.lines());
    }
}

/// A policy file.
pub fn fuzz_policy(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = load::tags("policy.toml", text);
        let _ = load::with_domains(text);
    }
}
