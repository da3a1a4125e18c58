//! From tracing's events and spans to lines: who is speaking, at which level, with which fields.

use serde_json::{Map, Value};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_subscriber::{
    layer::{Context, Layer},
    registry::LookupSpan,
};

use super::{levels::Levels, line};

/// Field in which tracing keeps the text of an event.
const MESSAGE: &str = "message";

/// The code that a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Provider,
    Proto,
    Framework,
    Foreign,
}

/// Names that the log uses for the crates of this process.
#[derive(Clone, Debug)]
pub(super) struct Modules {
    provider: String,
    crates: Vec<String>,
}

impl Modules {
    /// `crates` are those whose lines are the provider's own.
    pub(super) fn new(provider: &str, crates: &[&'static str]) -> Self {
        Self {
            provider: provider.to_owned(),
            crates: crates.iter().map(|name| name.replace('-', "_")).collect(),
        }
    }

    fn origin(&self, target: &str) -> Origin {
        match target.split("::").next().unwrap_or_default() {
            "tfplug_server" => Origin::Proto,
            "tfplug_core" => Origin::Framework,
            name if self.crates.iter().any(|known| known == name) => Origin::Provider,
            _ => Origin::Foreign,
        }
    }

    /// The provider's modules stand below its own name, as users know it from other providers.
    fn name(&self, target: &str) -> String {
        match self.origin(target) {
            Origin::Provider => std::iter::once(self.provider.as_str())
                .chain(target.split("::").skip(1))
                .collect::<Vec<_>>()
                .join("."),
            Origin::Proto => "sdk.proto".to_owned(),
            Origin::Framework => "sdk.framework".to_owned(),
            Origin::Foreign => target.replace("::", "."),
        }
    }
}

/// Writes one JSON object per event.
pub(super) struct JsonLines<W> {
    modules: Modules,
    levels: Levels,
    write: W,
}

impl<W: Fn(&[u8])> JsonLines<W> {
    pub(super) fn new(modules: Modules, levels: Levels, write: W) -> Self {
        Self { modules, levels, write }
    }

    fn is_foreign(&self, metadata: &Metadata<'_>) -> bool {
        self.modules.origin(metadata.target()) == Origin::Foreign
    }

    fn wanted(&self, metadata: &Metadata<'_>) -> bool {
        let lowest = match self.modules.origin(metadata.target()) {
            Origin::Provider => self.levels.provider,
            Origin::Proto => self.levels.proto,
            Origin::Framework => self.levels.framework,
            Origin::Foreign => self.levels.foreign,
        };
        *metadata.level() <= lowest
    }
}

/// Fields of a span, kept with it.
struct SpanFields(Map<String, Value>);

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + 'static,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wanted(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.wanted(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let Levels {
            provider,
            proto,
            framework,
            foreign,
        } = self.levels;
        Some(provider.max(proto).max(framework).max(foreign))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields(Map::new());
        if !self.is_foreign(attributes.metadata()) {
            attributes.record(&mut fields);
        }
        span.extensions_mut().insert(SpanFields(fields.0));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| !self.is_foreign(span.metadata())) else {
            return;
        };
        let mut fields = Fields(Map::new());
        values.record(&mut fields);
        if let Some(known) = span.extensions_mut().get_mut::<SpanFields>() {
            known.0.extend(fields.0);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields(Map::new());
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            if let Some(known) = span.extensions().get::<SpanFields>() {
                fields.0.extend(known.0.clone());
            }
        }
        // A span may have a field of that name; it is not this event's text.
        fields.0.remove(MESSAGE);
        if self.is_foreign(event.metadata()) {
            fields.put_text(left_out(event.metadata()));
        } else {
            event.record(&mut fields);
        }
        let message = match fields.0.remove(MESSAGE) {
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => event.metadata().name().to_owned(),
        };
        let module = self.modules.name(event.metadata().target());
        let head = line::Head {
            level: level_name(*event.metadata().level()),
            message: &message,
            module: &module,
        };
        (self.write)(&line::format(&head, fields.0));
    }
}

/// The line that is written instead of a library's words. They may hold whatever the library was given or has read: a
/// request with its token, what a program has written. Module and line lead to the words.
fn left_out(metadata: &Metadata<'_>) -> String {
    let line = metadata.line().map_or_else(|| "?".to_owned(), |line| line.to_string());
    format!("a library says something in line {line} of this module; its text is left out, because it may hold secrets")
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    }
}

/// Collects fields as JSON.
struct Fields(Map<String, Value>);

impl Fields {
    fn put_text(&mut self, text: String) {
        self.0.insert(MESSAGE.to_owned(), text.into());
    }

    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        // Names with `@` belong to the line itself.
        let name = field.name().trim_start_matches('@');
        self.0.insert(name.to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// The lines that `work` logs at the levels of `variables`, one object per line without its time.
    fn check(variables: &[(&str, &str)], work: impl FnOnce()) -> String {
        let written = Arc::new(Mutex::new(String::new()));
        let levels = Levels::read("toy", |name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        });
        let sink = Arc::clone(&written);
        let layer = JsonLines::new(Modules::new("toy", &["toy-things"]), levels, move |bytes: &[u8]| {
            sink.lock().unwrap().push_str(std::str::from_utf8(bytes).unwrap());
        });
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), work);
        let written = written.lock().unwrap();
        let lines = written.lines().map(|line| {
            let mut line: Map<String, Value> = serde_json::from_str(line).unwrap();
            assert!(line.remove("@timestamp").is_some_and(|time| time.is_string()));
            Value::Object(line).to_string()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_origin_has_its_module_and_level() {
        let log = check(&[("TF_LOG", "TRACE")], || {
            tracing::trace!(target: "toy_things::remote::call", "asked");
            tracing::info!(target: "toy_things", "started");
            tracing::debug!(target: "tfplug_server::rpc", "received");
            tracing::debug!(target: "tfplug_core::pipeline", "planned");
            tracing::info!(target: "hyper::client", "secret body");
            tracing::warn!(target: "hyper::client", token = "secret", "lost");
            let _entered = tracing::warn_span!(target: "hyper::client", "span", token = "secret").entered();
            tracing::warn!(target: "toy_things", "ended");
        });
        assert!(!log.contains("secret\""), "{log}");
        let log = log.replace(|char: char| char.is_ascii_digit(), "");
        insta::assert_snapshot!(log, @r#"
        {"@level":"trace","@message":"asked","@module":"toy.remote.call"}
        {"@level":"info","@message":"started","@module":"toy"}
        {"@level":"debug","@message":"received","@module":"sdk.proto"}
        {"@level":"debug","@message":"planned","@module":"sdk.framework"}
        {"@level":"warn","@message":"a library says something in line  of this module; its text is left out, because it may hold secrets","@module":"hyper.client"}
        {"@level":"warn","@message":"ended","@module":"toy"}
        "#);
    }

    #[test]
    fn without_a_variable_only_warnings_are_written() {
        let log = check(&[], || {
            tracing::info!(target: "toy_things", "started");
            tracing::error!(target: "toy_things", "failed");
        });
        insta::assert_snapshot!(log, @r#"{"@level":"error","@message":"failed","@module":"toy"}"#);
    }

    #[test]
    fn fields_come_from_the_event_and_its_spans() {
        let log = check(&[("TF_LOG", "INFO")], || {
            let rpc =
                tracing::info_span!(target: "tfplug_server::rpc", "rpc", tf_rpc = "Plan", late = tracing::field::Empty);
            let _entered = rpc.enter();
            rpc.record("late", 3);
            tracing::info!(target: "toy_things", count = 7_u64, ratio = 0.5, ok = true, name = "a\"b", odd = ?Some(1), "text");
        });
        insta::assert_snapshot!(log, @r#"{"@level":"info","@message":"text","@module":"toy","count":7,"late":3,"name":"a\"b","odd":"Some(1)","ok":true,"ratio":0.5,"tf_rpc":"Plan"}"#);
    }

    #[test]
    fn the_message_is_always_a_string() {
        let log = check(&[("TF_LOG", "INFO")], || {
            tracing::info!(target: "toy_things", message = 5);
            tracing::info!(target: "toy_things", { "@level" = 5, "@message" = false }, "text");
            tracing::info!(target: "toy_things", only = "fields");
        });
        assert_eq!(log.lines().count(), 3);
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            assert!(line["@message"].is_string() && line["@level"] == "info", "{line}");
        }
    }
}
