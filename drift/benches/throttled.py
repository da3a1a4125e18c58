"""Scans under random throttling beside boto3's standard mode, in one run: time, and what was lost.

    pip install boto3    # one that knows DescribeDaemon
    python3 drift/benches/throttled.py target/release/ecs-drift target/release/ecs-emulator [PART...]

For each part of calls that the emulator throttles at random (by default 0, 0.05, 0.15, 0.2, 0.35 and 0.5): 2,000 daemons by a
scan of the released binary, and the same calls by boto3, which has 16 threads, as many as a scan has calls under way, one
session, standard mode with its own three attempts, and no daemons to compare. Each answer of the emulator takes 5 ms.
Ends with 1 if a scan loses something or takes more than 1.5 times as long as boto3.
"""

import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time

import boto3
import botocore.config
import botocore.exceptions

import load

DAEMONS, CLUSTERS, THREADS, MOST = 2000, 20, 16, 1.5


def by_boto3(url, values):
    """Seconds, and calls that failed for good."""
    config = botocore.config.Config(retries={"mode": "standard"}, max_pool_connections=THREADS)
    client = boto3.session.Session().client(
        "ecs", region_name=load.REGION, endpoint_url=url, config=config,
        aws_access_key_id="AKIABOTO000000000001", aws_secret_access_key="x")

    def call(operation, **arguments):
        try:
            getattr(client, operation)(**arguments)
        except botocore.exceptions.ClientError:
            return 1
        return 0

    deployments = [each["deployment_arn"] for each in values]
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        calls = [pool.submit(call, "describe_daemon", daemonArn=each["arn"]) for each in values]
        for at in range(0, len(values), 20):
            calls.append(pool.submit(call, "describe_daemon_deployments", daemonDeploymentArns=deployments[at:at + 20]))
            calls.append(pool.submit(call, "list_daemon_task_definitions", maxResults=1))
        lost = sum(each.result() for each in calls)
    return time.monotonic() - began, lost


def case(binaries, part):
    drift, emulator_binary = binaries
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        emulator = load.Emulator(emulator_binary, folder, CLUSTERS, "--journal-limit", "1000")
        try:
            values = load.make(emulator, CLUSTERS, DAEMONS)
            faults = [{"operation": "*", "probability": part, "count": None, "effect": "throttle"}] if part else []
            faults.append({"operation": "*", "count": None, "effect": {"slow": {"seconds": 0.005}}})
            for fault in faults:
                emulator.send(emulator.connect(), "POST", f"/_emulator/faults?region={load.REGION}", fault)
            code, report, seconds, _, _ = load.scan(drift, emulator, folder, values)
            boto3_seconds, boto3_lost = by_boto3(emulator.url, values)
        finally:
            emulator.end()
    lost = len(report["unread"])
    print(f"{100 * part:.0f} % throttled: scan {seconds:.1f} s, {lost} unread, exit code {code}; boto3 {boto3_seconds:.1f} s, "
          f"{boto3_lost} calls lost; {seconds / boto3_seconds:.2f} times", flush=True)
    return code == 0 and not lost and seconds <= MOST * boto3_seconds


def main():
    binaries = [os.path.abspath(path) for path in sys.argv[1:3]]
    parts = [float(part) for part in sys.argv[3:]] or [0, 0.05, 0.15, 0.2, 0.35, 0.5]
    good = [case(binaries, part) for part in parts]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
