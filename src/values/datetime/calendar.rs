//! The proleptic Gregorian calendar in days from 2000-01-01, and the server's limits of it.

use crate::values::error::ValueError;

/// Microseconds in a day.
pub(in crate::values) const DAY: i64 = 86_400_000_000;
/// Microseconds in a second.
pub(in crate::values) const SECOND: i64 = 1_000_000;
/// 4714-11-24 BC, Julian day 0 (manual, table 8.9).
pub(super) const FIRST_DAY: i64 = -2_451_545;
/// The day after 5874897-12-31 (`DATE_END_JULIAN`).
pub(super) const END_DAY: i64 = 2_145_031_949;
/// `MIN_TIMESTAMP`: 4714-11-24 BC.
pub(super) const FIRST_STAMP: i64 = FIRST_DAY * DAY;
/// `END_TIMESTAMP`: 294277-01-01.
pub(super) const END_STAMP: i64 = 9_223_371_331_200_000_000;

/// More than any type has (5,874,897).
const YEARS: u64 = 10_000_000;

/// A day: astronomical year (0 is 1 BC), month 1 to 12, day 1 to 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
}

impl Civil {
    /// Days from 2000-01-01. Counts years from March, so that the leap day comes last.
    #[inline]
    pub fn days(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 730_425
    }

    /// The day so many days from 2000-01-01.
    pub fn from_days(days: i64) -> Civil {
        let shifted = days + 730_425;
        let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Civil { year: era * 400 + year_of_era + i64::from(month <= 2), month, day }
    }

    /// Checks month and day, and that the year can be counted in days, as which it is checked further.
    #[inline]
    pub fn checked(self) -> Result<Civil, ValueError> {
        if self.year.unsigned_abs() > YEARS {
            return Err(ValueError::DateTimeOverflow);
        }
        let length = match self.month {
            2 if self.is_leap() => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Err(ValueError::DateTimeOverflow),
        };
        if (1..=length).contains(&self.day) { Ok(self) } else { Err(ValueError::DateTimeOverflow) }
    }

    fn is_leap(self) -> bool {
        self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0)
    }
}
