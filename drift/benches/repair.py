"""Repairs of big estates by the released binary against the emulator as a process: time, memory, calls.

    python3 drift/benches/repair.py target/release/ecs-drift target/release/ecs-emulator [DAEMONS]

Each daemon has `enableExecuteCommand` in its state, and a call from outside took it away. The plan is made, then carried
out; the calls of the second run are those of its journal in the emulator. Ends with 1 if not every daemon was repaired by
one `UpdateDaemon`; times and memory are judged by the reader.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import load

SECONDS_OF_A_CALL = 0.005


def run(binary, emulator, folder, *arguments):
    """Exit code, seconds, peak MB."""
    environment = {"AWS_ACCESS_KEY_ID": "AKIADRIFT00000000001", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": load.REGION}
    command = [binary, *arguments, "--endpoint-url", emulator.url, "--quiet"]
    began, peak = time.monotonic(), 0
    process = subprocess.Popen(command, cwd=folder, env=environment)
    while process.poll() is None:
        peak = max(peak, load.resident_peak(process.pid))
        time.sleep(0.01)
    return process.returncode, time.monotonic() - began, peak


def main():
    drift, emulator_binary = (os.path.abspath(path) for path in sys.argv[1:3])
    daemons = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    clusters = max(1, daemons // 100)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        emulator = load.Emulator(emulator_binary, folder, clusters, "--journal-limit", "1000000", "--clock", "scaled:1000")
        try:
            values = load.make(emulator, clusters, daemons)
            # What was applied, and went back to its default by a call that left it out.
            connection = emulator.connect()
            for each in values:
                body = {"daemonArn": each["arn"], "daemonTaskDefinitionArn": each["daemon_task_definition_arn"],
                        "capacityProviderArns": each["capacity_provider_arns"]}
                emulator.send(connection, "POST", "/", body | {"enableExecuteCommand": True}, "UpdateDaemon")
            emulator.send(connection, "POST", "/_emulator/clock", {"settle": True})
            for each in values:
                body = {"daemonArn": each["arn"], "daemonTaskDefinitionArn": each["daemon_task_definition_arn"],
                        "capacityProviderArns": each["capacity_provider_arns"]}
                emulator.send(connection, "POST", "/", body, "UpdateDaemon")
                each["enable_execute_command"] = True
            emulator.send(connection, "POST", "/_emulator/clock", {"settle": True})
            slow = {"operation": "*", "count": None, "effect": {"slow": {"seconds": SECONDS_OF_A_CALL}}}
            emulator.send(emulator.connect(), "POST", f"/_emulator/faults?region={load.REGION}", slow)
            (folder / "state.json").write_text(json.dumps(load.state(values)))
            scanned = run(drift, emulator, folder, "scan", "state.json", "--output", "json=report.json")
            planned = run(drift, emulator, folder, "reconcile", "state.json", "--plan-out", "plan.json")
            before = emulator.send(emulator.connect(), "GET", "/_emulator/health")["journal"]["last"]
            applied = run(drift, emulator, folder, "reconcile", "--apply", "--plan", "plan.json", "--yes", "--poll", "100ms",
                          "--output", "json=result.json")
            journal = emulator.send(emulator.connect(), "GET", f"/_emulator/journal?since={before}")
        finally:
            emulator.end()
        result = json.loads((folder / "result.json").read_text())
    calls = collections.Counter(entry["operation"] for entry in journal)
    total = sum(calls.values())
    for name, (code, seconds, memory) in (("scan", scanned), ("plan", planned), ("apply", applied)):
        print(f"{name}: {seconds:.2f} s, {daemons / seconds:.0f} daemons/s, {memory:.1f} MB, exit code {code}")
    print(f"calls of the apply: {total / daemons:.3f} a daemon: {dict(calls)}")
    updates = collections.Counter(entry["request"]["daemonArn"] for entry in journal if entry["operation"] == "UpdateDaemon")
    good = applied[0] == 3 and len(updates) == daemons and set(updates.values()) == {1}
    if not good:
        print(f"    WRONG: {json.dumps(result)[:400]}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
