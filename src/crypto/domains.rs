//! Deterministic domains: the form that each is written in, and the window in which it moves from
//! one form to another (docs/format.md, sections 3 and 4).
//!
//! A domain moves as one. While its window is open, a constant that a statement compares with is
//! matched in both forms; writers keep the old form until the domain has moved. Knows the
//! keyring and no statement, no server and no proxy: who has seen which generation is not said here.

use super::envelope::KeyId;
use super::keyring::{ChangeError, KeyState, Keyring};
use super::padding::Padding;

/// How a value of a deterministic domain is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// As it is: before the domain is encrypted, and after it was decrypted.
    Plain,
    /// Sealed under this key.
    Sealed(KeyId),
}

impl Form {
    /// The key of this form.
    pub fn key(self) -> Option<KeyId> {
        match self {
            Form::Plain => None,
            Form::Sealed(key) => Some(key),
        }
    }
}

impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Form::Plain => f.write_str("plain"),
            Form::Sealed(key) => key.fmt(f),
        }
    }
}

/// The time in which both forms of a domain's values may be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// What was written before it was opened.
    pub from: Form,
    /// What is written once the domain has moved.
    pub to: Form,
    /// Whether writers have gone over to [`Window::to`].
    pub moved: bool,
}

impl Window {
    /// What is written now.
    pub fn writes(self) -> Form {
        if self.moved { self.to } else { self.from }
    }

    /// What is matched besides [`Window::writes`].
    pub fn other(self) -> Form {
        if self.moved { self.from } else { self.to }
    }
}

/// A deterministic domain: changed by nothing but its own move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The form that its values are written in.
    pub writes: Form,
    /// Recorded at first use: another padding would make equal values differ.
    pub padding: Padding,
    /// Open while it moves.
    pub window: Option<Window>,
}

impl Domain {
    /// Whether a value of the domain may be written or compared under `key`.
    pub fn uses(&self, key: KeyId) -> bool {
        let window = self.window.map(|window| [window.from, window.to]);
        [self.writes].into_iter().chain(window.into_iter().flatten()).any(|form| form == Form::Sealed(key))
    }
}

impl Keyring {
    /// Records a domain whose values are sealed under the active key from the first on; `Ok(None)`
    /// if it is recorded already, in whatever form.
    pub fn with_domain(&self, domain: &str, padding: Padding) -> Result<Option<Self>, ChangeError> {
        let key = self.active().ok_or(ChangeError::NoActiveKey)?;
        self.recorded(domain, padding, Form::Sealed(key))
    }

    /// Records a domain whose values are stored plain until it moves; `Ok(None)` if it is recorded
    /// already, in whatever form.
    pub fn with_plain_domain(&self, domain: &str, padding: Padding) -> Result<Option<Self>, ChangeError> {
        self.recorded(domain, padding, Form::Plain)
    }

    fn recorded(&self, name: &str, padding: Padding, writes: Form) -> Result<Option<Self>, ChangeError> {
        match self.domains.get(name) {
            Some(recorded) if recorded.padding == padding => Ok(None),
            Some(_) => Err(ChangeError::DomainPadding(name.to_owned())),
            None => {
                let mut next = self.next();
                next.domains.insert(name.to_owned(), Domain { writes, padding, window: None });
                Ok(Some(next))
            }
        }
    }

    /// As [`Keyring::with_domain`] for several, in one generation.
    pub fn with_domains<'a>(
        &self,
        domains: impl IntoIterator<Item = (&'a str, Padding)>,
    ) -> Result<Option<Self>, ChangeError> {
        let mut next: Option<Self> = None;
        for (domain, padding) in domains {
            let changed = next.as_ref().unwrap_or(self).with_domain(domain, padding)?;
            next = changed.or(next);
        }
        Ok(next.map(|next| Keyring { generation: self.generation.saturating_add(1), ..next }))
    }

    /// The open window of a domain.
    pub fn window(&self, domain: &str) -> Option<Window> {
        self.domains.get(domain).and_then(|domain| domain.window)
    }

    /// Both forms are matched from now on; what is written stays as it is.
    ///
    /// # Errors
    /// REFUSES: a domain that is not recorded or has an open window; the form that it has already;
    /// a key that is not the active one, since every proxy must have loaded it before it seals.
    pub fn open_window(&self, domain: &str, to: Form) -> Result<Self, ChangeError> {
        let recorded = self.domain_named(domain)?;
        let refused = |rule| Err(ChangeError::Window { domain: domain.to_owned(), rule });
        match (recorded.window, to) {
            (Some(_), _) => return refused("its window is open already"),
            (None, to) if to == recorded.writes => return refused("it has this form already"),
            (None, Form::Plain) => {}
            (None, Form::Sealed(key)) => match self.key(key)?.state {
                KeyState::Active => {}
                state @ (KeyState::Pending | KeyState::DecryptOnly | KeyState::Disabled) => {
                    let rule = "a domain moves only to the active key";
                    return Err(ChangeError::State { key, from: state.name(), rule });
                }
            },
        }
        let window = Window { from: recorded.writes, to, moved: false };
        Ok(self.with_recorded(domain, Domain { window: Some(window), ..recorded }))
    }

    /// Writers go over to the new form; both forms are still matched.
    ///
    /// # Errors
    /// REFUSES: a domain without an open window, or that has moved in it.
    pub fn move_domain(&self, domain: &str) -> Result<Self, ChangeError> {
        let recorded = self.domain_named(domain)?;
        let refused = |rule| Err(ChangeError::Window { domain: domain.to_owned(), rule });
        match recorded.window {
            Some(Window { moved: true, .. }) => refused("it has moved already"),
            Some(window) => {
                let window = Window { moved: true, ..window };
                let moved = Domain { writes: window.writes(), window: Some(window), ..recorded };
                Ok(self.with_recorded(domain, moved))
            }
            None => refused("it has no open window"),
        }
    }

    /// Only the form that is written is matched from now on. Of a window in which the domain has not
    /// moved this is the way back.
    ///
    /// # Errors
    /// REFUSES: a domain without an open window.
    pub fn close_window(&self, domain: &str) -> Result<Self, ChangeError> {
        let recorded = self.domain_named(domain)?;
        match recorded.window {
            Some(_) => Ok(self.with_recorded(domain, Domain { window: None, ..recorded })),
            None => Err(ChangeError::Window { domain: domain.to_owned(), rule: "it has no open window" }),
        }
    }

    /// Forgets a domain that nothing is stored in any more; its key is then free to be retired. `None`
    /// if it is not recorded.
    ///
    /// # Errors
    /// REFUSES: a domain with an open window.
    pub fn without_domain(&self, domain: &str) -> Result<Option<Self>, ChangeError> {
        match self.domains.get(domain) {
            None => Ok(None),
            Some(Domain { window: Some(_), .. }) => {
                Err(ChangeError::Window { domain: domain.to_owned(), rule: "its window is open" })
            }
            Some(Domain { window: None, .. }) => {
                let mut next = self.next();
                next.domains.remove(domain);
                Ok(Some(next))
            }
        }
    }

    fn domain_named(&self, domain: &str) -> Result<Domain, ChangeError> {
        self.domain(domain).ok_or_else(|| ChangeError::NoSuchDomain(domain.to_owned()))
    }

    fn with_recorded(&self, name: &str, domain: Domain) -> Self {
        let mut next = self.next();
        next.domains.insert(name.to_owned(), domain);
        next
    }
}
