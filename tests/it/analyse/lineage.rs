//! Which protected column a view's column shows.

use pgveil::policy::model::column_name;
use pgveil::sql::view_lineage;

use super::schema::database;

/// The columns that a definition shows, by name; what is said if it is refused.
fn shown(definition: &str) -> Result<Vec<Option<String>>, String> {
    let database = database(150_000);
    let name = |id| {
        let column = database.policy.column(id).expect("a column");
        column_name(&column.relation, &column.column)
    };
    view_lineage(definition, &database.catalog, &database.policy)
        .map(|columns| columns.into_iter().map(|c| c.map(name)).collect())
}

fn some(name: &str) -> Option<String> {
    Some(name.to_owned())
}

#[test]
fn columns_are_followed_to_their_base() {
    assert_eq!(
        shown(" SELECT customers.id,\n    customers.email AS mail\n   FROM customers;"),
        Ok(vec![None, some("public.customers.email")])
    );
    assert_eq!(
        shown("SELECT mail FROM public.customer_emails"),
        Ok(vec![some("public.customers.email")]),
        "a view over a view"
    );
    assert_eq!(
        shown(
            "SELECT COALESCE(o.customer_email, c.email) AS e, count(*) AS count FROM public.orders o \
               FULL JOIN public.customers c ON o.customer_email = c.email GROUP BY 1"
        ),
        Ok(vec![some("public.orders.customer_email"), None])
    );
    assert_eq!(
        shown("SELECT c.email FROM public.customers c UNION SELECT o.customer_email FROM public.orders o"),
        Ok(vec![some("public.customers.email")])
    );
    assert_eq!(
        shown("SELECT (c.name)::text AS name FROM public.customers c"),
        Ok(vec![some("public.customers.name")])
    );
}

fn refused(definition: &str, because: &str) {
    let said = shown(definition).expect_err(definition);
    assert!(said.contains(because), "{definition}: {said}");
}

#[test]
fn what_cannot_be_told_is_refused() {
    refused("SELECT c.email FROM public.customers c WHERE c.email <> 'x'::text", "a view cannot use");
    refused("SELECT (c.email)::varchar(5) AS e FROM public.customers c", "this cast cannot be applied");
    refused("SELECT upper(c.email) AS e FROM public.customers c", "function upper");
    refused("SELECT array_agg(c.email) AS e FROM public.customers c", "cannot stand in a row");
    refused("SELECT c.id FROM public.customers c ORDER BY c.email", "cannot sort by");
    refused("SELECT * FROM public.notes", "cannot be counted");
    refused("SELECT FROM FROM", "cannot be read");
    refused("DELETE FROM public.customers", "cannot be read");
}

#[test]
fn an_envelope_in_a_definition_is_left_alone() {
    assert_eq!(
        shown("SELECT c.id FROM public.customers c WHERE c.email <> 'pgV1:AbCd.'::text"),
        Ok(vec![None])
    );
}
