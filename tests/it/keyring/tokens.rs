//! A key in a PKCS#11 token opens the keyring.

use std::fs;
use std::process::Command;

use super::token::Token;

fn keys(token: &Token, arguments: &[&str], unlock: &str) -> (i32, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_pgveil"))
        .current_dir(token.path())
        .env("SOFTHSM2_CONF", token.path().join("softhsm2.conf"))
        .env_remove("STATE_DIRECTORY")
        .arg("keys")
        .args(arguments)
        .args(["--keyring", "keyring", "--unlock", unlock])
        .output()
        .unwrap();
    let text = [run.stdout, run.stderr].concat();
    (run.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn a_key_in_a_token_opens_the_keyring() {
    let Some(token) = Token::new() else { return };
    assert_eq!(keys(&token, &["new"], &token.unlock("root")).0, 0);
    assert_eq!(keys(&token, &["add"], &token.unlock("root")).0, 0);
    let (code, said) = keys(&token, &["list"], &token.unlock("root"));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("active") && said.contains("pending"), "{said}");

    let refused = |unlock: &str, expected: &str| {
        let (code, said) = keys(&token, &["list"], unlock);
        assert_eq!(code, 5, "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("1234"), "the PIN is nobody's business: {said}");
    };
    refused(&token.unlock("none"), "the token has no such AES key");
    token.import("other", "02", [8; 32]);
    refused(&token.unlock("other"), "object=other");
    token.private("pin", b"9999");
    refused(&token.unlock("root"), "PIN");
    token.private("pin", b"1234");
    refused(&token.unlock("root").replace("token=pgveil", "token=gone"), "no such token is there");
    refused(&token.unlock("root").replace("libsofthsm2.so", "gone.so"), "gone.so");
    fs::remove_dir_all(token.path().join("tokens")).unwrap();
    fs::create_dir(token.path().join("tokens")).unwrap();
    refused(&token.unlock("root"), "no such token is there");
}

#[test]
fn a_flipped_bit_of_a_token_s_stanza_is_refused() {
    let Some(token) = Token::new() else { return };
    assert_eq!(keys(&token, &["new"], &token.unlock("root")).0, 0);
    let path = token.path().join("keyring");
    let good = fs::read(&path).unwrap();
    let front = 17 + 16 + 8 + 2;
    let stanza = 2 + 4 + u32::from_be_bytes(good[front + 2..front + 6].try_into().unwrap()) as usize;
    // Every fifth byte: each takes a process and a login.
    for at in (front..front + stanza).step_by(5) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let (code, said) = keys(&token, &["list"], &token.unlock("root"));
        assert_eq!(code, 5, "byte {at}: {said}");
    }
}
