//! On which way AWS is called.

use acceptance_tests::{Outcome, Tinyproxy, TlsFront};

use super::{case, with};
use crate::fixture::{IMAGE_1, stack};

fn endpoint(url: &str) -> String {
    format!("endpoints {{\n    ecs = \"{url}\"\n  }}")
}

#[test]
fn an_authority_of_ones_own_is_trusted_if_it_is_named() -> Outcome {
    case("network-authority", |case| {
        let front = TlsFront::start(&case.testbed().emulator()?.endpoint(), case.folder().path())?;
        let file = front.authority().display().to_string();
        let plain = format!("max_retries = 0\n  {}", endpoint(&front.url()));
        let named = format!("custom_ca_bundle = \"{file}\"\n  {plain}");
        case.apply(&with(&named, &stack(IMAGE_1, "")))?;
        let refused = case.plan_fails(&with(&plain, &stack(IMAGE_1, "")))?;
        let refused = refused.expect_text("invalid peer certificate: its issuer is not trusted")?;
        assert!(refused.journal.entries().is_empty());
        case.set("AWS_CA_BUNDLE", &file);
        case.apply(&with(&plain, &stack(IMAGE_1, "")))?;
        case.set("AWS_CA_BUNDLE", "/no/such/file.pem");
        let refused = case.plan_fails(&with("", &stack(IMAGE_1, "")))?;
        snapshot!(case, "no-file", refused.errors);
        case.set("AWS_CA_BUNDLE", "");
        case.configure_only(&stack(IMAGE_1, ""))
    })
}

#[test]
fn calls_go_through_the_proxy_of_the_block() -> Outcome {
    case("network-proxy", |case| {
        let emulator = case.testbed().emulator()?.endpoint();
        let proxy = Tinyproxy::start(case.folder().path())?;
        let block = format!("http_proxy = \"{}\"", proxy.url());
        case.apply(&with(&block, &stack(IMAGE_1, "")))?;
        let asked = proxy.asked()?;
        let wanted = format!("POST {emulator}/");
        assert!(
            !asked.is_empty() && asked.iter().all(|line| *line == wanted),
            "{asked:?}"
        );
        // Excluded hosts are called directly.
        let block = format!("{block}\n  no_proxy = \"example.com,127.0.0.0/8\"");
        case.apply(&with(&block, &stack(IMAGE_1, "")))?;
        assert_eq!(proxy.asked()?.len(), asked.len());
        case.configure_only(&stack(IMAGE_1, ""))
    })
}

/// TLS to the emulator, with its own authority, inside a tunnel.
#[test]
fn tls_goes_through_a_tunnel() -> Outcome {
    case("network-tunnel", |case| {
        let front = TlsFront::start(&case.testbed().emulator()?.endpoint(), case.folder().path())?;
        let proxy = Tinyproxy::start(case.folder().path())?;
        let block = format!(
            "https_proxy = \"{}\"\n  custom_ca_bundle = \"{}\"\n  {}",
            proxy.url(),
            front.authority().display(),
            endpoint(&front.url())
        );
        case.apply(&with(&block, &stack(IMAGE_1, "")))?;
        let asked = proxy.asked()?;
        let wanted = format!("CONNECT {}", front.url().trim_start_matches("https://"));
        assert!(
            !asked.is_empty() && asked.iter().all(|line| *line == wanted),
            "{asked:?}"
        );
        case.configure_only(&stack(IMAGE_1, ""))
    })
}

/// Endpoints of AWS, which nobody here can reach: the proxy tells where the provider wanted to go.
#[test]
fn endpoints_of_partitions_and_variants_are_called() -> Outcome {
    case("network-endpoints", |case| {
        let proxy = Tinyproxy::start(case.folder().path())?;
        case.set("HTTPS_PROXY", &proxy.url());
        case.set("AWS_ENDPOINT_URL_ECS", "");
        let data = "resource \"ecs_daemon\" \"a\" {\n  name = \"a\"\n  cluster_arn = \
                    \"arn:PARTITION:ecs:REGION:123456789012:cluster/c\"\n  daemon_task_definition_arn = \
                    \"arn:PARTITION:ecs:REGION:123456789012:daemon-task-definition/a:1\"\n  capacity_provider_arns = \
                    [\"arn:PARTITION:ecs:REGION:123456789012:capacity-provider/c\"]\n}\n";
        for (region, partition, more) in [
            ("eu-west-1", "aws", ""),
            ("cn-north-1", "aws-cn", ""),
            ("us-gov-west-1", "aws-us-gov", "use_fips_endpoint = true"),
            ("us-east-1", "aws", "use_dualstack_endpoint = true"),
        ] {
            let block = format!("region = \"{region}\"\n  max_retries = 0\n  {more}");
            let resource = data.replace("PARTITION", partition).replace("REGION", region);
            case.configure_only(&with(&block, &resource))?;
            case.run(&["apply", "-auto-approve", "-input=false"], 1)?
                .expect_text("could not be sent")?;
        }
        case.set("HTTPS_PROXY", "");
        let mut asked = proxy.asked()?;
        asked.dedup();
        assert_eq!(
            asked,
            [
                "CONNECT ecs.eu-west-1.amazonaws.com:443",
                "CONNECT ecs.cn-north-1.amazonaws.com.cn:443",
                "CONNECT ecs-fips.us-gov-west-1.amazonaws.com:443",
                "CONNECT ecs.us-east-1.api.aws:443",
            ]
        );
        case.configure_only("")
    })
}

#[test]
fn the_user_agent_has_what_was_appended() -> Outcome {
    case("network-user-agent", |case| {
        case.set("TF_APPEND_USER_AGENT", "Jenkins/i-1234 (nightly)");
        let block = "user_agent = [\"platform/2.0 (blue)\"]";
        let applied = case.apply(&with(block, &stack(IMAGE_1, "")))?;
        for entry in applied.journal.entries() {
            let agent = &entry.user_agent;
            assert!(agent.contains("terraform-provider-ecs/"), "{agent}");
            assert!(
                agent.ends_with(" platform/2.0 (blue) Jenkins/i-1234 (nightly)"),
                "{agent}"
            );
        }
        Ok(())
    })
}
