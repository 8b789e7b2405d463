//! The demo's scenes, in order. Each shows something and checks that it is so: a demo that prints a
//! claim which does not hold ends with an error.

use anyhow::{bail, ensure};

use super::people::{Answer, Viewer};
use super::place::{DATABASE, Place};
use super::sample::{self, person};
use super::screen;

/// Who looks at the database.
pub struct Cast {
    /// Through pgveil.
    pub application: Viewer,
    /// Past it, as superuser.
    pub host: Viewer,
}

/// The tables, by the owner of the database, and what tagging asks for.
pub async fn set_up(place: &Place) -> anyhow::Result<()> {
    let admin = Viewer::connect("owner", &place.host_string().replace(DATABASE, "postgres")).await?;
    admin.run(&format!("CREATE ROLE app LOGIN PASSWORD '{}'", super::place::PASSWORD)).await?;
    admin.run(&format!("CREATE DATABASE {DATABASE}")).await?;
    Viewer::connect("owner", &place.host_string()).await?.run(sample::TABLES).await
}

/// The rows, through the proxy, as any application would insert them.
pub async fn load(application: &Viewer, people: usize) -> anyhow::Result<()> {
    for statement in sample::customer_inserts(people).iter().chain(&sample::ticket_inserts(people)) {
        application.run(statement).await?;
    }
    Ok(())
}

/// All scenes.
pub async fn tell(place: &Place, cast: &Cast) -> anyhow::Result<()> {
    side_by_side(cast).await?;
    look_up(cast).await?;
    join_and_group(cast).await?;
    nothing_in_the_files(place)?;
    refused(cast).await?;
    tampered(cast).await?;
    transplanted(cast).await?;
    bypassed(cast).await
}

const COLUMNS: &[&str] = &["name", "email", "phone", "birth_date", "employer", "city"];

async fn side_by_side(cast: &Cast) -> anyhow::Result<()> {
    screen::heading(1, "One row, seen twice", "The same SELECT, through pgveil and straight on the server.");
    let sql = format!("SELECT {} FROM customers WHERE id = 7", COLUMNS.join(", "));
    screen::statement("both", &sql);
    let read = cast.application.rows(&sql).await?;
    let stored = cast.host.rows(&sql).await?;
    let (Some(read), Some(stored)) = (read.first(), stored.first()) else { bail!("customer 7 is missing") };
    let rows: Vec<Vec<String>> = COLUMNS
        .iter()
        .zip(read.iter().zip(stored))
        .map(|(column, (read, stored))| vec![(*column).to_owned(), read.clone(), screen::shortened(stored)])
        .collect();
    screen::table(&["column", "the application reads", "the host stores"], &rows);
    let sealed = stored.iter().filter(|cell| cell.starts_with("pgV1:")).count();
    ensure!(read.first() == Some(&person(7).name), "the application reads another name");
    ensure!(sealed == COLUMNS.len() - 1, "{sealed} of {} protected cells are sealed", COLUMNS.len() - 1);
    Ok(())
}

async fn look_up(cast: &Cast) -> anyhow::Result<()> {
    screen::heading(
        2,
        "Look-up by e-mail",
        "A bound parameter is sealed on its way; the server's index finds the row.",
    );
    let email = person(42).email;
    let sql = "SELECT name, phone, city FROM customers WHERE email = $1";
    cast.application.looks_up(sql, &email, &["name", "phone", "city"]).await
}

async fn join_and_group(cast: &Cast) -> anyhow::Result<()> {
    screen::heading(
        3,
        "A join and a GROUP BY on protected columns",
        "Columns of one domain share keys, so equal stays equal.",
    );
    let join = "SELECT c.name, t.status, t.body FROM customers c JOIN tickets t ON t.email = c.email \
                WHERE c.id IN (6, 8) LIMIT 2";
    cast.application.shows(join, &["name", "status", "ticket"]).await?;
    println!();
    let group = "SELECT employer, count(*) FROM customers GROUP BY employer";
    cast.application.shows(group, &["employer", "customers"]).await
}

fn nothing_in_the_files(place: &Place) -> anyhow::Result<()> {
    screen::heading(
        4,
        "What the disk holds",
        "A name, an e-mail address and a phone number, looked for in every file of the server: \
         tables, indexes, write-ahead log, and its log of all statements.",
    );
    // A word of one person's values that stands in no other column.
    let seventh = person(7);
    for needle in [seventh.name.as_str(), seventh.email.as_str(), "example.org", "+32 470"] {
        let files = place.server_files_with(needle.as_bytes());
        screen::line(&format!("'{needle}': in {} files", files.len()));
        ensure!(files.is_empty(), "'{needle}' stands in {files:?}");
    }
    let city = place.server_files_with(b"Gdynia").len();
    screen::line(&format!("'Gdynia', from a column that is not tagged: in {city} files"));
    ensure!(city > 0, "the search finds nothing at all");
    Ok(())
}

async fn refused(cast: &Cast) -> anyhow::Result<()> {
    screen::heading(
        5,
        "What cannot be done safely is refused",
        "With a reason and a way out; nothing is guessed.",
    );
    for sql in [
        "SELECT name FROM customers ORDER BY name",
        "SELECT id FROM customers WHERE phone = '+32 470 11 22 33'",
        "SELECT id FROM customers WHERE email LIKE 'ada%'",
    ] {
        expect(cast.application.tries(sql).await?, "0A000")?;
    }
    Ok(())
}

async fn tampered(cast: &Cast) -> anyhow::Result<()> {
    screen::heading(6, "The host changes a stored value", "One character of one envelope.");
    cast.host.run("CREATE TABLE kept AS SELECT * FROM customers WHERE id IN (10, 11)").await?;
    let change = "UPDATE customers SET name = overlay(name placing \
                  CASE substr(name, 40, 1) WHEN 'A' THEN 'B' ELSE 'A' END from 40 for 1) WHERE id = 10";
    screen::statement("host", change);
    cast.host.run(change).await?;
    expect(cast.application.tries("SELECT name FROM customers WHERE id = 10").await?, "XX001")
}

async fn transplanted(cast: &Cast) -> anyhow::Result<()> {
    screen::heading(7, "The host moves a value", "A sealed phone number, put where a name belongs.");
    let change = "UPDATE customers SET name = phone WHERE id = 11";
    screen::statement("host", change);
    cast.host.run(change).await?;
    expect(cast.application.tries("SELECT name FROM customers WHERE id = 11").await?, "XX001")?;
    cast.host.run("UPDATE customers c SET name = k.name FROM kept k WHERE k.id = c.id; DROP TABLE kept").await
}

async fn bypassed(cast: &Cast) -> anyhow::Result<()> {
    screen::heading(8, "A session that goes round pgveil", "The guard on the server admits envelopes only.");
    let insert = "INSERT INTO customers (id, name, email) VALUES (0, 'Plain Text', 'plain@example.net')";
    expect(cast.host.tries(insert).await?, "23514")
}

fn expect(answer: Answer, sqlstate: &str) -> anyhow::Result<()> {
    match answer {
        Answer::Refused(error) if error.code().code() == sqlstate => {
            println!();
            Ok(())
        }
        Answer::Refused(error) => bail!("SQLSTATE {} instead of {sqlstate}", error.code().code()),
        Answer::Accepted => bail!("accepted; {sqlstate} was due"),
    }
}
