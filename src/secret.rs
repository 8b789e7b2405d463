//! A value that must not be seen: zeroed when dropped, printed as «redacted», read only through
//! [`Secret::expose`].
//!
//! Knows nothing of keys, SQL or the wire. Deliberately has no `Clone`, `PartialEq`, `Display` or
//! serialisation.

use zeroize::Zeroize;

/// Holds a `T` that is wiped on drop.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes ownership of `value`; the caller must not keep a copy.
    pub fn new(value: T) -> Self {
        Secret(value)
    }

    /// The value itself. Each call is a place to look at in a review.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, to be changed in place.
    pub fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("«redacted»")
    }
}
