"""Puts the program into the wheel, which is then one of a platform and has the program's version."""

import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import typing

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BINARY = "ECS_EMULATOR_BINARY"
PLATFORM = "ECS_EMULATOR_PLATFORM"

# The folder of the kit does not have the program, and pip cannot build it.
ADVICE = (
    f"Set {BINARY} to an ecs-emulator of this machine and install again, or install a wheel: a release has them, and "
    "`cargo xtask kit` builds one into target/wheels in a clone of the repository."
)


def refuse(reason: str) -> typing.NoReturn:
    """Ends the build with a reason instead of a traceback, in which nobody would find it."""
    sys.exit(f"\necs-emulator for Python cannot be built here: {reason}.\n{ADVICE}\n")


def program() -> pathlib.Path:
    """The program that the wheel is to carry."""
    named = os.environ.get(BINARY)
    if not named:
        refuse(f"the wheel carries the program `ecs-emulator`, and {BINARY} does not name one")
    binary = pathlib.Path(named)
    if not binary.is_file():
        refuse(f"{BINARY} names `{named}`, which is no file")
    return binary


def version() -> str:
    """The version of the repository, or of the program where the folder was copied out of it."""
    workspace = pathlib.Path(__file__).resolve().parents[2] / "Cargo.toml"
    if workspace.is_file():
        found = re.search(r'(?m)^version = "([^"]+)"', workspace.read_text(encoding="utf-8"))
        if found:
            return found[1]
    binary = program()
    try:
        told = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError) as error:
        refuse(f"`{binary} --version` fails: {error}")
    found = re.fullmatch(r"ecs-emulator (\S+)\s*", told)
    return found[1] if found else refuse(f"{BINARY} names `{binary}`, which is no ecs-emulator: `--version` shows another program")


class Hook(BuildHookInterface):
    """The hook of the wheel."""

    def initialize(self, version, build_data):
        """Names the program's place in the wheel, and the wheel's platform."""
        binary = program()
        own = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        # One that is named is a tag already, or several with dots between them.
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ.get(PLATFORM) or own}"
        suffix = ".exe" if binary.suffix == ".exe" else ""
        build_data["force_include"][str(binary)] = f"ecs_emulator/bin/ecs-emulator{suffix}"
        # A copy of the folder does not have it.
        license_text = pathlib.Path(__file__).resolve().parents[2] / "LICENSE"
        if license_text.is_file():
            build_data["force_include"][str(license_text)] = "ecs_emulator/LICENSE"
