//! Casts, against the real server.

use pgveil::types::LogicalType;
use pgveil::values::{Casting, Converter, Format, TextSettings, ValueError};

use super::dice::Dice;
use super::probe::{Outcome, Probe};
use super::{SEED, Tally, report, spellings, types};

/// Every cast that pgveil evaluates, with operands as random literals.
#[test]
fn casts_agree_with_the_server() {
    let (mut probe, mut dice, mut tally) = (Probe::start(), Dice(SEED + 6), Tally::default());
    probe.set("TimeZone", "America/New_York");
    let all = types(&[
        "text",
        "varchar(3)",
        "varchar",
        "char(5)",
        "int2",
        "int4",
        "int8",
        "bool",
        "numeric",
        "numeric(10,2)",
        "numeric(6,-1)",
        "float4",
        "float8",
        "date",
        "timestamp",
        "timestamp(1)",
        "timestamptz",
        "timestamptz(0)",
        "time",
        "time(2)",
        "timetz",
        "interval",
        "uuid",
        "bytea",
        "json",
        "jsonb",
        "inet",
        "cidr",
    ]);
    let (mut faults, mut evaluated) = (Vec::new(), 0);
    for (from, to) in all.iter().flat_map(|from| all.iter().map(move |to| (from, to))) {
        let Ok(casting) = Casting::between(from, to) else { continue };
        evaluated += 1;
        let of = if is_characters(from) { to } else { from };
        let texts: Vec<String> = (0..60).map(|_| spellings::text(&mut dice, of)).collect();
        let outcomes = probe.cast_outcomes(to, &format!("::{from}::{to}"), &texts);
        for (text, outcome) in texts.iter().zip(outcomes) {
            let ours = evaluate(&casting, from, to, text, &probe.settings);
            if let Some(fault) = cast_fault(ours, outcome, &mut tally) {
                faults.push(format!("{text:?}::{from}::{to}: {fault}"));
            }
        }
    }
    println!("{evaluated} casts");
    report("casts", &tally, &faults);
}

fn is_characters(logical: &LogicalType) -> bool {
    matches!(logical, LogicalType::Text | LogicalType::Varchar(_) | LogicalType::Bpchar(_))
}

/// The result of a cast of a literal, in binary format. The literal becomes its first type by an
/// explicit cast too.
fn evaluate(
    casting: &Casting,
    from: &LogicalType,
    to: &LogicalType,
    text: &str,
    settings: &TextSettings,
) -> Result<Vec<u8>, ValueError> {
    let literal = Casting::between(&LogicalType::Text, from).expect("text becomes everything");
    let (mut operand, mut result, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    literal.apply(text.as_bytes(), settings, &mut operand)?;
    casting.apply(&operand, settings, &mut result)?;
    Converter::for_type(to, false).expect("a type").shown(&result, Format::Binary, settings, &mut shown)?;
    Ok(shown)
}

fn cast_fault(ours: Result<Vec<u8>, ValueError>, outcome: Outcome, tally: &mut Tally) -> Option<String> {
    match (ours, outcome) {
        (Ok(ours), Outcome::Value { binary, .. }) if ours == binary => tally.agreed += 1,
        (Ok(ours), Outcome::Value { binary, .. }) => {
            return Some(format!("{} and not {}", hex::encode(ours), hex::encode(binary)));
        }
        (Ok(_), Outcome::Error(state)) => return Some(format!("done, and the server says {state}")),
        (Err(ValueError::Unsupported(_)), _) => tally.unsupported += 1,
        (Err(error), Outcome::Error(state)) if error.sqlstate() == state => tally.refused += 1,
        (Err(error), outcome) => return Some(format!("{error}, and the server gives {outcome:?}")),
    }
    None
}
