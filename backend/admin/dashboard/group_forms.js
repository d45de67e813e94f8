// The dialogs that make, alter and delete a failover group.
import {el, say} from './dom.js';
import {call, groupPath} from './api.js';
import {field, form, input, openDialog, stackInput} from './dialog.js';
import {called, other} from './sides.js';

const TTL_HINT = 'Seconds, 5 to 300. Empty: the zone’s.';

function common(group) {
  const primary = stackInput(group?.primary?.name), backup = stackInput(group?.backup?.name);
  const ttl = input({inputmode: 'numeric', placeholder: 'the zone’s', value: group?.ttl ?? ''});
  return {
    lists: [primary.list, backup.list],
    name: field({label: 'Name', hint: 'Anything that tells people what it is.', pointer: '/name',
      control: input({value: group?.name ?? ''})}),
    primary: field({label: 'Primary', hint: 'A stack’s name.', pointer: '/primary', control: primary.control}),
    backup: field({label: 'Backup', hint: 'Another stack’s name.', pointer: '/backup', control: backup.control}),
    ttl: field({label: 'TTL', hint: TTL_HINT, pointer: '/ttl', control: ttl}),
  };
}

// What is typed as a TTL, as the API takes it: text that is no number goes as it is, and the refusal says so.
function ttlOf(text) {
  if (text === '') return null;
  return /^\d+$/.test(text) ? Number(text) : text;
}

export async function openCreate() {
  let zones;
  try {
    zones = (await call('GET', '/v1/zones?limit=1000')).items;
  } catch (problem) {
    say(problem.message);
    return;
  }
  const fields = common(null);
  const label = field({label: 'Label', hint: 'Empty: an address such as 414-262-781 is drawn at random.', pointer: '/label',
    control: input({placeholder: 'drawn at random', autocapitalize: 'none'})});
  const zone = field({label: 'Zone', pointer: '/zone',
    control: el('select', {}, zones.map((one) => el('option', {value: one.name}, one.name)))});
  const dialog = openDialog('New failover group', {});
  const made = form({
    fields: [...(zones.length > 1 ? [zone] : []), fields.name, label, fields.primary, fields.backup, fields.ttl],
    extra: fields.lists, submit: 'Create group', cancel: dialog.close,
    codes: {address_taken: label, address_retired: label},
    action: async () => {
      const body = {};
      if (zones.length > 1) body.zone = zone.value;
      for (const key of ['name', 'primary', 'backup']) if (fields[key].value) body[key] = fields[key].value;
      if (label.value) body.label = label.value;
      if (fields.ttl.value) body.ttl = ttlOf(fields.ttl.value);
      const group = await call('POST', '/v1/groups', body);
      dialog.close();
      say(`Created ${group.address}`);
      location.hash = `#/groups/${group.address}`;
    },
  });
  dialog.body.append(el('p', {class: 'muted'}, zones.length ?
    'Both stacks are optional: without them the address is reserved, and they can be attached later.' :
    'There is no zone yet, and a group’s address lies in one. Register a zone first.'), made.node);
  fields.name.control.focus();
}

// Whether the group follows its zone's TTL is not told by what it reads as, so a TTL is sent only where it was altered.
export function openEdit(group, focus = 'name', ondone = () => {}) {
  const fields = common(group);
  const also = el('div', {});
  const live = el('input', {type: 'checkbox', id: 'also-live'});
  const dialog = openDialog(`Edit ${called(group)}`, {});
  const made = form({
    fields: [fields.name, fields.primary, fields.backup, fields.ttl], extra: [fields.lists, also],
    submit: 'Save', cancel: dialog.close, codes: {side_is_live: fields[group.live]},
    reload: async () => {
      const fresh = await call('GET', groupPath(group.address));
      dialog.close();
      openEdit(fresh, focus, ondone);
    },
    action: async () => {
      const body = {};
      if (fields.name.value !== group.name) body.name = fields.name.value;
      for (const side of ['primary', 'backup']) {
        const value = fields[side].value;
        if (value !== (group[side]?.name ?? '')) body[side] = value || null;
      }
      if (fields.ttl.value !== String(group.ttl)) body.ttl = ttlOf(fields.ttl.value);
      if (live.checked) body.live = other(group.live);
      const saved = await call('PATCH', groupPath(group.address), body, {match: group.revision});
      dialog.close();
      say(`Saved ${saved.address}`);
      ondone(saved);
    },
    onproblem: (problem) => {
      if (problem.code === 'side_is_live' && !live.isConnected) {
        also.replaceChildren(el('label', {class: 'check', for: 'also-live'}, live,
          `Make ${other(group.live)} live in the same step`));
      }
    },
  });
  dialog.body.append(el('p', {class: 'address'}, group.address), made.node);
  fields[focus].control.focus();
  if (focus === 'name') fields.name.control.select();
}

export function openDelete(group) {
  const dialog = openDialog(`Delete ${called(group)}?`, {},
    el('p', {class: 'address'}, group.address),
    el('p', {}, 'The address stops existing and is never issued again.'));
  const made = form({
    submit: 'Delete group', danger: true, cancel: dialog.close,
    action: async () => {
      await call('DELETE', groupPath(group.address));
      dialog.close();
      say(`Deleted ${group.address}`);
      location.hash = '#/groups';
    },
  });
  dialog.body.append(made.node);
}
