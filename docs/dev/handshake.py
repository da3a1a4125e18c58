"""Times the provider from its start to the handshake line, with mutual TLS as Terraform asks for it.

Usage: python3 docs/dev/handshake.py target/release/terraform-provider-ecs [runs]

Needs `openssl` for a client certificate like Terraform's. Prints the median and the spread over whole
processes, and the same for `/bin/true` as the floor of the machine.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"


def client_certificate():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cert.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521", "-nodes", "-days", "2",
             "-keyout", os.path.join(folder, "key.pem"), "-out", path, "-subj", "/O=HashiCorp/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost"],
            check=True, capture_output=True)
        with open(path, encoding="ascii") as file:
            return file.read()


def start_to_line(binary, environment):
    begin = time.perf_counter()
    process = subprocess.Popen([binary], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    line = process.stdout.readline()
    elapsed = time.perf_counter() - begin
    assert line.startswith(b"1|6|"), line
    process.terminate()
    process.wait()
    return elapsed


def floor():
    begin = time.perf_counter()
    subprocess.run(["/bin/true"], check=True)
    return time.perf_counter() - begin


def report(name, seconds):
    millis = sorted(second * 1000 for second in seconds)
    print(f"{name}: median {statistics.median(millis):.1f} ms, {millis[0]:.1f} to {millis[-1]:.1f} ms, {len(millis)} runs")


def main():
    binary, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40
    environment = dict(os.environ, TF_PLUGIN_MAGIC_COOKIE=COOKIE, PLUGIN_PROTOCOL_VERSIONS="5,6",
                       PLUGIN_CLIENT_CERT=client_certificate())
    start_to_line(binary, environment)
    report("start to handshake", [start_to_line(binary, environment) for _ in range(runs)])
    report("/bin/true", [floor() for _ in range(runs)])


main()
