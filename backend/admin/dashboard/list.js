// A list that the server searches and pages: the page holds what is shown and no more, however many there are.
import {arrange, el, gently, later, say} from './dom.js';
import {call, path} from './api.js';

const PAGE = 50;
const MOST = 1000;  // what one request may ask for; beyond that, searching finds things sooner than reading

// `row(item)` makes an item's node; `key(item)` is what it is known by; a row is made anew when `stamp(item)` alters.
// `noun` is ["group", "groups"]. `empty()` is shown where nothing is registered at all. `onquery(q)` is told what is
// searched for.
export function pagedList({base, q = '', row, key, stamp, noun, empty, onquery}) {
  let items = [], next = null, wanted = PAGE, asked = null;
  const rows = new Map();
  const box = el('input', {type: 'search', 'aria-label': `Search ${noun[1]}`, placeholder: `Search ${noun[1]}`,
    autocomplete: 'off', spellcheck: 'false', value: q, 'data-focus': 'search'});
  const count = el('p', {class: 'count', role: 'status'});
  const list = el('ul', {class: 'rows'});
  const more = el('button', {type: 'button', class: 'quiet', hidden: true, on: {click: further}}, 'Show more');
  const node = el('div', {}, el('div', {class: 'search'}, box, count), list, el('div', {class: 'more'}, more));

  // Reads what is shown anew; a read that is still under way is dropped.
  async function load() {
    asked?.abort();
    const mine = asked = new AbortController();
    try {
      const found = await call('GET', path(base, {q, limit: wanted}), undefined, {signal: mine.signal});
      if (mine.signal.aborted) return;
      ({items, next} = found);
      draw();
    } catch (problem) {
      if (problem.name !== 'AbortError') say(problem.message);
    }
  }

  async function further() {
    const before = items.length;
    wanted = Math.min(MOST, wanted + PAGE);
    await load();
    list.children[before]?.querySelector('a')?.focus();
  }

  function draw() {
    const nodes = items.map((item) => {
      const old = rows.get(key(item)), mark = stamp(item);
      if (old?.mark === mark) return old.node;
      const made = el('li', {class: 'row'}, row(item));
      rows.set(key(item), {mark, node: made});
      return made;
    });
    const shown = new Set(items.map(key));
    for (const name of rows.keys()) if (!shown.has(name)) rows.delete(name);
    const none = !items.length && !q;
    arrange(list, nodes);
    more.hidden = next === null || wanted >= MOST;
    box.parentElement.hidden = none;
    node.querySelector('.first')?.remove();
    if (none) node.append(el('div', {class: 'first'}, empty()));
    count.textContent = none ? '' : words();
  }

  function words() {
    if (!items.length) return `No ${noun[0]} has “${q}” in its label or name.`;
    const number = `${items.length} ${noun[items.length === 1 ? 0 : 1]}`;
    if (next === null) return number;
    return `The first ${number}${q ? ' that match' : ''}; ${wanted < MOST ? 'there are more' : 'search for others'}`;
  }

  box.addEventListener('input', later(() => {
    q = box.value.trim();
    wanted = PAGE;
    onquery(q);
    load();
  }, 150));

  return {node, refresh: gently(load), load, redraw: draw};
}
