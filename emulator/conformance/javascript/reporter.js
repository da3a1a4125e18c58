// Tells each case, and at the end the line that cargo xtask counts.

export default async function* report(events) {
  let [passed, failed] = [0, 0];
  for await (const { type, data } of events) {
    if (data?.skip !== undefined) {
      // Left out by a filter.
    } else if (type === "test:pass") {
      passed += 1;
      yield `${data.name} ... ok\n`;
    } else if (type === "test:fail") {
      failed += 1;
      yield `${data.name} ... FAILED\n${data.details.error.cause?.stack ?? data.details.error}\n`;
    } else if (type === "test:stdout" || type === "test:stderr") {
      yield data.message;
    }
  }
  yield `test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed; 0 ignored\n`;
}
