//! Lists and maps of values of which parts are not known.

use serde_json::{Map, Value};

use super::known::{Evaluated, Holes, Known, Unknown};

/// Largest value, in texts and numbers and bytes of texts: one that doubles itself with each step would never end. A map of all
/// daemons of a big estate is smaller.
pub(super) const LARGEST: usize = 1 << 23;

/// A list of elements.
pub(super) fn list(elements: impl Iterator<Item = Evaluated>) -> Evaluated {
    let (mut list, mut is_sensitive, mut holes) = (Vec::new(), false, Holes::default());
    for (index, element) in elements.enumerate() {
        holes.put(&index.to_string(), &element);
        is_sensitive |= element.as_ref().is_ok_and(|known| known.is_sensitive);
        list.push(element.map(|known| known.value).unwrap_or_default());
    }
    let known = Known::new(Value::Array(list)).sensitive_if(is_sensitive);
    bounded(Known { holes, ..known })
}

/// A map of members.
pub(super) fn map(members: impl Iterator<Item = Result<(String, Evaluated), Unknown>>) -> Evaluated {
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

/// Maps as one: of a key that several have, the last value counts. A null one has none. What a map may have that is not known
/// may stand over all that came before it.
pub(super) fn merged(maps: impl Iterator<Item = Evaluated>) -> Evaluated {
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
