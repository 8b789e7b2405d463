//! A small seeded generator, so that a failing run can be run again.

/// splitmix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[(self.next() % of.len() as u64) as usize].clone()
    }

    pub fn digits(&mut self, count: i64) -> String {
        (0..count).map(|_| char::from(b'0' + (self.next() % 10) as u8)).collect()
    }

    /// The text with one to three characters changed, put in or left out.
    pub fn damaged(&mut self, text: &str) -> String {
        const SPARE: &str = "0123456789 -+:.,/TZPebcaminJe{}[]\"\\'xé@()";
        let mut characters: Vec<char> = text.chars().collect();
        let spare: Vec<char> = SPARE.chars().collect();
        for _ in 0..self.range(1, 3) {
            let at = self.range(0, characters.len() as i64) as usize;
            match self.next() % 3 {
                0 => characters.insert(at, self.pick(&spare)),
                1 if at < characters.len() => characters[at] = self.pick(&spare),
                2 if at < characters.len() => drop(characters.remove(at)),
                _ => {}
            }
        }
        characters.into_iter().collect()
    }
}
