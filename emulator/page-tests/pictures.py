"""The pictures of the documentation: a rollout over a fleet, in light and in dark."""

import pathlib
import sys

import world


class Pictures(world.Case):
    def draw(self, folder):
        """Writes the pictures into a folder."""
        here = world.World(instances=60)
        here.daemon()
        here.daemon("logs")
        here.update(here.define("agent", "agent:2"), bakeTimeInMinutes=10)
        here.advance(330)
        page = self.open(here)
        page.set_viewport_size({"width": 1180, "height": 620})
        for scheme in ["light", "dark"]:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=str(folder / f"fleet-{scheme}.png"))


if __name__ == "__main__":
    case = Pictures()
    case.setUpClass()
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    case.draw(folder)
    case.doCleanups()
    case.tearDownClass()
