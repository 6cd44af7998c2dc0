// Attention as a table: the subwords of the source across, those of the translation down, a shade for each weight.

import { percent as inPercent, words } from "./words.js";

const MOST = 0.5; // of a row's largest weight: what attended so much is named

const percent = (weight) => Math.round(100 * weight);

export function readable(piece) {
  return piece.replaceAll("\u2581", "\u00a0").trim() || piece;
}

// The columns that a row attends to most, the largest weight first.
function attended(row) {
  const least = MOST * Math.max(...row);
  return [...row.keys()].filter((column) => row[column] >= least).sort((one, other) => row[other] - row[one]);
}

export function inWords({ source, weights }, chosen) {
  const row = weights[chosen];
  return attended(row).map((column) => words("attended", {
    subword: readable(source[column]), percent: inPercent(row[column]),
  })).join(", ");
}

// A box that scrolls by itself, with the `chosen` row of the table and the columns that it attends to marked.
export function heatMap({ source, target, weights }, chosen) {
  const box = document.createElement("div");
  box.className = "heat";
  box.tabIndex = 0; // so that a keyboard can scroll it
  box.role = "region";
  box.ariaLabel = words("attention");
  const table = box.appendChild(document.createElement("table"));
  table.createCaption().textContent = words("attention-table");
  const head = table.createTHead().insertRow();
  head.insertCell();
  head.append(...source.map((piece) => heading(piece, "col")));
  const body = table.createTBody();
  weights.forEach((row, index) => fill(body.insertRow(), target[index], row));
  body.rows[chosen].ariaCurrent = "true";
  attended(weights[chosen]).forEach((column) => head.cells[column + 1].classList.add("attended"));
  return box;
}

function heading(piece, scope) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = readable(piece);
  return cell;
}

function fill(line, piece, row) {
  line.append(heading(piece, "row"));
  for (const weight of row) {
    const cell = line.insertCell();
    cell.textContent = percent(weight);
    cell.style.setProperty("--weight", weight);
  }
}
