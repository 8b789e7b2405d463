//! Messages of a login, from either side.

use pgveil::secret::Secret;
use pgveil::server::auth::scram::{PLAIN, Verifier, encode};
use pgveil::server::auth::{scram_client, scram_server};

const RANDOM: [u8; 18] = [7; 18];

/// What a server says first and last, or a client: without the password nobody is believed.
pub fn fuzz_scram(data: &[u8]) {
    let at = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (first, last) = data.split_at(at);
    let last = last.get(1..).unwrap_or_default();
    let nonce = encode(&RANDOM);
    for first in [first.to_vec(), [b"r=", nonce.as_bytes(), first].concat()] {
        let (exchange, _) = scram_client::Exchange::begin(None, false, RANDOM);
        if let Ok(asked) = exchange.asked(&first, None) {
            assert!((4_096..=1_000_000).contains(&asked.pin.iterations) && !asked.pin.salt.is_empty());
            let (proven, _) = asked.prove(&Secret::new([7; 32]));
            assert!(proven.finish(last).is_err(), "nobody holds the verifier");
        }
    }
    let verifier = Verifier::of_nobody(b"salt", [9; 32]);
    if let Ok((exchange, said)) = scram_server::Exchange::begin(PLAIN, first, verifier, None, RANDOM) {
        let told = said.split(',').next().unwrap_or_default();
        for last in [last.to_vec(), [b"c=biws,", told.as_bytes(), b",p=", last].concat()] {
            let verifier = Verifier::of_nobody(b"salt", [9; 32]);
            let again = scram_server::Exchange::begin(PLAIN, first, verifier, None, RANDOM);
            let (again, _) = again.ok().expect("it was begun");
            assert!(again.finish(&last).is_err(), "nobody has the password");
        }
        assert!(exchange.finish(last).is_err());
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Some(verifier) = Verifier::parse(text)
    {
        let again = Verifier::parse(&verifier.to_string()).expect("what is written is read");
        assert_eq!(again.to_string(), verifier.to_string());
    }
}
