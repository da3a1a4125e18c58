//! The examples with both providers, where a mirror has the binary of `hashicorp/aws`: ECS and STS are the emulator's,
//! what else there is of AWS is moto's.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use acceptance_tests::{Case, Failure, Moto, Outcome, Setup, Targets, fail, platform};

use crate::fixture::copy_folder;

/// Folder of a filesystem mirror that has the provider.
const MIRROR: &str = "ECS_ACC_AWS_MIRROR";
const SOURCE: &str = "hashicorp/aws";

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// The version that the mirror has, and its binary.
fn provider() -> Outcome<(String, PathBuf)> {
    let mirror = std::env::var(MIRROR).map_err(|_| Failure::new(format!("{MIRROR} names no mirror")))?;
    let versions = entries(&Path::new(&mirror).join("registry.terraform.io").join(SOURCE))?;
    let Some(version) = versions.last() else {
        return fail(format!("{mirror} has no {SOURCE}"));
    };
    let name = version.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let files = entries(&version.join(platform()))?;
    let binary = files.into_iter().find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("terraform-provider-aws")
    });
    Ok((
        name,
        binary.ok_or_else(|| Failure::new(format!("{mirror} has no binary")))?,
    ))
}

fn stack(case: &Case, image: &str) -> Outcome<String> {
    let source = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/platform"))?;
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(format!(
        "module \"platform\" {{\n  source = \"{}\"\n  cluster_name = \"{}\"\n  capacity_provider = \"{}\"\n  agent_image = \"{image}\"\n}}\n\
         # What clusters of hashicorp/aws ask for beside that.\n\
         resource \"aws_ecs_cluster\" \"other\" {{\n  name = \"other\"\n  tags = {{ team = \"platform\" }}\n\n  \
         setting {{\n    name  = \"containerInsights\"\n    value = \"enabled\"\n  }}\n}}\n",
        source.display(),
        last(case.testbed().cluster_arn()),
        last(&case.testbed().capacity_provider_arns()[0]),
    ))
}

#[test]
fn both_providers_in_one_stack() -> Outcome {
    let targets = Targets::EmulatorOnly("roles are made at an IAM that stands in for AWS");
    Case::new("platform", targets, Setup::instances(3)).run(|case| {
        let (version, binary) = provider()?;
        case.install(SOURCE, &version, &binary)?;
        let moto = Moto::start(case.folder().path())?;
        case.set("AWS_ENDPOINT_URL_IAM", &moto.url());
        case.configure_only(&stack(case, "agent:1")?)?;
        case.run(&["init", "-input=false"], 0)?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_text("Apply complete! Resources: 7 added, 0 changed, 0 destroyed.")?;
        case.run(&["plan", "-detailed-exitcode", "-input=false"], 0)?;
        case.configure_only(&stack(case, "agent:2")?)?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_text("Resources: 0 added, 2 changed, 0 destroyed.")?;
        case.run(&["plan", "-detailed-exitcode", "-input=false"], 0)?;
        case.run(&["destroy", "-auto-approve", "-input=false"], 0)?
            .expect_text("Destroy complete! Resources: 7 destroyed.")?;
        case.configure_only("")
    })
}

/// The guide's account as far as this version of `hashicorp/aws` knows it: it has no capacity provider of managed instances
/// and no task definition for one, so cluster and capacity provider are those of the case.
fn account(case: &Case) -> Outcome<String> {
    let folder = case.folder().path().join("account");
    copy_folder(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/account"),
        &folder,
    )?;
    fs::write(
        folder.join("cluster.tf"),
        "data \"aws_ecs_cluster\" \"this\" {\n  cluster_name = var.name\n}\n\n\
         variable \"capacity_provider_arn\" {\n  type = string\n}\n",
    )?;
    for name in ["agent.tf", "application.tf", "versions.tf"] {
        let text = fs::read_to_string(folder.join(name))?;
        let text = text
            .replace(">= 6.15", ">= 5.100")
            .replace("  requires_compatibilities = [\"MANAGED_INSTANCES\"]\n", "")
            .replace("aws_ecs_cluster.this", "data.aws_ecs_cluster.this")
            .replace("aws_ecs_capacity_provider.managed.arn", "var.capacity_provider_arn")
            .replace(
                "aws_ecs_capacity_provider.managed.name",
                "split(\"/\", var.capacity_provider_arn)[1]",
            );
        fs::write(folder.join(name), text)?;
    }
    let cluster = case.testbed().cluster_arn();
    Ok(format!(
        "module \"account\" {{\n  source = \"./account\"\n  region = \"{}\"\n  name = \"{}\"\n  \
         capacity_provider_arn = local.first[0]\n}}\n",
        case.testbed().region(),
        cluster.rsplit('/').next().unwrap_or_default(),
    ))
}

#[test]
fn the_account_of_the_guide_is_made() -> Outcome {
    let targets = Targets::EmulatorOnly("network and roles are made at services that stand in for AWS");
    Case::new("account", targets, Setup::instances(0)).run(|case| {
        // The other CLI would do the same, and starts that provider five times for it.
        if !case.takes_snapshots() {
            return case.configure_only("");
        }
        let (version, binary) = provider()?;
        case.install(SOURCE, &version, &binary)?;
        let moto = Moto::start(case.folder().path())?;
        for service in ["IAM", "EC2", "CLOUDWATCH_LOGS"] {
            case.set(&format!("AWS_ENDPOINT_URL_{service}"), &moto.url());
        }
        let account = account(case)?;
        case.configure_only(&account)?;
        case.run(&["init", "-input=false"], 0)?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_text("Apply complete!")?;
        case.run(&["plan", "-detailed-exitcode", "-input=false"], 0)?;
        case.run(&["destroy", "-auto-approve", "-input=false"], 0)?;
        case.configure_only("")
    })
}

/// Each agent's roles are a configuration of their own, which names secrets and places by variables.
#[test]
fn the_roles_of_the_agents_are_made() -> Outcome {
    let targets = Targets::EmulatorOnly("roles are made at an IAM that stands in for AWS");
    Case::new("agents-roles", targets, Setup::instances(0)).run(|case| {
        let (version, binary) = provider()?;
        case.install(SOURCE, &version, &binary)?;
        let moto = Moto::start(case.folder().path())?;
        for service in ["IAM", "CLOUDWATCH_LOGS", "SECRETS_MANAGER", "S3"] {
            case.set(&format!("AWS_ENDPOINT_URL_{service}"), &moto.url());
        }
        let mut modules = String::new();
        // Of all of them, since they share a module beside them, which no absolute path of one reaches.
        let agents = case.folder().path().join("agents");
        copy_folder(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/agents"),
            &agents,
        )?;
        for agent in entries(&agents)? {
            let folder = agent.join("roles");
            if folder.is_dir() {
                modules.push_str(&module(&folder)?);
            }
        }
        case.configure_only(&modules)?;
        case.run(&["init", "-input=false"], 0)?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_text("Apply complete!")?;
        case.run(&["plan", "-detailed-exitcode", "-input=false"], 0)?;
        case.run(&["destroy", "-auto-approve", "-input=false"], 0)?;
        case.configure_only("")
    })
}

/// The configuration of a folder as a module, each of its variables with an ARN.
fn module(folder: &Path) -> Outcome<String> {
    let agent = folder.parent().and_then(Path::file_name).unwrap_or_default();
    let agent = agent.to_string_lossy();
    let mut text = format!("module \"{agent}\" {{\n  source = \"./agents/{agent}/roles\"\n");
    for file in entries(folder)? {
        let declared = fs::read_to_string(&file)?;
        for rest in declared.split("\nvariable \"").skip(1) {
            let (name, _) = rest.split_once('"').unwrap_or_default();
            let value = "arn:aws:secretsmanager:us-east-1:123456789012:secret:agent-AbCdEf";
            let _ = writeln!(text, "  {name} = \"{value}\"");
        }
    }
    text.push_str("}\n");
    Ok(text)
}
