//! The small application on tokio-postgres: everything prepared and binary, statements sent without
//! waiting for each other, portals, COPY in both formats. Without TLS: pgveil listens on loopback.

use std::error::Error;
use std::future::Future;

use futures_util::{SinkExt, StreamExt, TryStreamExt, pin_mut};
use serde_json::{Value, json};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls, Row, Statement};

use super::{Place, Sides, compare};

/// A cell's bytes as the protocol has them.
#[derive(Clone, Debug)]
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Raw {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

type Answer = Result<Value, tokio_postgres::Error>;

#[derive(Default)]
struct Steps(Vec<Value>);

impl Steps {
    async fn step(&mut self, name: &str, action: impl Future<Output = Answer>) {
        self.tried(name, false, action).await;
    }

    async fn refused(&mut self, name: &str, action: impl Future<Output = Answer>) {
        self.tried(name, true, action).await;
    }

    async fn tried(&mut self, name: &str, refused: bool, action: impl Future<Output = Answer>) {
        let outcome = match action.await {
            Ok(value) => json!({ "value": value }),
            Err(error) => {
                json!({ "error": "Error", "state": error.code().map(|code| code.code().to_owned()) })
            }
        };
        self.0.push(json!({ "step": name, "refused": refused, "outcome": outcome }));
    }
}

fn row(row: &Row) -> Value {
    let cell = |i| row.get::<_, Option<Raw>>(i).map(|raw| hex::encode(raw.0));
    (0..row.len())
        .map(|i| json!([row.columns()[i].name(), row.columns()[i].type_().name(), cell(i)]))
        .collect()
}

async fn rows(client: &Client, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Answer {
    Ok(client.query(sql, values).await?.iter().map(row).collect())
}

async fn rows_of(client: &Client, prepared: &Statement, mail: &str) -> Answer {
    Ok(client.query(prepared, &[&mail]).await?.iter().map(row).collect())
}

const LOG_IN: &str = "SELECT id, name, email, phone, birth_date, salary, profile, active, plan FROM customers WHERE email = $1";
const NEW: &str = "INSERT INTO customers (name, email, birth_date, profile) VALUES ($1, $2, $3, $4) RETURNING id, birth_date";

/// 1990-02-03 as `date_send` writes it.
fn day() -> Raw {
    Raw((-3619i32).to_be_bytes().to_vec())
}

/// `jsonb_send`'s version and the text.
fn profile() -> Raw {
    Raw(b"\x01{\"a\": [1, null]}".to_vec())
}

async fn application(client: &Client, steps: &mut Steps) {
    let none: Option<Raw> = None;
    steps.step("sign-up", rows(client, NEW, &[&"Ada Ü", &"ada@example.com", &day(), &profile()])).await;
    steps.step("sign-up with nulls", rows(client, NEW, &[&"Bob", &"bob@example.com", &none, &none])).await;
    steps.step("sign-up twice", rows(client, NEW, &[&"x", &"ada@example.com", &none, &none])).await;
    steps.step("sign-up, too long", rows(client, NEW, &[&"x".repeat(101), &"l", &none, &none])).await;
    steps.step("log in", rows(client, LOG_IN, &[&"ada@example.com"])).await;
    let mail: &(dyn ToSql + Sync) = &"ada@example.com";
    let typed = [(mail, Type::TEXT)];
    let found = client.query_typed("SELECT id, name FROM customers WHERE email = $1", &typed);
    steps.step("log in, typed", async { Ok(found.await?.iter().map(row).collect()) }).await;
    let mails = ["ada@example.com", "bob@example.com"];
    let any = "SELECT id, email FROM customers WHERE email = ANY($1) ORDER BY id";
    steps.step("log in, any", rows(client, any, &[&mails.as_slice()])).await;
    steps
        .step("prepared", async {
            let prepared = client.prepare(LOG_IN).await?;
            let about = prepared
                .columns()
                .iter()
                .map(|c| (c.name(), c.type_().name(), c.type_modifier(), c.table_oid().is_some()));
            let about: Vec<Value> = about.map(|column| json!(column)).collect();
            let parameters: Vec<&str> = prepared.params().iter().map(Type::name).collect();
            let found = client.query(&prepared, &[&"bob@example.com"]).await?;
            Ok(json!([about, parameters, found.iter().map(row).collect::<Value>()]))
        })
        .await;
    steps
        .step("without waiting", async {
            let prepared = client.prepare("SELECT name FROM customers WHERE email = $1").await?;
            let (mail, other) = (&"ada@example.com", &"bob@example.com");
            let change = "UPDATE customers SET phone = $1 WHERE email = $2";
            let twin: [&(dyn ToSql + Sync); 4] = [&"x", mail, &none, &none];
            let (a, b, c, d) = tokio::join!(
                rows_of(client, &prepared, mail),
                client.query(NEW, &twin),
                rows_of(client, &prepared, other),
                async { client.execute(change, &[&"2", other]).await },
            );
            let code = b.err().and_then(|error| error.code().map(|code| code.code().to_owned()));
            Ok(json!([a?, code, c?, d?]))
        })
        .await;
    let upsert = "INSERT INTO customers (name, email) VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id, name";
    steps.step("upsert", rows(client, upsert, &[&"Ada U", &"ada@example.com"])).await;
    let bill = "INSERT INTO invoices (customer_id, email, amount, note) VALUES (1, $1, 5, $2), (1, $1, 6, NULL) RETURNING id, note";
    steps.step("bills", rows(client, bill, &[&"ada@example.com", &"first"])).await;
    let joined = "SELECT i.id, i.note, c.name FROM invoices i JOIN customers c USING (email) WHERE c.email = $1 ORDER BY i.id";
    steps.step("bill with its customer", rows(client, joined, &[&"ada@example.com"])).await;
    let page = "SELECT id, name, email FROM customers ORDER BY id LIMIT $1 OFFSET $2";
    steps.step("admin list", rows(client, page, &[&2i64, &0i64])).await;
    let several = "UPDATE customers SET phone = '7' WHERE email = 'ada@example.com'; SELECT phone FROM customers WHERE email = 'ada@example.com'";
    steps
        .step("several statements", async { Ok(json!(format!("{:?}", client.simple_query(several).await?))) })
        .await;
    steps.step("batch", async { client.batch_execute(several).await.map(|()| Value::Null) }).await;
}

async fn transactions(client: &mut Client, steps: &mut Steps) {
    let done = savepoint(client).await;
    steps.step("savepoint", async { done }).await;
    let done = portals(client).await;
    steps.step("portals", async { done }).await;
    let name = "SELECT name FROM customers WHERE email = $1";
    steps.step("rolled back", rows(client, name, &[&"bob@example.com"])).await;
}

async fn savepoint(client: &mut Client) -> Answer {
    let mut outer = client.transaction().await?;
    outer.execute("UPDATE customers SET name = $1 WHERE email = $2", &[&"gone", &"bob@example.com"]).await?;
    let inner = outer.savepoint("s").await?;
    let twin =
        inner.execute("INSERT INTO customers (name, email) VALUES ('x', $1)", &[&"ada@example.com"]).await;
    inner.rollback().await?;
    let inside = outer.query("SELECT name FROM customers WHERE email = $1", &[&"bob@example.com"]).await?;
    outer.rollback().await?;
    Ok(json!([twin.is_err(), inside.iter().map(row).collect::<Value>()]))
}

async fn portals(client: &mut Client) -> Answer {
    let transaction = client.transaction().await?;
    let first = transaction.bind("SELECT id, name FROM customers ORDER BY id", &[]).await?;
    let second =
        transaction.bind("SELECT email FROM customers WHERE email <> $1 ORDER BY id", &[&"no"]).await?;
    let mut found = Vec::new();
    for portal in [&first, &second, &first, &second] {
        found.push(transaction.query_portal(portal, 1).await?.iter().map(row).collect::<Value>());
    }
    transaction.commit().await?;
    Ok(json!(found))
}

async fn streams(client: &Client, steps: &mut Steps) {
    steps
        .step("copy in", async {
            let sink = client.copy_in("COPY customers (name, email, birth_date) FROM STDIN").await?;
            pin_mut!(sink);
            for part in ["K1\tk1@example.com\t2001-02-03\nK2\tk2@", "example.com\t\\N\n"] {
                sink.send(bytes::Bytes::from_static(part.as_bytes())).await?;
            }
            sink.finish().await.map(|count| json!(count))
        })
        .await;
    steps
        .step("copy in, binary", async {
            let sink = client.copy_in("COPY customers (name, email, birth_date) FROM STDIN BINARY").await?;
            let writer = BinaryCopyInWriter::new(sink, &[Type::VARCHAR, Type::VARCHAR, Type::DATE]);
            pin_mut!(writer);
            writer.as_mut().write(&[&"K3", &"k3@example.com", &day()]).await?;
            writer.as_mut().write(&[&"K4", &"k4@example.com", &None::<Raw>]).await?;
            writer.finish().await.map(|count| json!(count))
        })
        .await;
    for format in ["text", "csv", "binary"] {
        let copy = format!(
            "COPY (SELECT id, name, email, birth_date FROM customers ORDER BY id) TO STDOUT (FORMAT {format})"
        );
        steps
            .step(&copy, async {
                let parts = client.copy_out(&copy).await?.try_collect::<Vec<_>>().await?;
                Ok(json!(hex::encode(parts.concat())))
            })
            .await;
    }
    steps
        .step("row by row", async {
            let stream =
                client.query_raw("SELECT id, email FROM customers ORDER BY id", Vec::<Raw>::new()).await?;
            pin_mut!(stream);
            let mut found = Vec::new();
            while let Some(one) = stream.next().await {
                found.push(row(&one?));
            }
            Ok(json!(found))
        })
        .await;
    steps
        .step("cancelled", async {
            let token = client.cancel_token();
            let (slept, cancelled) = tokio::join!(client.batch_execute("SELECT pg_sleep(30)"), async {
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                token.cancel_query(NoTls).await
            });
            cancelled?;
            slept.map(|()| Value::Null)
        })
        .await;
}

async fn refusals(client: &Client, steps: &mut Steps) {
    steps.refused("LIKE", rows(client, "SELECT id FROM customers WHERE email LIKE $1", &[&"a%"])).await;
    steps.refused("ORDER BY", rows(client, "SELECT id FROM customers ORDER BY name", &[])).await;
    steps.refused("max", rows(client, "SELECT max(birth_date) FROM customers", &[])).await;
    steps.refused("json path", rows(client, "SELECT profile ->> 'a' FROM customers", &[])).await;
    steps.step("still connected", rows(client, LOG_IN, &[&"k3@example.com"])).await;
}

async fn at(place: &Place) -> Vec<Value> {
    let (mut client, connection) = tokio_postgres::connect(&place.url(), NoTls).await.expect("a connection");
    let connection = tokio::spawn(connection);
    let mut steps = Steps::default();
    application(&client, &mut steps).await;
    transactions(&mut client, &mut steps).await;
    streams(&client, &mut steps).await;
    refusals(&client, &mut steps).await;
    drop(client);
    connection.await.expect("the task").expect("the connection");
    steps.0
}

#[test]
fn tokio_postgres() {
    let sides = Sides::of("drv_tokio_postgres");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (direct, through) = runtime.block_on(async { tokio::join!(at(&sides.direct), at(&sides.through)) });
    compare("tokio_postgres", &direct, &through);
}
