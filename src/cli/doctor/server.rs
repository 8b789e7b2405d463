//! The server: who it is, whether its clock and time zones are ours, and settings that matter.

use std::time::{SystemTime, UNIX_EPOCH};

use super::tree::{Check, Section};
use crate::jobs::admin::Admin;
use crate::jobs::health::{self, Setting};
use crate::values::Zone;

/// Clocks further apart than this confuse whoever compares logs.
const APART: f64 = 5.0;
/// Instants at which time zones are compared, in seconds from 1970: the winters and summers of a past,
/// a present and a coming year.
const INSTANTS: [i64; 6] =
    [1_420_070_400, 1_435_708_800, 1_767_225_600, 1_782_864_000, 1_893_456_000, 1_909_094_400];

/// Adds what is seen.
pub async fn look(admin: &Admin, section: &mut Section) {
    match health::server(admin).await {
        Ok(server) => {
            section.add(match server.version / 10_000 {
                13..=18 => Check::success(format!("PostgreSQL {}", server.version / 10_000)),
                other => Check::warning(format!("PostgreSQL {other}"), "13 to 18 are tested"),
            });
            section.add(match server.encoding.as_str() {
                "UTF8" => Check::success("encoding UTF8"),
                other => Check::failure(format!("encoding {other}"), "protected tables need a UTF8 database"),
            });
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
            let apart = (now - server.clock).abs();
            section.add(if apart < APART {
                Check::success(format!("its clock is {apart:.1} s from ours"))
            } else {
                Check::warning(format!("its clock is {apart:.0} s from ours"), "run NTP on both")
            });
            section.add(if server.is_superuser {
                Check::warning("[admin] is a superuser", "the owner of the tagged tables is enough")
            } else {
                Check::success("[admin] is no superuser")
            });
            if server.replicas > 0 {
                section.add(Check::note(format!(
                    "{} replicas: they hold what the server holds",
                    server.replicas
                )));
            }
        }
        Err(error) => section.add(Check::failure(error.to_string(), "look at the server")),
    }
    zones(admin, section).await;
    match health::settings(admin).await {
        Ok(settings) => settings.iter().for_each(|setting| section.add(judge(setting))),
        Err(error) => section.add(Check::failure(error.to_string(), "look at the server")),
    }
}

/// A timestamptz in text is read with our own data: it must be the server's.
async fn zones(admin: &Admin, section: &mut Section) {
    let offsets = match health::offsets(admin, &INSTANTS).await {
        Ok(offsets) => offsets,
        Err(error) => {
            section.add(Check::failure(error.to_string(), "look at the server"));
            return;
        }
    };
    let differs =
        |offset: &&health::Offset| Zone::session(&offset.zone).east_at(offset.at) != Some(offset.east);
    let mut names: Vec<&str> = offsets.iter().filter(differs).map(|o| o.zone.as_str()).collect();
    names.dedup();
    section.add(match names.as_slice() {
        [] => Check::success(format!("time zones agree at {} points", offsets.len())),
        names => Check::warning(
            format!(
                "{} time zones differ from ours: {} …",
                names.len(),
                names[..names.len().min(5)].join(", ")
            ),
            "update pgveil or the server's time zone data, or send timestamps with an offset",
        ),
    });
}

fn judge(setting: &Setting) -> Check {
    let Setting { name, value, scope } = setting;
    let said = format!("{name} = {value}{scope}");
    match (name.as_str(), value.as_str()) {
        ("standard_conforming_strings", "off") => {
            Check::failure(said, "statements on protected tables are refused: set it on")
        }
        ("client_encoding", other) if !other.eq_ignore_ascii_case("UTF8") => {
            Check::failure(said, "statements on protected tables are refused: set it to UTF8")
        }
        ("password_encryption", "md5") => Check::warning(said, "set it to scram-sha-256"),
        (
            "log_statement"
            | "log_min_duration_statement"
            | "log_min_error_statement"
            | "log_parameter_max_length",
            _,
        ) => Check::note(format!("{said}: harmless, the server never sees a protected value")),
        _ => Check::note(said),
    }
}
