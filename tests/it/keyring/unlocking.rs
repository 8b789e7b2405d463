//! What opens a keyring, and what does not: exactly which is said.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use pgveil::crypto::store::is_private;
use pgveil::crypto::unlock::{KdfCost, SecretPlace, UnlockReference, new_root_key};
use pgveil::crypto::{KeyringError, KeyringFile};

use super::{CHEAP, fetch, on_disk, passphrase, rich, root};
use crate::format::seeded;

fn private(path: &Path, text: &[u8], mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_root_key_file_opens() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = on_disk(dir.path());
    let (_, text) = new_root_key(&mut seeded(1)).unwrap();
    private(&dir.path().join("root.key"), text.expose().as_bytes(), 0o600);
    KeyringFile::open(&path, &fetch("file:root.key", dir.path()).unwrap()).unwrap();
    private(&dir.path().join("root.key"), text.expose().as_bytes(), 0o400);
    KeyringFile::open(&path, &fetch("file:root.key", dir.path()).unwrap()).unwrap();
}

#[test]
fn a_passphrase_opens_and_another_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    let right = passphrase("correct horse");
    KeyringFile::create(&path, rich(1), &right, CHEAP, &mut seeded(3)).unwrap();
    private(&dir.path().join("pass"), b"correct horse\nsecond line", 0o600);
    KeyringFile::open(&path, &fetch("passphrase:file:pass", dir.path()).unwrap()).unwrap();
    for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
        let error = KeyringFile::open(&path, &passphrase(wrong)).err();
        assert!(matches!(error, Some(KeyringError::WrongPassphrase)), "{wrong:?}");
    }
    assert!(matches!(KeyringFile::open(&path, &root(1)).err(), Some(KeyringError::WrongRootKey)));
}

#[test]
fn another_root_key_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = on_disk(dir.path());
    assert!(matches!(KeyringFile::open(&path, &root(2)).err(), Some(KeyringError::WrongRootKey)));
    let error = KeyringFile::open(&path, &passphrase("x")).err();
    assert!(matches!(error, Some(KeyringError::WrongPassphrase)));
}

#[test]
fn files_that_others_may_read_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = on_disk(dir.path());
    let (_, text) = new_root_key(&mut seeded(1)).unwrap();
    for mode in [0o644, 0o640, 0o604, 0o660, 0o602, 0o601] {
        private(&dir.path().join("root.key"), text.expose().as_bytes(), mode);
        let error = fetch("file:root.key", dir.path()).err();
        assert!(matches!(error, Some(KeyringError::Permissions { .. })), "{mode:o}");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = KeyringFile::open(&path, &root(1)).err();
        assert!(matches!(error, Some(KeyringError::Permissions { .. })), "{mode:o}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = KeyringFile::open(&dir.path().join("none"), &root(1)).err().unwrap();
    assert!(matches!(error, KeyringError::Missing(_)));
    assert!(error.to_string().contains("none"));
    assert!(matches!(fetch("file:none", dir.path()).err(), Some(KeyringError::Missing(_))));
    let error = fetch("env:PGVEIL_NO_SUCH_VARIABLE", dir.path()).err();
    assert!(matches!(error, Some(KeyringError::NotInEnvironment(_))));
    assert!(matches!(fetch("passphrase:prompt", dir.path()).err(), Some(KeyringError::Io { .. })));
}

#[test]
fn a_root_key_is_read_strictly_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let (_, good) = new_root_key(&mut seeded(1)).unwrap();
    let good = good.expose().trim_end();
    let bad = [
        "",
        "pgveil-root-1:",
        &good[1..],
        &good[..good.len() - 1],
        &format!("{good}A"),
        &format!("{good} x"),
        &good.replacen("root-1", "root-2", 1),
        &format!("{}*", &good[..good.len() - 1]),
    ];
    for text in bad {
        private(&dir.path().join("root.key"), text.as_bytes(), 0o600);
        let error = fetch("file:root.key", dir.path()).err().expect(text);
        assert!(matches!(error, KeyringError::RootKeyText(_)), "{text}");
        assert!(error.to_string().contains("root.key"), "{error}");
        assert!(!error.to_string().contains(&good[20..]), "the error shows the key");
    }
}

#[test]
fn references_are_exactly_those_of_the_manual() {
    let base = Path::new("/etc/pgveil");
    let parse = |text| UnlockReference::parse(text, base);
    assert_eq!(parse("file:k").unwrap(), UnlockReference::Root(SecretPlace::File("/etc/pgveil/k".into())));
    assert_eq!(parse("file:/k").unwrap(), UnlockReference::Root(SecretPlace::File("/k".into())));
    assert_eq!(parse("env:K").unwrap(), UnlockReference::Root(SecretPlace::Env("K".into())));
    assert_eq!(parse("passphrase:prompt").unwrap(), UnlockReference::PassphrasePrompt);
    let file = UnlockReference::Passphrase(SecretPlace::File("/etc/pgveil/p".into()));
    assert_eq!(parse("passphrase:file:p").unwrap(), file);
    for bad in [
        "",
        "file",
        "file:",
        "env:",
        "passphrase",
        "passphrase:",
        "passphrase:file:",
        "age:",
        "credential:../x",
        "vault:http://h/t/k",
        "vault:https://h/k",
        "x",
    ] {
        assert!(matches!(parse(bad).err(), Some(KeyringError::Reference(_))), "{bad}");
    }
}

#[test]
fn hostile_costs_are_refused_before_any_work() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k");
    let right = passphrase("correct horse");
    let file = KeyringFile::create(&path, rich(1), &right, CHEAP, &mut seeded(3)).unwrap();
    drop(file);
    let good = fs::read(&path).unwrap();
    // Magic 17, realm 16, generation 8, count 2, kind 2, length 4, salt 16: memory, passes, lanes.
    let at = 17 + 16 + 8 + 2 + 2 + 4 + 16;
    assert_eq!(good[at..at + 4], CHEAP.memory_kib.to_be_bytes());
    let hostile = [
        (0, u32::MAX), // 4 TiB
        (0, (1 << 20) + 1),
        (0, 8),
        (0, 0),
        (4, u32::MAX),
        (4, 17),
        (4, 0),
        (8, u32::MAX),
        (8, 17),
        (8, 0),
    ];
    for (offset, value) in hostile {
        let mut bytes = good.clone();
        bytes[at + offset..at + offset + 4].copy_from_slice(&value.to_be_bytes());
        private(&path, &bytes, 0o600);
        let started = std::time::Instant::now();
        let error = KeyringFile::open(&path, &right).err();
        assert!(matches!(error, Some(KeyringError::KdfBounds(_))), "{offset} {value}");
        assert!(started.elapsed().as_millis() < 20, "work was done");
    }
    let weak = KdfCost { memory_kib: 1024, ..CHEAP };
    let created = KeyringFile::create(&dir.path().join("w"), rich(1), &right, weak, &mut seeded(3));
    assert!(matches!(created.err(), Some(KeyringError::KdfBounds(_))));
    assert!(!dir.path().join("w").exists());
}

#[test]
fn a_group_may_read_what_root_hands_out_and_nothing_else() {
    const ROOT: u32 = 0;
    const SERVICE: u32 = 65_532;
    for (mode, owner, reader, expected) in [
        (0o600, SERVICE, SERVICE, true),
        (0o400, ROOT, ROOT, true),
        // A credential of systemd, a secret of Kubernetes with fsGroup.
        (0o440, ROOT, SERVICE, true),
        (0o640, ROOT, SERVICE, true),
        (0o440, ROOT, ROOT, false),
        (0o440, SERVICE, SERVICE, false),
        (0o440, 1000, SERVICE, false),
        (0o444, ROOT, SERVICE, false),
        (0o404, ROOT, SERVICE, false),
        (0o460, ROOT, SERVICE, false),
        (0o450, ROOT, SERVICE, false),
    ] {
        assert_eq!(is_private(mode, owner, reader), expected, "{mode:o} of {owner} read by {reader}");
    }
}

/// As a service finds it: a directory of files, or files that variables name.
#[test]
fn credentials_and_files_that_variables_name_are_read_wherever_a_secret_may_stand() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path();
    let (_, root) = new_root_key(&mut seeded(1)).unwrap();
    private(&base.join("the-root-key"), root.expose().as_bytes(), 0o400);
    private(&base.join("the-passphrase"), b"correct horse\n", 0o400);
    let run = |unlock: &str, arguments: &[&str], variables: &[(&str, &Path)]| {
        let mut pgveil = std::process::Command::new(env!("CARGO_BIN_EXE_pgveil"));
        pgveil.current_dir(base).arg("keys").args(arguments).args(["--unlock", unlock]).env_clear();
        pgveil.envs(variables.iter().copied());
        let run = pgveil.output().unwrap();
        (run.status.code().unwrap(), String::from_utf8([run.stdout, run.stderr].concat()).unwrap())
    };
    let credentials = ("CREDENTIALS_DIRECTORY", base);
    let (key, phrase) = (base.join("the-root-key"), base.join("the-passphrase"));
    let ways: &[(&str, &str, (&str, &Path))] = &[
        ("a", "credential:the-root-key", credentials),
        ("b", "env:ROOT", ("ROOT_FILE", &key)),
        ("c", "passphrase:credential:the-passphrase", credentials),
        ("d", "passphrase:env:PHRASE", ("PHRASE_FILE", &phrase)),
    ];
    for (keyring, unlock, variable) in ways {
        let (code, said) = run(unlock, &["new", "--keyring", keyring], &[*variable]);
        assert_eq!(code, 0, "{unlock}: {said}");
        assert_eq!(run(unlock, &["list", "--keyring", keyring], &[*variable]).0, 0, "{unlock}");
        // Without it: locked, and the variable that is missing is named.
        let (code, said) = run(unlock, &["list", "--keyring", keyring], &[]);
        assert_eq!(code, 5, "{unlock}: {said}");
        assert!(said.contains(variable.0), "{unlock}: {said}");
    }
    let (code, said) = run("credential:none", &["list", "--keyring", "a"], &[credentials]);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("none"), "{said}");
    private(&base.join("the-root-key"), root.expose().as_bytes(), 0o444);
    let (code, said) = run("credential:the-root-key", &["list", "--keyring", "a"], &[credentials]);
    assert_eq!(code, 5, "{said}");
}

#[test]
fn a_credential_is_the_name_of_a_file_and_no_path() {
    let parse = |text: &str| SecretPlace::parse(text, Path::new("/etc"));
    assert_eq!(parse("credential:root.key"), Some(SecretPlace::Credential("root.key".into())));
    assert_eq!(parse("credential:..."), Some(SecretPlace::Credential("...".into())));
    for none in ["credential:", "credential:.", "credential:..", "credential:a/b", "credential:/etc/passwd"] {
        assert_eq!(parse(none), None, "{none}");
    }
}

#[test]
fn references_to_keys_of_tokens_and_services_name_one_key() {
    let parse = |text: &str| UnlockReference::parse(text, Path::new("/etc/pgveil"));
    let token = "pkcs11:token=t;object=o;type=secret-key?module-path=m.so&pin-source=file:pin";
    let service = "vault:https://h:8200/team/transit/k?token=file:t";
    assert!(parse(token).is_ok() && parse(service).is_ok());
    assert!(parse(&token.replace("token=t", "serial=1").replace("object=o", "id=%01")).is_ok());
    let bad_tokens = [
        token.replace("type=secret-key", "type=private"),
        token.replace("token=t;", ""),
        token.replace("object=o;", ""),
        token.replace("token=t;object=o;", ""),
        token.replace("token=t;", "token=t;colour=red;"),
        token.replace("module-path=m.so&", ""),
        token.replace("&pin-source=file:pin", ""),
        token.replace("pin-source=file:pin", "pin-value=1234"),
    ];
    let bad_services = ["", "a@b", "a#b", "a%2fb", "a b", "a\\b", "a..b"].map(|wrong| {
        [("h:8200", wrong), ("/team/transit/", &*format!("/{wrong}/")), ("/k?", &*format!("/{wrong}?"))]
            .map(|(right, wrong)| service.replace(right, wrong))
    });
    for bad in bad_tokens.iter().chain(bad_services.iter().flatten()) {
        assert!(matches!(parse(bad).err(), Some(KeyringError::Reference(_))), "{bad}");
    }
}
