//! What is counted, and how it is written for Prometheus.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use pgveil::observe::metrics::{
    Certificate, Epoch, Key, Kind, Measure, Metrics, NoUpstream, Page, Present, Unserved,
};

fn present() -> Present {
    Present {
        time: UNIX_EPOCH + Duration::from_secs(2_000),
        sessions: 3,
        session_limit: 1000,
        pending: 1,
        draining: false,
        ready: true,
        epoch: None,
        certificates: vec![Certificate { leg: "client", ends: 4_000 }],
    }
}

fn epoch() -> Epoch {
    Epoch {
        id: 4,
        age: Duration::from_secs(100),
        plans: 17,
        suspended: false,
        closed_relations: 2,
        generation: 9,
        keys: vec![Key { id: "0a1b".into(), state: "active", created: 500 }],
    }
}

/// Samples by name and labels, as they stand on the page.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.rsplit_once(' ').expect("a name and a value"));
    pairs.map(|(name, value)| (name.to_owned(), value.parse().expect("a number"))).collect()
}

#[test]
fn a_page_is_in_the_text_format_and_its_labels_are_escaped() {
    let mut page = Page::default();
    page.metric("a_total", Kind::Counter, "Help.").sample(&[("l", "q\"b\\n\nx"), ("m", "y")], 7);
    page.metric("b", Kind::Gauge, "Other.").value(1.5);
    let expected = "# HELP a_total Help.\n# TYPE a_total counter\na_total{l=\"q\\\"b\\\\n\\nx\",m=\"y\"} 7\n\
                    # HELP b Other.\n# TYPE b gauge\nb 1.5\n";
    assert_eq!(page.into_text(), expected);
}

#[test]
fn what_several_threads_count_is_summed() {
    let metrics = Metrics::new(["order-by-protected"]);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let shard = metrics.shard();
            std::thread::spawn(move || {
                (0..1000).for_each(|_| shard.add(Measure::Clear, 1));
                shard.refused("order-by-protected");
                shard.refused("value");
                shard.timed(Duration::from_micros(15));
                shard.timed(Duration::from_secs(1));
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("a thread"));
    let found = samples(&metrics.page(&present()));
    assert_eq!(found["pgveil_statements_total{verdict=\"clear\"}"], 4000.0);
    assert_eq!(found["pgveil_statements_total{verdict=\"refused\"}"], 8.0);
    assert_eq!(found["pgveil_refusals_total{reason=\"order-by-protected\"}"], 4.0);
    assert_eq!(found["pgveil_refusals_total{reason=\"value\"}"], 4.0);
    assert_eq!(found["pgveil_added_latency_seconds_bucket{le=\"0.00001\"}"], 0.0);
    assert_eq!(found["pgveil_added_latency_seconds_bucket{le=\"0.00002\"}"], 4.0);
    assert_eq!(found["pgveil_added_latency_seconds_bucket{le=\"0.1\"}"], 4.0);
    assert_eq!(found["pgveil_added_latency_seconds_bucket{le=\"+Inf\"}"], 8.0);
    assert_eq!(found["pgveil_added_latency_seconds_count"], 8.0);
    assert!((found["pgveil_added_latency_seconds_sum"] - 4.000_06).abs() < 1e-9);
}

#[test]
fn reasons_stand_at_zero_before_they_occur() {
    let metrics = Metrics::new(["a-reason"]);
    let found = samples(&metrics.page(&present()));
    assert_eq!(found["pgveil_refusals_total{reason=\"a-reason\"}"], 0.0);
    assert_eq!(found["pgveil_connections_refused_total{reason=\"too-many-sessions\"}"], 0.0);
    assert_eq!(found["pgveil_upstream_connect_errors_total{reason=\"unreachable\"}"], 0.0);
    assert_eq!(found["pgveil_logins_total{result=\"accepted\"}"], 0.0);
    metrics.unserved(Unserved::TooManySessions);
    metrics.no_upstream(NoUpstream::Unreachable);
    metrics.logged_in();
    metrics.login_refused("wrong password or unknown user");
    let found = samples(&metrics.page(&present()));
    assert_eq!(found["pgveil_connections_refused_total{reason=\"too-many-sessions\"}"], 1.0);
    assert_eq!(found["pgveil_upstream_connect_errors_total{reason=\"unreachable\"}"], 1.0);
    assert_eq!(found["pgveil_logins_total{result=\"accepted\"}"], 1.0);
    assert_eq!(found["pgveil_logins_total{result=\"wrong-password-or-unknown-user\"}"], 1.0);
}

#[test]
fn ages_are_of_the_time_of_the_page() {
    let metrics = Metrics::new([]);
    assert!(!metrics.page(&present()).contains("pgveil_epoch"), "nothing is tagged");
    let epoch = Some(epoch());
    let found = samples(&metrics.page(&Present { epoch, ..present() }));
    assert_eq!(found["pgveil_epoch"], 4.0);
    assert_eq!(found["pgveil_epoch_age_seconds"], 100.0);
    assert_eq!(found["pgveil_key_age_seconds{key=\"0a1b\",state=\"active\"}"], 1_500.0);
    assert_eq!(found["pgveil_closed_relations"], 2.0);
    assert_eq!(found["pgveil_keyring_generation"], 9.0);
    assert_eq!(found["pgveil_plan_cache_size"], 17.0);
    assert_eq!(found["pgveil_suspended"], 0.0);
    assert_eq!(found["pgveil_sessions"], 3.0);
    assert_eq!(found["pgveil_tls_certificate_expiry_timestamp_seconds{leg=\"client\"}"], 4_000.0);
}

/// The name of every metric on a page that has them all.
fn names() -> Vec<String> {
    let metrics = Metrics::new(["a-reason"]);
    let epoch = Some(epoch());
    let page = metrics.page(&Present { epoch, ..present() });
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.map(|line| line.split(' ').next().expect("a name").to_owned()).collect()
}

fn file(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_manual_lists_every_metric_and_no_other() {
    let mut documented: Vec<String> = file("docs/operations.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `pgveil_")?.split('`').next())
        .map(|name| format!("pgveil_{}", name.split('{').next().unwrap_or_default()))
        .collect();
    let mut exist = names();
    documented.sort_unstable();
    exist.sort_unstable();
    assert_eq!(documented, exist);
}

/// Names in a file that look like ours, without the suffixes of a histogram.
fn mentioned(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| word.starts_with("pgveil_"));
    let base = |word: &str| {
        let cut = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| word.strip_suffix(suffix));
        cut.unwrap_or(word).to_owned()
    };
    ours.map(base).collect()
}

#[test]
fn dashboard_and_alerts_name_only_metrics_that_exist() {
    let exist = names();
    for path in ["docs/deploy/grafana.json", "docs/deploy/alerts.yaml"] {
        let found = mentioned(&file(path));
        assert!(found.len() > 10, "{path} names {} metrics", found.len());
        let unknown: Vec<_> = found.iter().filter(|name| !exist.contains(name)).collect();
        assert!(unknown.is_empty(), "{path}: {unknown:?}");
    }
    let dashboard: serde_json::Value =
        serde_json::from_str(&file("docs/deploy/grafana.json")).expect("the dashboard is JSON");
    assert!(dashboard["panels"].as_array().is_some_and(|panels| panels.len() >= 8));
}

#[test]
fn a_shard_is_not_shared_between_threads() {
    let metrics = Metrics::new([]);
    let (one, other) = (metrics.shard(), metrics.shard());
    assert!(!Arc::ptr_eq(&one, &other));
    one.add(Measure::FromClient, 5);
    other.add(Measure::FromClient, 6);
    assert_eq!(metrics.total(Measure::FromClient), 11);
}
