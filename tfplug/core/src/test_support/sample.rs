//! A resource with something of everything that a schema can say.

use crate::{
    AttributeType, BoxFuture, Cancel, Diagnostics, IdentitySchema, Mode, Nesting, Resource, Type, Value,
    resource::{ApplyRequest, ApplyResponse, Plan, ReadRequest, ReadResponse},
    schema::{Attribute, Block, IdentityAttribute, NestedBlock, Schema},
    test_support::literal::parse,
    validators::{Between, Each, Length, Matches, OneOf},
};

/// A value of a literal.
pub(crate) fn value(text: &str) -> Value {
    parse(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The rule that a case puts in place of [`Resource::modify_plan`].
type Rule = Box<dyn Fn(&mut Plan) + Send + Sync>;

pub(crate) struct Sample {
    schema: Schema,
    identity: IdentitySchema,
    mutable_identity: bool,
    rule: Rule,
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self {
            schema: Schema {
                version: 2,
                block: block(attributes(), blocks()),
            },
            identity: IdentitySchema {
                version: 0,
                attributes: vec![IdentityAttribute {
                    name: "arn".to_owned(),
                    ty: Type::String,
                    required_for_import: true,
                    description: String::new(),
                }],
            },
            mutable_identity: false,
            rule: Box::new(|_| {}),
        }
    }

    pub(crate) fn with_rule(rule: impl Fn(&mut Plan) + Send + Sync + 'static) -> Self {
        Self {
            rule: Box::new(rule),
            ..Self::new()
        }
    }

    /// The same resource with an identity that may change.
    pub(crate) fn identity_may_change(self) -> Self {
        Self {
            mutable_identity: true,
            ..self
        }
    }

    /// A configuration or state of the members given; the others as if they were not written.
    pub(crate) fn complete(&self, text: &str) -> Value {
        complete_nested(&self.schema.block.attributes, self.schema.block.complete(value(text)))
    }
}

/// Fills in the members of nested attributes, which [`Block::complete`] leaves alone because values
/// from the wire have them all.
fn complete_nested(attributes: &[Attribute], mut object: Value) -> Value {
    for attribute in attributes {
        let AttributeType::Nested { nesting, attributes } = &attribute.ty else {
            continue;
        };
        let fill = |element: &Value| match element {
            Value::Map(_) => Block {
                attributes: attributes.clone(),
                ..Block::default()
            }
            .complete(element.clone()),
            other => other.clone(),
        };
        let filled = match (nesting, object.get(&attribute.name)) {
            (Nesting::Single, element) => fill(element),
            (_, Value::List(elements)) => Value::list(elements.iter().map(fill)),
            (_, other) => other.clone(),
        };
        if object.as_map().is_some() {
            object.insert(attribute.name.clone(), filled);
        }
    }
    object
}

fn string(name: &str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::String, mode, "")
}

fn number(name: &str, mode: Mode) -> Attribute {
    Attribute::new(name, Type::Number, mode, "")
}

fn block(attributes: Vec<Attribute>, blocks: Vec<NestedBlock>) -> Block {
    Block {
        attributes,
        blocks,
        ..Block::default()
    }
}

fn nested(name: &str, nesting: Nesting, block: Block) -> NestedBlock {
    NestedBlock {
        name: name.to_owned(),
        nesting,
        block,
        min_items: 0,
        max_items: 0,
    }
}

fn attributes() -> Vec<Attribute> {
    let lower = Matches {
        test: |text| text.chars().all(|letter| !letter.is_uppercase()),
        expected: "in lower case",
    };
    let same_text = |prior: &Value, config: &Value| {
        let lower = |value: &Value| value.as_str().map(str::to_lowercase);
        lower(prior) == lower(config)
    };
    let object = |nesting, attributes| AttributeType::Nested { nesting, attributes };
    vec![
        string("name", Mode::Required)
            .requires_replace()
            .validate(Length { min: 1, max: 20 })
            .validate(lower),
        string("arn", Mode::Computed).stable(),
        number("revision", Mode::Computed),
        number("size", Mode::Optional)
            .default_value(3)
            .validate(Between { min: 0, max: 50 }),
        string("document", Mode::Optional).equality(same_text),
        Attribute::new("zones", Type::set(Type::String), Mode::OptionalComputed, ""),
        Attribute::new("labels", Type::map(Type::String), Mode::Optional, "")
            .validate(Each(Length { min: 0, max: 30 })),
        string("password", Mode::Optional).sensitive().validate(Length {
            min: 2,
            max: usize::MAX,
        }),
        string("token", Mode::Optional).write_only(),
        string("old", Mode::Optional).deprecated("Use `size` instead."),
        Attribute::with_type(
            "tuning",
            object(
                Nesting::Single,
                vec![
                    string("mode", Mode::Optional).default_value("auto"),
                    number("level", Mode::Required),
                    string("profile", Mode::Computed).stable(),
                    string("secret", Mode::Optional).write_only(),
                ],
            ),
            Mode::Optional,
            "",
        ),
        Attribute::with_type(
            "rules",
            object(
                Nesting::List,
                vec![string("match", Mode::Required), string("id", Mode::Computed)],
            ),
            Mode::Optional,
            "",
        ),
        Attribute::with_type(
            "status",
            object(Nesting::Single, vec![string("state", Mode::Computed)]),
            Mode::Computed,
            "",
        ),
    ]
}

fn blocks() -> Vec<NestedBlock> {
    let health = block(
        vec![
            number("interval", Mode::Optional)
                .default_value(30)
                .validate(Between { min: 0, max: 300 }),
        ],
        vec![],
    );
    let container = block(
        vec![
            string("name", Mode::Required),
            string("image", Mode::Required).requires_replace(),
            number("cpu", Mode::Optional),
            Attribute::new("essential", Type::Bool, Mode::Optional, "").default_value(true),
            string("digest", Mode::Computed),
        ],
        vec![nested("health", Nesting::Single, health)],
    );
    let variable = block(
        vec![
            string("name", Mode::Required),
            string("value", Mode::Optional).requires_replace(),
        ],
        vec![],
    );
    let volume = block(
        vec![string("name", Mode::Required), string("id", Mode::Computed).stable()],
        vec![],
    );
    let access = block(
        vec![
            string("role", Mode::Required).validate(OneOf(&["a", "b", "c"])),
            string("id", Mode::Computed).stable(),
            string("key", Mode::Optional).requires_replace(),
        ],
        vec![],
    );
    let limits = block(
        vec![
            number("soft", Mode::Optional).default_value(1),
            number("hard", Mode::Computed).stable(),
        ],
        vec![],
    );
    let timeouts = block(vec![string("create", Mode::Optional)], vec![]);
    vec![
        NestedBlock {
            max_items: 4,
            ..nested("container", Nesting::List, container)
        },
        nested("variable", Nesting::Set, variable),
        nested("volume", Nesting::Set, volume),
        nested("access", Nesting::Map, access),
        nested("limits", Nesting::Group, limits),
        nested("timeouts", Nesting::Single, timeouts),
    ]
}

impl Resource for Sample {
    fn type_name(&self) -> &'static str {
        "test_sample"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn identity_schema(&self) -> Option<&IdentitySchema> {
        Some(&self.identity)
    }

    fn identity_is_mutable(&self) -> bool {
        self.mutable_identity
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        if config.get("name").as_str() == Some("forbidden") {
            diagnostics.error_at(crate::Path::attribute("name"), "Forbidden name", "Choose another.");
        }
        diagnostics
    }

    fn modify_plan(&self, plan: &mut Plan) {
        (self.rule)(plan);
    }

    fn upgrade(&self, version: i64, mut raw: Value) -> Result<Value, Diagnostics> {
        // Version 0 called `size` by another name.
        if version == 0 {
            let size = raw.get("count").clone();
            raw.insert("size", size);
        }
        Ok(raw)
    }

    fn read<'a>(&'a self, request: ReadRequest, _: &'a Cancel) -> BoxFuture<'a, ReadResponse> {
        Box::pin(async move {
            ReadResponse {
                state: request.state,
                ..ReadResponse::default()
            }
        })
    }

    fn create<'a>(&'a self, _: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async { ApplyResponse::default() })
    }

    fn update<'a>(&'a self, _: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async { ApplyResponse::default() })
    }

    fn delete<'a>(&'a self, _: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async { ApplyResponse::default() })
    }
}
