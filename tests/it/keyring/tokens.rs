//! A key in a PKCS#11 token, against SoftHSM2 as an operator would use it.
//!
//! Debian's `softhsm2` is needed. Without it these tests fail, unless `PGVEIL_TEST_WITHOUT_HSM=1`
//! says to leave them out.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const MODULES: &[&str] = &[
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];

/// A token with one AES key, in a directory of its own.
struct Token {
    dir: tempfile::TempDir,
    module: PathBuf,
}

impl Token {
    fn new() -> Option<Token> {
        let Some(module) = MODULES.iter().map(PathBuf::from).find(|path| path.exists()) else {
            let left_out = std::env::var_os("PGVEIL_TEST_WITHOUT_HSM").is_some_and(|said| said == "1");
            assert!(
                left_out,
                "SoftHSM2 is needed (Debian: softhsm2); PGVEIL_TEST_WITHOUT_HSM=1 leaves it out"
            );
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("tokens")).unwrap();
        let conf =
            format!("directories.tokendir = {}/tokens\nobjectstore.backend = file\n", dir.path().display());
        fs::write(dir.path().join("softhsm2.conf"), conf).unwrap();
        let token = Token { dir, module };
        token.private("pin", b"1234");
        token.util(&["--init-token", "--free", "--label", "pgveil", "--pin", "1234", "--so-pin", "5678"]);
        token.import("root", "01", [7; 32]);
        Some(token)
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn private(&self, name: &str, text: &[u8]) {
        fs::write(self.path().join(name), text).unwrap();
        fs::set_permissions(self.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn import(&self, label: &str, id: &str, key: [u8; 32]) {
        self.private("aes", &key);
        let import =
            ["--import", "aes", "--aes", "--token", "pgveil", "--pin", "1234", "--label", label, "--id", id];
        self.util(&import);
    }

    fn util(&self, arguments: &[&str]) {
        let mut util = Command::new("softhsm2-util");
        let run = util
            .args(arguments)
            .current_dir(self.path())
            .env("SOFTHSM2_CONF", self.path().join("softhsm2.conf"));
        let run = run.output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }

    fn unlock(&self, object: &str) -> String {
        let module = self.module.display();
        format!("pkcs11:token=pgveil;object={object}?module-path={module}&pin-source=file:pin")
    }

    fn keys(&self, arguments: &[&str], unlock: &str) -> (i32, String) {
        let run = Command::new(env!("CARGO_BIN_EXE_pgveil"))
            .current_dir(self.path())
            .env("SOFTHSM2_CONF", self.path().join("softhsm2.conf"))
            .env_remove("STATE_DIRECTORY")
            .arg("keys")
            .args(arguments)
            .args(["--keyring", "keyring", "--unlock", unlock])
            .output()
            .unwrap();
        let text = [run.stdout, run.stderr].concat();
        (run.status.code().unwrap(), String::from_utf8(text).unwrap())
    }
}

#[test]
fn a_key_in_a_token_opens_the_keyring() {
    let Some(token) = Token::new() else { return };
    assert_eq!(token.keys(&["new"], &token.unlock("root")).0, 0);
    assert_eq!(token.keys(&["add"], &token.unlock("root")).0, 0);
    let (code, said) = token.keys(&["list"], &token.unlock("root"));
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("active") && said.contains("pending"), "{said}");

    let refused = |unlock: &str, expected: &str| {
        let (code, said) = token.keys(&["list"], unlock);
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
    assert_eq!(token.keys(&["new"], &token.unlock("root")).0, 0);
    let path = token.path().join("keyring");
    let good = fs::read(&path).unwrap();
    let front = 17 + 16 + 8 + 2;
    let stanza = 2 + 4 + u32::from_be_bytes(good[front + 2..front + 6].try_into().unwrap()) as usize;
    // Every fifth byte: each takes a process and a login.
    for at in (front..front + stanza).step_by(5) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let (code, said) = token.keys(&["list"], &token.unlock("root"));
        assert_eq!(code, 5, "byte {at}: {said}");
    }
}
