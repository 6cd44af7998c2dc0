// The words of the page, from a catalogue for each language: that of the browser, unless the visitor chose another.

const LANGUAGES = { en: "English", de: "Deutsch", fr: "Fran\u00e7ais", es: "Espa\u00f1ol" };
const ATTRIBUTES = ["aria-label", "placeholder", "title"]; // said by data-words-aria-label and so on
const STORED = "language";

const filledIn = new WeakMap(); // the values of what `say` has said, to say it again in another language
let language = "";
let catalogue = {};

export function words(key, values = {}) {
  return catalogue[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Fills an element with words that follow the language of the page.
export function say(element, key, values = {}) {
  element.dataset.words = key;
  filledIn.set(element, values);
  element.textContent = words(key, values);
}

export function percent(share, digits = 0) {
  const style = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(language, style).format(share);
}

export function decimal(number) {
  return new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(number);
}

export function languageName(code, otherwise = code) {
  try {
    return new Intl.DisplayNames([language], { type: "language", fallback: "none" }).of(code) ?? otherwise;
  } catch { // not a code as browsers know them
    return otherwise;
  }
}

// An option whose label is the name of a language.
export function languageOption(code, otherwise) {
  const option = new Option(languageName(code, otherwise), code);
  option.dataset.language = otherwise ?? code;
  return option;
}

async function speak(wanted) {
  catalogue = (await import(`./words/${wanted}.js`)).default;
  language = wanted;
  document.documentElement.lang = wanted;
  for (const element of document.querySelectorAll("[data-words]")) {
    element.textContent = words(element.dataset.words, filledIn.get(element));
  }
  for (const name of ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[data-words-${name}]`)) {
      element.setAttribute(name, words(element.getAttribute(`data-words-${name}`)));
    }
  }
  for (const option of document.querySelectorAll("option[data-language]")) {
    option.textContent = languageName(option.value, option.dataset.language);
  }
}

// Lets the visitor choose the language of the page; `changed` is called after each change.
export function offerLanguages(select, changed) {
  select.replaceChildren(...Object.entries(LANGUAGES).map(([code, name]) => {
    const option = new Option(name, code);
    option.lang = code;
    return option;
  }));
  select.value = language;
  select.addEventListener("change", async () => {
    localStorage.setItem(STORED, select.value);
    await speak(select.value);
    changed();
  });
}

const wanted = [localStorage.getItem(STORED), ...navigator.languages].map((code) => code?.split("-")[0]);
await speak(wanted.find((code) => code in LANGUAGES) ?? "en");
