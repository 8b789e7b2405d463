"""libpg_query's tree in the canonical form of tests/it/parse/dump.

What the form leaves out on both sides: positions, window frames' keywords, the fields of an interval,
XML and SQL/JSON syntax, and, of statements that hold no query, everything but a few names.
"""

import json

word = lambda s: json.dumps(s, ensure_ascii=False)
NAMESPACED = ("pg_catalog",)


class Unsupported(Exception):
    pass


def node(head, *parts):
    return "(" + " ".join([head, *parts]) + ")" if parts else f"({head})"


def lst(parts):
    return "[" + " ".join(parts) + "]"


def opt(part):
    return "-" if part is None else part


def flag(on, name):
    return name if on else "-"


def only(n):
    """{'Kind': {...}} -> (kind, body)"""
    ((kind, body),) = n.items()
    return kind, body


def sval(n):
    return n["String"].get("sval", "")


def names(ns):
    return [sval(n) for n in ns or []]


def idents(ns):
    return lst(word(s) for s in names(ns))


def dotted(ns):
    return word(".".join(names(ns)))


def relname(r):
    parts = [r.get("catalogname"), r.get("schemaname"), r["relname"]]
    return word(".".join(p for p in parts if p))


def alias(a):
    return "-" if not a else node("alias", word(a["aliasname"]), idents(a.get("colnames")))


def rel(r):
    return node("rel", relname(r), flag(not r.get("inh", False), "only"), alias(r.get("alias")))


def integer(n):
    return n["Integer"].get("ival", 0)


SYSTEM_SPELT = {"int4", "int2", "int8", "float4", "float8", "bool", "numeric", "varchar", "varbit", "bit",
                "bpchar", "time", "timetz", "timestamp", "timestamptz", "interval", "json"}


def type_name(t):
    ns = names(t.get("names"))
    if len(ns) == 2 and ns[0] == "pg_catalog" and ns[1] in SYSTEM_SPELT:
        ns = ns[1:]
    mods = [expr(m) for m in t.get("typmods", [])]
    if ns == ["interval"] and mods:
        mods = ["fields"]
    return node("type", word(".".join(ns)), lst(mods),
                lst(str(integer(b)) for b in t.get("arrayBounds", [])),
                flag(t.get("setof"), "setof"), flag(t.get("pct_type"), "pct"))


def const(c):
    if c.get("isnull"):
        return "null"
    if "ival" in c:
        return str(c["ival"].get("ival", 0))
    if "fval" in c:
        return node("num", number(c["fval"]["fval"]))
    if "boolval" in c:
        return "true" if c["boolval"].get("boolval") else "false"
    if "sval" in c:
        return word(c["sval"].get("sval", ""))
    return "bits"


def number(s):
    s = s.replace("_", "")
    sign, digits = ("-", s[1:]) if s.startswith("-") else ("", s)
    if digits[:2].lower() in ("0x", "0o", "0b"):
        digits = str(int(digits, 0))
    return sign + (digits.lstrip("0") or "0" if digits.isdigit() and len(digits) < 20 else digits)


def flatten(op, args):
    out = []
    for i, a in enumerate(args):
        kind, body = only(a)
        if i == 0 and kind == "BoolExpr" and body["boolop"] == op:
            out += flatten(op, body["args"])
        else:
            out.append(expr(a))
    return out


SESSION = {
    "SVFOP_CURRENT_DATE": "currentdate", "SVFOP_CURRENT_TIME": "currenttime", "SVFOP_CURRENT_TIME_N": "currenttime",
    "SVFOP_CURRENT_TIMESTAMP": "currenttimestamp", "SVFOP_CURRENT_TIMESTAMP_N": "currenttimestamp",
    "SVFOP_LOCALTIME": "localtime", "SVFOP_LOCALTIME_N": "localtime", "SVFOP_LOCALTIMESTAMP": "localtimestamp",
    "SVFOP_LOCALTIMESTAMP_N": "localtimestamp", "SVFOP_CURRENT_ROLE": "currentrole",
    "SVFOP_CURRENT_USER": "currentuser", "SVFOP_USER": "user", "SVFOP_SESSION_USER": "sessionuser",
    "SVFOP_CURRENT_CATALOG": "currentcatalog", "SVFOP_CURRENT_SCHEMA": "currentschema",
}
SPECIAL = {"XmlExpr", "XmlSerialize", "JsonObjectConstructor", "JsonArrayConstructor", "JsonArrayQueryConstructor",
           "JsonObjectAgg", "JsonArrayAgg", "JsonParseExpr", "JsonScalarExpr", "JsonSerializeExpr", "JsonFuncExpr"}
KEYWORD_ONLY = {"extract", "normalize", "position", "btrim", "ltrim", "rtrim", "overlaps", "pg_collation_for",
                "overlay", "substring"}


def exprs(es):
    return lst(expr(e) for e in es or [])


def maybe(e):
    return "-" if e is None else expr(e)


def column(fields):
    star = only(fields[-1])[0] == "A_Star"
    parts = [word(sval(f)) for f in (fields[:-1] if star else fields)]
    return node("star" if star else "col", *parts)


def indirection(steps):
    out = []
    for s in steps or []:
        kind, b = only(s)
        if kind == "String":
            out.append(word(b.get("sval", "")))
        elif kind == "A_Star":
            out.append("*")
        elif b.get("is_slice"):
            out.append(node("slice", maybe(b.get("lidx")), maybe(b.get("uidx"))))
        else:
            out.append(node("at", expr(b["uidx"])))
    return lst(out)


def a_expr(b):
    kind, op = b["kind"], dotted(b.get("name"))
    left, right = b.get("lexpr"), b.get("rexpr")
    if kind == "AEXPR_OP":
        return node("op", op, maybe(left), expr(right))
    if kind in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
        return node("any" if kind.endswith("ANY") else "all", op, expr(left), expr(right))
    if kind == "AEXPR_IN":
        return node("in" if op == '"="' else "notin", expr(left), exprs(right["List"]["items"]))
    if kind.startswith("AEXPR_") and "BETWEEN" in kind:
        low, high = right["List"]["items"]
        return node("between", flag("NOT" in kind, "not"), flag("SYM" in kind, "sym"), expr(left), expr(low), expr(high))
    if kind in ("AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR"):
        rk, rb = only(right)
        if rk == "FuncCall" and names(rb["funcname"])[-1] in ("like_escape", "similar_to_escape") \
                and names(rb["funcname"])[0] == "pg_catalog":
            pattern = node("patfn", word(names(rb["funcname"])[-1]), *(expr(a) for a in rb["args"]))
        else:
            pattern = expr(right)
        return node("like", op, expr(left), pattern)
    if kind == "AEXPR_DISTINCT":
        return node("distinct", expr(left), expr(right))
    if kind == "AEXPR_NOT_DISTINCT":
        return node("notdistinct", expr(left), expr(right))
    if kind == "AEXPR_NULLIF":
        return node("nullif", expr(left), expr(right))
    raise Unsupported(kind)


def window(w):
    offsets = [w[k] for k in ("startOffset", "endOffset") if k in w]
    return node("window", opt(word(w["refname"]) if "refname" in w else None), exprs(w.get("partitionClause")),
                sort_keys(w.get("orderClause")), exprs(offsets))


def unplaced(a):
    """A constant that the grammar itself made up (SUBSTRING … FOR)."""
    kind, b = only(a)
    return kind == "A_Const" and "location" in b and b["location"] == -1


def cast_away(a):
    """The argument of a cast that the grammar itself made up."""
    kind, b = only(a)
    made_up = kind == "TypeCast" and b.get("location") == -1 and names(b["typeName"]["names"])[-1] == "int4"
    return b["arg"] if made_up else a


def call(b):
    ns = names(b["funcname"])
    args = b.get("args", [])
    syntax = b.get("funcformat") == "COERCE_SQL_SYNTAX"
    if syntax and ns[-1] == "timezone":
        if len(args) == 1:
            return node("attz", "-", expr(args[0]))
        return node("attz", expr(args[0]), expr(args[1]))
    if syntax and ns[-1] == "is_normalized":
        return node("isnormalized", expr(args[0]))
    if syntax and ns[-1] == "xmlexists":
        return "special"
    if syntax:
        if ns[-1] == "extract":
            args = args[1:]
        if ns[-1] == "normalize":
            args = args[:1]
        args = [a for a in args if not unplaced(a)]
        if ns[-1] == "substring":
            args = [cast_away(a) for a in args]
        return node("kwcall", word(ns[-1]), lst(sorted(expr(a) for a in args)))
    if ns == ["pg_catalog", "json_object"] and b.get("funcformat") == "COERCE_EXPLICIT_CALL":
        return "special"
    out = [expr(a) for a in args]
    if b.get("func_variadic"):
        out[-1] = node("variadic", out[-1])
    within = b.get("agg_within_group")
    over = b.get("over")
    if over is not None:
        over = word(over["name"]) if "name" in over else window(over)
    if len(ns) == 2 and ns[0] == "pg_catalog" and ns[1] in ("overlay", "substring", "json_object"):
        ns = ns[1:]
    return node("call", word(".".join(ns)), lst(out), flag(b.get("agg_star"), "*"),
                flag(b.get("agg_distinct"), "distinct"), sort_keys(b.get("agg_order")), flag(within, "within"),
                maybe(b.get("agg_filter")), opt(over))


def sublink(b):
    q = query(b["subselect"]["SelectStmt"])
    kind = b["subLinkType"]
    if kind == "EXISTS_SUBLINK":
        return node("exists", q)
    if kind == "EXPR_SUBLINK":
        return node("sub", q)
    if kind == "ARRAY_SUBLINK":
        return node("arrayq", q)
    op = dotted(b["operName"]) if "operName" in b else '"="'
    return node("any" if kind == "ANY_SUBLINK" else "all", op, expr(b["testexpr"]), q)


def null_test(b):
    inner = node("isnull", expr(b["arg"]))
    return inner if b["nulltesttype"] == "IS_NULL" else node("not", inner)


def boolean_test(b):
    kind = b["booltesttype"]
    name = {"TRUE": "istrue", "FALSE": "isfalse", "UNKNOWN": "isunknown"}[kind.rsplit("_", 1)[1]]
    inner = node(name, expr(b["arg"]))
    return node("not", inner) if "NOT" in kind else inner


def expr(n):
    kind, b = only(n)
    if kind == "ColumnRef":
        return column(b["fields"])
    if kind == "A_Const":
        return const(b)
    if kind == "ParamRef":
        return f"${b.get('number', 0)}"
    if kind == "SetToDefault":
        return "default"
    if kind == "A_Expr":
        return a_expr(b)
    if kind == "BoolExpr":
        if b["boolop"] == "NOT_EXPR":
            return node("not", expr(b["args"][0]))
        return node("and" if b["boolop"] == "AND_EXPR" else "or", *flatten(b["boolop"], b["args"]))
    if kind == "NullTest":
        return null_test(b)
    if kind == "BooleanTest":
        return boolean_test(b)
    if kind == "JsonIsPredicate":
        return node("isjson", expr(b["expr"]))
    if kind == "XmlExpr" and b["op"] == "IS_DOCUMENT":
        return node("isdocument", expr(b["args"][0]))
    if kind == "TypeCast":
        return node("cast", expr(b["arg"]), type_name(b["typeName"]))
    if kind == "CollateClause":
        return node("collate", expr(b["arg"]), dotted(b["collname"]))
    if kind == "A_ArrayExpr":
        return node("array", exprs(b.get("elements")))
    if kind == "A_Indirection":
        return node("ind", expr(b["arg"]), indirection(b["indirection"]))
    if kind == "RowExpr":
        return node("row", flag(b["row_format"] == "COERCE_EXPLICIT_CALL", "explicit"), exprs(b.get("args")))
    if kind == "CaseExpr":
        arms = [node("when", expr(w["CaseWhen"]["expr"]), expr(w["CaseWhen"]["result"])) for w in b["args"]]
        return node("case", maybe(b.get("arg")), lst(arms), maybe(b.get("defresult")))
    if kind == "CoalesceExpr":
        return node("coalesce", exprs(b["args"]))
    if kind == "MinMaxExpr":
        return node("greatest" if b["op"] == "IS_GREATEST" else "least", exprs(b["args"]))
    if kind == "FuncCall":
        return call(b)
    if kind == "NamedArgExpr":
        return node("named", word(b["name"]), expr(b["arg"]))
    if kind == "SQLValueFunction":
        return node("session", SESSION[b["op"]], str(b.get("typmod", 0)) if b["op"].endswith("_N") else "-")
    if kind == "GroupingFunc":
        return node("grouping", exprs(b["args"]))
    if kind == "SubLink":
        return sublink(b)
    if kind == "MergeSupportFunc":
        return "mergeaction"
    if kind in SPECIAL:
        return "special"
    if kind == "List":
        return exprs(b["items"])
    raise Unsupported(kind)


def sort_keys(keys):
    out = []
    for k in keys or []:
        b = k["SortBy"]
        direction = {"SORTBY_DEFAULT": "-", "SORTBY_ASC": "asc", "SORTBY_DESC": "desc"}.get(b["sortby_dir"])
        if direction is None:
            direction = dotted(b["useOp"])
        nulls = {"SORTBY_NULLS_DEFAULT": "-", "SORTBY_NULLS_FIRST": "first", "SORTBY_NULLS_LAST": "last"}
        out.append(node("key", expr(b["node"]), direction, nulls[b["sortby_nulls"]]))
    return lst(out)


def targets(ts):
    return lst(node("target", expr(t["ResTarget"]["val"]),
                    opt(word(t["ResTarget"]["name"]) if "name" in t["ResTarget"] else None)) for t in ts or [])


def group_item(n):
    kind, b = only(n)
    if kind != "GroupingSet":
        return expr(n)
    what = b["kind"]
    if what == "GROUPING_SET_EMPTY":
        return "(empty)"
    if what == "GROUPING_SET_SETS":
        return node("sets", *(group_item(i) for i in b["content"]))
    return node("rollup" if what == "GROUPING_SET_ROLLUP" else "cube", exprs(b["content"]))


def typed(defs):
    return lst(node("c", word(d["ColumnDef"]["colname"]), type_name(d["ColumnDef"]["typeName"])) for d in defs or [])


def from_item(n):
    kind, b = only(n)
    if kind == "RangeVar":
        return rel(b)
    if kind == "RangeTableSample":
        return node("sample", rel(b["relation"]["RangeVar"]), dotted(b["method"]), exprs(b.get("args")),
                    maybe(b.get("repeatable")))
    if kind == "RangeSubselect":
        return node("subq", flag(b.get("lateral"), "lateral"), query(b["subquery"]["SelectStmt"]), alias(b.get("alias")))
    if kind == "RangeFunction":
        functions = []
        for f in b["functions"]:
            items = f["List"]["items"]
            defs = items[1]["List"]["items"] if len(items) > 1 and "List" in items[1] else []
            functions.append(node("f", expr(items[0]), typed(defs)))
        return node("func", flag(b.get("lateral"), "lateral"), flag(b.get("is_rowsfrom"), "rows"),
                    flag(b.get("ordinality"), "ord"), lst(functions), alias(b.get("alias")), typed(b.get("coldeflist")))
    if kind == "JoinExpr":
        kinds = {"JOIN_INNER": "inner", "JOIN_LEFT": "left", "JOIN_RIGHT": "right", "JOIN_FULL": "full"}
        condition = "-"
        if "usingClause" in b:
            using = b.get("join_using_alias")
            condition = node("using", idents(b["usingClause"]), opt(word(using["aliasname"]) if using else None))
        elif "quals" in b:
            condition = node("on", expr(b["quals"]))
        return node("join", kinds[b["jointype"]], flag(b.get("isNatural"), "natural"), from_item(b["larg"]),
                    from_item(b["rarg"]), condition, alias(b.get("alias")))
    if kind in ("RangeTableFunc", "JsonTable"):
        return node("specialtable", flag(b.get("lateral"), "lateral"), alias(b.get("alias")))
    raise Unsupported(kind)


def with_clause(w):
    if not w:
        return "-"
    ctes = []
    for c in w["ctes"]:
        b = c["CommonTableExpr"]
        mat = {"CTEMaterializeDefault": "-", "CTEMaterializeAlways": "mat", "CTEMaterializeNever": "notmat"}
        s, y = b.get("search_clause"), b.get("cycle_clause")
        search = s and node("search", flag(s.get("search_breadth_first"), "breadth"), idents(s["search_col_list"]),
                            word(s["search_seq_column"]))
        cycle = y and node("cycle", idents(y["cycle_col_list"]), word(y["cycle_mark_column"]), word(y["cycle_path_column"]))
        ctes.append(node("cte", word(b["ctename"]), idents(b.get("aliascolnames")), mat[b["ctematerialized"]],
                         statement(b["ctequery"]), opt(search), opt(cycle)))
    return node("with", flag(w.get("recursive"), "recursive"), lst(ctes))


def locking(n):
    b = n["LockingClause"]
    strength = {"LCS_FORUPDATE": "update", "LCS_FORNOKEYUPDATE": "nokeyupdate", "LCS_FORSHARE": "share",
                "LCS_FORKEYSHARE": "keyshare"}[b["strength"]]
    wait = {"LockWaitBlock": "-", "LockWaitError": "nowait", "LockWaitSkip": "skip"}[b["waitPolicy"]]
    return node("lock", strength, lst(relname(r["RangeVar"]) for r in b.get("lockedRels", [])), wait)


def body(b):
    op = b.get("op", "SETOP_NONE")
    if op != "SETOP_NONE":
        name = {"SETOP_UNION": "union", "SETOP_INTERSECT": "intersect", "SETOP_EXCEPT": "except"}[op]
        return node(name, flag(b.get("all"), "all"), query(b["larg"]), query(b["rarg"]))
    if "valuesLists" in b:
        return node("values", *(exprs(row["List"]["items"]) for row in b["valuesLists"]))
    distinct = "-"
    if "distinctClause" in b:
        d = [e for e in b["distinctClause"] if e]
        distinct = node("on", exprs(d)) if d else "distinct"
    into = "-"
    if "intoClause" in b:
        r = b["intoClause"]["rel"]
        into = node("into", relname(r), flag(r["relpersistence"] != "p", "temp"))
    group = "-"
    if "groupClause" in b:
        group = node("group", flag(b.get("groupDistinct"), "distinct"), lst(group_item(g) for g in b["groupClause"]))
    windows = lst(node("named", word(w["WindowDef"]["name"]), window(w["WindowDef"])) for w in b.get("windowClause", []))
    return node("select", distinct, targets(b.get("targetList")), into, lst(from_item(f) for f in b.get("fromClause", [])),
                maybe(b.get("whereClause")), group, maybe(b.get("havingClause")), windows)


def query(b):
    count = b.get("limitCount")
    if count is not None and only(count)[0] == "A_Const" and count["A_Const"].get("isnull"):
        count = None
    elif count is not None and unplaced(count):
        count = None
    return node("query", with_clause(b.get("withClause")), body(b), sort_keys(b.get("sortClause")), maybe(count),
                flag(b.get("limitOption") == "LIMIT_OPTION_WITH_TIES", "ties"), maybe(b.get("limitOffset")),
                lst(locking(l) for l in b.get("lockingClause", [])))


def target_to(b):
    return node("to", word(b["name"]), indirection(b.get("indirection")))


def columns(cols):
    return lst(target_to(c["ResTarget"]) for c in cols or [])


def assignments(ts):
    out, i, ts = [], 0, [t["ResTarget"] for t in ts or []]
    while i < len(ts):
        kind, value = only(ts[i]["val"])
        if kind == "MultiAssignRef":
            n = value["ncolumns"]
            out.append(node("sets", lst(target_to(t) for t in ts[i:i + n]), expr(value["source"])))
            i += n
        else:
            out.append(node("set", target_to(ts[i]), expr(ts[i]["val"])))
            i += 1
    return lst(out)


def where(n):
    if n is None:
        return "-"
    kind, b = only(n)
    return node("currentof", word(b["cursor_name"])) if kind == "CurrentOfExpr" else expr(n)


def returning(b):
    if "returningList" in b:
        return node("returning", "-", "-", targets(b["returningList"]))
    r = b.get("returningClause")
    if not r:
        return "-"
    old = new = None
    for o in r.get("options", []):
        o = o["ReturningOption"]
        if o["option"] == "RETURNING_OPTION_OLD":
            old = word(o["value"])
        else:
            new = word(o["value"])
    return node("returning", opt(old), opt(new), targets(r["exprs"]))


def element(n):
    b = n["IndexElem"]
    e = node("col", word(b["name"])) if "name" in b else expr(b["expr"])
    return node("elem", e, opt(dotted(b["collation"]) if "collation" in b else None),
                opt(dotted(b["opclass"]) if "opclass" in b else None))


def overriding(b):
    return {"OVERRIDING_NOT_SET": "-", "OVERRIDING_USER_VALUE": "user", "OVERRIDING_SYSTEM_VALUE": "system"}[
        b.get("override", "OVERRIDING_NOT_SET")]


def insert(b):
    conflict = "-"
    if "onConflictClause" in b:
        c = b["onConflictClause"]
        i = c.get("infer")
        target = "-"
        if i:
            target = word(i["conname"]) if "conname" in i else node(
                "infer", lst(element(e) for e in i["indexElems"]), maybe(i.get("whereClause")))
        update = None
        if c["action"] == "ONCONFLICT_UPDATE":
            update = node("doupdate", assignments(c["targetList"]), maybe(c.get("whereClause")))
        conflict = node("conflict", target, opt(update))
    source = query(b["selectStmt"]["SelectStmt"]) if "selectStmt" in b else "default"
    return node("insert", with_clause(b.get("withClause")), rel(b["relation"]), columns(b.get("cols")), overriding(b),
                source, conflict, returning(b))


def merge(b):
    arms = []
    for w in b["mergeWhenClauses"]:
        w = w["MergeWhenClause"]
        matched = {"MERGE_WHEN_MATCHED": "matched", "MERGE_WHEN_NOT_MATCHED_BY_SOURCE": "notmatchedbysource",
                   "MERGE_WHEN_NOT_MATCHED_BY_TARGET": "notmatchedbytarget"}[w["matchKind"]]
        kind = w["commandType"]
        action = {"CMD_DELETE": "delete", "CMD_NOTHING": "nothing"}.get(kind)
        if kind == "CMD_UPDATE":
            action = node("update", assignments(w["targetList"]))
        elif kind == "CMD_INSERT":
            action = node("insert", columns(w.get("targetList")), overriding(w),
                          exprs(w["values"]) if "values" in w else "-")
        arms.append(node("arm", matched, maybe(w.get("condition")), action))
    return node("merge", with_clause(b.get("withClause")), rel(b["relation"]), from_item(b["sourceRelation"]),
                expr(b["joinCondition"]), lst(arms), returning(b))


def execute(b):
    return node("execute", word(b["name"]), exprs(b.get("params")))


def options(opts):
    return lst(word(o["DefElem"]["defname"]) for o in opts or [])


def statement(n):
    kind, b = only(n)
    f = STATEMENTS.get(kind)
    return f(b) if f else node("other")


def ctas(b):
    into, kind = b["into"], only(b["query"])[0]
    source = query(b["query"]["SelectStmt"]) if kind == "SelectStmt" else execute(b["query"]["ExecuteStmt"])
    return node("ctas", flag(b["objtype"] == "OBJECT_MATVIEW", "matview"), relname(into["rel"]),
                idents(into.get("colNames")), source, flag(into.get("skipData"), "nodata"))


def copy(b):
    what = statement(b["query"]) if "query" in b else node("rel", relname(b["relation"]), idents(b.get("attlist")))
    return node("copy", what, flag(b.get("is_from"), "from"), options(b.get("options")), maybe(b.get("whereClause")))


def view(b):
    q = b["query"]["SelectStmt"]
    ctes = q.get("withClause", {}).get("ctes", [])
    # The server writes CREATE RECURSIVE VIEW v AS q as CREATE VIEW v AS WITH RECURSIVE v AS (q) SELECT … FROM v.
    recursive = bool(ctes) and ctes[0]["CommonTableExpr"].get("location", 0) == -1
    if recursive:
        q = ctes[0]["CommonTableExpr"]["ctequery"]["SelectStmt"]
    return node("view", flag(recursive, "recursive"), relname(b["view"]), idents(b.get("aliases")), query(q))


def policy(b):
    return node("policy", word(b["policy_name"]), relname(b["table"]), maybe(b.get("qual")), maybe(b.get("with_check")))


def table(b):
    b = b.get("base", b)
    defs = [e["ColumnDef"] for e in b.get("tableElts", []) if "ColumnDef" in e]
    cols = lst(node("c", word(d["colname"]), opt(type_name(d["typeName"]) if "typeName" in d else None)) for d in defs)
    return node("table", relname(b["relation"]), cols, lst(relname(r["RangeVar"]) for r in b.get("inhRelations", [])))


RELATION_KINDS = {"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX",
                  "OBJECT_SEQUENCE"}


def changed(kind_of):
    """RENAME and SET SCHEMA of relations, their columns and constraints: one action of an ALTER."""
    def f(b):
        kind = b[kind_of]
        if kind in ("OBJECT_COLUMN", "OBJECT_TABCONSTRAINT"):
            kind = b.get("relationType", "OBJECT_TABLE") if kind == "OBJECT_COLUMN" else "OBJECT_TABLE"
        return node("alter", relname(b["relation"]), "1") if kind in RELATION_KINDS else node("other")
    return f


STATEMENTS = {
    "RenameStmt": changed("renameType"),
    "AlterObjectSchemaStmt": changed("objectType"),
    "AlterObjectDependsStmt": changed("objectType"),
    "AlterSeqStmt": lambda b: node("alter", relname(b["sequence"]), "1"),
    "SelectStmt": query,
    "InsertStmt": insert,
    "UpdateStmt": lambda b: node("update", with_clause(b.get("withClause")), rel(b["relation"]),
                                 assignments(b["targetList"]), lst(from_item(f) for f in b.get("fromClause", [])),
                                 where(b.get("whereClause")), returning(b)),
    "DeleteStmt": lambda b: node("delete", with_clause(b.get("withClause")), rel(b["relation"]),
                                 lst(from_item(f) for f in b.get("usingClause", [])), where(b.get("whereClause")),
                                 returning(b)),
    "MergeStmt": merge,
    "CopyStmt": copy,
    "PrepareStmt": lambda b: node("prepare", word(b["name"]), lst(type_name(t["TypeName"]) for t in b.get("argtypes", [])),
                                  statement(b["query"])),
    "ExecuteStmt": execute,
    "DeallocateStmt": lambda b: node("deallocate", opt(word(b["name"]) if "name" in b else None)),
    "DeclareCursorStmt": lambda b: node("declare", word(b["portalname"]), query(b["query"]["SelectStmt"])),
    "FetchStmt": lambda b: node("fetch", word(b["portalname"]), flag(b.get("ismove"), "move")),
    "ClosePortalStmt": lambda b: node("close", opt(word(b["portalname"]) if "portalname" in b else None)),
    "ExplainStmt": lambda b: node("explain", options(b.get("options")), statement(b["query"])),
    "CreateTableAsStmt": ctas,
    "ViewStmt": view,
    "IndexStmt": lambda b: node("index", relname(b["relation"]), flag(b.get("unique"), "unique"),
                                lst(element(e) for e in b["indexParams"]),
                                lst(element(e) for e in b.get("indexIncludingParams", [])), maybe(b.get("whereClause"))),
    "RuleStmt": lambda b: node("rule", word(b["rulename"]), relname(b["relation"]), maybe(b.get("whereClause")),
                               lst(statement(a) for a in b.get("actions", []))),
    "CreatePolicyStmt": policy,
    "AlterPolicyStmt": policy,
    "CreateTrigStmt": lambda b: node("trigger", word(b["trigname"]), relname(b["relation"]), idents(b.get("columns")),
                                     maybe(b.get("whenClause")), dotted(b["funcname"])),
    "TruncateStmt": lambda b: node("truncate", lst(rel(r["RangeVar"]) for r in b["relations"])),
    "CallStmt": lambda b: node("callstmt", call(b["funccall"])),
    "CreateStmt": table,
    "CreateForeignTableStmt": lambda b: table(b["base"]),
    "AlterTableStmt": lambda b: node("other") if b.get("objtype") == "OBJECT_TYPE" else
    node("alter", relname(b["relation"]), str(len(b["cmds"]))),
}


def tree(json_text):
    out = [statement(s["stmt"]) for s in json.loads(json_text).get("stmts", []) if "stmt" in s]
    return " ; ".join(out)
