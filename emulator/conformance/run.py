"""Runs the conformance cases and closes with the line that cargo xtask counts."""

import argparse
import os
import pathlib
import sys
import unittest


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--emulator", help="binary of the emulator")
    arguments.add_argument("filter", nargs="?", default="", help="only cases whose name contains this")
    options = arguments.parse_args()
    if options.emulator:
        os.environ["ECS_ACC_EMULATOR"] = options.emulator
    folder = str(pathlib.Path(__file__).parent)
    sys.path.insert(0, folder)
    import target

    loader = unittest.TestLoader()
    if options.filter:
        loader.testNamePatterns = [f"*{options.filter}*"]
    suite = loader.discover(folder)
    try:
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    finally:
        target.close()
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = result.testsRun - failed - skipped
    word = "FAILED" if failed else "ok"
    print(f"test result: {word}. {passed} passed; {failed} failed; {skipped} ignored; 0 measured; 0 filtered out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
