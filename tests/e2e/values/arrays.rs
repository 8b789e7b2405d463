//! Arrays around values, against the real server.

use pgveil::types::{LogicalType, oid};
use pgveil::values::{ArrayBuilder, Format, ValueError};

use super::dice::Dice;
use super::probe::{Outcome, Probe, array_elements};
use super::{SEED, Tally, report, spellings};

/// Arrays are cut into the elements that the server sees, and built as the server builds them.
#[test]
fn arrays_agree_with_the_server() {
    let (mut probe, mut dice, mut tally) = (Probe::start(), Dice(SEED + 7), Tally::default());
    let logical = LogicalType::TextArray;
    let texts: Vec<String> = (0..6000)
        .map(|n| {
            let whole = spellings::text(&mut dice, &logical);
            if n % 3 == 0 { dice.damaged(&whole) } else { whole }
        })
        .collect();
    let outcomes = probe.outcomes(&logical, &texts);
    let mut faults = Vec::new();
    for (text, outcome) in texts.iter().zip(outcomes) {
        match (array_elements(Format::Text, text.as_bytes()), outcome) {
            (Ok(ours), Outcome::Value { text: shown, binary }) => {
                tally.agreed += 1;
                let servers = array_elements(Format::Binary, &binary).expect("the server's own array");
                let again = array_elements(Format::Text, &shown).expect("the server's own array");
                let same = ours == servers && again == servers;
                let built = built(Format::Text, &ours) == shown && built(Format::Binary, &ours) == binary;
                if !same || !built {
                    faults.push(format!("{text:?}: {same} {built}"));
                }
            }
            (Err(ValueError::Unsupported(_)), _) => tally.unsupported += 1,
            (Err(error), Outcome::Error(state)) if error.sqlstate() == state => tally.refused += 1,
            (ours, outcome) => faults.push(format!("{text:?}: {ours:?} and not {outcome:?}")),
        }
    }
    report("arrays", &tally, &faults);
}

fn built(format: Format, elements: &[Option<Vec<u8>>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut builder = ArrayBuilder::new(format, oid::TEXT, &mut out);
    elements.iter().for_each(|e| builder.push(e.as_deref()));
    builder.finish();
    out
}
