//! Results of operators, where ours are certain to be those of Terraform: it counts with numbers of any size, and turns texts
//! into numbers by the types of variables.

use hcl_edit::expr::BinaryOperator;
use serde_json::Value;

use super::known::{Evaluated, Known, Unknown, flag};

/// Largest whole number up to which a float is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The result of an operator with two sides.
pub(super) fn binary(operator: BinaryOperator, left: Evaluated, right: Evaluated) -> Evaluated {
    if let BinaryOperator::And | BinaryOperator::Or = operator {
        return logical(operator == BinaryOperator::Or, left, right);
    }
    let (left, right) = (left?, right?);
    let value = match operator {
        BinaryOperator::Eq => Value::from(is_equal(&left.value, &right.value)?),
        BinaryOperator::NotEq => Value::from(!is_equal(&left.value, &right.value)?),
        _ => numeric(operator, &left.value, &right.value)?,
    };
    Ok(of_both(value, &left, &right))
}

fn of_both(value: Value, left: &Known, right: &Known) -> Known {
    Known {
        is_sensitive: left.is_sensitive || right.is_sensitive,
        ..Known::new(value)
    }
}

/// And, or: one side that decides is enough.
fn logical(deciding: bool, left: Evaluated, right: Evaluated) -> Evaluated {
    let flag_of = |side: &Evaluated| match side {
        Ok(known) => flag(&known.value).map(Some).ok_or(Unknown::WRONG),
        Err(_) => Ok(None),
    };
    for why in [&left, &right].into_iter().filter_map(|side| side.as_ref().err()) {
        if why.is_refused() {
            return Err(*why);
        }
    }
    let flags = (flag_of(&left)?, flag_of(&right)?);
    for (side, flag) in [(&left, flags.0), (&right, flags.1)] {
        if let (Ok(known), Some(true)) = (side, flag.map(|flag| flag == deciding)) {
            return Ok(of_both(Value::from(deciding), known, known));
        }
    }
    let (left, right) = (left?, right?);
    Ok(of_both(Value::from(!deciding), &left, &right))
}

/// True if two simple values are equal. Of values of two types it depends on types that are declared elsewhere.
pub(super) fn is_equal(left: &Value, right: &Value) -> Result<bool, Unknown> {
    match (left, right) {
        (Value::Null, other) | (other, Value::Null) => Ok(other.is_null()),
        (Value::Number(left), Value::Number(right)) => Ok(left.as_f64() == right.as_f64()),
        (Value::Bool(_), Value::Bool(_)) | (Value::String(_), Value::String(_)) => Ok(left == right),
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_)) => Err(Unknown::COMPUTED),
        _ => Err(Unknown::TWO_TYPES),
    }
}

fn numeric(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, Unknown> {
    let number = |value: &Value| value.as_f64().ok_or(Unknown::COMPUTED);
    let (left, right) = (number(left)?, number(right)?);
    let result = match operator {
        BinaryOperator::Less => return Ok(Value::from(left < right)),
        BinaryOperator::LessEq => return Ok(Value::from(left <= right)),
        BinaryOperator::Greater => return Ok(Value::from(left > right)),
        BinaryOperator::GreaterEq => return Ok(Value::from(left >= right)),
        BinaryOperator::Plus => left + right,
        BinaryOperator::Minus => left - right,
        BinaryOperator::Mul => left * right,
        BinaryOperator::Div => left / right,
        BinaryOperator::Mod => left % right,
        _ => return Err(Unknown::COMPUTED),
    };
    let is_exact = |number: f64| number.fract() == 0.0 && number.abs() <= EXACT;
    // The quotient of two whole numbers that are not too big is whole only if it is exact.
    let are_exact = [left, right, result].into_iter().all(is_exact);
    are_exact.then(|| Value::from(result)).ok_or(Unknown::COMPUTED)
}
