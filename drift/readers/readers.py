"""Programs and libraries that read reports, each as one function: what it complains about, nothing if it takes the text."""

import io
import json
import os
import pathlib
import subprocess
import tempfile

import jsonschema
import junitparser
import lxml.etree

import estate

SCHEMAS = estate.ROOT / "schemas"

# What GitLab documents of a code quality report; it takes an array of these and ignores the rest.
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # Relative to the repository, without a leading `./`.
                    "path": {"type": "string", "pattern": r"^(?!\.?/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def sarif(text):
    """The multitool of SARIF's authors, with the rules of the format and those of GitHub's code scanning.

    It ends with 0 whatever it finds, so its own report is what counts. Notes are left at their default, which is not to
    show them: they ask for snippets of files that a report of drift does not have.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "report.sarif").write_text(text)
        command = [estate.tool("ECS_ACC_SARIF"), "validate", "report.sarif", "--rule-kind", "Sarif;Ghas"]
        command += ["--output", "log.sarif"]
        # Without it the program wants a library for languages that need not be there.
        environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return [f"ended with {done.returncode}: {done.stdout}{done.stderr}"]
        (run,) = json.loads((folder / "log.sarif").read_text(encoding="utf-8-sig"))["runs"]
    results = [f"{result['ruleId']}: {json.dumps(result['message'])}" for result in run.get("results", [])]
    notes = [
        json.dumps(note["message"])
        for invocation in run.get("invocations", [])
        for kind in ("toolExecutionNotifications", "toolConfigurationNotifications")
        for note in invocation.get(kind, [])
        if note.get("level", "warning") != "note"
    ]
    return results + notes


def promtool(text):
    """Prometheus' own parser and its rules of good metrics."""
    command = [estate.tool("ECS_ACC_PROMTOOL"), "check", "metrics"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).splitlines()
    return said or ([f"ended with {done.returncode}"] if done.returncode != 0 else [])


def junit_schema(text):
    """The schema of Jenkins' xUnit plugin."""
    schema = lxml.etree.XMLSchema(lxml.etree.parse(estate.tool("ECS_ACC_JUNIT_XSD")))
    try:
        document = lxml.etree.fromstring(text.encode())
    except lxml.etree.XMLSyntaxError as error:
        return [str(error)]
    schema.validate(document)
    return [str(error) for error in schema.error_log]


def junit_counts(text):
    """junitparser counts the tests itself; the numbers that the report gives must be these."""
    counts = ("tests", "failures", "errors", "skipped")
    try:
        suites = junitparser.JUnitXml.fromstring(text.encode())
    except (junitparser.JUnitXmlError, SyntaxError) as error:
        return [f"{type(error).__name__}: {error}"]
    complaints = []
    for suite in suites:
        told = [getattr(suite, count) for count in counts]
        suite.update_statistics()
        complaints += differing(f"suite {suite.name}", told, [getattr(suite, count) for count in counts])
    told = [suites.tests, suites.failures, suites.errors]
    complaints += differing("all suites", told, [sum(getattr(each, count) for each in suites) for count in counts[:3]])
    return complaints


def differing(what, told, counted):
    return [] if told == counted else [f"{what}: told {told}, counted {counted}"]


def published(name):
    """A reader that holds a document against one of the schemas that we publish."""
    schema = json.loads((SCHEMAS / f"ecs-drift-{name}.schema.json").read_text())
    return lambda document: held_against(schema, document)


def held_against(schema, document):
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in errors]


def json_report(text):
    return published("report")(json.loads(text))


def ndjson_report(text):
    record = published("record")
    return [complaint for line in io.StringIO(text) for complaint in record(json.loads(line))]


def code_quality(text):
    complaints = held_against(CODE_QUALITY, json.loads(text))
    fingerprints = [entry.get("fingerprint") for entry in json.loads(text)]
    return complaints + ["a fingerprint is there twice"] * (len(set(fingerprints)) != len(fingerprints))
