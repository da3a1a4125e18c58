//! Secrets: the harness looks for its planted secret key in all output and in the journal; here it
//! looks into the most talkative log as well.

use std::fs;

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, stack};

#[test]
fn the_log_holds_no_secret() -> Outcome {
    let targets = Targets::EmulatorOnly("the secret key is planted");
    Case::new("secrets", targets, Setup::instances(1)).run(|case| {
        let log = case.folder().path().join("trace.log");
        case.set("TF_LOG", "TRACE");
        case.set("TF_LOG_PATH", &log.display().to_string());
        case.apply(&stack(IMAGE_1, ""))?;
        let text = fs::read_to_string(&log)?;
        assert!(
            text.contains("provider.terraform-provider-ecs"),
            "the provider logs nothing"
        );
        assert!(!text.contains(case.secret()), "the secret key is in the log");
        Ok(())
    })
}
