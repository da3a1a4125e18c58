//! The caller's name: products that the user appends to the user agent, to find calls again in
//! `CloudTrail`.

use aws_sdk_ecs::config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextMut};
use aws_smithy_runtime_api::box_error::BoxError;

use super::{
    environment::Environment,
    problem::{Argument, Problem},
    settings::Settings,
};

const ARGUMENT: &str = "user_agent";
const VARIABLE: &str = "TF_APPEND_USER_AGENT";
const HEADER: &str = "user-agent";

/// Appends text to the user agent of every request. The header is not signed, so that it can be
/// changed as late as this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Appended(String);

impl Appended {
    /// The products that the settings and the environment append, in this order.
    pub(super) fn new(settings: &Settings, environment: &Environment) -> Result<Self, Problem> {
        let mut products = Vec::new();
        for (index, product) in settings.user_agent.iter().enumerate() {
            let source = format!("Element {index} of `{ARGUMENT}`");
            let product = checked(product, &source);
            products.push(product.map_err(|problem| problem.at(Argument::named(ARGUMENT).index(index)))?);
        }
        if let Some(text) = environment.text(VARIABLE) {
            products.push(checked(&text, &format!("The environment variable {VARIABLE}"))?);
        }
        products.retain(|product| !product.is_empty());
        Ok(Self(products.join(" ")))
    }
}

fn checked(text: &str, source: &str) -> Result<String, Problem> {
    if is_header_text(text) {
        return Ok(text.trim().to_owned());
    }
    let shown: String = text.chars().flat_map(char::escape_debug).collect();
    Err(Problem::new(
        "Invalid user agent",
        format!("{source} is `{shown}`, but a user agent can hold only printable ASCII characters."),
    ))
}

/// True if a text can be part of a header.
pub fn is_header_text(text: &str) -> bool {
    text.trim().chars().all(|character| matches!(character, ' '..='~'))
}

impl Intercept for Appended {
    fn name(&self) -> &'static str {
        "AppendedUserAgent"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let headers = context.request_mut().headers_mut();
        let before = headers.get(HEADER).unwrap_or_default().to_owned();
        headers.try_insert(HEADER, format!("{before} {}", self.0).trim().to_owned())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(products: &[&str], variable: &str) -> Result<String, String> {
        let settings = Settings {
            user_agent: products.iter().map(|product| (*product).to_owned()).collect(),
            ..Settings::default()
        };
        let appended = Appended::new(&settings, &Environment::of(&[(VARIABLE, variable)]));
        appended
            .map(|appended| appended.0)
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn the_argument_comes_before_the_environment() {
        assert_eq!(appended(&[], ""), Ok(String::new()));
        assert_eq!(
            appended(&["a/1 (x)", "", "b"], " CI/7 "),
            Ok("a/1 (x) b CI/7".to_owned())
        );
        insta::assert_snapshot!(appended(&["a/1", "x\ny"], "").unwrap_err(), @"Invalid user agent (at user_agent[1]): Element 1 of `user_agent` is `x\\ny`, but a user agent can hold only printable ASCII characters.");
        insta::assert_snapshot!(appended(&[], "CI/\u{e9}").unwrap_err(), @"Invalid user agent: The environment variable TF_APPEND_USER_AGENT is `CI/é`, but a user agent can hold only printable ASCII characters.");
    }
}
