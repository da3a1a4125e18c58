// Joins the parts. One region, cluster and daemon are chosen; what is not there any more is chosen no longer.

import { attribute, element, list, text } from "./draw.js";
import { Clock } from "./clock.js";
import { Events } from "./events.js";
import { Faults } from "./faults.js";
import { Live } from "./live.js";
import * as daemons from "./daemons.js";
import * as fleet from "./fleet.js";
import * as record from "./record.js";

const chosen = { place: null, daemon: null };
let latest = null;

function notice(message, isError = false) {
  const node = document.getElementById("notice");
  text(node, message);
  attribute(node, "class", isError ? "error" : null);
}

// Each cluster with its region, in the order of the world.
function placesOf(world) {
  return world.regions.flatMap((region) => {
    return region.clusters.map((cluster) => ({ key: cluster.arn, region, cluster }));
  });
}

function current() {
  const places = latest === null ? [] : placesOf(latest);
  return places.find(({ key }) => key === chosen.place) ?? places[0] ?? null;
}

function region() {
  const { account, region: name } = current()?.region ?? {};
  return { account: account ?? "123456789012", region: name ?? "us-east-1" };
}

// The daemon that somebody chose, else the one that rolled out last.
function daemonOf(cluster) {
  const last = (daemon) => daemon.deployments.at(-1)?.created ?? "";
  const byChoice = cluster.daemons.find((daemon) => daemon.name === chosen.daemon);
  return byChoice ?? [...cluster.daemons].sort((one, other) => last(other).localeCompare(last(one)))[0];
}

function drawPlaces(places) {
  const select = document.getElementById("cluster");
  const label = ({ region: { account, region: name }, cluster }) => `${cluster.name} (${name}, ${account})`;
  list(select, places, ({ key }) => key, () => element("option"), (node, place) => {
    attribute(node, "value", place.key);
    text(node, label(place));
  });
  select.value = current()?.key ?? "";
}

function draw() {
  if (latest === null) {
    return;
  }
  drawPlaces(placesOf(latest));
  const place = current();
  daemons.emptied("providers", place === null, "No cluster yet: CreateCluster makes one, or begin with --scenario.");
  const cluster = place?.cluster ?? { capacity_providers: [], daemons: [], instances: [], services: [], application_tasks: [] };
  fleet.draw(cluster, daemonOf(cluster), (name) => {
    chosen.daemon = name;
    draw();
  });
  daemons.draw(cluster, clock.time());
  faults.drawAlarms(place?.region.alarms ?? {});
}

const query = () => new URLSearchParams(region()).toString();
const events = new Events(region);
const live = new Live({
  world(world) {
    latest = world;
    clock.read(world.now_ms);
    draw();
    document.body.dataset.drawn = String(Number(document.body.dataset.drawn ?? 0) + 1);
  },
  event: (event) => events.add(event),
  clock: (state) => clock.told(state),
  connection(isOpen, error) {
    if (!isOpen) {
      notice(error?.message ?? "The emulator does not answer. The page goes on when it does.", true);
    } else if (document.getElementById("notice").className === "error") {
      notice("");
    }
  },
});
const clock = new Clock(notice, () => live.read());
const faults = new Faults(notice, query, () => live.read());

record.start(notice);
document.getElementById("cluster").addEventListener("change", (event) => {
  chosen.place = event.target.value;
  chosen.daemon = null;
  draw();
  events.draw();
});
// What bakes counts down between two readings.
setInterval(() => {
  if (clock.state.rate > 0) {
    draw();
  }
}, 1000);
setInterval(() => faults.read().catch(() => {}), 3000);
live.start();
faults.read().catch(() => {});
events.start().catch((error) => notice(error.message, true));
