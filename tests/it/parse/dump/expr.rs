//! Expressions.

use pgveil::sql::ast::{
    CallSyntax, CastForm, Expr, ExprKind, FunctionCall, InList, IsTest, LikeKind, LiteralKind, Operation,
    Operator, Over, QuantifiedOver, Step, WindowSpec,
};

use super::{Dump, flag, ident, list, node, object, optional, word};

impl Dump<'_> {
    pub(super) fn exprs(&self, exprs: &[Expr]) -> String {
        list(exprs.iter().map(|e| self.expr(e)))
    }

    pub(super) fn maybe(&self, expr: Option<&Expr>) -> String {
        optional(expr.map(|e| self.expr(e)))
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Column(parts) => node("col", parts.iter().map(ident)),
            ExprKind::Star(parts) => node("star", parts.iter().map(ident)),
            ExprKind::Literal(kind) => self.literal(*kind, expr.span.start),
            ExprKind::Param(n) => format!("${n}"),
            ExprKind::Null => "null".into(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Default => "default".into(),
            ExprKind::Operator(operation) => self.operation(operation),
            ExprKind::And(_) => self.flat("and", expr),
            ExprKind::Or(_) => self.flat("or", expr),
            ExprKind::Not(inner) => node("not", [self.expr(inner)]),
            ExprKind::Quantified(q) => {
                let all = if q.all { "all" } else { "any" };
                let right = match &q.right {
                    QuantifiedOver::Array(array) => self.expr(array),
                    QuantifiedOver::Query(query) => self.query(query),
                };
                node(all, [operator(&q.operator), self.expr(&q.left), right])
            }
            ExprKind::In(i) => match &i.list {
                InList::Exprs(exprs) => {
                    let head = if i.negated { "notin" } else { "in" };
                    node(head, [self.expr(&i.expr), self.exprs(exprs)])
                }
                InList::Query(query) => {
                    let inner = node("any", ["\"=\"".into(), self.expr(&i.expr), self.query(query)]);
                    if i.negated { node("not", [inner]) } else { inner }
                }
            },
            ExprKind::Between(b) => node(
                "between",
                [
                    flag(b.negated, "not"),
                    flag(b.symmetric, "sym"),
                    self.expr(&b.expr),
                    self.expr(&b.low),
                    self.expr(&b.high),
                ],
            ),
            ExprKind::Like(like) => {
                let (symbol, escape) = match (like.kind, like.negated) {
                    (LikeKind::Like, false) => ("~~", "like_escape"),
                    (LikeKind::Like, true) => ("!~~", "like_escape"),
                    (LikeKind::Ilike, false) => ("~~*", "like_escape"),
                    (LikeKind::Ilike, true) => ("!~~*", "like_escape"),
                    (LikeKind::Similar, false) => ("~", "similar_to_escape"),
                    (LikeKind::Similar, true) => ("!~", "similar_to_escape"),
                };
                let pattern = self.expr(&like.pattern);
                let right = match &like.escape {
                    None if like.kind == LikeKind::Similar => node("patfn", [word(escape), pattern]),
                    None => pattern,
                    Some(e) => node("patfn", [word(escape), pattern, self.expr(e)]),
                };
                node("like", [word(symbol), self.expr(&like.expr), right])
            }
            ExprKind::Is(inner, test, negated) => self.is_test(inner, *test, *negated),
            ExprKind::IsDistinct(sides, negated) => {
                let [left, right] = &**sides;
                node(if *negated { "notdistinct" } else { "distinct" }, [self.expr(left), self.expr(right)])
            }
            ExprKind::Cast(cast) => {
                let constant = cast.form == CastForm::Prefix;
                node("cast", [self.expr(&cast.expr), self.type_name(&cast.to, constant)])
            }
            ExprKind::Collate(inner, name) => node("collate", [self.expr(inner), object(name)]),
            ExprKind::AtTimeZone(inner, zone) => {
                node("attz", [self.maybe(zone.as_deref()), self.expr(inner)])
            }
            ExprKind::Array(items) => node("array", [self.exprs(items)]),
            ExprKind::ArrayQuery(query) => node("arrayq", [self.query(query)]),
            ExprKind::Indirection(base, steps) => node("ind", [self.expr(base), self.steps(steps)]),
            ExprKind::Row(fields, explicit) => node("row", [flag(*explicit, "explicit"), self.exprs(fields)]),
            ExprKind::Case(case) => node(
                "case",
                [
                    self.maybe(case.operand.as_ref()),
                    list(case.arms.iter().map(|(w, t)| node("when", [self.expr(w), self.expr(t)]))),
                    self.maybe(case.otherwise.as_ref()),
                ],
            ),
            ExprKind::Coalesce(items) => node("coalesce", [self.exprs(items)]),
            ExprKind::Nullif(sides) => {
                let [left, right] = &**sides;
                node("nullif", [self.expr(left), self.expr(right)])
            }
            ExprKind::Greatest(items) => node("greatest", [self.exprs(items)]),
            ExprKind::Least(items) => node("least", [self.exprs(items)]),
            ExprKind::Call(call) => self.call(call),
            ExprKind::Session(value, precision) => {
                node("session", [format!("{value:?}").to_lowercase(), self.maybe(precision.as_deref())])
            }
            ExprKind::Grouping(items) => node("grouping", [self.exprs(items)]),
            ExprKind::Subquery(query) => node("sub", [self.query(query)]),
            ExprKind::Exists(query) => node("exists", [self.query(query)]),
            ExprKind::Overlaps(sides) => {
                let fields = sides.iter().flat_map(|side| match &side.kind {
                    ExprKind::Row(fields, _) => fields.iter().map(|f| self.expr(f)).collect(),
                    _ => Vec::new(),
                });
                node("kwcall", [word("overlaps"), sorted(fields)])
            }
            ExprKind::MergeAction => "mergeaction".into(),
            ExprKind::Special(_) => "special".into(),
        }
    }

    fn literal(&self, kind: LiteralKind, token: u32) -> String {
        match kind {
            LiteralKind::String => self.string_at(token),
            LiteralKind::Integer => self.number_at(token),
            LiteralKind::Number => node("num", [self.number_at(token)]),
            LiteralKind::Bits | LiteralKind::HexBits => "bits".into(),
        }
    }

    fn operation(&self, operation: &Operation) -> String {
        let minus = operation.operator.schema.is_empty() && &*operation.operator.symbol == "-";
        if operation.left.is_none()
            && minus
            && let Some(folded) = self.negated_constant(&operation.right)
        {
            return folded;
        }
        node(
            "op",
            [operator(&operation.operator), self.maybe(operation.left.as_ref()), self.expr(&operation.right)],
        )
    }

    /// The server folds a minus into the number after it.
    fn negated_constant(&self, right: &Expr) -> Option<String> {
        let number = match &right.kind {
            ExprKind::Literal(LiteralKind::Integer | LiteralKind::Number) => self.expr(right),
            ExprKind::Operator(inner) if inner.left.is_none() && &*inner.operator.symbol == "-" => {
                self.expr(right)
            }
            _ => return None,
        };
        let (head, digits) = match number.strip_prefix("(num ") {
            Some(rest) => ("(num ", rest),
            None if number.starts_with('(') => return None,
            None => ("", number.as_str()),
        };
        Some(match digits.strip_prefix('-') {
            Some(positive) => format!("{head}{positive}"),
            None => format!("{head}-{digits}"),
        })
    }

    /// AND and OR, flattened through the first operand, as the server does.
    fn flat(&self, head: &str, expr: &Expr) -> String {
        let mut operands = Vec::new();
        self.flatten(head, expr, &mut operands);
        node(head, operands)
    }

    fn flatten(&self, head: &str, expr: &Expr, out: &mut Vec<String>) {
        let items = match &expr.kind {
            ExprKind::And(items) if head == "and" => items,
            ExprKind::Or(items) if head == "or" => items,
            _ => return out.push(self.expr(expr)),
        };
        let mut items = items.iter();
        if let Some(first) = items.next() {
            self.flatten(head, first, out);
        }
        out.extend(items.map(|item| self.expr(item)));
    }

    fn is_test(&self, inner: &Expr, test: IsTest, negated: bool) -> String {
        let head = match test {
            IsTest::Null => "isnull",
            IsTest::True => "istrue",
            IsTest::False => "isfalse",
            IsTest::Unknown => "isunknown",
            IsTest::Document => "isdocument",
            IsTest::Normalized => "isnormalized",
            IsTest::Json => "isjson",
        };
        let plain = node(head, [self.expr(inner)]);
        if negated { node("not", [plain]) } else { plain }
    }

    pub(super) fn steps(&self, steps: &[Step]) -> String {
        list(steps.iter().map(|step| match step {
            Step::Field(name) => ident(name),
            Step::Star => "*".into(),
            Step::Index(expr) => node("at", [self.expr(expr)]),
            Step::Slice(low, high) => node("slice", [self.maybe(low.as_ref()), self.maybe(high.as_ref())]),
        }))
    }

    pub(super) fn call(&self, call: &FunctionCall) -> String {
        let args = call.args.iter().map(|a| {
            let value = self.expr(&a.value);
            let value = a.name.as_ref().map_or(value.clone(), |n| node("named", [ident(n), value]));
            if a.variadic { node("variadic", [value]) } else { value }
        });
        if call.syntax == CallSyntax::Keyword {
            return node("kwcall", [object(&call.name), sorted(args)]);
        }
        let over = call.over.as_ref().map(|over| match over {
            Over::Name(name) => ident(name),
            Over::Spec(spec) => self.window(spec),
        });
        let within = !call.within_group.is_empty();
        let order = if within { &call.within_group } else { &call.order_by };
        node(
            "call",
            [
                object(&call.name),
                list(args),
                flag(call.star, "*"),
                flag(call.distinct, "distinct"),
                self.sort_keys(order),
                flag(within, "within"),
                self.maybe(call.filter.as_ref()),
                optional(over),
            ],
        )
    }

    pub(super) fn window(&self, spec: &WindowSpec) -> String {
        node(
            "window",
            [
                optional(spec.base.as_ref().map(ident)),
                self.exprs(&spec.partition_by),
                self.sort_keys(&spec.order_by),
                self.exprs(&spec.frame_offsets),
            ],
        )
    }
}

pub(super) fn operator(op: &Operator) -> String {
    let parts = op.schema.iter().map(|s| s.as_str()).chain([&*op.symbol]);
    word(&parts.collect::<Vec<_>>().join("."))
}

fn sorted(args: impl Iterator<Item = String>) -> String {
    let mut args: Vec<String> = args.collect();
    args.sort();
    list(args)
}
