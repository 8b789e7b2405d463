//! Verdicts by shape of statement: bounded, shared by the sessions of one epoch.
//!
//! A shape is the statement without its literals (`sql::shape`). Statements of one shape share a
//! verdict unless the analysis looked at a literal's value (`Plan::fixed_literals`): then these must
//! read the same. Two generations: what is used moves to the young one, and when that is full the
//! old one is dropped, so a flood of shapes that are used once cannot push out those in use for long,
//! and no look-up ever walks the cache.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

/// Shapes kept at most, in both generations together.
pub const DEFAULT_SHAPES: usize = 16_384;

/// Verdicts under one shape that differ in literals the analysis looked at; more than this and the
/// oldest goes.
const VARIANTS: usize = 32;

/// Locks are short and spread over this many parts.
const PARTS: usize = 16;

/// A bounded cache from a shape to verdicts of type `T`.
pub struct Plans<T> {
    parts: Vec<Mutex<Part<T>>>,
    /// Keyed at random, so nobody can choose shapes that meet.
    hasher: RandomState,
    capacity: usize,
}

struct Part<T> {
    young: Generation<T>,
    old: Generation<T>,
}

/// By the hash of the shape, which is taken once for each look-up. Of two shapes with one hash the
/// later is kept.
type Generation<T> = HashMap<u64, Kept<T>, BuildHasherDefault<Hashed>>;

struct Kept<T> {
    /// In full: a hash is not enough.
    shape: Box<[u8]>,
    variants: Vec<Variant<T>>,
}

struct Variant<T> {
    /// The literals that were looked at, as written, each with its number among the literals.
    fixed: Vec<(u32, Box<[u8]>)>,
    verdict: Arc<T>,
}

impl<T> Default for Plans<T> {
    fn default() -> Self {
        Self::bounded(DEFAULT_SHAPES)
    }
}

impl<T> Plans<T> {
    /// Keeps at most about `shapes` shapes.
    pub fn bounded(shapes: usize) -> Self {
        let part = || Mutex::new(Part { young: HashMap::default(), old: HashMap::default() });
        Plans {
            parts: (0..PARTS).map(|_| part()).collect(),
            hasher: RandomState::new(),
            capacity: (shapes / PARTS / 2).max(1),
        }
    }

    /// The verdict for this shape, if the literals that it depends on read as `literal` says
    /// (the bytes of the n-th literal as written).
    pub fn find<'t>(&self, shape: &[u8], literal: impl Fn(u32) -> Option<&'t [u8]>) -> Option<Arc<T>> {
        let hash = self.hasher.hash_one(shape);
        let mut part = self.part(hash)?.lock().unwrap_or_else(PoisonError::into_inner);
        if !part.young.contains_key(&hash) {
            let kept = part.old.remove(&hash)?;
            part.make_room(self.capacity);
            part.young.insert(hash, kept);
        }
        let same = |variant: &&Variant<T>| {
            variant.fixed.iter().all(|(number, bytes)| literal(*number) == Some(&**bytes))
        };
        let kept = part.young.get(&hash).filter(|kept| *kept.shape == *shape)?;
        kept.variants.iter().find(same).map(|variant| Arc::clone(&variant.verdict))
    }

    /// Keeps a verdict. `fixed` are the literals that it depends on, as written.
    pub fn keep(&self, shape: &[u8], fixed: Vec<(u32, Box<[u8]>)>, verdict: Arc<T>) {
        let hash = self.hasher.hash_one(shape);
        let Some(part) = self.part(hash) else { return };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        if !part.young.contains_key(&hash) {
            part.make_room(self.capacity);
        }
        let empty = || Kept { shape: shape.into(), variants: Vec::new() };
        let kept = part.young.entry(hash).or_insert_with(empty);
        if *kept.shape != *shape {
            *kept = empty();
        }
        let variants = &mut kept.variants;
        variants.retain(|variant| variant.fixed != fixed);
        if variants.len() >= VARIANTS {
            variants.remove(0);
        }
        variants.push(Variant { fixed, verdict });
    }

    /// Shapes held now.
    pub fn len(&self) -> usize {
        let held = |part: &Mutex<Part<T>>| {
            let part = part.lock().unwrap_or_else(PoisonError::into_inner);
            part.young.len() + part.old.len()
        };
        self.parts.iter().map(held).sum()
    }

    /// Nothing held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn part(&self, hash: u64) -> Option<&Mutex<Part<T>>> {
        // Other bits than those that the maps use.
        self.parts.get((hash >> 32) as usize % PARTS)
    }
}

impl<T> Part<T> {
    fn make_room(&mut self, capacity: usize) {
        if self.young.len() >= capacity {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

/// A key that is a hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
