//! Values of the provider block that are not known while planning, and values that cannot be right.

use acceptance_tests::{After, Outcome};

use super::{case, with};
use crate::fixture::{IMAGE_1, stack};

/// A value that is known only after apply, whenever it changes.
fn region(trigger: &str) -> String {
    format!(
        "resource \"terraform_data\" \"region\" {{\n  input = \"us-east-1\"\n  triggers_replace = \"{trigger}\"\n}}\n"
    )
}

#[test]
fn new_resources_are_planned_and_existing_ones_say_what_is_missing() -> Outcome {
    case("unknown-values", |case| {
        let block = "region = terraform_data.region.output";
        let rest = format!("{}{}", region("1"), stack(IMAGE_1, ""));
        case.configure_only(&with(block, &rest))?;
        let planned = case.run(&["plan", "-input=false", "-parallelism=1"], 0)?;
        planned.expect_text("Provider configuration not known yet")?;
        case.apply(&with(block, &rest))?;
        let rest = format!("{}{}", region("2"), stack(IMAGE_1, ""));
        let refused = case.plan_fails(&with(block, &rest))?;
        snapshot!(case, "refused", refused.errors);
        case.apply_then(&with("", &rest), &["-target=terraform_data.region"], After::PlanEmpty)?;
        case.apply(&with(block, &rest))?;
        case.configure_only(&rest)
    })
}

#[test]
fn wrong_arguments_are_told_at_their_places() -> Outcome {
    case("wrong-arguments", |case| {
        let block = r#"
  region                        = "Europe"
  retry_mode                    = "adaptive"
  http_proxy                    = "ftp://ann:hunter2@proxy"
  ec2_metadata_service_endpoint = "169.254.169.254"

  assume_role {
    role_arn            = "arn:aws:iam::111122223333:user/ann"
    duration            = "5m"
    policy              = "none"
    session_name        = "a b"
    transitive_tag_keys = ["Team"]
  }
  assume_role {}
  assume_role_with_web_identity {
    web_identity_token      = "x"
    web_identity_token_file = "y"
  }
"#;
        case.configure_only(&with(block, &stack(IMAGE_1, "")))?;
        let refused = case.run(&["validate", "-json"], 1)?;
        let answer: serde_json::Value = serde_json::from_str(&refused.output)?;
        let told = answer["diagnostics"].as_array().cloned().unwrap_or_default();
        let mut told: Vec<String> = told
            .iter()
            .map(|problem| {
                let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
                let at = problem["range"]["start"]["line"].as_u64().unwrap_or_default();
                format!(
                    "{} at line {at}: {}: {}",
                    text("severity"),
                    text("summary"),
                    text("detail")
                )
            })
            .collect();
        told.sort();
        let told = told.join("\n");
        assert!(!told.contains("hunter2"), "{told}");
        snapshot!(case, "told", told);
        for (name, value) in [
            ("AWS_USE_FIPS_ENDPOINT", "yes"),
            ("AWS_MAX_ATTEMPTS", "0"),
            ("HTTPS_PROXY", "socks5://proxy"),
        ] {
            case.set(name, value);
        }
        let refused = case.plan_fails(&with("", &stack(IMAGE_1, "")))?;
        snapshot!(case, "environment", refused.errors);
        for name in ["AWS_USE_FIPS_ENDPOINT", "AWS_MAX_ATTEMPTS", "HTTPS_PROXY"] {
            case.set(name, "");
        }
        case.set("AWS_ENDPOINT_URL_ECS", "localhost:4566");
        let refused = case.plan_fails(&with("", &stack(IMAGE_1, "")))?;
        snapshot!(case, "endpoint", refused.errors);
        case.configure_only("")
    })
}
