//! SCRAM: the RFC's own example, our two halves against each other, and every lie that either can
//! be told.

use pgveil::secret::Secret;
use pgveil::server::auth::scram::{PLAIN, PLUS, Verifier, decode, salted_password};
use pgveil::server::auth::scram_client::{self, Lie, Pin};
use pgveil::server::auth::scram_server::{Exchange, Failed};
use pgveil::server::tls::EndPoint;

const SALT: &[u8] = b"sixteen bytes of";

/// RFC 7677, section 3.
#[test]
fn the_example_of_the_rfc() {
    let salt = decode("W22ZaJ0SNY7soEsUEjb6gQ==").expect("base64");
    let verifier = Verifier::of("pencil", &salt, 4096);
    let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    let spoken =
        format!("n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}");
    let proof = decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").expect("base64");
    let mut proof: [u8; 32] = proof.try_into().expect("32 bytes");
    assert!(verifier.admits_proof(spoken.as_bytes(), &proof));
    let signature = decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").expect("base64");
    assert_eq!(verifier.server_signature(spoken.as_bytes()).to_vec(), signature);
    for bit in 0..256 {
        proof[bit / 8] ^= 1 << (bit % 8);
        assert!(!verifier.admits_proof(spoken.as_bytes(), &proof), "bit {bit}");
        proof[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn verifiers_are_postgresqls() {
    let verifier = Verifier::of("secret", SALT, 4096);
    let text = verifier.to_string();
    assert!(text.starts_with("SCRAM-SHA-256$4096:") && text.len() == 133, "{text}");
    assert_eq!(Verifier::parse(&text).expect("its own form").to_string(), text);
    assert!(verifier.admits("secret") && !verifier.admits("Secret") && !verifier.admits(""));
    // SASLprep: a soft hyphen is nothing, a no-break space is a space (RFC 4013, sections 2.1 and 3).
    assert!(Verifier::of("se\u{ad}cret", SALT, 4096).admits("secret"));
    assert!(Verifier::of("a\u{a0}b", SALT, 4096).admits("a b"));
    for broken in [
        "",
        "md5abc",
        "SCRAM-SHA-256$1:AAAA$AAAA:AAAA",
        &text[..text.len() - 4],
        &text.replace("4096", "4095"),
    ] {
        assert!(Verifier::parse(broken).is_none(), "{broken}");
    }
}

struct Talk<'a> {
    password: &'a str,
    mechanism: &'a str,
    client_sees: Option<&'a EndPoint>,
    server_has: Option<&'a EndPoint>,
    uses_plus: bool,
}

impl Talk<'_> {
    /// What the server concludes, and then the client.
    fn run(&self) -> Result<Result<(), Lie>, Failed> {
        let (client, first) =
            scram_client::Exchange::begin(self.client_sees, self.uses_plus, [7; scram_client::NONCE_BYTES]);
        let verifier = Verifier::of("right", SALT, 4096);
        let (server, challenge) =
            Exchange::begin(self.mechanism, first.as_bytes(), verifier, self.server_has, [9; 18])?;
        let asked = client.asked(challenge.as_bytes(), None).expect("an honest challenge");
        let salted = salted_password(self.password, &asked.pin.salt, asked.pin.iterations);
        let (proven, last) = asked.prove(&salted);
        let signature = server.finish(last.as_bytes())?;
        Ok(proven.finish(signature.as_bytes()))
    }
}

#[test]
fn our_two_halves_agree_and_disagree_where_they_must() {
    let (ours, other) = (EndPoint(vec![1; 32]), EndPoint(vec![2; 32]));
    let plain =
        Talk { password: "right", mechanism: PLAIN, client_sees: None, server_has: None, uses_plus: false };
    let plus =
        Talk { mechanism: PLUS, client_sees: Some(&ours), server_has: Some(&ours), uses_plus: true, ..plain };
    assert_eq!(plain.run(), Ok(Ok(())));
    assert_eq!(plus.run(), Ok(Ok(())));
    assert_eq!(Talk { password: "wrong", ..plain }.run(), Err(Failed::Proof));
    assert_eq!(Talk { password: "wrong", ..plus }.run(), Err(Failed::Proof));
    // Somebody between shows another certificate.
    assert_eq!(Talk { client_sees: Some(&other), ..plus }.run(), Err(Failed::Binding));
    // Somebody between hides PLUS from a client that could have used it.
    let downgraded = Talk { mechanism: PLAIN, uses_plus: false, ..plus };
    assert_eq!(downgraded.run(), Err(Failed::Binding));
    // The mechanism and the flag must agree, and PLUS needs TLS.
    assert_eq!(Talk { mechanism: PLUS, ..plain }.run(), Err(Failed::Mechanism));
    assert_eq!(Talk { mechanism: PLAIN, ..plus }.run(), Err(Failed::Mechanism));
    assert_eq!(Talk { server_has: None, ..plus }.run(), Err(Failed::Mechanism));
    assert_eq!(Talk { mechanism: "SCRAM-SHA-1", ..plain }.run(), Err(Failed::Mechanism));
}

#[test]
fn malformed_messages_of_a_client_are_refused() {
    let begin =
        |first: &[u8]| Exchange::begin(PLAIN, first, Verifier::of("right", SALT, 4096), None, [9; 18]).err();
    for first in [
        &b""[..],
        b"n",
        b"n,,",
        b"n,,n=,r=",
        b"n,,r=abc",
        b"n,,m=ext,n=,r=abc",
        b"n,,n=,r=a b",
        b"n,a=root,n=,r=abc",
        b"n,,n=\xff,r=abc",
        b"n,,n=,x",
    ] {
        assert_eq!(begin(first), Some(Failed::Malformed), "{}", String::from_utf8_lossy(first));
    }
    let finish = |last: &str| {
        let (exchange, _) =
            Exchange::begin(PLAIN, b"n,,n=,r=abc", Verifier::of("right", SALT, 4096), None, [9; 18])
                .expect("begun");
        exchange.finish(last.as_bytes()).err()
    };
    for last in ["", "c=biws", "c=biws,r=abc,p=AAAA", "p=AAAA,c=biws,r=abc", "r=abc,c=biws,p=!"] {
        assert_eq!(finish(last), Some(Failed::Malformed), "{last}");
    }
}

/// What a lying server may say first, and what we make of it.
#[test]
fn a_lying_server_is_found_out() {
    let first = |make: &dyn Fn(&str) -> String, pin: Option<&Pin>| {
        let (exchange, sent) = scram_client::Exchange::begin(None, false, [7; scram_client::NONCE_BYTES]);
        let nonce = sent.rsplit("r=").next().expect("a nonce").to_owned();
        exchange.asked(make(&nonce).as_bytes(), pin).map(|asked| asked.pin)
    };
    let pin = Pin { salt: b"salt".to_vec(), iterations: 4096 };
    let honest = |nonce: &str| format!("r={nonce}xyz,s=c2FsdA==,i=4096");
    assert_eq!(first(&honest, Some(&pin)), Ok(pin.clone()));
    let other = Pin { iterations: 5000, ..pin.clone() };
    assert_eq!(first(&honest, Some(&other)), Err(Lie::Pin));
    let salted = Pin { salt: b"tlas".to_vec(), ..pin };
    assert_eq!(first(&honest, Some(&salted)), Err(Lie::Pin));
    assert_eq!(first(&|nonce| format!("r={nonce},s=c2FsdA==,i=4096"), None), Err(Lie::Nonce));
    assert_eq!(first(&|_| "r=elsewhere,s=c2FsdA==,i=4096".into(), None), Err(Lie::Nonce));
    for count in ["4095", "1000001", "0", "-1", "", "x"] {
        let made = move |nonce: &str| format!("r={nonce}x,s=c2FsdA==,i={count}");
        assert_eq!(first(&made, None), Err(Lie::Iterations), "{count}");
    }
    for tail in ["s=,i=4096", "i=4096,s=c2FsdA==", "s=!,i=4096", "s=c2FsdA==", "m=x,s=c2FsdA==,i=4096"] {
        let made = move |nonce: &str| format!("r={nonce}x,{tail}");
        assert_eq!(first(&made, None), Err(Lie::Malformed), "{tail}");
    }
}

#[test]
fn only_the_right_signature_ends_well() {
    let ends = |last: &str| {
        let (exchange, sent) = scram_client::Exchange::begin(None, false, [7; scram_client::NONCE_BYTES]);
        let nonce = sent.rsplit("r=").next().expect("a nonce").to_owned();
        let asked = exchange.asked(format!("r={nonce}x,s=c2FsdA==,i=4096").as_bytes(), None).expect("asked");
        asked.prove(&Secret::new([1; 32])).0.finish(last.as_bytes())
    };
    assert_eq!(ends("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), Err(Lie::Signature));
    assert_eq!(ends("v="), Err(Lie::Signature));
    assert_eq!(ends("e=invalid-proof"), Err(Lie::Refused));
    for last in ["", "v", "x=AAAA", "v=!"] {
        assert_eq!(ends(last), Err(Lie::Malformed), "{last}");
    }
}
