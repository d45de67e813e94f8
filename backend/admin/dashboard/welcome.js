// What is shown before there is anything to show: signing in, and the first steps of an empty installation.
import {copyButton, el} from './dom.js';
import {call, refusal, session} from './api.js';
import {field, form, input} from './dialog.js';
import {roleButton} from './parts.js';
import {openCreate} from './group_forms.js';
import {openRegister} from './stack_forms.js';

export function signInPage(why, onsignedin) {
  const token = field({label: 'Token', pointer: '/token',
    control: input({type: 'password', autocomplete: 'current-password', autocapitalize: 'none'})});
  const made = form({
    fields: [token], submit: 'Sign in',
    action: async () => {
      if (!/^[!-~]+$/.test(token.value)) throw refusal('A token is one word without spaces: paste it whole.', '/token');
      session.token = token.value;
      try {
        session.me = await call('GET', '/v1/whoami');
        if (session.me.role === 'stack') {
          throw refusal('This is a stack’s own token, which may only see to its servers. ' +
            'Sign in as viewer, operator or admin.', '/token');
        }
      } catch (problem) {
        session.token = session.me = null;
        if (problem.status !== 401) throw problem;
        throw refusal('This token is not known here, was revoked, or its time is over. ' +
          'Check that all of it was pasted.', '/token');
      }
      onsignedin();
    },
  });
  queueMicrotask(() => token.control.focus());
  return {title: 'Sign in', node: el('div', {class: 'signin panel'},
    el('img', {src: '/icon.svg', alt: '', width: '40', height: '40'}),
    el('h1', {tabindex: '-1'}, 'Sign in to failoverd'), why && el('p', {class: 'warn', role: 'alert'}, why), made.node,
    el('p', {class: 'muted'}, 'The first token lies in ', el('code', {}, 'admin.token'),
      ' in the state directory. What you type here is kept in this tab alone.'))};
}

function command(text) {
  return el('div', {class: 'command'}, el('pre', {tabindex: '0'}, text), copyButton(text, 'the command'));
}

// For the command line, which takes the token from a file: in a command's arguments every user of the machine sees it.
const example = (words) => command(`FAILOVER_URL=${location.origin} failoverctl ${words}`);

export const stackExample = () => example('stacks put shop-eu \\\n  --server web1=192.0.2.10');

const zoneExample = () =>
  example('zones put failover.example \\\n  --nameserver ns1.failover.example=192.0.2.53');

// Shown where there is no group at all: what to do first, and how far it has come.
export function firstSteps() {
  const steps = el('ol', {class: 'steps'}, el('li', {}, 'Looking at what is there…'));
  fill(steps);
  return el('section', {class: 'panel welcome'}, el('h2', {}, 'No failover group yet'),
    el('p', {}, 'Three steps lead to the first one.'), steps);
}

async function fill(steps) {
  let zones, stacks;
  try {
    [zones, stacks] = await Promise.all([call('GET', '/v1/zones?limit=10'), call('GET', '/v1/stacks?limit=10')]);
  } catch (problem) {
    steps.replaceChildren(el('li', {}, problem.message));
    return;
  }
  const step = (done, heading, ...content) => el('li', {class: done ? 'done' : null},
    el('h3', {}, heading, done && el('span', {class: 'badge live'}, 'Done')), content);
  const list = (items) => items.slice(0, 5).map((one) => one.name).join(', ') + (items.length > 5 ? ' and more' : '');
  steps.replaceChildren(
    step(zones.items.length > 0, 'Have a zone with a nameserver', zones.items.length ?
      el('p', {}, `Served here: ${list(zones.items)}. Its parent zone has to delegate it to `,
        zones.items[0].nameservers.map((one) => one.name).join(', '), '.') :
      [el('p', {}, 'Addresses lie in a DNS zone that this backend answers for. Start failoverd with ',
        el('code', {}, '--zone'), ' and ', el('code', {}, '--nameserver'), ', or:'), zoneExample()]),
    step(stacks.items.length > 0, 'Register a stack', stacks.items.length ?
      el('p', {}, `Registered: ${list(stacks.items)}.`) :
      [el('p', {}, 'A stack is an application’s servers. Here, or with an administrator’s token in FAILOVER_TOKEN_FILE:'),
        stackExample()],
    el('p', {}, roleButton('admin', 'Register a stack', openRegister, {class: 'small', 'data-focus': 'first stack'}))),
    step(false, 'Create a failover group', el('p', {}, 'It gets an address, which your own names point to with a CNAME. ' +
      'Give it a primary and a backup, and flip when it matters.'),
    el('p', {}, roleButton('admin', 'Create the first group', openCreate, {class: 'small', 'data-focus': 'first group'}))));
}
