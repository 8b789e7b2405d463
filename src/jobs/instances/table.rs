//! The table of the instances, over the operator's connection. Made by the worker when first
//! needed; an instance that finds none has nothing to answer.

use crate::crypto::Keyring;
use crate::jobs::admin::{Admin, StatementError};
use crate::names::{QualifiedName, literal};

use super::row::{Announcement, Answer, Row, hex};

/// `[cluster] table`.
#[derive(Clone, Debug)]
pub struct Table {
    name: QualifiedName,
}

/// The worker's row; no instance has this role.
const WORKER: &str = "worker";
const INSTANCE: &str = "instance";
/// How long the table may be held by others when it is to go, in milliseconds.
const LOCK_MS: u32 = 1_000;
/// lock_not_available.
const LOCK_NOT_AVAILABLE: &str = "55P03";

impl Table {
    /// Schema and name.
    pub fn new(name: QualifiedName) -> Self {
        Table { name }
    }

    /// Makes it if it is not there. Nobody but its owner may write it; what a row is worth is decided
    /// by its MAC.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn make(&self, admin: &Admin) -> Result<(), StatementError> {
        let name = &self.name;
        admin
            .run(&format!(
                "CREATE TABLE IF NOT EXISTS {name} (role text NOT NULL, name text NOT NULL, \
                 standing text NOT NULL, generation bigint NOT NULL, counter bigint NOT NULL, \
                 challenge text NOT NULL, mac text NOT NULL, PRIMARY KEY (role, name))"
            ))
            .await
    }

    /// Whether it is there.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn exists(&self, admin: &Admin) -> Result<bool, StatementError> {
        let name = literal(&self.name.to_string());
        Ok(admin.texts(&format!("SELECT (pg_catalog.to_regclass({name}) IS NOT NULL)::text")).await?
            == ["true"])
    }

    /// Worker: a step is on. In place of the one before.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn announce(
        &self,
        admin: &Admin,
        keyring: &Keyring,
        announcement: &Announcement,
    ) -> Result<(), StatementError> {
        let Announcement { step, demand, generation, challenge } = announcement;
        let (table, name) = (&self.name, literal(step));
        let (standing, challenge) = (demand.name(), hex(&challenge.0));
        let mac = hex(&announcement.mac(keyring));
        let insert = format!(
            "INSERT INTO {table} VALUES ('{WORKER}', {name}, '{standing}', {generation}, 0, '{challenge}', '{mac}')"
        );
        admin.run(&format!("BEGIN; DELETE FROM {table} WHERE role = '{WORKER}'; {insert}; COMMIT")).await
    }

    /// Worker: nothing is asked any more. An instance that finds no table has nothing to answer.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn remove(&self, admin: &Admin) -> Result<(), StatementError> {
        let table = &self.name;
        let drop = format!("BEGIN; SET LOCAL lock_timeout = {LOCK_MS}; DROP TABLE IF EXISTS {table}; COMMIT");
        let Err(error) = admin.run(&drop).await else { return Ok(()) };
        admin.run("ROLLBACK").await?;
        match error.sqlstate == LOCK_NOT_AVAILABLE {
            // Somebody reads it, a dump for instance: it stays, and asks nothing.
            true => admin.run(&format!("DELETE FROM {table} WHERE role = '{WORKER}'")).await,
            false => Err(error),
        }
    }

    /// Instance: the step that is on, if there is one under a good MAC.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn announced(
        &self,
        admin: &Admin,
        keyring: &Keyring,
    ) -> Result<Option<Announcement>, StatementError> {
        let rows = self.rows(admin, WORKER).await?;
        Ok(rows.into_iter().filter_map(|row| row.announcement(keyring)).max_by_key(|step| step.generation))
    }

    /// Instance: writes its row, in place of the one before.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn answer(
        &self,
        admin: &Admin,
        keyring: &Keyring,
        answer: &Answer,
    ) -> Result<(), StatementError> {
        let Answer { instance, standing, generation, counter, challenge } = answer;
        let (table, name, standing) = (&self.name, literal(instance), standing.name());
        let (challenge, mac) = (hex(&challenge.0), hex(&answer.mac(keyring)));
        admin
            .run(&format!(
                "INSERT INTO {table} VALUES \
                 ('{INSTANCE}', {name}, '{standing}', {generation}, {counter}, '{challenge}', '{mac}') \
                 ON CONFLICT (role, name) DO UPDATE SET standing = excluded.standing, \
                 generation = excluded.generation, counter = excluded.counter, \
                 challenge = excluded.challenge, mac = excluded.mac"
            ))
            .await
    }

    /// Worker: every answer under a good MAC.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn answers(&self, admin: &Admin, keyring: &Keyring) -> Result<Vec<Answer>, StatementError> {
        let rows = self.rows(admin, INSTANCE).await?;
        Ok(rows.into_iter().filter_map(|row| row.answer(keyring)).collect())
    }

    async fn rows(&self, admin: &Admin, role: &str) -> Result<Vec<Row>, StatementError> {
        let table = &self.name;
        let rows = admin
            .texts(&format!("SELECT pg_catalog.row_to_json(t)::text FROM {table} t WHERE role = '{role}'"))
            .await?;
        Ok(rows.iter().filter_map(|row| Row::read(row)).collect())
    }
}
