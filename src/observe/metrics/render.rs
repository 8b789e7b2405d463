//! Every metric by its name: the page that `/metrics` answers with.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::page::{Kind, Page};
use super::shard::{BOUNDS_MICROSECONDS, Measure};
use super::{ACCEPTED, Metrics, Reasons};

/// What is not counted but looked up when somebody asks.
#[derive(Clone, Debug)]
pub struct Present {
    /// Now.
    pub time: SystemTime,
    /// Sessions.
    pub sessions: u32,
    /// Most of them.
    pub session_limit: u32,
    /// Connections without a session yet.
    pub pending: u32,
    /// SIGTERM has come.
    pub draining: bool,
    /// What `/readyz` would say.
    pub ready: bool,
    /// `None` where nothing is tagged.
    pub epoch: Option<Epoch>,
    /// Our own.
    pub certificates: Vec<Certificate>,
}

/// Policy, catalog and keys in force.
#[derive(Clone, Debug)]
pub struct Epoch {
    /// Its number in this process.
    pub id: u64,
    /// For how long it has been in force.
    pub age: Duration,
    /// Verdicts that are remembered in it.
    pub plans: usize,
    /// The lease has run out: nothing protected is touched.
    pub suspended: bool,
    /// Protected relations that differ from what was accepted.
    pub closed_relations: usize,
    /// Of the keyring.
    pub generation: u64,
    /// All that are not destroyed.
    pub keys: Vec<Key>,
}

/// A key as an operator may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its number in envelopes.
    pub id: String,
    /// `active`, `pending`, …
    pub state: &'static str,
    /// Seconds since 1970-01-01 UTC.
    pub created: u64,
}

/// A certificate of ours.
#[derive(Clone, Copy, Debug)]
pub struct Certificate {
    /// `client` or `server`: towards whom it is shown.
    pub leg: &'static str,
    /// When it ends, in seconds since 1970-01-01 UTC.
    pub ends: u64,
}

impl Metrics {
    /// The page, in the text format of Prometheus.
    pub fn page(&self, present: &Present) -> String {
        let mut page = Page::default();
        self.process(present, &mut page);
        self.connections(present, &mut page);
        self.statements(&mut page);
        self.values(&mut page);
        self.plans(present, &mut page);
        self.traffic(&mut page);
        policy(present, &mut page);
        certificates(present, &mut page);
        page.into_text()
    }

    fn process(&self, present: &Present, page: &mut Page) {
        page.metric("pgveil_build_info", Kind::Gauge, "Version of pgveil; always 1.")
            .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
        page.metric("pgveil_start_time_seconds", Kind::Gauge, "When the process began, in Unix time.")
            .value(seconds(self.begun));
        page.metric("pgveil_ready", Kind::Gauge, "Whether /readyz says yes.").value(u8::from(present.ready));
        page.metric("pgveil_draining", Kind::Gauge, "Whether the proxy is shutting down.")
            .value(u8::from(present.draining));
        let name = "pgveil_reloads_total";
        reasons(page, (name, "result"), "Files read again, by result.", &self.reloads);
    }

    fn connections(&self, present: &Present, page: &mut Page) {
        let accepted = self.accepted.read().get(ACCEPTED).copied().unwrap_or(0);
        page.metric("pgveil_sessions", Kind::Gauge, "Sessions open now.").value(present.sessions);
        page.metric("pgveil_sessions_limit", Kind::Gauge, "Sessions that may be open at one time.")
            .value(present.session_limit);
        page.metric("pgveil_pending_connections", Kind::Gauge, "Connections that have not logged in yet.")
            .value(present.pending);
        page.metric("pgveil_connections_accepted_total", Kind::Counter, "Connections accepted.")
            .value(accepted);
        let name = "pgveil_connections_refused_total";
        reasons(page, (name, "reason"), "Connections that got no session.", &self.unserved);
        reasons(page, ("pgveil_logins_total", "result"), "Logins, by result.", &self.logins);
        let name = "pgveil_upstream_connect_errors_total";
        reasons(page, (name, "reason"), "Connections to the server that failed.", &self.no_upstream);
        let name = "pgveil_sessions_closed_total";
        let help = "Sessions closed because a side broke the rules or a value did not open.";
        reasons(page, (name, "sqlstate"), help, &self.faults);
    }

    fn statements(&self, page: &mut Page) {
        page.metric("pgveil_statements_total", Kind::Counter, "Statements sent or refused, by verdict.")
            .sample(&[("verdict", "clear")], self.total(Measure::Clear))
            .sample(&[("verdict", "plan")], self.total(Measure::Planned))
            .sample(&[("verdict", "refused")], self.total(Measure::Refused));
        let mut refusals: BTreeMap<&'static str, u64> =
            self.refusals.iter().map(|reason| (*reason, 0)).collect();
        self.shards().iter().for_each(|shard| shard.add_refusals(&mut refusals));
        let mut metric = page.metric("pgveil_refusals_total", Kind::Counter, "Refusals, by reason.");
        for (reason, count) in refusals {
            metric.sample(&[("reason", reason)], count);
        }
    }

    fn values(&self, page: &mut Page) {
        page.metric("pgveil_values_sealed_total", Kind::Counter, "Values sealed, by mode of the column.")
            .sample(&[("mode", "randomized")], self.total(Measure::SealedRandomized))
            .sample(&[("mode", "deterministic")], self.total(Measure::SealedDeterministic));
        let name = "pgveil_key_values_sealed_total";
        let mut metric = page.metric(name, Kind::Counter, "Values sealed, by key.");
        for (key, values) in self.uses() {
            metric.sample(&[("key", &format!("{key:08x}"))], values);
        }
        page.metric("pgveil_values_opened_total", Kind::Counter, "Values opened, by mode of the column.")
            .sample(&[("mode", "randomized")], self.total(Measure::OpenedRandomized))
            .sample(&[("mode", "deterministic")], self.total(Measure::OpenedDeterministic));
        page.metric("pgveil_values_unopened_total", Kind::Counter, "Stored cells that did not open.")
            .value(self.total(Measure::Unopened));
    }

    fn plans(&self, present: &Present, page: &mut Page) {
        page.metric("pgveil_plan_cache_hits_total", Kind::Counter, "Texts whose verdict was known.")
            .value(self.total(Measure::PlanHits));
        page.metric("pgveil_plan_cache_misses_total", Kind::Counter, "Texts that were analysed.")
            .value(self.total(Measure::PlanMisses));
        page.metric("pgveil_plan_cache_size", Kind::Gauge, "Verdicts remembered now.")
            .value(present.epoch.as_ref().map_or(0, |epoch| epoch.plans));
    }

    fn traffic(&self, page: &mut Page) {
        let client = |direction| [("leg", "client"), ("direction", direction)];
        let server = |direction| [("leg", "server"), ("direction", direction)];
        page.metric("pgveil_bytes_total", Kind::Counter, "Bytes of sessions, without TLS, by leg.")
            .sample(&client("in"), self.total(Measure::FromClient))
            .sample(&client("out"), self.total(Measure::ToClient))
            .sample(&server("in"), self.total(Measure::FromServer))
            .sample(&server("out"), self.total(Measure::ToServer));
        self.times(page);
    }

    fn times(&self, page: &mut Page) {
        let mut counts = [0; BOUNDS_MICROSECONDS.len() + 1];
        for shard in self.shards() {
            counts.iter_mut().zip(shard.times()).for_each(|(sum, one)| *sum += one);
        }
        let help = "Time that bytes spend inside pgveil on their way in one direction; every 64th is timed.";
        let mut metric = page.metric("pgveil_added_latency_seconds", Kind::Histogram, help);
        let mut below = 0;
        for (bound, count) in BOUNDS_MICROSECONDS.iter().zip(counts) {
            below += count;
            let bound = (*bound as f64 / 1e6).to_string();
            metric.part("_bucket", &[("le", &bound)], below);
        }
        let all: u64 = counts.iter().sum();
        let sum = Duration::from_nanos(self.total(Measure::TimedNanoseconds)).as_secs_f64();
        metric.part("_bucket", &[("le", "+Inf")], all).part("_sum", &[], sum).part("_count", &[], all);
    }

    /// Values sealed since the process began, by the number of the key.
    pub fn uses(&self) -> BTreeMap<u32, u64> {
        let mut uses = BTreeMap::new();
        self.shards().iter().for_each(|shard| shard.add_uses(&mut uses));
        uses
    }

    /// A count of all threads.
    pub fn total(&self, measure: Measure) -> u64 {
        self.shards().iter().map(|shard| shard.count(measure)).sum()
    }

    fn shards(&self) -> Vec<std::sync::Arc<super::Shard>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn policy(present: &Present, page: &mut Page) {
    let Some(epoch) = &present.epoch else { return };
    page.metric("pgveil_epoch", Kind::Gauge, "Number of the policy, catalog and keys in force.")
        .value(epoch.id);
    page.metric("pgveil_epoch_age_seconds", Kind::Gauge, "For how long they have been in force.")
        .value(epoch.age.as_secs());
    page.metric("pgveil_suspended", Kind::Gauge, "Whether this instance has lost touch with the others.")
        .value(u8::from(epoch.suspended));
    page.metric("pgveil_closed_relations", Kind::Gauge, "Relations that differ from what was accepted.")
        .value(epoch.closed_relations);
    page.metric("pgveil_keyring_generation", Kind::Gauge, "Generation of the keyring in force.")
        .value(epoch.generation);
    let mut metric = page.metric("pgveil_key_age_seconds", Kind::Gauge, "Age of each key, with its state.");
    for key in &epoch.keys {
        let age = seconds(present.time).saturating_sub(key.created);
        metric.sample(&[("key", &key.id), ("state", key.state)], age);
    }
}

fn certificates(present: &Present, page: &mut Page) {
    let name = "pgveil_tls_certificate_expiry_timestamp_seconds";
    let mut metric = page.metric(name, Kind::Gauge, "When pgveil's own certificate ends, in Unix time.");
    for certificate in &present.certificates {
        metric.sample(&[("leg", certificate.leg)], certificate.ends);
    }
}

fn reasons(page: &mut Page, (name, label): (&'static str, &str), help: &str, reasons: &Reasons) {
    let mut metric = page.metric(name, Kind::Counter, help);
    for (reason, count) in reasons.read() {
        metric.sample(&[(label, &reason.replace(' ', "-"))], count);
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
