//! The way out of each refusal, in one sentence.

use crate::sql::refusal::Cause;

/// The hint of a cause. Never a value.
pub(in crate::sql) fn hint(cause: &Cause) -> Option<&'static str> {
    match cause {
        Cause::Unreadable | Cause::Syntax => {
            Some("Check the statement's syntax, or write it without the rarer forms.")
        }
        Cause::TooDeep => Some("Split it, or write a long chain as a list: IN, = ANY, VALUES."),
        Cause::NoStatement => Some("If these are rows of a COPY, see why it did not begin."),
        Cause::WrongCount(_) => None,
        Cause::TwoReadings => Some("Write string constants plainly: '…' with doubled quotes, on one line."),
        Cause::NotUnderstood(_) => {
            Some("Write the statement in simpler steps, or leave the protected columns out of it.")
        }
        Cause::TextRules => Some(
            "SET client_encoding TO 'UTF8'; SET standard_conforming_strings TO on; RESET timezone_abbreviations; RESET array_nulls.",
        ),
        Cause::AmbiguousRelation(_) => Some("Write the schema before the name."),
        Cause::UnresolvedRelation(_) => {
            Some("Check the schema, or run `pgveil catalog accept` if the relation is new.")
        }
        Cause::UndefinedRelation(_) => {
            Some("Make the table through pgveil, or accept it with `pgveil catalog accept`.")
        }
        Cause::UnsettledRelation(_) => {
            Some("Its definition failed, was rolled back or dropped: make it again.")
        }
        Cause::RelationClosed(_) => {
            Some("See `pgveil catalog diff`; accept the change with `pgveil catalog accept`.")
        }
        Cause::UnqualifiedColumn(_) => Some("Write the table's name or alias before the column."),
        Cause::UndefinedColumn(_) | Cause::MissingFrom(_) => {
            Some("If the column or table is new, run `pgveil catalog accept`.")
        }
        Cause::AmbiguousColumn(_) => Some("Write the table's name or alias before the column."),
        Cause::Equality | Cause::Grouping => Some(
            "Tag the column with mode = \"deterministic\" if it has to be found or grouped by its value.",
        ),
        Cause::CrossDomain => {
            Some("Give both columns one domain, mode and type in the policy if they are to meet.")
        }
        Cause::Mixed => {
            Some("Compare or combine it with a constant, a parameter, or a column of the same domain.")
        }
        Cause::OrderBy => Some("Sort in the application, or by a column that is not protected."),
        Cause::Range | Cause::Pattern => {
            Some("Only equality works on a deterministic column; filter the rest in the application.")
        }
        Cause::Extremes => Some("Take the minimum or maximum in the application."),
        Cause::Operator(_) | Cause::Function(_) => {
            Some("Select the column itself and compute in the application.")
        }
        Cause::Cast => Some(
            "Cast to the column's own type, select the column and convert in the application, or cast the constant instead.",
        ),
        Cause::Condition => Some("Select the column and decide in the application."),
        Cause::Subscript => Some("Select the whole column and take its part in the application."),
        Cause::WholeRow => Some("Name the columns that are needed."),
        Cause::Composite => Some(
            "Return the protected column as a column of its own, and put it together in the application.",
        ),
        Cause::Collate => Some("Leave COLLATE out: equality of a protected column is by bytes."),
        Cause::IntoPlain => {
            Some("Tag the target column with the same domain, or leave the protected column out.")
        }
        Cause::PlainInto => {
            Some("Compute the value in the application and send it as a constant or a parameter.")
        }
        Cause::TypeMismatch | Cause::NoOperator => Some("Send the value in the column's own type."),
        Cause::NoFunction(_) | Cause::NoCast | Cause::WrongKind | Cause::NoPosition => None,
        Cause::NaturalJoin => Some("Write JOIN … USING (columns) or JOIN … ON."),
        Cause::UnknownShape => Some("Name the columns instead of writing *."),
        Cause::Transitional => Some("Wait until the domain's conversion is done (`pgveil status`)."),
        Cause::WindowOpen => Some(
            "Try again when the rotation is done (`pgveil status`), or compare the column itself with it.",
        ),
        Cause::PlainInText => Some(
            "Send the value as a parameter of the extended protocol, or wait until the domain's conversion is done.",
        ),
        Cause::DynamicSql => Some("Send the statement itself instead of text for the server to run."),
        Cause::UndeclaredFunction(_) => {
            Some("Declare the function in the policy with [[function]] if it is safe.")
        }
        Cause::CopyFile => Some("Use COPY … FROM STDIN or TO STDOUT (\\copy in psql)."),
        Cause::CopyOption => {
            Some("Use the text, csv or binary format with ordinary options and ENCODING 'UTF8'.")
        }
        Cause::UntrackedCursor => Some("Declare the cursor with DECLARE in this session."),
        Cause::UntrackedPrepared => Some("Prepare the statement in this session."),
        Cause::StalePrepared => {
            Some("The policy or the keys have changed since: DEALLOCATE it and PREPARE it again.")
        }
        Cause::TableFromProtected => Some(
            "Tag the new table's columns as those that the query reads, or create it with its columns, then INSERT … SELECT.",
        ),
        Cause::ViewOverProtected => Some(
            "Give the view another name, or create it as the administrator and run `pgveil catalog accept`.",
        ),
        Cause::LetterCase(_) => Some(
            "Write the name in the policy as the database has it, in double quotes, and run `pgveil policy accept`.",
        ),
        Cause::AlterProtected(_) => Some("See `pgveil plan`, `pgveil decrypt` and `pgveil catalog accept`."),
        Cause::IndexOnProtected => Some(
            "An index serves equality on a deterministic column: btree or hash, no expression. Leave this one out.",
        ),
        Cause::BodyOnProtected(_) => {
            Some("Leave the protected column out of it; constants in it would be stored in the clear.")
        }
        Cause::DefinitionRole => {
            Some("Let an administrator do it, or name the role in `ddl_roles` of [auth].")
        }
        Cause::PreparedDefinition => Some("Define in a transaction of its own, and COMMIT it."),
        Cause::TooManyParameters => Some("Send fewer rows in one statement."),
    }
}
