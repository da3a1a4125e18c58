//! The summaries of all diagnostics, found in the code: from each struct `Diagnostic` or `Problem` that is built, back
//! over the functions that hand a summary on, to the text that it begins as.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, ExprStruct, Item, Macro, Member, Token};

use super::functions::{Code, Function};
use super::value::{self, Value};

/// Structs whose member `summary` users read.
const SHOWN: [&str; 2] = ["Diagnostic", "Problem"];

/// Summaries with the place of one that says it, `…` standing for what differs from case to case.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summaries {
    pub(super) texts: BTreeMap<String, String>,
    /// Places whose summary does not follow from the text of the code.
    pub(super) unclear: Vec<String>,
}

/// A function that makes a diagnostic of one of its parameters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Maker {
    owner: Option<String>,
    name: String,
    parameters: usize,
    index: usize,
}

/// Collects the summaries.
pub(super) fn of(code: &Code) -> Summaries {
    let mut makers = BTreeSet::new();
    loop {
        let known = makers.len();
        let mut found = Summaries::default();
        let mut new = BTreeSet::new();
        for function in &code.functions {
            let mut search = Search {
                function,
                code,
                makers: &makers,
                found: &mut found,
                new: &mut new,
            };
            search.visit_block(&function.body);
        }
        makers.extend(new);
        if makers.len() == known {
            return found;
        }
    }
}

/// Looks through one function.
struct Search<'a> {
    function: &'a Function,
    code: &'a Code,
    makers: &'a BTreeSet<Maker>,
    found: &'a mut Summaries,
    new: &'a mut BTreeSet<Maker>,
}

impl Search<'_> {
    fn summary(&mut self, expression: &Expr) {
        let place = format!("{}:{}", self.function.file, expression.span().start().line);
        for value in value::of(expression, self.function, self.code) {
            match value {
                Value::Text(text) => {
                    self.found.texts.entry(text).or_insert_with(|| place.clone());
                }
                Value::Parameter(index) => {
                    self.new.insert(Maker {
                        owner: self.function.owner.clone(),
                        name: self.function.name.clone(),
                        parameters: self.function.parameters.len(),
                        index,
                    });
                }
                Value::Unclear => self.found.unclear.push(place.clone()),
            }
        }
    }

    /// The summaries among the arguments of a call of one of these functions.
    fn call(&mut self, name: &str, arguments: &Punctuated<Expr, Token![,]>, is_of: impl Fn(Option<&str>) -> bool) {
        let fits =
            |maker: &&Maker| maker.name == name && maker.parameters == arguments.len() && is_of(maker.owner.as_deref());
        let indices: BTreeSet<usize> = self.makers.iter().filter(fits).map(|maker| maker.index).collect();
        for index in indices {
            self.summary(&arguments[index]);
        }
    }

    /// The type that a function is named after: an upper-case word before its name.
    fn owner_in(&self, path: &syn::Path) -> Option<String> {
        let segment = path.segments.iter().rev().nth(1)?.ident.to_string();
        if segment == "Self" {
            return self.function.owner.clone();
        }
        segment.starts_with(char::is_uppercase).then_some(segment)
    }

    /// Calls in the arguments of a macro that are no list of expressions, such as the arms of `select!`.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            let called: TokenStream = tokens[index.saturating_sub(4)..=index].iter().cloned().collect();
            match syn::parse2::<Expr>(called) {
                Ok(call @ Expr::Call(_)) => self.visit_expr(&call),
                _ => self.tokens(group.stream()),
            }
        }
    }
}

impl Visit<'_> for Search<'_> {
    /// Functions in functions are looked through by themselves.
    fn visit_item(&mut self, _: &Item) {}

    fn visit_expr_struct(&mut self, built: &ExprStruct) {
        let name = built.path.segments.last().map(|segment| segment.ident.to_string());
        let name = name
            .filter(|name| name != "Self")
            .or_else(|| self.function.owner.clone());
        if name.is_some_and(|name| SHOWN.contains(&name.as_str())) {
            for field in &built.fields {
                if matches!(&field.member, Member::Named(name) if name == "summary") {
                    self.summary(&field.expr);
                }
            }
        }
        visit::visit_expr_struct(self, built);
    }

    fn visit_expr_call(&mut self, call: &ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let Some(name) = path.path.segments.last()
        {
            let owner = self.owner_in(&path.path);
            self.call(&name.ident.to_string(), &call.args, |of| of == owner.as_deref());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &ExprMethodCall) {
        // Of which type the value is, the text does not say.
        self.call(&call.method.to_string(), &call.args, |of| of.is_some());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &Macro) {
        match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(call.tokens.clone()) {
            Ok(arguments) => arguments.iter().for_each(|argument| self.visit_expr(argument)),
            Err(_) => self.tokens(call.tokens.clone()),
        }
    }
}
