//! `pgveil init [DIR]`: a configuration, a keyring and a self-signed TLS certificate, ready to serve.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::Args;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair};
use serde_json::json;

use super::keyring::KeyringPlace;
use super::{Common, Exit, Failure, Outcome};
use crate::config::place::Place;
use crate::config::resolved::DEFAULT_LISTEN_PORT;

/// `pgveil init /etc/pgveil --upstream db.example.net:5432`
#[derive(Args)]
pub struct Arguments {
    /// Where to write; made if it is not there.
    #[arg(default_value = ".")]
    directory: PathBuf,
    /// The database's host and port.
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:5432")]
    upstream: String,
    /// Where clients connect.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:6432")]
    listen: String,
    /// A further name or address for the certificate. May be given several times.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// The file of the authority that signed the database's certificate; the system's otherwise.
    #[arg(long, value_name = "FILE")]
    sslrootcert: Option<PathBuf>,
}

/// Writes the files; never overwrites one.
pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let usage = |error: String| Failure::said(Exit::Usage, error);
    let listen = Place::parse(&arguments.listen, DEFAULT_LISTEN_PORT).map_err(usage)?;
    let upstream = Place::parse(&arguments.upstream, 5432).map_err(usage)?;
    let directory = std::path::absolute(&arguments.directory)?;
    let files = Files::in_directory(&directory);
    files.refuse_to_overwrite()?;
    if common.dry_run {
        for path in files.all() {
            println!("{}", path.display());
        }
        return Ok(Exit::Done);
    }
    make_directory(&directory)?;
    make_directory(&directory.join("tls"))?;
    make_directory(&directory.join("keys"))?;
    let (certificate, key) = certificate(&names(&listen, &arguments.name))?;
    write_new(&files.certificate, certificate.as_bytes(), 0o644)?;
    write_new(&files.key, key.expose().as_bytes(), 0o600)?;
    let text = configuration(&listen, &upstream, arguments.sslrootcert.as_deref());
    write_new(&files.config, text.as_bytes(), 0o644)?;
    write_new(&files.users, b"# Written by `pgveil users`.\n", 0o600)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    KeyringPlace::configured(&files.config, None)?.make(now)?;
    tell(&files, &listen, common);
    Ok(Exit::Done)
}

/// What is written.
struct Files {
    config: PathBuf,
    users: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    keyring: PathBuf,
    root: PathBuf,
}

impl Files {
    fn in_directory(directory: &Path) -> Files {
        Files {
            config: directory.join("pgveil.toml"),
            users: directory.join("users.toml"),
            certificate: directory.join("tls/server.crt"),
            key: directory.join("tls/server.key"),
            keyring: directory.join("keys/keyring.pgveil"),
            root: directory.join("keys/root.key"),
        }
    }

    fn all(&self) -> [&Path; 6] {
        [&self.config, &self.users, &self.certificate, &self.key, &self.keyring, &self.root]
    }

    /// REFUSES: a directory in which one of them is: a key that is overwritten is data that is lost.
    fn refuse_to_overwrite(&self) -> Result<(), Failure> {
        match self.all().into_iter().find(|path| path.exists()) {
            Some(path) => {
                let message = format!("{} is there already, and nothing is overwritten", path.display());
                Err(Failure::said(Exit::Failed, message))
            }
            None => Ok(()),
        }
    }
}

fn make_directory(path: &Path) -> Result<(), Failure> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    Ok(made.with_context(|| format!("cannot make {}", path.display()))?)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let written = opened.and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    Ok(written.with_context(|| format!("cannot write {}", path.display()))?)
}

/// What clients may call us.
fn names(listen: &Place, more: &[String]) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    if let Place::Tcp { host, .. } = listen
        && !matches!(host.as_str(), "0.0.0.0" | "::")
    {
        names.push(host.clone());
    }
    names.extend(more.iter().cloned());
    names.sort();
    names.dedup();
    names
}

/// A certificate that is its own authority, for ten years, and its key.
fn certificate(names: &[String]) -> Result<(String, crate::secret::Secret<String>), Failure> {
    let made = || -> Result<_, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name.push(DnType::CommonName, "pgveil");
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        let certificate = params.self_signed(&key)?;
        Ok((certificate.pem(), crate::secret::Secret::new(key.serialize_pem())))
    };
    Ok(made().context("cannot make a certificate")?)
}

fn configuration(listen: &Place, upstream: &Place, sslrootcert: Option<&Path>) -> String {
    let (sslmode, why) = match upstream.is_local() {
        true => ("disable", "loopback; beyond it \"verify-full\" is the default"),
        false => ("verify-full", "the default"),
    };
    let roots = match sslrootcert {
        Some(path) => format!("sslrootcert = {:?}\n", path.display().to_string()),
        None => "# sslrootcert = \"tls/provider-ca.pem\"   # the system's authorities otherwise\n".to_owned(),
    };
    format!(
        r#"version = 1

[listen]
address  = "{listen}"
tls_cert = "tls/server.crt"
tls_key  = "tls/server.key"

[upstream]
hosts   = ["{upstream}"]
sslmode = "{sslmode}"   # {why}
{roots}
[auth]
mode  = "scram"
users = "users.toml"   # written by `pgveil users add`

[keys]
keyring = "keys/keyring.pgveil"
unlock  = "file:keys/root.key"

# [admin]
# url = "file:admin.dsn"   # a connection URL of a role that owns the tables; for `pgveil apply`

# [[column]]
# name = "public.customers.email"
# mode = "deterministic"
"#
    )
}

fn tell(files: &Files, listen: &Place, common: &Common) {
    let (host, port) = match listen {
        Place::Tcp { host, port } if !matches!(host.as_str(), "127.0.0.1" | "0.0.0.0" | "::") => {
            (host.as_str(), *port)
        }
        Place::Tcp { port, .. } => ("localhost", *port),
        Place::Unix(_) => ("localhost", DEFAULT_LISTEN_PORT),
    };
    let certificate = files.certificate.display();
    let connection = format!(
        "postgresql://USER@{host}:{port}/DATABASE?sslmode=verify-full&sslrootcert={certificate}&channel_binding=require"
    );
    if common.json {
        let written: Vec<_> = files.all().iter().map(|path| path.display().to_string()).collect();
        println!("{:#}", json!({ "written": written, "connection": connection }));
        return;
    }
    for path in files.all() {
        eprintln!("wrote {}", path.display());
    }
    eprintln!(
        "keep {} apart from the database's backups: without it nothing can be read\n\
         next: pgveil users add USER, then pgveil serve; clients connect with",
        files.root.display()
    );
    println!("{connection}");
}
