//! The examples of real agents: each is valid, can be applied and rolled out, and leaves an empty plan. What an agent
//! needs of a real instance, such as its ports and host mounts, the emulator does not try.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets, fail};

/// Folders, and what each wants to be told beside roles and places.
const AGENTS: [(&str, &str); 8] = [
    (
        "auditbeat",
        "elasticsearch_url = \"https://elasticsearch.example.com:9200\"\n  elasticsearch_secret_arn = local.secret",
    ),
    ("cloudwatch-agent", "instance_metrics = true"),
    (
        "datadog-agent",
        "api_key_secret_arn = local.secret\n  network_monitoring = true",
    ),
    ("envoy", "upstream = \"api.example.com\""),
    ("falco", ""),
    ("fluent-bit", ""),
    ("new-relic-infrastructure", "license_key_secret_arn = local.secret"),
    ("opentelemetry-collector", ""),
];

/// The roles that all agents share, no agent of its own.
const ROLES: &str = "roles";

/// Variables that all agents have as the module of a daemon has them.
const SHARED: [&str; 2] = ["deployment", "tags"];

const LOCALS: &str = r#"
locals {
  secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:agent-AbCdEf"
  role   = "arn:aws:iam::123456789012:role/agent"
}
"#;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/agents")
        .join(name)
}

fn text(name: &str) -> Outcome<String> {
    let path = folder(name);
    fs::read_to_string(&path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// The variables for ARNs of roles that an agent has.
fn roles(agent: &str) -> Outcome<Vec<String>> {
    let variables = text(&format!("{agent}/variables.tf"))?;
    let declared = variables.split("variable \"").skip(1);
    let names = declared.filter_map(|rest| rest.split_once('"').map(|(name, _)| name.to_owned()));
    Ok(names.filter(|name| name.ends_with("_role_arn")).collect())
}

/// The agent as a module, with the image of its default or another one.
fn module(agent: &str, more: &str, image: Option<&str>) -> Outcome<String> {
    let source = fs::canonicalize(folder(agent))?;
    let source = source.display();
    let arguments: Vec<String> = roles(agent)?
        .iter()
        .map(|name| format!("  {name} = local.role"))
        .collect();
    let roles = arguments.join("\n");
    let image = image.map_or(String::new(), |image| format!("  image = \"{image}\"\n"));
    Ok(format!(
        "module \"{agent}\" {{\n  source = \"{source}\"\n  name = \"${{local.name}}-{agent}\"\n  \
         cluster_arn = local.cluster_arn\n  capacity_provider_arns = local.first\n  region = \"us-east-1\"\n\
         deployment = {{ drain_percent = 50, alarm_names = [\"agent-errors\"] }}\n  tags = {{ team = \"a\" }}\n\
         {roles}\n{image}  {more}\n}}\n"
    ))
}

fn all(image: Option<&str>) -> Outcome<String> {
    let modules: Outcome<String> = AGENTS.iter().map(|(agent, more)| module(agent, more, image)).collect();
    Ok(format!("{LOCALS}{}", modules?))
}

fn expect_definitions(case: &Case, revision: u32) -> Outcome {
    for (agent, _) in AGENTS {
        let daemon = format!("{}-{agent}", case.testbed().daemon_arn());
        let live = case.testbed().other_caller().settings(&daemon)?.task_definition_arn;
        if !live.ends_with(&format!("-{agent}:{revision}")) {
            return fail(format!("{agent} runs {live} instead of revision {revision}"));
        }
    }
    Ok(())
}

#[test]
fn every_agent_is_applied_and_rolled_out() -> Outcome {
    let targets = Targets::EmulatorOnly("roles, secrets and log groups of the examples do not exist");
    Case::new("agents", targets, Setup::instances(2)).run(|case| {
        let first = all(None)?;
        case.configure_only(&first)?;
        case.run(&["init", "-input=false"], 0)?;
        case.run(&["validate"], 0)?;
        let created = case.apply(&first)?.journal.changes().len();
        assert_eq!(created, 2 * AGENTS.len(), "a registration and a daemon for each");
        expect_definitions(case, 1)?;
        let rolled = case.apply(&all(Some("registry.example.com/agent:next"))?)?;
        for operation in ["RegisterDaemonTaskDefinition", "UpdateDaemon"] {
            assert_eq!(rolled.journal.of(operation).len(), AGENTS.len(), "{operation}");
        }
        expect_definitions(case, 2)
    })
}

/// A folder that nothing applies is no example.
#[test]
fn every_folder_is_an_agent_of_the_case() -> Outcome {
    let mut folders = BTreeSet::new();
    for entry in fs::read_dir(folder(""))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    assert!(folders.remove(ROLES), "the roles that all share");
    let held: BTreeSet<String> = AGENTS.iter().map(|(agent, _)| (*agent).to_owned()).collect();
    assert_eq!(folders, held);
    let overview = text("README.md")?;
    for (agent, _) in AGENTS {
        let link = format!("[{agent}]({agent}/README.md)");
        assert!(overview.contains(&link), "examples/agents/README.md lacks {link}");
    }
    Ok(())
}

/// The text of a variable in a file.
fn variable(file: &str, name: &str) -> Outcome<String> {
    let declared = text(file)?;
    let rest = declared.split_once(&format!("variable \"{name}\" {{\n"));
    let body = rest.and_then(|(_, rest)| rest.split_once("\n}\n"));
    let body = body.ok_or_else(|| Failure::new(format!("{file} has no variable {name}")))?;
    Ok(body.0.to_owned())
}

#[test]
fn the_settings_of_a_rollout_are_those_of_the_module() -> Outcome {
    for name in SHARED {
        let of_module = variable("../modules/daemon/variables.tf", name)?;
        for (agent, _) in AGENTS {
            assert_eq!(
                variable(&format!("{agent}/variables.tf"), name)?,
                of_module,
                "{agent}: {name}"
            );
        }
    }
    Ok(())
}

/// hashicorp/aws is not among the providers of the suite, so the roles are not applied: they give what the agent asks for.
#[test]
fn the_roles_of_an_agent_give_what_it_asks_for() -> Outcome {
    for (agent, _) in AGENTS {
        let given = text(&format!("{agent}/{ROLES}/main.tf"))?;
        for name in roles(agent)? {
            let output = format!("output \"{name}\" {{");
            assert!(given.contains(&output), "{agent}/{ROLES}/main.tf lacks {output}");
        }
    }
    Ok(())
}
