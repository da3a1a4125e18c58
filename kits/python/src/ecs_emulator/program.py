"""The program in the wheel."""

import os
import pathlib
import subprocess
import sys


def path() -> pathlib.Path:
    """The program. `ECS_EMULATOR_BINARY` names another one."""
    named = os.environ.get("ECS_EMULATOR_BINARY")
    if named:
        return pathlib.Path(named)
    folder = pathlib.Path(__file__).parent / "bin"
    return folder / ("ecs-emulator.exe" if os.name == "nt" else "ecs-emulator")


def main() -> None:
    """Runs the program in place of this process, as if it had been called itself."""
    program = str(path())
    if os.name == "nt":
        sys.exit(subprocess.run([program, *sys.argv[1:]], check=False).returncode)
    os.execv(program, [program, *sys.argv[1:]])
