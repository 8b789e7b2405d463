//! The settings that decide how text is read, followed from what the client sent.
//!
//! The server's reports (ParameterStatus) are its word at the start only: what postgresql.conf, the
//! role and the database set. Afterwards they are a cross-check: what a report says and the client's
//! own statements do not explain, closes protected statements until it is explained again.

use crate::catalog::path::{SearchPath, Source};
use crate::protect::TextSettings;
use crate::sql::settings::{is_on, is_utf8};

/// Told as a parameter is: the role of the session, as the server has it.
pub const CURRENT_USER: &str = "current_user";

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Values {
    /// DateStyle, TimeZone, IntervalStyle, bytea_output, extra_float_digits.
    pub text: TextSettings,
    /// TimeZone as it was said.
    time_zone: String,
    /// search_path.
    pub search_path: SearchPath,
    /// standard_conforming_strings.
    pub standard_strings: bool,
    /// array_nulls.
    array_nulls: bool,
    /// timezone_abbreviations are the server's default ones, which are those that pgveil knows.
    usual_abbreviations: bool,
    /// client_encoding is UTF8.
    pub client_utf8: bool,
    /// server_encoding is UTF8.
    pub server_utf8: bool,
}

impl Default for Values {
    /// The server's built-in defaults.
    fn default() -> Self {
        Values {
            text: TextSettings::default(),
            time_zone: "GMT".into(),
            search_path: SearchPath::default(),
            standard_strings: true,
            array_nulls: true,
            usual_abbreviations: true,
            client_utf8: true,
            server_utf8: true,
        }
    }
}

/// Parameters that the server reports and that are compared with what is followed.
const REPORTED: [&str; 5] =
    ["client_encoding", "standard_conforming_strings", "datestyle", "timezone", "intervalstyle"];

impl Values {
    /// Is it one of those that are followed? `name` in lower case.
    pub fn follows(name: &str) -> bool {
        REPORTED.contains(&name)
            || matches!(
                name,
                "search_path"
                    | "server_encoding"
                    | "bytea_output"
                    | "extra_float_digits"
                    | "array_nulls"
                    | "timezone_abbreviations"
            )
    }

    /// A parameter by which the server reads constants otherwise than pgveil does.
    fn unread(&self) -> Option<&'static str> {
        match (self.array_nulls, self.usual_abbreviations) {
            (false, _) => Some("array_nulls"),
            (true, false) => Some("timezone_abbreviations"),
            (true, true) => None,
        }
    }

    /// Takes one parameter. What is no value of it is taken as the least favourable.
    fn set(&mut self, name: &str, value: &str) {
        match name {
            "search_path" => self.search_path = SearchPath::said(value),
            "standard_conforming_strings" => self.standard_strings = is_on(value),
            "array_nulls" => self.array_nulls = is_on(value),
            "timezone_abbreviations" => self.usual_abbreviations = value.eq_ignore_ascii_case("default"),
            "client_encoding" => self.client_utf8 = is_utf8(value),
            "server_encoding" => self.server_utf8 = is_utf8(value),
            "timezone" => {
                self.time_zone = value.to_owned();
                self.text.set(name, value);
            }
            _ => {
                self.text.set(name, value);
            }
        }
    }

    /// Takes one parameter from another state: RESET, SET … TO DEFAULT.
    fn take(&mut self, name: &str, from: &Values) {
        match name {
            "search_path" => self.search_path.clone_from(&from.search_path),
            "standard_conforming_strings" => self.standard_strings = from.standard_strings,
            "array_nulls" => self.array_nulls = from.array_nulls,
            "timezone_abbreviations" => self.usual_abbreviations = from.usual_abbreviations,
            "client_encoding" => self.client_utf8 = from.client_utf8,
            "server_encoding" => self.server_utf8 = from.server_utf8,
            "timezone" => {
                self.time_zone.clone_from(&from.time_zone);
                self.text.time_zone = from.text.time_zone.clone();
            }
            "datestyle" => {
                self.text.date_style = from.text.date_style;
                self.text.date_order = from.text.date_order;
            }
            "intervalstyle" => self.text.interval_style = from.text.interval_style,
            "bytea_output" => self.text.bytea_output = from.text.bytea_output,
            "extra_float_digits" => self.text.extra_float_digits = from.text.extra_float_digits,
            _ => {}
        }
    }

    /// Do both say the same of this parameter?
    fn agrees(&self, name: &str, other: &Values) -> bool {
        match name {
            "standard_conforming_strings" => self.standard_strings == other.standard_strings,
            "client_encoding" => self.client_utf8 == other.client_utf8,
            "server_encoding" => self.server_utf8 == other.server_utf8,
            "datestyle" => {
                self.text.date_style == other.text.date_style && self.text.date_order == other.text.date_order
            }
            "intervalstyle" => self.text.interval_style == other.text.interval_style,
            // An offset (`SET TIME ZONE 3`) is reported as `<+03>-03`; such a zone is not read by us,
            // and values that need it are refused.
            "timezone" => {
                self.time_zone.eq_ignore_ascii_case(&other.time_zone)
                    || (!is_zone_name(&self.time_zone) && !is_zone_name(&other.time_zone))
            }
            _ => true,
        }
    }
}

/// Follows one session. What is undone by a rollback is undone here.
#[derive(Debug, Default)]
pub struct Following {
    /// Where RESET leads: what was in force after start-up.
    start: Values,
    /// In force now, SET LOCAL included.
    now: Values,
    /// As `now` without SET LOCAL.
    session: Values,
    /// `session` when the transaction began.
    base: Values,
    /// Savepoints, with `session` and `now` as they were.
    savepoints: Vec<(String, Values, Values)>,
    /// What the server says.
    reported: Values,
    started: bool,
    in_block: bool,
    /// The block is the client's own, by BEGIN: it ends by the client's word, or by an error.
    begun: bool,
    /// An error was told inside the block.
    failed: bool,
    disagrees: Option<&'static str>,
    blind: bool,
    /// As whom the client has logged in, unless it has become somebody else.
    role: Option<String>,
    /// What stays prepared may change the search_path whenever it is run.
    path_is_lost: bool,
    /// The server reports the search_path (PostgreSQL 18 and later).
    path_is_reported: bool,
    /// Something was set or reported since [`Following::ready`].
    stirred: bool,
    revision: u64,
}

impl Following {
    /// What is in force.
    pub fn now(&self) -> &Values {
        &self.now
    }

    /// Changes whenever [`Following::now`] may have changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn stir(&mut self) {
        self.stirred = true;
        self.revision = self.revision.wrapping_add(1);
    }

    /// Why nothing protected may be read or written now; the parameter's name.
    pub fn closed(&self) -> Option<&'static str> {
        if self.blind { Some("set_config") } else { self.disagrees.or(self.now.unread()) }
    }

    /// Where RESET leads.
    pub fn start(&self) -> &Values {
        &self.start
    }

    /// The role that the client has logged in as, if it still is that.
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// The role that the client logs in as.
    pub fn is_of(&mut self, role: &str) {
        self.stir();
        self.role = Some(role.to_owned());
    }

    /// Does the end of the transaction, or of a part of it, change the search_path?
    pub fn path_hangs(&self) -> bool {
        let path = &self.now.search_path;
        let saved = self.savepoints.iter().flat_map(|(_, session, now)| [session, now]);
        [&self.session, &self.base].into_iter().chain(saved).any(|values| values.search_path != *path)
    }

    /// SET, or set_config with constants, took effect; `None` is SET … TO DEFAULT and RESET.
    pub fn set(&mut self, name: &str, value: Option<&str>, local: bool) {
        self.stir();
        if matches!(name, "role" | "session_authorization") {
            self.role = None;
        }
        let states = if local { vec![&mut self.now] } else { vec![&mut self.now, &mut self.session] };
        for state in states {
            match value {
                Some(value) => state.set(name, value),
                None => state.take(name, &self.start),
            }
            if self.path_is_lost {
                state.search_path.lose();
            }
        }
    }

    /// Something that does not show it may have changed the search_path, or the role.
    pub fn lose_path(&mut self, for_good: bool) {
        self.stir();
        self.role = None;
        self.path_is_lost |= for_good;
        self.now.search_path.lose();
        self.session.search_path.lose();
        if for_good {
            self.start.search_path.lose();
            self.base.search_path.lose();
            self.savepoints.iter_mut().flat_map(|(_, a, b)| [a, b]).for_each(|v| v.search_path.lose());
        }
    }

    /// RESET ALL, DISCARD ALL.
    pub fn reset_all(&mut self) {
        self.stir();
        self.session = self.start.clone();
        self.now = self.start.clone();
    }

    /// set_config with something that only the server knows: nothing is certain from here on.
    pub fn lose_sight(&mut self) {
        self.stir();
        self.blind = true;
    }

    /// BEGIN took effect.
    pub fn begin(&mut self) {
        (self.in_block, self.begun) = (true, true);
    }

    /// COMMIT took effect: as one, or, in a failed transaction, as a ROLLBACK.
    pub fn end(&mut self, committed: bool) {
        let committed = committed && !self.failed;
        (self.in_block, self.begun, self.failed) = (false, false, false);
        self.savepoints.clear();
        if !self.stirred {
            return;
        }
        self.stir();
        if !committed {
            self.session = self.base.clone();
        }
        self.now = self.session.clone();
        self.base = self.session.clone();
    }

    /// SAVEPOINT took effect.
    pub fn savepoint(&mut self, name: &str) {
        self.savepoints.push((name.to_owned(), self.session.clone(), self.now.clone()));
    }

    /// ROLLBACK TO took effect.
    pub fn rollback_to(&mut self, name: &str) {
        self.stir();
        self.failed = false;
        if let Some(at) = self.savepoints.iter().rposition(|(n, _, _)| n == name) {
            self.savepoints.truncate(at + 1);
            if let Some((_, session, now)) = self.savepoints.last() {
                self.session = session.clone();
                self.now = now.clone();
            }
        }
    }

    /// RELEASE took effect.
    pub fn release(&mut self, name: &str) {
        if let Some(at) = self.savepoints.iter().rposition(|(n, _, _)| n == name) {
            self.savepoints.truncate(at);
        }
    }

    /// The client was told an error: outside a transaction block it undoes what came with it, inside
    /// everything waits for ROLLBACK.
    pub fn failed(&mut self) {
        self.failed = self.in_block;
        if !self.in_block && self.stirred {
            self.stir();
            self.session = self.base.clone();
            self.now = self.base.clone();
        }
    }

    /// ReadyForQuery: `idle` outside a transaction.
    pub fn ready(&mut self, idle: bool) {
        self.started = true;
        // REFUSES: a block that is over although the client did not end it and nothing failed. Nobody
        // knows what is in force after that.
        if idle && self.begun && !self.failed {
            self.lose_sight();
        }
        self.in_block = !idle;
        if idle {
            // A COMMIT that failed has undone what was in the block.
            self.end(true);
        }
        if !self.stirred {
            return;
        }
        self.stirred &= !idle;
        if self.path_is_reported && self.now.search_path.schemas() != self.reported.search_path.schemas() {
            self.now.search_path.lose();
            self.session.search_path.lose();
        }
        self.disagrees = REPORTED
            .into_iter()
            .chain(["server_encoding"])
            .find(|name| !self.now.agrees(name, &self.reported));
    }

    /// ParameterStatus.
    pub fn report(&mut self, name: &str, value: &str) {
        self.stir();
        let name = name.to_ascii_lowercase();
        self.reported.set(&name, value);
        self.path_is_reported |= name == "search_path";
        // ORDER: before the first ReadyForQuery the reports are the only source there is, but for what the
        // client has asked for.
        if !self.started {
            self.told(&name, value);
        }
    }

    /// What the server says of a parameter before the session begins, reported or asked for. Of the path
    /// the client's own word counts more. `name` in lower case.
    pub fn told(&mut self, name: &str, value: &str) {
        self.stir();
        if name == CURRENT_USER {
            // REFUSES: the server's word for whose schema `"$user"` is; all that it does is contradict.
            self.role.take_if(|role| role != value);
        } else if name != "search_path" {
            self.begin_with(name, value);
        } else if self.start.search_path.source() != Source::Said {
            let assumed = SearchPath::assumed(value);
            self.states().into_iter().for_each(|state| state.search_path.clone_from(&assumed));
        }
    }

    /// What the start-up packet asks for.
    pub fn ask(&mut self, name: &str, value: &str) {
        self.stir();
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "role" | "session_authorization") {
            self.role = None;
        }
        self.reported.set(&name, value);
        self.begin_with(&name, value);
    }

    fn begin_with(&mut self, name: &str, value: &str) {
        self.states().into_iter().for_each(|state| state.set(name, value));
    }

    fn states(&mut self) -> [&mut Values; 4] {
        [&mut self.start, &mut self.now, &mut self.session, &mut self.base]
    }
}

fn is_zone_name(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphabetic())
}
