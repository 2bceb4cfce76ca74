// The splitting rule in JavaScript, from splitting.json: reads golden vectors on standard input, prints tokens.
import { readFileSync } from "node:fs";

const { rule, texts } = JSON.parse(readFileSync(0, "utf8"));
const hex = (code) => `\\u{${code.toString(16)}}`;
const characters = (ranges) => ranges.map(([first, last]) => `${hex(first)}-${hex(last)}`).join("");
const folds = new Map();
for (const [first, last, step, by] of rule.folds) for (let c = first; c <= last; c += step) folds.set(c, c + by);
const dropped = (c) => rule.dropped.some(([first, last]) => first <= c && c <= last);
const space = characters(rule.space);
const word = `[^${rule.joiner}${space}${characters(rule.single)}]+`;
const token = new RegExp(`${word}(?:${rule.joiner}${word})*|[^${space}]`, "gu");
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function split(bytes) {
  const text = decoder.decode(bytes).replace(new RegExp(rule.line_break, "g"), " ");
  const codes = Array.from(text, (c) => c.codePointAt(0)).filter((c) => !dropped(c));
  const folded = codes.map((c) => String.fromCodePoint(folds.get(c) ?? c)).join("");
  return folded.match(token) ?? [];
}

console.log(JSON.stringify(texts.map((text) => split(Buffer.from(text, "hex")))));
