//! The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding: written for
//! the tests, apart from the product's own.

use base64_simd::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// One exchange.
pub struct Exchange {
    user: String,
    password: String,
    nonce: String,
    server_signature: Vec<u8>,
}

fn mac(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

impl Exchange {
    pub fn new(user: &str, password: &str) -> Self {
        // Uniqueness is enough against a server of our own.
        let seed = format!("{:?}{:?}", std::time::Instant::now(), std::thread::current().id());
        let nonce = STANDARD.encode_to_string(&Sha256::digest(seed)[..18]);
        Exchange { user: user.into(), password: password.into(), nonce, server_signature: Vec::new() }
    }

    fn bare(&self) -> String {
        format!("n={},r={}", self.user, self.nonce)
    }

    pub fn client_first(&self) -> String {
        format!("n,,{}", self.bare())
    }

    pub fn client_final(&mut self, server_first: &str) -> String {
        let field = |name: &str| {
            let value = server_first.split(',').find_map(|part| part.strip_prefix(name));
            value.unwrap_or_else(|| panic!("{name} in {server_first}")).to_owned()
        };
        let salt = STANDARD.decode_to_vec(field("s=")).expect("base64");
        let mut salted = [0; 32];
        let rounds = field("i=").parse().expect("a number");
        pbkdf2::pbkdf2_hmac::<Sha256>(self.password.as_bytes(), &salt, rounds, &mut salted);
        let client_key = mac(&salted, b"Client Key");
        let without_proof = format!("c=biws,r={}", field("r="));
        let signed = format!("{},{server_first},{without_proof}", self.bare());
        let signature = mac(&Sha256::digest(&client_key), signed.as_bytes());
        let proof: Vec<u8> = client_key.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
        self.server_signature = mac(&mac(&salted, b"Server Key"), signed.as_bytes());
        format!("{without_proof},p={}", STANDARD.encode_to_string(proof))
    }

    pub fn server_is_genuine(&self, server_final: &str) -> bool {
        server_final == format!("v={}", STANDARD.encode_to_string(&self.server_signature))
    }
}
