// The time after a flip in which resolvers may still hold the old answer, as a countdown.
import {el, say} from './dom.js';
import {clock, local, localTime, now} from './time.js';

// Flips made in this tab: address -> {from, until}. Kept over a reload, for what only the flip's reply told: it allows
// for the cache of a PowerDNS server that was not flushed.
const KEY = 'failover.settling';
const kept = () => JSON.parse(sessionStorage.getItem(KEY) ?? '{}');

export function settle(flip) {
  if (!flip.changed || !flip.all_clear_at) return;
  const all = Object.fromEntries(Object.entries(kept()).filter(([, one]) => Date.parse(one.until) > now()));
  all[flip.group.address] = {from: new Date(now()).toISOString(), until: flip.all_clear_at};
  sessionStorage.setItem(KEY, JSON.stringify(all));
}

// When a group is all clear after its last flip, wherever that was made: {from, until}; null where it is already. One
// that was live from its beginning had no old answer.
function phase(group) {
  const flipped = group.live !== 'none' && group.live_since !== group.created_at &&
    {from: group.live_since, until: new Date(Date.parse(group.live_since) + group.ttl * 1000).toISOString()};
  return [flipped, kept()[group.address]].filter((one) => one && Date.parse(one.until) > now())
    .sort((one, two) => Date.parse(two.until) - Date.parse(one.until))[0] ?? null;
}

// Calls `tick` with what is left, several times a second until nothing is.
function countDown(node, until, tick) {
  const step = () => {
    const left = Date.parse(until) - now();
    tick(left);
    if (left <= 0) clearInterval(timer);
  };
  const timer = setInterval(step, 250);
  step();
  return node;
}

// The countdown in full; null where all is clear.
export function settling(group) {
  const one = phase(group);
  if (!one) return null;
  const figure = el('b', {class: 'figure', role: 'timer'});
  const text = el('span', {}, 'until no resolver that keeps to TTLs holds the old answer, ',
    el('time', {datetime: one.until, title: `${local(one.until)} (${one.until})`}, `at ${localTime(one.until)}`));
  const whole = Math.max(1, Date.parse(one.until) - Date.parse(one.from));
  const bar = el('progress', {max: whole, 'aria-label': 'Time passed until all clear'});
  const node = el('div', {class: 'settling'}, el('p', {}, figure, text), bar);
  return countDown(node, one.until, (left) => {
    figure.textContent = clock(left);
    bar.value = whole - left;
    if (left > 0) return;
    node.classList.add('done');
    node.replaceChildren(el('p', {}, el('b', {}, 'All clear'), ` since ${localTime(one.until)}.`));
    if (node.isConnected) say(`All clear: ${group.address}`);
  });
}

// The same as one line of a list.
export function settlingLine(group) {
  const one = phase(group);
  if (!one) return null;
  const figure = el('b', {role: 'timer'});
  const node = el('p', {class: 'settling-line'}, figure, ' until all clear');
  return countDown(node, one.until, (left) => {
    figure.textContent = clock(left);
    node.hidden = left <= 0;
  });
}
