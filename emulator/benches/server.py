"""Start, memory and request rate of the emulator as a process, beside moto's server in the same run.

Needs `wrk` (a package of Debian) and, for the comparison, `moto[server]` in the Python that runs this:

    python3 -m venv target/bench && target/bench/bin/pip install 'moto[server]'
    target/bench/bin/python emulator/benches/server.py target/release/ecs-emulator

Both servers get the same requests: DescribeClusters of one cluster over 8 connections that are kept alive.
"""

import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

TARGET = "AmazonEC2ContainerServiceV20141113"
CREDENTIAL = "AWS4-HMAC-SHA256 Credential=AKIABENCH00000000001/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0"
BODY = '{"clusters":["prod"]}'
CONNECTIONS = 8
SECONDS = 5

SCRIPT = f"""
wrk.method = "POST"
wrk.body = '{BODY}'
wrk.headers["content-type"] = "application/x-amz-json-1.1"
wrk.headers["x-amz-target"] = "{TARGET}.DescribeClusters"
wrk.headers["authorization"] = "{CREDENTIAL}"
done = function(summary)
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration, summary.errors.status))
end
"""


def call(url, operation, body):
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"{TARGET}.{operation}",
        "authorization": CREDENTIAL,
    }
    with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers)) as answer:
        return json.loads(answer.read())


def start(binary, *flags):
    process = subprocess.Popen([binary, "--listen", "127.0.0.1:0", *flags], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().split()[-1]


def end(process):
    process.terminate()
    process.wait()


def start_to_answer(binary):
    """Milliseconds from the start of the process to the first answer."""
    times = []
    for _ in range(21):
        begun = time.perf_counter()
        process, url = start(binary)
        call(url, "ListClusters", "{}")
        times.append((time.perf_counter() - begun) * 1000)
        end(process)
    return statistics.median(times), min(times), max(times)


def resident(process):
    """Resident memory of a process in MB."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def rate(url):
    """Requests per second."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT)
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", script.name, url]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests, microseconds, errors = map(int, output.split("RESULT ")[1].split())
    if errors:
        raise RuntimeError(f"{errors} of {requests} requests failed")
    return requests / (microseconds / 1e6)


def moto():
    """moto's server, when it is installed beside this Python."""
    binary = pathlib.Path(sys.executable).with_name("moto_server")
    if not binary.exists():
        return None, None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([binary, "-H", "127.0.0.1", "-p", str(port)], **quiet)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/moto-api/")
            break
        except OSError:
            time.sleep(0.05)
    return process, url


def main():
    binary = sys.argv[1]
    middle, least, most = start_to_answer(binary)
    print(f"start to first answer: {middle:.1f} ms ({least:.1f} to {most:.1f}, 21 runs)")
    with tempfile.TemporaryDirectory() as folder:
        process, url = start(binary, "--journal", os.path.join(folder, "journal.ndjson"))
        call(url, "ListClusters", "{}")
        print(f"resident at rest: {resident(process):.1f} MB")
        if shutil.which("wrk"):
            call(url, "CreateCluster", '{"clusterName":"prod"}')
            print(f"emulator, journal in memory and file: {rate(url):.0f} requests/s")
            print(f"resident after that: {resident(process):.1f} MB")
        end(process)
    process, url = moto()
    if process and shutil.which("wrk"):
        call(url, "CreateCluster", '{"clusterName":"prod"}')
        print(f"moto's server: {rate(url):.0f} requests/s")
        end(process)


if __name__ == "__main__":
    main()
