//! INSERT, UPDATE, DELETE and MERGE, at random.

use super::Text;
use super::expression::{Seen, Sight, condition, constant, equal_to};
use super::schema::{Column, Schema, Table, Tag};
use crate::twin::dice::Dice;
use crate::twin::statement::Statement;

/// One change, and its class.
pub fn write(schema: &Schema, dice: &mut Dice) -> (&'static str, Statement) {
    let tables: Vec<&Table> = schema.tables.iter().filter(|table| table.writable).collect();
    let table = *dice.pick(&tables);
    let (class, text) = match dice.below(9) {
        0 | 1 => ("insert", insert(table, dice)),
        2 => ("insert select", insert_select(schema, table, dice)),
        3 => ("upsert", upsert(&schema.tables[0], dice)),
        4 => ("update from", update_from(schema, table, dice)),
        5 => ("delete", delete(schema, table, dice)),
        6 => ("merge", merge(schema, &schema.tables[0], dice)),
        _ => ("update", update(schema, table, dice)),
    };
    (class, Statement { pieces: text.0 })
}

fn returning(text: Text, table: &Table, dice: &mut Dice) -> Text {
    match dice.below(3) {
        0 => text.maybe(" RETURNING *"),
        1 => {
            text.maybe(format!(" RETURNING {0}.id, {0}.{1} AS r", table.name, dice.pick(&table.columns).name))
        }
        _ => text,
    }
}

fn row(id: usize, columns: &[&Column], dice: &mut Dice) -> Text {
    let mut text = Text::of("(").then(Text::hole("int4", &id.to_string()));
    for column in columns {
        text = text.then(", ");
        text = if dice.one_in(10) { text.then("DEFAULT") } else { text.then(constant(column.kind, dice)) };
    }
    text.then(")")
}

fn some<'t>(table: &'t Table, dice: &mut Dice) -> Vec<&'t Column> {
    table.columns.iter().filter(|_| !dice.one_in(3)).collect()
}

fn names(columns: &[&Column]) -> String {
    columns.iter().map(|column| format!(", {}", column.name)).collect()
}

fn insert(table: &Table, dice: &mut Dice) -> Text {
    let columns = some(table, dice);
    let text = Text::of(&format!("INSERT INTO {} (id{}) VALUES ", table.name, names(&columns)))
        .then(row(50, &columns, dice))
        .maybe(Text::of(", ").then(row(51, &columns, dice)));
    returning(text, table, dice)
}

fn insert_select(schema: &Schema, table: &Table, dice: &mut Dice) -> Text {
    let source = dice.pick(&schema.tables);
    let both =
        |c: &&Column| matches!(c.tag, Tag::Domain(_)) && source.columns.iter().any(|d| d.name == c.name);
    let columns: Vec<&Column> = table.columns.iter().filter(both).collect();
    let picked: String = columns.iter().map(|c| format!(", a.{}", c.name)).collect();
    let sight = Sight { schema, seen: vec![Seen { alias: "a", table: source }] };
    let text = match dice.below(3) {
        0 => Text::of(&format!(
            "INSERT INTO {} (id{}) SELECT a.id + 70{picked} FROM {} a",
            table.name,
            names(&columns),
            source.name
        ))
        .maybe(Text::of(" WHERE ").then(condition(&sight, dice, 1))),
        1 => {
            let columns = some(table, dice);
            let mut text = Text::of(&format!("INSERT INTO {} (id{}) SELECT 70", table.name, names(&columns)));
            for column in &columns {
                text = text.then(", ").then(constant(column.kind, dice));
            }
            text
        }
        _ => {
            let column = dice.pick(&table.columns);
            let array = format!("{}[]", column.kind.bare);
            Text::of(&format!("INSERT INTO {} (id, {}) SELECT unnest(", table.name, column.name))
                .then(Text::hole("int4[]", "{80,81}"))
                .then("::int4[]), unnest(")
                .then(Text::hole(&array, "{NULL,NULL}"))
                .then(format!("::{array})"))
        }
    };
    returning(text, table, dice)
}

fn upsert(table: &Table, dice: &mut Dice) -> Text {
    let Some(unique) = table.unique.map(|at| &table.columns[at]) else { return insert(table, dice) };
    let columns: Vec<&Column> = vec![unique, dice.pick(&table.columns)];
    let columns = if columns[0].name == columns[1].name { vec![unique] } else { columns };
    let other = columns[columns.len() - 1];
    let text = Text::of(&format!("INSERT INTO {} AS t (id{}) VALUES ", table.name, names(&columns)))
        .then(row(60, &columns, dice))
        .then(format!(" ON CONFLICT ({}) DO ", unique.name));
    match dice.below(3) {
        0 => text.then("NOTHING"),
        1 => text
            .then(format!("UPDATE SET n = t.n + 1, {0} = excluded.{0}", other.name))
            .maybe(format!(" WHERE t.{0} = excluded.{0}", unique.name))
            .maybe(" RETURNING *"),
        _ => text
            .then(format!("UPDATE SET {} = ", other.name))
            .then(constant(other.kind, dice))
            .maybe(" RETURNING t.*"),
    }
}

fn assignment(column: &Column, sight: &Sight<'_>, dice: &mut Dice) -> Text {
    let text = Text::of(&format!("{} = ", column.name));
    match (dice.below(6), column.tag) {
        (0, _) => text.then("NULL"),
        (1, _) => text.then(format!("a.{}", column.name)),
        (2, _) => text
            .then("CASE WHEN a.id > 3 THEN ")
            .then(constant(column.kind, dice))
            .then(format!(" ELSE a.{} END", column.name)),
        (3, Tag::Domain(_)) if column.kind.bare != "text[]" => text.then(equal_to(column, sight, dice)),
        (4, _) => text
            .then("COALESCE(")
            .then(format!("a.{}, ", column.name))
            .then(constant(column.kind, dice))
            .then(")"),
        _ => text.then(constant(column.kind, dice)),
    }
}

fn update(schema: &Schema, table: &Table, dice: &mut Dice) -> Text {
    let sight = Sight { schema, seen: vec![Seen { alias: "a", table }] };
    let free: Vec<&Column> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(at, _)| table.unique != Some(*at))
        .map(|(_, c)| c)
        .collect();
    let mut text = Text::of(&format!("UPDATE {} a SET n = 3", table.name));
    for column in &free {
        if dice.one_in(2) {
            text = text.maybe(Text::of(", ").then(assignment(column, &sight, dice)));
        }
    }
    let text = text.maybe(Text::of(" WHERE ").then(condition(&sight, dice, 1)));
    if dice.one_in(2) { text.maybe(" RETURNING a.*") } else { text }
}

fn update_from(schema: &Schema, table: &Table, dice: &mut Dice) -> Text {
    let other = dice.pick(&schema.tables);
    let shared: Vec<&Column> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(at, c)| table.unique != Some(*at) && matches!(c.tag, Tag::Domain(_)))
        .map(|(_, c)| c)
        .filter(|c| other.columns.iter().any(|d| d.name == c.name))
        .collect();
    if shared.is_empty() {
        return update(schema, table, dice);
    }
    let column = dice.pick(&shared);
    let sight = Sight { schema, seen: vec![Seen { alias: "a", table }, Seen { alias: "b", table: other }] };
    Text::of(&format!(
        "UPDATE {} a SET {1} = b.{1} FROM {2} b WHERE a.id = b.id",
        table.name, column.name, other.name
    ))
    .maybe(Text::of(" AND ").then(condition(&sight, dice, 1)))
    .maybe(format!(" RETURNING a.id, b.id AS other, a.{}", column.name))
}

fn delete(schema: &Schema, table: &Table, dice: &mut Dice) -> Text {
    let sight = Sight { schema, seen: vec![Seen { alias: "a", table }] };
    let text = Text::of(&format!("DELETE FROM {} a WHERE ", table.name)).then(condition(&sight, dice, 2));
    if dice.one_in(2) { text.maybe(" RETURNING a.*") } else { text }
}

fn merge(schema: &Schema, table: &Table, dice: &mut Dice) -> Text {
    let Some(unique) = table.unique.map(|at| &table.columns[at]) else { return insert(table, dice) };
    let others: Vec<&Table> =
        schema.tables.iter().filter(|t| t.columns.iter().any(|c| c.name == unique.name)).collect();
    let source = dice.pick(&others);
    let other = dice.pick(&table.columns);
    Text::of(&format!("MERGE INTO {} t USING {} s ON s.id = t.id", table.name, source.name))
        .maybe(Text::of(&format!(" AND t.{} = ", unique.name)).then(constant(unique.kind, dice)))
        .then(" WHEN MATCHED AND t.n > 1 THEN DELETE WHEN MATCHED THEN UPDATE SET n = 9")
        .maybe(if other.name == unique.name {
            Text::of("")
        } else {
            Text::of(&format!(", {} = ", other.name)).then(constant(other.kind, dice))
        })
        .maybe(" WHEN NOT MATCHED THEN DO NOTHING")
}
