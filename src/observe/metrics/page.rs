//! The text format of Prometheus, version 0.0.4 (prometheus.io, "Exposition formats").
//!
//! Knows names, labels and numbers. Deliberately does not know what is counted.

use std::fmt::{Display, Write};

/// `Content-Type` of a page.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Comes and goes.
    Gauge,
    /// Cumulative buckets, a sum and a count.
    Histogram,
}

/// A page that is being written.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// Begins a metric; its samples follow.
    pub fn metric(&mut self, name: &'static str, kind: Kind, help: &str) -> Metric<'_> {
        let word = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {word}"));
        Metric { page: self, name }
    }

    /// The whole page.
    pub fn into_text(self) -> String {
        self.0
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{line}");
    }
}

/// A metric whose samples are being written.
pub struct Metric<'a> {
    page: &'a mut Page,
    name: &'static str,
}

impl Metric<'_> {
    /// The only sample of a metric without labels.
    pub fn value(&mut self, value: impl Display) {
        self.page.line(format_args!("{} {value}", self.name));
    }

    /// A sample with labels: names as given, values escaped.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) -> &mut Self {
        self.part("", labels, value)
    }

    /// A sample under the metric's name with a suffix: `_bucket`, `_sum`, `_count`.
    pub fn part(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) -> &mut Self {
        let written: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let braces = if written.is_empty() { String::new() } else { format!("{{{}}}", written.join(",")) };
        self.page.line(format_args!("{}{suffix}{braces} {value}", self.name));
        self
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
