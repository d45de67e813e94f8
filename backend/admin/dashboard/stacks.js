// Stacks: the list, and one of them with its servers.
import {arrange, copyButton, el, gently} from './dom.js';
import {call, path, stackPath} from './api.js';
import {groupLink, roleButton} from './parts.js';
import {pagedList} from './list.js';
import {badge, called, serverList} from './sides.js';
import {openRegister, openRemove, openRename, openServers} from './stack_forms.js';
import {newest, trailList} from './trail.js';
import {when} from './time.js';
import {stackExample} from './welcome.js';

const MEANING = {
  online: 'Live side of at least one group',
  offline: 'In a group, live in none',
  none: 'In no group',
};

function statusBadge(status) {
  return el('span', {class: `badge ${status === 'online' ? 'live' : 'idle'}`, title: MEANING[status]},
    status === 'online' && el('span', {class: 'dot', 'aria-hidden': 'true'}), status === 'none' ? 'in no group' : status);
}

const headWords = (stack) => (stack.web_head.length ? stack.web_head.join(', ') : 'none');

function row(stack) {
  const count = stack.servers.length, groups = stack.groups.length;
  return [
    el('div', {class: 'what'}, el('h2', {}, el('a', {href: `#/stacks/${encodeURIComponent(stack.id)}`,
      'data-focus': `stack ${stack.id}`}, stack.name)), statusBadge(stack.failover_status)),
    el('dl', {class: 'facts'},
      el('div', {}, el('dt', {}, 'Web head'),
        el('dd', {class: stack.web_head.length ? null : 'warn-text'}, headWords(stack))),
      el('div', {}, el('dt', {}, 'Servers'), el('dd', {}, String(count))),
      el('div', {}, el('dt', {}, 'Groups'), el('dd', {}, String(groups)))),
  ];
}

export function stacksPage(query) {
  const list = pagedList({
    base: '/v1/stacks', q: query.get('q') ?? '', noun: ['stack', 'stacks'], row,
    key: (stack) => stack.id, stamp: (stack) => JSON.stringify(stack),
    empty: () => el('section', {class: 'panel'}, el('h2', {}, 'No stack is registered yet'),
      el('p', {}, 'A stack is an application’s servers. An administrator registers it first; a token of its own then lets it ' +
        'keep its servers up to date. Here, or with the token in FAILOVER_TOKEN_FILE:'),
      stackExample()),
    onquery: (q) => history.replaceState(null, '', path('#/stacks', {q})),
  });
  list.load();
  return {
    title: 'Stacks',
    node: el('div', {class: 'stacks'}, el('div', {class: 'head'}, el('h1', {tabindex: '-1'}, 'Stacks'),
      roleButton('admin', 'Register a stack', openRegister, {class: 'primary', 'data-focus': 'new stack'})), list.node),
    refresh: list.refresh,
  };
}

// A stack may be in thousands of groups: some of them, and where to see the others.
const SOME = 12;

function groupsOf(stack, groups) {
  if (!groups.length) return el('p', {class: 'muted'}, 'In no group.');
  const more = stack.groups.length - groups.length;
  return [el('ul', {class: 'plain'}, groups.map((group) => {
    const side = group.primary?.id === stack.id ? 'primary' : 'backup';
    return el('li', {}, groupLink(group.address, called(group)), el('span', {class: 'muted'}, side),
      badge(group.live === side));
  })), more > 0 && el('p', {}, el('a', {href: path('#/groups', {stack: stack.name})}, `All ${stack.groups.length} groups`))];
}

export function stackPage(named) {
  let id = named;
  const body = el('div', {});
  const trail = el('section', {class: 'panel', hidden: true});
  const heading = el('h1', {tabindex: '-1'}, id);
  let drawn = '';

  function draw(stack, groups) {
    const mark = JSON.stringify([stack, groups]);
    if (mark === drawn) return;
    drawn = mark;
    heading.textContent = stack.name;
    document.title = `${stack.name} – failoverd`;
    arrange(body, [
      el('div', {class: 'head'},
        el('div', {}, heading, el('p', {class: 'status'}, statusBadge(stack.failover_status),
          el('span', {class: 'muted'}, MEANING[stack.failover_status])),
          el('p', {class: 'address'}, el('span', {}, stack.id), copyButton(stack.id, 'the id'))),
        el('div', {class: 'actions'},
          roleButton('admin', 'Edit servers', () => openServers(stack), {'data-focus': 'servers'}),
          roleButton('admin', 'Rename', () => openRename(stack), {'data-focus': 'rename'}),
          roleButton('admin', 'Delete', () => openRemove(stack), {'data-focus': 'delete', class: 'quiet danger-text'}))),
      el('div', {class: 'columns'},
        el('section', {class: 'panel'}, el('h2', {}, 'Servers'),
          !stack.web_head.length && el('p', {class: 'warn'},
            'No web head: give it a web server or load balancer with an address.'),
          serverList(stack)),
        el('section', {class: 'panel'}, el('h2', {}, 'Groups'), groupsOf(stack, groups),
        el('h2', {}, 'Details'), el('dl', {}, el('dt', {}, 'Created'), el('dd', {}, when(stack.created_at)),
          el('dt', {}, 'Altered'), el('dd', {}, when(stack.updated_at), ` (revision ${stack.revision})`)))),
      trail,
    ]);
  }

  async function load() {
    try {
      const [stack, groups] = await Promise.all([call('GET', stackPath(id)),
        call('GET', path('/v1/groups', {stack: id, limit: SOME}))]);
      if (id !== stack.id && page.node.isConnected) {
        id = stack.id;  // a name may be another's after a rename
        history.replaceState(null, '', `#/stacks/${encodeURIComponent(id)}`);
      }
      draw(stack, groups.items);
      const {entries} = await newest({stack: id}, 8);
      trail.hidden = false;
      trail.replaceChildren(el('h2', {}, 'Activity'), trailList(entries),
        el('p', {}, el('a', {href: `#/activity?${new URLSearchParams({stack: id})}`}, 'All of its activity')));
    } catch (problem) {
      if (problem.status !== 404 && drawn) return;
      drawn = '';
      heading.textContent = problem.status === 404 ? 'No such stack' : id;
      arrange(body, [heading, el('p', {class: 'panel'}, problem.message)]);
    }
  }

  const page = {title: named, refresh: gently(load),
    node: el('div', {}, el('p', {class: 'up'}, el('a', {href: '#/stacks'}, '← Stacks')), body)};
  load();
  return page;
}
