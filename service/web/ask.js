// Asks the server, with the caller's key, and says in a sentence what went wrong.

import { words } from "./words.js";

const STORED = "api-key"; // in this tab, until it is closed
const EXPLAINED = [403, 413, 429, 500, 503];

export const apiKey = {
  get: () => sessionStorage.getItem(STORED) ?? "",
  set: (key) => sessionStorage.setItem(STORED, key.trim()),
};

export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(words("unreachable"));
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(problem(response.status, answer.error));
  return answer;
}

// What went wrong by its status, and the message of the server, which is English.
function problem(status, message) {
  if (!message) return words("silent", { status });
  return words(EXPLAINED.includes(status) ? `refused-${status}` : "refused", { message });
}

export function withKey(headers = {}) {
  return apiKey.get() ? { ...headers, Authorization: `Bearer ${apiKey.get()}` } : headers;
}
