"""Every form that has a foreign reader, of every report: the reader takes it, and refuses what was broken on purpose."""

import json
import unittest

import estate
import readers


def edited(change):
    """Breaks a JSON document."""

    def broken(text):
        document = json.loads(text)
        change(document)
        return json.dumps(document)

    return broken


def replaced(before, after):
    """Breaks a text where it says this first."""
    return lambda text: text.replace(before, after, 1)


def result(document):
    return document["runs"][0]["results"][0]


class Reports(unittest.TestCase):
    """One case for each reader."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.reports = estate.reports()

    def check(self, form, reader, *breakages):
        for name, texts in self.reports.items():
            with self.subTest(report=name):
                self.assertEqual(reader(texts[form]), [])
        whole = estate.golden(form)
        for breakage in breakages:
            broken = breakage(whole)
            self.assertNotEqual(broken, whole, "the breakage breaks nothing")
            self.assertNotEqual(reader(broken), [], f"{form} is taken although it is broken: {broken[:200]}")

    def test_reports_say_what_happened(self):
        """Else the readers would have read nothing."""
        causes = {
            name: {finding["cause"] for finding in json.loads(texts["json"])["findings"]}
            for name, texts in self.reports.items()
        }
        self.assertEqual(causes["clean"], set())
        self.assertEqual(
            causes["drifted"], {"default-revert", "missing", "tags", "unmanaged", "unreadable"}
        )
        self.assertGreaterEqual(len(causes["golden"]), 24)

    def test_sarif(self):
        self.check(
            "sarif",
            readers.sarif,
            edited(lambda log: result(log).pop("message")),
            edited(lambda log: result(log).pop("locations")),
            edited(lambda log: result(log).update(ruleIndex=999)),
            edited(lambda log: log["runs"][0]["tool"]["driver"]["rules"][0].pop("help")),
        )

    def test_prometheus(self):
        self.check(
            "prometheus",
            readers.promtool,
            replaced("# HELP ", "# NOTE "),
            replaced(" gauge\n", " gouge\n"),
            lambda text: text + text,
        )

    def test_junit_schema(self):
        self.check(
            "junit",
            readers.junit_schema,
            replaced(' name="run"', ""),
            replaced("<failure ", "<fault /><failure "),
            replaced('failures="', 'failed="'),
            replaced("</testsuites>", ""),
        )

    def test_junit_counts(self):
        self.check(
            "junit",
            readers.junit_counts,
            replaced("<error ", "<skipped "),
            replaced('errors="2"', 'errors="3"'),
            replaced("</testsuites>", ""),
        )

    def test_json(self):
        self.check(
            "json",
            readers.json_report,
            edited(lambda report: report["findings"][0].update(cause="drifted")),
            edited(lambda report: report["findings"][0].pop("fingerprint")),
            edited(lambda report: report.update(complete="yes")),
        )

    def test_ndjson(self):
        self.check(
            "ndjson",
            readers.ndjson_report,
            replaced('"finding"', '"found"'),
            replaced('"certain"', '"sure"'),
        )

    def test_gitlab(self):
        self.check(
            "gitlab",
            readers.code_quality,
            edited(lambda entries: entries[0].update(severity="warning")),
            edited(lambda entries: entries[0]["location"]["lines"].update(begin=0)),
            edited(lambda entries: entries[0]["location"].update(path="./main.tf")),
            edited(lambda entries: entries.append(entries[0])),
        )
