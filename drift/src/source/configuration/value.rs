//! Values of expressions, as far as the configuration alone tells them. What needs a provider, a state or the clock of an
//! apply is not guessed: it is said to be unknown, and why.

use std::borrow::Cow;

use hcl_edit::{
    expr::{Expression, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator},
    template::{Element, StringTemplate, Strip},
    visit::{Visit, visit_traversal},
};
use serde_json::{Map, Value};

pub(super) use super::known::{Evaluated, Found, Known, Unknown, flag};
use super::{
    conversion::{Simple, exact, spelled},
    known::Holes,
    operation::binary,
};

/// Largest value, in texts and numbers and bytes of texts: one that doubles itself with each step would never end. A map of all
/// daemons of a big estate is smaller.
const LARGEST: usize = 1 << 23;

/// Values of names.
pub(super) trait Names {
    /// The value of `root.name`, for example `var.drain`.
    fn look_up(&self, root: &str, name: Option<&str>) -> Found<'_>;
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
            let branch = match flag(&condition.value) {
                Some(true) => &conditional.true_expr,
                Some(false) => &conditional.false_expr,
                None => return Err(Unknown::WRONG),
            };
            Ok(partly(branch, names)?.sensitive_if(condition.is_sensitive))
        }
        Expression::FuncCall(call) => function(call, names),
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
        _ => Err(Unknown::COMPUTED),
    }
}

fn list(elements: impl Iterator<Item = Evaluated>) -> Evaluated {
    let (mut list, mut is_sensitive, mut holes) = (Vec::new(), false, Holes::default());
    for (index, element) in elements.enumerate() {
        holes.put(&index.to_string(), &element);
        is_sensitive |= element.as_ref().is_ok_and(|known| known.is_sensitive);
        list.push(element.map(|known| known.value).unwrap_or_default());
    }
    let known = Known::new(Value::Array(list)).sensitive_if(is_sensitive);
    bounded(Known { holes, ..known })
}

fn map(members: impl Iterator<Item = Result<(String, Evaluated), Unknown>>) -> Evaluated {
    let (mut map, mut is_sensitive, mut holes) = (Map::new(), false, Holes::default());
    for member in members {
        let (name, member) = member?;
        holes.put(&name, &member);
        is_sensitive |= member.as_ref().is_ok_and(|known| known.is_sensitive);
        map.insert(name, member.map(|known| known.value).unwrap_or_default());
    }
    let known = Known::new(Value::Object(map)).sensitive_if(is_sensitive);
    bounded(Known { holes, ..known })
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
        Expression::Variable(root) => match operators.next() {
            Some(TraversalOperator::GetAttr(name)) => names.look_up(root.as_str(), Some(name.as_str()))?,
            _ => return names.look_up(root.as_str(), None).and(Err(Unknown::COMPUTED)),
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

/// The functions that change nothing but the type or the mark of a value, and `merge`, of which most tags are made.
fn function(call: &FuncCall, names: &impl Names) -> Evaluated {
    if call.name.name.as_str() == "merge" && !call.name.is_namespaced() && !call.args.expand_final() {
        return merged(call.args.iter().map(|argument| partly(argument, names)));
    }
    let mut arguments = call.args.iter();
    let (Some(argument), None, false) = (arguments.next(), arguments.next(), call.name.is_namespaced()) else {
        return Err(Unknown::FUNCTION);
    };
    match call.name.name.as_str() {
        "toset" | "tolist" | "tomap" => evaluate(argument, names),
        "tostring" => Simple::Text.convert(evaluate(argument, names)?),
        "tonumber" => Simple::Number.convert(evaluate(argument, names)?),
        "tobool" => Simple::Flag.convert(evaluate(argument, names)?),
        "sensitive" => Ok(partly(argument, names)?.sensitive_if(true)),
        _ => Err(Unknown::FUNCTION),
    }
}

/// Maps as one: of a key that several have, the last value counts. A null one has none. What a map may have that is not known
/// may stand over all that came before it.
fn merged(maps: impl Iterator<Item = Evaluated>) -> Evaluated {
    let (mut all, mut is_sensitive, mut holes) = (Map::new(), false, Holes::default());
    for evaluated in maps {
        let others = match &evaluated {
            Ok(known) => known.holes.others(),
            Err(why) => Some(*why),
        };
        if let Some(why) = others {
            for (name, value) in &mut all {
                holes.put(name, &Err(why));
                *value = Value::Null;
            }
            holes.open(why);
        }
        let Ok(known) = evaluated else { continue };
        is_sensitive |= known.is_sensitive;
        match &known.value {
            Value::Object(members) => {
                for name in members.keys() {
                    let member = known.part([name.as_str()]);
                    holes.put(name, &member);
                    all.insert(name.clone(), member.map(|known| known.value).unwrap_or_default());
                }
            }
            Value::Null => {}
            _ => return Err(Unknown::WRONG),
        }
    }
    let known = Known::new(Value::Object(all)).sensitive_if(is_sensitive);
    bounded(Known { holes, ..known })
}

fn bounded(known: Known) -> Evaluated {
    fn weight(value: &Value) -> usize {
        match value {
            Value::String(text) => 1 + text.len(),
            Value::Array(elements) => 1 + elements.iter().map(weight).sum::<usize>(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| name.len() + weight(value));
                1 + members.sum::<usize>()
            }
            _ => 1,
        }
    }
    if weight(&known.value) > LARGEST {
        return Err(Unknown::TOO_BIG);
    }
    Ok(known)
}
