//! Name and version of the provider.

/// Under which name users require the provider.
pub const SOURCE: &str = "managed-daemons/ecs";

/// Version of the build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Crates whose log lines are the provider's own. Of all others only the fact of a warning is logged.
pub const LOG_CRATES: [&str; 3] = ["aws", "daemons", "terraform_provider_ecs"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_the_lines_of_every_crate_of_ours() {
        let manifest = include_str!("../Cargo.toml");
        let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
        let (dependencies, _) = dependencies.split_once("[dev-dependencies]").unwrap();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let names = dependencies.lines().filter_map(|line| line.split(['.', ' ']).next());
        let ours: Vec<&str> = names
            .filter(|name| !name.is_empty() && root.join(name).is_dir())
            .collect();
        assert_eq!(ours, ["aws", "daemons"], "crates beside this one");
        assert!(ours.iter().all(|name| LOG_CRATES.contains(name)));
    }
}
