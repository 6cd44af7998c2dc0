// Asks the server, with the caller's key, and says in a sentence what went wrong.

const STORED = "api-key"; // in this tab, until it is closed

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
    throw new Error("The server cannot be reached. Check that it runs, and try again.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The server answered ${response.status}. Try again in a moment.`);
  return answer;
}

export function withKey(headers = {}) {
  return apiKey.get() ? { ...headers, Authorization: `Bearer ${apiKey.get()}` } : headers;
}
