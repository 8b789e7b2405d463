//! The database held against policy and pin: drift, guards, readers, and plaintext that stayed behind.

use super::tree::{Check, Section};
use crate::catalog::finding::{Finding, Weight};
use crate::cli::material::Material;
use crate::jobs::admin::Admin;
use crate::jobs::health;
use crate::jobs::plan;
use crate::jobs::plan::readers::ReaderKind;
use crate::policy::model::Phase;

/// Adds what is seen.
pub async fn look(admin: &Admin, material: &Material, section: &mut Section) {
    let joined = match material.joined(admin).await {
        Ok(joined) => joined,
        Err(error) => {
            section.add(Check::failure(error.to_string(), "`pgveil catalog diff`"));
            return;
        }
    };
    let protected = joined.policy.columns.len();
    if joined.findings.iter().all(|finding| finding.weight != Weight::Closes) {
        section.add(Check::success(format!("{protected} tagged columns, and every protected table is open")));
    }
    joined.findings.iter().for_each(|finding| section.add(graded(finding)));
    match plan::look(admin, &material.tags, &joined.policy).await {
        Ok(look) => {
            look.findings.iter().for_each(|finding| section.add(graded(finding)));
            for column in &look.columns {
                let readers = column.readers.iter().filter(|reader| is_told(reader.kind));
                readers.for_each(|reader| {
                    let (kind, fate) = (reader.kind.label(), reader.kind.fate(column.mode));
                    section.add(Check::note(format!("{}: {kind} {} {fate}", column.name, reader.name)));
                });
            }
        }
        Err(error) => section.add(Check::failure(error.to_string(), "look at the server")),
    }
    for column in joined.policy.columns.iter().filter(|column| column.phase == Phase::Encrypted) {
        let name = format!("{}.{}", column.relation, column.column);
        match health::plain_statistics(admin, &column.relation, &column.column).await {
            Ok(0) => {}
            Ok(count) => section.add(Check::warning(
                format!("{name}: pg_statistic holds {count} values that are no envelopes"),
                "`pgveil scrub`",
            )),
            Err(error) => section.add(Check::failure(error.to_string(), "look at the server")),
        }
    }
}

/// What has no finding of its own and should be known all the same.
fn is_told(kind: ReaderKind) -> bool {
    match kind {
        ReaderKind::View
        | ReaderKind::MaterializedView
        | ReaderKind::Trigger
        | ReaderKind::AssigningTrigger
        | ReaderKind::Function
        | ReaderKind::Statistics => true,
        ReaderKind::Check
        | ReaderKind::Domain
        | ReaderKind::Exclusion
        | ReaderKind::ForeignKey
        | ReaderKind::Index
        | ReaderKind::UniqueIndex
        | ReaderKind::PartialIndex
        | ReaderKind::ExpressionIndex
        | ReaderKind::Rule
        | ReaderKind::RowPolicy
        | ReaderKind::Generated
        | ReaderKind::Publication => false,
    }
}

fn graded(finding: &Finding) -> Check {
    let said = Finding { hint: None, ..finding.clone() }.to_string();
    let hint = finding.hint.clone().unwrap_or_else(|| "`pgveil catalog diff` shows it".to_owned());
    match finding.weight {
        Weight::Note => Check::note(said),
        Weight::Warning => Check::warning(said, hint),
        Weight::Closes => Check::failure(said, hint),
    }
}
