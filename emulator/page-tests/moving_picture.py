"""The moving picture of the README: a run of the emulator and of ecs-drift, drawn as one SVG.

Each frame is the world of the emulator at one moment of virtual time, and each caption is a command of the run or the first line
that it printed. Nothing is drawn that was not there.
"""

import html
import os
import pathlib
import subprocess
import sys
import tempfile

import world

INSTANCES, COLUMNS = 60, 15
CELL, GAP, LEFT, TOP = 40, 8, 20, 92
WIDTH = 2 * LEFT + COLUMNS * (CELL + GAP) - GAP
HEIGHT = TOP + INSTANCES // COLUMNS * (CELL + GAP) + 34
# Seconds of a frame with a new caption, and of the others.
LONG, SHORT = 2.0, 0.45
STYLE = """
  .page { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #59636e }
  .old { fill: #0969da } .new { fill: #1a7f37 } .foreign { fill: #bc4c00 } .draining { fill: #d1d9e0 } .bare { fill: #cf222e }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #f0f6fc } .faint { fill: #9198a1 }
    .old { fill: #4493f8 } .new { fill: #3fb950 } .foreign { fill: #db6d28 } .draining { fill: #3d444d } .bare { fill: #f85149 }
  }
  text { font: 15px ui-monospace, monospace } .small { font-size: 13px }
"""
KINDS = {
    "old": "agent:1",
    "new": "agent:2",
    "foreign": "settings lost",
    "draining": "draining",
    "bare": "no agent",
}


class Film:
    """Frames of a world: caption, line below it, what is at each place of the fleet, and the time."""

    def __init__(self, here):
        """Begins with the fleet as it is."""
        self.here, self.frames, self.places = here, [], []

    def take(self, caption=None, line=None):
        """Keeps the world of this moment; without a new caption only if it has changed."""
        shown = self.here.control("GET", "world")
        cluster = shown["regions"][0]["clusters"][0]
        revisions = {revision["arn"]: revision for revision in cluster["daemons"][0]["revisions"]}
        found = {instance["id"]: kind(instance, revisions) for instance in cluster["instances"]}
        # A new instance takes the place of one that is gone.
        new = [key for key in found if key not in self.places]
        self.places = [key if key in found else (new.pop(0) if new else None) for key in self.places]
        self.places += new[: INSTANCES - len(self.places)]
        row = [found.get(key, "draining") for key in self.places]
        last = self.frames[-1] if self.frames else ("", "", [], "")
        if caption is None and line is None and last[2] == row:
            return
        line = ("" if caption else last[1]) if line is None else line
        self.frames.append((caption or last[0], line, row, shown["now"][11:16]))

    def roll(self, is_over):
        """Lets virtual time pass until a rollout is over."""
        while not is_over():
            self.here.advance(30)
            self.take()

    def is_rolled_out(self):
        """Whether no deployment of the daemon is under way."""
        daemon = self.here.control("GET", "world")["regions"][0]["clusters"][0]["daemons"][0]
        return all(deployment["finished"] for deployment in daemon["deployments"])


def kind(instance, revisions):
    """What runs on an instance."""
    running = [task for task in instance["daemon_tasks"] if task["status"] == "RUNNING"]
    if instance["status"] != "ACTIVE" or not running:
        return "draining" if instance["status"] != "ACTIVE" else "bare"
    revision = revisions[running[0]["revision"]]
    if not revision["execute_command"]:
        return "foreign"
    return "old" if revision["task_definition"] == "agent:1" else "new"


def drift(here, *arguments):
    """A process of ecs-drift that calls the emulator."""
    keys = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "us-east-1"}
    environment = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": here.url, **keys}
    command = [os.environ["ECS_ACC_DRIFT"], *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def first_line(process, code):
    """The first line that a process has printed; it must have ended with this code."""
    output, errors = process.communicate()
    if process.returncode != code:
        raise RuntimeError(f"{process.args} ended with {process.returncode}: {errors}")
    return next(iter(output.splitlines()), "")


def run(here, folder):
    """The run: a rollout, an update by somebody else, a scan, a repair."""
    film = Film(here)
    create = {"daemonName": "agent", "clusterArn": world.ARN + "cluster/prod", "enableExecuteCommand": True}
    providers = {"capacityProviderArns": [world.ARN + "capacity-provider/fleet"]}
    settings = {"deploymentConfiguration": {"drainPercent": 25}, **providers}
    here.call("CreateDaemon", daemonTaskDefinitionArn=here.define("agent", "agent:1"), **create, **settings)
    here.control("POST", "clock", {"settle": True})
    daemon = {"daemonArn": f"{world.ARN}daemon/prod/agent"}
    film.take("60 instances, agent:1 on each")
    second = {"daemonTaskDefinitionArn": here.define("agent", "agent:2")}
    here.call("UpdateDaemon", enableExecuteCommand=True, **daemon, **second, **settings)
    film.take("a new revision: agent:2", "batches of 25 %")
    film.roll(film.is_rolled_out)
    baseline = str(pathlib.Path(folder, "baseline.toml"))
    first_line(drift(here, "baseline", "record", "--cluster", "prod", "--output", baseline), 0)
    here.call("UpdateDaemon", **daemon, **second, **providers)
    film.take("somebody: aws ecs update-daemon", "what the call leaves out goes back to its default")
    film.roll(film.is_rolled_out)
    film.take("$ ecs-drift scan baseline.toml", first_line(drift(here, "scan", baseline), 2))
    repair = drift(here, "reconcile", baseline, "--apply", "--yes", "--poll", "100ms")
    film.take("$ ecs-drift reconcile baseline.toml --apply --yes", "one UpdateDaemon with every setting")
    film.roll(lambda: repair.poll() is not None)
    film.take(line=first_line(repair, 3))
    film.take("$ ecs-drift scan baseline.toml", first_line(drift(here, "scan", baseline), 0))
    return film.frames


def draw(frames):
    """The frames as an SVG that needs no script: each group is shown in its part of the time."""
    captions = [before is None or before[:2] != frame[:2] for before, frame in zip([None, *frames], frames)]
    lengths = [LONG if is_new else SHORT for is_new in captions]
    total, begin, groups = sum(lengths), 0.0, []
    for number, (frame, length) in enumerate(zip(frames, lengths)):
        groups.append(group(number, frame, (begin / total, (begin + length) / total), total))
        begin += length
    legend = "".join(
        f'<rect class="{name}" x="{LEFT + 150 * index}" y="{HEIGHT - 24}" width="12" height="12" rx="2"/>'
        f'<text class="faint small" x="{LEFT + 150 * index + 18}" y="{HEIGHT - 13}">{text}</text>'
        for index, (name, text) in enumerate(KINDS.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        "<title>A rollout over 60 instances, an update by somebody else, its repair by ecs-drift</title>"
        f'<style>{" ".join(STYLE.split())}</style><rect class="page" width="{WIDTH}" height="{HEIGHT}"/>'
        f'{legend}{"".join(groups)}</svg>\n'
    )


def group(number, frame, part, total):
    """One frame. The first one is what is seen where nothing moves."""
    caption, line, row, time = frame
    cells = "".join(
        f'<path class="{name}" d="{squares([place for place, here in enumerate(row) if here == name])}"/>'
        for name in KINDS
        if name in row
    )
    begin, end = (f"{moment:.4f}" for moment in part)
    times, values = ("0;" + end, "inline;none") if number == 0 else (f"0;{begin};{end}", "none;inline;none")
    if float(end) >= 1:
        times, values = f"0;{begin}", "none;inline"
    shown = "inline" if number == 0 else "none"
    return (
        f'<g display="{shown}"><animate attributeName="display" dur="{total:.2f}s" repeatCount="indefinite" '
        f'calcMode="discrete" keyTimes="{times}" values="{values}"/>'
        f'<text class="text" x="{LEFT}" y="34">{html.escape(caption)}</text>'
        f'<text class="faint small" x="{LEFT}" y="62">{html.escape(line[:95])}</text>'
        f'<text class="faint small" x="{WIDTH - LEFT}" y="34" text-anchor="end">{time}</text>{cells}</g>'
    )


def squares(places):
    """One path for all squares of a kind, which is shorter than an element for each."""
    corners = [(LEFT + place % COLUMNS * (CELL + GAP), TOP + place // COLUMNS * (CELL + GAP)) for place in places]
    return "".join(f"M{x} {y}h{CELL}v{CELL}h-{CELL}z" for x, y in corners)


if __name__ == "__main__":
    here = world.World(instances=INSTANCES)
    try:
        with tempfile.TemporaryDirectory() as folder:
            frames = run(here, folder)
    finally:
        here.end()
    pathlib.Path(sys.argv[1]).write_text(draw(frames))
