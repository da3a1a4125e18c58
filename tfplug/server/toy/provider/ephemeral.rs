//! The ephemeral resource `toy_token`, which counts its renewals, and fails on demand.

use std::time::{Duration, SystemTime};

use tfplug_core::{
    Attribute, BoxFuture, Cancel, Diagnostic, Diagnostics, EphemeralResource, Mode, Path, Schema, Type, Value,
    ephemeral::{OpenResponse, RenewResponse},
};

use super::shared::{behaviour, fail, schema};

pub(super) struct Token(Schema);

impl Token {
    pub(super) fn new() -> Self {
        let attributes = vec![
            Attribute::new("seconds", Type::Number, Mode::Optional, "Time to the renewal.").default_value(60),
            Attribute::new("behaviour", Type::String, Mode::Optional, "What goes wrong."),
            Attribute::new("secret", Type::String, Mode::Computed, "The token."),
        ];
        Self(schema(0, attributes, Vec::new()))
    }
}

/// The time of the renewals, so long after 1970.
fn after(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

impl EphemeralResource for Token {
    fn type_name(&self) -> &'static str {
        "toy_token"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("seconds").as_i64() {
            Some(seconds) if seconds < 0 => Diagnostic::error("Negative time", format!("The time is {seconds}."))
                .at(Path::attribute("seconds"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    fn open<'a>(&'a self, mut config: Value, _: &'a Cancel) -> BoxFuture<'a, OpenResponse> {
        Box::pin(async move {
            let asked = behaviour(&config).to_owned();
            let seconds = config.get("seconds").as_i64().unwrap_or_default();
            let mut opened = OpenResponse {
                private: asked.clone().into_bytes(),
                renew_at: u64::try_from(seconds).ok().map(after),
                ..OpenResponse::default()
            };
            config.insert("secret", "open sesame".into());
            match asked.as_str() {
                "panic_in_open" => fail("no opening today"),
                "fail" => opened.diagnostics.error("Still closed", "It does not open."),
                "incomplete" => config.insert("secret", Value::Unknown),
                _ => (),
            }
            opened.result = config;
            opened
        })
    }

    fn renew<'a>(&'a self, mut private: Vec<u8>, _: &'a Cancel) -> BoxFuture<'a, RenewResponse> {
        Box::pin(async move {
            assert_ne!(private, b"panic_in_renew", "no renewing today");
            private.push(b'+');
            let seconds = private.len() as u64;
            RenewResponse {
                private,
                renew_at: Some(after(seconds)),
                ..RenewResponse::default()
            }
        })
    }

    fn close<'a>(&'a self, private: Vec<u8>, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            match private.as_slice() {
                b"panic_in_close" => fail("no closing today"),
                b"" | b"+" => Diagnostics::new(),
                other => Diagnostic::warning("Closed", String::from_utf8_lossy(other)).into(),
            }
        })
    }
}
