//! Requests to hosts that are not AWS: their way, and what an answer may say.

use super::{server::Server, *};
use crate::web::{Request, Web};

fn request(url: &str) -> Request {
    Request {
        method: "POST",
        url: url.to_owned(),
        headers: vec![("authorization", "Bearer canary-token".to_owned())],
        body: "{}".to_owned(),
        secrets: vec!["canary-token".to_owned()],
    }
}

#[tokio::test]
async fn hosts_are_called_through_the_proxy_of_the_environment() {
    let proxy = Server::start(|_| (200, "ok".to_owned())).await;
    let variables = [
        ("HTTP_PROXY", proxy.address.as_str()),
        ("AWS_CA_BUNDLE", "no-such-file"),
    ];
    let web = Web::of(&Environment::of(&variables)).unwrap();
    let answer = web.send(request("http://hooks.test/a/b?c=d")).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    assert_eq!(proxy.lines(), ["POST http://hooks.test/a/b?c=d"]);
    assert_eq!(proxy.asked()[0].header("authorization"), "Bearer canary-token");
    let wrong = Web::of(&Environment::of(&[("HTTPS_PROXY", "socks5://canary@h")])).unwrap_err();
    assert_eq!(wrong.summary, "Invalid proxy");
    assert!(!wrong.detail.contains("canary"), "{wrong}");
}

#[tokio::test]
async fn an_answer_is_taken_as_it_is_but_for_secrets() {
    let server = Server::start(|asked| match asked.line() {
        "POST /moved" => (302, "elsewhere".to_owned()),
        _ => (400, format!("bad {}", asked.header("authorization"))),
    })
    .await;
    let web = Web::of(&Environment::of(&[])).unwrap();
    let moved = web.send(request(&format!("{}/moved", server.url()))).await.unwrap();
    assert_eq!((moved.status, moved.body.as_str()), (302, "elsewhere"));
    let refused = web.send(request(&server.url())).await.unwrap();
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (400, "bad Bearer (sensitive value)")
    );
    assert_eq!(server.lines(), ["POST /moved", "POST /"]);
    assert_eq!(
        format!("{:?}", request("http://h/canary")),
        "Request { method: \"POST\", .. }"
    );
}
