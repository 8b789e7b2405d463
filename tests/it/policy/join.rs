//! Pin and live server joined: what stays open, what is closed, and by which finding.

use pgveil::catalog::drift;
use pgveil::catalog::fetch::Live;
use pgveil::catalog::finding::Weight;
use pgveil::catalog::lookup::Resolution;
use pgveil::catalog::model::{AttachmentKind, Function, Relation};
use pgveil::catalog::path::SearchPath;
use pgveil::catalog::pin::Pin;
use pgveil::names::ColumnId;
use pgveil::policy::join::{Joined, join, take};
use pgveil::policy::model::Tags;
use pgveil::types::{LogicalType, StoredType};

use super::shape::{attach, guarded, lineage, live, name, table, tags, view};

const POLICY: &str = "[[column]]\nname = 'public.people.email'\nmode = 'deterministic'\ndomain = 'email'\n";

fn people() -> Relation {
    guarded(table("public.people", &[("id", "bigint"), ("email", "text"), ("note", "text")]), "email")
}

fn small() -> Live {
    live(vec![people(), table("public.orders", &[("id", "bigint")])])
}

fn accepted(tags: &Tags, live: &Live) -> Pin {
    take(tags, &Pin::empty(), live, &lineage)
}

/// Joins a changed server with the pin of the small one.
fn after(change: impl FnOnce(&mut Live)) -> Joined {
    let tags = tags(POLICY);
    let pin = accepted(&tags, &small());
    let mut live = small();
    change(&mut live);
    join(&tags, &pin, &live, &lineage)
}

fn codes(joined: &Joined) -> Vec<&'static str> {
    joined.findings.iter().map(|f| f.code).collect()
}

fn is_open(joined: &Joined, relation: &str) -> bool {
    joined.catalog.relation(&name(relation)).expect("listed").open
}

#[test]
fn what_agrees_is_open_and_tagged() {
    let joined = after(|_| {});
    assert_eq!(joined.findings, []);
    let people = joined.catalog.relation(&name("public.people")).expect("listed");
    assert!(people.pinned && people.open);
    let email = people.column("email").expect("there").1;
    assert_eq!((email.tag, email.attnum), (Some(ColumnId(0)), 2));
    assert_eq!(joined.catalog.tag_at(people.oid, 2), Some(ColumnId(0)));
    assert_eq!(joined.catalog.tag_at(people.oid, 3), None);
    let column = joined.policy.columns.first().expect("one");
    assert_eq!((&column.logical, column.stored), (&LogicalType::Text, StoredType::Text));
    assert!(!joined.catalog.relation(&name("public.orders")).expect("listed").pinned);
    assert!(joined.catalog.is_pinned_word("people") && !joined.catalog.is_pinned_word("orders"));
    assert!(joined.catalog.is_tagged_column_name("email") && !joined.catalog.is_tagged_column_name("note"));
}

/// Every lie of the live server about the protected table closes it, by name, and nothing else.
#[test]
fn every_drift_closes_with_its_name() {
    type Lie = fn(&mut Relation);
    let lies: &[(&str, Lie)] = &[
        ("column-order", |r| r.columns.swap(0, 2)),
        ("column-added", |r| r.columns.extend(table("a.b", &[("new", "text")]).columns)),
        ("column-dropped", |r| drop(r.columns.remove(2))),
        ("column-type", |r| r.columns.iter_mut().for_each(|c| c.type_name = "json".into())),
        ("column-type", |r| r.columns.iter_mut().for_each(|c| c.type_oid = 17)),
        ("column-collation", |r| r.columns.iter_mut().for_each(|c| c.collation = Some("x.y".into()))),
        ("column-collation", |r| r.columns.iter_mut().for_each(|c| c.nondeterministic = true)),
        ("column-generated", |r| r.columns.iter_mut().for_each(|c| c.generated = true)),
        ("column-identity", |r| r.columns.iter_mut().for_each(|c| c.identity = Some('d'))),
        ("column-default", |r| r.columns.iter_mut().for_each(|c| c.has_default = true)),
        ("parents", |r| r.parents.push(name("public.orders"))),
        ("kind", |r| r.kind = pgveil::catalog::model::RelationKind::Foreign),
        ("gone", |r| r.name = name("public.elsewhere")),
        ("guard-missing", |r| r.attachments.clear()),
        ("rules", |r| {
            attach(r, AttachmentKind::Rule, "r", "CREATE RULE r AS ON INSERT TO public.x DO NOTHING")
        }),
        ("definition", |r| r.definition = Some("-".into())),
    ];
    for (code, lie) in lies {
        let joined = after(|live| live.relations.first_mut().into_iter().for_each(lie));
        assert!(codes(&joined).contains(code), "{code}: {:?}", joined.findings);
        assert!(!is_open(&joined, "public.people"), "{code}");
        assert!(is_open(&joined, "public.orders"), "{code}");
        // What decides is the pin, whatever the server says.
        let people = joined.catalog.relation(&name("public.people")).expect("listed");
        let names: Vec<&str> = people.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "email", "note"], "{code}");
        assert_eq!(people.column("email").expect("there").1.tag, Some(ColumnId(0)), "{code}");
    }
}

#[test]
fn a_wrong_encoding_closes_everything_protected() {
    let joined = after(|live| live.server.encoding = "LATIN1".into());
    assert_eq!(codes(&joined), ["encoding"]);
    assert!(!is_open(&joined, "public.people") && is_open(&joined, "public.orders"));
}

#[test]
fn a_partition_attached_later_is_closed_and_the_root_goes_on() {
    let joined = after(|live| {
        let mut part = guarded(
            table("public.people_2", &[("email", "text"), ("id", "bigint"), ("note", "text")]),
            "email",
        );
        part.parents.push(name("public.people"));
        live.relations.push(part);
    });
    assert_eq!(codes(&joined), ["not-accepted"]);
    assert!(is_open(&joined, "public.people") && !is_open(&joined, "public.people_2"));
    let part = joined.catalog.relation(&name("public.people_2")).expect("listed");
    assert!(part.pinned);
    assert_eq!(part.column("email").expect("there").1.tag, Some(ColumnId(0)));
    assert_eq!(joined.catalog.children(&name("public.people")).count(), 1);
}

#[test]
fn a_view_made_later_is_closed_until_accepted() {
    let tags = tags(POLICY);
    let pin = accepted(&tags, &small());
    let mut now = small();
    now.relations.push(view("public.v", &["mail"], "public.people.email"));
    let joined = join(&tags, &pin, &now, &lineage);
    assert_eq!(codes(&joined), ["not-accepted"]);
    assert!(!is_open(&joined, "public.v") && is_open(&joined, "public.people"));

    let pin = take(&tags, &pin, &now, &lineage);
    let joined = join(&tags, &pin, &now, &lineage);
    assert_eq!(joined.findings, []);
    let v = joined.catalog.relation(&name("public.v")).expect("listed");
    assert_eq!(v.column("mail").expect("there").1.tag, Some(ColumnId(0)));
}

#[test]
fn views_on_views_carry_tags_in_whatever_order_they_are_listed() {
    let tags = tags(POLICY);
    let mut now = live(vec![
        view("public.a_outer", &["x", "y"], "public.b_middle.m, -"),
        view("public.b_middle", &["m"], "public.c_inner.mail"),
        view("public.c_inner", &["mail"], "public.people.email"),
        view("public.apart", &["z"], "public.orders.id"),
        table("public.orders", &[("id", "bigint")]),
        people(),
    ]);
    let pin = accepted(&tags, &now);
    let pinned: Vec<&str> = pin.relations.iter().map(|r| r.name.name.as_str()).collect();
    assert_eq!(pinned, ["a_outer", "b_middle", "c_inner", "people"]);
    let outer = pin.relation(&name("public.a_outer")).expect("pinned");
    let carried: Vec<Option<&str>> = outer.columns.iter().map(|c| c.tag.as_deref()).collect();
    assert_eq!(carried, [Some("public.people.email"), None]);
    assert_eq!(join(&tags, &pin, &now, &lineage).findings, []);

    // The host redefines the innermost one: it is closed, and its pinned map still decides.
    let inner = now.relations.iter_mut().find(|r| r.name.name == "c_inner").expect("listed");
    inner.definition = Some("public.people.note".into());
    let joined = join(&tags, &pin, &now, &lineage);
    assert_eq!(codes(&joined), ["definition"]);
    assert!(!is_open(&joined, "public.c_inner"));
    let outer = joined.catalog.relation(&name("public.a_outer")).expect("listed");
    assert_eq!(outer.column("x").expect("there").1.tag, Some(ColumnId(0)));
}

#[test]
fn a_view_that_cannot_be_judged_is_closed() {
    let tags = tags(POLICY);
    let now = live(vec![people(), view("public.v", &["x"], "public.people.email, public.people.nothing")]);
    let joined = join(&tags, &accepted(&tags, &now), &now, &lineage);
    assert_eq!(codes(&joined), ["view-lineage"]);
    assert!(!is_open(&joined, "public.v"));
}

#[test]
fn a_policy_that_changed_since_closes_the_views_over_it() {
    let before = tags(POLICY);
    let now = live(vec![people(), view("public.v", &["n"], "public.people.note")]);
    let pin = accepted(&before, &now);
    let more =
        tags(&format!("{POLICY}[[column]]\nname = 'public.people.note'\ntype = 'text'\nphase = 'plain'\n"));
    let joined = join(&more, &pin, &now, &lineage);
    assert_eq!(codes(&joined), ["tag", "tag"]);
    assert!(!is_open(&joined, "public.v") && !is_open(&joined, "public.people"));
    let pin = take(&more, &pin, &now, &lineage);
    assert_eq!(join(&more, &pin, &now, &lineage).findings, []);
}

#[test]
fn inheritance_carries_tags_down_and_never_leaves_the_parent_untagged() {
    let mut child = guarded(table("public.child", &[("id", "bigint"), ("email", "text")]), "email");
    child.parents.push(name("public.people"));
    let mut grandchild = guarded(table("public.grandchild", &[("email", "text")]), "email");
    grandchild.parents.push(name("public.child"));
    let now = live(vec![grandchild, child, people()]);
    let tags_of_parent = tags(POLICY);
    let joined = join(&tags_of_parent, &accepted(&tags_of_parent, &now), &now, &lineage);
    assert_eq!(joined.findings, []);
    let grandchild = joined.catalog.relation(&name("public.grandchild")).expect("listed");
    assert_eq!(grandchild.column("email").expect("there").1.tag, Some(ColumnId(0)));

    let tags_of_child = tags("[[column]]\nname = 'public.child.email'\n");
    let joined = join(&tags_of_child, &accepted(&tags_of_child, &now), &now, &lineage);
    assert!(codes(&joined).contains(&"parent-tag"), "{:?}", joined.findings);
    assert!(!is_open(&joined, "public.people") && !is_open(&joined, "public.child"));
}

#[test]
fn a_rule_that_reaches_a_protected_table_closes_its_relation() {
    let tags = tags(POLICY);
    let mut inbox = table("public.inbox", &[("addr", "text")]);
    let definition = "CREATE RULE r AS ON INSERT TO public.inbox DO INSTEAD INSERT INTO public.people (email) VALUES (new.addr)";
    attach(&mut inbox, AttachmentKind::Rule, "r", definition);
    let now = live(vec![people(), inbox]);
    let joined = join(&tags, &accepted(&tags, &now), &now, &lineage);
    assert_eq!(codes(&joined), ["rule"]);
    assert!(!is_open(&joined, "public.inbox") && is_open(&joined, "public.people"));
}

#[test]
fn a_view_whose_trigger_reaches_a_protected_table_is_closed_until_the_function_is_declared() {
    let mut entry = view("public.entry", &["addr"], " SELECT 'x'::text AS addr;");
    let trigger =
        "CREATE TRIGGER t INSTEAD OF INSERT ON public.entry FOR EACH ROW EXECUTE FUNCTION public.put()";
    attach(&mut entry, AttachmentKind::Trigger, "t", trigger);
    let mut queue = table("public.queue", &[("addr", "text")]);
    attach(&mut queue, AttachmentKind::Trigger, "t", &trigger.replace("INSTEAD OF", "AFTER"));
    for (body, closes) in [
        ("BEGIN INSERT INTO people (email) VALUES (new.addr); RETURN new; END", true),
        ("BEGIN EXECUTE 'INSERT INTO peo' || 'ple VALUES ($1)' USING new.addr; RETURN new; END", true),
        ("BEGIN INSERT INTO queue VALUES (new.addr); RETURN new; END", false),
    ] {
        let mut now = live(vec![people(), entry.clone(), queue.clone()]);
        now.functions.push(Function::new(name("public.put"), "plpgsql", body));
        let tags_alone = tags(POLICY);
        let joined = join(&tags_alone, &accepted(&tags_alone, &now), &now, &lineage);
        assert_eq!(codes(&joined).contains(&"view-trigger"), closes, "{body}");
        assert_eq!(is_open(&joined, "public.entry"), !closes, "{body}");
        assert!(is_open(&joined, "public.queue"), "it keeps what it is given, in the clear");

        let declared = format!("{POLICY}[[function]]\nname = 'public.put'\nargs = []\nreturns = 'plain'\n");
        let declared = tags(&declared);
        let joined = join(&declared, &accepted(&declared, &now), &now, &lineage);
        assert!(is_open(&joined, "public.entry"), "{body}");
    }
}

#[test]
fn functions_that_name_something_protected_are_pinned() {
    let tags = tags(POLICY);
    let mut now = small();
    let function = |body: &str| Function::new(name("public.f"), "sql", body);
    now.functions.push(function("SELECT * FROM PEOPLE WHERE id = 1"));
    now.functions.push(Function::new(name("public.g"), "sql", "SELECT f()"));
    now.functions.push(Function::new(name("public.h"), "sql", "SELECT 1"));
    let pin = accepted(&tags, &now);
    let pinned: Vec<&str> = pin.functions.iter().map(|f| f.name.name.as_str()).collect();
    assert_eq!(pinned, ["f", "g"]);
    assert!(join(&tags, &pin, &now, &lineage).catalog.is_pinned_word("g"));

    now.functions.retain(|f| f.name.name != "f");
    now.functions.push(function("SELECT 1"));
    let joined = join(&tags, &pin, &now, &lineage);
    assert_eq!(codes(&joined), ["function"]);
    let f = joined.catalog.functions_named("f").next().expect("listed");
    assert!(!f.open && f.body.contains("PEOPLE"));
}

#[test]
fn nothing_accepted_means_closed() {
    let tags = tags(POLICY);
    let joined = join(&tags, &Pin::empty(), &small(), &lineage);
    assert_eq!(codes(&joined), ["not-accepted", "type-unknown"]);
    assert!(!is_open(&joined, "public.people"));
    let joined = join(&tags, &Pin::empty(), &live(Vec::new()), &lineage);
    assert_eq!(codes(&joined), ["missing-table"]);
    assert!(!is_open(&joined, "public.people"));
    assert!(joined.catalog.is_pinned_word("people"));
}

#[test]
fn clients_keep_the_type_of_before_the_widening() {
    let tags = tags("[[column]]\nname = 'public.people.born'\n[[column]]\nname = 'public.people.nick'\n");
    let before = live(vec![table("public.people", &[("born", "date"), ("nick", "character varying(20)")])]);
    let pin = accepted(&tags, &before);
    let after = live(vec![table("public.people", &[("born", "text"), ("nick", "character varying")])]);
    let pin = take(&tags, &pin, &after, &lineage);
    let joined = join(&tags, &pin, &after, &lineage);
    let logical: Vec<&LogicalType> = joined.policy.columns.iter().map(|c| &c.logical).collect();
    assert_eq!(logical, [&LogicalType::Date, &LogicalType::Varchar(Some(20))]);
    let stored: Vec<StoredType> = joined.policy.columns.iter().map(|c| c.stored).collect();
    assert_eq!(stored, [StoredType::Text, StoredType::Varchar]);
    assert_eq!(codes(&joined), ["guard-missing", "guard-missing"]);
}

#[test]
fn a_bare_name_of_a_pinned_relation_and_another_is_ambiguous() {
    let tags = tags("[[column]]\nname = 'a.t.x'\n[[column]]\nname = 'b.t.x'\n[[column]]\nname = 'a.u.x'\n");
    let text = [("x", "text")];
    let now = live(vec![
        guarded(table("a.t", &text), "x"),
        guarded(table("b.t", &text), "x"),
        guarded(table("a.u", &text), "x"),
        table("b.u", &text),
        table("b.plain", &text),
        table("pg_catalog.plain", &text),
    ]);
    let catalog = join(&tags, &accepted(&tags, &now), &now, &lineage).catalog;
    let path = SearchPath::assumed("b");
    assert!(matches!(catalog.resolve(None, "t", &path), Resolution::Ambiguous(all) if all.len() == 2));
    // The client's own word tells which of several protected ones it means.
    for (said, found) in [("b", "b.t"), ("a, b", "a.t"), ("nowhere, \"b\"", "b.t")] {
        let path = SearchPath::said(said);
        assert!(matches!(catalog.resolve(None, "t", &path), Resolution::Found(r) if r.name == name(found)));
    }
    let nowhere = SearchPath::said("nowhere");
    assert!(matches!(catalog.resolve(None, "t", &nowhere), Resolution::Ambiguous(_)));
    let mut lost = SearchPath::said("b");
    lost.lose();
    assert!(matches!(catalog.resolve(None, "t", &lost), Resolution::Ambiguous(_)));
    assert!(matches!(catalog.resolve(Some("b"), "t", &path), Resolution::Found(r) if r.name == name("b.t")));
    // The search_path says b.u, the pin says a.u: neither is believed.
    assert!(matches!(catalog.resolve(None, "u", &path), Resolution::Ambiguous(all) if all.len() == 1));
    assert!(
        matches!(catalog.resolve(None, "u", &SearchPath::said("")), Resolution::Found(r) if r.name == name("a.u"))
    );
    assert!(
        matches!(catalog.resolve(None, "plain", &path), Resolution::Found(r) if r.name == name("pg_catalog.plain"))
    );
    let explicit = SearchPath::said("b, pg_catalog");
    assert!(
        matches!(catalog.resolve(None, "plain", &explicit), Resolution::Found(r) if r.name == name("b.plain"))
    );
    assert!(matches!(catalog.resolve(None, "nothing", &path), Resolution::Unknown));
}

#[test]
fn the_difference_of_two_pins_is_readable() {
    let tags = tags(POLICY);
    let was = accepted(&tags, &small());
    let mut now = small();
    let people = now.relations.first_mut().expect("people");
    people.columns.swap(0, 1);
    people.columns.retain(|c| c.name != "note");
    let mut was_live = small();
    was_live.relations.push(view("public.w", &["mail"], "public.people.email"));
    was_live.functions.push(Function::new(name("public.f"), "sql", "SELECT 1 FROM people"));
    let was = take(&tags, &was, &was_live, &lineage);
    now.relations.push(view("public.v", &["mail"], "public.people.email"));
    now.relations.push(view("public.w", &["mail"], "public.people.id"));
    now.functions.push(Function::new(name("public.f"), "sql", "SELECT 2 FROM people"));
    let lines = drift::lines(&was, &take(&tags, &was, &now, &lineage));
    assert_eq!(
        lines,
        [
            "~ public.people.note: the column is gone",
            "~ public.people: its columns now stand in the order email, id",
            "+ public.v",
            "+   mail text  carries public.people.email",
            "+   | public.people.email",
            "~ public.w: its definition has changed",
            "~ public.w.mail: it carried public.people.email, and carries nothing protected",
            "-   | public.people.email",
            "+   | public.people.id",
            "~ function public.f(): its definition has changed",
            "-   | SELECT 1 FROM people",
            "+   | SELECT 2 FROM people",
        ]
    );
    assert_eq!(drift::lines(&was, &was), Vec::<String>::new());
}

#[test]
fn findings_of_the_policy_against_the_shape() {
    let one = |column: &str, relation: Relation| {
        let tags = tags(&format!("[[column]]\nname = 'public.t.c'\n{column}\n"));
        let now = live(vec![relation]);
        let joined = join(&tags, &accepted(&tags, &now), &now, &lineage);
        joined.findings.iter().map(|f| (f.code, f.weight)).collect::<Vec<_>>()
    };
    let text = || guarded(table("public.t", &[("c", "text")]), "c");
    let with = |change: fn(&mut Relation)| {
        let mut relation = text();
        change(&mut relation);
        relation
    };
    use Weight::{Closes, Warning};
    assert_eq!(one("", text()), []);
    assert_eq!(one("", table("public.t", &[("d", "text")])), [("missing-column", Warning)]);
    assert_eq!(one("", table("public.t", &[("C", "text")])), [("letter-case", Closes)]);
    assert_eq!(one("", table("public.t", &[("c", "integer")])), [("unfit-type", Closes)]);
    assert_eq!(one("phase='plain'", table("public.t", &[("c", "integer")])), [("unfit-type", Warning)]);
    assert_eq!(one("", table("public.t", &[("c", "point")])), [("type-unknown", Closes)]);
    assert_eq!(
        one("mode='deterministic'", table("public.t", &[("c", "jsonb")])),
        [("guard-missing", Closes), ("unfit-mode", Closes)]
    );
    assert_eq!(one("phase='decrypting'", text()), [("guard-early", Warning)]);
    // A validated guard admits what is written while a column is being encrypted.
    assert_eq!(one("phase='encrypting'", text()), []);
    assert_eq!(
        one("", with(|r| attach(r, AttachmentKind::Check, "short", "CHECK ((length(c) < 9))"))),
        [("check", Warning)]
    );
    assert_eq!(one("", with(|r| attach(r, AttachmentKind::Check, "other", "CHECK ((length(cc) < 9))"))), []);
    assert_eq!(
        one("", with(|r| r.attachments.iter_mut().for_each(|a| a.validated = false))),
        [("guard-not-validated", Warning)]
    );
    assert_eq!(
        one("", with(|r| r.columns.iter_mut().for_each(|c| c.has_default = true))),
        [("default", Warning)]
    );
    assert_eq!(
        one("", with(|r| r.columns.iter_mut().for_each(|c| c.generated = true))),
        [("generated", Closes)]
    );
    assert_eq!(one("", with(|r| r.unique_keys.push(vec![0]))), [("unique-randomized", Warning)]);
    assert_eq!(one("mode='deterministic'", with(|r| r.unique_keys.push(vec![0]))), []);
    assert_eq!(
        one("mode='deterministic'", with(|r| r.columns.iter_mut().for_each(|c| c.nondeterministic = true))),
        [("check", Warning), ("collation", Closes), ("guard-missing", Closes)]
    );
    assert_eq!(
        one(
            "",
            with(|r| attach(r, AttachmentKind::ForeignKey, "k", "FOREIGN KEY (c) REFERENCES public.t(c)"))
        ),
        [("foreign-key", Warning)]
    );
    assert_eq!(
        one(
            "mode='deterministic'",
            with(|r| attach(r, AttachmentKind::ForeignKey, "k", "FOREIGN KEY (c) REFERENCES public.t(c)"))
        ),
        []
    );
    assert_eq!(
        one(
            "mode='deterministic'",
            with(|r| attach(r, AttachmentKind::ForeignKey, "k", "FOREIGN KEY (c) REFERENCES public.u(c)"))
        ),
        [("foreign-key", Warning)]
    );
    assert_eq!(one("", view("public.t", &["c"], "-")), [("unfit-relation", Closes)]);
}

#[test]
fn a_domain_of_two_types_is_closed() {
    let tags = tags(
        "[[column]]\nname='public.t.a'\nmode='deterministic'\ndomain='d'\n[[column]]\nname='public.t.b'\nmode='deterministic'\ndomain='d'\ntype='date'\n",
    );
    let now = live(vec![guarded(guarded(table("public.t", &[("a", "text"), ("b", "text")]), "a"), "b")]);
    let joined = join(&tags, &accepted(&tags, &now), &now, &lineage);
    assert_eq!(codes(&joined), ["domain-type", "domain-type"]);
}

#[test]
fn a_table_of_other_letters_than_the_tagged_one_is_closed() {
    let tags = tags("[[column]]\nname = 'public.User.email'\n");
    let mut there = table("public.\"User\"", &[("email", "text")]);
    there.oid = 77;
    let name = there.name.clone();
    let now = live(vec![there]);
    let joined = join(&tags, &accepted(&tags, &now), &now, &lineage);
    let finding = joined.findings.iter().find(|f| f.code == "letter-case").expect("a finding");
    assert!(finding.hint.as_ref().is_some_and(|hint| hint.contains("public.\"User\"")), "{finding}");
    assert!(joined.catalog.relations().iter().any(|r| r.name == name && !r.open));
}
