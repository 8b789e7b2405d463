//! The words of dates: months, days of the week, zone abbreviations.
//!
//! Only abbreviations that mean the same offset in every set of names that the server ships as its
//! default are here (manual, B.4).

/// Abbreviated names, in order.
pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const FULL_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Abbreviated names, from Sunday.
pub(super) const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const OTHER_WEEKDAYS: [&str; 11] = [
    "Sunday",
    "Monday",
    "Tues",
    "Tuesday",
    "Weds",
    "Wednesday",
    "Thur",
    "Thurs",
    "Thursday",
    "Friday",
    "Saturday",
];

/// Words whose meaning is the server's clock, or that only the server's full reader handles.
const SERVER_ONLY: [&str; 19] = [
    "infinity",
    "epoch",
    "t",
    "now",
    "today",
    "tomorrow",
    "yesterday",
    "allballs",
    "current",
    "invalid",
    "at",
    "on",
    "dst",
    "jd",
    "j",
    "julian",
    "isodow",
    "doy",
    "dow",
];

/// Hours and minutes east of UTC.
const ABBREVIATIONS: [(&str, i32); 42] = [
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("zulu", 0),
    ("uct", 0),
    ("ut", 0),
    ("wet", 0),
    ("est", -500),
    ("edt", -400),
    ("cst", -600),
    ("cdt", -500),
    ("mst", -700),
    ("mdt", -600),
    ("pst", -800),
    ("pdt", -700),
    ("akst", -900),
    ("akdt", -800),
    ("hst", -1000),
    ("ast", -400),
    ("adt", -300),
    ("nst", -330),
    ("ndt", -230),
    ("cet", 100),
    ("cest", 200),
    ("cetdst", 200),
    ("met", 100),
    ("mest", 200),
    ("eet", 200),
    ("eest", 300),
    ("bst", 100),
    ("jst", 900),
    ("kst", 900),
    ("hkt", 800),
    ("aest", 1000),
    ("awst", 800),
    ("acst", 930),
    ("aedt", 1100),
    ("acdt", 1030),
    ("nzst", 1200),
    ("nzdt", 1300),
    ("sast", 200),
    ("msd", 400),
];

/// What a word in a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// 1 to 12.
    Month(i64),
    /// Ignored, as the server does.
    Weekday,
    /// Before Christ.
    Bc,
    /// Anno Domini: nothing.
    Ad,
    /// Before noon.
    Am,
    /// After noon.
    Pm,
    /// Seconds east of UTC.
    Zone(i32),
    /// The server knows it, and we do not say what it means.
    ServerOnly,
    /// None of these.
    Unknown,
}

/// Reads one word, in any case.
pub(super) fn word(text: &str) -> Word {
    let is = |name: &&str| name.eq_ignore_ascii_case(text);
    let position = |names: &[&str]| names.iter().position(|n| is(&n));
    if let Some(at) = position(&MONTHS).or_else(|| position(&FULL_MONTHS)) {
        return Word::Month(at as i64 + 1);
    }
    if is(&"sept") {
        return Word::Month(9);
    }
    if position(&WEEKDAYS).or_else(|| position(&OTHER_WEEKDAYS)).is_some() {
        return Word::Weekday;
    }
    if position(&SERVER_ONLY).is_some() {
        return Word::ServerOnly;
    }
    match text.to_ascii_lowercase().as_str() {
        "bc" => Word::Bc,
        "ad" => Word::Ad,
        "am" => Word::Am,
        "pm" => Word::Pm,
        lower => match ABBREVIATIONS.iter().find(|(name, _)| *name == lower) {
            Some((_, hhmm)) => Word::Zone((hhmm / 100 * 60 + hhmm % 100) * 60),
            None => Word::Unknown,
        },
    }
}
