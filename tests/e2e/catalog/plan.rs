//! `plan`: every object of the server that reads or assigns a tagged column is named, and what stands
//! in the way stops `apply`.

use pgveil::catalog::finding::Weight;
use pgveil::catalog::pin::Pin;
use pgveil::jobs::apply::Proposal;

use super::place::{apply, propose, tags};
use crate::support::{Database, database};

fn column(name: &str, more: &str) -> String {
    format!("[[column]]\nname = 'public.t.{name}'\n{more}\n")
}

fn readers(proposal: &Proposal) -> Vec<String> {
    proposal
        .look
        .columns
        .iter()
        .flat_map(|column| column.readers.iter().map(|r| format!("{} {}", r.kind.label(), r.name)))
        .collect()
}

fn codes(proposal: &Proposal, weight: Weight) -> Vec<&'static str> {
    let all = proposal.look.findings.iter().filter(|finding| finding.weight == weight);
    let mut codes: Vec<&str> = all.map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes
}

fn busy(label: &str) -> Database {
    let database = database(label);
    database.host().run(
        "CREATE EXTENSION IF NOT EXISTS btree_gist; \
         CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%'); ALTER DOMAIN mail OWNER TO app",
    );
    database.direct().run(
        "CREATE TABLE t (id int PRIMARY KEY, email varchar(120) UNIQUE, name varchar(80), note text, m mail, \
           initials text GENERATED ALWAYS AS (left(note, 1)) STORED, EXCLUDE USING gist (m WITH =)); \
         ALTER TABLE t ADD CONSTRAINT name_long CHECK (length(name) < 60); \
         CREATE INDEX t_lower ON t (lower(name)); CREATE INDEX t_part ON t (id) WHERE name <> ''; \
         CREATE INDEX t_name ON t (name); \
         CREATE VIEW v AS SELECT id, email AS address, name FROM t; \
         CREATE VIEW w AS SELECT address FROM v WHERE name IS NOT NULL; \
         CREATE MATERIALIZED VIEW mv AS SELECT email, count(*) AS n FROM t GROUP BY email; \
         CREATE UNIQUE INDEX mv_email ON mv (email); COMMENT ON VIEW v IS 'it''s read by reports'; \
         GRANT SELECT ON w TO PUBLIC; \
         CREATE TABLE u (email varchar(120) REFERENCES t (email)); \
         CREATE POLICY own ON t USING (name = current_user); \
         CREATE STATISTICS t_stat ON name, note FROM t; \
         CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS \
           'BEGIN NEW.email := lower(NEW.email); RETURN NEW; END'; \
         CREATE TRIGGER tidy BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tidy(); \
         CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
         CREATE TRIGGER seen AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION seen(); \
         CREATE FUNCTION find(x text) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t WHERE email = x'; \
         CREATE RULE quiet AS ON DELETE TO t WHERE OLD.name = 'x' DO INSTEAD NOTHING",
    );
    database.host().run("CREATE PUBLICATION p FOR TABLE t WHERE (name <> '')");
    database
}

#[test]
fn everything_that_reads_a_tagged_column_is_named() {
    let database = busy("plan_readers");
    let policy = [
        column("email", "mode = 'deterministic'\nphase = 'encrypting'"),
        column("name", "phase = 'encrypting'"),
        column("note", "phase = 'encrypting'"),
        column("m", "phase = 'encrypting'\ntype = 'text'"),
    ];
    let proposal = propose(&database, &tags(&policy.concat()), &Pin::empty());
    let named = readers(&proposal);
    for wanted in [
        "unique index t_email_key",
        "foreign key u_email_fkey",
        "view public.v",
        "materialized view public.mv",
        "BEFORE ROW trigger tidy",
        "function find(text)",
        "CHECK name_long",
        "expression index t_lower",
        "partial index t_part",
        "index t_name",
        "row policy own",
        "statistics t_stat",
        "rule public.t",
        "publication p",
        "generated column initials",
        "exclusion constraint t_m_excl",
        "domain mail",
    ] {
        assert!(named.iter().any(|name| name == wanted), "{wanted} in {named:#?}");
    }
    assert!(!named.iter().any(|name| name.contains("seen")), "{named:#?}");
    assert_eq!(codes(&proposal, Weight::Closes), ["exclusion", "generated-from", "trigger"]);
    assert!(codes(&proposal, Weight::Warning).contains(&"check"));
}

#[test]
fn a_trigger_that_may_assign_the_column_stops_apply_until_somebody_has_read_it() {
    let database = busy("plan_trigger");
    let one = |more: &str| tags(&column("email", &format!("mode = 'deterministic'\n{more}")));
    let proposal = propose(&database, &one(""), &Pin::empty());
    assert_eq!(proposal.steps, []);
    assert_eq!(proposal.blocked.iter().map(|f| f.code).collect::<Vec<_>>(), ["trigger"]);
    let proposal = propose(&database, &one("reviewed_triggers = ['tidy']"), &Pin::empty());
    assert_eq!(proposal.blocked, []);
    assert!(!proposal.steps.is_empty());
}

#[test]
fn views_in_the_way_of_a_wider_type_are_made_again_as_they_were() {
    let database = busy("plan_views");
    let shape = "SELECT string_agg(concat_ws(' ', c.relname, c.relkind, pg_get_viewdef(c.oid), c.relacl, \
                 obj_description(c.oid), pg_get_userbyid(c.relowner), \
                 (SELECT string_agg(indexdef, ';') FROM pg_indexes WHERE tablename = c.relname)), '|' ORDER BY c.relname) \
                 FROM pg_class c WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace";
    let before = database.host().value(shape);
    assert!(before.contains("it's read by reports"), "{before}");
    let policy = tags(&column("email", "mode = 'deterministic'\nreviewed_triggers = ['tidy']"));
    apply(&database, &policy, &Pin::empty()).expect("applied");
    let type_of = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass \
                   AND attname = 'email'";
    assert_eq!(database.host().value(type_of), "character varying");
    assert_eq!(database.host().value(shape), before);
}

#[test]
fn rows_of_another_type_become_text_that_reads_the_same_whatever_the_role_has_set() {
    let database = database("plan_rows");
    database.direct().run(
        "CREATE TABLE t (d date, z timestamptz, i interval, f float8, n numeric(10,2), b bool); \
         INSERT INTO t VALUES ('1984-02-01', '2024-05-06 07:08:09.5+02', '1 mon 2 days', 0.1, 7.5, true)",
    );
    let set = format!(
        "ALTER DATABASE {} SET datestyle = 'German'; ALTER DATABASE {} SET timezone = 'Asia/Tokyo'; \
         ALTER DATABASE {} SET intervalstyle = 'iso_8601'",
        database.name, database.name, database.name
    );
    database.host().run(&set);
    let names = ["d", "z", "i", "f", "n", "b"];
    let encrypted: String = names.iter().map(|name| column(name, "")).collect();
    let proposal = propose(&database, &tags(&encrypted), &Pin::empty());
    assert_eq!(proposal.steps, [], "plaintext must not become text in phase encrypted");
    let policy: String = names.iter().map(|name| column(name, "phase = 'encrypting'")).collect();
    apply(&database, &tags(&policy), &Pin::empty()).expect("applied");
    let row = database.host().rows("SELECT d, z, i, f, n, b FROM t").remove(0);
    let row: Vec<String> = row.into_iter().flatten().collect();
    assert_eq!(row, ["1984-02-01", "2024-05-06 05:08:09.5+00", "1 mon 2 days", "0.1", "7.50", "true"]);
}

#[test]
fn few_distinct_values_stop_a_deterministic_column_until_that_is_accepted() {
    let database = database("plan_frequency");
    database.direct().run(
        "CREATE TABLE t (town text, mail text); INSERT INTO t SELECT 'town ' || g % 7, 'm' || g FROM \
         generate_series(1, 2000) g; ANALYZE t",
    );
    let both = |more: &str| {
        let det = "mode = 'deterministic'\nphase = 'encrypting'";
        tags(&[column("town", &format!("{det}\n{more}")), column("mail", det)].concat())
    };
    let proposal = propose(&database, &both(""), &Pin::empty());
    let found: Vec<String> = proposal.blocked.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("public.t.town: about 7 distinct values in 2000 rows"), "{found:?}");
    assert_eq!(propose(&database, &both("accept_leakage = 'frequency'"), &Pin::empty()).blocked, []);
}

#[test]
fn the_longest_value_follows_from_the_widest_index() {
    let database = database("plan_longest");
    database
        .direct()
        .run("CREATE TABLE t (a text, b text, c text); CREATE INDEX ON t (a); CREATE INDEX ON t (b, c)");
    let det = |name: &str| column(name, "mode = 'deterministic'");
    let proposal = propose(&database, &tags(&[det("a"), det("b")].concat()), &Pin::empty());
    let longest: Vec<Option<i64>> =
        proposal.look.columns.iter().map(|c| c.cost.as_ref().and_then(|cost| cost.longest())).collect();
    assert_eq!(longest[0], Some(1_900));
    assert!(longest[1].is_some_and(|bytes| (1_500..1_900).contains(&bytes)), "{longest:?}");
}
