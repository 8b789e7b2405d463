//! The small application on Diesel: typed queries on libpq, every value binary, statements kept by their text.
//!
//! Its own package, so that only who runs it compiles Diesel. Where to connect stands in libpq's variables.

use chrono::NaiveDate;
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::result::Error::{DatabaseError, RollbackTransaction};
use diesel::upsert::excluded;
use serde_json::{Value, json};

mod schema {
    diesel::table! {
        customers (id) {
            id -> BigInt,
            name -> Varchar,
            email -> Varchar,
            phone -> Nullable<Text>,
            birth_date -> Nullable<Date>,
            profile -> Nullable<Jsonb>,
            active -> Bool,
            plan -> Text,
        }
    }
    diesel::table! {
        invoices (id) {
            id -> BigInt,
            customer_id -> BigInt,
            email -> Varchar,
            note -> Nullable<Text>,
        }
    }
    diesel::joinable!(invoices -> customers (customer_id));
    diesel::allow_tables_to_appear_in_same_query!(customers, invoices);
}
diesel::define_sql_function! { fn lower(text: diesel::sql_types::Text) -> Text; }

#[derive(Debug, Clone, Queryable, Selectable, Identifiable, AsChangeset)]
#[diesel(table_name = schema::customers, treat_none_as_null = true)]
struct Customer {
    id: i64,
    name: String,
    email: String,
    phone: Option<String>,
    birth_date: Option<NaiveDate>,
    profile: Option<Value>,
    active: bool,
    plan: String,
}

#[derive(Debug, Queryable, Selectable, Identifiable, Associations)]
#[expect(dead_code, reason = "read by its Debug form only")]
#[diesel(belongs_to(Customer), table_name = schema::invoices)]
struct Invoice {
    id: i64,
    customer_id: i64,
    email: String,
    note: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = schema::customers)]
struct New {
    name: String,
    email: String,
    phone: Option<String>,
    birth_date: Option<NaiveDate>,
    profile: Option<Value>,
}

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

/// Diesel names some states and hides the number.
fn state(error: &diesel::result::Error) -> Option<&'static str> {
    let DatabaseError(_, about) = error else { return None };
    [("duplicate key", "23505"), ("too long", "22001"), ("protected column", "0A000")]
        .into_iter()
        .find(|(words, _)| about.message().contains(words))
        .map(|(_, state)| state)
}

fn step<T: std::fmt::Debug>(name: &str, found: QueryResult<T>) {
    told(name, false, found);
}

fn refused<T: std::fmt::Debug>(name: &str, found: QueryResult<T>) {
    told(name, true, found);
}

fn told<T: std::fmt::Debug>(name: &str, refused: bool, found: QueryResult<T>) {
    let outcome = match found {
        Ok(value) => json!({ "value": format!("{value:?}") }),
        Err(error) => match state(&error) {
            Some(state) => json!({ "error": "Database", "state": state }),
            None => json!({ "error": error.to_string(), "state": null }),
        },
    };
    println!("{}", json!({ "step": name, "refused": refused, "outcome": outcome }));
}

fn person(name: &str, email: &str, full: bool) -> New {
    New {
        name: name.into(),
        email: email.into(),
        phone: full.then(|| "+49".into()),
        birth_date: NaiveDate::from_ymd_opt(1990, 2, 3).filter(|_| full),
        profile: full.then(|| json!({"a": [1, null], "b": "ü"})),
    }
}

fn main() {
    let c = &mut PgConnection::establish("").expect("a connection");
    people(c);
    bills(c);
    transactions(c);
    refusals(c);
}

fn people(c: &mut PgConnection) {
    use schema::customers::dsl::*;
    let mine = Customer::as_select;
    let ada = || customers.filter(email.eq(ADA));
    step(
        "sign-up",
        diesel::insert_into(customers).values(person("Ada Ü", ADA, true)).returning(mine()).get_result(c),
    );
    step("sign-up with nulls", diesel::insert_into(customers).values(person("Bob", BOB, false)).execute(c));
    step("sign-up twice", diesel::insert_into(customers).values(person("x", ADA, false)).execute(c));
    let long = person(&"x".repeat(101), "l@example.com", false);
    step("sign-up, too long", diesel::insert_into(customers).values(long).execute(c));
    let many: Vec<New> =
        (0..25).map(|n| person(&format!("n'{n}"), &format!("n{n}@example.com"), n % 2 == 0)).collect();
    step(
        "many",
        diesel::insert_into(customers).values(&many).returning((id, email)).get_results::<(i64, String)>(c),
    );
    step("log in", ada().select(mine()).first(c));
    step("log in again", ada().select(mine()).first(c).optional());
    step("log in, nobody", customers.filter(email.eq("none")).select(mine()).first(c).optional());
    step("by key", customers.find(1).select(mine()).first(c));
    step("any", customers.filter(email.eq_any([ADA, BOB])).order(id).select(id).load::<i64>(c));
    step("not any", customers.filter(email.ne_all(vec![ADA, BOB])).count().get_result::<i64>(c));
    step("or null", customers.filter(email.eq(ADA).or(phone.is_null())).count().get_result::<i64>(c));
    step(
        "same or both null",
        customers.filter(email.is_not_distinct_from(ADA)).select(name).load::<String>(c),
    );
    let exists = diesel::select(diesel::dsl::exists(ada())).get_result::<bool>(c);
    step("exists", exists);
    let changed = diesel::update(ada()).set((phone.eq(None::<&str>), profile.eq(json!({"b": null}))));
    step("change", changed.returning(mine()).get_result(c));
    let saved = customers.filter(email.eq(BOB)).select(mine()).first(c).and_then(|mut one: Customer| {
        one.name = "Bob B".into();
        one.birth_date = NaiveDate::from_ymd_opt(2001, 1, 1);
        one.save_changes::<Customer>(c)
    });
    step("saved", saved);
    let upsert = diesel::insert_into(customers).values(person("Ada U", ADA, false)).on_conflict(email);
    step(
        "upsert",
        upsert.do_update().set(name.eq(excluded(name))).returning((id, name)).get_result::<(i64, String)>(c),
    );
    let nothing = diesel::insert_into(customers).values(person("x", ADA, false)).on_conflict_do_nothing();
    step("upsert, nothing", nothing.execute(c));
    step("page", customers.order(id).limit(3).offset(2).select(mine()).load(c));
    let rows = customers.order(id).select((id, email)).load_iter::<(i64, String), DefaultLoadingMode>(c);
    step("export", rows.and_then(Iterator::collect::<QueryResult<Vec<_>>>));
    let rows = customers.order(id).select(email).load_iter::<String, PgRowByRowLoadingMode>(c);
    step("export, row by row", rows.and_then(Iterator::collect::<QueryResult<Vec<_>>>));
}

fn bills(c: &mut PgConnection) {
    use schema::customers;
    use schema::invoices::dsl::*;
    let new: Vec<_> = (0..4)
        .map(|n| (customer_id.eq(1), email.eq(ADA), note.eq((n % 2 == 0).then(|| format!("note {n}")))))
        .collect();
    let amount = diesel::sql_query("ALTER TABLE invoices ALTER COLUMN amount SET DEFAULT 5").execute(c);
    step("a default for the amount", amount);
    step("bills", diesel::insert_into(invoices).values(new).returning(Invoice::as_select()).get_results(c));
    let joined = invoices.inner_join(customers::table).filter(customers::email.eq(ADA)).order(id);
    step("bills joined", joined.select((Invoice::as_select(), customers::name)).load::<(Invoice, String)>(c));
    let by_mail = customers::table.left_join(invoices.on(email.eq(customers::email)));
    let by_mail = by_mail.filter(customers::id.lt(3)).order((customers::id, id));
    step(
        "joined by address",
        by_mail.select((customers::name, note.nullable())).load::<(String, Option<String>)>(c),
    );
    let owner = customers::table.filter(customers::email.eq(ADA)).select(Customer::as_select()).first(c);
    step(
        "bills of one",
        owner.and_then(|one| Invoice::belonging_to(&one).order(id).select(Invoice::as_select()).load(c)),
    );
    step(
        "counted",
        invoices.group_by(email).select((email, diesel::dsl::count_star())).load::<(String, i64)>(c),
    );
    step("distinct", invoices.select(email).distinct().load::<String>(c));
    let within = customers::table.filter(customers::email.eq_any(invoices.select(email)));
    step("within", within.select(customers::name).load::<String>(c));
    let raw = diesel::sql_query("UPDATE invoices SET note = $1 WHERE email = $2");
    let raw = raw.bind::<diesel::sql_types::Text, _>("raw").bind::<diesel::sql_types::Varchar, _>(ADA);
    step("by text", raw.execute(c));
    step("deleted", diesel::delete(invoices.filter(note.is_null())).execute(c));
}

fn transactions(c: &mut PgConnection) {
    use schema::customers::dsl::*;
    let ada = || customers.filter(email.eq(ADA));
    let mut inside = Vec::new();
    let outer = c.transaction(|c| {
        diesel::update(ada()).set(name.eq("inside")).execute(c)?;
        let inner =
            c.transaction(|c| diesel::insert_into(customers).values(person("x", ADA, false)).execute(c));
        inside.push((inner.is_err(), ada().for_update().select(name).first::<String>(c)?));
        Err::<(), _>(RollbackTransaction)
    });
    step("savepoint", Ok((inside, outer.is_err(), ada().select(name).first::<String>(c))));
    let serial =
        c.build_transaction().serializable().read_only().run(|c| ada().select(email).first::<String>(c));
    step("serializable", serial);
}

fn refusals(c: &mut PgConnection) {
    use schema::customers::dsl::*;
    refused("LIKE", customers.filter(email.like("a%")).select(id).load::<i64>(c));
    refused("ILIKE", customers.filter(name.ilike("a%")).select(id).load::<i64>(c));
    refused("ORDER BY", customers.order(name).select(id).load::<i64>(c));
    refused("lower", customers.filter(lower(email).eq(ADA)).select(id).load::<i64>(c));
    refused(
        "range",
        customers.filter(birth_date.gt(NaiveDate::from_ymd_opt(1990, 1, 1))).select(id).load::<i64>(c),
    );
    refused("max", customers.select(diesel::dsl::max(birth_date)).first::<Option<NaiveDate>>(c));
    step("still connected", customers.filter(email.eq(ADA)).select(Customer::as_select()).first(c));
}
