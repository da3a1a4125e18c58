//! Results of functions, of those that people use to say which daemons there are and which tags they have. Any other one is not
//! evaluated.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    collection::{list, merged},
    conversion::{Simple, each_once, is_uniform, may_become_texts, set_of},
    known::{Evaluated, Known, Unknown},
    operation::is_equal,
};

/// The result of a function for arguments of which parts may not be known.
pub(super) fn call(name: &str, arguments: Vec<Evaluated>) -> Evaluated {
    if name == "merge" {
        return merged(arguments.into_iter());
    }
    if name == "concat" {
        return concat(arguments);
    }
    match (name, arguments.as_slice()) {
        ("tolist" | "tomap", [argument]) => uniform(whole(argument)?),
        ("toset", [argument]) => set(whole(argument)?),
        ("distinct", [argument]) => distinct(whole(argument)?),
        ("tostring", [argument]) => Simple::Text.convert(whole(argument)?),
        ("tonumber", [argument]) => Simple::Number.convert(whole(argument)?),
        ("tobool", [argument]) => Simple::Flag.convert(whole(argument)?),
        ("sensitive", [argument]) => Ok(argument.clone()?.sensitive_if(true)),
        ("length", [argument]) => length(&argument.clone()?),
        ("keys", [argument]) => keys(&argument.clone()?),
        ("values", [argument]) => values(&argument.clone()?),
        ("contains", [list, element]) => contains(&whole(list)?, &whole(element)?),
        ("lookup", [map, key]) => lookup(&map.clone()?, &whole(key)?, None),
        ("lookup", [map, key, default]) => lookup(&map.clone()?, &whole(key)?, Some(default)),
        _ => Err(Unknown::FUNCTION),
    }
}

fn whole(argument: &Evaluated) -> Evaluated {
    argument.clone()?.whole()
}

/// The members of a map or the elements of a list, if none is missing.
fn members(known: &Known) -> Result<&Map<String, Value>, Unknown> {
    match (&known.value, known.holes.others()) {
        (_, Some(why)) => Err(why),
        (Value::Object(members), None) => Ok(members),
        _ => Err(Unknown::WRONG),
    }
}

fn elements(known: &Known) -> Result<&Vec<Value>, Unknown> {
    match (&known.value, known.holes.others()) {
        (_, Some(why)) => Err(why),
        (Value::Array(elements), None) => Ok(elements),
        _ => Err(Unknown::WRONG),
    }
}

fn concat(lists: Vec<Evaluated>) -> Evaluated {
    let (mut all, mut is_sensitive) = (Vec::new(), false);
    for known in lists {
        let known = known?;
        is_sensitive |= known.is_sensitive;
        for index in 0..elements(&known)?.len() {
            all.push(known.part([index.to_string().as_str()]));
        }
    }
    // Of two lists of different types Terraform makes one, of two tuples not.
    let values = all.iter().filter_map(|part: &Evaluated| part.as_ref().ok());
    if !is_uniform(values.map(|known| &known.value)) {
        return Err(Unknown::CONVERTED);
    }
    Ok(list(all.into_iter())?.sensitive_if(is_sensitive))
}

/// A list as a set.
fn set(known: Known) -> Evaluated {
    let Value::Array(elements) = uniform(known.clone())?.value else {
        return Err(Unknown::WRONG);
    };
    let value = Value::Array(set_of(elements)?);
    Ok(Known { value, ..known })
}

/// Each element of a list once. A list has elements of one type.
fn distinct(known: Known) -> Evaluated {
    let Value::Array(elements) = uniform(known.clone())?.value else {
        return Err(Unknown::WRONG);
    };
    let value = Value::Array(each_once(elements));
    Ok(Known { value, ..known })
}

/// A list or map of which Terraform makes one with elements of one type.
fn uniform(known: Known) -> Evaluated {
    let is_one = match &known.value {
        Value::Array(elements) => is_uniform(elements.iter()) && !may_become_texts(elements.iter()),
        Value::Object(members) => is_uniform(members.values()) && !may_become_texts(members.values()),
        _ => return Err(Unknown::WRONG),
    };
    if is_one { Ok(known) } else { Err(Unknown::CONVERTED) }
}

fn length(known: &Known) -> Evaluated {
    let length = match &known.value {
        // The characters of a text are counted in another way.
        Value::String(_) => return Err(Unknown::FUNCTION),
        Value::Array(_) => elements(known)?.len(),
        _ => members(known)?.len(),
    };
    Ok(Known::new(Value::from(length)).sensitive_if(known.is_sensitive))
}

fn keys(known: &Known) -> Evaluated {
    let keys: BTreeSet<&String> = members(known)?.keys().collect();
    let keys = keys.into_iter().map(|key| Value::from(key.as_str()));
    Ok(Known::new(keys.collect()).sensitive_if(known.is_sensitive))
}

/// The values of a map in the order of its keys.
fn values(known: &Known) -> Evaluated {
    let keys: BTreeSet<&String> = members(known)?.keys().collect();
    let values = keys.into_iter().map(|key| known.part([key.as_str()]));
    Ok(list(values)?.sensitive_if(known.is_sensitive))
}

fn contains(all: &Known, wanted: &Known) -> Evaluated {
    let mut is_there = false;
    for element in elements(all)? {
        is_there |= is_equal(element, &wanted.value)?;
    }
    Ok(Known::new(Value::from(is_there)).sensitive_if(all.is_sensitive || wanted.is_sensitive))
}

fn lookup(map: &Known, key: &Known, default: Option<&Evaluated>) -> Evaluated {
    let name = key.value.as_str().ok_or(Unknown::WRONG)?;
    let found = match members(map) {
        Ok(members) if !members.contains_key(name) => {
            let default = default.cloned().unwrap_or(Err(Unknown::MISSING))?;
            // The default becomes one of the type of the map, which an empty one does not show.
            let is_of_map = !members.is_empty() && is_uniform(members.values().chain([&default.value]));
            if !(is_of_map || default.value.is_string() && members.is_empty()) {
                return Err(Unknown::CONVERTED);
            }
            Ok(default)
        }
        Ok(_) => map.part([name]),
        Err(why) => map.part([name]).or(Err(why)),
    };
    Ok(found?.sensitive_if(key.is_sensitive || map.is_sensitive))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, arguments: &[Value], expected: &Result<Value, Unknown>) {
        let arguments = arguments.iter().map(|value| Ok(Known::new(value.clone())));
        let found = call(name, arguments.collect()).map(|known| known.value);
        assert_eq!(found, *expected, "{name}");
    }

    #[test]
    fn lists_and_maps_are_counted_taken_apart_and_put_together() {
        check("length", &[json!([1, 2])], &Ok(json!(2)));
        check("length", &[json!({"a": 1})], &Ok(json!(1)));
        check("length", &[json!("ü")], &Err(Unknown::FUNCTION));
        check("length", &[json!(null)], &Err(Unknown::WRONG));
        check("keys", &[json!({"b": 1, "a": 2})], &Ok(json!(["a", "b"])));
        check("values", &[json!({"b": 1, "a": 2})], &Ok(json!([2, 1])));
        check("concat", &[json!([1]), json!([]), json!([2])], &Ok(json!([1, 2])));
        check(
            "concat",
            &[json!([1]), json!([]), json!(["a"])],
            &Err(Unknown::CONVERTED),
        );
        check("concat", &[json!([1]), json!("a")], &Err(Unknown::WRONG));
        check("contains", &[json!(["a", "b"]), json!("b")], &Ok(json!(true)));
        check("contains", &[json!(["a"]), json!("b")], &Ok(json!(false)));
        check("contains", &[json!(["1"]), json!(1)], &Err(Unknown::TWO_TYPES));
        check("lookup", &[json!({"a": 1}), json!("a"), json!(2)], &Ok(json!(1)));
        check("lookup", &[json!({"a": 1}), json!("b"), json!(2)], &Ok(json!(2)));
        check("lookup", &[json!({"a": 1}), json!("b")], &Err(Unknown::MISSING));
        check("lookup", &[json!({}), json!("b"), json!(0)], &Err(Unknown::CONVERTED));
        check(
            "lookup",
            &[json!({"a": "1"}), json!("b"), json!(0)],
            &Err(Unknown::CONVERTED),
        );
        check("tolist", &[json!(["1", 2])], &Err(Unknown::CONVERTED));
        check("tolist", &[json!([null, false])], &Err(Unknown::CONVERTED));
        check("tolist", &[json!([null, "a"])], &Ok(json!([null, "a"])));
        check("tomap", &[json!({"a": null, "b": 1})], &Err(Unknown::CONVERTED));
        check("toset", &[json!([null, 1])], &Err(Unknown::CONVERTED));
        check(
            "tomap",
            &[json!({"a": {"b": 1}, "c": {"b": 2}})],
            &Ok(json!({"a": {"b": 1}, "c": {"b": 2}})),
        );
        check(
            "tomap",
            &[json!({"a": {"b": 1}, "c": {"b": "2"}})],
            &Err(Unknown::CONVERTED),
        );
        let hidden = json!([{"b": null}, {"b": 1}, {"b": "2"}]);
        check("tolist", &[hidden], &Err(Unknown::CONVERTED));
        check("tolist", &[json!([[], [1], ["a"]])], &Err(Unknown::CONVERTED));
        check("tolist", &[json!([[], [1], [2]])], &Ok(json!([[], [1], [2]])));
        check("distinct", &[json!(["b", "a", "b"])], &Ok(json!(["b", "a"])));
        check("distinct", &[json!([1, 1.0])], &Ok(json!([1])));
        check("distinct", &[json!(["1", 1])], &Err(Unknown::CONVERTED));
        check("toset", &[json!([50, 9])], &Ok(json!([9, 50])));
        check("toset", &[json!([true, false])], &Ok(json!([false, true])));
        check("toset", &[json!(["b", "a", "b"])], &Ok(json!(["a", "b"])));
        check("toset", &[json!(["b", 1])], &Err(Unknown::CONVERTED));
        check("toset", &[json!("b")], &Err(Unknown::WRONG));
        check("upper", &[json!("b")], &Err(Unknown::FUNCTION));
        check("length", &[], &Err(Unknown::FUNCTION));
    }
}
