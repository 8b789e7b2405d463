//! SET, RESET, SHOW.

use super::cursor::{Cursor, Parsed};
use crate::sql::ast::{Other, Setting, SettingAction, SettingValue, StatementKind};
use crate::sql::lexer::{Keyword as K, TokenKind, string_value};

impl Cursor<'_> {
    pub(super) fn setting(&mut self) -> Parsed<StatementKind> {
        let keyword = self.one_of(&[K::Set, K::Reset, K::Show])?;
        if keyword == K::Set && self.is(K::Constraints) {
            self.skip_statement();
            return Ok(StatementKind::Other(Other { command: "set constraints" }));
        }
        let setting = match keyword {
            K::Set => self.set_rest_more(false)?,
            K::Reset => self.named_setting(SettingAction::Reset)?,
            _ => self.named_setting(SettingAction::Show)?,
        };
        Ok(StatementKind::Setting(Box::new(setting)))
    }

    fn named_setting(&mut self, action: SettingAction) -> Parsed<Setting> {
        let name = if self.eat_all(&[K::Time, K::Zone]) {
            "timezone".into()
        } else if self.eat_all(&[K::Transaction, K::Isolation, K::Level]) {
            "transaction_isolation".into()
        } else if self.eat_all(&[K::Session, K::Authorization]) {
            "session_authorization".into()
        } else if self.eat(K::All) {
            "all".into()
        } else {
            self.setting_name()?
        };
        Ok(Setting { action, name, local: false, values: Vec::new() })
    }

    /// A dotted name; parameters are known in any case, quoted or not.
    fn setting_name(&mut self) -> Parsed<Box<str>> {
        let name = self.object_name()?;
        let parts: Vec<&str> = name.parts.iter().map(|p| p.as_str()).collect();
        Ok(parts.join(".").to_ascii_lowercase().into())
    }

    /// What follows SET, with LOCAL or SESSION (`set_rest`).
    pub(super) fn set_rest_more(&mut self, in_function: bool) -> Parsed<Setting> {
        let local = self.eat(K::Local);
        if !local && self.is(K::Session) {
            if self.is_at(1, K::Characteristics) {
                self.take_all(&[K::Session, K::Characteristics, K::As, K::Transaction])?;
                return Ok(self.rest_of_setting("session characteristics", false));
            }
            if !self.is_at(1, K::Authorization)
                && !self.is_at(1, K::To)
                && !self.is_at(1, TokenKind::Equals)
                && !self.is_at(1, TokenKind::Dot)
            {
                self.bump();
            }
        }
        if self.eat(K::Transaction) {
            return Ok(self.rest_of_setting("transaction", local));
        }
        let mut setting = Setting { action: SettingAction::Set, name: "".into(), local, values: Vec::new() };
        setting.name = match self.special_setting() {
            Some(name) => name.into(),
            None => {
                let name = self.setting_name()?;
                if self.eat_all(&[K::From, K::Current]) {
                    setting.action = SettingAction::FromCurrent;
                } else if !self.eat(K::To) {
                    self.take(TokenKind::Equals)?;
                }
                name
            }
        };
        if setting.action == SettingAction::FromCurrent {
            return Ok(setting);
        }
        let to_default = self.eat(K::Default)
            || (&*setting.name == "timezone" && self.eat(K::Local))
            || (&*setting.name == "client_encoding" && (self.at_end() || self.is(TokenKind::Semicolon)));
        if to_default {
            setting.action = SettingAction::Reset;
        } else if in_function {
            setting.values.push(self.setting_value()?);
            while self.eat(TokenKind::Comma) {
                setting.values.push(self.setting_value()?);
            }
        } else {
            setting.values = self.list(Self::setting_value)?;
        }
        Ok(setting)
    }

    /// Forms with words of their own, under the name of the parameter that they set.
    fn special_setting(&mut self) -> Option<&'static str> {
        let assigned =
            matches!(self.peek_at(1), TokenKind::Equals | TokenKind::Keyword(K::To) | TokenKind::Dot);
        let named = if assigned {
            None
        } else if self.eat_all(&[K::Time, K::Zone]) {
            Some("timezone")
        } else if self.eat_all(&[K::Session, K::Authorization]) {
            Some("session_authorization")
        } else if self.eat_all(&[K::Xml, K::Option]) {
            Some("xmloption")
        } else if self.eat(K::Names) {
            Some("client_encoding")
        } else if self.eat(K::Role) {
            Some("role")
        } else if self.eat(K::Schema) {
            Some("search_path")
        } else if self.eat(K::Catalog) {
            Some("catalog")
        } else {
            None
        };
        named
    }

    fn rest_of_setting(&mut self, name: &str, local: bool) -> Setting {
        let values = vec![SettingValue::Tokens(self.skip_statement())];
        Setting { action: SettingAction::Set, name: name.into(), local, values }
    }

    fn setting_value(&mut self) -> Parsed<SettingValue> {
        let start = self.token();
        match self.peek() {
            kind if kind.is_string() => Ok(SettingValue::String(self.string()?)),
            TokenKind::Integer | TokenKind::Number => Ok(SettingValue::Number(self.bump(), false)),
            TokenKind::Plus | TokenKind::Minus => {
                let negative = self.is(TokenKind::Minus);
                self.bump();
                match self.peek() {
                    TokenKind::Integer | TokenKind::Number => Ok(SettingValue::Number(self.bump(), negative)),
                    _ => Err(self.unexpected()),
                }
            }
            TokenKind::Keyword(K::Interval) => {
                self.restricted_expr()?;
                Ok(SettingValue::Tokens(self.since(start)))
            }
            _ => self.label().map(SettingValue::Word),
        }
    }

    /// A word or string constant, as text.
    pub(super) fn word_or_string(&mut self) -> Parsed<Box<str>> {
        if !self.peek().is_string() {
            return self.label().map(|ident| ident.text);
        }
        let token = self.string()?;
        let mut scratch = Vec::new();
        let value = string_value(self.text, self.tokens, token, &mut scratch).unwrap_or_default();
        Ok(String::from_utf8_lossy(value).into())
    }
}
