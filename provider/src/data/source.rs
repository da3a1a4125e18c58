//! What all data sources have in common: a schema, arguments as types, a session, and a reading that fails or answers
//! everything.

use std::{future::Future, marker::PhantomData, sync::Arc};

use tfplug_core::{
    Attribute, Block, BoxFuture, Cancel, DataSource, Diagnostic, Diagnostics, Mode, Path, Schema, Type, Value,
    typed::{FromValue, ToValue},
};

use crate::{
    attributes::rules,
    session::{Session, SharedSession},
};

/// Name of the argument that all data sources have.
pub(super) const REGION: &str = "region";

/// A data source, by its parts.
pub(super) trait Reading: Send + Sync + 'static {
    /// Type name.
    const NAME: &'static str;
    /// Description.
    const DESCRIPTION: &'static str;
    /// The arguments, wholly known.
    type Arguments: FromValue + Send;
    /// Everything that the data source has; what it leaves out is null.
    type Answer: ToValue;

    /// Attributes beside `region`.
    fn attributes() -> Vec<Attribute>;

    /// Rules for arguments together. Unknown values must not fail.
    fn validate(config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Reads it.
    fn read(
        session: &Session,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<Self::Answer, Diagnostics>> + Send;
}

/// A data source of the provider.
pub(super) struct Source<R> {
    schema: Schema,
    session: SharedSession,
    reading: PhantomData<R>,
}

impl<R: Reading> Source<R> {
    /// The data source on a session that is configured later.
    pub(super) fn shared(session: &SharedSession) -> Arc<dyn DataSource> {
        let region = Attribute::new(
            REGION,
            Type::String,
            Mode::OptionalComputed,
            "Region to look in. Defaults to the region of a given ARN or else of the provider.",
        )
        .validate(rules::region());
        let mut attributes = R::attributes();
        attributes.push(region);
        Arc::new(Self {
            schema: Schema {
                version: 0,
                block: Block {
                    attributes,
                    description: R::DESCRIPTION.to_owned(),
                    ..Block::default()
                },
            },
            session: session.clone(),
            reading: PhantomData,
        })
    }

    async fn answer(&self, config: &Value) -> Result<Value, Diagnostics> {
        let session = self.session.get()?;
        let arguments = R::Arguments::from_value(config).map_err(|error| error.diagnostic("Invalid argument"))?;
        let answer = R::read(&session, arguments).await?;
        Ok(self.schema.block.complete(answer.to_value()))
    }
}

impl<R: Reading> DataSource for Source<R> {
    fn type_name(&self) -> &'static str {
        R::NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        R::validate(config)
    }

    fn read<'a>(&'a self, config: Value, cancel: &'a Cancel) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            tokio::select! {
                biased;
                () = cancel.cancelled() => {
                    let text = format!("The run was interrupted while {} was read.", R::NAME);
                    (Value::Null, Diagnostic::error("Interrupted", text).into())
                }
                answer = self.answer(&config) => match answer {
                    Ok(value) => (value, Diagnostics::new()),
                    Err(diagnostics) => (Value::Null, diagnostics),
                }
            }
        })
    }
}

/// An attribute that is answered.
pub(super) fn computed(name: &str, ty: Type, description: &str) -> Attribute {
    Attribute::new(name, ty, Mode::Computed, description)
}

/// The error that one of several ways to name an object must be taken, and only one. An argument that is not known yet
/// may turn out to be null.
pub(super) fn one_of(config: &Value, arguments: &[&str]) -> Diagnostics {
    let given: Vec<&&str> = arguments.iter().filter(|name| !config.get(name).is_null()).collect();
    let certain = given.iter().filter(|name| !config.get(name).is_unknown()).count();
    let quoted: Vec<String> = arguments.iter().map(|name| format!("`{name}`")).collect();
    let all = quoted.join(" or ");
    match (given.as_slice(), certain) {
        ([], _) => Diagnostic::error("Missing argument", format!("Give {all}: it says what to look for.")).into(),
        ([.., last], 2..) => {
            let text = format!("Give only one of {all}: each says what to look for.");
            Diagnostic::error("Conflicting arguments", text)
                .at(Path::attribute(last))
                .into()
        }
        _ => Diagnostics::new(),
    }
}

/// The error that an argument means nothing without another one.
pub(super) fn needs(config: &Value, argument: &str, other: &str) -> Diagnostics {
    if config.get(argument).is_null() || !config.get(other).is_null() {
        return Diagnostics::new();
    }
    let text = format!("`{argument}` is used with `{other}` only.");
    Diagnostic::error("Argument without effect", text)
        .at(Path::attribute(argument))
        .into()
}

/// The region to look in: the one that is given, which has to be that of a given ARN, or else the ARN's or the provider's.
pub(super) fn region(session: &Session, given: Option<&str>, arn: Option<&str>) -> Result<String, Diagnostic> {
    if let (Some(given), Some(of_arn)) = (given, arn)
        && given != of_arn
    {
        let text =
            format!("The ARN is of {of_arn}, and `region` is {given}. Leave `region` out, or give an ARN of {given}.");
        return Err(Diagnostic::error("Region of another ARN", text).at(Path::attribute(REGION)));
    }
    let region = given.or(arn).unwrap_or_else(|| session.aws.region());
    session
        .check_region(region)
        .map_err(|problem| Diagnostic::error("Unknown region", problem).at(Path::attribute(REGION)))?;
    Ok(region.to_owned())
}
