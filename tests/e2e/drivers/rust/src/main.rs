//! The small application on sqlx: named statements that are described before use, everything binary.
//!
//! Its own package, so that only who runs it compiles sqlx. Where to connect stands in libpq's variables.

use std::future::Future;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool, PgPoolOptions};
use sqlx::types::Json;
use sqlx::types::chrono::NaiveDate;
use sqlx::{Column, Connection, Either, Executor, QueryBuilder, Row, Statement, TypeInfo};

type Found<T> = Result<T, sqlx::Error>;
type Customer =
    (i64, String, String, Option<String>, Option<NaiveDate>, Option<Decimal>, Option<Json<Value>>);

const SIGN_UP: &str = "INSERT INTO customers (name, email, phone, birth_date, salary, profile) VALUES ($1, $2, $3, $4, $5, $6) \
    RETURNING id, name, email, phone, birth_date, salary, profile";
const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

/// Prints what a step saw.
async fn step<T: std::fmt::Debug>(name: &str, refused: bool, found: impl Future<Output = Found<T>>) {
    let outcome = match found.await {
        Ok(value) => json!({ "value": format!("{value:?}") }),
        Err(sqlx::Error::Database(error)) => json!({ "error": "Database", "state": error.code() }),
        Err(error) => json!({ "error": error.to_string(), "state": null }),
    };
    println!("{}", json!({ "step": name, "refused": refused, "outcome": outcome }));
}

async fn same<T: std::fmt::Debug>(name: &str, found: impl Future<Output = Found<T>>) {
    step(name, false, found).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Found<()> {
    let options = PgConnectOptions::new();
    let mut connection = PgConnection::connect_with(&options).await?;
    people(&mut connection).await;
    bills(&mut connection).await;
    transactions(&mut connection).await;
    copies(&mut connection).await;
    refusals(&mut connection).await;
    connection.close().await?;
    let pool = PgPoolOptions::new().max_connections(4).connect_with(options).await?;
    pooled(&pool).await;
    pool.close().await;
    Ok(())
}

fn day() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1990, 2, 3)
}

fn pay() -> Option<Decimal> {
    Some(Decimal::new(123_450, 2))
}

async fn sign_up(c: &mut PgConnection, name: &str, email: Option<&str>, full: bool) -> Found<Customer> {
    let query = sqlx::query_as(SIGN_UP).bind(name).bind(email);
    let query = query.bind(full.then_some("+49")).bind(day().filter(|_| full)).bind(pay().filter(|_| full));
    query.bind(full.then(|| Json(json!({"a": [1, null], "b": "ü"})))).fetch_one(c).await
}

async fn people(c: &mut PgConnection) {
    same("sign-up", sign_up(c, "Ada Ü", Some(ADA), true)).await;
    same("sign-up with nulls", sign_up(c, "Bob", Some(BOB), false)).await;
    same("sign-up twice", sign_up(c, "Ada", Some(ADA), false)).await;
    same("sign-up, too long", sign_up(c, &"x".repeat(101), Some("l@example.com"), false)).await;
    same("sign-up without an address", sign_up(c, "No", None, false)).await;
    let log_in = "SELECT id, name, email, phone, birth_date, salary, profile FROM customers WHERE email = $1";
    same("log in", sqlx::query_as::<_, Customer>(log_in).bind(ADA).fetch_optional(&mut *c)).await;
    same("log in, nobody", sqlx::query_as::<_, Customer>(log_in).bind("none").fetch_optional(&mut *c)).await;
    same(
        "log in, not kept",
        sqlx::query_as::<_, Customer>(log_in).bind(BOB).persistent(false).fetch_one(&mut *c),
    )
    .await;
    let any = "SELECT id FROM customers WHERE email = ANY($1) ORDER BY id";
    same(
        "log in, any",
        sqlx::query_scalar::<_, i64>(any).bind(vec![Some(ADA), None, Some(BOB)]).fetch_all(&mut *c),
    )
    .await;
    let cast = "SELECT id FROM customers WHERE email = $1::varchar";
    same("log in, cast", sqlx::query_scalar::<_, i64>(cast).bind(ADA).fetch_all(&mut *c)).await;
    same(
        "log in, literal",
        sqlx::query_scalar::<_, String>("SELECT name FROM customers WHERE email = 'ada@example.com'")
            .fetch_one(&mut *c),
    )
    .await;
    let pay_of = "SELECT salary FROM customers WHERE salary IS NOT NULL";
    same("pay", sqlx::query_scalar::<_, Decimal>(pay_of).fetch_all(&mut *c)).await;
    same("pay as text", sqlx::query_scalar::<_, String>(pay_of).fetch_all(&mut *c)).await;
    same("types", types(c, log_in)).await;
    same("types of a change", types(c, SIGN_UP)).await;
    let change = "UPDATE customers SET name = $1, birth_date = $2 WHERE email = $3";
    same("change", async {
        Ok(sqlx::query(change).bind("B2").bind(day()).bind(BOB).execute(&mut *c).await?.rows_affected())
    })
    .await;
    let upsert = "INSERT INTO customers (name, email) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name";
    same("upsert", sqlx::query_as::<_, (i64, String)>(upsert).bind("B3").bind(BOB).fetch_one(&mut *c)).await;
    same(
        "untouched table",
        sqlx::query_as::<_, (i32, String)>("INSERT INTO pages (title) VALUES ($1) RETURNING id, title")
            .bind("home")
            .fetch_one(&mut *c),
    )
    .await;
}

/// As sqlx's macros and tools see a statement: types of parameters and columns.
async fn types(c: &mut PgConnection, sql: &str) -> Found<(Vec<String>, Vec<(String, String)>)> {
    let statement = c.prepare(sql).await?;
    let parameters = match statement.parameters() {
        Some(Either::Left(types)) => types.iter().map(|one| one.name().to_owned()).collect(),
        Some(Either::Right(_)) | None => Vec::new(),
    };
    let columns = statement
        .columns()
        .iter()
        .map(|column| (column.name().to_owned(), column.type_info().name().to_owned()));
    Ok((parameters, columns.collect()))
}

async fn bills(c: &mut PgConnection) {
    same("bills", async {
        let mut many = QueryBuilder::new("INSERT INTO invoices (customer_id, email, amount, note) ");
        many.push_values(0..20, |mut row, n| {
            row.push_bind(1_i64)
                .push_bind(ADA)
                .push_bind(Decimal::from(n))
                .push_bind((n % 3 > 0).then(|| format!("note {n}")));
        });
        Ok(many.build().execute(&mut *c).await?.rows_affected())
    })
    .await;
    let unnest = "INSERT INTO customers (name, email) SELECT * FROM UNNEST($1::text[], $2::text[]) RETURNING name, email";
    same(
        "unnest",
        sqlx::query_as::<_, (String, String)>(unnest)
            .bind(vec!["U1", "U2"])
            .bind(vec!["u1@x", "u2@x"])
            .fetch_all(&mut *c),
    )
    .await;
    let joined = "SELECT c.name, i.email, i.note FROM invoices i JOIN customers c ON c.id = i.customer_id AND c.email = i.email ORDER BY i.id LIMIT 5";
    same("bills joined", sqlx::query_as::<_, (String, String, Option<String>)>(joined).fetch_all(&mut *c))
        .await;
    let counted = "SELECT email, count(*), sum(amount) FROM invoices GROUP BY email";
    same("bills counted", sqlx::query_as::<_, (String, i64, Decimal)>(counted).fetch_all(&mut *c)).await;
    let several = "UPDATE customers SET phone = '7' WHERE email = 'ada@example.com'; SELECT phone FROM customers WHERE email = 'ada@example.com'";
    same("several statements", async {
        let rows = sqlx::raw_sql(several).fetch_all(&mut *c).await?;
        rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Found<Vec<_>>>()
    })
    .await;
    let list = "SELECT id, name, email FROM customers ORDER BY id LIMIT $1";
    same("admin list", sqlx::query_as::<_, (i64, String, String)>(list).bind(3_i64).fetch_all(&mut *c)).await;
}

async fn transactions(c: &mut PgConnection) {
    same("savepoint", async {
        let mut outer = c.begin().await?;
        sqlx::query("UPDATE customers SET name = 'inside' WHERE email = $1")
            .bind(ADA)
            .execute(&mut *outer)
            .await?;
        let mut inner = outer.begin().await?;
        let taken = sqlx::query("INSERT INTO customers (name, email) VALUES ('x', $1)")
            .bind(ADA)
            .execute(&mut *inner)
            .await;
        inner.rollback().await?;
        let name = sqlx::query_scalar::<_, String>("SELECT name FROM customers WHERE email = $1")
            .bind(ADA)
            .fetch_one(&mut *outer)
            .await?;
        outer.commit().await?;
        Ok((taken.is_err(), name))
    })
    .await;
    same("dropped", async {
        let mut dropped = c.begin().await?;
        sqlx::query("DELETE FROM invoices").execute(&mut *dropped).await?;
        drop(dropped);
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM invoices").fetch_one(&mut *c).await
    })
    .await;
}

async fn copies(c: &mut PgConnection) {
    same("copy in", async {
        let mut copy =
            c.copy_in_raw("COPY customers (name, email, birth_date) FROM STDIN WITH (FORMAT csv)").await?;
        copy.send(&b"\"Copy, One\",c1@example.com,2001-01-01\nTwo,c2@exam"[..]).await?;
        copy.send(&b"ple.com,\n"[..]).await?;
        copy.finish().await
    })
    .await;
    let copied = "SELECT name, email, birth_date FROM customers WHERE email IN ('c1@example.com', 'c2@example.com') ORDER BY id";
    same("copied", sqlx::query_as::<_, (String, String, Option<NaiveDate>)>(copied).fetch_all(&mut *c)).await;
    same("copy in, given up", async {
        let mut copy = c.copy_in_raw("COPY customers (name, email) FROM STDIN").await?;
        copy.send(&b"x\ty@example.com\n"[..]).await?;
        copy.abort("no more").await
    })
    .await;
}

async fn refusals(c: &mut PgConnection) {
    for (name, sql) in [
        ("LIKE", "SELECT id FROM customers WHERE email LIKE $1"),
        ("lower", "SELECT id FROM customers WHERE lower(email) = $1"),
    ] {
        step(name, true, sqlx::query_scalar::<_, i64>(sql).bind("ada%").fetch_all(&mut *c)).await;
    }
    step(
        "ORDER BY",
        true,
        sqlx::query_scalar::<_, i64>("SELECT id FROM customers ORDER BY name").fetch_all(&mut *c),
    )
    .await;
    let range = "SELECT id FROM customers WHERE birth_date > $1";
    step("range", true, sqlx::query_scalar::<_, i64>(range).bind(day()).fetch_all(&mut *c)).await;
    same(
        "still connected",
        sqlx::query_scalar::<_, String>("SELECT email FROM customers WHERE email = $1")
            .bind(ADA)
            .fetch_one(&mut *c),
    )
    .await;
}

async fn pooled(pool: &PgPool) {
    same("pool", async {
        let mut names = Vec::new();
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let (pool, mail) = (pool.clone(), [ADA, BOB, "none"][n % 3]);
                tokio::spawn(async move {
                    let sql = "SELECT name FROM customers WHERE email = $1";
                    sqlx::query_scalar::<_, String>(sql).bind(mail).fetch_optional(&pool).await
                })
            })
            .collect();
        for task in tasks {
            names.push(task.await.expect("a task")?);
        }
        Ok(names)
    })
    .await;
    same("notified", async {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("news").await?;
        sqlx::query("SELECT pg_notify('news', $1)").bind("told").execute(pool).await?;
        let heard = listener.recv().await?;
        Ok((heard.channel().to_owned(), heard.payload().to_owned()))
    })
    .await;
}
