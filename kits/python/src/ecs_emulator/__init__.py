"""An emulator of Amazon ECS with managed daemons, run beside Python tests.

    with Emulator(fleet=Fleet(instances=4)) as emulator:
        ecs = emulator.session().client("ecs")
        ...
        emulator.settle()
"""

from .emulator import CallRefused, Emulator, Fault, Fleet, NotStarted, elsewhere

__all__ = ["CallRefused", "Emulator", "Fault", "Fleet", "NotStarted", "elsewhere"]
