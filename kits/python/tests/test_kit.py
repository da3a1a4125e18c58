"""The kit itself: what the fixtures promise, and what is said when something is wrong."""

import importlib.metadata
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from ecs_emulator import CallRefused, Emulator, Fleet, NotStarted, program
from ecs_emulator.emulator import ELSEWHERE


@pytest.mark.ecs_fleet(instances=5, cluster="edge", capacity_provider="spot")
def test_the_mark_is_the_fleet(ecs_emulator: Emulator, ecs_fleet: Fleet) -> None:
    assert ecs_fleet == Fleet(instances=5, cluster="edge", capacity_provider="spot")
    cluster = ecs_emulator.world()["regions"][0]["clusters"][0]
    assert (cluster["name"], len(cluster["instances"])) == ("edge", 5)


def test_a_command_of_a_test_asks_the_emulator(ecs_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import boto3; print(boto3.client('ecs').list_clusters()['clusterArns'])"
    listed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert listed.stdout == "['arn:aws:ecs:us-east-1:123456789012:cluster/prod']\n"
    assert "AWS_PROFILE" not in os.environ


def test_a_command_meets_what_exec_lets_it_meet(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*ELSEWHERE, "AWS_ENDPOINT_URL_ECS", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "corp.example")
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    own = pathlib.Path(sys.executable).parent / "ecs-emulator"
    by_exec = subprocess.run([own, "exec", "--", sys.executable, "-c", show], check=True, capture_output=True, text=True)
    pytester.makepyfile(
        f"""
        import subprocess, sys

        def test_it(ecs_emulator):
            with open("seen.json", "w") as seen:
                subprocess.run([sys.executable, "-c", {show!r}], check=True, stdout=seen)
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    here = json.loads((pytester.path / "seen.json").read_text(encoding="utf-8"))
    there = json.loads(by_exec.stdout)
    ours = {"AWS", "TF_", "NO_", "no_"}
    assert {name for name in here if name[:3] in ours} == {name for name in there if name[:3] in ours}
    for name in ("TF_ECS_POLL_INTERVAL", "NO_PROXY", "no_proxy", "AWS_REGION", "AWS_EC2_METADATA_DISABLED"):
        assert here[name] == there[name], name
    assert here["TF_ECS_POLL_INTERVAL"] == "100ms"


def test_an_interval_of_the_user_stays(ecs_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_ECS_POLL_INTERVAL", "3s")
    assert ecs_emulator.environment()["TF_ECS_POLL_INTERVAL"] == "3s"


def test_a_session_asks_the_emulator_whatever_the_environment_says(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile other]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:9\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "other")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:9")
    with Emulator(fleet=Fleet()) as emulator:
        assert emulator.session().client("ecs").list_clusters()["clusterArns"] == [Fleet().cluster_arn]
        assert emulator.session().client("sts").get_caller_identity()["Account"] == "123456789012"


def test_mistakes_are_told(tmp_path: pathlib.Path, ecs_emulator: Emulator) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[[cluster]]\nnam = 'x'\n")
    with pytest.raises(NotStarted, match="wrong.toml"):
        Emulator(scenario=wrong)
    with pytest.raises(ValueError, match="not both"):
        Emulator(scenario=wrong, fleet=Fleet())
    with pytest.raises(CallRefused, match="flood"):
        ecs_emulator.fault(effect="flood")
    ecs_emulator.stop()
    ecs_emulator.stop()


def test_the_program_is_on_the_path_and_runs_commands() -> None:
    own = pathlib.Path(sys.executable).parent / "ecs-emulator"
    ran = subprocess.run([own, "exec", "--", "sh", "-c", "exit 7"], check=False, capture_output=True)
    assert ran.returncode == 7


def test_a_copy_of_the_folder_is_built_with_a_program_or_says_that_it_needs_one(tmp_path: pathlib.Path) -> None:
    copied = tmp_path / "copied"
    shutil.copytree(pathlib.Path(__file__).parent.parent, copied)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(copied)]
    without = {name: value for name, value in os.environ.items() if name != "ECS_EMULATOR_BINARY"}
    refused = subprocess.run(build, check=False, capture_output=True, text=True, env=without)
    assert refused.returncode == 1
    assert "cannot be built here: the wheel carries the program `ecs-emulator`" in refused.stderr
    assert "Traceback" not in refused.stderr
    named = without | {"ECS_EMULATOR_BINARY": str(program.path())}
    subprocess.run(build, check=True, capture_output=True, env=named)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"ecs_emulator-{importlib.metadata.version('ecs-emulator')}-py3-none-")


def test_a_failed_test_shows_the_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        def test_it(ecs_client, ecs_fleet):
            with pytest.raises(ecs_client.exceptions.ClientException):
                ecs_client.describe_daemon_task_definition(daemonTaskDefinition="none")
            assert ecs_fleet.instances == 4
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*world of the ECS emulator*", "cluster prod: 3 instances", "refused: *DescribeDaemonTaskDefinition"])


def test_options_of_a_suite(pytester: pytest.Pytester) -> None:
    scenario = pytester.path / "own.toml"
    scenario.write_text("[[cluster]]\nname = 'own'\n")
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.fixture
        def ecs_emulator_options():
            return {{"scenario": {str(scenario)!r}, "clock": "manual"}}

        def test_it(ecs_emulator, ecs_client):
            assert ecs_client.list_clusters()["clusterArns"][0].endswith("cluster/own")
            assert ecs_emulator.control("GET", "health")["clock"] == "manual"

        def test_without_a_fleet(ecs_fleet):
            pass
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*this test has a scenario and no fleet*"])


def test_the_first_test_of_the_readme_passes(pytester: pytest.Pytester) -> None:
    readme = pathlib.Path(__file__).parent.parent / "README.md"
    block = readme.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    pytester.makepyfile(block)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
