//! What an expression can be as a text, as far as the code of its function says.

use syn::visit::{self, Visit};
use syn::{Block, Expr, Lit, LitStr, Local, Member, Pat, Stmt};

use super::functions::{Code, Function};

/// What stands in a text for what differs from case to case.
pub(super) const ANYTHING: &str = "…";

/// One of the values of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A text, with [`ANYTHING`] for the values in it.
    Text(String),
    /// What the function was given.
    Parameter(usize),
    /// The code does not say.
    Unclear,
}

/// The values of an expression in a function; none for the summary of another diagnostic, which is found where that
/// one is made.
pub(super) fn of(expression: &Expr, function: &Function, code: &Code) -> Vec<Value> {
    let search = Search { function, code };
    search.values(expression, None)
}

struct Search<'a> {
    function: &'a Function,
    code: &'a Code,
}

impl Search<'_> {
    /// The values of an expression, or of one member of it if it is a tuple.
    fn values(&self, expression: &Expr, member: Option<usize>) -> Vec<Value> {
        match expression {
            Expr::Paren(inner) => self.values(&inner.expr, member),
            Expr::Group(inner) => self.values(&inner.expr, member),
            Expr::Reference(inner) => self.values(&inner.expr, member),
            Expr::Block(inner) => self.last(&inner.block, member),
            Expr::If(inner) => {
                let mut values = self.last(&inner.then_branch, member);
                if let Some((_, other)) = &inner.else_branch {
                    values.extend(self.values(other, member));
                }
                values
            }
            Expr::Match(inner) => {
                let arms = inner.arms.iter();
                arms.flat_map(|arm| self.values(&arm.body, member)).collect()
            }
            // What is returned is looked at where it is made.
            Expr::Return(_) | Expr::Continue(_) | Expr::Break(_) => Vec::new(),
            Expr::Tuple(tuple) => match member.and_then(|member| tuple.elems.get(member)) {
                Some(element) => self.values(element, None),
                None => vec![Value::Unclear],
            },
            _ if member.is_some() => vec![Value::Unclear],
            other => self.text(other),
        }
    }

    fn last(&self, block: &Block, member: Option<usize>) -> Vec<Value> {
        match block.stmts.last() {
            Some(Stmt::Expr(last, None)) => self.values(last, member),
            Some(Stmt::Expr(Expr::Return(_) | Expr::Continue(_) | Expr::Break(_), Some(_))) => Vec::new(),
            _ => vec![Value::Unclear],
        }
    }

    fn text(&self, expression: &Expr) -> Vec<Value> {
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => vec![Value::Text(text.value())],
                _ => vec![Value::Unclear],
            },
            Expr::Macro(call) if call.mac.path.is_ident("format") => {
                let first = call.mac.parse_body_with(|input: syn::parse::ParseStream<'_>| {
                    let first: LitStr = input.parse()?;
                    input.parse::<proc_macro2::TokenStream>()?;
                    Ok(first)
                });
                vec![first.map_or(Value::Unclear, |text| Value::Text(without_values(&text.value())))]
            }
            Expr::Field(field) if matches!(&field.member, Member::Named(name) if name == "summary") => Vec::new(),
            // A copy, or the same text in another form.
            Expr::MethodCall(call) if call.args.is_empty() => self.values(&call.receiver, None),
            Expr::Call(call) if call.args.len() == 1 => self.values(&call.args[0], None),
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) => self.variable(&name.to_string()),
                None => self.constant(path.path.segments.last().map(|last| last.ident.to_string())),
            },
            _ => vec![Value::Unclear],
        }
    }

    fn variable(&self, name: &str) -> Vec<Value> {
        let mut bindings = Bindings {
            name,
            found: Vec::new(),
        };
        bindings.visit_block(&self.function.body);
        if !bindings.found.is_empty() {
            let found = bindings.found.iter();
            return found.flat_map(|(value, member)| self.values(value, *member)).collect();
        }
        let parameter = self.function.parameters.iter().position(|parameter| parameter == name);
        parameter.map_or_else(
            || self.constant(Some(name.to_owned())),
            |index| vec![Value::Parameter(index)],
        )
    }

    fn constant(&self, name: Option<String>) -> Vec<Value> {
        match name.and_then(|name| self.code.constants.get(&name)) {
            Some(value) => self.values(value, None),
            None => vec![Value::Unclear],
        }
    }
}

/// The `let` lines of a name: the value, and the member of it if the pattern is a tuple.
struct Bindings<'a> {
    name: &'a str,
    found: Vec<(Expr, Option<usize>)>,
}

impl Bindings<'_> {
    fn is_named(&self, pattern: &Pat) -> bool {
        matches!(pattern, Pat::Ident(pattern) if pattern.ident == self.name)
    }
}

impl Visit<'_> for Bindings<'_> {
    fn visit_local(&mut self, local: &Local) {
        if let Some(init) = &local.init {
            let value = || (*init.expr).clone();
            match &local.pat {
                Pat::Tuple(tuple) => {
                    if let Some(member) = tuple.elems.iter().position(|pattern| self.is_named(pattern)) {
                        self.found.push((value(), Some(member)));
                    }
                }
                pattern if self.is_named(pattern) => self.found.push((value(), None)),
                _ => {}
            }
        }
        visit::visit_local(self, local);
    }
}

/// The text of a `format!`, with [`ANYTHING`] for each value.
fn without_values(format: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some(open) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(open);
        text.push_str(before);
        if from.starts_with("{{") || from.starts_with("}}") {
            text.push_str(&from[..1]);
            rest = &from[2..];
        } else {
            text.push_str(ANYTHING);
            rest = from.split_once('}').map_or("", |(_, after)| after);
        }
    }
    text + rest
}
