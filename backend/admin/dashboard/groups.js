// The list of failover groups.
import {copyButton, el} from './dom.js';
import {path, session, stackVersion} from './api.js';
import {pagedList} from './list.js';
import {flipButton} from './flip.js';
import {openCreate} from './group_forms.js';
import {groupLink, roleButton} from './parts.js';
import {settlingLine} from './settling.js';
import {called, sideCard} from './sides.js';
import {firstSteps} from './welcome.js';

function row(group) {
  return [
    el('div', {class: 'what'},
      el('h2', {}, groupLink(group.address, called(group))),
      el('p', {class: 'address'}, group.name && el('span', {}, group.address),
        copyButton(group.address, `the address ${group.address}`)),
      settlingLine(group), group.live === 'none' && el('p', {class: 'muted'}, 'Reserved: no stack is attached.')),
    el('div', {class: 'sides'}, sideCard(group, 'primary'), sideCard(group, 'backup')),
    el('div', {class: 'do'}, flipButton(group)),
  ];
}

export function groupsPage(query) {
  const stack = query.get('stack') ?? '';
  const here = (q) => path('#/groups', {stack, q});
  const list = pagedList({
    base: path('/v1/groups', {stack}), q: query.get('q') ?? '', noun: ['group', 'groups'], row,
    key: (group) => group.address,
    stamp: (group) => [JSON.stringify(group), stackVersion(group.primary?.id), stackVersion(group.backup?.id),
      session.me.role].join(),
    empty: stack ? () => el('p', {class: 'panel'}, 'This stack is in no group.') : firstSteps,
    onquery: (q) => history.replaceState(null, '', here(q)),
  });
  list.load();
  return {
    title: 'Failover groups',
    node: el('div', {}, el('div', {class: 'head'}, el('h1', {tabindex: '-1'}, 'Failover groups'),
      roleButton('admin', 'New failover group', openCreate, {class: 'primary', 'data-focus': 'new group'})),
    stack && el('p', {class: 'note'}, 'Only those of the stack ',
      el('a', {href: `#/stacks/${encodeURIComponent(stack)}`}, stack), '. ',
      el('a', {href: '#/groups'}, 'Show all groups')), list.node),
    refresh: list.refresh,
  };
}
