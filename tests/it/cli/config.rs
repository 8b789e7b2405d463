//! The configuration file: what it means, and that each fault is said with its line and the way out.

use std::path::PathBuf;
use std::time::Duration;

use pgveil::config::place::Place;
use pgveil::config::reference::SecretRef;
use pgveil::config::resolved::{AuthMode, Roots, SslMode, TargetAttrs, resolve};
use pgveil::config::{Config, Source, duration};
use pgveil::policy::fault::nearest;

const GOOD: &str = r#"version = 1

[listen]
address  = "127.0.0.1:6432"

[upstream]
hosts   = ["db.example.net:5433", "unix:/run/postgresql"]
sslrootcert = "tls/provider-ca.pem"
target_session_attrs = "read-write"

[auth]
users = "users.toml"

[keys]
keyring = "keys/keyring.pgveil"
unlock  = "file:keys/root.key"

[admin]
url = "file:admin.dsn"

[limits]
idle_timeout = "5min"

[[column]]
name   = "public.customers.email"
"#;

fn read(text: &str) -> Result<Config, String> {
    let source = Source { path: PathBuf::from("/etc/pgveil/pgveil.toml"), text: text.to_owned() };
    resolve(source).map_err(|error| error.to_string())
}

#[test]
fn a_good_file_means_this() {
    let config = read(GOOD).expect("a good file");
    assert_eq!(config.listen.places, [Place::Tcp { host: "127.0.0.1".into(), port: 6432 }]);
    assert_eq!(config.upstream.hosts[1], Place::Unix("/run/postgresql/.s.PGSQL.5432".into()));
    assert_eq!(config.upstream.sslmode, SslMode::VerifyFull);
    assert_eq!(config.upstream.roots, Roots::File("/etc/pgveil/tls/provider-ca.pem".into()));
    assert_eq!(config.upstream.target, TargetAttrs::ReadWrite);
    assert_eq!(config.auth.mode, AuthMode::Scram);
    assert_eq!(config.auth.users, Some("/etc/pgveil/users.toml".into()));
    assert_eq!(config.admin, Some(SecretRef::File("/etc/pgveil/admin.dsn".into())));
    assert_eq!(config.limits.idle_timeout, Duration::from_secs(300));
    assert_eq!(config.limits.authentication_timeout, Duration::from_secs(60));
}

/// One change of the good file, and what must be said.
#[track_caller]
fn refused(from: &str, to: &str, line: usize, says: &[&str]) {
    assert!(GOOD.contains(from), "{from:?} is not in the file");
    let error = read(&GOOD.replace(from, to)).err().unwrap_or_else(|| panic!("{to:?} was accepted"));
    let place = format!("/etc/pgveil/pgveil.toml:{line}: ");
    assert!(error.starts_with(&place), "{error:?} does not begin with {place:?}");
    for part in says {
        assert!(error.contains(part), "{error:?} does not say {part:?}");
    }
}

#[test]
fn unknown_keys_are_named_with_their_nearest_neighbour() {
    refused("address  =", "adress =", 4, &["unknown key \"adress\"", "did you mean \"address\"?"]);
    refused("sslrootcert", "ssl_root_cert", 8, &["did you mean \"sslrootcert\"?"]);
    refused("[limits]", "[limit]", 21, &["unknown key \"limit\"", "did you mean \"limits\"?"]);
    refused("idle_timeout", "zzz", 22, &["unknown key \"zzz\""]);
}

#[test]
fn values_out_of_place_are_refused_with_their_line() {
    refused("version = 1", "version = 2", 1, &["version = 1"]);
    refused("version = 1", "version = \"1\"", 1, &["not what is expected here: i64"]);
    refused("\"127.0.0.1:6432\"", "\"127.0.0.1:x\"", 4, &["no port"]);
    refused("\"127.0.0.1:6432\"", "\"0.0.0.0:6432\"", 4, &["tls_cert", "allow_plaintext"]);
    refused("\"read-write\"", "\"writable\"", 9, &["prefer-standby"]);
    refused("\"file:admin.dsn\"", "\"postgres://u:secret@h/d\"", 19, &["file:path", "env:NAME"]);
    refused("\"5min\"", "\"5 moons\"", 22, &["5 moons"]);
    refused("users = \"users.toml\"", "mode = \"scram\"", 11, &["pgveil users add"]);
    refused("users = \"users.toml\"", "mode = \"trust\"", 12, &["scram, relay"]);
}

#[test]
fn the_servers_leg_never_falls_back_to_plaintext() {
    for mode in ["allow", "prefer"] {
        let line = format!("sslmode = \"{mode}\"\nsslrootcert");
        refused("sslrootcert", &line, 8, &["fall back"]);
    }
    refused("sslrootcert", "sslmode = \"disable\"\nsslrootcert", 6, &["db.example.net:5433", "loopback"]);
    let public = "sslmode = \"verify-ca\"\n#";
    refused("sslrootcert", public, 6, &["anybody's certificate"]);
    refused("sslrootcert", "sslcert = \"c\"\nsslrootcert", 6, &["belong together"]);
}

#[test]
fn metrics_listen_only_where_the_file_says() {
    assert!(read(GOOD).expect("a good file").metrics.is_none());
    let listening = |listen: &str| {
        let config = read(&GOOD.replace("[limits]", &format!("[metrics]\nlisten = \"{listen}\"\n[limits]")));
        config.map(|config| config.metrics.expect("[metrics]").listen.to_string())
    };
    assert_eq!(listening("127.0.0.1:9188").as_deref(), Ok("127.0.0.1:9188"));
    assert_eq!(listening("10.0.0.7").as_deref(), Ok("10.0.0.7:9187"));
    refused("[limits]", "[metrics]\nlisten = \"unix:/run/pgveil\"\n[limits]", 22, &["host:port"]);
    refused("[limits]", "[metrics]\nlisten = \"127.0.0.1:x\"\n[limits]", 22, &["no port"]);
    refused("[limits]", "[metrics]\nlisten_on = \"a:1\"\n[limits]", 22, &["did you mean"]);
    refused("[limits]", "[metrics]\n[limits]", 21, &["listen"]);
}

#[test]
fn relay_without_users_stays_on_this_machine() {
    let relay = GOOD.replace("users = \"users.toml\"", "mode = \"relay\"");
    assert!(read(&relay).is_ok());
    let open = relay.replace("\"127.0.0.1:6432\"", "\"10.0.0.1:6432\"\nallow_plaintext = true");
    assert!(read(&open).expect_err("an open relay").contains("the server alone would decide"));
}

#[test]
fn a_secret_is_never_repeated() {
    let error = read(&GOOD.replace("file:admin.dsn", "hunter2-in-the-file")).expect_err("no reference");
    assert!(!error.contains("hunter2"), "{error}");
    let error =
        read(&GOOD.replace("[keys]", "[cluster]\ninstances = \"hunter2\"\n[keys]")).expect_err("no list");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn a_cluster_names_its_instances() {
    let cluster = |lines: &str| read(&GOOD.replace("[keys]", &format!("[cluster]\n{lines}\n[keys]")));
    let alone = read(GOOD).expect("no cluster").cluster;
    assert_eq!((alone.instances, alone.instance.as_deref()), (vec!["main".to_owned()], Some("main")));
    assert!(!alone.leased);
    let two =
        cluster("instances = [\"a\", \"b\"]\ninstance = \"b\"\ntable = \"ops.pgveil\"").expect("two").cluster;
    assert_eq!(
        (two.instance.as_deref(), two.table.to_string(), two.leased),
        (Some("b"), "ops.pgveil".into(), true)
    );
    assert_eq!(cluster("instances = [\"a\"]").expect("one").cluster.instance.as_deref(), Some("a"));
    assert_eq!(cluster("instances = [\"a\", \"b\"]").expect("two").cluster.instance, None);
    for wrong in [
        "instances = []",
        "instances = [\"a\", \"a\"]",
        "instances = [\"\"]",
        "instances = [\"a'b\"]",
        "instances = [\"a\"]\ninstance = \"b\"",
        "instances = [\"a\"]\ntable = \"nowhere\"",
    ] {
        assert!(cluster(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn durations() {
    for (text, milliseconds) in [("0", 0), ("1ms", 1), ("30s", 30_000), ("2 min", 120_000), ("1h", 3_600_000)]
    {
        assert_eq!(duration::parse(text), Ok(Duration::from_millis(milliseconds)), "{text}");
    }
    for text in ["", "1", "s", "-1s", "1.5s", "1d", "99999999999999999999h"] {
        assert!(duration::parse(text).is_err(), "{text}");
    }
}

#[test]
fn places() {
    let tcp = |host: &str, port| Ok(Place::Tcp { host: host.into(), port });
    assert_eq!(Place::parse("db", 5432), tcp("db", 5432));
    assert_eq!(Place::parse("db:1", 5432), tcp("db", 1));
    assert_eq!(Place::parse("[::1]:1", 5432), tcp("::1", 1));
    assert_eq!(Place::parse("::1", 5432), tcp("::1", 5432));
    assert_eq!(Place::parse("/tmp/.s.PGSQL.7", 1), Ok(Place::Unix("/tmp/.s.PGSQL.7".into())));
    for text in ["", ":1", "db:", "db:x", "db:65536", "[::1", "unix:run"] {
        assert!(Place::parse(text, 1).is_err(), "{text}");
    }
    for (text, local) in [("127.0.0.9", true), ("::1", true), ("localhost", true), ("10.0.0.1", false)] {
        assert_eq!(Place::parse(text, 1).map(|place| place.is_local()), Ok(local), "{text}");
    }
}

#[test]
fn the_nearest_name_is_near() {
    assert_eq!(nearest("adress", ["address", "tls_cert"]), Some("address"));
    assert_eq!(nearest("q", ["address", "tls_cert"]), None);
}
