// The trail as a page: who changed what, when, from where and why, newest first, and growing as it happens.
import {arrange, el, gently, later} from './dom.js';
import {path} from './api.js';
import {field, groupInput, stackInput} from './dialog.js';
import {newest, trailEntry} from './trail.js';

const PAGE = 50;

export function activityPage(query) {
  const filter = {group: query.get('group') ?? '', stack: query.get('stack') ?? ''};
  const nodes = new Map();  // revision -> its node: entries never alter, so each is made once
  let shown = [], older = false, round = 0;

  const groups = groupInput(filter.group, 'address'), stacks = stackInput(filter.stack, 'name or id');
  const groupBox = field({label: 'Group', pointer: '/group', control: groups.control});
  const stackBox = field({label: 'Stack', pointer: '/stack', control: stacks.control});
  const note = el('p', {class: 'count', role: 'status'});
  const list = el('ol', {class: 'trail panel', reversed: true});
  const more = el('button', {type: 'button', class: 'quiet', hidden: true,
    on: {click: () => load(shown.at(-1)?.revision)}}, 'Show older');

  // Reads the newest end again, or what lies before a revision.
  async function load(before) {
    const mine = ++round;
    try {
      const found = await newest(filter, PAGE, before);
      if (mine !== round) return;
      if (before) {
        shown = [...shown, ...found.entries];
        older = found.older;
      } else {
        const oldest = found.entries.at(-1)?.revision ?? 0;
        const kept = shown.filter((entry) => entry.revision < oldest);
        // Where more came than a page, what lies between would be missing: begin anew.
        const joined = kept.length && found.entries.some((entry) => entry.revision === shown[0].revision);
        shown = joined ? [...found.entries, ...kept] : found.entries;
        if (!joined) older = found.older;
      }
      draw(shown.length ? '' : nothing());
    } catch (problem) {
      shown = [];
      older = false;
      draw(problem.message);
    }
  }

  // The API takes whole addresses, names and ids, and finds nothing by a part of one.
  function nothing() {
    if (filter.group && filter.stack) return 'No change of exactly this group and exactly this stack.';
    if (filter.group) return 'No change of a group with exactly this address: pick one from the list.';
    if (filter.stack) return 'No change of a stack with exactly this name or id: pick one from the list.';
    return 'Nothing has happened here yet.';
  }

  function draw(words) {
    for (const revision of nodes.keys()) if (!shown.some((entry) => entry.revision === revision)) nodes.delete(revision);
    arrange(list, shown.map((entry) => {
      if (!nodes.has(entry.revision)) nodes.set(entry.revision, trailEntry(entry));
      return nodes.get(entry.revision);
    }));
    note.textContent = words;
    list.hidden = !shown.length;
    more.hidden = !older || !shown.length;
  }

  const search = later(() => {
    filter.group = groupBox.value;
    filter.stack = stackBox.value;
    shown = [];
    history.replaceState(null, '', path('#/activity', filter));
    load();
  }, 250);
  groupBox.control.addEventListener('input', search);
  stackBox.control.addEventListener('input', search);
  load();
  return {
    title: 'Activity',
    node: el('div', {}, el('div', {class: 'head'}, el('h1', {tabindex: '-1'}, 'Activity')),
      el('div', {class: 'filters'}, groupBox.node, stackBox.node, groups.list, stacks.list), note, list,
      el('div', {class: 'more'}, more)),
    refresh: gently(() => load()),
  };
}
