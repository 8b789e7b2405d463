//! The keywords of PostgreSQL 15 to 18 with their categories (manual, appendix C).
//!
//! A word that is a keyword only in a newer release is one here; where that is not reserved, it still
//! serves as a name.

/// What else a keyword may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Any name.
    Unreserved,
    /// A column or table, but no function or type.
    ColumnName,
    /// A function or type, but no column or table.
    TypeOrFunction,
    /// No name.
    Reserved,
}

macro_rules! keywords {
    ($($category:ident, $bare:literal: $($name:ident $word:literal),+;)+) => {
        /// A keyword.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        #[allow(missing_docs)]
        pub enum Keyword { $($($name),+),+ }

        /// Word, category, and whether it may be a column's label without AS; by `Keyword as usize`.
        static TABLE: &[(Keyword, &str, Category, bool)] =
            &[$($((Keyword::$name, $word, Category::$category, $bare)),+),+];

        const WORDS: &[&str] = &[$($($word),+),+];
    };
}

keywords! {
    Unreserved, true:
        Abort "abort", Absent "absent", Absolute "absolute", Access "access", Action "action", Add "add",
        Admin "admin", After "after", Aggregate "aggregate", Also "also", Alter "alter", Always "always",
        Asensitive "asensitive", Assertion "assertion", Assignment "assignment", At "at", Atomic "atomic",
        Attach "attach", Attribute "attribute", Backward "backward", Before "before", Begin "begin",
        Breadth "breadth", By "by", Cache "cache", Call "call", Called "called", Cascade "cascade",
        Cascaded "cascaded", Catalog "catalog", Chain "chain", Characteristics "characteristics",
        Checkpoint "checkpoint", Class "class", Close "close", Cluster "cluster", Columns "columns",
        Comment "comment", Comments "comments", Commit "commit", Committed "committed",
        Compression "compression", Conditional "conditional", Configuration "configuration",
        Conflict "conflict", Connection "connection", Constraints "constraints", Content "content",
        Continue "continue", Conversion "conversion", Copy "copy", Cost "cost", Csv "csv", Cube "cube",
        Current "current", Cursor "cursor", Cycle "cycle", Data "data", Database "database",
        Deallocate "deallocate", Declare "declare", Defaults "defaults", Deferred "deferred",
        Definer "definer", Delete "delete", Delimiter "delimiter", Delimiters "delimiters",
        Depends "depends", Depth "depth", Detach "detach", Dictionary "dictionary", Disable "disable",
        Discard "discard", Document "document", Domain "domain", Double "double", Drop "drop", Each "each",
        Empty "empty", Enable "enable", Encoding "encoding", Encrypted "encrypted", Enforced "enforced",
        Enum "enum", Error "error", Escape "escape", Event "event", Exclude "exclude",
        Excluding "excluding", Exclusive "exclusive", Execute "execute", Explain "explain",
        Expression "expression", Extension "extension", External "external", Family "family",
        Finalize "finalize", First "first", Following "following", Force "force", Format "format",
        Forward "forward", Function "function", Functions "functions", Generated "generated",
        Global "global", Granted "granted", Groups "groups", Handler "handler", Header "header",
        Hold "hold", Identity "identity", If "if", Immediate "immediate", Immutable "immutable",
        Implicit "implicit", Import "import", Include "include", Including "including",
        Increment "increment", Indent "indent", Index "index", Indexes "indexes", Inherit "inherit",
        Inherits "inherits", Inline "inline", Input "input", Insensitive "insensitive", Insert "insert",
        Instead "instead", Invoker "invoker", Isolation "isolation", Keep "keep", Key "key", Keys "keys",
        Label "label", Language "language", Large "large", Last "last", Leakproof "leakproof",
        Level "level", Listen "listen", Load "load", Local "local", Location "location", Lock "lock",
        Locked "locked", Logged "logged", Mapping "mapping", Match "match", Matched "matched",
        Materialized "materialized", Maxvalue "maxvalue", Merge "merge", Method "method",
        Minvalue "minvalue", Mode "mode", Move "move", Name "name", Names "names", Nested "nested",
        New "new", Next "next", Nfc "nfc", Nfd "nfd", Nfkc "nfkc", Nfkd "nfkd", No "no",
        Normalized "normalized", Nothing "nothing", Notify "notify", Nowait "nowait", Nulls "nulls",
        Object "object", Objects "objects", Of "of", Off "off", Oids "oids", Old "old", Omit "omit",
        Operator "operator", Option "option", Options "options", Ordinality "ordinality", Others "others",
        Overriding "overriding", Owned "owned", Owner "owner", Parallel "parallel", Parameter "parameter",
        Parser "parser", Partial "partial", Partition "partition", Passing "passing", Password "password",
        Path "path", Period "period", Plan "plan", Plans "plans", Policy "policy", Preceding "preceding",
        Prepare "prepare", Prepared "prepared", Preserve "preserve", Prior "prior", Privileges "privileges",
        Procedural "procedural", Procedure "procedure", Procedures "procedures", Program "program",
        Publication "publication", Quote "quote", Quotes "quotes", Range "range", Read "read",
        Reassign "reassign", Recursive "recursive", Ref "ref", Referencing "referencing", Refresh "refresh",
        Reindex "reindex", Relative "relative", Release "release", Rename "rename", Repeatable "repeatable",
        Replace "replace", Replica "replica", Reset "reset", Restart "restart", Restrict "restrict",
        Return "return", Returns "returns", Revoke "revoke", Role "role", Rollback "rollback",
        Rollup "rollup", Routine "routine", Routines "routines", Rows "rows", Rule "rule",
        Savepoint "savepoint", Scalar "scalar", Schema "schema", Schemas "schemas", Scroll "scroll",
        Search "search", Security "security", Sequence "sequence", Sequences "sequences",
        Serializable "serializable", Server "server", Session "session", Set "set", Sets "sets",
        Share "share", Show "show", Simple "simple", Skip "skip", Snapshot "snapshot", Source "source",
        Sql "sql", Stable "stable", Standalone "standalone", Start "start", Statement "statement",
        Statistics "statistics", Stdin "stdin", Stdout "stdout", Storage "storage", Stored "stored",
        Strict "strict", String "string", Strip "strip", Subscription "subscription", Support "support",
        Sysid "sysid", System "system", Tables "tables", Tablespace "tablespace", Target "target",
        Temp "temp", Template "template", Temporary "temporary", Text "text", Ties "ties",
        Transaction "transaction", Transform "transform", Trigger "trigger", Truncate "truncate",
        Trusted "trusted", Type "type", Types "types", Uescape "uescape", Unbounded "unbounded",
        Uncommitted "uncommitted", Unconditional "unconditional", Unencrypted "unencrypted",
        Unknown "unknown", Unlisten "unlisten", Unlogged "unlogged", Until "until", Update "update",
        Vacuum "vacuum", Valid "valid", Validate "validate", Validator "validator", Value "value",
        Version "version", View "view", Views "views", Virtual "virtual", Volatile "volatile",
        Whitespace "whitespace", Work "work", Wrapper "wrapper", Write "write", Xml "xml", Yes "yes",
        Zone "zone";
    Unreserved, false:
        Day "day", Filter "filter", Hour "hour", Minute "minute", Month "month", Over "over",
        Second "second", Varying "varying", Within "within", Without "without", Year "year";
    ColumnName, true:
        Between "between", Bigint "bigint", Bit "bit", Boolean "boolean", Coalesce "coalesce", Dec "dec",
        Decimal "decimal", Exists "exists", Extract "extract", Float "float", Greatest "greatest",
        Grouping "grouping", Inout "inout", Int "int", Integer "integer", Interval "interval", Json "json",
        JsonArray "json_array", JsonArrayagg "json_arrayagg", JsonExists "json_exists",
        JsonObject "json_object", JsonObjectagg "json_objectagg", JsonQuery "json_query",
        JsonScalar "json_scalar", JsonSerialize "json_serialize", JsonTable "json_table",
        JsonValue "json_value", Least "least", MergeAction "merge_action", National "national",
        Nchar "nchar", None "none", Normalize "normalize", Nullif "nullif", Numeric "numeric", Out "out",
        Overlay "overlay", Position "position", Real "real", Row "row", Setof "setof", Smallint "smallint",
        Substring "substring", Time "time", Timestamp "timestamp", Treat "treat", Trim "trim",
        Values "values", Varchar "varchar", Xmlattributes "xmlattributes", Xmlconcat "xmlconcat",
        Xmlelement "xmlelement", Xmlexists "xmlexists", Xmlforest "xmlforest",
        Xmlnamespaces "xmlnamespaces", Xmlparse "xmlparse", Xmlpi "xmlpi", Xmlroot "xmlroot",
        Xmlserialize "xmlserialize", Xmltable "xmltable";
    ColumnName, false:
        Char "char", Character "character", Precision "precision";
    TypeOrFunction, true:
        Authorization "authorization", Binary "binary", Collation "collation", Concurrently "concurrently",
        Cross "cross", CurrentSchema "current_schema", Freeze "freeze", Full "full", Ilike "ilike",
        Inner "inner", Is "is", Join "join", Left "left", Like "like", Natural "natural", Outer "outer",
        Right "right", Similar "similar", Tablesample "tablesample", Verbose "verbose";
    TypeOrFunction, false:
        Isnull "isnull", Notnull "notnull", Overlaps "overlaps";
    Reserved, true:
        All "all", Analyse "analyse", Analyze "analyze", And "and", Any "any", Asc "asc",
        Asymmetric "asymmetric", Both "both", Case "case", Cast "cast", Check "check", Collate "collate",
        Column "column", Constraint "constraint", CurrentCatalog "current_catalog",
        CurrentDate "current_date", CurrentRole "current_role", CurrentTime "current_time",
        CurrentTimestamp "current_timestamp", CurrentUser "current_user", Default "default",
        Deferrable "deferrable", Desc "desc", Distinct "distinct", Do "do", Else "else", End "end",
        False "false", Foreign "foreign", In "in", Initially "initially", Lateral "lateral",
        Leading "leading", Localtime "localtime", Localtimestamp "localtimestamp", Not "not", Null "null",
        Only "only", Or "or", Placing "placing", Primary "primary", References "references",
        Select "select", SessionUser "session_user", Some "some", Symmetric "symmetric",
        SystemUser "system_user", Table "table", Then "then", Trailing "trailing", True "true",
        Unique "unique", User "user", Using "using", Variadic "variadic", When "when";
    Reserved, false:
        Array "array", As "as", Create "create", Except "except", Fetch "fetch", For "for", From "from",
        Grant "grant", Group "group", Having "having", Intersect "intersect", Into "into", Limit "limit",
        Offset "offset", On "on", Order "order", Returning "returning", To "to", Union "union",
        Where "where", Window "window", With "with";
}

/// The longest keyword, `current_timestamp`.
const LONGEST: usize = 17;
/// Slots of the hash table: a power of two, about four for each keyword.
const SLOTS: usize = 2048;
const EMPTY: u16 = u16::MAX;

static HASHED: [u16; SLOTS] = hashed();

const fn hashed() -> [u16; SLOTS] {
    let mut table = [EMPTY; SLOTS];
    let mut words = WORDS;
    let mut index = 0;
    while let [word, rest @ ..] = words {
        let word = word.as_bytes();
        put(&mut table, slot_of(packed(word), word.len()), index);
        index += 1;
        words = rest;
    }
    table
}

/// Writes `value` into the first empty slot from `slot` on.
const fn put(table: &mut [u16; SLOTS], mut slot: usize, value: u16) {
    loop {
        if let Some((_, [place, ..])) = table.split_at_mut_checked(slot)
            && *place == EMPTY
        {
            *place = value;
            return;
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// The first eight bytes of a word, in lower case as far as letters go; the same for two words that
/// differ in case only.
const fn packed(mut word: &[u8]) -> u64 {
    let mut value = 0u64;
    let mut shift = 0;
    while let [byte, rest @ ..] = word {
        if shift == 64 {
            break;
        }
        value |= ((*byte | 0x20) as u64) << shift;
        shift += 8;
        word = rest;
    }
    value
}

const fn slot_of(first: u64, length: usize) -> usize {
    let mixed = (first ^ ((length as u64) << 56)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 53) as usize % SLOTS
}

impl Keyword {
    /// The keyword that `text[start..end]` spells in any case.
    #[inline]
    pub(super) fn lookup(text: &[u8], start: usize, end: usize) -> Option<Keyword> {
        let length = end - start;
        if !(2..=LONGEST).contains(&length) {
            return None;
        }
        let word = text.get(start..end)?;
        let first = match text.get(start..start + 8) {
            Some(&[a, b, c, d, e, f, g, h]) => {
                let all = u64::from_le_bytes([a, b, c, d, e, f, g, h]) | 0x2020_2020_2020_2020;
                if length < 8 { all & ((1 << (8 * length)) - 1) } else { all }
            }
            _ => packed(word),
        };
        let mut slot = slot_of(first, length);
        loop {
            let index = *HASHED.get(slot)?;
            let (keyword, spelt, _, _) = TABLE.get(usize::from(index))?;
            if spelt.len() == length && spelt.as_bytes().eq_ignore_ascii_case(word) {
                return Some(*keyword);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// What else it may be.
    pub fn category(self) -> Category {
        TABLE.get(self as usize).map_or(Category::Reserved, |(_, _, category, _)| *category)
    }

    /// May it be the label of a column without AS?
    pub fn is_bare_label(self) -> bool {
        TABLE.get(self as usize).is_some_and(|(_, _, _, bare)| *bare)
    }

    /// In lower case.
    pub fn as_str(self) -> &'static str {
        TABLE.get(self as usize).map_or("", |(_, word, _, _)| word)
    }
}
