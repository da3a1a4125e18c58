//! Random configurations of a schema, and random edits of them. The same seed gives the same ones.

mod edit;

use fastrand::Rng;

use crate::{
    path::Path,
    schema::{Attribute, AttributeType, Block, Mode, NestedBlock, Nesting, Schema},
    types::Type,
    value::Value,
};

/// The number of times that a value is drawn anew until the rules of its attribute accept it.
const ATTEMPTS: usize = 50;

/// Permission for values to be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknowns {
    /// Some are.
    Allowed,
    /// None is.
    Never,
}

/// A random configuration that the schema accepts as far as drawing can find one.
pub fn random_config(schema: &Schema, rng: &mut Rng, unknowns: Unknowns) -> Value {
    Generator::new(unknowns).config(schema, rng)
}

/// A configuration with one random difference; it may turn out equal.
pub fn edit(schema: &Schema, config: &Value, rng: &mut Rng) -> Value {
    Generator::new(Unknowns::Never).edit(schema, config, rng)
}

/// A value of its type for every unknown part, as a service gives them: null now and then.
pub fn fill_unknown(ty: &Type, value: &Value, rng: &mut Rng) -> Value {
    match (ty, value) {
        (_, Value::Unknown) if rng.u8(..8) == 0 => Value::Null,
        (ty, Value::Unknown) => random_value(ty, rng),
        (Type::List(of), Value::List(elements)) => {
            Value::List(elements.iter().map(|element| fill_unknown(of, element, rng)).collect())
        }
        (Type::Set(of), Value::Set(elements)) => {
            Value::Set(elements.iter().map(|element| fill_unknown(of, element, rng)).collect())
        }
        (Type::Tuple(types), Value::List(elements)) => Value::List(
            types
                .iter()
                .zip(elements)
                .map(|(ty, element)| fill_unknown(ty, element, rng))
                .collect(),
        ),
        (Type::Map(of), Value::Map(members)) => Value::object(
            members
                .iter()
                .map(|(key, member)| (key.clone(), fill_unknown(of, member, rng))),
        ),
        (Type::Object(types), Value::Map(members)) => {
            let filled = members.iter().map(|(name, member)| {
                let ty = types.get(name).unwrap_or(&Type::Dynamic);
                (name.clone(), fill_unknown(ty, member, rng))
            });
            Value::Map(filled.collect())
        }
        (_, Value::Dynamic(typed)) => {
            Value::Dynamic(Box::new((typed.0.clone(), fill_unknown(&typed.0, &typed.1, rng))))
        }
        (_, known) => known.clone(),
    }
}

/// A random value of a type, without unknown parts.
fn random_value(ty: &Type, rng: &mut Rng) -> Value {
    match ty {
        Type::Bool => Value::Bool(rng.bool()),
        Type::Number => random_number(rng),
        Type::String => Value::from(pick(
            rng,
            &["a", "b", "c", "d-e", "prüfen", "", "Ünicode 北", "a much longer text"],
        )),
        Type::Dynamic => Value::Dynamic(Box::new((Type::String, random_value(&Type::String, rng)))),
        Type::List(of) => Value::list((0..rng.usize(..4)).map(|_| random_value(of, rng))),
        Type::Set(of) => Value::set_of((0..rng.usize(..4)).map(|_| random_value(of, rng))),
        Type::Map(of) => Value::object((0..rng.usize(..4)).map(|_| {
            let key = pick(rng, &["k", "l", "m", "n.o"]);
            // A null member is a value of its own that has to survive.
            let is_null = rng.u8(..8) == 0;
            (key, if is_null { Value::Null } else { random_value(of, rng) })
        })),
        Type::Object(types) => Value::object(types.iter().map(|(name, ty)| (name.clone(), random_value(ty, rng)))),
        Type::Tuple(types) => Value::list(types.iter().map(|ty| random_value(ty, rng))),
    }
}

fn random_number(rng: &mut Rng) -> Value {
    const UNUSUAL: [&str; 6] = [
        "0.1",
        "-0.5",
        "9007199254740993",
        "18446744073709551616",
        "-9223372036854775808",
        "1e30",
    ];
    match rng.u8(..4) {
        0 => pick(rng, &UNUSUAL).parse().map_or(Value::Null, Value::Number),
        1 => Value::from(rng.i64(-100_000..100_000)),
        _ => Value::from(rng.i64(0..60)),
    }
}

fn pick(rng: &mut Rng, choices: &[&'static str]) -> &'static str {
    rng.choice(choices).copied().unwrap_or_default()
}

/// Gives the value of an attribute instead of a random one, for values that must have a form. `None`
/// leaves it to chance.
pub type Hint<'a> = dyn Fn(&Path, &Attribute, &mut Rng) -> Option<Value> + 'a;

/// Draws configurations.
pub struct Generator<'a> {
    unknowns: Unknowns,
    hint: Box<Hint<'a>>,
}

impl<'a> Generator<'a> {
    /// Draws by type and rules alone.
    pub fn new(unknowns: Unknowns) -> Self {
        Self {
            unknowns,
            hint: Box::new(|_, _, _| None),
        }
    }

    /// Asks `hint` first.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Fn(&Path, &Attribute, &mut Rng) -> Option<Value> + 'a) -> Self {
        self.hint = Box::new(hint);
        self
    }

    /// A random configuration.
    pub fn config(&self, schema: &Schema, rng: &mut Rng) -> Value {
        self.object(Members::of(&schema.block), &Path::root(), rng)
    }

    /// The configuration with values in place of unknown ones, as when they become known.
    pub fn resolve(&self, schema: &Schema, config: &Value, rng: &mut Rng) -> Value {
        let known = Generator {
            unknowns: Unknowns::Never,
            hint: Box::new(|path, attribute, rng| (self.hint)(path, attribute, rng)),
        };
        known.resolve_object(Members::of(&schema.block), config, &Path::root(), rng)
    }

    fn object(&self, members: Members<'_>, path: &Path, rng: &mut Rng) -> Value {
        let attributes = members
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), Member::Attribute(attribute)));
        let blocks = members
            .blocks
            .iter()
            .map(|nested| (nested.name.clone(), Member::Block(nested)));
        Value::object(attributes.chain(blocks).map(|(name, member)| {
            let path = path.child(&name);
            let value = self.member(member, &path, rng);
            (name, value)
        }))
    }

    fn member(&self, member: Member<'_>, path: &Path, rng: &mut Rng) -> Value {
        match member {
            Member::Attribute(attribute) => self.attribute(attribute, path, rng),
            Member::Block(nested) => self.nested(nested, path, rng),
        }
    }

    fn attribute(&self, attribute: &Attribute, path: &Path, rng: &mut Rng) -> Value {
        if !attribute.mode.is_configurable() || (attribute.mode != Mode::Required && rng.u8(..5) < 2) {
            return Value::Null;
        }
        if self.unknowns == Unknowns::Allowed && rng.u8(..8) == 0 {
            return Value::Unknown;
        }
        let mut value = Value::Null;
        for _ in 0..ATTEMPTS {
            value = self.known(attribute, path, rng);
            if attribute.validators.iter().all(|rule| rule.check(&value).is_ok()) {
                return value;
            }
        }
        if attribute.mode == Mode::Required {
            value
        } else {
            Value::Null
        }
    }

    fn known(&self, attribute: &Attribute, path: &Path, rng: &mut Rng) -> Value {
        if let Some(value) = (self.hint)(path, attribute, rng) {
            return value;
        }
        match &attribute.ty {
            AttributeType::Plain(ty) => self.with_unknown_elements(random_value(ty, rng), rng),
            AttributeType::Nested { nesting, attributes } => {
                let count = rng.usize(..3);
                self.repeated(
                    *nesting,
                    Members {
                        attributes,
                        blocks: &[],
                    },
                    count,
                    path,
                    rng,
                )
            }
        }
    }

    fn with_unknown_elements(&self, value: Value, rng: &mut Rng) -> Value {
        if self.unknowns == Unknowns::Never {
            return value;
        }
        let mut replace = |element| if rng.u8(..6) == 0 { Value::Unknown } else { element };
        match value {
            Value::List(elements) => Value::List(elements.into_iter().map(replace).collect()),
            Value::Set(elements) => Value::Set(elements.into_iter().map(replace).collect()),
            Value::Map(members) => Value::Map(
                members
                    .into_iter()
                    .map(|(key, member)| (key, replace(member)))
                    .collect(),
            ),
            other => other,
        }
    }

    fn nested(&self, nested: &NestedBlock, path: &Path, rng: &mut Rng) -> Value {
        let repeats = !matches!(nested.nesting, Nesting::Single | Nesting::Group);
        if repeats && self.unknowns == Unknowns::Allowed && rng.u8(..12) == 0 {
            return Value::Unknown;
        }
        if nested.nesting == Nesting::Single && nested.min_items == 0 && rng.bool() {
            return Value::Null;
        }
        let least = usize::try_from(nested.min_items).unwrap_or(0);
        let most = match usize::try_from(nested.max_items) {
            Ok(0) | Err(_) => least + 3,
            Ok(most) => most,
        };
        let count = rng.usize(least..=most.max(least));
        self.repeated(nested.nesting, Members::of(&nested.block), count, path, rng)
    }

    fn repeated(&self, nesting: Nesting, members: Members<'_>, count: usize, path: &Path, rng: &mut Rng) -> Value {
        match nesting {
            Nesting::Single | Nesting::Group => self.object(members, path, rng),
            Nesting::List => Value::list((0..count).map(|index| self.object(members, &path.index(index), rng))),
            Nesting::Set => Value::set_of((0..count).map(|_| self.object(members, path, rng))),
            Nesting::Map => Value::object((0..count).map(|_| {
                let key = pick(rng, &["k", "l", "m"]);
                (key, self.object(members, &path.key(key), rng))
            })),
        }
    }

    fn resolve_object(&self, members: Members<'_>, config: &Value, path: &Path, rng: &mut Rng) -> Value {
        if config.is_unknown() {
            return self.object(members, path, rng);
        }
        let attributes = members.attributes.iter().map(|attribute| {
            let path = path.child(&attribute.name);
            let value = match (config.get(&attribute.name), &attribute.ty) {
                (Value::Unknown, _) => self.attribute(attribute, &path, rng),
                (value, AttributeType::Plain(ty)) => fill_unknown(ty, value, rng),
                (value, AttributeType::Nested { nesting, attributes }) => self.resolve_elements(
                    *nesting,
                    Members {
                        attributes,
                        blocks: &[],
                    },
                    value,
                    &path,
                    rng,
                ),
            };
            (attribute.name.clone(), value)
        });
        let attributes: Vec<(String, Value)> = attributes.collect();
        let blocks = members.blocks.iter().map(|nested| {
            let path = path.child(&nested.name);
            let value = match config.get(&nested.name) {
                Value::Unknown => self.nested(nested, &path, rng),
                value => self.resolve_elements(nested.nesting, Members::of(&nested.block), value, &path, rng),
            };
            (nested.name.clone(), value)
        });
        Value::object(attributes.into_iter().chain(blocks))
    }

    fn resolve_elements(
        &self,
        nesting: Nesting,
        members: Members<'_>,
        value: &Value,
        path: &Path,
        rng: &mut Rng,
    ) -> Value {
        match (nesting, value) {
            (_, Value::Null) => Value::Null,
            (Nesting::Single | Nesting::Group, object) => self.resolve_object(members, object, path, rng),
            (_, Value::List(elements)) => Value::list(
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, element)| self.resolve_object(members, element, &path.index(index), rng)),
            ),
            (_, Value::Set(elements)) => Value::set_of(
                elements
                    .iter()
                    .map(|element| self.resolve_object(members, element, path, rng)),
            ),
            (_, Value::Map(elements)) => Value::object(
                elements
                    .iter()
                    .map(|(key, element)| (key.clone(), self.resolve_object(members, element, &path.key(key), rng))),
            ),
            (_, other) => other.clone(),
        }
    }
}

/// Attributes and blocks of one object.
#[derive(Clone, Copy)]
struct Members<'a> {
    attributes: &'a [Attribute],
    blocks: &'a [NestedBlock],
}

impl<'a> Members<'a> {
    fn of(block: &'a Block) -> Self {
        Self {
            attributes: &block.attributes,
            blocks: &block.blocks,
        }
    }
}

/// One member of an object.
#[derive(Clone, Copy)]
enum Member<'a> {
    Attribute(&'a Attribute),
    Block(&'a NestedBlock),
}
