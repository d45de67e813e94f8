// One failover group: its sides in full, what is answered, and what happened to it.
import {arrange, copyButton, el, gently} from './dom.js';
import {call, groupPath, stackVersion} from './api.js';
import {flipButton, flipWarning} from './flip.js';
import {openDelete, openEdit} from './group_forms.js';
import {roleButton} from './parts.js';
import {settling} from './settling.js';
import {called, records, sideCard} from './sides.js';
import {newest, trailList} from './trail.js';
import {when} from './time.js';

export function groupPage(address) {
  const body = el('div', {});
  const trail = el('section', {class: 'panel', hidden: true});
  const heading = el('h1', {tabindex: '-1'}, address);
  const up = el('p', {class: 'up'}, el('a', {href: '#/groups'}, '← Failover groups'));
  const page = {title: address, node: el('div', {}, up, body)};
  let drawn = '', countdown = null;

  function draw(group) {
    const mark = [JSON.stringify(group), stackVersion(group.primary?.id), stackVersion(group.backup?.id)].join();
    const settles = settling(group);
    if (mark === drawn && Boolean(settles) === Boolean(countdown?.isConnected)) return;
    drawn = mark;
    countdown = settles;
    heading.textContent = called(group);
    document.title = `${called(group)} – failoverd`;
    const edit = (focus) => openEdit(group, focus, draw);
    const attach = (side) => () => roleButton('admin', 'Attach a stack', () => edit(side), {'data-focus': `attach ${side}`});
    arrange(body, [
      el('div', {class: 'head'},
        el('div', {}, heading, el('p', {class: 'address big'}, group.name && el('span', {}, group.address),
          copyButton(group.address, `the address ${group.address}`))),
        el('div', {class: 'actions'}, flipButton(group, true),
          roleButton('admin', 'Edit', () => edit('name'), {'data-focus': 'edit'}),
          roleButton('admin', 'Delete', () => openDelete(group), {'data-focus': 'delete', class: 'quiet danger-text'}))),
      flipWarning(group),
      ...(countdown ? [countdown] : []),
      el('div', {class: 'sides full'}, sideCard(group, 'primary', {full: true, attach: attach('primary')}),
        sideCard(group, 'backup', {full: true, attach: attach('backup')})),
      el('div', {class: 'columns'},
        el('section', {class: 'panel'}, el('h2', {}, 'Answered now'), records(group.answer, group.live === 'none' ?
          'No data: the address is reserved, and no stack is attached.' : 'No data: the live stack has no web head.')),
        el('section', {class: 'panel'}, el('h2', {}, 'Details'), el('dl', {},
          el('dt', {}, 'Zone'), el('dd', {}, group.zone), el('dt', {}, 'TTL'), el('dd', {}, `${group.ttl} s`),
          el('dt', {}, 'Created'), el('dd', {}, when(group.created_at)),
          el('dt', {}, 'Settings altered'), el('dd', {}, when(group.updated_at), ` (revision ${group.revision})`)))),
      trail,
    ]);
  }

  async function load() {
    try {
      draw(await call('GET', groupPath(address)));
      const {entries} = await newest({group: address}, 8);
      trail.hidden = false;
      trail.replaceChildren(el('h2', {}, 'Activity'), trailList(entries),
        el('p', {}, el('a', {href: `#/activity?${new URLSearchParams({group: address})}`}, 'All of its activity')));
    } catch (problem) {
      if (problem.status !== 404 && drawn) return;
      drawn = '';
      heading.textContent = problem.status === 404 ? 'No such group' : address;
      arrange(body, [heading, el('p', {class: 'panel'}, problem.message)]);
    }
  }

  load();
  page.refresh = gently(load);
  return page;
}
