//! What the six queries bring back from a real server.

use pgveil::catalog::fetch::Live;
use pgveil::catalog::model::{AttachmentKind, Catalog, Relation, RelationKind};
use pgveil::names::QualifiedName;

use super::place::live;
use crate::support::database;

fn relation<'l>(live: &'l Live, schema: &str, name: &str) -> &'l Relation {
    let name = QualifiedName::new(schema, name);
    live.relations.iter().find(|r| r.name == name).unwrap_or_else(|| panic!("{name} is listed"))
}

#[test]
fn the_live_catalog_says_what_the_server_holds() {
    let database = database("catalog_live");
    database.host().run(
        "CREATE COLLATION public.nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    );
    database.direct().run(
        "CREATE SCHEMA crm; \
         CREATE TABLE crm.\"People\" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone int, \
           email varchar(80) DEFAULT 'x' NOT NULL UNIQUE, nick text COLLATE public.nocase, other text COLLATE \"C\", \
           low text GENERATED ALWAYS AS (lower(other)) STORED, CHECK (length(nick) > 1)); \
         ALTER TABLE crm.\"People\" DROP COLUMN gone; \
         CREATE VIEW crm.v AS SELECT email AS mail, id FROM crm.\"People\"; \
         CREATE TABLE crm.part (d date, k text) PARTITION BY RANGE (d); \
         CREATE TABLE crm.part_1 PARTITION OF crm.part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); \
         CREATE RULE r AS ON INSERT TO crm.v DO INSTEAD NOTHING; \
         CREATE FUNCTION crm.f(a text) RETURNS SETOF crm.\"People\" LANGUAGE sql AS 'SELECT * FROM crm.\"People\" WHERE email = a'; \
         CREATE FUNCTION crm.g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END",
    );
    let live = live(&database);
    assert!(live.server.version >= 130_000);
    assert_eq!(live.server.encoding, "UTF8");
    let people = relation(&live, "crm", "People");
    let names: Vec<&str> = people.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["id", "email", "nick", "other", "low"]);
    let [id, email, nick, other, low] = people.columns.as_slice() else { panic!("five") };
    assert_eq!((id.attnum, id.identity, id.has_default), (1, Some('a'), false));
    assert_eq!((email.attnum, email.type_name.as_str(), email.typmod), (3, "character varying(80)", 84));
    assert!(email.has_default && email.not_null && email.collation.is_none());
    assert_eq!(nick.collation.as_deref(), Some("public.nocase"));
    assert!(nick.nondeterministic && !other.nondeterministic);
    assert_eq!(other.collation.as_deref(), Some("pg_catalog.\"C\""));
    assert!(low.generated && !low.has_default && low.expression.is_some());
    assert_eq!(people.unique_keys, [vec![0], vec![1]]);
    let kinds: Vec<AttachmentKind> = people.attachments.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [AttachmentKind::Check, AttachmentKind::Index, AttachmentKind::Index]);

    let view = relation(&live, "crm", "v");
    assert_eq!(view.kind, RelationKind::View);
    assert!(view.definition.as_deref().is_some_and(|d| d.contains("FROM crm.\"People\"")), "{view:?}");
    assert_eq!(view.attachments.len(), 1);
    assert_eq!(relation(&live, "crm", "part_1").parents, [QualifiedName::new("crm", "part")]);
    assert!(!relation(&live, "pg_catalog", "pg_class").columns.is_empty());

    let catalog = Catalog::new(live.relations, live.functions, live.server.version);
    let f = catalog.functions_named("f").next().expect("f");
    assert_eq!((f.language.as_str(), f.arguments.as_str(), f.returns_rows), ("sql", "a text", true));
    let g = catalog.functions_named("g").next().expect("g");
    assert!(g.body.contains("BEGIN ATOMIC"), "{g:?}");
}
