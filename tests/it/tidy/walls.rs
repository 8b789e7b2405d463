//! The graph of docs/architecture.md as data.

/// `names`, `types` and `secret` stand below everything; they are allowed to every layer but
/// `crypto`, which knows `secret` only, and `wire`, which needs none of them but may hold a secret.
const BASE: &[&str] = &["names", "types", "secret"];

/// What a layer may name of the rest of the crate.
pub struct Layer {
    pub name: &'static str,
    pub knows: &'static [&'static str],
}

/// Every module of `src/`, from the bottom up. A module that is not listed is a fault.
pub const LAYERS: &[Layer] = &[
    Layer { name: "names", knows: &[] },
    Layer { name: "types", knows: &[] },
    Layer { name: "secret", knows: &[] },
    Layer { name: "wire", knows: &[] },
    Layer { name: "values", knows: &[] },
    Layer { name: "crypto", knows: &[] },
    Layer { name: "observe", knows: &[] },
    Layer { name: "scan", knows: &[] },
    Layer { name: "catalog", knows: &[] },
    Layer { name: "policy", knows: &["catalog"] },
    Layer { name: "sql", knows: &["catalog", "policy"] },
    Layer { name: "protect", knows: &["policy", "values", "crypto"] },
    Layer { name: "session", knows: &["wire", "sql", "catalog", "policy", "protect"] },
    Layer { name: "config", knows: &["policy"] },
    Layer { name: "jobs", knows: &["protect", "policy", "catalog", "values", "crypto", "observe", "scan"] },
    Layer {
        name: "server",
        knows: &[
            "session", "config", "wire", "sql", "catalog", "policy", "protect", "values", "crypto", "observe",
        ],
    },
    Layer {
        name: "cli",
        knows: &[
            "server", "config", "jobs", "session", "sql", "catalog", "policy", "protect", "values", "crypto",
            "wire", "observe", "scan",
        ],
    },
    Layer { name: "main", knows: &["cli"] },
    Layer {
        name: "lib",
        knows: &[
            "cli", "server", "jobs", "config", "session", "protect", "sql", "catalog", "policy", "crypto",
            "values", "wire", "observe", "scan",
        ],
    },
];

/// Whether `layer` may name `other`. `None`: there is no such layer.
pub fn may_know(layer: &str, other: &str) -> Option<bool> {
    let entry = LAYERS.iter().find(|entry| entry.name == layer)?;
    let base = match layer {
        "crypto" | "wire" => &["secret"],
        _ => BASE,
    };
    Some(layer == other || base.contains(&other) || entry.knows.contains(&other))
}

/// A crate that only some places may name.
pub struct Fenced {
    /// As in code, a prefix of the crate's name.
    pub crate_prefix: &'static str,
    /// Prefixes of paths below `src/`.
    pub places: &'static [&'static str],
}

/// Crates that only some places may name.
pub const FENCED: &[Fenced] = &[
    Fenced { crate_prefix: "sqlparser", places: &["sql/"] },
    Fenced { crate_prefix: "squawk", places: &["sql/"] },
    Fenced { crate_prefix: "aes_gcm_siv", places: &["crypto/"] },
    Fenced { crate_prefix: "aws_lc_rs", places: &["crypto/"] },
    Fenced { crate_prefix: "hkdf", places: &["crypto/"] },
    Fenced { crate_prefix: "argon2", places: &["crypto/"] },
    Fenced { crate_prefix: "age", places: &["crypto/"] },
    Fenced { crate_prefix: "cryptoki", places: &["crypto/unlock/pkcs11"] },
    Fenced { crate_prefix: "ureq", places: &["server/tls"] },
    Fenced { crate_prefix: "rustls", places: &["server/tls"] },
    Fenced { crate_prefix: "tokio_rustls", places: &["server/tls"] },
    Fenced { crate_prefix: "x509_parser", places: &["server/tls"] },
    Fenced { crate_prefix: "rcgen", places: &["cli/", "server/tls"] },
    Fenced { crate_prefix: "tokio", places: &["server/", "jobs/", "cli/", "main.rs"] },
    Fenced { crate_prefix: "mio", places: &["server/"] },
    Fenced { crate_prefix: "tokio_postgres", places: &["server/", "jobs/", "cli/"] },
    Fenced { crate_prefix: "socket2", places: &["server/", "cli/"] },
    Fenced { crate_prefix: "pgwire", places: &["wire/", "server/", "values/"] },
    Fenced { crate_prefix: "anyhow", places: &["cli/", "main.rs"] },
    Fenced { crate_prefix: "clap", places: &["cli/", "main.rs"] },
    Fenced { crate_prefix: "indicatif", places: &["cli/", "jobs/"] },
];

/// Parts of the standard library that a layer must do without: no IO, no clock, no dice.
pub const PURE: &[(&str, &[&str])] = &[
    ("sql", &["std::fs", "std::net", "std::time", "std::env", "std::process", "std::thread", "rand_core"]),
    (
        "session",
        &["std::fs", "std::net", "std::time", "std::env", "std::process", "std::thread", "rand_core"],
    ),
    ("wire", &["std::fs", "std::net", "std::time", "std::env", "std::process", "std::thread"]),
    ("values", &["std::fs", "std::net", "std::time", "std::env", "std::process", "std::thread"]),
    ("policy", &["std::net", "std::time", "std::process", "std::thread"]),
    ("catalog", &["std::fs", "std::net", "std::time", "std::process", "std::thread"]),
    ("protect", &["std::fs", "std::net", "std::process"]),
    ("crypto", &["std::net"]),
];

/// Layers that read foreign bytes: nothing there may panic.
pub const NO_PANIC: &[&str] = &["wire", "values", "crypto", "sql", "session", "protect"];

/// The one file that may hold `unsafe`, for locked memory and core dumps.
pub const UNSAFE_PLACE: &str = "src/crypto/locked";

/// Bags in which files grow. A file or directory is named for the noun inside.
pub const BAGS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "manager", "handler", "context", "misc"];
