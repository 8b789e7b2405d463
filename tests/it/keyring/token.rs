//! A PKCS#11 token with one AES key: SoftHSM2, as an operator would use it.
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
pub struct Token {
    dir: tempfile::TempDir,
    pub module: PathBuf,
}

impl Token {
    pub fn new() -> Option<Token> {
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

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn private(&self, name: &str, text: &[u8]) {
        fs::write(self.path().join(name), text).unwrap();
        fs::set_permissions(self.path().join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub fn import(&self, label: &str, id: &str, key: [u8; 32]) {
        self.private("aes", &key);
        let import =
            ["--import", "aes", "--aes", "--token", "pgveil", "--pin", "1234", "--label", label, "--id", id];
        self.util(&import);
    }

    pub fn util(&self, arguments: &[&str]) {
        let mut util = Command::new("softhsm2-util");
        let run = util
            .args(arguments)
            .current_dir(self.path())
            .env("SOFTHSM2_CONF", self.path().join("softhsm2.conf"));
        let run = run.output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }

    pub fn unlock(&self, object: &str) -> String {
        let module = self.module.display();
        format!("pkcs11:token=pgveil;object={object}?module-path={module}&pin-source=file:pin")
    }
}
