// The page: what is typed on the left appears translated on the right. No library, no build step.

import { apiKey, ask, withKey } from "./ask.js";
import { offerDocuments } from "./document.js";
import { heatMap, inWords, readable } from "./heatmap.js";
import { offerPictures } from "./picture.js";
import { decimal, languageName, languageOption, offerLanguages, percent, say, words } from "./words.js";

const UNSURE = 0.5; // probability below which a subword is marked
const AUTO = "auto";
const ALTERNATIVES = 2;
const MARKS = ["truncated", "repetition_stopped", "used_stand_ins", "translated_around", "copied_source"];

const at = (id) => document.getElementById(id);
const [form, text, result, source, target] = ["form", "text", "result", "source", "target"].map(at);

let languages = []; // [{code, name, targets}]
let limit = 5000; // characters of a text
let delay = 500; // milliseconds after the last key
let timer = 0;
let request = null; // the AbortController of the translation under way

function showProblem(message) {
  at("problem").textContent = message;
  at("problem").hidden = !message;
}

function nameOf(code) {
  return languageName(code, languages.find((language) => language.code === code)?.name);
}

function showLength() {
  say(at("length"), "length", { count: text.value.length, limit });
}

function showTargets() {
  const served = source.value === AUTO ? languages : languages.filter((language) => language.code === source.value);
  const codes = [...new Set(served.flatMap((language) => language.targets))];
  const before = target.value;
  target.replaceChildren(...codes.map((code) => languageOption(code, nameOf(code))));
  if (codes.includes(before)) target.value = before;
}

function later() {
  showLength();
  result.classList.add("stale");
  request?.abort();
  clearTimeout(timer);
  timer = setTimeout(translate, delay);
}

async function translate() {
  clearTimeout(timer);
  request?.abort();
  if (!text.value.trim()) return show({ translatedText: "" }, 0);
  request = new AbortController();
  const started = performance.now();
  const body = {
    q: text.value, source: source.value, target: target.value, alternatives: ALTERNATIVES, details: true,
  };
  try {
    const answer = await ask("translate", {
      method: "POST",
      headers: withKey({ "Content-Type": "application/json" }),
      body: JSON.stringify(body),
      signal: request.signal,
    });
    show(answer, performance.now() - started);
  } catch (error) {
    if (error.name !== "AbortError") showProblem(error.message);
  }
}

function show(answer, milliseconds) {
  showProblem("");
  result.classList.remove("stale");
  result.textContent = answer.translatedText;
  result.lang = target.value;
  at("copy").disabled = !answer.translatedText;
  const found = answer.detectedLanguage;
  const named = found && { language: nameOf(found.language), percent: percent(found.confidence / 100) };
  at("detected").textContent = found ? ` \u2013 ${words("detected", named)}` : "";
  const scores = (answer.details?.sentences ?? []).map((sentence) => sentence.score).filter(Number.isFinite);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const taken = { milliseconds: Math.round(milliseconds), score: decimal(mean) };
  at("speed").textContent = scores.length ? words("speed", taken) : "";
  showAlternatives(answer.alternatives ?? []);
  showSentences(answer.details?.sentences ?? []);
}

function showAlternatives(texts) {
  at("others").hidden = !texts.length;
  at("alternatives").replaceChildren(...texts.map((other) => {
    const item = document.createElement("li");
    item.textContent = other;
    item.lang = target.value;
    return item;
  }));
}

function showSentences(sentences) {
  const shown = sentences.filter((sentence) => sentence.subwords.length);
  at("how").hidden = !shown.length;
  at("subword").textContent = "";
  at("sentences").replaceChildren(...shown.map((sentence) => {
    const item = document.createElement("li");
    item.append(...sentence.subwords.map((_, index) => subwordButton(sentence, index)), ...marks(sentence));
    return item;
  }));
}

function subwordButton(sentence, index) {
  const { piece, probability } = sentence.subwords[index];
  const button = document.createElement("button");
  const share = percent(probability, probability > 0.995 ? 1 : 0);
  button.type = "button";
  button.textContent = readable(piece);
  button.classList.toggle("unsure", probability < UNSURE);
  button.title = share;
  button.ariaPressed = "false";
  button.addEventListener("click", () => {
    const { alignment } = sentence;
    const said = { subword: button.textContent, percent: share, attended: alignment && inWords(alignment, index) };
    at("subword").textContent = words(alignment ? "subword-attends" : "subword", said);
    at("sentences").querySelector("[aria-pressed=true]")?.setAttribute("aria-pressed", "false");
    button.ariaPressed = "true";
    at("sentences").querySelector(".heat")?.remove();
    if (alignment) button.parentElement.appendChild(heatMap(alignment, index)).scrollIntoView({ block: "nearest" });
  });
  return button;
}

function marks(sentence) {
  return MARKS.filter((name) => sentence[name]).map((name) => {
    const mark = document.createElement("span");
    mark.className = "note";
    mark.textContent = ` ${words(name)}`;
    return mark;
  });
}

function swap() {
  const from = source.value === AUTO ? languages.find((each) => each.targets.includes(target.value))?.code : source.value;
  if (!languages.some((language) => language.code === target.value)) {
    return showProblem(words("no-source", { language: nameOf(target.value) }));
  }
  const translated = result.textContent;
  source.value = target.value;
  showTargets();
  target.value = from;
  if (translated) text.value = translated;
  translate();
}

async function copy() {
  try {
    await navigator.clipboard.writeText(result.textContent);
  } catch { // no clipboard without a secure address: select it, so that a key does it
    getSelection().selectAllChildren(result);
    return;
  }
  say(at("copy"), "copied");
  setTimeout(() => say(at("copy"), "copy"), 1500);
}

function captionLanguages(own) {
  const reached = languages.filter((language) => own.includes(language.code)).flatMap((language) => language.targets);
  return [...new Set([...own, ...reached])];
}

async function start() {
  try {
    const settings = await ask("frontend/settings");
    languages = await ask("languages");
    delay = settings.frontendTimeout;
    limit = settings.charLimit;
    text.maxLength = limit;
    showLength();
    at("key-label").hidden = !settings.apiKeys;
    at("key").value = apiKey.get();
    offerPictures(captionLanguages(settings.captionLanguages), nameOf);
    offerDocuments(
      settings.supportedFilesFormat, () => ({ source: source.value, target: target.value }), showProblem,
    );
  } catch (error) {
    return showProblem(error.message);
  }
  if (!languages.length) return showProblem(words("no-translator"));
  const detect = new Option("", AUTO);
  say(detect, "detect");
  source.replaceChildren(detect, ...languages.map(({ code }) => languageOption(code, nameOf(code))));
  showTargets();
  if (text.value) translate();
}

form.addEventListener("submit", (event) => event.preventDefault());
text.addEventListener("input", later);
source.addEventListener("change", () => { showTargets(); translate(); });
target.addEventListener("change", translate);
at("key").addEventListener("change", () => { apiKey.set(at("key").value); translate(); });
at("swap").addEventListener("click", swap);
at("copy").addEventListener("click", copy);
offerLanguages(at("language"), translate);
start();
