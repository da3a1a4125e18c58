//! Values of expressions, as far as the configuration alone tells them. What needs a provider, a state or the clock of an
//! apply is not guessed: it is said to be unknown, and why.

use std::borrow::Cow;

use hcl_edit::{
    expr::{Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator},
    template::{Element, StringTemplate, Strip},
    visit::{Visit, visit_traversal},
};
use serde_json::Value;

pub(super) use super::known::{Evaluated, Found, Known, Unknown, flag};
use super::{
    collection::{LARGEST, list, map},
    conversion::{exact, is_one_type, spelled},
    function,
    operation::binary,
};

/// Elements over which the `for` expressions that stand in each other go: one more in them would multiply the time.
const MOST_LOOPS: usize = 100_000;

/// Values of names.
pub(super) trait Names {
    /// The value of `root.name`, for example `var.drain`.
    fn look_up(&self, root: &str, name: Option<&str>) -> Found<'_>;

    /// Elements over which the `for` expressions around it go.
    fn loops(&self) -> usize {
        1
    }
}

/// No name stands for anything, as in a file of variables.
pub(super) struct NoNames;

impl Names for NoNames {
    fn look_up(&self, _: &str, _: Option<&str>) -> Found<'_> {
        Err(Unknown::COMPUTED)
    }
}

/// The value of an expression, all of it.
pub(super) fn evaluate(expression: &Expression, names: &impl Names) -> Evaluated {
    partly(expression, names)?.whole()
}

/// The value of an expression, as far as it is known. A variable without a value in it is the reason that counts, whatever
/// else is not evaluated: it can be given.
pub(super) fn partly(expression: &Expression, names: &impl Names) -> Evaluated {
    let value = as_written(expression, names);
    value.map_err(|why| {
        if why.is_for_want_of_values() {
            return why;
        }
        let mut wanting = Wanting { names, why: None };
        wanting.visit_expr(expression);
        wanting.why.unwrap_or(why)
    })
}

/// The value of an expression where Terraform takes neither names nor functions.
pub(super) fn constant(expression: &Expression) -> Evaluated {
    let mut calls = Calls(false);
    calls.visit_expr(expression);
    if calls.0 {
        return Err(Unknown::FUNCTION);
    }
    partly(expression, &NoNames)
}

/// Finds a call of a function.
struct Calls(bool);

impl Visit for Calls {
    fn visit_func_call(&mut self, _: &FuncCall) {
        self.0 = true;
    }
}

/// Finds a name without a value.
struct Wanting<'n, N> {
    names: &'n N,
    why: Option<Unknown>,
}

impl<N: Names> Visit for Wanting<'_, N> {
    fn visit_traversal(&mut self, traversal: &Traversal) {
        let name = traversal.operators.first().map(|operator| operator.value());
        if let (Expression::Variable(root), Some(TraversalOperator::GetAttr(name))) = (&traversal.expr, name)
            && ["var", "local"].contains(&root.as_str())
        {
            let found = self.names.look_up(root.as_str(), Some(name.as_str())).map(drop);
            self.why = self.why.or(found.err().filter(|why| why.is_for_want_of_values()));
        }
        visit_traversal(self, traversal);
    }
}

fn as_written(expression: &Expression, names: &impl Names) -> Evaluated {
    match expression {
        Expression::Null(_) => Ok(Known::new(Value::Null)),
        Expression::Bool(flag) => Ok(Known::new(Value::from(*flag.value()))),
        Expression::Number(number) => {
            let number = number.value().as_f64().ok_or(Unknown::WRONG)?;
            // One that is written with more digits than a float has is already another one.
            exact(number).map(|number| Known::new(Value::Number(number)))
        }
        Expression::String(text) => Ok(Known::new(Value::from(text.as_str()))),
        Expression::Array(elements) => list(elements.iter().map(|element| partly(element, names))),
        Expression::Object(object) => {
            let members = object
                .iter()
                .map(|(key, value)| Ok((key_of(key, names)?, partly(value.expr(), names))));
            map(members)
        }
        Expression::Parenthesis(inner) => partly(inner.inner(), names),
        Expression::StringTemplate(template) => text(template, names),
        Expression::Variable(root) => names.look_up(root.as_str(), None).map(Cow::into_owned),
        Expression::Traversal(traversal) => traverse(traversal, names),
        Expression::Conditional(conditional) => {
            let condition = evaluate(&conditional.cond_expr, names)?;
            let (branch, other) = match flag(&condition.value) {
                Some(true) => (&conditional.true_expr, &conditional.false_expr),
                Some(false) => (&conditional.false_expr, &conditional.true_expr),
                None => return Err(Unknown::WRONG),
            };
            let value = partly(branch, names)?;
            match partly(other, names) {
                Err(why) if why.is_refused() => return Err(why),
                // The value becomes one of the type that both have, which here may be texts.
                Err(Unknown::CONVERTED) if !value.value.is_string() => return Err(Unknown::CONVERTED),
                Ok(other) if !is_one_type(&value.value, &other.value) => return Err(Unknown::CONVERTED),
                _ => {}
            }
            Ok(value.sensitive_if(condition.is_sensitive))
        }
        Expression::FuncCall(call) if call.name.is_namespaced() || call.args.expand_final() => Err(Unknown::FUNCTION),
        Expression::FuncCall(call) => {
            let arguments = call.args.iter().map(|argument| partly(argument, names));
            function::call(call.name.name.as_str(), arguments.collect())
        }
        Expression::ForExpr(each) => each_of(each, names),
        Expression::UnaryOp(operation) => {
            let operand = evaluate(&operation.expr, names)?;
            let value = match (*operation.operator.value(), &operand.value) {
                (UnaryOperator::Neg, Value::Number(number)) => {
                    let number = number.as_f64().ok_or(Unknown::WRONG)?;
                    Some(Value::Number(exact(-number)?))
                }
                (UnaryOperator::Not, value) => flag(value).map(|flag| Value::from(!flag)),
                _ => None,
            };
            let value = value.ok_or(Unknown::WRONG)?;
            Ok(Known::new(value).sensitive_if(operand.is_sensitive))
        }
        Expression::BinaryOp(operation) => binary(
            *operation.operator.value(),
            evaluate(&operation.lhs_expr, names),
            evaluate(&operation.rhs_expr, names),
        ),
        Expression::HeredocTemplate(_) => Err(Unknown::COMPUTED),
    }
}

pub(super) fn key_of(key: &ObjectKey, names: &impl Names) -> Result<String, Unknown> {
    match key {
        ObjectKey::Ident(name) => Ok(name.as_str().to_owned()),
        ObjectKey::Expression(key) => {
            let key = evaluate(key, names)?;
            spelled(&key.value).map(Cow::into_owned).ok_or(Unknown::WRONG)
        }
    }
}

/// A text with values in it. One that is nothing but a value is that value, whatever its type.
fn text(template: &StringTemplate, names: &impl Names) -> Evaluated {
    let mut elements = template.iter();
    if let (Some(Element::Interpolation(only)), None) = (elements.next(), elements.next()) {
        return partly(&only.expr, names);
    }
    let (mut text, mut is_sensitive) = (String::new(), false);
    // The literal at the end of the text begins here; a `~` takes spaces away from literals only.
    let (mut literal_from, mut strips_next) = (0, false);
    for element in template {
        match element {
            Element::Literal(literal) => {
                literal_from = text.len();
                let literal = literal.as_str();
                text.push_str(if strips_next { literal.trim_start() } else { literal });
                strips_next = false;
            }
            Element::Interpolation(part) => {
                if matches!(part.strip, Strip::Start | Strip::Both) {
                    let kept = text[literal_from..].trim_end().len();
                    text.truncate(literal_from + kept);
                }
                let value = evaluate(&part.expr, names)?;
                is_sensitive |= value.is_sensitive;
                text.push_str(&spelled(&value.value).ok_or(Unknown::WRONG)?);
                literal_from = text.len();
                strips_next = matches!(part.strip, Strip::End | Strip::Both);
            }
            Element::Directive(_) => return Err(Unknown::COMPUTED),
        }
        if text.len() > LARGEST {
            return Err(Unknown::TOO_BIG);
        }
    }
    Ok(Known::new(Value::String(text)).sensitive_if(is_sensitive))
}

fn traverse(traversal: &Traversal, names: &impl Names) -> Evaluated {
    let mut operators = traversal.operators.iter().map(|operator| operator.value());
    let here = match &traversal.expr {
        Expression::Variable(root) => match names.look_up(root.as_str(), None) {
            // The name of a `for` expression stands for a value by itself.
            Ok(value) => value,
            Err(why) => match operators.next() {
                Some(TraversalOperator::GetAttr(name)) => names.look_up(root.as_str(), Some(name.as_str()))?,
                _ => return Err(why),
            },
        },
        expression => Cow::Owned(partly(expression, names)?),
    };
    let (mut place, mut is_sensitive) = (Vec::new(), false);
    for operator in operators {
        place.push(match operator {
            TraversalOperator::GetAttr(name) => name.as_str().to_owned(),
            TraversalOperator::LegacyIndex(index) => index.value().to_string(),
            TraversalOperator::Index(index) => {
                let index = evaluate(index, names)?;
                is_sensitive |= index.is_sensitive;
                match &index.value {
                    Value::String(name) => name.clone(),
                    Value::Number(index) => whole(index).ok_or(Unknown::MISSING)?.to_string(),
                    _ => return Err(Unknown::MISSING),
                }
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return Err(Unknown::COMPUTED),
        });
    }
    let part = here.part(place.iter().map(String::as_str))?;
    Ok(part.sensitive_if(is_sensitive))
}

/// Names in a `for` expression.
struct With<'n> {
    outer: &'n dyn Names,
    loops: usize,
    /// Each with what it stands for.
    own: [(Option<&'n str>, &'n Evaluated); 2],
}

impl Names for With<'_> {
    fn look_up(&self, root: &str, name: Option<&str>) -> Found<'_> {
        let mut own = self.own.iter();
        let Some((_, value)) = own.find(|(own, _)| *own == Some(root)) else {
            return self.outer.look_up(root, name);
        };
        let value = value.as_ref().map_err(|why| *why)?;
        match name {
            None => Ok(Cow::Borrowed(value)),
            Some(name) => value.part([name]).map(Cow::Owned),
        }
    }

    fn loops(&self) -> usize {
        self.loops
    }
}

/// A list or map with an element for each of another one.
fn each_of(each: &ForExpr, names: &impl Names) -> Evaluated {
    let all = partly(&each.intro.collection_expr, names)?;
    if let Some(why) = all.holes.others() {
        return Err(why);
    }
    let key_name = each.intro.key_var.as_ref().map(|name| name.as_str());
    let keys: Vec<Value> = match &all.value {
        // The elements of a set are their own keys, and it is not known which lists are sets.
        Value::Array(_) if key_name.is_some() => return Err(Unknown::COMPUTED),
        Value::Array(elements) => (0..elements.len())
            .map(|index| Value::from(index.to_string()))
            .collect(),
        Value::Object(members) => members.keys().map(|key| Value::from(key.as_str())).collect(),
        _ => return Err(Unknown::WRONG),
    };
    let loops = names.loops().saturating_mul(keys.len().max(1));
    if loops > MOST_LOOPS {
        return Err(Unknown::TOO_BIG);
    }
    let (mut values, mut members, mut is_sensitive) = (Vec::new(), Vec::new(), all.is_sensitive);
    for key in keys {
        let value = all.part(key.as_str());
        let key = Ok(Known::new(key).sensitive_if(all.is_sensitive));
        let inner = With {
            outer: names,
            loops,
            own: [(Some(each.intro.value_var.as_str()), &value), (key_name, &key)],
        };
        if let Some(condition) = &each.cond {
            let condition = evaluate(&condition.expr, &inner)?;
            is_sensitive |= condition.is_sensitive;
            if !flag(&condition.value).ok_or(Unknown::WRONG)? {
                continue;
            }
        }
        let element = partly(&each.value_expr, &inner);
        match &each.key_expr {
            None => values.push(element),
            Some(_) if each.grouping => return Err(Unknown::COMPUTED),
            Some(key) => {
                let key = evaluate(key, &inner)?;
                is_sensitive |= key.is_sensitive;
                let key = spelled(&key.value).ok_or(Unknown::WRONG)?.into_owned();
                members.push(Ok((key, element)));
            }
        }
    }
    let of_keys = members.len();
    let made = if each.key_expr.is_some() {
        map(members.into_iter())?
    } else {
        list(values.into_iter())?
    };
    // Terraform refuses a key that comes twice.
    match &made.value {
        Value::Object(members) if members.len() != of_keys => Err(Unknown::WRONG),
        _ => Ok(made.sensitive_if(is_sensitive)),
    }
}

/// A number that is a position.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both are checked in the same expression"
)]
pub(super) fn whole(number: &serde_json::Number) -> Option<u64> {
    let number = number.as_f64()?;
    (number.fract() == 0.0 && (0.0..=1e15).contains(&number)).then_some(number as u64)
}
