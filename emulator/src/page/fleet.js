// Instances as cells, by capacity provider, coloured by the revision of one daemon that they run.
//
// An instance keeps its place, and the one that replaces it takes the place that has become free: so a rollout is seen to
// go through the fleet, and nothing jumps.

import { attribute, count, element, list, text } from "./draw.js";

const COLOURS = 8;

// Places of instances by capacity provider: ids, or null where one is free.
const places = new Map();

function placesOf(provider, instances) {
  const ids = new Set(instances.map((instance) => instance.id));
  const kept = (places.get(provider) ?? []).map((id) => (ids.has(id) ? id : null));
  const known = new Set(kept);
  const news = instances.map((instance) => instance.id).filter((id) => !known.has(id));
  for (let place = 0; place < kept.length && news.length > 0; place += 1) {
    kept[place] ??= news.shift();
  }
  kept.push(...news);
  while (kept.length > 0 && kept[kept.length - 1] === null) {
    kept.pop();
  }
  places.set(provider, kept);
  return kept;
}

export function draw(cluster, daemon, choose) {
  const colours = new Map((daemon?.revisions ?? []).map((revision, order) => [revision.arn, order % COLOURS]));
  const byProvider = Map.groupBy(cluster.instances, (instance) => instance.capacity_provider);
  list(
    document.getElementById("providers"),
    cluster.capacity_providers,
    (provider) => provider.name,
    () => makeProvider(),
    (node, provider) => drawProvider(node, provider, byProvider.get(provider.name) ?? [], daemon, colours),
  );
  drawLegend(cluster, daemon, colours, choose);
}

function makeProvider() {
  const cells = element("div", { class: "cells", role: "group", onkeydown: move });
  return element("section", { class: "provider" }, element("h3"), element("p", { class: "sum" }), cells);
}

function drawProvider(node, provider, instances, daemon, colours) {
  const [title, sum, cells] = node.children;
  if (title.firstElementChild === null) {
    title.append(element("button", { type: "button", class: "link" }));
  }
  text(title.firstElementChild, provider.name);
  attribute(title.firstElementChild, "data-arn", provider.arn);
  text(sum, summary(instances, provider));
  attribute(cells, "aria-label", `Instances of ${provider.name}`);
  attribute(cells, "data-size", instances.length > 1500 ? "small" : instances.length > 300 ? "middle" : "large");
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const here = placesOf(provider.arn, instances).map((id, place) => ({ place, instance: byId.get(id) }));
  list(cells, here, ({ place }) => place, makeCell, (cell, { instance }) => drawCell(cell, instance, daemon, colours));
  if (cells.querySelector('[tabindex="0"]') === null && cells.firstElementChild !== null) {
    cells.firstElementChild.tabIndex = 0;
  }
}

function summary(instances, provider) {
  const counts = Map.groupBy(instances, (instance) => instance.status);
  const parts = [...counts].map(([status, some]) => `${some.length} ${status.toLowerCase().replaceAll("_", " ")}`);
  const status = provider.status === "ACTIVE" ? "" : `${provider.status}; `;
  return `${status}${count(instances.length, "instance")}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

const makeCell = () => element("button", { type: "button", class: "cell", tabindex: "-1" });

function drawCell(cell, instance, daemon, colours) {
  if (instance === undefined) {
    attribute(cell, "data-status", "NONE");
    attribute(cell, "data-task", null);
    attribute(cell, "data-arn", null);
    attribute(cell, "data-colour", null);
    attribute(cell, "data-failed", null);
    attribute(cell, "aria-label", "no instance");
    attribute(cell, "title", null);
    return;
  }
  const task = daemon && instance.daemon_tasks.find((each) => each.daemon === daemon.name);
  attribute(cell, "data-status", instance.status);
  attribute(cell, "data-task", task?.status ?? "NONE");
  attribute(cell, "data-colour", task === undefined ? null : colours.get(task.revision));
  attribute(cell, "data-failed", task !== undefined && task.failures > 0 ? "true" : null);
  attribute(cell, "data-arn", instance.arn);
  const tasks = instance.daemon_tasks.map((each) => {
    const failures = each.failures > 0 ? `, ${count(each.failures, "failure")}` : "";
    return `${each.daemon} ${each.task_definition} ${each.status}${failures}`;
  });
  const applications = instance.application_tasks.length;
  const rest = applications > 0 ? [count(applications, "application task")] : [];
  const label = [`${instance.ec2_instance_id} ${instance.status}`, ...tasks, ...rest].join("\n");
  attribute(cell, "aria-label", label.replaceAll("\n", "; "));
  attribute(cell, "title", label);
}

function drawLegend(cluster, daemon, colours, choose) {
  const legend = document.getElementById("legend");
  if (legend.firstElementChild === null) {
    const select = element("select", { id: "daemon", onchange: (event) => choose(event.target.value) });
    legend.append(element("label", {}, "Coloured by daemon ", select), element("ul", { class: "swatches" }));
  }
  const select = legend.querySelector("select");
  list(select, cluster.daemons, (each) => each.name, () => element("option"), (node, each) => {
    attribute(node, "value", each.name);
    text(node, each.name);
  });
  select.value = daemon?.name ?? "";
  attribute(legend.firstElementChild, "hidden", cluster.daemons.length === 0 ? "" : null);
  const running = new Map();
  for (const instance of cluster.instances) {
    const task = daemon && instance.daemon_tasks.find((each) => each.daemon === daemon.name);
    if (task !== undefined) {
      running.set(task.revision, (running.get(task.revision) ?? 0) + 1);
    }
  }
  const shown = (daemon?.revisions ?? []).filter((each) => running.has(each.arn) || each.arn === daemon.goal?.revision);
  list(legend.querySelector("ul"), shown, (each) => each.arn, makeSwatch, (node, each) => {
    const [swatch, name, rest] = node.children;
    attribute(swatch, "data-colour", colours.get(each.arn));
    text(name, each.task_definition);
    attribute(name, "data-arn", each.arn);
    const wanted = each.arn === daemon.goal?.revision ? ", wanted" : "";
    text(rest, `on ${count(running.get(each.arn) ?? 0, "instance")}${wanted}`);
  });
}

function makeSwatch() {
  const swatch = element("span", { class: "swatch" });
  return element("li", {}, swatch, element("button", { type: "button", class: "link" }), element("span"));
}

// Arrow keys go through the cells; Enter opens what is under them.
function move(event) {
  const cells = [...event.currentTarget.children];
  const here = cells.indexOf(event.target);
  const top = cells[0]?.offsetTop;
  const row = Math.max(1, cells.findIndex((cell) => cell.offsetTop !== top));
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row, Home: -here, End: cells.length - 1 - here };
  const next = cells[here + (steps[event.key] ?? Number.NaN)];
  if (next === undefined) {
    return;
  }
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
