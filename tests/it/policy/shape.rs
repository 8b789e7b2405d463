//! Shapes for the tests: a live server in a few lines, and a lineage without SQL.

use pgveil::catalog::fetch::{Live, Part, Reader};
use pgveil::catalog::guard;
use pgveil::catalog::model::{Attachment, AttachmentKind, Catalog, Column, Relation, RelationKind};
use pgveil::names::{ColumnId, QualifiedName, split_dotted};
use pgveil::policy::load;
use pgveil::policy::model::{Policy, Tags};
use pgveil::types::StoredType;

pub fn name(text: &str) -> QualifiedName {
    QualifiedName::parse(text).expect("a qualified name")
}

pub fn tags(text: &str) -> Tags {
    load::tags("pgveil.toml", text).expect("a valid policy")
}

/// `public.people(id bigint, email text)` and what hangs on it.
pub fn table(name_text: &str, columns: &[(&str, &str)]) -> Relation {
    let mut relation = Relation::new(name(name_text), RelationKind::Table);
    relation.oid = 20_000 + u32::try_from(name_text.len()).expect("short");
    for (i, (column, type_name)) in columns.iter().enumerate() {
        let oid = match *type_name {
            "bigint" => 20,
            "text" => 25,
            "character varying" => 1043,
            "date" => 1082,
            _ => 1,
        };
        let attnum = i16::try_from(i + 1).expect("few columns");
        relation.columns.push(Column { attnum, ..Column::new(*column, oid, *type_name) });
    }
    relation
}

/// A view; the fake lineage reads its definition: `schema.relation.column` or `-` for each column.
pub fn view(name_text: &str, columns: &[&str], definition: &str) -> Relation {
    let columns: Vec<(&str, &str)> = columns.iter().map(|c| (*c, "text")).collect();
    Relation {
        kind: RelationKind::View,
        definition: Some(definition.to_owned()),
        ..table(name_text, &columns)
    }
}

/// The guard of a text column, as the server prints it.
pub fn guarded(mut relation: Relation, column: &str) -> Relation {
    let definition = format!(
        "CHECK ((({column} ^@ 'pgV1:'::text) AND (\"right\"({column}, 1) = '.'::text) AND (length({column}) >= 53)))"
    );
    attach(&mut relation, AttachmentKind::Check, &guard::name(column), &definition);
    let column = relation.column(column).expect("there").1;
    assert!(guard::find(&relation, column, StoredType::Text).is_some());
    relation
}

pub fn attach(relation: &mut Relation, kind: AttachmentKind, name: &str, definition: &str) {
    let (name, definition) = (name.to_owned(), definition.to_owned());
    relation.attachments.push(Attachment { kind, name, definition, validated: true });
}

pub fn live(relations: Vec<Relation>) -> Live {
    let mut reader = Reader::default();
    reader
        .row(Part::Server, r#"{"version":150000,"encoding":"UTF8","database":"d"}"#)
        .expect("the server's row");
    Live { relations, ..reader.finish().expect("whole") }
}

/// Reads `a.b.c, -` as the origin of each column.
pub fn lineage(definition: &str, catalog: &Catalog, _: &Policy) -> Result<Vec<Option<ColumnId>>, String> {
    let origin = |text: &str| {
        let parts = split_dotted(text).ok_or("not understood")?;
        let [schema, relation, column] = parts.as_slice() else { return Ok(None) };
        let relation = catalog.relation(&QualifiedName::new(schema, relation)).ok_or("unknown relation")?;
        let (_, column) = relation.column(column).ok_or("unknown column")?;
        Ok(column.tag)
    };
    let origins = definition.split(", ").map(|part| if part == "-" { Ok(None) } else { origin(part) });
    origins.collect::<Result<Vec<_>, &str>>().map_err(str::to_owned)
}
