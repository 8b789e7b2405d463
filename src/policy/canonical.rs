//! The tags as bytes that are equal exactly if the policies mean the same: what `policy accept`
//! stores a digest of.
//!
//! Independent of order, layout and comments of the file. Every field is written with its length,
//! so that no two policies share bytes.

use sha2::{Digest, Sha256};

use crate::policy::model::{DeclaredFunction, DeclaredValue, Mode, Pad, Phase, Tag, Tags};

/// SHA-256 of the canonical bytes.
pub fn digest(tags: &Tags) -> [u8; 32] {
    Sha256::digest(bytes(tags)).into()
}

fn bytes(tags: &Tags) -> Vec<u8> {
    let mut columns: Vec<Vec<u8>> = tags.columns.iter().map(column).collect();
    columns.sort();
    let mut functions: Vec<Vec<u8>> = tags.functions.iter().map(function).collect();
    functions.sort();
    let mut out = Vec::new();
    field(&mut out, b"pgveil/v1/policy");
    for list in [columns, functions] {
        out.extend_from_slice(&(list.len() as u64).to_be_bytes());
        for entry in list {
            field(&mut out, &entry);
        }
    }
    out
}

fn field(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The line, and whether the domain is written or the default, are layout and left out.
fn column(tag: &Tag) -> Vec<u8> {
    let mut out = Vec::new();
    field(&mut out, tag.relation.schema.as_bytes());
    field(&mut out, tag.relation.name.as_bytes());
    field(&mut out, tag.column.as_bytes());
    field(&mut out, mode(tag.mode));
    field(&mut out, tag.domain.as_bytes());
    field(&mut out, tag.declared.as_ref().map(ToString::to_string).unwrap_or_default().as_bytes());
    field(&mut out, phase(tag.phase));
    field(&mut out, tag.pad.map_or(b"".as_slice(), pad));
    field(&mut out, tag.max_bytes.map(|n| n.to_string()).unwrap_or_default().as_bytes());
    field(&mut out, if tag.online { b"online" } else { b"" });
    // Later keys count only where they are written: a digest of before stays what it was.
    if tag.accepts_frequency {
        field(&mut out, b"accept frequency");
    }
    if let Some(was) = &tag.formerly {
        field(&mut out, b"was");
        field(&mut out, mode(was.mode));
        field(&mut out, was.domain.as_bytes());
        field(&mut out, was.declared.as_ref().map(ToString::to_string).unwrap_or_default().as_bytes());
        field(&mut out, was.pad.map_or(b"".as_slice(), pad));
    }
    for trigger in &tag.reviewed_triggers {
        field(&mut out, b"reviewed trigger");
        field(&mut out, trigger.as_bytes());
    }
    out
}

fn function(function: &DeclaredFunction) -> Vec<u8> {
    let mut out = Vec::new();
    field(&mut out, function.name.schema.as_bytes());
    field(&mut out, function.name.name.as_bytes());
    for value in function.args.iter().chain([&function.returns]) {
        match value {
            DeclaredValue::Plain => field(&mut out, b"plain"),
            DeclaredValue::Domain(domain) => {
                field(&mut out, b"domain");
                field(&mut out, domain.as_bytes());
            }
        }
    }
    out
}

fn mode(mode: Mode) -> &'static [u8] {
    match mode {
        Mode::Randomized => b"randomized",
        Mode::Deterministic => b"deterministic",
    }
}

fn phase(phase: Phase) -> &'static [u8] {
    match phase {
        Phase::Plain => b"plain",
        Phase::Encrypting => b"encrypting",
        Phase::Encrypted => b"encrypted",
        Phase::Decrypting => b"decrypting",
    }
}

fn pad(pad: Pad) -> &'static [u8] {
    match pad {
        Pad::Block16 => b"block16",
        Pad::Block32 => b"block32",
        Pad::Block64 => b"block64",
        Pad::Padme => b"padme",
        Pad::None => b"none",
    }
}
