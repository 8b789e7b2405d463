//! Dates and times as people and other DateStyles write them (manual, appendix B.1).
//!
//! Reads a subset of what the server reads, each spelling with the server's meaning or not at all:
//! what may mean something else to the server is [`ValueError::Unsupported`], what it would not read
//! either is a syntax error. The server's clock is never asked (`now`, `today`).

use super::calendar::Civil;
use super::words::{Word, word};
use super::written::{GivenZone, Parts, fraction, offset, time_of_day};
use crate::values::error::ValueError;
use crate::values::scan::{digits, number, trimmed_start};
use crate::values::settings::{DateOrder, TextSettings};
use crate::values::zone::Zone;

const SPELLING: ValueError = ValueError::Unsupported("this spelling of a date or time");

/// Reads date, time and zone in any order that the server and we agree on.
pub(super) fn parts(text: &str, settings: &TextSettings, name: &'static str) -> Result<Parts, ValueError> {
    let numeric = text.bytes().any(|b| b.is_ascii_digit());
    let mut reader =
        Reader { whole: text.len(), numeric, rest: text.as_bytes(), settings, name, given: Given::default() };
    if !text.bytes().any(|b| b.is_ascii_alphanumeric()) || !text.is_ascii() {
        return Err(reader.syntax());
    }
    // One word that nobody knows makes the whole no date, whatever the others are.
    if !numeric && words(text).any(|unknown| word(unknown) == Word::Unknown && !is_zone(unknown)) {
        return Err(reader.syntax());
    }
    loop {
        reader.rest = trimmed_start(reader.rest);
        match reader.rest {
            [] => break,
            [b',', rest @ ..] => reader.rest = rest,
            [b'0'..=b'9', ..] => reader.digits_first()?,
            [b'+' | b'-', b'0'..=b'9', ..] if reader.zone_may_follow() => reader.offset()?,
            [b'a'..=b'z' | b'A'..=b'Z', ..] => reader.letters_first()?,
            _ => return Err(SPELLING),
        }
    }
    reader.finish()
}

/// The runs of letters and what a zone's name has beside them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '_');
    text.split(move |c| !part(c)).filter(|word| !word.is_empty())
}

/// May the server know it as a zone?
fn is_zone(word: &str) -> bool {
    word.contains('/') || Zone::in_text(word).is_some()
}

/// A number of a date and how many digits it was written with.
type Field = (i64, usize);

#[derive(Default)]
struct Given {
    date: Option<Civil>,
    numbers: Vec<Field>,
    month: Option<i64>,
    before_christ: bool,
    time: Option<i64>,
    zone: Option<GivenZone>,
}

struct Reader<'a> {
    /// Length of the text.
    whole: usize,
    /// Whether there are digits in it.
    numeric: bool,
    rest: &'a [u8],
    settings: &'a TextSettings,
    name: &'static str,
    given: Given,
}

impl<'a> Reader<'a> {
    fn syntax(&self) -> ValueError {
        ValueError::DateTimeSyntax(self.name)
    }

    /// A sign before that is part of a date, or of nothing that we read.
    fn zone_may_follow(&self) -> bool {
        let dated = self.given.date.is_some() || self.given.numbers.len() == 3;
        self.given.time.is_some() || dated
    }

    fn at_start(&self) -> bool {
        self.rest.len() == self.whole
    }

    fn digits_first(&mut self) -> Result<(), ValueError> {
        let (first, rest) = digits(self.rest);
        match rest {
            [b':', ..] => self.time(),
            [b'-' | b'/' | b'.', ..] => self.date_token(),
            _ => {
                self.rest = rest;
                self.bare_number(first)
            }
        }
    }

    /// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.ffffff`.
    fn time(&mut self) -> Result<(), ValueError> {
        if self.given.time.is_some() {
            return Err(self.syntax());
        }
        let hour = self.number()?;
        self.rest = self.rest.strip_prefix(b":").unwrap_or(self.rest);
        let minute = self.number()?;
        let (mut second, mut micros) = (0, 0);
        match self.rest {
            [b'.', ..] => return Err(SPELLING),
            [b':', rest @ ..] => {
                self.rest = rest;
                second = self.number()?;
                if let [b'.', rest @ ..] = self.rest {
                    let (places, rest) = digits(rest);
                    micros = fraction(places).ok_or(self.syntax())?;
                    self.rest = rest;
                }
            }
            _ => {}
        }
        if let [b':' | b'.', ..] = self.rest {
            return Err(self.syntax());
        }
        self.given.time = Some(time_of_day(hour, minute, second, micros)?);
        Ok(())
    }

    fn number(&mut self) -> Result<i64, ValueError> {
        let (number_digits, rest) = digits(self.rest);
        self.rest = rest;
        match number(number_digits) {
            Some(value) if value <= i64::from(i32::MAX) => Ok(value),
            Some(_) => Err(ValueError::DateTimeOverflow),
            // The server makes something of `10:` and of `10::20`.
            None if number_digits.is_empty() => Err(SPELLING),
            None => Err(ValueError::DateTimeOverflow),
        }
    }

    /// Three parts with the same separator, of which one may be the name of a month.
    fn date_token(&mut self) -> Result<(), ValueError> {
        let end = |b: &u8| !b.is_ascii_alphanumeric() && !b"-/.".contains(b);
        let length = self.rest.iter().position(end).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at_checked(length).ok_or(SPELLING)?;
        let separator = token.iter().find(|b| !b.is_ascii_alphanumeric()).copied().ok_or(SPELLING)?;
        let mut pieces = token.splitn(3, |b| *b == separator);
        let (Some(a), Some(b), last) = (pieces.next(), pieces.next(), pieces.next()) else {
            return Err(SPELLING);
        };
        let Some(last) = last else {
            let plain = |p: &&[u8]| matches!(p.len(), 1 | 2 | 4) && number(p).is_some();
            let incomplete = separator == b'-' && [a, b].iter().all(plain);
            // A time of day may be `hhmm-zone`.
            let may_be_time = matches!(self.name, "time" | "time with time zone");
            let alone = incomplete && self.at_start() && rest.is_empty() && !may_be_time;
            return Err(if alone { self.syntax() } else { SPELLING });
        };
        let (last, time) = last_piece(last, rest)?;
        let numbers_only = [a, b].iter().all(|p| p.first().is_some_and(u8::is_ascii_digit));
        if time > rest.len() && !numbers_only {
            return Err(SPELLING);
        }
        if self.given.date.is_some() || !self.given.numbers.is_empty() || self.given.month.is_some() {
            return Err(SPELLING);
        }
        for piece in [a, b, last] {
            self.date_piece(piece)?;
        }
        let taken = self.rest.len() - time;
        self.rest = self.rest.get(taken..).ok_or(SPELLING)?;
        Ok(())
    }

    fn date_piece(&mut self, piece: &[u8]) -> Result<(), ValueError> {
        if let Some(value) = number(piece) {
            self.given.numbers.push((value, piece.len()));
            return Ok(());
        }
        match std::str::from_utf8(piece).map(word) {
            Ok(Word::Month(month)) if self.given.month.is_none() => self.given.month = Some(month),
            _ => return Err(SPELLING),
        }
        Ok(())
    }

    /// Digits alone: a date without separators, or a part of a date with a named month.
    fn bare_number(&mut self, figures: &[u8]) -> Result<(), ValueError> {
        let value = number(figures).ok_or(ValueError::DateTimeOverflow)?;
        let free = self.given.date.is_none() && self.given.numbers.is_empty() && self.given.month.is_none();
        match figures.len() {
            8 if free && self.given.time.is_none() => {
                let day = Civil { year: value / 10_000, month: value / 100 % 100, day: value % 100 };
                self.given.date = Some(day);
                Ok(())
            }
            1..=4 if self.given.date.is_none() && self.given.numbers.len() < 2 => {
                self.given.numbers.push((value, figures.len()));
                Ok(())
            }
            // As the style of PostgreSQL shows years after 9999: everything else is there, so it can be nothing else.
            5 | 6
                if self.given.date.is_none()
                    && self.given.numbers.len() == 1
                    && self.given.month.is_some()
                    && self.given.time.is_some() =>
            {
                self.given.numbers.push((value, figures.len()));
                Ok(())
            }
            _ => Err(SPELLING),
        }
    }

    /// `+hh`, `+hhmm`, `+hh:mm`, `+hh:mm:ss`.
    fn offset(&mut self) -> Result<(), ValueError> {
        let negative = self.rest.first() == Some(&b'-');
        let (first, mut rest) = digits(self.rest.get(1..).unwrap_or_default());
        let first_value = number(first).ok_or(ValueError::ZoneOverflow)?;
        let (mut parts, mut count) = ([first_value, 0, 0], 1);
        while let [b':', after @ ..] = rest {
            let (piece, after) = digits(after);
            let place = parts.get_mut(count).ok_or(SPELLING)?;
            *place = number(piece).ok_or(SPELLING)?;
            (rest, count) = (after, count + 1);
        }
        if count == 1 && first.len() > 2 {
            parts = [first_value / 100, first_value % 100, 0];
        }
        let ended = rest.first().is_none_or(|b| *b == b',' || crate::values::scan::is_space(*b));
        if !ended || self.given.zone.is_some() {
            return Err(SPELLING);
        }
        self.rest = rest;
        let [hours, minutes, seconds] = parts;
        self.given.zone = Some(GivenZone::East(offset(negative, hours, minutes, seconds)?));
        Ok(())
    }

    fn letters_first(&mut self) -> Result<(), ValueError> {
        let end = self.rest.iter().position(|b| !b.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (letters, rest) = self.rest.split_at_checked(end).ok_or(SPELLING)?;
        let text = std::str::from_utf8(letters).map_err(|_| self.syntax())?;
        match (word(text), rest) {
            (Word::Month(_), [b'-' | b'/' | b'.', ..]) if self.at_start() => return self.date_token(),
            (_, [b'/' | b'_', ..]) => return self.zone_name(),
            (_, [] | [b' ' | b',' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, ..]) => self.rest = rest,
            // A digit or a sign after a word may be part of a zone, a point nothing at all.
            (_, _) => return Err(SPELLING),
        }
        self.one_word(word(text), text)
    }

    fn one_word(&mut self, meaning: Word, text: &str) -> Result<(), ValueError> {
        match meaning {
            Word::Month(month) if self.given.month.is_none() => self.month(month)?,
            Word::Month(_) => return Err(self.syntax()),
            Word::Weekday | Word::Ad => {}
            Word::Bc => self.given.before_christ = true,
            Word::Am | Word::Pm => self.half_of_day(meaning == Word::Pm)?,
            Word::Zone(east) => {
                let certain = self.given.zone.is_none() && !self.settings.time_zone.contradicts(text, east);
                if !certain {
                    return Err(SPELLING);
                }
                self.given.zone = Some(GivenZone::East(east));
            }
            Word::ServerOnly => return Err(SPELLING),
            // It may be an abbreviation of the server's own set; single letters are its units.
            Word::Unknown if self.numeric && text.len() <= 6 => return Err(SPELLING),
            Word::Unknown => return Err(self.syntax()),
        }
        Ok(())
    }

    /// Before the name of a month, only what can be told from a day by its length is certain.
    fn month(&mut self, month: i64) -> Result<(), ValueError> {
        if self.given.date.is_some() || self.given.numbers.len() > 1 {
            return Err(SPELLING);
        }
        self.given.month = Some(month);
        Ok(())
    }

    fn half_of_day(&mut self, afternoon: bool) -> Result<(), ValueError> {
        const HOUR: i64 = 3_600_000_000;
        let time = self.given.time.ok_or(SPELLING)?;
        let time = match (time / HOUR, afternoon) {
            (13.., _) => return Err(ValueError::DateTimeOverflow),
            (12, false) => time - 12 * HOUR,
            (12, true) | (_, false) => time,
            (_, true) => time + 12 * HOUR,
        };
        self.given.time = Some(time);
        Ok(())
    }

    /// An IANA name with a slash.
    fn zone_name(&mut self) -> Result<(), ValueError> {
        let part = |b: &u8| b.is_ascii_alphanumeric() || b"/_+-".contains(b);
        let end = self.rest.iter().position(|b| !part(b)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end).ok_or(SPELLING)?;
        let name = std::str::from_utf8(name).map_err(|_| self.syntax())?;
        let ended = rest.first().is_none_or(|b| *b == b',' || crate::values::scan::is_space(*b));
        if self.given.zone.is_some() || !ended {
            return Err(SPELLING);
        }
        // Digits or a sign may be POSIX's; without a date the server does not look the zone up.
        let posix = name.bytes().any(|b| b.is_ascii_digit() || b"+-".contains(&b));
        let dated = self.given.date.is_some() || !self.given.numbers.is_empty();
        let unknown = if dated && !posix { ValueError::UnknownZone } else { SPELLING };
        self.given.zone = Some(GivenZone::Named(Box::new(Zone::in_text(name).ok_or(unknown)?)));
        self.rest = rest;
        Ok(())
    }

    fn finish(self) -> Result<Parts, ValueError> {
        let Given { date, numbers, month, before_christ, time, zone } = self.given;
        let name = self.name;
        let (day, two_digits) = match (date, numbers.as_slice(), month) {
            (Some(day), [], None) => (Some(day), false),
            (None, [], None) => (None, false),
            (None, [a, b, c], None) => in_order([*a, *b, *c], self.settings.date_order)?,
            (None, [a, b], Some(month)) => with_month(*a, *b, month, self.settings.date_order),
            (None, [] | [_], Some(_)) => return Err(ValueError::DateTimeSyntax(name)),
            (_, _, _) => return Err(SPELLING),
        };
        let date = match day {
            Some(day) => Some(with_year(day, two_digits, before_christ)?.checked()?),
            None if before_christ => return Err(SPELLING),
            None => None,
        };
        Ok(Parts { date, time, zone })
    }
}

/// Cuts `T04:05` off the last piece of a date: the piece, and how many bytes remain to be read.
fn last_piece<'a>(piece: &'a [u8], after: &[u8]) -> Result<(&'a [u8], usize), ValueError> {
    if piece.iter().any(|b| !b.is_ascii_alphanumeric()) {
        return Err(SPELLING);
    }
    let (figures, rest) = digits(piece);
    match rest {
        [] => Ok((piece, after.len())),
        [b'T' | b't', time @ ..] if !figures.is_empty() && time.first().is_some_and(u8::is_ascii_digit) => {
            Ok((figures, time.len() + after.len()))
        }
        _ if figures.is_empty() => Ok((piece, after.len())),
        _ => Err(SPELLING),
    }
}

/// Three numbers: a first of three or more digits is the year, otherwise DateStyle decides. Gives also
/// whether the year was written with one or two digits.
fn in_order(fields: [Field; 3], order: DateOrder) -> Result<(Option<Civil>, bool), ValueError> {
    let [a, b, c] = fields;
    let (year, month, day) = match order {
        _ if a.1 >= 3 => (a, b, c),
        DateOrder::Ymd => (a, b, c),
        DateOrder::Dmy => (c, b, a),
        DateOrder::Mdy => (c, a, b),
    };
    if month.1 > 2 || day.1 > 2 {
        // Three digits may be a day of the year to the server.
        return Err(SPELLING);
    }
    Ok((Some(Civil { year: year.0, month: month.0, day: day.0 }), year.1 <= 2))
}

/// A named month and two numbers: `DecodeNumber`'s rules.
fn with_month(first: Field, second: Field, month: i64, order: DateOrder) -> (Option<Civil>, bool) {
    let first_is_year = first.1 >= 3 || (order == DateOrder::Ymd && second.1 < 3);
    let (year, day) = if first_is_year { (first, second) } else { (second, first) };
    (Some(Civil { year: year.0, month, day: day.0 }), year.1 <= 2)
}

/// `ValidateDate`: BC counts from 1, two digits are 1970 to 2069, and there is no year 0.
fn with_year(day: Civil, two_digits: bool, before_christ: bool) -> Result<Civil, ValueError> {
    let year = match day.year {
        0 if before_christ || !two_digits => return Err(ValueError::DateTimeOverflow),
        year if before_christ => 1 - year,
        year @ 0..70 if two_digits => year + 2000,
        year @ 70..100 if two_digits => year + 1900,
        year => year,
    };
    Ok(Civil { year, ..day })
}
