// The dialogs that register, rename and delete a stack, and edit its servers.
import {el, say} from './dom.js';
import {call, refusal, stackPath} from './api.js';
import {field, form, input, openDialog} from './dialog.js';
import {roleName} from './sides.js';

const words = (text) => text.split(/[\s,]+/).filter(Boolean);

// One server's fields. Where in the list it stands is part of the pointers under which its mistakes are reported.
function serverFields(server, at) {
  const role = el('select', {}, ['web', 'load_balancer', 'other'].map((one) => el('option', {value: one}, roleName(one))));
  role.value = server.role;
  const name = field({label: 'Server', control: input({value: server.name, autocapitalize: 'none'})});
  const roles = field({label: 'Role', control: role});
  const addresses = field({label: 'Addresses',
    control: input({value: (server.addresses ?? []).join(', '), placeholder: 'IPv4 or IPv6, with commas'})});
  const hostname = field({label: 'Or hostname',
    control: input({value: server.hostname ?? '', placeholder: 'optional', autocapitalize: 'none'})});
  const all = {name, role: roles, addresses, hostname};
  for (const [key, one] of Object.entries(all)) {
    one.owns = (pointer) => `${pointer}/`.startsWith(`/servers/${at()}/${key}/`) ||
      (key === 'name' && pointer === `/servers/${at()}`);
  }
  return {all, read() {
    const body = {name: name.value, role: role.value};
    if (addresses.value) body.addresses = words(addresses.value);
    if (hostname.value) body.hostname = hostname.value;
    return body;
  }};
}

// An editor of a list of servers: its node, the fields as they stand, and what they read as.
function serversEditor(servers) {
  const rows = [];
  const fields = [];
  const list = el('div', {class: 'server-rows'});
  const add = (server, focus) => {
    const row = serverFields(server, () => rows.indexOf(row));
    const legend = el('legend', {class: 'away'});
    const gone = el('button', {type: 'button', class: 'small quiet', on: {click: () => remove(row)}}, 'Remove');
    const called = () => {
      const name = row.all.name.value || 'the new server';
      legend.textContent = `Server: ${name}`;
      gone.setAttribute('aria-label', `Remove ${name}`);
    };
    called();
    row.all.name.control.addEventListener('input', called);
    row.node = el('fieldset', {}, legend, Object.values(row.all).map((one) => one.node), gone);
    rows.push(row);
    fields.push(...Object.values(row.all));
    list.append(row.node);
    if (focus) row.all.name.control.focus();
  };
  const remove = (row) => {
    rows.splice(rows.indexOf(row), 1);
    for (const one of Object.values(row.all)) fields.splice(fields.indexOf(one), 1);
    row.node.remove();
    more.focus();
  };
  const more = el('button', {type: 'button', class: 'small',
    on: {click: () => add({name: '', role: 'web'}, true)}}, 'Add a server');
  servers.forEach((server) => add(server, false));
  return {node: el('div', {}, list, more), fields, read: () => rows.map((row) => row.read())};
}

export function openRegister() {
  const editor = serversEditor([{name: 'web1', role: 'web'}]);
  const name = field({label: 'Name', hint: 'Letters, digits and hyphens; unique.', pointer: '/name',
    control: input({autocapitalize: 'none'})});
  editor.fields.unshift(name);
  const dialog = openDialog('Register a stack', {wide: true});
  const made = form({
    fields: [], extra: [name.node, editor.node], submit: 'Register stack', cancel: dialog.close, owned: editor.fields,
    action: async () => {
      if (!name.value) throw refusal('Give the stack a name.', '/name');
      // PUT would replace a stack of that name: this form makes new ones.
      const there = await call('GET', stackPath(name.value)).catch((problem) => {
        if (problem.status !== 404) throw problem;
      });
      if (there) throw refusal(`There is a stack ${there.name} already: choose another name, or edit that one.`, '/name');
      const stack = await call('PUT', stackPath(name.value), {servers: editor.read()});
      dialog.close();
      say(`Registered ${stack.name}`);
      location.hash = `#/stacks/${encodeURIComponent(stack.id)}`;
    },
  });
  dialog.body.append(made.node);
  name.control.focus();
}

const anew = (stack, dialog, open) => async () => {
  const fresh = await call('GET', stackPath(stack.id));
  dialog.close();
  open(fresh);
};

export function openServers(stack) {
  const editor = serversEditor(stack.servers);
  const dialog = openDialog(`Servers of ${stack.name}`, {wide: true},
    el('p', {class: 'muted'},
      'Traffic enters by the load balancers where one has an address or hostname, else by the web servers.'));
  const made = form({
    extra: [editor.node], submit: 'Save', cancel: dialog.close, owned: editor.fields, reload: anew(stack, dialog, openServers),
    action: async () => {
      await call('PUT', stackPath(stack.id), {servers: editor.read()}, {match: stack.revision});
      dialog.close();
      say(`Saved the servers of ${stack.name}`);
    },
  });
  dialog.body.append(made.node);
}

export function openRename(stack) {
  const name = field({label: 'New name', hint: 'No answer is altered, and its id stays.', pointer: '/name',
    control: input({value: stack.name, autocapitalize: 'none'})});
  const dialog = openDialog(`Rename ${stack.name}`, {});
  const made = form({
    fields: [name], submit: 'Rename', cancel: dialog.close, codes: {name_taken: name},
    reload: anew(stack, dialog, openRename),
    action: async () => {
      const saved = await call('PATCH', stackPath(stack.id), {name: name.value}, {match: stack.revision});
      dialog.close();
      say(`Renamed to ${saved.name}`);
    },
  });
  dialog.body.append(made.node);
  name.control.select();
}

export function openRemove(stack) {
  const dialog = openDialog(`Delete ${stack.name}?`, {},
    el('p', {}, 'Its servers and its id are forgotten. The activity keeps what was.'));
  const made = form({
    submit: 'Delete stack', danger: true, cancel: dialog.close,
    action: async () => {
      await call('DELETE', stackPath(stack.id));
      dialog.close();
      say(`Deleted ${stack.name}`);
      location.hash = '#/stacks';
    },
  });
  dialog.body.append(made.node);
}
