//! The operator's connection under TLS: the server's certificate is checked as `[upstream]` says.

use std::path::Path;

use pgveil::config::{Source, resolved};
use pgveil::jobs::admin::{Admin, AdminError};
use pgveil::server::tls::OperatorTls;

use crate::support::database;
use crate::support::postgres::certificate_authority;

fn tls(authority: &Path, directory: &Path) -> Option<OperatorTls> {
    let text = format!(
        "version = 1\n[listen]\naddress = \"127.0.0.1:0\"\n[upstream]\nhosts = [\"127.0.0.1:1\"]\n\
         sslmode = \"verify-full\"\nsslrootcert = \"{}\"\n[auth]\nmode = \"relay\"\n",
        authority.display()
    );
    let path = directory.join("pgveil.toml");
    std::fs::write(&path, text).expect("written");
    let config = resolved::resolve(Source::read(&path).expect("there")).expect("valid");
    OperatorTls::load(&config.upstream).expect("an authority")
}

fn connect(url: &str, tls: Option<OperatorTls>) -> Result<String, AdminError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let admin = Admin::connect(url, tls).await?;
        let sql = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        Ok(admin.texts(sql).await.expect("answered").concat())
    })
}

#[test]
fn the_certificate_is_checked_and_a_network_needs_one() {
    let database = database("admin_tls");
    let directory = tempfile::tempdir().expect("a directory");
    let right = directory.path().join("right.pem");
    std::fs::write(&right, &database.server.authority).expect("written");
    let wrong = directory.path().join("wrong.pem");
    std::fs::write(&wrong, certificate_authority().0).expect("written");
    let url = format!("{}?sslmode=require", database.url());

    assert_eq!(connect(&url, tls(&right, directory.path())).expect("trusted"), "true");
    assert_eq!(connect(&database.url(), None).expect("loopback"), "false");
    assert!(matches!(connect(&url, tls(&wrong, directory.path())), Err(AdminError::Connect(_))));
    assert!(matches!(connect(&url, None), Err(AdminError::BadUrl(_))));
    // A host that is not this machine, before a packet is sent.
    for beyond in [
        "postgres://a:b@192.0.2.1/d?sslmode=disable",
        "host=db.example dbname=d",
        "host=localhost,192.0.2.1",
        "host=localhost hostaddr=192.0.2.1",
    ] {
        assert!(matches!(connect(beyond, None), Err(AdminError::BadUrl(_))), "{beyond}");
    }
    let Err(AdminError::BadUrl(said)) = connect("postgres://a:secret@[", None) else { panic!("refused") };
    assert!(!said.contains("secret"));
}
