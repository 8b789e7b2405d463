//! Cases written by hand: `tests/cases/twin/*.sql`.
//!
//! A paragraph has a title, `-- …`, and statements, one a line; a line that begins with a blank
//! continues the one before; `| …` is data for COPY FROM STDIN. `-- refused` says that pgveil refuses
//! each in every form, `-- forms: …` names the only forms to try, `-- together` makes one case of the
//! paragraph, in one transaction; otherwise each statement is a case.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::answer::Outcome;
use super::form::{ALL, Form};
use super::place::Twins;
use super::run::{Case, run};
use super::statement::Statement;

/// A case as written.
#[derive(Clone)]
pub struct Written {
    title: String,
    case: Case,
    refused: bool,
    forms: Vec<Form>,
}

/// All cases of all files.
fn all() -> Vec<Written> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/twin");
    let mut files: Vec<_> = fs::read_dir(directory)
        .expect("tests/cases/twin")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a case file");
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let paragraphs = text.split("\n\n").map(str::trim_end).filter(|p| !p.trim().is_empty());
        cases.extend(paragraphs.flat_map(|paragraph| read(&name, paragraph)));
    }
    cases
}

fn read(file: &str, paragraph: &str) -> Vec<Written> {
    let mut written =
        Written { title: file.into(), case: Case::default(), refused: false, forms: ALL.to_vec() };
    let mut statements: Vec<String> = Vec::new();
    let mut together = false;
    for line in paragraph.lines() {
        if line == "-- refused" {
            written.refused = true;
        } else if line == "-- together" {
            together = true;
        } else if let Some(forms) = line.strip_prefix("-- forms: ") {
            let named = |name: &str| ALL.iter().copied().find(|form| format!("{form:?}") == name);
            written.forms = forms.split(' ').map(|name| named(name).expect(name)).collect();
        } else if let Some(title) = line.strip_prefix("-- ") {
            written.title = format!("{file}: {title}");
        } else if let Some(data) = line.strip_prefix("| ") {
            written.case.data.push(data.into());
        } else if let (Some(more), Some(last)) = (line.strip_prefix(' '), statements.last_mut()) {
            last.push('\n');
            last.push_str(more);
        } else {
            statements.push(line.into());
        }
    }
    let statements: Vec<Statement> = statements.iter().map(|text| Statement::read(text)).collect();
    let cases = if together { vec![statements] } else { statements.into_iter().map(|s| vec![s]).collect() };
    let with = |statements| Written { case: Case { statements, ..written.case.clone() }, ..written.clone() };
    cases.into_iter().map(with).collect()
}

/// Every fourth of the cases asked for, from this one on: quarters of about the same length, whatever
/// the files hold.
pub fn quarter(first: usize) -> Vec<Written> {
    let only = std::env::var("TWIN_ONLY").unwrap_or_default();
    all().into_iter().filter(|written| written.title.contains(&only)).skip(first).step_by(4).collect()
}

/// The statements that are a case by themselves, and may be sent in every form.
pub fn single() -> Vec<Statement> {
    let usual = |written: &Written| {
        !written.refused
            && written.forms == ALL
            && written.case.data.is_empty()
            && written.case.statements.len() == 1
    };
    all().into_iter().filter(usual).flat_map(|written| written.case.statements).collect()
}

/// Runs these; what went wrong, and how many statements there were, by form.
pub fn faults(
    twins: &mut Twins,
    cases: &[Written],
    looks: &[String],
) -> (Vec<String>, BTreeMap<Form, usize>) {
    let (mut faults, mut counts) = (Vec::new(), BTreeMap::new());
    for written in cases {
        let mut seen: BTreeMap<String, (Vec<Form>, String)> = BTreeMap::new();
        for &form in &written.forms {
            let Some(last) = written.case.statements.last() else { continue };
            if !form.fits(last) {
                continue;
            }
            *counts.entry(form).or_insert(0) += written.case.statements.len();
            let (outcome, at) = run(twins, &written.case, form, looks);
            let (kind, fault) = match (outcome, written.refused) {
                (Outcome::Same, false) | (Outcome::Refused { .. }, true) => continue,
                (Outcome::Same, true) => ("works".to_owned(), "was to be refused".to_owned()),
                (Outcome::Refused { why, direct }, false) => {
                    (why.clone(), format!("refused: {why} (direct: {direct})"))
                }
                (Outcome::Differs { direct, through }, _) => {
                    let kind = through.split(' ').take(2).collect();
                    (kind, format!("differs\n  direct:  {direct}\n  through: {through}"))
                }
            };
            let fault = format!("{fault}\n  {at}");
            seen.entry(kind).or_insert((Vec::new(), fault)).0.push(form);
        }
        let said = seen.into_values().map(|(forms, fault)| format!("{} {forms:?} {fault}", written.title));
        faults.extend(said);
    }
    (faults, counts)
}
