//! The memory of verdicts: bounded, and what is in use stays.

use std::sync::Arc;

use pgveil::session::plans::Plans;

fn shape(number: usize) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// What is found for a statement of this shape with these literals.
fn found(plans: &Plans<usize>, shape: &[u8], literals: &[&[u8]]) -> Option<usize> {
    plans.find(shape, |number| literals.get(number as usize).copied()).map(|verdict| *verdict)
}

#[test]
fn a_flood_of_shapes_takes_so_much_room_and_no_more() {
    for (bound, most) in [(64, 64), (640, 640), (0, 32)] {
        let plans = Plans::bounded(bound);
        assert!(plans.is_empty());
        for number in 0..20_000 {
            plans.keep(&shape(number), Vec::new(), Arc::new(number));
            assert_eq!(found(&plans, &shape(number), &[]), Some(number), "the last one is there");
            assert!(plans.len() <= most, "{number}: {} of {bound}", plans.len());
        }
        assert!(!plans.is_empty() && plans.len() >= most / 2, "{} of {bound}", plans.len());
        assert_eq!(found(&plans, &shape(0), &[]), None, "what nobody asks for is forgotten");
    }
}

#[test]
fn what_is_in_use_is_not_pushed_out() {
    let plans = Plans::bounded(64);
    plans.keep(b"used", Vec::new(), Arc::new(7));
    for number in 0..20_000 {
        plans.keep(&shape(number), Vec::new(), Arc::new(number));
        assert_eq!(found(&plans, b"used", &[]), Some(7), "{number}");
    }
    // What comes back into use takes room as what is new does.
    for number in 0..20_000 {
        found(&plans, &shape(19_999 - number), &[]);
        assert!(plans.len() <= 64);
    }
}

#[test]
fn a_verdict_that_looked_at_constants_is_for_these_alone() {
    let plans = Plans::bounded(64);
    let keep = |fixed: &[(u32, &[u8])], verdict: usize| {
        let fixed = fixed.iter().map(|(number, bytes)| (*number, Box::from(*bytes))).collect();
        plans.keep(b"shape", fixed, Arc::new(verdict));
    };
    keep(&[(1, b"a"), (2, b"b")], 1);
    keep(&[(1, b"a"), (2, b"c")], 2);
    assert_eq!(found(&plans, b"shape", &[b"x", b"a", b"b"]), Some(1));
    assert_eq!(found(&plans, b"shape", &[b"y", b"a", b"c", b"z"]), Some(2));
    for literals in [&[b"x".as_slice(), b"a"][..], &[], &[b"x", b"b", b"a"], &[b"x", b"a", b"B"]] {
        assert_eq!(found(&plans, b"shape", literals), None, "{literals:?}");
    }
    assert_eq!(found(&plans, b"shap", &[b"x", b"a", b"b"]), None);
    // The same again takes the place of the former.
    (0..100).for_each(|verdict| keep(&[(1, b"a"), (2, b"c")], verdict));
    assert_eq!(found(&plans, b"shape", &[b"x", b"a", b"c"]), Some(99));
    assert_eq!(found(&plans, b"shape", &[b"x", b"a", b"b"]), Some(1));
}

#[test]
fn of_many_variants_of_a_shape_the_oldest_goes() {
    let plans = Plans::bounded(64);
    let bytes: Vec<Vec<u8>> = (0..40).map(shape).collect();
    for (number, bytes) in bytes.iter().enumerate() {
        plans.keep(b"shape", vec![(0, Box::from(&bytes[..]))], Arc::new(number));
    }
    let kept: Vec<usize> = bytes.iter().filter_map(|bytes| found(&plans, b"shape", &[bytes])).collect();
    assert_eq!(kept, (8..40).collect::<Vec<_>>(), "the last 32");
    assert_eq!(plans.len(), 1);
}
