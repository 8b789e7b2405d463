//! SELECT, at random.

use super::Text;
use super::expression::{Seen, Sight, condition, equal_to, output, plain};
use super::schema::{Column, Schema, Table, Tag};
use crate::twin::dice::Dice;
use crate::twin::statement::Statement;

/// One query; its class is the first word of the answer.
pub fn query(schema: &Schema, dice: &mut Dice) -> (&'static str, Statement) {
    let (class, text) = match dice.below(10) {
        0 => ("set operation", set_operation(schema, dice)),
        1 => ("grouped", grouped(schema, dice)),
        2 => ("distinct", distinct(schema, dice)),
        3 => ("common table expression", with(schema, dice)),
        4 => ("lateral", lateral(schema, dice)),
        5 | 6 => ("join", joined(schema, dice)),
        _ => ("select", simple(schema, dice)),
    };
    (class, Statement { pieces: text.0 })
}

fn table<'s>(schema: &'s Schema, dice: &mut Dice) -> &'s Table {
    dice.pick(&schema.tables)
}

fn sight<'s>(schema: &'s Schema, table: &'s Table) -> Sight<'s> {
    Sight { schema, seen: vec![Seen { alias: "a", table }] }
}

fn filter(sight: &Sight<'_>, dice: &mut Dice) -> Text {
    Text::default().maybe(
        Text::of(" WHERE ")
            .then(condition(sight, dice, 2))
            .maybe(Text::of(" AND ").then(condition(sight, dice, 1))),
    )
}

fn list(sight: &Sight<'_>, dice: &mut Dice) -> Text {
    let mut text = Text::of("a.id");
    for _ in 0..1 + dice.below(4) {
        text = text.maybe(Text::of(", ").then(output(sight, dice)));
    }
    if dice.one_in(5) {
        text = text.maybe(", a.*");
    }
    text
}

fn simple(schema: &Schema, dice: &mut Dice) -> Text {
    let table = table(schema, dice);
    let sight = sight(schema, table);
    let text = Text::of("SELECT ")
        .then(list(&sight, dice))
        .then(format!(" FROM {} a", table.name))
        .then(filter(&sight, dice));
    match dice.below(3) {
        0 => text.maybe(" ORDER BY a.id").then(""),
        1 => text.maybe(Text::of(" ORDER BY a.id LIMIT ").then(Text::hole("int8", "3"))),
        _ => text,
    }
}

fn joined(schema: &Schema, dice: &mut Dice) -> Text {
    let (left, right) = (table(schema, dice), table(schema, dice));
    let sight =
        Sight { schema, seen: vec![Seen { alias: "a", table: left }, Seen { alias: "b", table: right }] };
    let kind = *dice.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "INNER JOIN"]);
    let shared: Vec<&Column> = left
        .columns
        .iter()
        .filter(|c| matches!(c.tag, Tag::Domain(_)) && right.columns.iter().any(|d| d.name == c.name))
        .collect();
    let from = match (shared.is_empty(), dice.below(3)) {
        (false, 0) => {
            let column = dice.pick(&shared);
            let text = Text::of("SELECT ").then(format!("{}, a.id AS i, b.id AS j", column.name));
            return text
                .then(format!(" FROM {} a {kind} {} b USING ({})", left.name, right.name, column.name))
                .then(filter(&sight, dice));
        }
        (false, _) => {
            let column = dice.pick(&shared);
            let on = Text::of(&format!(" ON a.{} = b.{}", column.name, column.name));
            // A FULL JOIN wants nothing but equalities.
            if kind == "FULL JOIN" { on } else { on.maybe(Text::of(" AND ").then(plain(&sight, dice))) }
        }
        (true, _) => Text::of(" ON a.id = b.id"),
    };
    Text::of("SELECT ")
        .then(list(&sight, dice))
        .then(format!(" FROM {} a {kind} {} b", left.name, right.name))
        .then(from)
        .then(filter(&sight, dice))
}

fn lateral(schema: &Schema, dice: &mut Dice) -> Text {
    let (left, right) = (table(schema, dice), table(schema, dice));
    let sight = sight(schema, left);
    let column = dice.pick(&right.columns);
    let link = left
        .columns
        .iter()
        .find(|c| matches!(c.tag, Tag::Domain(_)) && right.columns.iter().any(|d| d.name == c.name));
    let on = match link {
        Some(link) => format!("z.{} = a.{}", link.name, link.name),
        None => "z.id = a.id".into(),
    };
    Text::of("SELECT a.id, l.* FROM ")
        .then(format!(
            "{} a, LATERAL (SELECT z.id AS zid, z.{} AS zc FROM {} z WHERE {on}",
            left.name, column.name, right.name
        ))
        .maybe(" ORDER BY z.id LIMIT 2")
        .then(") l")
        .then(filter(&sight, dice))
}

/// A column that two tables of the schema share, and those tables.
fn shared<'s>(schema: &'s Schema, dice: &mut Dice) -> (&'s Column, Vec<&'s Table>) {
    let domains: Vec<&Column> =
        schema.tables[0].columns.iter().filter(|c| matches!(c.tag, Tag::Domain(_))).collect();
    let column = *dice.pick(&domains);
    let holders = schema.tables.iter().filter(|t| t.columns.iter().any(|c| c.name == column.name)).collect();
    (column, holders)
}

fn set_operation(schema: &Schema, dice: &mut Dice) -> Text {
    let (column, holders) = shared(schema, dice);
    let operator = *dice.pick(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL", "INTERSECT ALL"]);
    let mut text = Text::of(&format!("SELECT a.{} FROM {} a", column.name, dice.pick(&holders).name));
    text = text.maybe(Text::of(" WHERE ").then(plain(&sight(schema, holders[0]), dice)));
    text = text.then(format!(" {operator} "));
    match dice.below(3) {
        0 => {
            let none = Sight { schema, seen: Vec::new() };
            text.then("SELECT ")
                .then(equal_to(column, &none, dice))
                .then(format!("::{}", column.kind.declared))
        }
        _ => text.then(format!("SELECT b.{} FROM {} b", column.name, dice.pick(&holders).name)),
    }
}

fn grouped(schema: &Schema, dice: &mut Dice) -> Text {
    let (column, holders) = shared(schema, dice);
    let table = *dice.pick(&holders);
    let sight = sight(schema, table);
    let name = &column.name;
    let text = Text::of(&format!("SELECT a.{name}, count(*)"))
        .maybe(format!(", count(DISTINCT a.{name})"))
        .maybe(", sum(a.n), max(a.id)")
        .maybe(format!(", array_agg(a.{name} ORDER BY a.id)"))
        .then(format!(" FROM {} a", table.name))
        .then(filter(&sight, dice));
    match dice.below(3) {
        0 => text.then(" GROUP BY 1").maybe(Text::of(" HAVING count(*) > ").then(Text::hole("int8", "1"))),
        1 => text.then(format!(" GROUP BY a.{name}")).maybe(
            Text::of(&format!(" HAVING a.{name} = ")).then(super::expression::constant(column.kind, dice)),
        ),
        _ => text.then(format!(" GROUP BY GROUPING SETS ((a.{name}), ())")),
    }
}

fn distinct(schema: &Schema, dice: &mut Dice) -> Text {
    let (column, holders) = shared(schema, dice);
    let table = *dice.pick(&holders);
    let sight = sight(schema, table);
    match dice.below(2) {
        0 => Text::of(&format!("SELECT DISTINCT a.{}", column.name))
            .maybe(", a.n")
            .then(format!(" FROM {} a", table.name))
            .then(filter(&sight, dice)),
        _ => Text::of(&format!("SELECT DISTINCT ON (a.n) a.n, a.{} FROM {} a", column.name, table.name))
            .then(filter(&sight, dice))
            .then(" ORDER BY a.n, a.id"),
    }
}

fn with(schema: &Schema, dice: &mut Dice) -> Text {
    let (column, holders) = shared(schema, dice);
    let table = *dice.pick(&holders);
    let name = &column.name;
    match dice.below(3) {
        0 => Text::of(&format!("WITH w AS (SELECT a.id, a.{name} FROM {} a", table.name))
            .then(filter(&sight(schema, table), dice))
            .then(format!(") SELECT w.id, w.{name} FROM w"))
            .maybe(
                Text::of(&format!(" WHERE w.{name} = ")).then(super::expression::constant(column.kind, dice)),
            ),
        1 => Text::of("WITH RECURSIVE w (k, c) AS (SELECT 1, ")
            .then(format!("a.{name} FROM {} a", table.name))
            .maybe(Text::of(" WHERE ").then(condition(&sight(schema, table), dice, 1)))
            .then(" UNION ALL SELECT k + 1, c FROM w WHERE k < 3) SELECT k, c FROM w"),
        _ => Text::of("WITH w (c) AS (VALUES (")
            .then(super::expression::constant(column.kind, dice))
            .then(format!("::{}), (", column.kind.declared))
            .then(super::expression::constant(column.kind, dice))
            .then(format!(")) SELECT a.id FROM {} a JOIN w ON w.c = a.{name}", table.name)),
    }
}
