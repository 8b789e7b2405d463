//! Tables of random columns, types, modes and shared domains.

use crate::twin::dice::Dice;

/// A type with values to try.
#[derive(Debug)]
pub struct Kind {
    /// As SQL declares it.
    pub declared: &'static str,
    /// Of a parameter.
    pub bare: &'static str,
    pub deterministic: bool,
    pub values: &'static [&'static str],
}

pub const KINDS: &[Kind] = &[
    Kind {
        declared: "text",
        bare: "text",
        deterministic: true,
        values: &["a", "b", "Zoë", "", "it's", "{x}"],
    },
    Kind {
        declared: "varchar(12)",
        bare: "varchar",
        deterministic: true,
        values: &["a", "b", "long enough"],
    },
    Kind { declared: "char(5)", bare: "bpchar", deterministic: true, values: &["a", "bcde", ""] },
    Kind { declared: "int4", bare: "int4", deterministic: true, values: &["0", "1", "-7", "2147483647"] },
    Kind { declared: "int8", bare: "int8", deterministic: true, values: &["0", "1", "-9000000000"] },
    Kind { declared: "int2", bare: "int2", deterministic: true, values: &["0", "1", "-3"] },
    Kind {
        declared: "numeric(8,2)",
        bare: "numeric",
        deterministic: true,
        values: &["0.00", "1.50", "-12.34"],
    },
    Kind {
        declared: "date",
        bare: "date",
        deterministic: true,
        values: &["2001-02-03", "infinity", "1999-12-31"],
    },
    Kind {
        declared: "timestamp",
        bare: "timestamp",
        deterministic: true,
        values: &["2001-02-03 04:05:06", "-infinity", "1999-12-31 23:59:59.5"],
    },
    Kind {
        declared: "timestamptz",
        bare: "timestamptz",
        deterministic: true,
        values: &["2001-02-03 04:05:06+00", "1999-12-31 23:59:59.5+02"],
    },
    Kind { declared: "time", bare: "time", deterministic: true, values: &["10:00:00", "23:59:59.9"] },
    Kind { declared: "float8", bare: "float8", deterministic: true, values: &["0", "1.5", "-2.25", "NaN"] },
    Kind {
        declared: "uuid",
        bare: "uuid",
        deterministic: true,
        values: &["11111111-2222-3333-4444-555555555555", "00000000-0000-0000-0000-000000000000"],
    },
    Kind { declared: "bytea", bare: "bytea", deterministic: true, values: &["\\x00ff", "\\x", "\\xbeef"] },
    Kind { declared: "inet", bare: "inet", deterministic: true, values: &["10.0.0.1", "::1", "10.0.0.0/8"] },
    Kind {
        declared: "text[]",
        bare: "text[]",
        deterministic: true,
        values: &["{a,b}", "{}", "{NULL,\"x y\"}"],
    },
    Kind { declared: "bool", bare: "bool", deterministic: false, values: &["true", "false"] },
    Kind { declared: "interval", bare: "interval", deterministic: false, values: &["1 day", "01:02:03"] },
    Kind { declared: "jsonb", bare: "jsonb", deterministic: false, values: &["{\"a\": 1}", "[]", "\"s\""] },
    Kind { declared: "json", bare: "json", deterministic: false, values: &["{\"a\":  1}", "null"] },
    Kind { declared: "float4", bare: "float4", deterministic: false, values: &["0", "1.5"] },
    Kind { declared: "cidr", bare: "cidr", deterministic: false, values: &["10.0.0.0/8"] },
    Kind { declared: "numeric", bare: "numeric", deterministic: false, values: &["1.2300", "-5"] },
];

/// A column: `class` is the number of its domain; columns of one domain may meet.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub kind: &'static Kind,
    pub tag: Tag,
}

/// What the operator said of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Plain,
    Randomized,
    /// Of the domain of this number.
    Domain(usize),
}

#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Inserts go here alone: a view of one table is not written.
    pub writable: bool,
    /// The column that ON CONFLICT may name.
    pub unique: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Schema {
    pub tables: Vec<Table>,
    ddl: String,
}

impl Schema {
    pub fn new(dice: &mut Dice) -> Schema {
        let deterministic: Vec<&'static Kind> = KINDS.iter().filter(|kind| kind.deterministic).collect();
        let domains: Vec<&'static Kind> = (0..4).map(|_| *dice.pick(&deterministic)).collect();
        let mut schema = Schema { tables: Vec::new(), ddl: String::new() };
        for number in 0..3 {
            schema.add_table(number, &domains, dice);
        }
        schema.add_view();
        schema
    }

    fn add_table(&mut self, number: usize, domains: &[&'static Kind], dice: &mut Dice) {
        let mut columns = Vec::new();
        for (domain, kind) in domains.iter().enumerate() {
            if number == 0 || !dice.one_in(3) {
                columns.push(Column { name: format!("d{domain}"), kind, tag: Tag::Domain(domain) });
            }
        }
        for extra in 0..2 + dice.below(3) {
            let kind = dice.pick(KINDS);
            let tag = if dice.one_in(3) { Tag::Plain } else { Tag::Randomized };
            columns.push(Column { name: format!("c{number}{extra}"), kind, tag });
        }
        let at = dice.below(columns.len());
        columns.rotate_left(at);
        let unique = columns
            .iter()
            .position(|column| matches!(column.tag, Tag::Domain(_)) && column.kind.bare != "text[]");
        let unique = unique.filter(|_| number == 0);
        let name = format!("t{number}");
        let mut lines = vec!["id int4 PRIMARY KEY".to_owned(), "n int4".to_owned()];
        for (index, column) in columns.iter().enumerate() {
            let constraint = if unique == Some(index) { " UNIQUE" } else { "" };
            lines.push(format!("{} {}{constraint}", column.name, column.kind.declared));
        }
        let partitioned = number == 2;
        if partitioned {
            self.ddl.push_str(&format!(
                "CREATE TABLE {name} ({}) PARTITION BY HASH (id);\
                 CREATE TABLE {name}a PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER 0);\
                 CREATE TABLE {name}b PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER 1);",
                lines.join(", ")
            ));
        } else {
            self.ddl.push_str(&format!("CREATE TABLE {name} ({});", lines.join(", ")));
        }
        self.tables.push(Table { name, columns, writable: true, unique });
    }

    /// A view of what keeps its type when it is tagged: apply does not rebuild views of other columns.
    fn add_view(&mut self) {
        let table = &self.tables[0];
        let kept =
            |column: &&Column| matches!(column.kind.declared, "text" | "bytea" | "jsonb" | "json" | "text[]");
        let columns: Vec<Column> = table.columns.iter().filter(kept).cloned().collect();
        if columns.is_empty() {
            return;
        }
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let list = ["id", "n"].into_iter().chain(names).collect::<Vec<_>>().join(", ");
        self.ddl.push_str(&format!("CREATE VIEW v0 AS SELECT {list} FROM t0;"));
        self.tables.push(Table { name: "v0".into(), columns, writable: false, unique: None });
    }

    pub fn ddl(&self) -> &str {
        &self.ddl
    }

    pub fn policy(&self) -> String {
        let mut policy = String::new();
        for table in self.tables.iter().filter(|table| table.writable) {
            for column in &table.columns {
                let how = match column.tag {
                    Tag::Plain => continue,
                    Tag::Randomized => String::new(),
                    Tag::Domain(domain) => format!("mode = 'deterministic'\ndomain = 'd{domain}'\n"),
                };
                let name = format!("public.{}.{}", table.name, column.name);
                policy.push_str(&format!("[[column]]\nname = '{name}'\nphase = 'encrypted'\n{how}"));
            }
        }
        policy
    }

    /// Rows for every table: `unique` columns get each value once.
    pub fn rows(&self, dice: &mut Dice) -> Vec<String> {
        let mut inserts = Vec::new();
        for table in self.tables.iter().filter(|table| table.writable) {
            for id in 1..=6 {
                let mut values = vec![id.to_string(), dice.below(4).to_string()];
                for (index, column) in table.columns.iter().enumerate() {
                    let unique = table.unique == Some(index);
                    let value = match unique {
                        true => column.kind.values.get(id - 1).copied(),
                        false if dice.one_in(5) => None,
                        false => Some(*dice.pick(column.kind.values)),
                    };
                    values.push(match value {
                        Some(value) => format!("'{}'", value.replace('\'', "''")),
                        None => "NULL".into(),
                    });
                }
                inserts.push(format!("INSERT INTO {} VALUES ({})", table.name, values.join(", ")));
            }
        }
        inserts
    }

    /// Queries that show everything.
    pub fn looks(&self) -> Vec<String> {
        let tables = self.tables.iter().filter(|table| table.writable);
        tables.map(|table| format!("SELECT * FROM {}", table.name)).collect()
    }
}
