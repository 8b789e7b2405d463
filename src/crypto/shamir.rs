//! Shamir's secret sharing over GF(2^8): 32 bytes cut into shares, of which a threshold gives them
//! back and fewer say nothing (A. Shamir, "How to share a secret", 1979).
//!
//! The field is that of x^8 + x^4 + x^3 + x^2 + 1. Multiplication takes the same steps whatever the
//! bytes are, and looks nothing up in a table. Knows no text form ([`super::recovery`]).

use zeroize::Zeroizing;

/// Bytes of the secret and of each share.
pub const LEN: usize = 32;

/// One point of the polynomials: `x` and, for each byte, y.
pub struct Point {
    /// From 1; never 0, which is where the secret is.
    pub x: u8,
    /// The values there.
    pub y: Zeroizing<[u8; LEN]>,
}

/// The product, in constant time.
fn mul(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (a, 0);
    for bit in 0..8 {
        // 0xff where the bit of b is set, else 0.
        product ^= a & ((b >> bit) & 1).wrapping_neg();
        a = (a << 1) ^ (0x1d & (a >> 7).wrapping_neg());
    }
    product
}

/// 1/a = a^254; 0 for 0.
fn inverse(a: u8) -> u8 {
    let mut power = a;
    let mut product = 1;
    for _ in 1..8 {
        power = mul(power, power);
        product = mul(product, power);
    }
    product
}

/// The polynomials' values at `x`: `coefficients` are of the powers 0 (the secret), 1, 2, …
pub fn point(coefficients: &[Zeroizing<[u8; LEN]>], x: u8) -> Point {
    let mut y = Zeroizing::new([0; LEN]);
    for row in coefficients.iter().rev() {
        for (value, coefficient) in y.iter_mut().zip(row.iter()) {
            *value = mul(*value, x) ^ coefficient;
        }
    }
    Point { x, y }
}

/// The values at 0, interpolated (Lagrange). `points` must be of different x; of fewer than the
/// threshold this is 32 bytes that have nothing to do with the secret.
pub fn at_zero(points: &[Point], secret: &mut [u8; LEN]) {
    secret.fill(0);
    for point in points {
        let mut weight = 1;
        for other in points.iter().filter(|other| other.x != point.x) {
            weight = mul(weight, mul(other.x, inverse(other.x ^ point.x)));
        }
        for (value, y) in secret.iter_mut().zip(point.y.iter()) {
            *value ^= mul(*y, weight);
        }
    }
}
