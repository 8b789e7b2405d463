//! One file: where faults go, and what they are. Text is only inserted, and never a new line, so that what the
//! compiler says of a line is of the same line as before.

use std::collections::HashSet;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ExprBinary, ReturnType, Signature, Type, UnOp};

/// A planted fault.
pub struct Fault {
    pub number: u32,
    pub line: usize,
    /// The function that it is in.
    pub within: String,
    pub what: String,
    /// Which of those that are called the same in one function, from 0.
    pub nth: usize,
    /// A check sum of the function's text: with another text it is another fault.
    pub text: u64,
    /// The function does that anyway.
    pub idle: bool,
}

/// A file with its faults.
pub struct Planted {
    pub text: String,
    pub faults: Vec<Fault>,
}

struct Planter<'a> {
    path: &'a str,
    source: &'a str,
    left_out: &'a HashSet<String>,
    number: &'a mut u32,
    within: Vec<String>,
    /// Of the function that is being read.
    sum: u64,
    faults: Vec<Fault>,
    /// Byte of the source, and what goes before it; those at one byte in this order.
    insertions: Vec<(usize, String)>,
}

/// Plants in `text`, numbering on from `number`.
pub fn plant(path: &str, text: &str, left_out: &HashSet<String>, number: &mut u32) -> Planted {
    let file = syn::parse_file(text).expect("Rust");
    let mut planter = Planter {
        path,
        source: text,
        left_out,
        number,
        within: Vec::new(),
        sum: 0,
        faults: Vec::new(),
        insertions: Vec::new(),
    };
    planter.visit_file(&file);
    let Planter { faults, mut insertions, .. } = planter;
    insertions.sort_by_key(|(at, _)| *at);
    let (mut planted, mut done) = (String::with_capacity(text.len() * 2), 0);
    for (at, inserted) in insertions {
        planted.push_str(&text[done..at]);
        planted.push_str(&inserted);
        done = at;
    }
    planted.push_str(&text[done..]);
    Planted { text: planted, faults }
}

impl Planter<'_> {
    /// The number of a new fault on this line, if one may be there.
    fn fault(&mut self, line: usize, what: String) -> Option<u32> {
        if self.within.is_empty() || self.left_out.contains(&format!("{}:{line}", self.path)) {
            return None;
        }
        *self.number += 1;
        let within = self.within.join("::");
        let nth = self.faults.iter().filter(|fault| fault.within == within && fault.what == what).count();
        self.faults.push(Fault {
            number: *self.number,
            line,
            within,
            what,
            nth,
            text: self.sum,
            idle: false,
        });
        Some(*self.number)
    }

    /// On one line; `None` where that would change its meaning.
    fn text(&self, range: std::ops::Range<usize>) -> Option<String> {
        let text = &self.source[range];
        (!text.contains("//")).then(|| text.replace('\n', " "))
    }

    /// Puts `otherwise` in the place of an expression if the fault is on.
    fn instead(&mut self, expr: &Expr, otherwise: String, what: String, children: impl FnOnce(&mut Self)) {
        let range = expr.span().byte_range();
        match self.fault(expr.span().start().line, what) {
            Some(number) => {
                let switch = format!("(if crate::planted::is({number}) {{ {otherwise} }} else {{ ");
                self.insertions.push((range.start, switch));
                children(self);
                self.insertions.push((range.end, " })".to_owned()));
            }
            None => children(self),
        }
    }

    fn binary(&mut self, expr: &Expr, binary: &ExprBinary) {
        let whole = expr.span().byte_range();
        let op = binary.op.span().byte_range();
        let instead = other(&binary.op).filter(|_| !has_let(expr));
        let made = instead.and_then(|instead| {
            let (before, after) = (self.text(whole.start..op.start)?, self.text(op.end..whole.end)?);
            Some((format!("{before}{instead}{after}"), format!("{} -> {instead}", &self.source[op.clone()])))
        });
        match made {
            Some((otherwise, what)) => {
                self.instead(expr, otherwise, what, |planter| visit::visit_expr_binary(planter, binary))
            }
            None => visit::visit_expr_binary(self, binary),
        }
    }

    /// A condition that is no operator's: the other way round.
    fn condition(&mut self, expr: &Expr) {
        match expr {
            Expr::Call(_) | Expr::MethodCall(_) | Expr::Path(_) | Expr::Field(_) | Expr::Macro(_) => {
                let text = self.text(expr.span().byte_range());
                match text {
                    Some(text) => {
                        let what = format!("{text} -> its opposite");
                        self.instead(expr, format!("!{text}"), what, |planter| {
                            visit::visit_expr(planter, expr)
                        });
                    }
                    None => visit::visit_expr(self, expr),
                }
            }
            _ => self.visit_expr(expr),
        }
    }

    fn function(&mut self, signature: &Signature, block: &Block) {
        if signature.constness.is_some() {
            return;
        }
        let before = self.sum;
        self.within.push(signature.ident.to_string());
        self.sum = sum(&self.source[signature.span().byte_range().start..block.span().byte_range().end]);
        let start = block.brace_token.span.open().byte_range().end;
        let body = self.source[block.span().byte_range()].trim_matches(['{', '}']).trim();
        for value in values(&signature.output) {
            let what = format!("returns {}", if value.is_empty() { "at once" } else { value });
            if let Some(number) = self.fault(signature.ident.span().start().line, what) {
                self.faults.last_mut().expect("a fault").idle = value == body;
                self.insertions
                    .push((start, format!(" if crate::planted::is({number}) {{ return {value}; }}")));
            }
        }
        visit::visit_block(self, block);
        self.within.pop();
        self.sum = before;
    }
}

impl<'ast> Visit<'ast> for Planter<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Binary(binary) => self.binary(expr, binary),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let operand = self.text(unary.expr.span().byte_range());
                match operand {
                    Some(text) => self.instead(expr, text, "! taken out".to_owned(), |planter| {
                        planter.visit_expr(&unary.expr)
                    }),
                    None => visit::visit_expr(self, expr),
                }
            }
            Expr::If(branch) => {
                self.condition(&branch.cond);
                self.visit_block(&branch.then_branch);
                if let Some((_, otherwise)) = &branch.else_branch {
                    self.visit_expr(otherwise);
                }
            }
            // The length of an array is a constant.
            Expr::Repeat(repeat) => self.visit_expr(&repeat.expr),
            Expr::Const(_) | Expr::Unsafe(_) => {}
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = &arm.guard {
            self.condition(guard);
        }
        self.visit_expr(&arm.body);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let trait_name = item.trait_.as_ref().and_then(|(_, path, _)| path.segments.last());
        let of = if let Type::Path(path) = &*item.self_ty { path.path.segments.last() } else { None };
        let name = of.map_or_else(String::new, |segment| segment.ident.to_string());
        // What is shown to a developer is not what the product does.
        if trait_name.is_some_and(|segment| segment.ident == "Debug") {
            return;
        }
        self.within.push(name);
        item.items.iter().for_each(|item| self.visit_impl_item(item));
        self.within.pop();
    }

    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_item_enum(&mut self, _: &'ast syn::ItemEnum) {}
    fn visit_type(&mut self, _: &'ast Type) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_generic_argument(&mut self, _: &'ast syn::GenericArgument) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

/// FNV-1a.
fn sum(text: &str) -> u64 {
    let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

/// A chain with `let` in it cannot be another expression.
fn has_let(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        Expr::Paren(paren) => has_let(&paren.expr),
        _ => false,
    }
}

/// The operator that a hurried person might have written.
fn other(op: &BinOp) -> Option<&'static str> {
    Some(match op {
        BinOp::Eq(_) => "!=",
        BinOp::Ne(_) => "==",
        BinOp::Lt(_) => "<=",
        BinOp::Le(_) => "<",
        BinOp::Gt(_) => ">=",
        BinOp::Ge(_) => ">",
        BinOp::And(_) => "||",
        BinOp::Or(_) => "&&",
        BinOp::Add(_) => "-",
        BinOp::Sub(_) => "+",
        BinOp::Mul(_) => "+",
        BinOp::Div(_) | BinOp::Rem(_) => "*",
        BinOp::BitAnd(_) => "|",
        BinOp::BitOr(_) => "&",
        BinOp::BitXor(_) => "|",
        BinOp::Shl(_) => ">>",
        BinOp::Shr(_) => "<<",
        BinOp::AddAssign(_) => "-=",
        BinOp::SubAssign(_) => "+=",
        BinOp::BitAndAssign(_) => "|=",
        BinOp::BitOrAssign(_) => "&=",
        BinOp::BitXorAssign(_) => "|=",
        _ => return None,
    })
}

/// What a function may return without doing anything.
fn values(output: &ReturnType) -> Vec<&'static str> {
    let ReturnType::Type(_, shown) = output else { return vec![""] };
    let Type::Path(path) = &**shown else { return Vec::new() };
    let Some(last) = path.path.segments.last() else { return Vec::new() };
    let inside = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    };
    match last.ident.to_string().as_str() {
        "bool" => vec!["true", "false"],
        "u8" | "u16" | "u32" | "u64" | "usize" | "i16" | "i32" | "i64" | "i128" | "u128" => vec!["0", "1"],
        "Option" => vec!["None"],
        "Vec" => vec!["Vec::new()"],
        "String" => vec!["String::new()"],
        "Result" => match inside {
            None => vec!["Ok(())"],
            Some(syn::GenericArgument::Type(Type::Tuple(tuple))) if tuple.elems.is_empty() => vec!["Ok(())"],
            Some(syn::GenericArgument::Type(Type::Path(path))) => match path.path.segments.last() {
                Some(segment) if segment.ident == "bool" => vec!["Ok(true)", "Ok(false)"],
                Some(segment) if segment.ident == "Option" => vec!["Ok(None)"],
                Some(segment) if segment.ident == "Vec" => vec!["Ok(Vec::new())"],
                Some(segment) if ["usize", "u32", "u64", "i64"].iter().any(|n| segment.ident == n) => {
                    vec!["Ok(0)"]
                }
                _ => Vec::new(),
            },
            Some(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}
