// A document: handed over, followed until it is translated, and offered to be saved.

import { ask, withKey } from "./ask.js";
import { say } from "./words.js";

const LOOK = 500; // milliseconds between two looks at the progress
const at = (id) => document.getElementById(id);

let followed = 0; // grows with every document, so that an older one is no longer followed

export function offerDocuments(formats, languages, showProblem) {
  const file = at("file");
  file.accept = formats.join(",");
  say(at("formats"), "formats", { formats: formats.join(" ") });
  file.addEventListener("change", () => {
    at("column-label").hidden = !/\.(csv|xlsx|ods)$/i.test(file.value);
    at("send").disabled = !file.files.length;
  });
  at("document").addEventListener("submit", async (event) => {
    event.preventDefault();
    showProblem("");
    at("saved").hidden = true;
    const mine = ++followed;
    at("send").disabled = true;
    try {
      await translated(file.files[0], languages(), () => mine === followed);
    } catch (error) {
      showProblem(error.message);
    } finally {
      at("progress-label").hidden = true;
      at("send").disabled = false;
    }
  });
}

async function translated(file, { source, target }, isFollowed) {
  const form = new FormData();
  form.set("file", file);
  for (const [name, value] of Object.entries({ source, target, wait: "false" })) form.set(name, value);
  if (!at("column-label").hidden && at("column").value) form.set("column", at("column").value);
  show("sending", 0);
  const places = await ask("translate_file", { method: "POST", body: form, headers: withKey() });
  const status = new URL(places.statusUrl).pathname; // a proxy may have changed the rest of the address
  let told = await ask(status);
  while (isFollowed() && (told.status === "queued" || told.status === "translating")) {
    show(told.status === "queued" ? "queued" : "translating", told.progress);
    await new Promise((resolve) => { setTimeout(resolve, LOOK); });
    told = await ask(status);
  }
  if (told.status === "error") throw new Error(told.error);
  if (!isFollowed() || told.status !== "done") return;
  const address = new URL(places.translatedFileUrl).pathname;
  at("saved").href = address;
  say(at("saved"), "save", { name: decodeURIComponent(address.split(".").slice(1).join(".")) });
  at("saved").hidden = false;
}

function show(stage, progress) {
  at("progress-label").hidden = false;
  say(at("stage"), stage);
  at("progress").value = progress;
}
