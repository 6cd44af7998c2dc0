// A picture: chosen, dropped or pasted, shown, and described by the server. Its tab is there if a captioner is served.

import { ask, withKey } from "./ask.js";
import { languageOption, words } from "./words.js";

const LARGEST = 320; // pixels of the longer side of the preview
const at = (id) => document.getElementById(id);
const tabs = ["text", "picture"]; // of the elements NAME-tab and NAME-panel

let picture = null; // the file that is shown
let request = null; // the AbortController of the caption under way

export function offerPictures(languages, nameOf) {
  if (!languages.length) return;
  at("caption-language").replaceChildren(...languages.map((code) => languageOption(code, nameOf(code))));
  at("tabs").hidden = false;
  at("text-panel").setAttribute("role", "tabpanel");
  for (const name of tabs) at(`${name}-tab`).addEventListener("click", () => show(name));
  at("tabs").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs.find((name) => at(`${name}-tab`) !== document.activeElement);
    show(other);
    at(`${other}-tab`).focus();
  });
  at("picture").accept = "image/png,image/jpeg,image/webp,image/gif";
  at("picture").addEventListener("change", () => take(at("picture").files));
  at("caption-language").addEventListener("change", caption);
  const drop = at("drop");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => take(event.dataTransfer.files));
  document.addEventListener("paste", (event) => {
    if (!at("picture-panel").hidden) take(event.clipboardData.files);
  });
}

function show(shown) {
  for (const name of tabs) {
    at(`${name}-tab`).ariaSelected = String(name === shown);
    at(`${name}-tab`).tabIndex = name === shown ? 0 : -1;
    at(`${name}-panel`).hidden = name !== shown;
  }
}

function take(files) {
  if (!files.length) return;
  [picture] = files;
  preview(picture);
  caption();
}

async function preview(file) {
  const canvas = at("preview");
  try {
    const image = await createImageBitmap(file);
    if (file !== picture) return;
    const scale = Math.min(1, LARGEST / Math.max(image.width, image.height));
    canvas.width = Math.max(1, Math.round(scale * image.width));
    canvas.height = Math.max(1, Math.round(scale * image.height));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.hidden = false;
  } catch { // the server says what is wrong with it
    canvas.hidden = true;
  }
}

async function caption() {
  if (!picture) return;
  request?.abort();
  request = new AbortController();
  const form = new FormData();
  form.set("picture", picture);
  form.set("target", at("caption-language").value);
  tell({ caption: "\u2026" });
  try {
    tell(await ask("caption", { method: "POST", body: form, headers: withKey(), signal: request.signal }));
  } catch (error) {
    if (error.name !== "AbortError") tell({ caption: "" }, error.message);
  }
}

function tell(answer, problem = "") {
  at("caption").textContent = answer.caption;
  const notes = [answer.original && words("original", answer.original), answer.truncated && words("truncated")];
  at("caption-note").textContent = notes.filter(Boolean).join("; ");
  at("picture-problem").textContent = problem;
  at("picture-problem").hidden = !problem;
}
