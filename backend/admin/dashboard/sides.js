// How a group's two sides look: which one is live, by word, mark and frame, never by colour alone.
import {el} from './dom.js';
import {stackById} from './api.js';
import {since} from './time.js';

export const other = (side) => (side === 'primary' ? 'backup' : 'primary');
export const titled = (side) => (side === 'primary' ? 'Primary' : 'Backup');

// What a group is called where there is room for one thing.
export const called = (group) => group.name || group.address;

export const liveSince = (group) => group.live_since ?? group.updated_at;

export function badge(live) {
  return live ? el('span', {class: 'badge live'}, el('span', {class: 'dot', 'aria-hidden': 'true'}), 'Live') :
    el('span', {class: 'badge idle'}, 'Not live');
}

// What rule of the answer a stack comes to (its web head's addresses, else the first hostname): what a flip would
// make of a group's answer.
export function answerOf(stack) {
  const head = stack.servers.filter((server) => stack.web_head.includes(server.name));
  const addresses = [...new Set(head.flatMap((server) => server.addresses ?? []))];
  if (addresses.length) {
    return addresses.map((content) => ({type: content.includes(':') ? 'AAAA' : 'A', content}));
  }
  const named = head.find((server) => server.hostname);
  return named ? [{type: 'CNAME', content: named.hostname}] : [];
}

export function records(answer, nothing = 'No data: the name exists, with no address.') {
  if (!answer.length) return el('p', {class: 'records none'}, nothing);
  return el('ul', {class: 'records'}, answer.map((record) =>
    el('li', {}, el('span', {class: 'type'}, record.type), el('code', {}, record.content))));
}

const ROLE = {web: 'web', load_balancer: 'load balancer', other: 'other'};
export const roleName = (role) => ROLE[role] ?? role;

// A stack's servers, the web head first and marked.
export function serverList(stack) {
  if (!stack.servers.length) return el('p', {class: 'muted'}, 'No servers yet.');
  const inHead = (server) => stack.web_head.includes(server.name);
  const sorted = [...stack.servers.filter(inHead), ...stack.servers.filter((server) => !inHead(server))];
  return el('ul', {class: 'servers'}, sorted.map((server) => el('li', {class: inHead(server) ? 'head' : null},
    el('p', {class: 'server'}, el('b', {}, server.name), el('span', {class: 'muted'}, roleName(server.role)),
      inHead(server) && el('span', {class: 'tag'}, 'web head')),
    el('p', {class: 'targets'}, [...(server.addresses ?? []), server.hostname].filter(Boolean).map((target) =>
      el('code', {}, target))))));
}

// One side of a group as a card. `full`: with all its servers; else one line names the web head. `attach` makes what
// stands on a side with no stack.
export function sideCard(group, side, {full = false, attach = () => null} = {}) {
  const stack = group[side];
  const live = group.live === side;
  const place = el('div', {class: full ? null : 'headline muted'}, stack ? '…' : null);
  if (stack) fill(place, stack.id, full);
  return el('section', {class: `side ${live ? 'is-live' : 'is-idle'}${full ? ' full' : ''}`, 'data-side': side,
    'aria-label': `${titled(side)}${live ? ', live' : ', not live'}`},
  el('div', {class: 'side-top'}, el('span', {class: 'side-name'}, titled(side)),
    stack && badge(live), live && since(liveSince(group), 'for ')),
  stack ? el('p', {class: 'stack-name'}, el('a', {href: `#/stacks/${encodeURIComponent(stack.id)}`}, stack.name)) :
    el('p', {class: 'stack-name muted'}, 'No stack'),
  stack ? place : attach());
}

async function fill(place, id, full) {
  try {
    const stack = await stackById(id);
    if (full) place.replaceChildren(...(stack.web_head.length ? [] : [noHead()]), serverList(stack));
    else place.replaceChildren(headLine(stack));
  } catch (problem) {
    place.replaceChildren(`Its servers cannot be shown: ${problem.message}`);
  }
}

const noHead = () => el('p', {class: 'warn-text'}, 'No web head');

function headLine(stack) {
  if (!stack.web_head.length) return noHead();
  const shown = stack.web_head.slice(0, 3).join(', ');
  const more = stack.web_head.length > 3 ? ` and ${stack.web_head.length - 3} more` : '';
  return `Web head: ${shown}${more} · ${stack.servers.length} ${stack.servers.length === 1 ? 'server' : 'servers'}`;
}
