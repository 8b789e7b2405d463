//! Each rule must find the fault that it is there for, and leave its innocent twin alone.

use std::fs;

use super::rules::faults;

/// The faults of a tree that holds these files; every source begins as it should.
fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let root = tempfile::tempdir().expect("a directory");
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        let head = if path.extension().is_some_and(|e| e == "rs") { "//! What it is.\n" } else { "" };
        fs::write(path, format!("{head}{text}")).expect("a file");
    }
    faults(root.path())
}

#[track_caller]
fn caught(path: &str, text: &str, word: &str) {
    let found = faults_of(&[(path, text)]);
    assert!(found.iter().any(|fault| fault.starts_with(path) && fault.contains(word)), "{text}: {found:?}");
}

#[track_caller]
fn clean(path: &str, text: &str) {
    let found = faults_of(&[(path, text)]);
    assert!(found.is_empty(), "{text}: {found:?}");
}

#[test]
fn a_layer_that_looks_up_is_caught() {
    caught("src/wire/frame.rs", "use crate::session::Session;", "`wire` must not know `session`");
    caught("src/session/rows.rs", "fn f() { crate::server::go() }", "`session` must not know `server`");
    caught("src/sql/parse.rs", "use crate::{names::ColumnId, crypto};", "`sql` must not know `crypto`");
    caught("src/crypto/aead.rs", "use crate::types::Oid;", "`crypto` must not know `types`");
    caught("src/shed/mod.rs", "", "not in the graph");
    clean("src/sql/parse.rs", "use crate::{names::{ColumnId, folded}, policy::model::Policy};");
    clean("src/wire/frame.rs", "// use crate::session::Session;\nconst S: &str = \"crate::session::x\";");
}

#[test]
fn a_crate_outside_its_fence_is_caught() {
    caught("src/session/rows.rs", "use tokio::io::AsyncRead;", "`tokio` belongs in");
    caught("src/server/pump.rs", "use rustls_pki_types::CertificateDer;", "`rustls_pki_types` belongs in");
    caught("src/protect/mod.rs", "fn f() { hkdf::Hkdf::new() }", "`hkdf` belongs in");
    caught("src/policy/load.rs", "use anyhow;", "`anyhow` belongs in");
    clean("src/server/tls.rs", "use tokio_rustls::rustls;\nuse rustls::ServerConfig;");
    clean("src/session/rows.rs", "fn f(tokio: u8) -> u8 { self::tokio::x(tokio) }");
}

#[test]
fn io_in_a_pure_layer_is_caught() {
    caught("src/session/rows.rs", "use std::time::Instant;", "does without `std::time`");
    caught("src/sql/parse.rs", "use std::{fmt, fs};", "does without `std::fs`");
    clean("src/sql/parse.rs", "use std::{fmt, sync::Arc};");
}

#[test]
fn what_can_panic_is_caught() {
    for code in [
        "fn f() { x.unwrap() }",
        "fn f() { x.expect(\"y\") }",
        "fn f() { panic!() }",
        "fn f() { unreachable!() }",
        "fn f() { assert!(x) }",
        "fn f() { x[0] }",
        "fn f() { x()[1..] }",
        "fn f() { (a)[i] }",
        "fn f() { self.x[a + 1] = 2 }",
    ] {
        caught("src/wire/frame.rs", code, if code.contains('[') { "indexing" } else { "foreign bytes" });
    }
    clean("src/server/pump.rs", "fn f() { x.expect(\"y\")[0] }");
    clean(
        "src/wire/frame.rs",
        "#[derive(Debug)]\nfn f<'a>(x: &'a [u8]) -> [u8; 4] { let [a, b] = x; for i in [1, 2] {} &x[..]; \
         vec![1]; x.unwrap_or(b'['); debug_assert!(true); \"x[0]\"; '\"'; 'a'; return [0; 4] }",
    );
}

#[test]
fn state_of_the_process_is_caught() {
    caught("src/server/pump.rs", "static COUNT: AtomicU64 = AtomicU64::new(0);", "static that holds state");
    caught("src/server/pump.rs", "static mut X: u8 = 0;", "static that holds state");
    caught("src/server/pump.rs", "static C: std::sync::OnceLock<u8> = x;", "static that holds state");
    caught("src/server/pump.rs", "thread_local! { }", "state of a thread");
    clean("src/server/pump.rs", "static TABLE: [u8; 2] = [0, 1];\nfn f(x: &'static Mutex<u8>) {}");
}

#[test]
fn unsafe_elsewhere_is_caught() {
    caught("src/values/text.rs", "fn f() { unsafe { x() } }", "outside src/crypto/locked");
    caught("src/values/text.rs", "#![allow(unsafe_code)]", "outside src/crypto/locked");
    clean("src/crypto/locked.rs", "#![allow(unsafe_code)]\nfn f() { unsafe { x() } }");
}

#[test]
fn untidy_files_are_caught() {
    caught("src/values/text.rs", "#[cfg(test)]\nmod tests {}", "tests stand in tests/");
    caught("src/values/text.rs", &"fn f() {}\n".repeat(500), "501 lines");
    caught("tests/it/x.rs", &"fn f() {}\n".repeat(500), "501 lines");
    caught("src/server/utils.rs", "", "is a bag");
    caught("src/server/handler/mod.rs", "", "is a bag");
    caught("src/values/text.rs", concat!("// TO", "DO: later"), "on main");
    clean("src/values/text.rs", &"fn f() {}\n".repeat(499));
    let root = tempfile::tempdir().expect("a directory");
    fs::create_dir(root.path().join("src")).expect("a directory");
    fs::write(root.path().join("src/names.rs"), "fn f() {}").expect("a file");
    assert_eq!(faults(root.path()).len(), 1, "a file without first words");
}

#[test]
fn a_refusal_without_its_entry_is_caught() {
    let code = "const R: Reason = Reason(\"order-by-protected\");";
    caught("src/sql/predicates.rs", code, "no heading in docs/errors.md");
    let documented = ("docs/errors.md", "# Errors\n\n### `order-by-protected`\n\nText.\n");
    assert_eq!(faults_of(&[("src/sql/predicates.rs", code), documented]), Vec::<String>::new());
}
