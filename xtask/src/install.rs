//! `cargo xtask install`: a build of this checkout for the user's own configurations. The provider goes into the folder
//! that Terraform and `OpenTofu` search before any registry, commands go where `cargo install` puts them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::binaries::{self, PROVIDER, executable};
use crate::package::platform;
use crate::process::{Outcome, say};
use crate::workspace::Workspace;

/// The registries that each tool means by a source without a host.
const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// The source in configurations.
const SOURCE: &str = "managed-daemons/ecs";

/// Options of `cargo xtask install`.
#[derive(Args)]
pub(crate) struct Options {
    /// Also put ecs-drift beside the commands of `cargo install`.
    #[arg(long)]
    drift: bool,
    /// Also put ecs-emulator there.
    #[arg(long)]
    emulator: bool,
    /// Remove what the same command without this flag has installed.
    #[arg(long)]
    remove: bool,
    /// Folder of binaries that are built already, for example target/demo after `cargo xtask demo`; without it a release
    /// of what is installed is built.
    #[arg(long)]
    binaries: Option<PathBuf>,
}

/// Installs or removes.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let places = Places::of_user(|name| std::env::var_os(name))?;
    let wanted = places.files(workspace.version()?, options);
    if options.remove {
        return wanted.iter().try_for_each(|file| remove(&file.place, &places));
    }
    let mut names: Vec<&str> = wanted.iter().map(|file| file.binary).collect();
    names.dedup();
    let folder = binaries::given(workspace, options.binaries.as_deref(), &names)?;
    let replaced = wanted.iter().any(|file| is_replaced(&folder, file));
    for file in &wanted {
        install(&folder, file)?;
    }
    say(&block(workspace.version()?));
    for hint in places.hints(options, replaced) {
        say(&format!("\n{hint}"));
    }
    Ok(())
}

/// A binary and where it goes.
#[derive(Debug, PartialEq, Eq)]
struct File {
    binary: &'static str,
    place: PathBuf,
}

/// The folders of a user.
struct Places {
    /// The implied mirror: what is in it is not asked of a registry.
    mirror: PathBuf,
    /// Commands.
    commands: PathBuf,
    /// Folders of the search path.
    path: Vec<PathBuf>,
    /// Files of settings of the tools that would replace the implied mirror.
    settings: Vec<PathBuf>,
}

impl Places {
    fn of_user(variable: impl Fn(&str) -> Option<OsString>) -> Outcome<Self> {
        let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = folder("HOME").or_else(|| folder("USERPROFILE"));
        let home = home.ok_or("neither HOME nor USERPROFILE is set: name the home folder to install into in HOME")?;
        let configuration = match folder("APPDATA") {
            Some(data) if cfg!(windows) => data.join("terraform.d"),
            _ => home.join(".terraform.d"),
        };
        // As `cargo install` chooses it.
        let root = folder("CARGO_INSTALL_ROOT").or_else(|| folder("CARGO_HOME"));
        let named = folder("TF_CLI_CONFIG_FILE").map(|file| vec![file]);
        Ok(Self {
            mirror: configuration.join("plugins"),
            commands: root.unwrap_or_else(|| home.join(".cargo")).join("bin"),
            path: variable("PATH").map_or_else(Vec::new, |path| std::env::split_paths(&path).collect()),
            settings: named.unwrap_or_else(|| [".terraformrc", ".tofurc"].map(|name| home.join(name)).to_vec()),
        })
    }

    fn files(&self, version: &str, options: &Options) -> Vec<File> {
        let provider = HOSTS.map(|host| {
            let folder = self.mirror.join(host).join(SOURCE).join(version);
            let place = folder
                .join(platform::name())
                .join(executable(&format!("{PROVIDER}_v{version}")));
            File {
                binary: PROVIDER,
                place,
            }
        });
        let commands = [("ecs-drift", options.drift), ("ecs-emulator", options.emulator)];
        let commands = commands.into_iter().filter(|(_, wanted)| *wanted);
        let commands = commands.map(|(binary, _)| File {
            binary,
            place: self.commands.join(executable(binary)),
        });
        provider.into_iter().chain(commands).collect()
    }

    /// The circumstances in which what was installed is not found.
    fn hints(&self, options: &Options, replaced: bool) -> Vec<String> {
        let mut hints = Vec::new();
        if (options.drift || options.emulator) && !self.path.contains(&self.commands) {
            hints.push(format!("{} is not on PATH.", self.commands.display()));
        }
        let settings = self.settings.iter().find(|file| has_sources(file));
        if let Some(file) = settings {
            hints.push(format!(
                "{} has a block provider_installation, which replaces the usual places. Add to it:\n\n{}",
                file.display(),
                filesystem_mirror(&self.mirror)
            ));
        }
        if replaced {
            hints.push(
                "Another build of this version was there. Where it was initialised, .terraform.lock.hcl has its checksum: \
                 remove the entry of this provider and run init again."
                    .to_owned(),
            );
        }
        hints
    }
}

fn has_sources(settings: &Path) -> bool {
    fs::read_to_string(settings).is_ok_and(|text| {
        let mut lines = text.lines().map(str::trim_start);
        lines.any(|line| line.starts_with("provider_installation"))
    })
}

fn filesystem_mirror(folder: &Path) -> String {
    let path = serde_json::Value::from(folder.display().to_string());
    format!("filesystem_mirror {{\n  path    = {path}\n  include = [\"*/{SOURCE}\"]\n}}")
}

/// The block that configurations need.
fn block(version: &str) -> String {
    format!(
        "
For the configuration:

terraform {{
  required_providers {{
    ecs = {{
      source  = \"{SOURCE}\"
      version = \"{version}\"
    }}
  }}
}}"
    )
}

fn is_replaced(folder: &Path, file: &File) -> bool {
    let installed = fs::read(&file.place).ok();
    file.binary == PROVIDER && installed.is_some() && installed != fs::read(source(folder, file)).ok()
}

fn source(folder: &Path, file: &File) -> PathBuf {
    folder.join(executable(file.binary))
}

/// Copies beside the place and renames, because a program that runs cannot be written to.
fn install(folder: &Path, file: &File) -> Outcome {
    let source = source(folder, file);
    let partial = file.place.with_file_name(format!(".{}-partial", file.binary));
    let put = || {
        fs::create_dir_all(file.place.parent().unwrap_or(folder))?;
        fs::copy(&source, &partial)?;
        fs::rename(&partial, &file.place)
    };
    put().map_err(|error| {
        let (from, to) = (source.display(), file.place.display());
        format!("{from} cannot be put at {to}: {error}")
    })?;
    say(&format!("installed {}", file.place.display()));
    Ok(())
}

/// Removes a file and, of the folders above it, those that were made for it and are empty now.
fn remove(file: &Path, places: &Places) -> Outcome {
    match fs::remove_file(file) {
        Ok(()) => say(&format!("removed {}", file.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            say(&format!("{} was not there", file.display()));
        }
        Err(error) => return Err(format!("{} cannot be removed: {error}", file.display()).into()),
    }
    let above = file.ancestors().skip(1);
    let ours = above.take_while(|folder| folder.starts_with(&places.mirror));
    for folder in ours {
        // A folder that holds something else stays, and so do those above it.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(drift: bool, emulator: bool) -> Options {
        Options {
            drift,
            emulator,
            remove: false,
            binaries: None,
        }
    }

    fn places(variables: &[(&str, &Path)]) -> Places {
        Places::of_user(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.as_os_str().to_owned())
        })
        .unwrap()
    }

    #[test]
    fn without_a_home_nothing_is_installed() {
        let failure = Places::of_user(|_| None).err().unwrap().to_string();
        assert!(failure.contains("HOME"), "{failure}");
    }

    #[test]
    fn the_provider_is_there_for_both_tools_and_commands_for_those_who_want_them() {
        let places = places(&[("HOME", Path::new("/h")), ("CARGO_HOME", Path::new("/c"))]);
        let names = |options: &Options| -> Vec<String> {
            let files = places.files("1.2.3", options);
            files.iter().map(|file| file.place.display().to_string()).collect()
        };
        let platform = platform::name();
        let provider = |host| {
            format!("/h/.terraform.d/plugins/{host}/managed-daemons/ecs/1.2.3/{platform}/terraform-provider-ecs_v1.2.3")
        };
        let both = HOSTS.map(provider).to_vec();
        assert_eq!(names(&options(false, false)), both);
        let all = [both, vec!["/c/bin/ecs-drift".into(), "/c/bin/ecs-emulator".into()]].concat();
        assert_eq!(names(&options(true, true)), all);
    }

    #[test]
    fn what_would_hide_the_installation_is_named() {
        let home = tempfile::tempdir().unwrap();
        let bin = home.path().join(".cargo/bin");
        let unhindered = places(&[("HOME", home.path()), ("PATH", &bin)]);
        assert_eq!(unhindered.hints(&options(true, false), false), [""; 0]);
        fs::write(home.path().join(".tofurc"), "provider_installation {\n  direct {}\n}\n").unwrap();
        let hindered = places(&[("HOME", home.path()), ("PATH", Path::new("/usr/bin"))]);
        let hints = hindered.hints(&options(false, true), true);
        let expected = ["is not on PATH", "filesystem_mirror {", ".terraform.lock.hcl"];
        assert_eq!(hints.len(), expected.len(), "{hints:?}");
        for (hint, part) in hints.iter().zip(expected) {
            assert!(hint.contains(part), "{hint}");
        }
    }

    #[test]
    fn removal_leaves_what_others_have_installed() {
        let home = tempfile::tempdir().unwrap();
        let binaries = home.path().join("built");
        fs::create_dir(&binaries).unwrap();
        fs::write(binaries.join(PROVIDER), "new").unwrap();
        let places = places(&[("HOME", home.path())]);
        let files = places.files("1.2.3", &options(false, false));
        let other = places.mirror.join(HOSTS[0]).join("hashicorp");
        fs::create_dir_all(&other).unwrap();
        for file in &files {
            assert!(!is_replaced(&binaries, file));
            install(&binaries, file).unwrap();
            assert!(!is_replaced(&binaries, file));
            fs::write(&file.place, "old").unwrap();
            assert!(is_replaced(&binaries, file));
            remove(&file.place, &places).unwrap();
            remove(&file.place, &places).unwrap();
        }
        let left: Vec<_> = fs::read_dir(&places.mirror).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(other.exists());
    }
}
