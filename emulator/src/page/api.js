// Control calls, and what they refuse.

const ROOT = "/_emulator/";

// An answer, or an error whose message says what was wrong.
async function call(method, path, body) {
  const headers = { accept: "application/json" };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
  }
  const response = await fetch(ROOT + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error ?? `HTTP status ${response.status}`);
  }
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

// The event stream. The browser connects again by itself, and resumes after the last event that it has.
export function follow(receive) {
  const source = new EventSource(`${ROOT}events`);
  const kinds = [
    "alarm", "alarm_triggered", "bake_begin", "bake_end", "batch_begin", "batch_end", "breaker_triggered",
    "capacity_provider", "cluster", "daemon", "daemon_task_start_impaired", "deployment", "does_not_settle", "instance",
    "no_capacity", "service", "service_deployment", "task", "task_definition", "clock", "gap",
  ];
  for (const kind of kinds) {
    source.addEventListener(kind, (event) => receive(kind, JSON.parse(event.data)));
  }
  source.addEventListener("open", () => receive("open", {}));
  source.addEventListener("error", () => receive("closed", {}));
}
