// What happened, the latest first.

import { count, element, lastPart } from "./draw.js";
import { get } from "./api.js";

const KEPT = 400;
// Kinds of which a rollout over a fleet has thousands.
const MANY = new Set(["instance", "task"]);

// What an event is about, in this order: the first one can be opened.
const SUBJECTS = [
  "taskArn", "containerInstanceArn", "deploymentArn", "serviceDeploymentArn", "daemonArn", "serviceArn",
  "daemonTaskDefinitionArn", "taskDefinitionArn",
];

// The particulars in a line, what matters most first.
function told(detail) {
  const { batch, of, size, minutes } = detail;
  const definition = detail.daemonTaskDefinitionArn ?? detail.taskDefinitionArn;
  const parts = [
    detail.name, detail.daemon ?? detail.service, detail.group, definition && lastPart(definition), detail.capacityProvider,
    detail.ec2InstanceId, detail.taskArn && `task ${lastPart(detail.taskArn)}`,
    batch && `batch ${batch}${of ? ` of ${of}, ${count(size, "instance")}` : ""}`, minutes && count(minutes, "minute"),
    detail.alarm, detail.status ?? detail.state, detail.reason,
  ];
  return parts.filter((part) => part !== null && part !== undefined && part !== "").join(" · ");
}

export class Events {
  constructor(region) {
    this.region = region;
    this.all = [];
    this.rows = document.getElementById("event-rows");
    this.switch = document.getElementById("all-events");
    this.switch.addEventListener("change", () => this.draw());
    this.isDue = false;
  }

  async start() {
    const past = await get("events");
    this.all = [...past, ...this.all.filter((event) => event.seq > (past.at(-1)?.seq ?? 0))];
    this.trim();
    this.later();
  }

  add(event) {
    // After a reset events are numbered from the beginning again.
    if (event.seq <= (this.all.at(-1)?.seq ?? 0)) {
      this.all = [];
    }
    this.all.push(event);
    this.trim();
    this.later();
  }

  trim() {
    const few = this.all.filter((event) => !MANY.has(event.kind)).slice(-KEPT);
    const many = this.all.filter((event) => MANY.has(event.kind)).slice(-KEPT);
    if (few.length + many.length < this.all.length) {
      this.all = [...few, ...many].sort((one, other) => one.seq - other.seq);
    }
  }

  // Thousands of events come in one burst: they are drawn once.
  later() {
    if (!this.isDue) {
      this.isDue = true;
      setTimeout(() => {
        this.isDue = false;
        this.draw();
      }, 100);
    }
  }

  draw() {
    const { account, region } = this.region();
    const isHere = ({ detail }) => detail.account === account && detail.region === region;
    const shown = this.all.filter((event) => (this.switch.checked || !MANY.has(event.kind)) && isHere(event));
    const rows = shown.slice(-KEPT).reverse().map((event) => row(event));
    this.rows.replaceChildren(...rows);
  }
}

function row({ time, kind, detail }) {
  const when = element("time", { datetime: time, title: time }, time.slice(11, 19));
  const bad = /ALARM|FAILED|ROLLBACK|STOPPED/.test(String(detail.status ?? detail.state ?? "")) || kind.endsWith("triggered");
  const name = kind.replaceAll("_", " ");
  const subject = SUBJECTS.map((member) => detail[member]).find((arn) => arn);
  const what = subject ? element("button", { type: "button", class: "link", "data-arn": subject }, name) : name;
  const cells = [when, what, told(detail)].map((content) => element("td", {}, content));
  return element("tr", { class: bad ? "bad" : null }, ...cells);
}
