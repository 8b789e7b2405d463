//! Questions about the server for `doctor` and `status`. It is asked, and not believed: nothing that
//! decides about sealing depends on an answer.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::admin::{Admin, StatementError};
use crate::names::{QualifiedName, literal};

/// Who the server is.
#[derive(Clone, Debug, Deserialize)]
pub struct Server {
    /// `server_version_num`.
    pub version: u32,
    /// `server_encoding`.
    pub encoding: String,
    /// Its clock, seconds from 1970.
    pub clock: f64,
    /// Is this role one?
    pub is_superuser: bool,
    /// Standbys that stream from it.
    pub replicas: u32,
}

/// Asks.
///
/// # Errors
/// The server's refusal.
pub async fn server(admin: &Admin) -> Result<Server, StatementError> {
    let sql = "SELECT pg_catalog.json_build_object('version', current_setting('server_version_num')::int4, \
               'encoding', current_setting('server_encoding'), \
               'clock', extract(epoch FROM pg_catalog.clock_timestamp()), \
               'is_superuser', (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), \
               'replicas', (SELECT count(*) FROM pg_catalog.pg_stat_replication))::text";
    one(admin, sql).await
}

/// A setting that matters.
#[derive(Clone, Debug, Deserialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Empty, or for which role or database it is set.
    pub scope: String,
}

/// What is set for the whole server, and for single roles and databases.
///
/// # Errors
/// The server's refusal.
pub async fn settings(admin: &Admin) -> Result<Vec<Setting>, StatementError> {
    let sql = "SELECT pg_catalog.json_build_object('name', name, 'value', setting, 'scope', '')::text \
               FROM pg_catalog.pg_settings WHERE name IN ('log_statement', 'log_min_duration_statement', \
               'password_encryption') \
               OR (name = 'standard_conforming_strings' AND reset_val = 'off') \
               UNION ALL \
               SELECT pg_catalog.json_build_object('name', split_part(c, '=', 1), 'value', split_part(c, '=', 2), \
               'scope', concat(' for ', coalesce(r.rolname, 'all roles'), ' in ', coalesce(d.datname, 'all databases')))::text \
               FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c \
               LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole \
               LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase \
               WHERE split_part(c, '=', 1) IN ('standard_conforming_strings', 'client_encoding') \
               AND (d.datname IS NULL OR d.datname = current_database()) ORDER BY 1";
    many(admin, sql).await
}

/// What the server says a zone's offset is.
#[derive(Clone, Debug, Deserialize)]
pub struct Offset {
    /// IANA name.
    pub zone: String,
    /// Seconds from 1970.
    pub at: i64,
    /// Seconds east of UTC.
    pub east: i32,
}

/// For every region that a person may live in, at these instants.
///
/// # Errors
/// The server's refusal.
pub async fn offsets(admin: &Admin, instants: &[i64]) -> Result<Vec<Offset>, StatementError> {
    let list: Vec<String> = instants.iter().map(i64::to_string).collect();
    let sql = format!(
        "SELECT pg_catalog.json_build_object('zone', z.name, 'at', i, 'east', \
         extract(epoch FROM (to_timestamp(i) AT TIME ZONE z.name) - (to_timestamp(i) AT TIME ZONE 'UTC'))::int4)::text \
         FROM pg_catalog.pg_timezone_names z CROSS JOIN unnest('{{{}}}'::int8[]) AS i \
         WHERE z.name ~ '^(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/' ORDER BY z.name, i",
        list.join(",")
    );
    many(admin, &sql).await
}

/// How many values of `pg_stats` for this column are no envelopes.
///
/// # Errors
/// The server's refusal.
pub async fn plain_statistics(
    admin: &Admin,
    relation: &QualifiedName,
    column: &str,
) -> Result<u64, StatementError> {
    let sql = format!(
        "SELECT pg_catalog.json_build_object('n', count(*))::text FROM pg_catalog.pg_stats s \
         CROSS JOIN LATERAL unnest(coalesce(s.most_common_vals::text::text[], '{{}}') || \
         coalesce(s.histogram_bounds::text::text[], '{{}}')) AS v \
         CROSS JOIN LATERAL ltrim(v, chr(92) || 'x{{\"') AS bare \
         WHERE s.schemaname = {} AND s.tablename = {} AND s.attname = {} \
         AND left(bare, 5) <> 'pgV1:' AND left(bare, 8) <> '70675631'",
        literal(&relation.schema),
        literal(&relation.name),
        literal(column)
    );
    #[derive(Deserialize)]
    struct Count {
        n: u64,
    }
    Ok(one::<Count>(admin, &sql).await?.n)
}

/// Sessions of jobs at work in this database.
///
/// # Errors
/// The server's refusal.
pub async fn jobs(admin: &Admin) -> Result<Vec<String>, StatementError> {
    admin
        .texts(
            "SELECT concat('since ', to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), ' UTC, ', state) \
             FROM pg_catalog.pg_stat_activity WHERE application_name = 'pgveil' \
             AND datname = current_database() AND pid <> pg_backend_pid() ORDER BY backend_start",
        )
        .await
}

async fn one<T: DeserializeOwned>(admin: &Admin, sql: &str) -> Result<T, StatementError> {
    many(admin, sql).await?.pop().ok_or_else(|| senseless("an empty answer"))
}

async fn many<T: DeserializeOwned>(admin: &Admin, sql: &str) -> Result<Vec<T>, StatementError> {
    let texts = admin.texts(sql).await?;
    texts.iter().map(|text| serde_json::from_str(text).map_err(senseless)).collect()
}

fn senseless(why: impl std::fmt::Display) -> StatementError {
    StatementError { sqlstate: String::new(), message: format!("the server's answer makes no sense: {why}") }
}
