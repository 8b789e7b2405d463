//! What a statement does to the session when it succeeds: settings, transactions, names.
//!
//! Read from the client's own text. Knows no session and keeps nothing; whoever does (`session`)
//! asks once per shape of statement and carries the effect out at the reply that proves it.

use super::ast::{
    Body, Discard, ExprKind, Setting, SettingAction, SettingValue, Statement, StatementKind, Target,
    Transaction,
};
use super::lexer::{Keyword, TokenKind, Tokens, identifier, number_text, string_value};
use crate::catalog::movers::DECIDING;
use crate::names::always_quoted;

/// One thing that changes in the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingEffect {
    /// SET, RESET of one parameter, set_config with constants.
    Set {
        /// In lower case.
        name: String,
        /// As SHOW would take it; `None` is the default.
        value: Option<String>,
        /// Until the end of the transaction.
        local: bool,
    },
    /// RESET ALL, DISCARD ALL.
    ResetAll,
    /// set_config with something that only the server knows.
    LoseSight,
    /// The search_path, or the role that it speaks of, may be another now.
    LosePath {
        /// Whenever something that stays prepared is run: from now on it is never certain.
        for_good: bool,
    },
    /// BEGIN.
    Begin,
    /// COMMIT, ROLLBACK, PREPARE TRANSACTION.
    End(Ending),
    /// SAVEPOINT.
    Savepoint(String),
    /// ROLLBACK TO.
    RollbackTo(String),
    /// RELEASE.
    Release(String),
}

/// What the client wants of its transaction. The command tag can say that a COMMIT was a ROLLBACK,
/// never that a ROLLBACK was a COMMIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// COMMIT, END.
    Commit,
    /// ROLLBACK, ABORT.
    Rollback,
    /// PREPARE TRANSACTION: somebody may commit it later.
    Prepare,
}

impl SettingEffect {
    /// Does it change how a constant of a later statement of the same text is read? All of them are cut
    /// and decoded before the first is run (`exec_simple_query`), so only times and dates are.
    pub fn stirs(&self) -> bool {
        match self {
            SettingEffect::Set { name, .. } => TELLING_TIME.contains(&name.as_str()),
            SettingEffect::ResetAll | SettingEffect::LoseSight => true,
            SettingEffect::LosePath { .. }
            | SettingEffect::Begin
            | SettingEffect::End(_)
            | SettingEffect::Savepoint(_)
            | SettingEffect::RollbackTo(_)
            | SettingEffect::Release(_) => false,
        }
    }
}

/// Parameters that decide how text is read.
const READING: &[&str] = &[
    "client_encoding",
    "standard_conforming_strings",
    "datestyle",
    "timezone",
    "intervalstyle",
    "timezone_abbreviations",
    "array_nulls",
];

/// Those among them by which a time or a date is read.
const TELLING_TIME: &[&str] = &["datestyle", "timezone", "intervalstyle", "timezone_abbreviations"];

/// Parameters that decide how names are found and values are shown.
const SHOWING: &[&str] = &["server_encoding", "bytea_output", "extra_float_digits"];

/// Could a statement of this text have an effect at all? A quick look at its words, before anything
/// is parsed.
pub fn possible(text: &[u8], tokens: &Tokens) -> bool {
    let mut first = true;
    for (index, token) in (0u32..).zip(tokens.as_slice()) {
        match token.kind {
            TokenKind::Semicolon => first = true,
            kind if kind.is_comment() => {}
            TokenKind::Keyword(word) => {
                if std::mem::take(&mut first) && begins_effect(word) {
                    return true;
                }
            }
            kind if kind.is_ident() => {
                first = false;
                if is_set_config(text, tokens, index) || is_settings_view(text, tokens, index) {
                    return true;
                }
            }
            _ => first = false,
        }
    }
    false
}

fn begins_effect(word: Keyword) -> bool {
    matches!(
        word,
        Keyword::Set
            | Keyword::Reset
            | Keyword::Begin
            | Keyword::Start
            | Keyword::Commit
            | Keyword::End
            | Keyword::Rollback
            | Keyword::Abort
            | Keyword::Savepoint
            | Keyword::Release
            | Keyword::Discard
    )
}

/// What one statement does, in order.
pub fn effects(statement: &Statement, text: &[u8], tokens: &Tokens) -> Vec<SettingEffect> {
    let mut effects = set_configs(statement, text, tokens);
    if changes_settings_view(statement, text, tokens) {
        effects.push(SettingEffect::LoseSight);
    }
    match &statement.kind {
        StatementKind::Setting(setting) => effects.extend(of_setting(setting, text, tokens)),
        StatementKind::Transaction(transaction) => effects.extend(of_transaction(transaction)),
        StatementKind::Discard(Discard::All) => effects.push(SettingEffect::ResetAll),
        _ => {}
    }
    effects
}

fn of_setting(setting: &Setting, text: &[u8], tokens: &Tokens) -> Option<SettingEffect> {
    let name = setting.name.to_ascii_lowercase();
    let value = match setting.action {
        SettingAction::Show | SettingAction::FromCurrent => return None,
        SettingAction::Reset if name == "all" => return Some(SettingEffect::ResetAll),
        SettingAction::Reset => None,
        SettingAction::Set if setting.values.is_empty() => None,
        SettingAction::Set => {
            let is_list = name == "search_path";
            let parts = setting.values.iter().map(|value| written(value, is_list, text, tokens));
            Some(parts.collect::<Vec<_>>().join(", "))
        }
    };
    Some(SettingEffect::Set { name, value, local: setting.local })
}

/// One value of SET as SHOW would take it; what is none reads as nothing that any parameter admits.
fn written(value: &SettingValue, is_list: bool, text: &[u8], tokens: &Tokens) -> String {
    let mut scratch = Vec::new();
    let string = match value {
        SettingValue::Word(word) => word.text.to_string(),
        SettingValue::String(token) => match string_value(text, tokens, *token, &mut scratch) {
            Ok(value) => String::from_utf8_lossy(value).into_owned(),
            Err(_) => "?".to_owned(),
        },
        SettingValue::Number(token, negative) => match number_text(text, tokens, *token) {
            Ok(number) => format!("{}{number}", if *negative { "-" } else { "" }),
            Err(_) => "?".to_owned(),
        },
        SettingValue::Tokens(_) => "?".to_owned(),
    };
    if is_list { always_quoted(&string) } else { string }
}

fn of_transaction(transaction: &Transaction) -> Vec<SettingEffect> {
    let end = |ending, chain| {
        let next = if chain { Some(SettingEffect::Begin) } else { None };
        std::iter::once(SettingEffect::End(ending)).chain(next).collect()
    };
    match transaction {
        Transaction::Begin => vec![SettingEffect::Begin],
        Transaction::Commit(chain) => end(Ending::Commit, *chain),
        Transaction::Rollback(chain) => end(Ending::Rollback, *chain),
        Transaction::PrepareTransaction => end(Ending::Prepare, false),
        Transaction::Savepoint(name) => vec![SettingEffect::Savepoint(name.text.to_string())],
        Transaction::Release(name) => vec![SettingEffect::Release(name.text.to_string())],
        Transaction::RollbackTo(name) => vec![SettingEffect::RollbackTo(name.text.to_string())],
        Transaction::EndPrepared => Vec::new(),
    }
}

fn is_set_config(text: &[u8], tokens: &Tokens, index: u32) -> bool {
    matches!(identifier(text, tokens, index), Ok(name) if name == "set_config")
}

/// Calls of set_config anywhere in the statement. Only `set_config('name', 'value', true | false)`, and
/// with the name of a row that can only have one, is certain; to what a parameter that nobody watches
/// is set does not matter (asyncpg switches `jit` off and on, the value a parameter). The server says
/// nothing of the search_path, so that this is certain only where the call is certain to be made.
fn set_configs(statement: &Statement, text: &[u8], tokens: &Tokens) -> Vec<SettingEffect> {
    let calls = statement.span.range().filter(|index| {
        tokens.get(*index).is_some_and(|token| token.kind.is_ident()) && is_set_config(text, tokens, *index)
    });
    let calls: Vec<u32> = calls.collect();
    let certain = calls.is_empty() || calls.len() == plain_calls(&statement.kind);
    let lost = SettingEffect::LosePath { for_good: !is_run_at_once(&statement.kind) };
    let effect =
        |index: &u32| match (one_set_config(*index, text, tokens), decides_path(*index, text, tokens)) {
            (Some(Some(SettingEffect::Set { name, .. })), _)
                if !certain && DECIDING.contains(&name.as_str()) =>
            {
                Some(lost.clone())
            }
            (Some(effect), _) => effect,
            (None, true) => Some(lost.clone()),
            (None, false) => Some(SettingEffect::LoseSight),
        };
    calls.iter().filter_map(effect).collect()
}

/// How many columns of a SELECT of nothing but constants and calls are calls of set_config.
fn plain_calls(kind: &StatementKind) -> usize {
    let StatementKind::Query(query) = kind else { return 0 };
    let Body::Select(select) = &query.body else { return 0 };
    let plain = query.with.is_none()
        && query.limit.is_none()
        && query.offset.is_none()
        && select.from.is_empty()
        && select.filter.is_none()
        && select.group_by.is_none()
        && select.having.is_none();
    let is_call = |target: &&Target| {
        matches!(&target.expr.kind, ExprKind::Call(call)
            if call.name.name() == "set_config" && matches!(call.name.schema(), None | Some("pg_catalog")))
    };
    if plain { select.targets.iter().filter(is_call).count() } else { 0 }
}

/// Is what it calls called when it is answered, and not by another statement later on?
pub(super) fn is_run_at_once(kind: &StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::Query(_)
            | StatementKind::Insert(_)
            | StatementKind::Update(_)
            | StatementKind::Delete(_)
            | StatementKind::Merge(_)
            | StatementKind::Copy(_)
            | StatementKind::Explain(_)
            | StatementKind::Execute(_)
            | StatementKind::Call(_)
            | StatementKind::Do(_)
            | StatementKind::CreateTableAs(_)
    )
}

/// Is it one of those that decide where a bare name is found, whatever it is set to?
fn decides_path(call: u32, text: &[u8], tokens: &Tokens) -> bool {
    let mut rest = (call + 1..tokens.len()).filter(|i| tokens.get(*i).is_some_and(|t| !t.kind.is_comment()));
    let name = rest.nth(1);
    let mut scratch = Vec::new();
    let value = name.and_then(|name| string_value(text, tokens, name, &mut scratch).ok());
    value.is_some_and(|value| DECIDING.iter().any(|name| value.eq_ignore_ascii_case(name.as_bytes())))
}

/// A switch's value that is true (manual, 20.1.1).
pub fn is_on(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "on" | "true" | "yes" | "1" | "t" | "y" | "tr" | "tru" | "ye"
    )
}

/// UTF8, by one of its names.
pub fn is_utf8(value: &str) -> bool {
    let letters = value.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    let name: Vec<u8> = letters.collect();
    name == b"utf8" || name == b"unicode"
}

/// An UPDATE of pg_settings calls set_config (manual, 54.24). Whatever is set by it, nobody has read it.
fn changes_settings_view(statement: &Statement, text: &[u8], tokens: &Tokens) -> bool {
    let is_update =
        |index: u32| tokens.get(index).is_some_and(|t| t.kind == TokenKind::Keyword(Keyword::Update));
    statement.span.range().any(|index| is_settings_view(text, tokens, index))
        && statement.span.range().any(is_update)
}

fn is_settings_view(text: &[u8], tokens: &Tokens, index: u32) -> bool {
    let is_ident = tokens.get(index).is_some_and(|token| token.kind.is_ident());
    is_ident && identifier(text, tokens, index).is_ok_and(|name| name == "pg_settings")
}

fn is_watched(name: &str) -> bool {
    READING.contains(&name) || SHOWING.contains(&name) || DECIDING.contains(&name)
}

/// `None` if it is not certain, `Some(None)` if it does not matter.
fn one_set_config(index: u32, text: &[u8], tokens: &Tokens) -> Option<Option<SettingEffect>> {
    let mut rest = (index + 1..tokens.len())
        .filter_map(|i| tokens.get(i).filter(|token| !token.kind.is_comment()).map(|token| (i, token.kind)));
    let mut next = || rest.next();
    let is = |found: Option<(u32, TokenKind)>, kind| (found?.1 == kind).then_some(());
    let string = |found: Option<(u32, TokenKind)>| {
        let mut scratch = Vec::new();
        let value = string_value(text, tokens, found?.0, &mut scratch).ok()?;
        Some(String::from_utf8_lossy(value).into_owned())
    };
    let reads = |found: Option<(u32, TokenKind)>, word: &str| {
        let token = tokens.get(found?.0)?;
        token.bytes(text).eq_ignore_ascii_case(word.as_bytes()).then_some(())
    };
    is(next(), TokenKind::Open)?;
    let first = next();
    let of_row = reads(first, "name").is_some();
    let constant = if of_row { None } else { Some(string(first)?) };
    is(next(), TokenKind::Comma)?;
    if constant.as_deref().is_some_and(|name| !is_watched(&name.to_ascii_lowercase())) {
        return Some(None);
    }
    let value = string(next())?;
    is(next(), TokenKind::Comma)?;
    let local = match next()?.1 {
        TokenKind::Keyword(Keyword::True) => true,
        TokenKind::Keyword(Keyword::False) => false,
        _ => return None,
    };
    is(next(), TokenKind::Close)?;
    let name = match constant {
        Some(name) => name,
        None => {
            ONE_SETTING.iter().try_for_each(|word| reads(next(), word))?;
            let name = string(next())?;
            match next() {
                None | Some((_, TokenKind::Semicolon)) => name,
                Some(_) => return None,
            }
        }
    };
    Some(Some(SettingEffect::Set { name: name.to_ascii_lowercase(), value: Some(value), local }))
}

/// As pg_dump sets a parameter only where the server has it: `SELECT set_config(name, 'value', false)
/// FROM pg_settings WHERE name = 'parameter'`.
const ONE_SETTING: &[&str] = &["from", "pg_settings", "where", "name", "="];
