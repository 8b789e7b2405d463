//! Whole deterministic domains, for `rotate data`, `encrypt` and `decrypt`: what is expected is said
//! first, progress goes to stderr, the result to stdout.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use serde_json::{Value, json};

use super::material::{Material, run_to_end};
use super::{Common, Exit, Failure, Outcome, phases};
use crate::config::{self, duration};
use crate::crypto::domains::Form;
use crate::crypto::keyring::{ChangeError, KeyState};
use crate::crypto::nonces::fill_random;
use crate::crypto::{KeyId, Keyring, KeyringError};
use crate::jobs::admin::Admin;
use crate::jobs::domain::keys::Keys;
use crate::jobs::domain::rewrite::{RewriteError, Rewritten};
use crate::jobs::domain::shape::ShapeError;
use crate::jobs::domain::{self, DomainError, Event, Order, Site, Stage, look};
use crate::jobs::instances::roll::Missing;
use crate::jobs::instances::row::Standing;
use crate::jobs::instances::table::Table;
use crate::jobs::instances::{Instances, InstancesError};
use crate::policy::join::Joined;
use crate::policy::model::Phase;

/// Which domains, and how long their tables may be locked.
#[derive(Args, Clone, Debug)]
pub struct DomainArguments {
    /// This deterministic domain as a whole, in one transaction that locks its tables; may be
    /// repeated.
    #[arg(long = "domain", value_name = "NAME", conflicts_with = "columns")]
    pub domains: Vec<String>,
    /// Refuse a domain whose tables would be locked for longer, for example 30s.
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    max_lock: Option<Duration>,
}

/// Which instances a step waits for.
#[derive(Args, Clone, Debug)]
pub struct InstanceArguments {
    /// The operator's word that this instance is off; may be repeated.
    #[arg(long, value_name = "INSTANCE")]
    pub without: Vec<String>,
    /// How long an instance is waited for, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub patience: u64,
}

impl InstanceArguments {
    /// The worker's side of the agreement.
    pub fn instances(&self, material: &Material) -> Result<Instances, InstancesError> {
        let cluster = &material.config.cluster;
        Instances::new(
            Table::new(cluster.table.clone()),
            &cluster.instances,
            &self.without,
            cluster.leased,
            Duration::from_secs(self.patience),
        )
    }
}

/// Where the domains go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From one key to the active one; a new one is made if they are under that.
    Rotate,
    /// From plain to sealed.
    Encrypt,
    /// And back.
    Decrypt,
}

impl Way {
    /// The phase in which the policy has the domain, and the one that it has afterwards.
    fn phases(self) -> (Phase, Phase) {
        match self {
            Way::Rotate => (Phase::Encrypted, Phase::Encrypted),
            Way::Encrypt => (Phase::Encrypting, Phase::Encrypted),
            Way::Decrypt => (Phase::Decrypting, Phase::Plain),
        }
    }
}

/// Moves the domains, one after the other.
///
/// # Errors
/// At the first that cannot be moved; those before have been.
pub fn run(
    way: Way,
    domains: &DomainArguments,
    instances: &InstanceArguments,
    finish: bool,
    common: &Common,
) -> Outcome {
    let mut material = Material::load(config::load(&common.config)?)?;
    let done = run_to_end(async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        for domain in &domains.domains {
            in_phase(&joined, domain, way)?;
        }
        if common.dry_run {
            return foresee(way, &mut material, &admin, &joined, domains).await;
        }
        let mut agreement = instances.instances(&material)?;
        let mut done = Vec::new();
        for domain in &domains.domains {
            let to = target(way, &mut material, &admin, &mut agreement, domain).await?;
            done.push(move_one(&mut material, &admin, &joined, &mut agreement, domains, (domain, to)).await?);
        }
        Ok(done)
    })?;
    let mut next = Vec::new();
    let (before, after) = way.phases();
    if before != after && !common.dry_run {
        let of = |domain: &String| {
            let tags = material.tags.columns.iter();
            tags.filter(|tag| tag.domain == *domain).map(|tag| tag.name()).collect::<Vec<_>>()
        };
        let columns: Vec<String> = domains.domains.iter().flat_map(of).collect();
        next = phases::settle(material, &columns, after, finish)?;
    }
    if common.json {
        println!("{:#}", json!({ "schema_version": 1, "domains": done, "next": next }));
    } else {
        done.iter().for_each(|one| println!("{}", sentence(one)));
        next.iter().for_each(|line| println!("{line}"));
    }
    let obstructed = done.iter().any(|one| one["obstacles"].as_array().is_some_and(|all| !all.is_empty()));
    Ok(if obstructed { Exit::Findings } else { Exit::Done })
}

/// Closes the open windows of these domains, of which nothing may be rewritten yet; each with the form that
/// it keeps.
///
/// # Errors
/// At the first that cannot turn back; those before have.
pub fn turn_back(
    domains: &[String],
    instances: &InstanceArguments,
    common: &Common,
) -> Result<Vec<(String, String)>, Failure> {
    let mut material = Material::load(config::load(&common.config)?)?;
    run_to_end(async {
        let admin = material.admin().await?;
        let joined = material.joined(&admin).await?;
        let mut agreement = instances.instances(&material)?;
        let mut back = Vec::new();
        for domain in domains {
            let window = material.keyring.keyring().window(domain);
            if let (true, Some(window)) = (common.dry_run, window) {
                back.push((domain.clone(), window.from.to_string()));
                continue;
            }
            let mut keys = Kept { material: &mut material };
            let (policy, catalog) = (&joined.policy, &joined.catalog);
            let mut site =
                Site { admin: &admin, keys: &mut keys, instances: &mut agreement, policy, catalog };
            let mut tell = |event: Event<'_>| say(domain, event);
            let form = domain::back::turn_back(&mut site, domain, &mut tell).await?;
            back.push((domain.clone(), form.to_string()));
        }
        Ok(back)
    })
}

/// REFUSES: a domain whose phase in the policy is another than this work needs.
fn in_phase(joined: &Joined, domain: &str, way: Way) -> Result<(), Failure> {
    let mut columns = joined.policy.columns.iter();
    let column = columns.find(|column| column.is_in_domain(domain));
    let column =
        column.ok_or_else(|| ShapeError::NoSuchDomain(domain.to_owned())).map_err(DomainError::from)?;
    let (needed, _) = way.phases();
    if column.phase != needed {
        let word = crate::policy::edit::word;
        let message = format!(
            "domain {domain:?} is in phase \"{}\": set its columns to phase = \"{}\", run `pgveil policy accept`, \
             and have every proxy load it",
            word(column.phase),
            word(needed)
        );
        return Err(Failure::said(Exit::Refused, message));
    }
    Ok(())
}

/// The form that the domain shall have. ORDER: a new key is durable and loaded everywhere before it
/// is promoted, and promoted everywhere before a window to it is opened.
async fn target(
    way: Way,
    material: &mut Material,
    admin: &Admin,
    agreement: &mut Instances,
    domain: &str,
) -> Result<Form, Failure> {
    let keyring = Arc::clone(material.keyring.keyring());
    if let Some(to) = decided(way, &keyring, domain) {
        return Ok(to);
    }
    let pending = |keyring: &Keyring| {
        keyring.keys().iter().rev().find(|key| key.state == KeyState::Pending).map(|key| key.id)
    };
    let key = match pending(&keyring) {
        Some(key) => key,
        None => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            material.change_keyring(|keyring| keyring.with_new_key(now, &mut fill_random).map(Some))?;
            let made = pending(material.keyring.keyring());
            made.ok_or_else(|| Failure::said(Exit::Keys, "the new key is not pending"))?
        }
    };
    meet(agreement, admin, material, &format!("key {key} is made")).await?;
    material.change_keyring(|keyring| keyring.with_promoted(key).map(Some))?;
    eprintln!("key {key} is active");
    meet(agreement, admin, material, &format!("key {key} is active")).await?;
    Ok(Form::Sealed(key))
}

/// The form, unless a key has to be made for it.
fn decided(way: Way, keyring: &Keyring, domain: &str) -> Option<Form> {
    let recorded = keyring.domain(domain)?;
    let active = keyring.active().map(Form::Sealed);
    match (recorded.window, way) {
        (Some(window), _) => Some(window.to),
        (None, Way::Decrypt) => Some(Form::Plain),
        (None, Way::Encrypt) if recorded.writes != Form::Plain => Some(recorded.writes),
        (None, Way::Encrypt) => active,
        (None, Way::Rotate) => active.filter(|active| *active != recorded.writes),
    }
}

/// A key that is not made yet: every value is under another one.
fn to_be_made(keyring: &Keyring) -> Form {
    let held = |id: &String| keyring.keys().iter().any(|key| key.id.to_string() == *id);
    let mut ids = (1u32..).map(|id| format!("{id:08x}")).filter(|id| !held(id));
    ids.find_map(|id| KeyId::parse(&id)).map_or(Form::Plain, Form::Sealed)
}

async fn meet(
    agreement: &mut Instances,
    admin: &Admin,
    material: &Material,
    step: &str,
) -> Result<(), Failure> {
    let mut tell = |missing: &[Missing]| missing.iter().for_each(|one| eprintln!("{step}: {one}"));
    let keyring = material.keyring.keyring();
    Ok(agreement.meet(admin, keyring, step, Standing::Loaded, &mut tell).await?)
}

async fn move_one(
    material: &mut Material,
    admin: &Admin,
    joined: &Joined,
    agreement: &mut Instances,
    arguments: &DomainArguments,
    (domain, to): (&str, Form),
) -> Result<Value, Failure> {
    let mut keys = Kept { material };
    let (policy, catalog) = (&joined.policy, &joined.catalog);
    let mut site = Site { admin, keys: &mut keys, instances: agreement, policy, catalog };
    let order = Order { to, max_lock: arguments.max_lock };
    let mut tell = |event: Event<'_>| say(domain, event);
    let outcome = domain::carry_out(&mut site, domain, order, &mut tell).await?;
    let mut value = json!({ "domain": domain, "form": to.to_string() });
    match outcome {
        domain::Outcome::Nothing => value["moved"] = json!(false),
        domain::Outcome::Moved(rewritten) => {
            value["moved"] = json!(true);
            if let Some(Rewritten { rows, values, locked, mapping }) = rewritten {
                value["rows"] = json!(rows.iter().sum::<u64>());
                value["values"] = json!(values);
                value["locked_ms"] = json!(locked.as_millis());
                value["mapping_ms"] = json!(mapping.as_millis());
            }
        }
    }
    Ok(value)
}

async fn foresee(
    way: Way,
    material: &mut Material,
    admin: &Admin,
    joined: &Joined,
    arguments: &DomainArguments,
) -> Result<Vec<Value>, Failure> {
    let mut all = Vec::new();
    for domain in &arguments.domains {
        let decided = decided(way, material.keyring.keyring(), domain);
        let to = decided.unwrap_or_else(|| to_be_made(material.keyring.keyring()));
        let mut keys = Kept { material: &mut *material };
        let mut nobody = Instances::new(
            Table::new(keys.material.config.cluster.table.clone()),
            &[],
            &[],
            false,
            Duration::ZERO,
        )?;
        let (policy, catalog) = (&joined.policy, &joined.catalog);
        let site = Site { admin, keys: &mut keys, instances: &mut nobody, policy, catalog };
        let (shape, obstacles, estimate) = look(&site, domain, to).await?;
        let tables: Vec<String> = shape.tables.iter().map(|table| table.name.to_string()).collect();
        let obstacles: Vec<String> = obstacles.iter().map(ToString::to_string).collect();
        all.push(json!({
            "domain": domain,
            "form": decided.map(|form| form.to_string()),
            "tables": tables,
            "rows": estimate.rows,
            "expected_lock_ms": estimate.lock.as_millis(),
            "obstacles": obstacles,
        }));
    }
    Ok(all)
}

/// One result for a person.
fn sentence(value: &Value) -> String {
    let text = |name: &str| value[name].as_str().unwrap_or("a new key").to_owned();
    let (domain, form) = (text("domain"), text("form"));
    if let Some(expected) = value["expected_lock_ms"].as_u64() {
        let lines = value["obstacles"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let obstacles: String = lines.map(|line| format!("\n  in the way: {line}")).collect();
        let tables: Vec<&str> =
            value["tables"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        return format!(
            "domain {domain} would go to {form}: {} rows, {} locked for about {:.1} s{obstacles}",
            value["rows"],
            tables.join(", "),
            Duration::from_millis(expected).as_secs_f64()
        );
    }
    match (value["moved"].as_bool(), value["locked_ms"].as_u64()) {
        (Some(true), Some(locked)) => format!(
            "domain {domain} is {form}: {} rows, {} values, tables locked for {:.1} s",
            value["rows"],
            value["values"],
            Duration::from_millis(locked).as_secs_f64()
        ),
        (Some(true), None) => format!("domain {domain} is {form}: an earlier run is finished"),
        (Some(false) | None, _) => format!("domain {domain} is {form} already: nothing to do"),
    }
}

/// Progress, on stderr.
fn say(domain: &str, event: Event<'_>) {
    let passed = match event {
        Event::Expected(expected) => {
            eprintln!(
                "domain {domain}: {} rows; the tables will be locked for about {:.1} s, plain reading goes on",
                expected.rows,
                expected.lock.as_secs_f64()
            );
            return;
        }
        Event::Waiting(missing) => {
            missing.iter().for_each(|one| eprintln!("domain {domain}: waits: {one}"));
            return;
        }
        Event::Busy { attempt } => {
            eprintln!("domain {domain}: a lock was not to be had, attempt {}", attempt + 1);
            return;
        }
        Event::Done(rewritten) => {
            eprintln!("domain {domain}: {} values rewritten", rewritten.values);
            return;
        }
        Event::Passed(stage) => stage,
    };
    let what = match passed {
        Stage::Checked => "nothing is in the way",
        Stage::Opened => "the window is open: both forms are matched",
        Stage::OpenAcknowledged => "every instance has acknowledged the window",
        Stage::Unguarded => "the guards are gone",
        Stage::Locked => "the tables are locked",
        Stage::Fenced => "stale writers are stopped",
        Stage::Mapped => "every value has its new form",
        Stage::Rewritten => "every row is rewritten and compared",
        Stage::Committed => "committed",
        Stage::Moved => "writers use the new form",
        Stage::MoveAcknowledged => "no writer of the old form is left",
        Stage::Guarded => "the guards stand",
        Stage::Unfenced => "the temporary triggers are gone",
        Stage::Closed => "the window is closed",
    };
    eprintln!("domain {domain}: {what}");
}

/// The keyring of a configuration, whose `keys.min_generation` is raised with every change.
struct Kept<'m> {
    material: &'m mut Material,
}

impl Keys for Kept<'_> {
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(self.material.keyring.keyring())
    }

    fn change(
        &mut self,
        change: &dyn Fn(&Keyring) -> Result<Keyring, ChangeError>,
    ) -> Result<Arc<Keyring>, KeyringError> {
        let changed = Arc::clone(self.material.keyring.change(change)?);
        // The change is durable; that the generation is raised too is a second line, said if it fails.
        if let Err(failure) = self.material.settle() {
            eprintln!("pgveil: {failure}");
        }
        Ok(changed)
    }
}

impl From<DomainError> for Failure {
    fn from(error: DomainError) -> Failure {
        match error {
            DomainError::Keyring(error) => error.into(),
            DomainError::Instances(error) => error.into(),
            DomainError::Locked => Failure::new(Exit::Locked, error),
            DomainError::Shape(ShapeError::NoSuchDomain(_)) => Failure::new(Exit::Usage, error),
            DomainError::Obstructed { .. } => Failure::new(Exit::Findings, error),
            DomainError::Admin(error) => error.into(),
            DomainError::NotRecorded(_)
            | DomainError::NoTable(_)
            | DomainError::NoWindow(_)
            | DomainError::Rewritten { .. }
            | DomainError::Underway { .. }
            | DomainError::Prepared(_)
            | DomainError::TooLong { .. }
            | DomainError::Shape(_)
            | DomainError::Rewrite(RewriteError::MaxLock(_)) => Failure::new(Exit::Refused, error),
            DomainError::Rewrite(_)
            | DomainError::Guard(_)
            | DomainError::Default(_)
            | DomainError::Statement(_)
            | DomainError::Senseless => Failure::new(Exit::Failed, error),
        }
    }
}
