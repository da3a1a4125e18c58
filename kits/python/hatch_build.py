"""Puts the program into the wheel, which is then one of a platform."""

import os
import pathlib
import sysconfig

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BINARY = "ECS_EMULATOR_BINARY"
PLATFORM = "ECS_EMULATOR_PLATFORM"


class Hook(BuildHookInterface):
    """The hook of the wheel."""

    def initialize(self, version, build_data):
        """Names the program's place in the wheel, and the wheel's platform."""
        binary = pathlib.Path(os.environ.get(BINARY, ""))
        if not binary.is_file():
            raise RuntimeError(f"{BINARY} must name the program that the wheel carries, and `{binary}` is no file")
        own = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        # One that is named is a tag already, or several with dots between them.
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{os.environ.get(PLATFORM) or own}"
        suffix = ".exe" if binary.suffix == ".exe" else ""
        build_data["force_include"][str(binary)] = f"ecs_emulator/bin/ecs-emulator{suffix}"
