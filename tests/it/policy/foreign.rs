//! Foreign tables: what they stand for may be in this very database.

use pgveil::catalog::fetch::Live;
use pgveil::catalog::model::RelationKind;
use pgveil::catalog::pin::Pin;
use pgveil::policy::join::{Joined, join, take};

use super::shape::{guarded, lineage, live, name, table, tags, view};

const POLICY: &str = "[[column]]\nname = 'public.people.email'\nmode = 'deterministic'\ndomain = 'email'\n";

fn small() -> Live {
    let people = guarded(table("public.people", &[("id", "bigint"), ("email", "text")]), "email");
    live(vec![people, table("public.orders", &[("id", "bigint")])])
}

/// A changed server with the pin of the small one.
fn joined(change: impl FnOnce(&mut Live)) -> Joined {
    let tags = tags(POLICY);
    let pin = take(&tags, &Pin::empty(), &small(), &lineage);
    let mut live = small();
    change(&mut live);
    join(&tags, &pin, &live, &lineage)
}

fn is_open(joined: &Joined, relation: &str) -> bool {
    joined.catalog.relation(&name(relation)).expect("listed").open
}

/// A foreign table may lead back into this database.
#[test]
fn a_foreign_table_that_stands_for_a_protected_one_is_closed() {
    let foreign = |own: &str, options: Option<&str>| {
        let mut relation = table(own, &[("id", "bigint"), ("email", "text")]);
        relation.kind = RelationKind::Foreign;
        relation.definition = options.map(str::to_owned);
        relation
    };
    let closed: &[(&str, Option<&str>)] = &[
        ("public.far", Some("public\npeople")),
        ("public.far", Some("people")),
        ("public.far", Some("\"People\"")),
        ("public.far", Some("public.people")),
        ("public.far", Some("SELECT id, email FROM public.people")),
        ("other.people", None),
        ("other.people", Some("people\n100\npublic")),
    ];
    for (own, options) in closed {
        let joined = joined(|live| {
            live.relations.push(foreign(own, *options));
            let definition = format!("SELECT id, email FROM {own}");
            live.relations.push(view("public.seen", &["id", "email"], &definition));
        });
        assert!(!is_open(&joined, own), "{own} {options:?}: {:?}", joined.findings);
        assert_eq!(joined.findings.iter().filter(|f| f.code == "foreign-table").count(), 1, "{own}");
        assert!(!is_open(&joined, "public.seen"), "{own} {options:?}");
        assert!(is_open(&joined, "public.people"), "{own} {options:?}");
        // Nor does it open when it is accepted with the rest.
        let mut live = small();
        live.relations.push(foreign(own, *options));
        let tags = tags(POLICY);
        let joined = join(&tags, &take(&tags, &Pin::empty(), &live, &lineage), &live, &lineage);
        assert!(!is_open(&joined, own), "{own} {options:?}: {:?}", joined.findings);
    }
    let open: &[(&str, Option<&str>)] = &[
        ("public.far", None),
        ("public.far", Some("public\norders")),
        ("public.far", Some("/srv/people.csv\ncsv")),
        ("public.far", Some("SELECT peoples FROM x")),
        ("other.people", Some("orders")),
    ];
    for (own, options) in open {
        let joined = joined(|live| live.relations.push(foreign(own, *options)));
        assert_eq!(joined.findings, [], "{own} {options:?}");
        assert!(is_open(&joined, own) && is_open(&joined, "public.people"), "{own} {options:?}");
    }
}
