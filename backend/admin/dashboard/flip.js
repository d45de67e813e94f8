// Flipping: the button, the confirmation, and what came of it.
import {el, refocus, say} from './dom.js';
import {barred, call, groupPath, stackById} from './api.js';
import {field, form, input, openDialog} from './dialog.js';
import {answerOf, called, other, records, titled} from './sides.js';
import {settle, settling} from './settling.js';

// Why a flip of this group cannot be asked for; null where it can.
function hindrance(group) {
  const to = other(group.live);
  return group[to] ? barred('operator') : `Nothing to flip to: ${to} has no stack. Attach one first.`;
}

// "Flip to backup"; null where no stack is attached. Where it is not possible else, the button stays reachable and
// says why.
export function flipButton(group, prominent) {
  if (group.live === 'none') return null;
  const why = hindrance(group);
  const to = other(group.live);
  return el('button', {type: 'button', class: prominent ? 'primary' : null, 'aria-disabled': why ? 'true' : null,
    title: why, 'aria-label': `Flip to ${to}: ${called(group)}`, 'data-focus': `flip ${group.address}`,
    on: {click: () => (why ? say(why) : openFlip(group, to))}}, `Flip to ${to}`);
}

// What stands near the button where a flip would leave the address with no data.
export function flipWarning(group) {
  const stack = group.live !== 'none' && group[other(group.live)];
  const node = el('p', {class: 'warn', hidden: true});
  if (stack) {
    stackById(stack.id).then(({name, web_head}) => {
      node.textContent = `${name} has no web head: after a flip to ${other(group.live)} this address answers with no data.`;
      node.hidden = web_head.length > 0;
    }, () => {});  // its card says that it cannot be shown
  }
  return node;
}

function panel(heading, group, side, answer) {
  return el('section', {class: 'answer-panel'}, el('h3', {}, heading),
    el('p', {class: 'muted'}, `${titled(side)}: ${group[side].name}`), answer);
}

async function openFlip(group, to) {
  const from = other(to);
  let flipped = null;
  const dialog = openDialog(`Flip ${called(group)} to ${to}`, {onclose: () => flipped && refocus(`flip ${group.address}`)},
    el('p', {class: 'address'}, group.address), el('p', {class: 'muted'}, 'Asking what would be answered…'));
  dialog.body.append(closeButton(dialog, 'Cancel', 'quiet'));
  let fresh, stack;
  try {
    [fresh, stack] = await Promise.all([call('GET', groupPath(group.address)), stackById(group[to].id)]);
  } catch (problem) {
    dialog.body.replaceChildren(el('p', {class: 'refusal', role: 'alert'}, problem.message), closeButton(dialog, 'Close'));
    return;
  }
  if (fresh.live === to) {
    dialog.body.replaceChildren(el('p', {}, `${titled(to)} is live already: someone else was quicker.`),
      closeButton(dialog, 'Close'));
    return;
  }
  const next = answerOf(stack);
  const reason = field({label: 'Reason', hint: 'Kept in the activity, for those who ask later.', pointer: '/reason',
    control: input({autofocus: true, placeholder: 'optional'})});
  const force = el('input', {type: 'checkbox', id: 'force'});
  const confirm = form({
    fields: [reason], submit: 'Switch traffic', cancel: dialog.close,
    extra: next.length ? [] : [el('div', {class: 'warn'},
      el('p', {}, el('b', {}, `${stack.name} has no web head.`), ' After the flip this address answers with no data.'),
      el('label', {class: 'check', for: 'force'}, force, 'Switch anyway'))],
    action: async () => {
      const body = {to};
      if (reason.value) body.reason = reason.value;
      if (force.checked) body.force = true;
      flipped = await call('POST', `${groupPath(group.address)}/flip`, body);
      settle(flipped);
      outcome(dialog, flipped, to);
    },
  });
  dialog.body.replaceChildren(el('p', {class: 'address'}, group.address),
    el('div', {class: 'now-next'}, panel('Answered now', fresh, from, records(fresh.answer)),
      el('span', {class: 'arrow', 'aria-hidden': 'true'}, '→'),
      panel('Answered after', fresh, to, records(next))),
    confirm.node);
  reason.control.focus();
}

const closeButton = (dialog, text, kind = 'primary') =>
  el('div', {class: 'buttons'}, el('button', {type: 'button', class: kind, on: {click: dialog.close}}, text));

function outcome(dialog, flip, to) {
  const heading = dialog.node.querySelector('h2');
  heading.textContent = flip.changed ? `Traffic switched to ${to}` : `${titled(to)} was live already`;
  dialog.body.replaceChildren(el('p', {class: 'address'}, flip.group.address),
    flip.changed ? settling(flip.group) ?? el('p', {class: 'settling done'}, 'All clear.') :
      el('p', {}, 'Nothing was altered.'),
    flip.changed && flushedList(flip.flushed), closeButton(dialog, 'Done'));
  heading.focus();
}

const notFlushed = (detail) => ` not flushed${detail ? `: ${detail}` : ''}. The time above allows for its cache.`;

function flushedList(flushed) {
  if (!flushed.length) return el('p', {class: 'muted'}, 'No PowerDNS server is set up to be flushed.');
  return el('div', {}, el('h3', {}, 'PowerDNS servers'), el('ul', {class: 'flushed'}, flushed.map((one) =>
    el('li', {class: one.ok ? 'ok' : 'bad'}, el('span', {class: 'mark', 'aria-hidden': 'true'}, one.ok ? '✓' : '✗'),
      el('span', {}, el('code', {}, one.server),
        one.ok ? ' flushed' : notFlushed(one.detail))))));
}
