//! The action `toy_jump`, which jumps as many times as `times` says, and fails on demand.

use tfplug_core::{
    Action, Attribute, BoxFuture, Cancel, Diagnostic, Diagnostics, Mode, Path, Schema, Sink, Type, Value,
};

use super::shared::{behaviour, fail, schema};

pub(super) struct Jump(Schema);

impl Jump {
    pub(super) fn new() -> Self {
        let attributes = vec![
            Attribute::new("times", Type::Number, Mode::Required, "How often."),
            Attribute::new("behaviour", Type::String, Mode::Optional, "What goes wrong."),
        ];
        Self(schema(0, attributes, Vec::new()))
    }
}

impl Action for Jump {
    fn type_name(&self) -> &'static str {
        "toy_jump"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("times").as_i64() {
            Some(times) if times < 0 => Diagnostic::error("Negative number", format!("The number is {times}."))
                .at(Path::attribute("times"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    fn plan<'a>(&'a self, config: Value, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            match (behaviour(&config), config.get("times").as_i64()) {
                ("panic_in_plan", _) => fail("no planning today"),
                (_, Some(0)) => Diagnostic::warning("Nothing to do", "It does not jump.")
                    .at(Path::attribute("times"))
                    .into(),
                _ => Diagnostics::new(),
            }
        })
    }

    fn invoke<'a>(
        &'a self,
        config: Value,
        progress: &'a dyn Sink<String>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            let times = config.get("times").as_i64().unwrap_or_default();
            for jump in 1..=times {
                progress.send(format!("jump {jump} of {times}")).await;
            }
            match behaviour(&config) {
                "panic" => fail("no jumping today"),
                "escape" => {
                    progress.send("\u{1b}[31m\n::error::a".to_owned()).await;
                    Diagnostics::new()
                }
                "jump_until_alone" => {
                    while progress.send("jump".to_owned()).await {}
                    tracing::debug!("Alone");
                    progress.send("landing".to_owned()).await;
                    Diagnostic::error("Fell", "It fell when it was alone.").into()
                }
                "fail" => Diagnostic::error("Fell", "It fell.")
                    .at(Path::attribute("times"))
                    .into(),
                "wait_for_stop" => {
                    cancel.cancelled().await;
                    progress.send("landing".to_owned()).await;
                    Diagnostic::error("Interrupted", "It is still in the air.").into()
                }
                _ => Diagnostics::new(),
            }
        })
    }
}
