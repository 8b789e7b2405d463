//! `[cluster]`: the proxies before one database, by the operator's names.

use super::written;
use super::{ConfigError, Source};
use crate::names::QualifiedName;

/// The one instance where no `[cluster]` lists several.
pub const LONE_INSTANCE: &str = "main";
/// Characters of an instance's name: it stands in logs, rows and on the command line.
const INSTANCE_NAME: usize = 63;

/// The proxies before one database.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// All of them; one named [`LONE_INSTANCE`] without `[cluster]`.
    pub instances: Vec<String>,
    /// Which this one is; `None` if the file does not say.
    pub instance: Option<String>,
    /// Where they agree on steps while keys change; made when first needed.
    pub table: QualifiedName,
    /// `[cluster]` stands in the file: an instance that is not heard stops serving.
    pub leased: bool,
}

impl Default for Cluster {
    fn default() -> Self {
        Cluster {
            instances: vec![LONE_INSTANCE.to_owned()],
            instance: Some(LONE_INSTANCE.to_owned()),
            table: QualifiedName::new("public", "pgveil_instances"),
            leased: false,
        }
    }
}

/// What `[cluster]` means.
pub(super) fn resolve(written: Option<written::Cluster>, source: &Source) -> Result<Cluster, ConfigError> {
    let Some(written) = written else {
        return Ok(Cluster::default());
    };
    let instances = written.instances.get_ref();
    let wrong = |message: &str| source.wrong(written.instances.span().start, message);
    if instances.is_empty() {
        return Err(wrong("name at least one instance"));
    }
    if !instances.iter().all(|name| is_instance_name(name)) {
        return Err(wrong("an instance is named by 1 to 63 letters, digits, '-', '_' or '.'"));
    }
    let mut distinct: Vec<&String> = instances.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < instances.len() {
        return Err(wrong("two instances of one name"));
    }
    let instance = match (&written.instance, instances.as_slice()) {
        (Some(name), _) if instances.contains(name.get_ref()) => Some(name.get_ref().clone()),
        (Some(name), _) => {
            return Err(source.wrong(name.span().start, "instance must be one of [cluster] instances"));
        }
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    };
    let table = match &written.table {
        None => Cluster::default().table,
        Some(table) => QualifiedName::parse(table.get_ref())
            .ok_or_else(|| source.wrong(table.span().start, "table must be schema.table"))?,
    };
    Ok(Cluster { instance, instances: instances.clone(), table, leased: true })
}

fn is_instance_name(name: &str) -> bool {
    let admits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=INSTANCE_NAME).contains(&name.len()) && name.chars().all(admits)
}
