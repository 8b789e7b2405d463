//! Spans of time as an operator writes them: `"60s"`, `"5min"`, `"0"`.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("ms", 1), ("min", 60_000), ("s", 1_000), ("h", 3_600_000)];

/// A whole number and one of `ms`, `s`, `min`, `h`; `0` needs no unit.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no duration; write for example \"30s\", \"5min\" or \"0\"");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let (unit, milliseconds) = UNITS.into_iter().find(|(unit, _)| text.ends_with(unit)).ok_or_else(wrong)?;
    let number = text.strip_suffix(unit).unwrap_or(text).trim_end();
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(milliseconds).map(Duration::from_millis).ok_or_else(wrong)
}
