//! Calls of functions: good ones, and each way to break a signature from either side.

use super::*;

/// One argument on the wire.
fn argument(literal: &str, ty: &Type) -> proto::DynamicValue {
    let value = parse(literal).unwrap();
    let value = match ty {
        Type::Dynamic if value.is_present() => {
            let inner = Type::list(Type::String);
            return argument_of(&Value::Dynamic(Box::new((inner, value))), ty);
        }
        _ => value,
    };
    argument_of(&value, ty)
}

fn argument_of(value: &Value, ty: &Type) -> proto::DynamicValue {
    raw(&msgpack::encode(value, ty).unwrap()).unwrap()
}

fn texts(literals: &[&str]) -> Vec<proto::DynamicValue> {
    literals
        .iter()
        .map(|literal| argument(literal, &Type::String))
        .collect()
}

/// The result, or the error with the position of its argument.
async fn called(name: &str, arguments: Vec<proto::DynamicValue>) -> String {
    let ty = if name == "first" { Type::Dynamic } else { Type::String };
    let name = name.to_owned();
    let answer = service()
        .handle(proto::call_function::Request { name, arguments })
        .await;
    match (answer.result, answer.error) {
        (Some(result), None) => show(&msgpack::decode(&result.msgpack, &ty).unwrap()),
        (None, Some(error)) => format!("error {:?}: {}", error.function_argument, error.text),
        other => panic!("not exactly one of result and error: {other:?}"),
    }
}

#[tokio::test]
async fn arguments_are_read_by_their_parameters() {
    let empty = proto::DynamicValue::default();
    let json = proto::DynamicValue {
        json: br#""x""#.to_vec(),
        msgpack: Vec::new(),
    };
    let dynamic = |literal| vec![argument(literal, &Type::Dynamic)];
    let answers = [
        called("joined", texts(&[r#"".""#])).await,
        called("joined", texts(&[r#"".""#, r#""a""#, "null", r#""b""#])).await,
        // Null is nothing at all to one client.
        called("joined", vec![texts(&[r#"".""#]).remove(0), empty.clone(), json]).await,
        called("first", dynamic(r#"["a", "b"]"#)).await,
        called("first", dynamic("null")).await,
        called("first", vec![empty.clone()]).await,
        called("first", dynamic("?")).await,
        called("first", dynamic("[?]")).await,
        called("misbehaved", texts(&[r#""no""#])).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    ""
    "a.b"
    "x"
    any("a")
    null
    null
    ?
    any(?)
    "no"
    "#);
}

#[tokio::test]
async fn arguments_that_break_the_signature() {
    let empty = proto::DynamicValue::default();
    let null_of_a_type = Value::Dynamic(Box::new((Type::String, Value::Null)));
    let wrong = Value::Dynamic(Box::new((Type::String, Value::from("a"))));
    let list = || argument(r#"["a"]"#, &Type::list(Type::String));
    let answers = [
        called("sum", Vec::new()).await,
        called("joined", Vec::new()).await,
        called("misbehaved", texts(&[r#""a""#, r#""b""#, r#""c""#])).await,
        called("joined", texts(&["null", r#""a""#])).await,
        called("joined", vec![empty]).await,
        called("joined", texts(&["?"])).await,
        called("joined", texts(&[r#"".""#, r#""a""#, "?"])).await,
        called("joined", vec![texts(&[r#"".""#]).remove(0), list()]).await,
        called("joined", vec![raw(b"\xc1").unwrap()]).await,
        called("first", vec![argument_of(&wrong, &Type::Dynamic)]).await,
        called("first", vec![argument_of(&null_of_a_type, &Type::Dynamic)]).await,
        called("first", vec![argument("[]", &Type::Dynamic)]).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    error None: This provider has no function `sum`. It has `first`, `joined`, `misbehaved`
    error None: The function `joined` was called with no argument; it takes 1 or more. Give it `separator`, too
    error Some(1): The function `misbehaved` was called with 3 arguments; it takes 1. Remove the arguments from this one on
    error Some(0): The argument `separator` is null. Give it a value, for example with `coalesce`
    error Some(0): The argument `separator` is null. Give it a value, for example with `coalesce`
    error Some(0): The argument `separator` is not known yet, and the function needs it. The client should have waited until it is known; this is a bug in the client
    error Some(2): The argument `text` is not known yet, and the function needs it. The client should have waited until it is known; this is a bug in the client
    error Some(1): The argument `text` is not what the function takes: expected string, got an array of 1. Give it a value of the type string
    error Some(0): The argument `separator` is not what the function takes: malformed msgpack: the byte 0xc1 means nothing. Give it a value of the type string
    error Some(0): The value is of the type string, not a list
    error Some(0): The value is of the type string, not a list
    error Some(0): The list is empty
    "#);
}

#[tokio::test]
async fn functions_that_break_their_signature() {
    let mut answers = Vec::new();
    for how in ["panic", "number", "unknown", "silence", "escape", "dots"] {
        answers.push(called("misbehaved", texts(&[&format!("{how:?}")])).await);
    }
    insta::assert_snapshot!(answers.join("\n"), @r#"
    error None: CallFunction stopped with an internal error: no calling today. This is a bug in the provider; please report it together with the stack trace
    error None: The function `misbehaved` gave a value of another type than it declares: expected string, got a number. This is a bug in the provider; please report it
    error None: The function `misbehaved` gave a value that is not known, although all arguments are. This is a bug in the provider; please report it
    error None: The function failed without a reason. This is a bug in the provider; please report it
    error None: \u{1b}[31m
    error None: And so on...
    "#);
}

#[tokio::test]
async fn the_client_is_told_of_each_function() {
    let answer = service().handle(proto::get_functions::Request {}).await;
    let schema = service().handle(proto::get_provider_schema::Request {}).await;
    assert_eq!(answer.functions, schema.functions);
    let names = service().handle(proto::get_metadata::Request {}).await;
    let mut names: Vec<&str> = names.functions.iter().map(|function| function.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, schema.functions.keys().collect::<Vec<_>>());
    let lines = answer.functions.iter().map(|(name, function)| {
        let parameters = function.parameters.iter().chain(&function.variadic_parameter);
        let parameters: Vec<String> = parameters.map(parameter).collect();
        let result = String::from_utf8_lossy(&function.r#return.as_ref().unwrap().r#type).into_owned();
        let (summary, kind) = (&function.summary, function.description_kind().as_str_name());
        let (text, old) = (&function.description, &function.deprecation_message);
        format!(
            "{name}({}) {result}: {summary} {text} {kind} {old}",
            parameters.join(", ")
        )
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    first(list "dynamic" null true unknown true) "dynamic": The toy first. The *toy* first. MARKDOWN 
    joined(separator "string" null false unknown false, text "string" null true unknown false) "string": The toy joined. The *toy* joined. MARKDOWN 
    misbehaved(how "string" null false unknown false) "string": The toy misbehaved. The *toy* misbehaved. MARKDOWN Behave.
    "#);
}

fn parameter(parameter: &proto::function::Parameter) -> String {
    let ty = String::from_utf8_lossy(&parameter.r#type);
    let (name, null, unknown) = (
        &parameter.name,
        parameter.allow_null_value,
        parameter.allow_unknown_values,
    );
    format!("{name} {ty} null {null} unknown {unknown}")
}
