// Virtual time, and the buttons that move it.

import { attribute, element, text } from "./draw.js";
import { post } from "./api.js";

const MOVES = [
  ["+1 min", { advance_seconds: 60 }],
  ["+10 min", { advance_seconds: 600 }],
  ["+1 h", { advance_seconds: 3600 }],
  ["Next event", { next: "event" }],
  ["Next milestone", { next: "milestone" }],
  ["Settle", { settle: true }],
];

// What resumes a clock that was paused before the page was there.
const USUAL = "jump";

export class Clock {
  constructor(notice, moved) {
    this.notice = notice;
    this.moved = moved;
    this.state = { now: 0, mode: "", rate: 0 };
    this.seen = performance.now();
    this.resumes = USUAL;
    this.now = element("time", { id: "now" });
    this.mode = element("span", { class: "badge", id: "mode" });
    this.pause = element("button", { type: "button", id: "pause", onclick: () => this.toggle() });
    const moves = MOVES.map(([name, body]) => {
      return element("button", { type: "button", onclick: (event) => this.move(event.currentTarget, body) }, name);
    });
    document.getElementById("clock").append(this.now, this.mode, this.pause, ...moves);
    setInterval(() => this.show(), 250);
  }

  // A reading of the world is the truth about time; between two of them it goes on at the rate of the clock.
  read(now) {
    this.state.now = now;
    this.seen = performance.now();
    this.show();
  }

  told({ now, mode, rate }) {
    if (mode !== "manual") {
      this.resumes = mode;
    }
    this.state = { now: Date.parse(now), mode, rate };
    this.seen = performance.now();
    this.show();
  }

  time() {
    return this.state.now + (performance.now() - this.seen) * this.state.rate;
  }

  show() {
    const shown = new Date(this.time()).toISOString();
    text(this.now, `${shown.slice(0, 10)} ${shown.slice(11, 19)}`);
    attribute(this.now, "datetime", shown);
    text(this.mode, this.state.mode);
    const isPaused = this.state.mode === "manual";
    text(this.pause, isPaused ? `Resume (${this.resumes})` : "Pause");
    attribute(this.pause, "aria-pressed", isPaused ? "true" : "false");
  }

  async move(button, body) {
    button.disabled = true;
    try {
      const answer = await post("clock", body);
      const rest = answer.settled === false ? " It does not come to rest." : "";
      this.notice(`${answer.processed} events until ${answer.now}.${rest}`);
    } catch (error) {
      this.notice(error.message, true);
    }
    button.disabled = false;
    this.moved();
  }

  async toggle() {
    try {
      await post("clock", { mode: this.state.mode === "manual" ? this.resumes : "manual" });
    } catch (error) {
      this.notice(error.message, true);
    }
    this.moved();
  }
}
