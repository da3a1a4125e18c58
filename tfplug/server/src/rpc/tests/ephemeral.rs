//! Ephemeral resources: checked, opened, renewed, closed; whatever fails, what closes them is not lost.

use super::*;

fn config(literal: &str) -> Option<proto::DynamicValue> {
    let service = service();
    inner(literal, service.ephemeral("toy_token").unwrap().resource.schema())
}

async fn opened(literal: &str) -> String {
    let check = proto::validate_ephemeral_resource_config::Request {
        type_name: "toy_token".into(),
        config: config(literal),
    };
    let service = service();
    let refused = told(&service.handle(check).await);
    if !refused.is_empty() {
        return format!("{literal}\n  refused {refused}");
    }
    let open = proto::open_ephemeral_resource::Request {
        type_name: "toy_token".into(),
        config: config(literal),
        client_capabilities: None,
    };
    let answer = service.handle(open).await;
    let ty = &service.ephemeral("toy_token").unwrap().value;
    let value = answer
        .result
        .as_ref()
        .map(|value| show(&msgpack::decode(&value.msgpack, ty).unwrap()));
    let private = answer.private.as_deref().map(String::from_utf8_lossy);
    let renewal = answer.renew_at.map(|time| time.seconds);
    format!(
        "{literal}\n  {value:?}, private {private:?}, renewed at {renewal:?} {}",
        told(&answer)
    )
}

#[tokio::test]
async fn opening() {
    let mut answers = Vec::new();
    for literal in [
        "{ }",
        "{ seconds = 5 }",
        "{ seconds = ? }",
        "{ seconds = -1 }",
        r#"{ secret = "mine" }"#,
        r#"{ behaviour = "fail" }"#,
        r#"{ behaviour = "incomplete" }"#,
        r#"{ behaviour = "panic_in_open" }"#,
    ] {
        answers.push(opened(literal).await);
    }
    insta::assert_snapshot!(answers.join("\n"));
}

#[tokio::test]
async fn renewing_and_closing() {
    let mut answers = Vec::new();
    for private in ["", "ann", "panic_in_renew", "panic_in_close"] {
        let private = private.as_bytes().to_vec();
        let renew = proto::renew_ephemeral_resource::Request {
            type_name: "toy_token".into(),
            private: Some(private.clone()),
        };
        let renewed = service().handle(renew).await;
        let close = proto::close_ephemeral_resource::Request {
            type_name: "toy_token".into(),
            private: Some(private.clone()),
        };
        let closed = service().handle(close).await;
        answers.push(format!(
            "{:?}\n  renewed {:?} at {:?} {}\n  closed {}",
            String::from_utf8_lossy(&private),
            renewed.private.as_deref().map(String::from_utf8_lossy),
            renewed.renew_at.map(|time| time.seconds),
            told(&renewed),
            told(&closed)
        ));
    }
    insta::assert_snapshot!(answers.join("\n"));
}
