// One thing as the API describes it. Whatever has an ARN can be opened.

import { element, text } from "./draw.js";
import { get } from "./api.js";

export function start(notice) {
  const dialog = document.getElementById("record");
  const title = element("h2", { id: "record-title" });
  const arn = element("p", { class: "arn" });
  const body = element("pre", { tabindex: "0" });
  const close = element("button", { type: "button", onclick: () => dialog.close() }, "Close");
  dialog.append(title, arn, body, close);
  document.addEventListener("click", async (event) => {
    const opened = event.target.closest?.("[data-arn]");
    if (!opened) {
      return;
    }
    try {
      const { operation, answer } = await get(`record?arn=${encodeURIComponent(opened.dataset.arn)}`);
      text(title, operation);
      text(arn, opened.dataset.arn);
      text(body, JSON.stringify(answer, null, 2));
      dialog.showModal();
    } catch (error) {
      notice(error.message, true);
    }
  });
}
