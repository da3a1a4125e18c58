//! Values on the wire. Every failure names the value, the type it belongs to and the attribute.

use tfplug_core::{
    DecodeError, Diagnostic, Diagnostics, EncodeError, Path, Type, Value,
    json::{self, Extra, Json},
    msgpack,
};

use crate::proto::tfplugin6 as proto;

/// The value of a message field. An absent message and an empty one are null.
///
/// `what` says which value it is, for the diagnostic: "prior state of `ecs_daemon`".
pub(crate) fn decode(value: Option<&proto::DynamicValue>, ty: &Type, what: &str) -> Result<Value, Diagnostics> {
    read(value, ty).map_err(|unread| unread.diagnostics(what))
}

/// The same; the failure is only its reason, with the place in the value before it.
pub(crate) fn decode_as(value: Option<&proto::DynamicValue>, ty: &Type) -> Result<Value, String> {
    read(value, ty).map_err(|unread| unread.reason)
}

/// The same for what a user has written, who may have written a number that nobody can use.
pub(crate) fn decode_config(value: Option<&proto::DynamicValue>, ty: &Type, what: &str) -> Result<Value, Diagnostics> {
    read(value, ty).map_err(|unread| {
        if !unread.is_unusable_number {
            return unread.diagnostics(what);
        }
        let Unread { path, reason, .. } = unread;
        let text = format!("The {what} has a value that cannot be used: {reason}. Give the argument a finite number.");
        Diagnostic::error("Invalid number", text).at(path).into()
    })
}

/// The place at which a value cannot be read, and the reason.
struct Unread {
    path: Path,
    reason: String,
    is_unusable_number: bool,
}

impl Unread {
    fn diagnostics(&self, what: &str) -> Diagnostics {
        unreadable(what, &self.path, &self.reason)
    }
}

impl From<DecodeError> for Unread {
    fn from(error: DecodeError) -> Self {
        Self {
            path: error.path(),
            reason: error.to_string(),
            is_unusable_number: error.is_unusable_number(),
        }
    }
}

fn read(value: Option<&proto::DynamicValue>, ty: &Type) -> Result<Value, Unread> {
    let Some(value) = value else { return Ok(Value::Null) };
    if !value.msgpack.is_empty() {
        return Ok(msgpack::decode(&value.msgpack, ty)?);
    }
    if value.json.is_empty() {
        return Ok(Value::Null);
    }
    Ok(json::decode(&Json::parse(&value.json)?, ty, Extra::Refuse)?)
}

/// The same value for the wire. A failure is a fault of the provider.
pub(crate) fn encode(value: &Value, ty: &Type, what: &str) -> Result<proto::DynamicValue, Diagnostics> {
    encode_as(value, ty).map_err(|error| {
        Diagnostic::error(
            "Provider produced a value of the wrong type",
            format!("The {what} does not fit the schema: {error}. This is a bug in the provider; please report it."),
        )
        .at(error.path())
        .into()
    })
}

/// The same; the failure is only its reason.
pub(crate) fn encode_as(value: &Value, ty: &Type) -> Result<proto::DynamicValue, EncodeError> {
    Ok(proto::DynamicValue {
        msgpack: msgpack::encode(value, ty)?,
        json: Vec::new(),
    })
}

/// The identity in a message; null where there is none or where the resource has no identity.
pub(crate) fn decode_identity(
    identity: Option<&proto::ResourceIdentityData>,
    ty: Option<&Type>,
    type_name: &str,
) -> Result<Value, Diagnostics> {
    let Some(ty) = ty else { return Ok(Value::Null) };
    let data = identity.and_then(|identity| identity.identity_data.as_ref());
    decode(data, ty, &format!("identity of `{type_name}`"))
}

/// The same identity for a message; absent when it is null.
pub(crate) fn encode_identity(
    identity: &Value,
    ty: Option<&Type>,
    type_name: &str,
) -> Result<Option<proto::ResourceIdentityData>, Diagnostics> {
    match ty {
        Some(ty) if !identity.is_null() => {
            let data = encode(identity, ty, &format!("identity of `{type_name}`"))?;
            Ok(Some(proto::ResourceIdentityData {
                identity_data: Some(data),
            }))
        }
        _ => Ok(None),
    }
}

/// The JSON of a stored state or identity, which may be of any version or even another provider's.
pub(crate) fn raw_state(raw: Option<&proto::RawState>, what: &str) -> Result<Json, Diagnostics> {
    let raw = raw.ok_or_else(|| unreadable(what, &Path::root(), "the client sent no value"))?;
    if raw.json.is_empty() && !raw.flatmap.is_empty() {
        return Err(Diagnostic::error(
            "State of an old Terraform version",
            format!(
                "The {what} is in the form that Terraform wrote before version 0.12. Apply once with Terraform 0.12 or \
                 newer and the provider that created it, then try again."
            ),
        )
        .into());
    }
    Json::parse(&raw.json).map_err(|error| unreadable(what, &Path::root(), &error.to_string()))
}

fn unreadable(what: &str, path: &Path, reason: &str) -> Diagnostics {
    Diagnostic::error(
        "Unreadable value received",
        format!(
            "The {what} that the client sent cannot be read: {reason}. The state may be damaged, or written by another \
             version of the provider; otherwise this is a bug in the client or the provider."
        ),
    )
    .at(path.clone())
    .into()
}
