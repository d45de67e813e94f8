// The trail: reading its newest end, and telling each change as a sentence.
import {el} from './dom.js';
import {call, path} from './api.js';
import {since, when} from './time.js';

// The API reads the trail from a revision onwards, oldest first. Its newest entries are found by first looking for
// the last revision: revisions have no gaps, so eight probes at a time narrow it down in a few rounds, and from then
// on every change seen moves it.
let seen = 0;
export function sawRevision(revision) {
  seen = Math.max(seen, revision);
}

async function lastRevision() {
  const anyAfter = async (after) => (await call('GET', path('/v1/changes', {after, limit: 1}))).items.length > 0;
  if (!await anyAfter(seen)) return seen;
  let low = seen + 1, high = Infinity;  // low is there, nothing is after high
  while (low < high) {
    const points = [1, 2, 3, 4, 5, 6, 7, 8].map((n) =>
      (high === Infinity ? low + 6 ** n : low + Math.floor((high - low) * n / 9)));
    const found = await Promise.all(points.map(anyAfter));
    points.forEach((point, n) => {
      if (found[n]) low = Math.max(low, point + 1);
      else high = Math.min(high, point);
    });
  }
  sawRevision(low);
  return low;
}

async function range(filter, after, upTo) {
  const found = [];
  for (let from = after; from !== null && from < upTo;) {
    const part = await call('GET', path('/v1/changes', {...filter, after: from, limit: 1000}));
    found.push(...part.items.filter((entry) => entry.revision <= upTo));
    from = part.next === null ? null : Number(part.next);
  }
  return found;
}

// The newest `count` entries below revision `before`, newest first; `older` says whether there may be more.
export async function newest(filter, count, before = Infinity) {
  const top = before === Infinity ? await lastRevision() : before - 1;
  for (let width = count; ; width *= 8) {
    const after = Math.max(0, top - width);
    const found = await range(filter, after, top);
    if (found.length >= count || after === 0) {
      return {entries: found.slice(-count).reverse(), older: after > 0 || found.length > count};
    }
  }
}

const groupOf = (entry) => {
  const address = entry.group.includes('.') ? entry.group : `${entry.group}.${entry.zone}`;
  const name = (entry.after ?? entry.before)?.name;
  return el('a', {href: `#/groups/${encodeURIComponent(address)}`, title: address}, name || address);
};
const stackOf = (entry) => {
  const id = (entry.after ?? entry.before)?.id;
  return id && entry.after ? el('a', {href: `#/stacks/${encodeURIComponent(id)}`}, entry.stack) : el('b', {}, entry.stack);
};

const SENTENCES = {
  group_create: (e, it) => ['created the group ', it],
  group_set: (e, it) => ['altered the group ', it],
  group_delete: (e, it) => ['deleted the group ', it],
  flip: (e, it) => ['flipped ', it, ' from ', el('b', {}, e.before?.live), ' to ', el('b', {}, e.after?.live)],
  stack_put: (e, it) => [e.before ? 'replaced the servers of ' : 'registered the stack ', it],
  stack_set: (e, it) => ['altered the stack ', it],
  stack_rename: (e, it) => ['renamed the stack ', el('b', {}, e.before?.name), ' to ', it],
  stack_delete: (e, it) => ['deleted the stack ', it],
  server_put: (e, it) => ['set a server of ', it],
  server_rename: (e, it) => ['renamed a server of ', it],
  server_delete: (e, it) => ['removed a server of ', it],
  zone_put: (e) => [e.before ? 'altered the zone ' : 'created the zone ', el('b', {}, e.zone)],
  zone_delete: (e) => ['deleted the zone ', el('b', {}, e.zone)],
  retire: (e) => ['retired the address ', el('b', {}, `${e.group}.${e.zone}`)],
  token_create: (e) => ['made the token ', el('b', {}, e.after?.name)],
  token_revoke: (e) => ['revoked the token ', el('b', {}, e.before?.name)],
};

function sentence(entry) {
  const it = entry.group ? groupOf(entry) : entry.stack ? stackOf(entry) : null;
  return (SENTENCES[entry.verb] ?? (() => [entry.verb.replaceAll('_', ' '), ' ', it]))(entry, it);
}

// What differs between before and after, one line a field.
const PASSING = new Set(['revision', 'created_at', 'updated_at', 'live_since']);
const plain = (value) => {
  if (value === undefined || value === null) return 'none';
  if (typeof value !== 'object') return String(value) || 'empty';
  if (Array.isArray(value)) return value.map(plain).join(', ') || 'none';
  if (value.content) return `${value.type} ${value.content}`;
  return [value.name, value.role, plain(value.addresses ?? []), value.hostname]
    .filter((part) => part && part !== 'none').join(' ') || JSON.stringify(value);
};

function differences(entry) {
  const before = entry.before ?? {}, after = entry.after ?? {};
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !PASSING.has(field) && JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (!fields.length) return null;
  return el('details', {}, el('summary', {}, 'Details'), el('dl', {class: 'diff'}, fields.map((field) => [
    el('dt', {}, field.replaceAll('_', ' ')),
    el('dd', {}, entry.before && el('del', {}, plain(before[field])),
      entry.before && entry.after && el('span', {class: 'to'}, ' → '), entry.after && el('ins', {}, plain(after[field]))),
  ])), el('p', {class: 'muted'}, `Revision ${entry.revision}`));
}

export function trailEntry(entry) {
  return el('li', {class: `entry verb-${entry.verb}`},
    el('p', {class: 'sentence'}, el('b', {}, entry.actor || 'failoverd'), ' ', sentence(entry)),
    el('p', {class: 'at'}, when(entry.at), el('span', {'aria-hidden': 'true'}, ' · '), since(entry.at, '', ' ago'),
      ` · from ${entry.from || 'this machine'}`),
    entry.reason && el('p', {class: 'reason'}, entry.reason), differences(entry));
}

export function trailList(entries) {
  return entries.length ? el('ol', {class: 'trail', reversed: true}, entries.map(trailEntry)) :
    el('p', {class: 'muted'}, 'Nothing has happened yet.');
}
