// Times as people read them: in the browser's language and zone, with the RFC 3339 text in the title.
import {el} from './dom.js';

// What the server's clock says now. The browser's may be off; the Date of each reply tells by how much.
let ahead = 0;
export function setClock(date) {
  const server = Date.parse(date);
  if (Number.isNaN(server)) return;
  const off = server - Date.now();
  // A Date has whole seconds, so anything below two says nothing.
  ahead = Math.abs(off) < 2000 ? 0 : off;
}
export function now() {
  return Date.now() + ahead;
}

// 75000 -> "1 min 15 s", 90000000 -> "1 d 1 h": the two units that matter.
export function span(milliseconds) {
  let seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [];
  for (const [size, unit] of [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count) parts.push(`${count} ${unit}`);
    else if (parts.length) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}

// 75000 -> "1:15"
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function local(text) {
  return new Date(text).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'});
}

export function localTime(text) {
  return new Date(text).toLocaleTimeString();
}

// A time as date and hour.
export function when(text) {
  return el('time', {datetime: text, title: text}, local(text));
}

// A time as how long ago it was, kept up to date.
export function since(text, before = '', after = '') {
  const node = el('time', {datetime: text, title: `${local(text)} (${text})`, 'data-since': 'yes'});
  node.before_ = before;
  node.after_ = after;
  tick(node);
  return node;
}

function tick(node) {
  const age = now() - Date.parse(node.getAttribute('datetime'));
  const text = `${node.before_}${span(age > 60000 ? age - age % 60000 : age)}${node.after_}`;
  if (node.textContent !== text) node.textContent = text;
}

setInterval(() => document.querySelectorAll('time[data-since]').forEach(tick), 1000);
