//! Functions: `joined` with further arguments, `first` of any type, and `misbehaved`, which breaks its promises on demand.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tfplug_core::{
    Function, Type, Value,
    function::{FunctionError, Parameter, Signature},
};

use super::shared::fail;

/// State that a function must not have.
static CALLS: AtomicU64 = AtomicU64::new(0);

type Body = fn(&[Value]) -> Result<Value, FunctionError>;

struct Toy {
    name: &'static str,
    signature: Signature,
    body: Body,
}

/// All functions of the provider.
pub(super) fn all() -> Vec<Arc<dyn Function>> {
    let separator = Parameter::new("separator", Type::String, "Put between the texts.");
    let text = Parameter {
        allows_null: true,
        ..Parameter::new("text", Type::String, "A text; null is left out.")
    };
    let list = Parameter {
        allows_null: true,
        allows_unknown: true,
        ..Parameter::new("list", Type::Dynamic, "A list or tuple of anything.")
    };
    let how = Parameter::new("how", Type::String, "The fault.");
    let toys = [
        toy("joined", (vec![separator], Some(text)), Type::String, joined),
        toy("first", (vec![list], None), Type::Dynamic, first),
        toy("misbehaved", (vec![how], None), Type::String, misbehaved),
    ];
    toys.map(|toy| Arc::new(toy) as Arc<dyn Function>).into()
}

fn toy(name: &'static str, takes: (Vec<Parameter>, Option<Parameter>), result: Type, body: Body) -> Toy {
    let signature = Signature {
        summary: format!("The toy {name}."),
        description: format!("The *toy* {name}."),
        parameters: takes.0,
        variadic: takes.1,
        result,
        deprecation: (name == "misbehaved").then(|| "Behave.".to_owned()),
    };
    Toy { name, signature, body }
}

impl Function for Toy {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        (self.body)(&arguments)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a body like the others")]
fn joined(arguments: &[Value]) -> Result<Value, FunctionError> {
    let mut texts = arguments.iter().filter_map(Value::as_str);
    let separator = texts.next().unwrap_or_default();
    Ok(texts.collect::<Vec<_>>().join(separator).into())
}

fn first(arguments: &[Value]) -> Result<Value, FunctionError> {
    let (ty, list) = match arguments.first() {
        Some(Value::Dynamic(typed)) => (**typed).clone(),
        Some(Value::Unknown) => return Ok(Value::Unknown),
        _ => return Ok(Value::Null),
    };
    let element = list.elements().next().cloned();
    match (ty, element) {
        (_, None) if list.is_unknown() => Ok(Value::Unknown),
        (Type::List(of), Some(element)) => Ok(Value::Dynamic(Box::new((*of, element)))),
        (Type::Tuple(mut types), Some(element)) => Ok(Value::Dynamic(Box::new((types.swap_remove(0), element)))),
        (Type::List(_) | Type::Tuple(_), None) => Err(FunctionError::new("The list is empty.").at(0)),
        (ty, _) => Err(FunctionError::new(format!("The value is of the type {ty}, not a list.")).at(0)),
    }
}

fn misbehaved(arguments: &[Value]) -> Result<Value, FunctionError> {
    match arguments.first().and_then(Value::as_str) {
        Some("panic") => fail("no calling today"),
        Some("number") => Ok(Value::from(7)),
        Some("unknown") => Ok(Value::Unknown),
        Some("silence") => Err(FunctionError::new("")),
        Some("impure") => Ok(CALLS.fetch_add(1, Ordering::Relaxed).to_string().into()),
        Some("dots") => Err(FunctionError::new("And so on...")),
        Some("escape") => Err(FunctionError::new("\u{1b}[31m")),
        other => Ok(other.unwrap_or_default().into()),
    }
}
