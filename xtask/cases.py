"""Runs the cases of a folder and closes with the line that cargo xtask counts."""

import argparse
import pathlib
import sys
import unittest


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=pathlib.Path, help="where the cases are")
    arguments.add_argument("filter", nargs="?", default="", help="only cases whose name contains this")
    options = arguments.parse_args()
    loader = unittest.TestLoader()
    if options.filter:
        loader.testNamePatterns = [f"*{options.filter}*"]
    suite = loader.discover(str(options.folder.resolve()))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # A case is counted once however many of its parts fail; a class that cannot be set up has run none of its cases.
    broken = [case for case, _ in result.failures + result.errors]
    cases = {str(getattr(case, "test_case", case)) for case in broken if isinstance(case, unittest.TestCase)}
    set_ups = sum(not isinstance(case, unittest.TestCase) for case in broken)
    failed_cases = len(cases) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = result.testsRun - failed_cases - skipped
    failed = failed_cases + set_ups
    word = "FAILED" if failed else "ok"
    print(f"test result: {word}. {passed} passed; {failed} failed; {skipped} ignored; 0 measured; 0 filtered out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
