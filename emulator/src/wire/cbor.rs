//! Bodies of the protocol `smithy-rpc-v2-cbor`, in which today's SDKs speak to `CloudWatch`: JSON with other bytes, and with
//! tags on points of time.

use bytes::Bytes;
use ciborium::Value as Cbor;
use serde_json::{Map, Number, Value};

use crate::model::{Kind, Model, Shape};

/// Tag of a point of time in seconds since 1970.
const EPOCH: u64 = 1;

/// The JSON of a body; none where it is no CBOR or has what JSON has not. The codec limits how deep a body nests.
pub(super) fn to_json(body: &[u8]) -> Option<Value> {
    if body.is_empty() {
        return Some(Value::Object(Map::new()));
    }
    let mut rest = body;
    let value: Cbor = ciborium::from_reader(&mut rest).ok()?;
    json(value).filter(|_| rest.is_empty())
}

fn json(value: Cbor) -> Option<Value> {
    Some(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(flag) => flag.into(),
        Cbor::Text(text) => text.into(),
        Cbor::Integer(integer) => i64::try_from(integer).ok()?.into(),
        Cbor::Float(float) => Number::from_f64(float)?.into(),
        Cbor::Tag(EPOCH, time) => json(*time)?,
        Cbor::Array(elements) => elements.into_iter().map(json).collect::<Option<Vec<_>>>()?.into(),
        Cbor::Map(members) => {
            let member = |(name, value): (Cbor, Cbor)| Some((name.into_text().ok()?, json(value)?));
            members.into_iter().map(member).collect::<Option<Map<_, _>>>()?.into()
        }
        _ => return None,
    })
}

/// The body of a value of a shape.
pub(super) fn body(model: &Model, shape: &str, value: &Value) -> Bytes {
    let mut bytes = Vec::new();
    let value = cbor(model, model.shape(shape), value);
    // Writing to memory does not fail.
    let written = ciborium::into_writer(&value, &mut bytes);
    Bytes::from(written.map_or_else(|_| Vec::new(), |()| bytes))
}

/// The body of a refusal.
pub(super) fn refusal(kind: &str, message: &str) -> Bytes {
    let text = |text: &str| Cbor::Text(text.to_owned());
    let members = vec![
        (text("__type"), text(&format!("com.amazonaws.cloudwatch#{kind}"))),
        (text("message"), text(message)),
    ];
    let mut bytes = Vec::new();
    let written = ciborium::into_writer(&Cbor::Map(members), &mut bytes);
    Bytes::from(written.map_or_else(|_| Vec::new(), |()| bytes))
}

fn cbor(model: &Model, shape: Option<&Shape>, value: &Value) -> Cbor {
    let kind = shape.map(|shape| shape.kind);
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(flag) => Cbor::Bool(*flag),
        Value::String(text) => Cbor::Text(text.clone()),
        Value::Number(number) => {
            let float = || Cbor::Float(number.as_f64().unwrap_or_default());
            match (kind, number.as_i64()) {
                (Some(Kind::Timestamp), _) => Cbor::Tag(EPOCH, Box::new(float())),
                (Some(Kind::Double), _) | (_, None) => float(),
                (_, Some(integer)) => Cbor::Integer(integer.into()),
            }
        }
        Value::Array(elements) => {
            let element = shape.and_then(|shape| model.shape(&shape.element));
            Cbor::Array(elements.iter().map(|each| cbor(model, element, each)).collect())
        }
        Value::Object(members) => {
            let of = |name: &str| model.shape(shape?.members.get(name)?);
            let member = |(name, value): (&String, &Value)| (Cbor::Text(name.clone()), cbor(model, of(name), value));
            Cbor::Map(members.iter().map(member).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{body, to_json};
    use crate::model::Model;

    #[test]
    fn what_is_written_is_read_again() {
        let model = Model::cloudwatch().unwrap();
        let alarm = json!({
            "AlarmName": "a", "Threshold": 1.5, "Period": 60, "ActionsEnabled": true, "OKActions": [],
            "StateUpdatedTimestamp": 1_767_225_600.5,
        });
        let value = json!({ "MetricAlarms": [alarm], "NextToken": null });
        let written = body(model, "DescribeAlarmsOutput", &value);
        assert_eq!(to_json(&written), Some(value));
        // Tag 1 and a float of 64 bits.
        assert!(written.windows(2).any(|two| two == [0xc1, 0xfb]), "{written:x?}");
    }

    #[test]
    fn what_is_no_cbor_or_has_no_json_is_not_read() {
        let check =
            |bytes: &[u8], expected: Option<serde_json::Value>| assert_eq!(to_json(bytes), expected, "{bytes:x?}");
        check(b"", Some(json!({})));
        check(b"\xa0", Some(json!({})));
        check(b"\xbf\x61a\x18\x64\x61b\xf4\xff", Some(json!({ "a": 100, "b": false })));
        check(b"{}", None);
        check(b"\xa0\xa0", None);
        check(b"\xa1\x01\x02", None);
        check(b"\xa1\x61a\x41\x00", None);
        check(b"\xa1\x61a\xf9\x7e\x00", None);
        check(&vec![0x81; 100_000], None);
        check(b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", None);
    }
}
