//! The query protocol in which older SDKs speak to `CloudWatch`: forms of dotted names as requests, XML as answers. Both are
//! read and written by the shapes of the service model, since the forms themselves know texts only.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bytes::Bytes;
use serde_json::{Map, Number, Value};

use super::urlencoded;
use super::xml::escape_xml;
use crate::model::{Kind, Model, Shape};
use crate::timestamp;

/// Namespace of the documents.
pub(super) const NAMESPACE: &str = "http://monitoring.amazonaws.com/doc/2010-08-01/";

type Fields = BTreeMap<String, String>;

/// The JSON of a form. What does not fit its shape stays the text that it is, so that the check of shapes tells of it.
pub(super) fn to_json(model: &Model, operation: &str, body: &[u8]) -> Value {
    let fields: Fields = urlencoded::fields(body).into_iter().collect();
    let shape = model
        .operation(operation)
        .and_then(|operation| model.shape(&operation.input));
    match shape {
        Some(shape) => Value::Object(structure(model, shape, &fields, "")),
        None => Value::Object(Map::new()),
    }
}

/// True if a field has the name, or a name below it.
fn is_given(fields: &Fields, name: &str) -> bool {
    let below = format!("{name}.");
    let mut from = fields.range(below.clone()..);
    fields.contains_key(name) || from.next().is_some_and(|(first, _)| first.starts_with(&below))
}

fn structure(model: &Model, shape: &Shape, fields: &Fields, prefix: &str) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, of) in &shape.members {
        let field = format!("{prefix}{name}");
        if let Some(of) = model.shape(of).filter(|_| is_given(fields, &field)) {
            members.insert(name.clone(), value(model, of, fields, &field));
        }
    }
    members
}

fn value(model: &Model, shape: &Shape, fields: &Fields, name: &str) -> Value {
    match shape.kind {
        Kind::Structure => structure(model, shape, fields, &format!("{name}.")).into(),
        Kind::List => list(model, shape, fields, &format!("{name}.member.")),
        kind => scalar(kind, fields.get(name).map(String::as_str).unwrap_or_default()),
    }
}

/// The elements of a list in the order of their numbers. A list without any is given as an empty text.
fn list(model: &Model, shape: &Shape, fields: &Fields, prefix: &str) -> Value {
    let Some(element) = model.shape(&shape.element) else {
        return Value::Array(Vec::new());
    };
    let here = fields.range(prefix.to_owned()..);
    let here = here.take_while(|(name, _)| name.starts_with(prefix));
    let numbers: BTreeSet<u32> = here
        .filter_map(|(name, _)| name[prefix.len()..].split('.').next()?.parse().ok())
        .collect();
    let each = |number: u32| value(model, element, fields, &format!("{prefix}{number}"));
    numbers.into_iter().map(each).collect()
}

fn scalar(kind: Kind, text: &str) -> Value {
    let parsed = match kind {
        Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
        Kind::Integer | Kind::Long => text.parse::<i64>().ok().map(Value::from),
        Kind::Double => text.parse().ok().and_then(Number::from_f64).map(Value::from),
        Kind::Timestamp => {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of our time fit into 53 bits")]
            let seconds = timestamp::parse(text).ok().map(|ms| ms as f64 / 1000.0);
            seconds.and_then(Number::from_f64).map(Value::from)
        }
        _ => None,
    };
    parsed.unwrap_or_else(|| text.into())
}

/// The document of an answer. An operation that answers nothing has no result in it.
pub(super) fn document(model: &Model, operation: &str, answer: &Value, request_id: &str) -> Bytes {
    let mut xml = String::new();
    let shapes = model.operation(operation);
    let shape = shapes.and_then(|shapes| model.shape(&shapes.output));
    if let Some(shape) = shape.filter(|_| shapes.is_some_and(|shapes| shapes.output != "Nothing")) {
        let mut result = String::new();
        write_xml(model, shape, answer, &mut result);
        let _ = write!(xml, "<{operation}Result>{result}</{operation}Result>");
    }
    Bytes::from(format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\">{xml}<ResponseMetadata><RequestId>{request_id}</RequestId>\
         </ResponseMetadata></{operation}Response>"
    ))
}

fn write_xml(model: &Model, shape: &Shape, value: &Value, xml: &mut String) {
    let mut element = |name: &str, of: &str, value: &Value| {
        if let Some(of) = model.shape(of).filter(|_| !value.is_null()) {
            let _ = write!(xml, "<{name}>");
            write_xml(model, of, value, xml);
            let _ = write!(xml, "</{name}>");
        }
    };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                element(name, shape.members.get(name).map_or("", String::as_str), value);
            }
        }
        Value::Array(elements) => {
            for value in elements {
                element("member", &shape.element, value);
            }
        }
        Value::Number(number) if shape.kind == Kind::Timestamp => {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds of any year fit")]
            let ms = (number.as_f64().unwrap_or_default() * 1000.0).round() as i64;
            xml.push_str(&timestamp::render(ms));
        }
        Value::String(text) => xml.push_str(&escape_xml(&printable(text))),
        other => {
            let _ = write!(xml, "{other}");
        }
    }
}

/// A text without the control characters that no XML document can have.
fn printable(text: &str) -> String {
    let allowed = |character: char| !character.is_control() || matches!(character, '\t' | '\n' | '\r');
    let kept = |character: char| {
        if allowed(character) {
            character
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    text.chars().map(kept).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{document, to_json};
    use crate::model::Model;

    #[test]
    fn forms_are_read_by_their_shapes() {
        let model = Model::cloudwatch().unwrap();
        let read = |operation: &str, form: &str| to_json(model, operation, form.as_bytes()).to_string();
        insta::assert_snapshot!(
            read("PutMetricAlarm", "Action=PutMetricAlarm&AlarmName=a%26b&Threshold=1.5&Period=60&ActionsEnabled=false&OKActions=\
                &Dimensions.member.2.Name=y&Dimensions.member.1.Name=x&Dimensions.member.1.Value=1&Dimensions.member.10.Name=z"),
            @r#"{"ActionsEnabled":false,"AlarmName":"a&b","Dimensions":[{"Name":"x","Value":"1"},{"Name":"y"},{"Name":"z"}],"OKActions":[],"Period":60,"Threshold":1.5}"#
        );
        insta::assert_snapshot!(read("PutMetricAlarm", "Period=x&Unknown.a.b=1&Metrics.member.x.Id=1"), @r#"{"Metrics":[],"Period":"x"}"#);
        insta::assert_snapshot!(read("Unknown", "AlarmName=a"), @"{}");
    }

    #[test]
    fn answers_are_written_by_their_shapes() {
        let model = Model::cloudwatch().unwrap();
        let alarm = json!({ "AlarmName": "a<b\u{0}", "Threshold": 1.5, "StateUpdatedTimestamp": 1_767_225_600.5, "OKActions": ["x"] });
        let write = |operation: &str, answer: serde_json::Value| {
            String::from_utf8(document(model, operation, &answer, "id").to_vec()).unwrap()
        };
        insta::assert_snapshot!(write("DescribeAlarms", json!({ "MetricAlarms": [alarm] })), @r#"<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><DescribeAlarmsResult><MetricAlarms><member><AlarmName>a&lt;b�</AlarmName><OKActions><member>x</member></OKActions><StateUpdatedTimestamp>2026-01-01T00:00:00.500Z</StateUpdatedTimestamp><Threshold>1.5</Threshold></member></MetricAlarms></DescribeAlarmsResult><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DescribeAlarmsResponse>"#);
        insta::assert_snapshot!(write("DeleteAlarms", json!({})), @r#"<DeleteAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></DeleteAlarmsResponse>"#);
    }
}
