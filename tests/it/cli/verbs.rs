//! The binary's verbs and their exit codes.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn pgveil(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgveil"));
    command.args(arguments).current_dir(directory).env_remove("STATE_DIRECTORY").output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn done(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn init_makes_a_directory_that_serves_and_overwrites_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    let planned = done(&pgveil(at, &["init", "here", "--dry-run"]));
    assert!(planned.contains("pgveil.toml") && !at.join("here").exists());
    let connection = done(&pgveil(at, &["init", "here", "--upstream", "db.example.net"]));
    assert!(connection.contains("sslmode=verify-full") && connection.contains("channel_binding=require"));
    let here = at.join("here");
    for (file, mode) in [
        ("tls/server.key", 0o600),
        ("keys/root.key", 0o600),
        ("users.toml", 0o600),
        ("keys/keyring.pgveil", 0o600),
    ] {
        let metadata = std::fs::metadata(here.join(file)).expect(file);
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{file}");
    }
    let before = std::fs::read(here.join("keys/root.key")).expect("a key");
    assert_eq!(pgveil(at, &["init", "here"]).status.code(), Some(1));
    assert_eq!(std::fs::read(here.join("keys/root.key")).expect("a key"), before);
    std::fs::remove_file(here.join("pgveil.toml")).expect("removed");
    assert_eq!(pgveil(at, &["init", "here"]).status.code(), Some(1), "the keyring would be lost");
}

#[test]
fn users_are_added_listed_and_removed() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    done(&pgveil(at, &["init"]));
    std::fs::write(at.join("password"), "clients-password\n").expect("written");
    let add = ["users", "add", "App \"x\"", "--password", "file:password", "--certificate", "app.example"];
    let statement = done(&pgveil(at, &add));
    assert!(
        statement.starts_with("ALTER ROLE \"App \"\"x\"\"\" PASSWORD 'SCRAM-SHA-256$4096:"),
        "{statement}"
    );
    let stored = std::fs::read_to_string(at.join("users.toml")).expect("users");
    assert!(!stored.contains("clients-password") && stored.contains("app.example"));
    let verifier = stored.split('"').find(|part| part.starts_with("SCRAM-SHA-256$")).expect("a verifier");
    assert!(!statement.contains(verifier), "both sides have the same verifier");
    assert_eq!(pgveil(at, &add).status.code(), Some(1), "it is there already");
    let listed = done(&pgveil(at, &["users", "list", "--json"]));
    assert!(listed.contains("\"upstream_secret\": true"), "{listed}");
    done(&pgveil(at, &["users", "remove", "App \"x\""]));
    assert_eq!(done(&pgveil(at, &["users", "list"])), "");
    assert_eq!(pgveil(at, &["users", "remove", "App \"x\""]).status.code(), Some(1));
}

#[test]
fn broken_configurations_end_with_3_and_say_where() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path();
    done(&pgveil(at, &["init"]));
    let good = std::fs::read_to_string(at.join("pgveil.toml")).expect("a file");
    done(&pgveil(at, &["serve", "--check"]));
    std::fs::write(at.join("pgveil.toml"), good.replace("hosts ", "host ")).expect("written");
    let output = pgveil(at, &["serve"]);
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    assert!(said.contains("pgveil.toml:9: unknown key \"host\"; did you mean \"hosts\"?"), "{said}");
    for arguments in [&["serve", "-c", "elsewhere.toml"][..], &["serve", "--nonsense"], &["nonsense"], &[]] {
        assert_eq!(pgveil(at, arguments).status.code(), Some(3), "{arguments:?}");
    }
    std::fs::write(at.join("pgveil.toml"), good).expect("written");
    std::fs::set_permissions(at.join("users.toml"), std::fs::Permissions::from_mode(0o644)).expect("mode");
    let output = pgveil(at, &["serve", "--check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("chmod 600"));
    std::fs::remove_file(at.join("keys/root.key")).expect("removed");
    assert_eq!(pgveil(at, &["serve", "--check"]).status.code(), Some(5));
}

#[test]
fn the_manual_and_completions_name_every_verb() {
    let directory = tempfile::tempdir().expect("a directory");
    let manual = done(&pgveil(directory.path(), &["man"]));
    let bash = done(&pgveil(directory.path(), &["completion", "bash"]));
    for verb in ["serve", "init", "users", "keys", "completion", "man"] {
        assert!(manual.contains(verb) && bash.contains(verb), "{verb}");
    }
    assert!(done(&pgveil(directory.path(), &["--version"])).starts_with("pgveil "));
}
