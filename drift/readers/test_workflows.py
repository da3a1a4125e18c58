"""Workflows of the repository and jobs that the guides show: their schemas take them, and an auditor has no complaint."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import estate

GITHUB = estate.ROOT / ".github"
NIGHTLY = estate.ROOT / "docs" / "guides" / "nightly-drift-check.md"
ACTIONS = estate.ROOT / "actions"
REPAIRING = estate.ROOT / "docs" / "guides" / "repairing-drift-from-ci.md"


def shown(guide, part):
    """The one job that a part of a guide shows."""
    text = guide.read_text().split(f"\n## {part}\n", 1)[1].split("\n## ", 1)[0]
    (job,) = re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return job


def output(program, *arguments):
    """What a program of the environment says, nothing if it has no complaint."""
    command = [str(pathlib.Path(sys.executable).with_name(program)), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}"


def schema_complaints(kind, text):
    """What the schema of a kind, which check-jsonschema brings, does not allow."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "file.yml")
        file.write_text(text)
        return output("check-jsonschema", "--builtin-schema", f"vendor.{kind}", str(file))


def audit_complaints(workflows, pinned_by):
    """What the auditor of workflows finds, with the repository's settings and without asking anybody."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name, ".github", "workflows")
        folder.mkdir(parents=True)
        for file, text in workflows.items():
            (folder / file).write_text(text)
        settings = pathlib.Path(name, "zizmor.yml")
        settings.write_text((GITHUB / "zizmor.yml").read_text().replace("hash-pin", pinned_by))
        return output("zizmor", "--offline", "--no-progress", "--config", str(settings), name)


class Workflows(unittest.TestCase):
    """One case for each kind of file."""

    maxDiff = None

    def check(self, kind, text, *breakages):
        """Takes the text, and refuses it with a word replaced."""
        self.assertEqual(schema_complaints(kind, text), "")
        for before, after in breakages:
            broken = text.replace(before, after, 1)
            self.assertNotEqual(broken, text)
            self.assertNotEqual(schema_complaints(kind, broken), "", f"{after} is taken")

    def repository(self):
        """The workflows of the repository by their names."""
        found = {path.name: path.read_text() for path in sorted((GITHUB / "workflows").glob("*.yml"))}
        self.assertTrue(found)
        return found

    def test_schemas_take_the_workflows(self):
        for text in self.repository().values():
            self.check("github-workflows", text, ("runs-on:", "run-on:"), ("- uses:", "- use:"))
        self.check("dependabot", (GITHUB / "dependabot.yml").read_text(), ("interval:", "intervals:"))

    def test_an_auditor_takes_the_workflows(self):
        # The guide's job is copied and lives on with its own updates, which pin it; a commit in it would age unseen.
        guide = {
            "nightly.yml": shown(NIGHTLY, "GitHub Actions"),
            "nightly-parts.yml": shown(NIGHTLY, "A big estate in parts"),
            "nightly-step.yml": shown(NIGHTLY, "One step on GitHub"),
            "repair.yml": shown(REPAIRING, "GitHub Actions"),
            "repair-steps.yml": shown(REPAIRING, "Two steps on GitHub"),
        }
        for workflows, pinned_by in ((self.repository(), "hash-pin"), (guide, "ref-pin")):
            self.assertEqual(audit_complaints(workflows, pinned_by), "")
            broken = {
                name: text.replace("persist-credentials: false", "fetch-depth: 1") for name, text in workflows.items()
            }
            self.assertIn("artipacked", audit_complaints(broken, pinned_by))

    def test_schema_and_auditor_take_the_actions(self):
        actions = {path.parent.name: path.read_text() for path in sorted(ACTIONS.glob("*/action.yml"))}
        self.assertEqual(set(actions), {"drift", "reconcile", "setup-emulator"})
        for text in actions.values():
            self.check("github-actions", text, ("using: composite", "using: compost"), ("      shell: bash\n", ""))
        settings = ("--offline", "--no-progress", "--config", str(GITHUB / "zizmor.yml"))
        self.assertEqual(output("zizmor", *settings, str(ACTIONS)), "")
        with tempfile.TemporaryDirectory() as folder:
            broken = actions["drift"].replace('exec bash "$ACTION/scan.sh"', "${{ inputs.command }}")
            pathlib.Path(folder, "action.yml").write_text(broken)
            self.assertIn("template-injection", output("zizmor", *settings, folder))

    def test_a_linter_takes_the_scripts(self):
        own = [path for path in (estate.ROOT / ".ci").iterdir() if path.is_file() and path.suffix != ".py"]
        scripts = sorted(str(path) for path in [*ACTIONS.glob("**/*.sh"), *own])
        self.assertIn(str(estate.ROOT / ".ci" / "release-commands"), scripts)

        def complaints(*files):
            command = [estate.tool("ECS_ACC_SHELLCHECK"), "--external-sources", *files]
            return subprocess.run(command, capture_output=True, text=True, check=False, cwd=estate.ROOT).stdout

        self.assertEqual(complaints(*scripts), "")
        with tempfile.TemporaryDirectory() as folder:
            broken = pathlib.Path(folder, "broken.sh")
            broken.write_text("#!/usr/bin/env bash\ncat $1\n")
            self.assertIn("SC2086", complaints(str(broken)))

    def test_a_schema_takes_the_jobs_to_include(self):
        for path in sorted((ACTIONS / "gitlab").glob("*.yml")):
            head, jobs = path.read_text().split("\n---\n")
            self.assertIn("spec:\n  inputs:\n", head)
            self.check("gitlab-ci", jobs, ("exit_codes:", "exit_code:"), ("id_tokens:", "id_tokens: none #"))

    def test_schemas_take_the_jobs_of_the_guide(self):
        self.check("github-workflows", shown(NIGHTLY, "One step on GitHub"), ("runs-on:", "run-on:"))
        self.check("github-workflows", shown(REPAIRING, "Two steps on GitHub"), ("runs-on:", "run-on:"))
        self.check("gitlab-ci", shown(NIGHTLY, "One include on GitLab"), ("remote:", "remotely:"))
        self.check("gitlab-ci", shown(REPAIRING, "One include on GitLab"), ("remote:", "remotely:"))
        self.check(
            "github-workflows", shown(NIGHTLY, "GitHub Actions"), ("runs-on:", "run-on:"), ("- run:", "- script:")
        )
        self.check("gitlab-ci", shown(NIGHTLY, "GitLab"), ("exit_codes:", "exit_code:"), ("junit:", "unit:"))
        self.check("github-workflows", shown(REPAIRING, "GitHub Actions"), ("runs-on:", "run-on:"), ("needs:", "need:"))
        self.check("gitlab-ci", shown(REPAIRING, "GitLab"), ("exit_codes:", "exit_code:"), ("when: manual", "when: asked"))
