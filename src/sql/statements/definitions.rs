//! Definitions that touch protected relations: what they would store or compare is refused where a
//! constant of the client would go upstream with it.

mod alter;
mod defaults;
pub(in crate::sql) mod gone;
mod like;
mod tables;
mod tagged;
mod views;

use super::Outcome;
use crate::catalog::model::Relation;
use crate::sql::analysis::Analysis;
use crate::sql::ast::{
    CreateFunction, CreateRule, CreateStatistics, CreateTrigger, Do, Domain, FunctionBody, FunctionCall,
    ObjectName, Other, Publication, RelationRef, RowPolicy, Span,
};
use crate::sql::expressions::calls::in_order;
use crate::sql::gate;
use crate::sql::lexer::{Keyword, TokenKind, identifier};
use crate::sql::refusal::{Cause, Checked, Objection};
use crate::sql::scope::{Scope, Source};

impl<'a> Analysis<'a> {
    /// The scope of a definition's expressions: the columns of its table.
    pub(super) fn table_scope<'p>(&mut self, name: &ObjectName) -> Checked<Scope<'p>> {
        let reference = RelationRef { name: name.clone(), only: false, alias: None, span: name.span };
        let meant = self.meant(name)?;
        let source = self.source_of(&reference, meant)?;
        let mut scope = Scope { visible: source.items.clone(), ..Scope::default() };
        scope.sources.push(source);
        Ok(scope)
    }

    /// Adds `old` and `new`, rows of the table itself.
    fn with_old_and_new(&self, scope: &mut Scope) {
        let items = scope.visible.clone();
        for name in ["old", "new"] {
            scope.sources.push(Source { name: name.into(), schema: None, items: items.clone(), made: false });
        }
    }

    pub(super) fn row_policy(&mut self, policy: &RowPolicy, _span: Span) -> Checked<Outcome> {
        self.body = Some("a row policy");
        let scope = self.table_scope(&policy.table)?;
        for condition in policy.using.iter().chain(&policy.check) {
            self.condition(condition, &scope)?;
        }
        Ok(Outcome::NOTHING)
    }

    /// REFUSES: a rule rewrites statements on the server after they have been judged.
    pub(super) fn create_rule(&mut self, rule: &CreateRule, span: Span) -> Checked<Outcome> {
        self.body = Some("a rule");
        let mut scope = self.table_scope(&rule.table)?;
        self.with_old_and_new(&mut scope);
        for action in &rule.actions {
            self.statement(action, &scope)?;
        }
        match self.touched {
            true => Err(Objection::at(Cause::BodyOnProtected("a rule"), span)),
            false => Ok(Outcome::NOTHING),
        }
    }

    pub(super) fn create_trigger(&mut self, trigger: &CreateTrigger, _span: Span) -> Checked<Outcome> {
        self.body = Some("a trigger's condition");
        let mut scope = self.table_scope(&trigger.table)?;
        self.with_old_and_new(&mut scope);
        scope.visible.clear();
        let function = &trigger.function;
        let undeclared = self.declared_function(function).is_none();
        // REFUSES: a view keeps nothing of what is written to it, and this may take it to a protected column.
        if trigger.instead && undeclared && gate::calls_opaque(function.name(), &self.known) {
            return Err(Objection::at(Cause::UndeclaredFunction(function.name().into()), function.span));
        }
        match &trigger.condition {
            Some(condition) => self.condition(condition, &scope).map(|()| Outcome::NOTHING),
            None => Ok(Outcome::NOTHING),
        }
    }

    pub(super) fn create_statistics(
        &mut self,
        statistics: &CreateStatistics,
        _span: Span,
    ) -> Checked<Outcome> {
        self.body = Some("statistics");
        let outer = Scope::default();
        let scope = self.from(&statistics.from, &outer)?;
        statistics.exprs.iter().try_for_each(|e| self.expr(e, &scope).map(|_| ()))?;
        Ok(Outcome::NOTHING)
    }

    pub(super) fn domain_definition(&mut self, domain: &Domain) -> Checked<Outcome> {
        self.body = Some("a domain");
        domain.type_name.iter().try_for_each(|to| self.no_row_type(to))?;
        // Its VALUE is whatever a client gives it.
        let items = vec![crate::sql::scope::Item::Rest(None)];
        let value = Source { name: "".into(), schema: None, items: Vec::new(), made: true };
        let scope = Scope { visible: items, sources: vec![value], ..Scope::default() };
        self.constraints(&domain.constraints, None, &scope)?;
        Ok(Outcome::NOTHING)
    }

    pub(super) fn publication(&mut self, publication: &Publication) -> Checked<Outcome> {
        self.body = Some("a publication");
        for table in &publication.tables {
            let scope = self.table_scope(&table.table.name)?;
            if let Some(filter) = &table.filter {
                self.condition(filter, &scope)?;
            }
        }
        Ok(Outcome::NOTHING)
    }

    /// A function may read protected columns (it sees envelopes), but its text may hold no constant
    /// that would meet one.
    pub(super) fn create_function(&mut self, function: &CreateFunction, span: Span) -> Checked<Outcome> {
        let refused = || Objection::at(Cause::BodyOnProtected("a function with constants in its body"), span);
        let known = self.known;
        let own = self.tokens.bytes_of(span).and_then(|range| self.text.get(range)).ok_or_else(refused)?;
        // Its signature may name the row of a protected table that its body takes apart.
        let names_protected = gate::text_names_protected(own, &known);
        let bodies: Vec<Vec<u8>> = match &function.body {
            FunctionBody::Missing => Vec::new(),
            FunctionBody::Text(tokens) => {
                let mut bodies = Vec::with_capacity(tokens.len());
                for token in tokens {
                    bodies.push(self.string(*token).ok_or_else(refused)?.into_bytes());
                }
                bodies
            }
            FunctionBody::Return(_) | FunctionBody::Atomic(_) => vec![own.to_vec()],
        };
        if names_protected && bodies.iter().any(|body| gate::code_holds_constants(body)) {
            return Err(refused());
        }
        // REFUSES: what it is called with would meet a protected column on the server, and until the
        // catalog is read again nothing says so.
        let reaches = bodies.iter().any(|body| gate::text_names_protected(body, &known));
        if reaches && !function.parameters.is_empty() && self.declared_function(&function.name).is_none() {
            return Err(Objection::at(Cause::UndeclaredFunction(function.name.name().into()), span));
        }
        Ok(Outcome::NOTHING)
    }

    pub(super) fn do_block(&mut self, block: &Do, span: Span) -> Checked<Outcome> {
        let language = block.language.as_deref().unwrap_or("plpgsql");
        for token in &block.body {
            let text = self.string(*token).ok_or_else(|| Objection::at(Cause::DynamicSql, span))?;
            // REFUSES: code that names something protected, or that runs text.
            if gate::code_is_opaque(text.as_bytes(), language, &self.known) {
                return Err(Objection::at(Cause::DynamicSql, span));
            }
        }
        Ok(Outcome::NOTHING)
    }

    pub(super) fn call_procedure(
        &mut self,
        call: &FunctionCall,
        span: Span,
        scope: &Scope,
    ) -> Checked<Outcome> {
        let cause = || Cause::Function(call.name.name().into());
        let args = self.arguments(&call.args, scope)?;
        match self.own_function(&call.name, in_order(call, &args), true, true, span)? {
            // What it gives back is a row, whose columns nobody has declared.
            Some(returned) => self.plain(&returned, cause(), span)?,
            None => args.iter().try_for_each(|arg| self.plain(arg, cause(), span))?,
        }
        Ok(Outcome::NOTHING)
    }

    /// A function that nobody has declared, named in a definition of something else.
    fn opaque_function_in(&self, span: Span) -> Option<String> {
        let mut names =
            span.range().filter(|index| self.tokens.get(*index).is_some_and(|t| t.kind.is_ident()));
        names.find_map(|index| {
            let name = identifier(self.text, self.tokens, index).ok()?;
            let declared = self.known.policy.functions.iter().any(|f| f.name.name == *name);
            (!declared && gate::calls_opaque(&name, &self.known)).then(|| name.into_owned())
        })
    }

    /// `ALTER TYPE name`, of a protected relation's name.
    fn alters_row_of_protected(&self, span: Span) -> bool {
        let own = |index: &u32| self.tokens.get(*index).is_some_and(|token| !token.kind.is_comment());
        let kind = |index: u32| self.tokens.get(index).map(|token| token.kind);
        let mut words = span.range().filter(own).skip(1);
        if words.next().and_then(kind) != Some(TokenKind::Keyword(Keyword::Type)) {
            return false;
        }
        let is_part = |index: &u32| {
            self.tokens.get(*index).is_some_and(|token| token.kind.is_ident() || token.kind == TokenKind::Dot)
        };
        let last = words.take_while(is_part).last();
        let name = last.and_then(|index| identifier(self.text, self.tokens, index).ok());
        name.is_some_and(|name| {
            let own = self.known.names.temporary.get(&name).is_some_and(Relation::is_tagged);
            own || !self.protected_schemas(&name).is_empty()
        })
    }

    /// REFUSES: a foreign table that stands for something protected, whose own columns have no tags.
    pub(super) fn not_for_protected(&mut self, name: &ObjectName, is_made: bool, span: Span) -> Checked<()> {
        let refused = || Objection::at(Cause::AlterProtected("a foreign table over it"), span);
        let tokens = self.tokens;
        let kind = |index: u32| tokens.get(index).map(|token| token.kind);
        let own = |index: &u32| kind(*index).is_some_and(|kind| !kind.is_comment());
        let words = || span.range().filter(own);
        let mut pairs = words().zip(words().skip(1));
        // A column may be called so.
        let opens = |(word, next): &(u32, u32)| {
            kind(*word) == Some(TokenKind::Keyword(Keyword::Options)) && kind(*next) == Some(TokenKind::Open)
        };
        let begin = pairs.find(opens).map(|(begin, _)| begin);
        let text = self.text;
        let names = |index: u32| {
            let option = identifier(text, tokens, index);
            option.is_ok_and(|o| ["table_name", "table", "filename", "program"].contains(&&*o))
        };
        let named = begin.is_some_and(|begin| words().any(|index| index > begin && names(index)));
        // Without such an option its own name is what it stands for.
        if !self.protected_schemas(name.name()).is_empty() && if is_made { !named } else { begin.is_some() } {
            return Err(refused());
        }
        let Some(begin) = begin else { return Ok(()) };
        let strings = span.range().filter(|index| *index > begin);
        let strings = strings.filter(|index| kind(*index).is_some_and(TokenKind::is_string));
        for index in strings {
            let value = self.string(index);
            if value.is_none_or(|value| gate::option_leads_to_protected(&value, &self.known)) {
                return Err(refused());
            }
        }
        Ok(())
    }

    /// Does a string of the statement name something protected, as text?
    pub(in crate::sql::statements) fn names_protected_in_string(&mut self, span: Span) -> bool {
        let tokens = self.tokens;
        let is_string = |index: &u32| tokens.get(*index).is_some_and(|token| token.kind.is_string());
        let known = self.known;
        let mut strings = span.range().filter(is_string);
        strings.any(|index| {
            self.string(index).is_none_or(|text| gate::text_names_protected(text.as_bytes(), &known))
        })
    }

    pub(super) fn other(&mut self, other: &Other, span: Span) -> Checked<Outcome> {
        let own = self.tokens.bytes_of(span).and_then(|range| self.text.get(range));
        if matches!(other.command, "create" | "alter")
            && own.is_none_or(|text| gate::definition_keeps_constants(text, &self.known))
        {
            // REFUSES: a definition that nobody took apart may compare or store its constants.
            return Err(Objection::at(Cause::BodyOnProtected("a definition with constants in it"), span));
        }
        // REFUSES: what is renamed in the row type of a relation is renamed in the relation.
        if other.command == "alter" && self.alters_row_of_protected(span) {
            return Err(Objection::at(Cause::AlterProtected("altering its row type"), span));
        }
        self.no_row_type_within(span)?;
        // REFUSES: another way to call a function that could reach something protected, such as an operator,
        // an aggregate or a cast.
        if let Some(name) = self.opaque_function_in(span).filter(|_| other.command == "create") {
            return Err(Objection::at(Cause::UndeclaredFunction(name.into()), span));
        }
        Ok(Outcome::NOTHING)
    }
}
