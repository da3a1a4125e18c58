// Daemons and services, with what rolls out.

import { attribute, count, element, lastPart, list, span, text } from "./draw.js";

const HISTORY = 8;

const link = () => element("button", { type: "button", class: "link" });

export function draw(cluster, now) {
  list(document.getElementById("daemons"), cluster.daemons, (each) => each.arn, makeDaemon, (node, daemon) => {
    drawDaemon(node, daemon, now);
  });
  emptied("daemons", cluster.daemons.length === 0, "None yet: CreateDaemon makes one.");
  attribute(document.getElementById("services-section"), "hidden", cluster.services.length === 0 ? "" : null);
  list(document.getElementById("services"), cluster.services, (each) => each.arn, makeService, (node, service) => {
    drawService(node, service, cluster.application_tasks);
  });
}

// A sentence where a list has nothing.
export function emptied(id, isEmpty, sentence) {
  const parent = document.getElementById(id);
  const note = parent.parentElement.querySelector(":scope > .empty");
  if (isEmpty && note === null) {
    parent.before(element("p", { class: "empty" }, sentence));
  } else if (!isEmpty) {
    note?.remove();
  }
}

function makeDaemon() {
  const head = element("h3", {}, link(), element("span", { class: "badge" }));
  const bar = element("progress", { max: "1", value: "0" });
  const history = element("ol", { class: "history", "aria-label": "Deployments, the latest last" });
  return element("article", {}, head, element("p", { class: "facts" }), bar, element("p", { class: "reason" }), history);
}

function drawDaemon(node, daemon, now) {
  const [head, facts, bar, reason, history] = node.children;
  const [name, badge] = head.children;
  const deployment = daemon.deployments.at(-1);
  text(name, daemon.name);
  attribute(name, "data-arn", daemon.arn);
  const status = daemon.status === "ACTIVE" ? deployment?.status ?? daemon.status : daemon.status;
  text(badge, status.replaceAll("_", " ").toLowerCase());
  attribute(badge, "data-status", status);
  text(facts, factsOf(daemon, deployment, now).join(" · "));
  const counts = deployment?.counts;
  const all = counts ? counts.running + counts.without_daemon + counts.draining : 0;
  const others = deployment?.stage === "rolling" || deployment?.stage === "pausing" ? deployment.batch : null;
  const done = others && others.of > 0 ? (others.number - (others.running ? 1 : 0)) / others.of : all > 0 ? counts.running / all : 0;
  attribute(bar, "value", deployment?.stage === "over" || deployment?.stage === "baking" ? 1 : done);
  attribute(bar, "aria-label", `Progress of ${daemon.name}`);
  attribute(bar, "hidden", deployment === undefined ? "" : null);
  text(reason, deployment?.reason ?? "");
  list(history, daemon.deployments.slice(-HISTORY), (each) => each.arn, () => element("li", {}, link()), (item, each) => {
    const target = each.target?.task_definition ?? "deletion";
    attribute(item.firstElementChild, "data-arn", each.arn);
    attribute(item, "data-status", each.status);
    text(item.firstElementChild, target);
    attribute(item.firstElementChild, "title", `${each.status}: ${each.reason ?? ""}`);
  });
}

function factsOf(daemon, deployment, now) {
  const facts = [];
  const wanted = daemon.goal?.task_definition;
  if (wanted) {
    facts.push(wanted);
  }
  if (deployment === undefined || deployment.stage === "over") {
    return facts;
  }
  const { batch, counts, failures, threshold, triggered_alarms: alarms } = deployment;
  if (batch.of > 0) {
    facts.push(`batch ${batch.number} of ${batch.of}, up to ${count(batch.size, "instance")}`);
  }
  if (counts) {
    const rest = [[counts.draining, "draining"], [counts.without_daemon, "without it"]].filter(([number]) => number > 0);
    facts.push([[counts.running, "running"], ...rest].map((part) => part.join(" ")).join(", "));
  }
  if (deployment.due !== null) {
    const left = span(Date.parse(deployment.due) - now);
    const words = { baking: "bakes for", pausing: "next batch in", pending: "starts in", stopping: "rolls back in" };
    facts.push(`${words[deployment.stage] ?? "goes on in"} ${left}`);
  }
  if (failures > 0) {
    facts.push(`circuit breaker at ${failures} of ${threshold}`);
  }
  if (alarms.length > 0) {
    facts.push(`alarms: ${alarms.join(", ")}`);
  }
  if (deployment.rollback_target) {
    facts.push(`back to ${deployment.rollback_target.task_definition}`);
  }
  return facts;
}

function makeService() {
  const head = element("h3", {}, link(), element("span", { class: "badge" }));
  return element("article", {}, head, element("p", { class: "facts" }), element("p", { class: "reason" }));
}

function drawService(node, service, tasks) {
  const [head, facts, reason] = node.children;
  const [name, badge] = head.children;
  const deployment = service.deployments.at(-1);
  const own = tasks.filter((task) => task.group === `service:${service.name}`);
  const running = own.filter((task) => task.status === "RUNNING").length;
  const status = deployment?.status ?? service.status;
  text(name, service.name);
  attribute(name, "data-arn", service.arn);
  text(badge, status.replaceAll("_", " ").toLowerCase());
  attribute(badge, "data-status", status);
  const steady = service.steady ? "steady" : "not steady";
  text(facts, `${lastPart(service.task_definition)} · ${running} of ${count(service.desired, "task")} running · ${steady}`);
  text(reason, deployment?.reason ?? "");
}
