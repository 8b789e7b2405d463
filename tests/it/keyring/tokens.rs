//! A key in a PKCS#11 token opens the keyring.

use std::fs;
use std::path::Path;
use std::process::Command;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;

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
    let (_, facts) = keys(&token, &["list", "--json"], &token.unlock("root"));
    assert!(facts.contains("token=pgveil;object=root"), "{facts}");
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

/// Says to a test that it is the process that makes keys: its library finds its token by its environment.
const MODULE: &str = "PGVEIL_TEST_TOKEN_MODULE";

/// Name, whether its value stays hidden, whether it may be wrapped and taken out.
const MADE: [(&str, bool, bool); 4] =
    [("kept", true, false), ("loose", true, true), ("open", false, false), ("free", false, true)];

fn make_keys(module: &Path) {
    let library = Pkcs11::new(module).unwrap();
    library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
    let slot = library.get_slots_with_initialized_token().unwrap()[0];
    let session = library.open_rw_session(slot).unwrap();
    session.login(UserType::User, Some(&AuthPin::from("1234".to_owned()))).unwrap();
    for (name, sensitive, extractable) in MADE {
        let template = [
            Attribute::Token(true),
            Attribute::Label(name.as_bytes().to_vec()),
            Attribute::ValueLen(32.into()),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::Sensitive(sensitive),
            Attribute::Extractable(extractable),
        ];
        session.generate_key(&Mechanism::AesKeyGen, &template).unwrap();
    }
}

#[test]
fn a_key_that_could_leave_its_token_is_refused() {
    if let Some(module) = std::env::var_os(MODULE) {
        return make_keys(Path::new(&module));
    }
    let Some(token) = Token::new() else { return };
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "keyring::tokens::a_key_that_could_leave_its_token_is_refused"])
        .env("SOFTHSM2_CONF", token.path().join("softhsm2.conf"))
        .env(MODULE, &token.module)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    for (name, sensitive, extractable) in MADE {
        let (code, said) = keys(&token, &["new"], &token.unlock(name));
        let stays = sensitive && !extractable;
        assert_eq!(code == 0, stays, "{name}: {said}");
        assert!(stays || said.contains("can be taken out of the token"), "{name}: {said}");
        let _ = fs::remove_file(token.path().join("keyring"));
    }
}
