//! Values and conditions over tables in sight.

use super::Text;
use super::schema::{Column, Kind, Schema, Table, Tag};
use crate::twin::dice::Dice;

/// A table under an alias.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'s> {
    pub alias: &'static str,
    pub table: &'s Table,
}

/// What is in sight.
pub struct Sight<'s> {
    pub schema: &'s Schema,
    pub seen: Vec<Seen<'s>>,
}

impl<'s> Sight<'s> {
    /// A column of any table in sight that fits.
    pub fn column(
        &self,
        dice: &mut Dice,
        fits: impl Fn(&Column) -> bool,
    ) -> Option<(&'static str, &'s Column)> {
        let all: Vec<(&'static str, &'s Column)> = self
            .seen
            .iter()
            .flat_map(|seen| seen.table.columns.iter().map(|column| (seen.alias, column)))
            .filter(|(_, column)| fits(column))
            .collect();
        (!all.is_empty()).then(|| *dice.pick(&all))
    }

    pub fn alias(&self, dice: &mut Dice) -> &'static str {
        dice.pick(&self.seen).alias
    }
}

/// A constant of a type.
pub fn constant(kind: &Kind, dice: &mut Dice) -> Text {
    if dice.one_in(12) {
        return Text::hole(kind.bare, "\\N");
    }
    present(kind, dice)
}

/// One that is not NULL.
fn present(kind: &Kind, dice: &mut Dice) -> Text {
    Text::hole(kind.bare, dice.pick::<&str>(kind.values))
}

/// A value of a column's domain (or of the column itself): what may be compared with it.
pub fn equal_to(column: &Column, sight: &Sight<'_>, dice: &mut Dice) -> Text {
    let peer =
        sight.column(dice, |other| other.tag == column.tag && other.kind.declared == column.kind.declared);
    match (dice.below(8), peer) {
        (0 | 1, Some((alias, peer))) if column.tag != Tag::Randomized => {
            Text::of(&format!("{alias}.{}", peer.name))
        }
        (2, _) => cast(column, dice),
        (3, Some((alias, peer))) if column.tag != Tag::Randomized => Text::of("COALESCE(")
            .then(format!("{alias}.{}", peer.name))
            .then(", ")
            .then(constant(column.kind, dice))
            .then(")"),
        (4, Some((alias, peer))) if column.tag != Tag::Randomized => Text::of("CASE WHEN ")
            .then(plain(sight, dice))
            .then(format!(" THEN {alias}.{} ELSE ", peer.name))
            .then(constant(column.kind, dice))
            .then(" END"),
        _ => constant(column.kind, dice),
    }
}

fn cast(column: &Column, dice: &mut Dice) -> Text {
    let constant = constant(column.kind, dice);
    cast_of(constant, column, dice)
}

fn cast_of(constant: Text, column: &Column, dice: &mut Dice) -> Text {
    if column.kind.bare == "bpchar" {
        return constant;
    }
    match dice.one_in(2) {
        true => Text::of("CAST(").then(constant).then(format!(" AS {})", column.kind.bare)),
        false => constant.then(format!("::{}", column.kind.bare)),
    }
}

/// A condition that names nothing protected.
pub fn plain(sight: &Sight<'_>, dice: &mut Dice) -> Text {
    let alias = sight.alias(dice);
    match dice.below(4) {
        0 => Text::of(&format!("{alias}.n < ")).then(Text::hole("int4", &dice.below(4).to_string())),
        1 => Text::of(&format!("{alias}.id BETWEEN 2 AND ")).then(Text::hole("int4", "5")),
        2 => Text::of(&format!("{alias}.n IS NOT NULL")),
        _ => Text::of(&format!("{alias}.id % 2 = ")).then(Text::hole("int4", &dice.below(2).to_string())),
    }
}

/// A condition.
pub fn condition(sight: &Sight<'_>, dice: &mut Dice, depth: usize) -> Text {
    if depth > 0 {
        match dice.below(5) {
            0 => {
                let left = condition(sight, dice, depth - 1);
                return Text::of("(")
                    .then(left)
                    .then(" OR ")
                    .then(condition(sight, dice, depth - 1))
                    .then(")");
            }
            1 => return Text::of("NOT (").then(condition(sight, dice, depth - 1)).then(")"),
            _ => {}
        }
    }
    let Some((alias, column)) = sight.column(dice, |column| column.tag != Tag::Plain) else {
        return plain(sight, dice);
    };
    let name = format!("{alias}.{}", column.name);
    if column.tag == Tag::Randomized || dice.one_in(8) {
        return Text::of(&format!("{name} IS {}NULL", if dice.one_in(2) { "NOT " } else { "" }));
    }
    let kind = column.kind;
    match dice.below(9) {
        0 => Text::of(&name).then(" <> ").then(equal_to(column, sight, dice)),
        1 => Text::of(&name)
            .then(" IN (")
            .then(constant(kind, dice))
            .maybe(Text::of(", ").then(constant(kind, dice)))
            .then(")"),
        2 => Text::of(&name).then(" NOT IN (").then(constant(kind, dice)).then(")"),
        3 if kind.bare != "text[]" => Text::of(&name).then(" = ANY (").then(array(kind, dice)).then(")"),
        4 => Text::of(&name).then(" IS DISTINCT FROM ").then(equal_to(column, sight, dice)),
        5 => Text::of(&name).then(" IS NOT DISTINCT FROM ").then(equal_to(column, sight, dice)),
        6 => subquery(&name, column, sight, dice),
        7 => Text::of(&format!("({name}, {alias}.id) = ("))
            .then(constant(kind, dice))
            .then(", ")
            .then(Text::hole("int4", "2"))
            .then(")"),
        _ => Text::of(&name).then(" = ").then(equal_to(column, sight, dice)),
    }
}

/// An array of constants, as one hole.
fn array(kind: &Kind, dice: &mut Dice) -> Text {
    let quoted = |value: &&str| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let values: Vec<String> = kind.values.iter().take(1 + dice.below(3)).map(quoted).collect();
    Text::hole(&format!("{}[]", kind.bare), &format!("{{{}}}", values.join(",")))
}

fn subquery(name: &str, column: &Column, sight: &Sight<'_>, dice: &mut Dice) -> Text {
    let holds = |table: &&Table| table.columns.iter().any(|c| c.name == column.name);
    let tables: Vec<&Table> = sight.schema.tables.iter().filter(holds).collect();
    let table = dice.pick(&tables);
    let inner = &column.name;
    match dice.below(4) {
        0 => Text::of(&format!("EXISTS (SELECT 1 FROM {} z WHERE z.{inner} = {name})", table.name)),
        1 => Text::of(&format!("{name} IN (SELECT z.{inner} FROM {} z", table.name))
            .maybe(Text::of(" WHERE z.n > ").then(Text::hole("int4", "0")))
            .then(")"),
        2 => Text::of(&format!("{name} = (SELECT z.{inner} FROM {} z WHERE z.id = ", table.name))
            .then(Text::hole("int4", &(1 + dice.below(6)).to_string()))
            .then(")"),
        _ => Text::of(&format!("{name} = ANY (SELECT z.{inner} FROM {} z)", table.name)),
    }
}

/// Something to select.
pub fn output(sight: &Sight<'_>, dice: &mut Dice) -> Text {
    let Some((alias, column)) = sight.column(dice, |_| true) else { return Text::of("1") };
    let name = format!("{alias}.{}", column.name);
    match (dice.below(9), column.tag) {
        // A parameter that is NULL is left out of it when the server plans for the value: then the result
        // has the column's precision, which nobody who has not seen the value can know.
        (0, _) => {
            let other = present(column.kind, dice);
            Text::of("COALESCE(").then(name).then(", ").then(cast_of(other, column, dice)).then(")")
        }
        // Known to differ: without ELSE, char(n) is still shown with its length.
        (1, _) if column.kind.bare != "bpchar" => {
            Text::of("CASE WHEN ").then(plain(sight, dice)).then(format!(" THEN {name} END"))
        }
        (2, Tag::Domain(_)) => {
            Text::of("NULLIF(").then(name).then(", ").then(constant(column.kind, dice)).then(")")
        }
        (3, Tag::Domain(_)) => Text::of(&name).then(" = ").then(constant(column.kind, dice)),
        (4, _) => Text::of(&format!("{name} AS \"Out {}\"", column.name)),
        (5, _) => Text::of(&format!("(SELECT {name}) AS again")),
        (6, _) => Text::of(&format!("{name} IS NULL AS empty")),
        // Of rows that are equal in what they are sorted by any may come first.
        (7, _) if sight.seen.len() == 1 => Text::of(&format!("lag({name}) OVER (ORDER BY {alias}.id)")),
        _ => Text::of(&name),
    }
}
