"""Fixtures of pytest: an emulator for each test, and clients that ask it."""

from __future__ import annotations

import os
import typing

import pytest

from .emulator import Emulator, Fleet, elsewhere

if typing.TYPE_CHECKING:
    import boto3

MARK = "ecs_fleet(instances=3, cluster='prod', capacity_provider='fleet'): the fleet of the emulator in this test"
# Refused calls that an account of a failed test names.
NAMED = 10

_EMULATOR = pytest.StashKey[Emulator]()


def pytest_configure(config: pytest.Config) -> None:
    """Names the mark, so that a misspelt one is told."""
    config.addinivalue_line("markers", MARK)


@pytest.fixture
def ecs_emulator_options() -> dict[str, typing.Any]:
    """Arguments of `Emulator`, for a suite to override: a scenario, a clock, a seed."""
    return {}


@pytest.fixture
def ecs_emulator(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    ecs_emulator_options: dict[str, typing.Any],
) -> typing.Iterator[Emulator]:
    """A running emulator. The environment of the test leads to it, for commands that the test starts as well."""
    options = dict(ecs_emulator_options)
    mark = request.node.get_closest_marker("ecs_fleet")
    if mark is not None or not options.keys() & {"fleet", "scenario"}:
        options.pop("scenario", None)
        options["fleet"] = Fleet(*(mark.args if mark else ()), **(mark.kwargs if mark else {}))
    with Emulator(**options) as emulator:
        for name in elsewhere(os.environ):
            monkeypatch.delenv(name)
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        request.node.stash[_EMULATOR] = emulator
        yield emulator


@pytest.fixture
def ecs_session(ecs_emulator: Emulator) -> boto3.Session:
    """A session of boto3 whose clients ask the emulator."""
    return ecs_emulator.session()


@pytest.fixture
def ecs_client(ecs_session: boto3.Session) -> typing.Any:
    """A client of ECS."""
    return ecs_session.client("ecs")


@pytest.fixture
def ecs_fleet(ecs_emulator: Emulator) -> Fleet:
    """The fleet of the emulator; a test with a scenario has none."""
    if ecs_emulator.fleet is None:
        pytest.fail("this test has a scenario and no fleet: take the names from the scenario")
    return ecs_emulator.fleet


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> typing.Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds an account of the world to a test that failed."""
    report = yield
    emulator = item.stash.get(_EMULATOR, None)
    if report.failed and call.when == "call" and emulator is not None:
        report.sections.append(("world of the ECS emulator", account(emulator)))
    return report


def account(emulator: Emulator) -> str:
    """The world and the refused calls in a few lines."""
    try:
        world, journal = emulator.world(), emulator.journal()
    except OSError as error:
        return f"the emulator does not answer: {error}"
    lines = [f"at {world['now']}"]
    for region in world["regions"]:
        for cluster in region["clusters"]:
            lines.append(f"cluster {cluster['name']}: {len(cluster['instances'])} instances")
            for daemon in cluster["daemons"]:
                latest = daemon["deployments"][-1] if daemon["deployments"] else None
                told = f"{latest['status']}: {latest['reason']}" if latest else "no deployment"
                lines.append(f"  daemon {daemon['name']} {daemon['status']}, {told}")
    refused = [entry for entry in journal if (entry.get("status") or 200) >= 400]
    lines += [f"refused: {entry['time']} {entry['operation']}" for entry in refused[-NAMED:]]
    return "\n".join(lines)
