//! The command line of the binary, for the people who find it. Clients give no arguments.

use crate::{SOURCE, VERSION};

/// The request of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Serve the client that started this process.
    Serve,
    /// Serve clients that are told where to find this process.
    Debug,
    /// Write this to stdout and end well.
    Print(String),
    /// Write this to stderr and fail.
    Refuse(String),
}

/// Reads the arguments after the program's name. Go programs have options with one dash, which is
/// what contributors to other providers type, so both forms count.
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Request {
    let mut debug = false;
    for argument in arguments {
        match argument.as_str() {
            "-debug" | "--debug" => debug = true,
            "-version" | "--version" | "-V" => return Request::Print(format!("terraform-provider-ecs {VERSION}\n")),
            "-help" | "--help" | "-h" => return Request::Print(help()),
            unknown => {
                return Request::Refuse(format!(
                    "terraform-provider-ecs: unknown argument {unknown:?}; try `terraform-provider-ecs --help`\n"
                ));
            }
        }
    }
    if debug { Request::Debug } else { Request::Serve }
}

fn help() -> String {
    format!(
        "\
terraform-provider-ecs {VERSION}
Provider for Amazon ECS Managed Daemons, a plugin for Terraform (1.0 or newer) and OpenTofu.

It is started by `terraform` or `tofu`, not by hand. In a configuration:

    terraform {{
      required_providers {{
        ecs = {{
          source = \"{SOURCE}\"
        }}
      }}
    }}

`terraform init` then finds it in a registry, or in a directory that the CLI configuration file
(~/.terraformrc) names. For a binary that you built yourself:

    provider_installation {{
      dev_overrides {{
        \"{SOURCE}\" = \"/directory/of/this/binary\"
      }}
      direct {{}}
    }}

Usage: terraform-provider-ecs [OPTION]

Options:
  --debug    Serve until interrupted, and print the TF_REATTACH_PROVIDERS to set for the client
  --version  Print the version
  --help     Print this text
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: &Request) {
        assert_eq!(
            parse(arguments.iter().map(|argument| (*argument).to_owned())),
            *expected,
            "{arguments:?}"
        );
    }

    #[test]
    fn clients_give_no_arguments_and_people_get_what_they_ask_for() {
        check(&[], &Request::Serve);
        for debug in ["-debug", "--debug"] {
            check(&[debug], &Request::Debug);
        }
        for version in ["-version", "--version", "-V"] {
            check(
                &["--debug", version],
                &Request::Print(format!("terraform-provider-ecs {VERSION}\n")),
            );
        }
        for asked in ["-h", "-help", "--help"] {
            check(&[asked], &Request::Print(help()));
        }
        let refusal = "terraform-provider-ecs: unknown argument \"serve\"; try `terraform-provider-ecs --help`\n";
        check(&["serve", "--help"], &Request::Refuse(refusal.to_owned()));
    }

    #[test]
    fn the_help_names_the_source_that_users_write() {
        assert!(help().contains("source = \"managed-daemons/ecs\""));
    }
}
