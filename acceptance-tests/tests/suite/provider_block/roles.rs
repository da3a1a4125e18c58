//! Whose credentials are used.

use std::fs;

use acceptance_tests::{After, Case, Moto, Outcome};

use super::{case, with};
use crate::fixture::{IMAGE_1, stack};

/// A secret that is no access key.
const TOKEN: &str = "canary-token-8c7dd922ad47494f";

const CHAIN: &str = r#"
  assume_role {
    role_arn            = "arn:aws:iam::111122223333:role/hub"
    session_name        = "ci-run"
    duration            = "1h30m"
    external_id         = "ext/1"
    policy              = jsonencode({ Version = "2012-10-17", Statement = [] })
    policy_arns         = ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    source_identity     = "ann"
    tags                = { Team = "core" }
    transitive_tag_keys = ["Team"]
  }
  assume_role {
    role_arn     = "arn:aws:iam::123456789012:role/team/spoke"
    session_name = "ci-run"
  }
"#;

fn endpoints(moto: &Moto) -> String {
    format!("endpoints {{\n    sts = \"{}\"\n  }}", moto.url())
}

/// The requests for roles that the STS got, each once, without what varies.
fn roles_asked(case: &Case, moto: &Moto) -> Outcome<String> {
    let mut lines: Vec<String> = Vec::new();
    for (caller, members) in moto.asked()? {
        if !members.iter().any(|member| member.starts_with("Action=AssumeRole")) {
            continue;
        }
        let caller = if caller.starts_with("ASIA") { "(role)" } else { &caller };
        let text = format!("{caller}\n  {}", members.join("\n  "));
        if !lines.contains(&text) {
            lines.push(text);
        }
    }
    case.normalised(&lines.join("\n"))
}

#[test]
fn roles_are_assumed_in_a_chain() -> Outcome {
    case("roles-chain", |case| {
        let moto = Moto::start(case.folder().path())?;
        let accounts = "allowed_account_ids = [\"123456789012\"]";
        let block = format!("{CHAIN}\n  {accounts}\n  {}", endpoints(&moto));
        let applied = case.apply(&with(&block, &stack(IMAGE_1, "")))?;
        let entries = applied.journal.entries();
        assert!(!entries.is_empty() && entries.iter().all(|entry| entry.caller.starts_with("ASIA")));
        let asked = roles_asked(case, &moto)?;
        snapshot!(case, "asked", asked);
        case.configure_only(&stack(IMAGE_1, ""))
    })
}

/// The account is that of the last role of the chain.
#[test]
fn the_account_of_the_last_role_counts() -> Outcome {
    case("roles-account", |case| {
        let moto = Moto::start(case.folder().path())?;
        let accounts = "allowed_account_ids = [\"111122223333\"]";
        let block = format!("{CHAIN}\n  {accounts}\n  {}", endpoints(&moto));
        let refused = case.plan_fails(&with(&block, &stack(IMAGE_1, "")))?;
        snapshot!(case, "refused", refused.errors);
        case.configure_only("")
    })
}

#[test]
fn a_token_gives_a_role_and_is_told_to_nobody() -> Outcome {
    case("roles-token", |case| {
        let moto = Moto::start(case.folder().path())?;
        let folder = case.folder().path().to_owned();
        fs::write(folder.join("token"), format!("{TOKEN}\n"))?;
        let log = folder.join("trace.log");
        case.set("TF_LOG", "TRACE");
        case.set("TF_LOG_PATH", &log.display().to_string());
        let block = format!(
            "assume_role_with_web_identity {{\n    role_arn = \"arn:aws:iam::111122223333:role/ci\"\n    session_name = \
             \"ci-run\"\n    web_identity_token_file = \"{}\"\n  }}\n  {}",
            folder.join("token").display(),
            endpoints(&moto)
        );
        // Credentials of the environment are not used, so that a wrong role is not hidden by them.
        let applied = case.apply(&with(&block, &stack(IMAGE_1, "")))?;
        assert!(
            applied
                .journal
                .entries()
                .iter()
                .all(|entry| entry.caller.starts_with("ASIA"))
        );
        let asked = roles_asked(case, &moto)?;
        assert!(asked.contains(&format!("WebIdentityToken={TOKEN}")), "{asked}");
        let log = fs::read_to_string(log)?;
        assert!(log.contains("assumed a role"), "the provider logs nothing of it");
        for secret in [TOKEN, case.secret()] {
            assert!(!log.contains(secret), "a secret is in the log");
        }
        case.configure_only(&stack(IMAGE_1, ""))
    })
}

#[test]
fn roles_that_cannot_be_assumed_are_told_at_their_blocks() -> Outcome {
    case("roles-refused", |case| {
        let nobody = "endpoints {\n    sts = \"http://127.0.0.1:1\"\n  }";
        let refused = case.plan_fails(&with(&format!("{CHAIN}\n  {nobody}"), &stack(IMAGE_1, "")))?;
        snapshot!(case, "unreachable", refused.errors);
        let block = "assume_role_with_web_identity {\n    role_arn = \"arn:aws:iam::111122223333:role/ci\"\n    \
                     web_identity_token_file = \"/no/such/token\"\n  }";
        let refused = case.plan_fails(&with(block, &stack(IMAGE_1, "")))?;
        snapshot!(case, "no-token", refused.errors);
        case.configure_only("")
    })
}

#[test]
fn a_profile_of_the_block_beats_the_environment() -> Outcome {
    case("roles-profile", |case| {
        let home = case.folder().path().to_owned();
        let secret = case.secret();
        let files = [
            ("config", "[profile ops]\nregion = us-east-1\n".to_owned()),
            (
                "credentials",
                format!("[ops]\naws_access_key_id = ASIAOPS\naws_secret_access_key = {secret}\n"),
            ),
        ];
        for (name, text) in &files {
            fs::write(home.join(name), text)?;
        }
        let paths = format!(
            "shared_config_files = [\"{0}/config\"]\n  shared_credentials_files = [\"{0}/credentials\"]",
            home.display()
        );
        let block = format!("profile = \"ops\"\n  {paths}");
        let applied = case.apply(&with(&block, &stack(IMAGE_1, "")))?;
        assert!(applied.journal.entries().iter().all(|entry| entry.caller == "ASIAOPS"));
        let applied = case.apply_then(&with(&paths, &stack(IMAGE_1, "")), &[], After::PlanEmpty)?;
        assert!(applied.journal.entries().iter().all(|entry| entry.caller != "ASIAOPS"));
        let unknown = format!("profile = \"opps\"\n  {paths}");
        let refused = case.plan_fails(&with(&unknown, &stack(IMAGE_1, "")))?;
        snapshot!(case, "unknown", refused.errors);
        case.configure_only(&stack(IMAGE_1, ""))
    })
}

#[test]
fn without_credentials_the_places_are_named() -> Outcome {
    case("roles-nobody", |case| {
        case.apply(&stack(IMAGE_1, ""))?;
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            case.set(name, "");
        }
        let refused = case.plan_fails(&stack(IMAGE_1, ""))?;
        snapshot!(case, "places", refused.errors);
        case.set("AWS_ACCESS_KEY_ID", "AKIAPROVIDERUNDERTST");
        let secret = case.secret();
        case.set("AWS_SECRET_ACCESS_KEY", secret);
        Ok(())
    })
}
