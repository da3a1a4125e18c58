//! The platform of this machine in the words of Go, which registries and archive names use.

use std::env::consts::{ARCH, OS};

/// `linux_amd64` and the like.
pub(crate) fn name() -> String {
    format!("{}_{}", system(OS), machine(ARCH))
}

fn system(rust: &str) -> &str {
    match rust {
        "macos" => "darwin",
        other => other,
    }
}

fn machine(rust: &str) -> &str {
    match rust {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_go() {
        assert_eq!((system("macos"), machine("aarch64")), ("darwin", "arm64"));
        assert_eq!((system("linux"), machine("x86_64")), ("linux", "amd64"));
        assert_eq!(machine("s390x"), "s390x");
    }
}
