#!/usr/bin/env python3
"""Writes what stands beside the programs in the archives of a release.

    .ci/release-docs.py VERSION

Into target/release-docs, a folder for each archive: a README.md to begin with, and the documents that it has. A link to a file
that is not in the archive leads to the file of the version in the repository.
"""

import pathlib
import posixpath
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/managed-daemons/terraform-provider-ecs"
# Archives by the names of their README files, with the files and folders that they have.
ARCHIVES = {
    "provider": [],
    "emulator": ["docs/ecs-emulator.md", "docs/emulator-fidelity.md", "schemas/ecs-emulator-*"],
    "drift": ["docs/ecs-drift.md", "docs/drift/*.md", "schemas/ecs-drift-*"],
}
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def with_links(text, name, files, version):
    """The text of a document, whose links to what is not among the files lead to the repository."""

    def link(found):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[1]))
        if path in files or any(file.startswith(f"{path}/") for file in files):
            return found[0]
        if not (ROOT / path).exists():
            raise SystemExit(f"release-docs: {name} links to {found[1]}, which is not there")
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"]({REPOSITORY}/{kind}/v{version}/{path}{found[2] or ''})"

    return LINK.sub(link, text)


def first_configuration():
    """The first configuration of the README."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## First configuration\n", 1)[1]
    return section.split("```terraform\n", 1)[1].split("```\n", 1)[0]


def main():
    (version,) = sys.argv[1:]
    made = ROOT / "target" / "release-docs"
    shutil.rmtree(made, ignore_errors=True)
    for archive, patterns in ARCHIVES.items():
        folder = made / archive
        found = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
        files = {path.relative_to(ROOT).as_posix() for path in found}
        begin = (ROOT / ".ci" / "archives" / f"{archive}.md").read_text(encoding="utf-8")
        texts = {"README.md": begin.replace("@VERSION@", version).replace("@REPOSITORY@", REPOSITORY)}
        texts.update((name, (ROOT / name).read_text(encoding="utf-8")) for name in files)
        if archive == "provider":
            texts["main.tf"] = first_configuration()
        if archive == "emulator":
            texts["fleet.toml"] = (ROOT / "examples" / "emulator" / "fleet.toml").read_text(encoding="utf-8")
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            is_document = name.endswith(".md")
            path.write_text(with_links(text, name, files, version) if is_document else text, encoding="utf-8")


if __name__ == "__main__":
    main()
