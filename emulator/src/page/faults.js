// Faults and alarms, which can be set.

import { attribute, element, list, text } from "./draw.js";
import { get, post, remove } from "./api.js";
import { emptied } from "./daemons.js";

const SAMPLES = {
  "An image does not start": { image: "*:broken", effect: "fails_to_start", count: "for_ever" },
  "Describe calls are throttled": { operation: "Describe*", effect: "throttle", count: 10 },
  "An answer is lost": { operation: "UpdateDaemon", effect: "lost_reply" },
  "No machines can be had": { effect: "no_capacity", count: 3 },
  "Drains take four times as long": { effect: "slow_drain", factor: 4, count: "for_ever" },
};

export class Faults {
  // `scope` answers the query that names the region shown.
  constructor(notice, scope, changed) {
    this.notice = notice;
    this.scope = scope;
    this.changed = changed;
    this.drawForm();
    this.drawAlarmForm();
  }

  async attempt(work) {
    try {
      await work();
      this.notice("");
    } catch (error) {
      this.notice(error.message, true);
    }
    await this.read();
    this.changed();
  }

  async read() {
    const faults = await get("faults");
    list(this.rows, faults, (fault) => fault.id, (fault) => this.make(fault), (node, fault) => {
      const { id, reached, fired, ...rest } = fault;
      text(node.querySelector("code"), JSON.stringify(withoutNulls(rest)));
      text(node.querySelector("span"), `${id}: fired ${fired ?? 0} of ${reached ?? 0} times`);
    });
    emptied("faults", faults.length === 0, "None.");
  }

  make(fault) {
    const away = () => this.attempt(() => remove(`faults/${encodeURIComponent(fault.id)}`));
    const button = element("button", { type: "button", "aria-label": `Remove fault ${fault.id}`, onclick: away }, "Remove");
    return element("li", {}, element("span"), element("code"), button);
  }

  drawForm() {
    this.rows = element("ul", { class: "rows" });
    const body = element("textarea", { rows: "4", spellcheck: "false", "aria-label": "Fault as JSON" });
    const samples = element("select", { "aria-label": "Kind of fault" });
    samples.append(...Object.keys(SAMPLES).map((name) => element("option", {}, name)));
    const fill = () => {
      body.value = JSON.stringify(SAMPLES[samples.value], null, 1);
    };
    samples.addEventListener("change", fill);
    fill();
    const add = () => this.attempt(() => post(`faults?${this.scope()}`, JSON.parse(body.value)));
    const button = element("button", { type: "button", onclick: add }, "Add");
    const form = element("details", {}, element("summary", {}, "Add a fault"), samples, body, button);
    document.getElementById("faults").append(this.rows, form);
  }

  drawAlarmForm() {
    this.alarms = element("ul", { class: "rows" });
    const name = element("input", { "aria-label": "Name of an alarm", placeholder: "name" });
    const add = () => this.attempt(() => this.set(name.value, "ALARM"));
    const button = element("button", { type: "button", onclick: add }, "Set to ALARM");
    document.getElementById("alarms").append(this.alarms, element("p", { class: "form" }, name, button));
  }

  set(name, state) {
    return post(`alarms/${encodeURIComponent(name)}?${this.scope()}`, { state });
  }

  drawAlarms(alarms) {
    list(this.alarms, Object.entries(alarms), ([name]) => name, ([name]) => this.makeAlarm(name), (node, [name, state]) => {
      const [shown, badge, button] = node.children;
      text(shown, name);
      text(badge, state);
      attribute(badge, "data-status", state);
      const next = state === "ALARM" ? "OK" : "ALARM";
      text(button, `Set to ${next}`);
      attribute(button, "data-next", next);
    });
  }

  makeAlarm(name) {
    const set = (event) => this.attempt(() => this.set(name, event.currentTarget.dataset.next));
    const button = element("button", { type: "button", onclick: set });
    return element("li", {}, element("span"), element("span", { class: "badge" }), button);
  }
}

// What a fault leaves open says nothing to a reader.
function withoutNulls(value) {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
