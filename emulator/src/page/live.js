// When the world is read again: after events, and not faster than it can be read and drawn, so that a fleet of thousands
// leaves time for everything else.

import { follow, get } from "./api.js";

const SHORTEST = 80;
// Between two readings passes at least this multiple of what one takes.
const SHARE = 2;

export class Live {
  constructor({ world, event, clock, connection }) {
    this.told = { world, event, clock, connection };
    this.due = false;
    this.busy = false;
    this.pause = SHORTEST;
  }

  start() {
    follow((kind, data) => this.receive(kind, data));
    this.read();
  }

  receive(kind, data) {
    if (kind === "open" || kind === "closed") {
      this.told.connection(kind === "open");
      if (kind === "open") {
        this.read();
      }
      return;
    }
    if (kind === "clock") {
      this.told.clock(data);
    } else if (kind !== "gap") {
      this.told.event({ ...data, kind });
    }
    this.read();
  }

  // Reads the world soon; however often it is asked for, once.
  read() {
    if (this.busy) {
      this.due = true;
      return;
    }
    this.busy = true;
    setTimeout(() => this.readNow(), this.pause);
  }

  async readNow() {
    const begin = performance.now();
    try {
      const world = await get("world");
      this.told.world(world);
    } catch (error) {
      this.told.connection(false, error);
    }
    this.pause = Math.max(SHORTEST, SHARE * (performance.now() - begin));
    this.busy = false;
    if (this.due) {
      this.due = false;
      this.read();
    }
  }
}
