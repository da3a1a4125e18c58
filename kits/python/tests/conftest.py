"""The line that `cargo xtask test` counts."""

import pytest

pytest_plugins = ["pytester"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says the result as the test harness of Rust does."""
    number = {name: len(terminalreporter.getreports(name)) for name in ("passed", "failed", "error", "skipped")}
    failed = number["failed"] + number["error"]
    word = "FAILED" if failed else "ok"
    terminalreporter.write_line(
        f"test result: {word}. {number['passed']} passed; {failed} failed; {number['skipped']} ignored; 0 measured; 0 filtered out"
    )
