//! The table of what built-in functions admit. A function that is not here admits nothing protected.

use crate::sql::refusal::Cause;

/// What a function does with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    /// Counts values: any may be protected, the result is not.
    Counts,
    /// Gives back its first argument, from this row or another; a third (the default) is one with
    /// it; others are plain.
    Carries,
    /// Gathers its argument into an array.
    Gathers,
    /// Spreads an array into rows.
    Spreads,
    /// Adds to an array, takes from it, or looks for an element of it.
    Arrays,
    /// Looks at the length or bounds of an array, not at its elements.
    Measures,
    /// Runs SQL that it is given as text.
    RunsText,
    /// Sets a parameter of the session.
    Sets,
    /// Admits nothing protected, for this cause.
    Plain(Cause),
}

/// The rule of a function of pg_catalog.
pub(super) fn rule(name: &str) -> Rule {
    match name {
        "count" | "num_nulls" | "num_nonnulls" => Rule::Counts,
        "lag" | "lead" | "first_value" | "last_value" | "nth_value" | "any_value" => Rule::Carries,
        "array_agg" => Rule::Gathers,
        "unnest" => Rule::Spreads,
        "array_append" | "array_prepend" | "array_cat" | "array_remove" | "array_replace"
        | "array_position" | "array_positions" => Rule::Arrays,
        "cardinality" | "array_length" | "array_upper" | "array_lower" | "array_ndims" => Rule::Measures,
        "query_to_xml"
        | "query_to_xmlschema"
        | "query_to_xml_and_xmlschema"
        | "ts_stat"
        | "ts_rewrite"
        | "table_to_xml"
        | "table_to_xmlschema"
        | "table_to_xml_and_xmlschema"
        | "schema_to_xml"
        | "schema_to_xmlschema"
        | "schema_to_xml_and_xmlschema"
        | "database_to_xml"
        | "database_to_xmlschema"
        | "database_to_xml_and_xmlschema"
        | "cursor_to_xml"
        | "cursor_to_xmlschema"
        // Of an extension that need not be there: the server would log the text all the same.
        | "dblink"
        | "dblink_exec"
        | "dblink_open"
        | "dblink_send_query" => Rule::RunsText,
        "set_config" => Rule::Sets,
        "min" | "max" => Rule::Plain(Cause::Extremes),
        "like" | "notlike" | "iclike" | "texticlike" | "textlike" | "regexp_match" | "regexp_matches"
        | "regexp_like" | "regexp_count" | "regexp_instr" | "starts_with" | "textregexeq" => {
            Rule::Plain(Cause::Pattern)
        }
        other => Rule::Plain(Cause::Function(other.into())),
    }
}

/// Functions of pg_catalog that run SQL given as text: the gate looks for them by name.
pub(in crate::sql) fn runs_text(name: &str) -> bool {
    rule(name) == Rule::RunsText
}
