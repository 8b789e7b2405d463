//! Names that the catalog does not have, found in the tokens: each costs a look at the live shape, and one that
//! is missed is judged by an old one.

use pgveil::sql::known::SessionNames;
use pgveil::sql::lexer::{Tokens, lex};
use pgveil::sql::unseen::names_unseen;

use super::cases::known;
use super::schema::database;

const SEEN: [&str; 16] = [
    "SELECT 1",
    "SELECT * FROM customers, ONLY public.orders AS o, LATERAL notes n",
    "SELECT * FROM customers c JOIN orders o USING (id)",
    "INSERT INTO orders (id) VALUES (1)",
    "SELECT lower('x'), pg_catalog.whatever(1), count(*) FROM customers",
    "SELECT * FROM generate_series(1, 2)",
    "SELECT extract(year FROM created_at) FROM customers",
    "SELECT 1 IS DISTINCT FROM nowhere",
    "WITH c AS (SELECT 1) SELECT * FROM c",
    "WITH c (a, b) AS (SELECT 1, 2) SELECT * FROM c",
    "WITH c AS MATERIALIZED (SELECT 1) SELECT * FROM c",
    "WITH c AS NOT MATERIALIZED (SELECT 1) SELECT * FROM c",
    "WITH \"C d\" AS (SELECT 1) SELECT * FROM \"C d\"",
    "SELECT a.x FROM (VALUES (1)) AS a (x)",
    "SELECT 'x'::varchar(3), CAST(1 AS numeric(4, 2))",
    "DELETE FROM customers USING orders o WHERE o.id = customers.id",
];

const UNSEEN: [&str; 15] = [
    "SELECT * FROM nowhere",
    "SELECT * FROM customers, nowhere",
    "SELECT * FROM customers AS c, ONLY nowhere",
    "SELECT * FROM customers c JOIN nowhere n ON true",
    "SELECT * FROM other.customers",
    "SELECT unheard_of(1)",
    "SELECT id FROM customers WHERE public.unheard_of(id)",
    "INSERT INTO nowhere VALUES (1)",
    "UPDATE nowhere SET a = 1",
    "COPY nowhere TO STDOUT",
    "DELETE FROM customers USING nowhere",
    "WITH c AS (SELECT 1) SELECT * FROM d",
    "WITH c AS (SELECT 1) SELECT * FROM public.c",
    "SELECT d AS x FROM d",
    "WITH d AS (SELECT 1) SELECT c FROM c",
];

#[test]
fn a_name_that_the_catalog_does_not_have_is_found() {
    let (database, names) = (database(150_000), SessionNames::default());
    let known = known(&database, &names, &[]);
    for (texts, expected) in [(&SEEN[..], false), (&UNSEEN[..], true)] {
        for text in texts {
            let mut tokens = Tokens::default();
            lex(text.as_bytes(), true, &mut tokens).expect("tokens");
            assert_eq!(names_unseen(text.as_bytes(), &tokens, &known), expected, "{text}");
        }
    }
}
