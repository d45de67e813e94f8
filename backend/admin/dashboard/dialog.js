// Dialogs and the forms in them: a native <dialog> holds the focus, Escape closes it, and focus goes back after.
import {el, later, refocus} from './dom.js';
import {call, path} from './api.js';

let serial = 0;

// Opens a dialog with a heading. Gives {node, body, close}; `onclose` is called however it closes.
export function openDialog(title, {onclose, wide} = {}, ...content) {
  const id = `dialog-${++serial}`;
  const opener = document.activeElement;
  const body = el('div', {class: 'dialog-body'}, content);
  const node = el('dialog', {'aria-labelledby': id, class: wide ? 'wide' : null},
    el('h2', {id, tabindex: '-1'}, title), body);
  node.addEventListener('close', () => {
    node.remove();
    onclose?.();
    // The page may have drawn the opener anew meanwhile.
    if (opener?.isConnected) opener.focus();
    else if (opener?.dataset?.focus) refocus(opener.dataset.focus);
  });
  document.body.append(node);
  node.showModal();
  return {node, body, close: () => node.close()};
}

// A field: a label, the control, a hint below it, and a place for what is wrong with it. `pointer` is the JSON
// pointer under which the API reports mistakes; those deeper inside it count too.
export function field({label, hint, control, pointer}) {
  const id = `field-${++serial}`;
  control.id = id;
  const error = el('p', {class: 'error', id: `${id}-error`});
  control.setAttribute('aria-describedby', [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(' '));
  const node = el('div', {class: 'field'},
    el('label', {for: id}, label), control, hint && el('p', {class: 'hint', id: `${id}-hint`}, hint), error);
  const show = (text) => {
    error.textContent = text;
    text ? control.setAttribute('aria-invalid', 'true') : control.removeAttribute('aria-invalid');
  };
  const owns = (at) => at === pointer || at.startsWith(`${pointer}/`);
  return {node, control, show, owns, get value() { return control.value.trim(); }};
}

export function input(props = {}) {
  return el('input', {type: 'text', autocomplete: 'off', spellcheck: 'false', ...props});
}

// An input that offers what the server finds by the text typed; there may be thousands. `option` makes an item's props.
function searchedInput(base, option, placeholder, value) {
  const list = el('datalist', {id: `offers-${++serial}`});
  const control = input({list: list.id, placeholder, value, autocapitalize: 'none'});
  const offer = async () => {
    try {
      // What is searched is labels and names: of an address, its beginning.
      const found = await call('GET', path(base, {q: control.value.trim().split('.')[0], limit: 20}));
      list.replaceChildren(...found.items.map((item) => el('option', option(item))));
    } catch {
      list.replaceChildren();  // names can still be typed
    }
  };
  control.addEventListener('input', later(offer, 200));
  control.addEventListener('focus', offer, {once: true});
  return {control, list};
}

export const stackInput = (value = '', placeholder = 'no stack') =>
  searchedInput('/v1/stacks', (stack) => ({value: stack.name}), placeholder, value);
export const groupInput = (value, placeholder) =>
  searchedInput('/v1/groups', (group) => ({value: group.address, label: group.name || null}), placeholder, value);

// A form: its fields, one button that does `action`, and Cancel. A Problem thrown by `action` is shown next to the
// fields it names, what no field owns above them; `onproblem` may add to that. `owned` are the fields where `extra`
// holds them; `codes` names the field that a code is about. `reload` opens the form anew with what stands, for one that
// was altered by someone else meanwhile.
export function form({fields = [], extra = [], owned = fields, codes = {}, submit, danger, cancel, action, onproblem, reload}) {
  const summary = el('div', {class: 'refusal', role: 'alert', tabindex: '-1', hidden: true});
  const go = el('button', {class: danger ? 'danger' : 'primary', type: 'submit'}, submit);
  const node = el('form', {novalidate: true}, summary, fields.map((one) => one.node), extra,
    el('div', {class: 'buttons'},
      cancel && el('button', {type: 'button', class: 'quiet', on: {click: cancel}}, 'Cancel'), go));
  let busy = false;
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    go.setAttribute('aria-busy', 'true');
    summary.hidden = true;
    owned.forEach((one) => one.show(''));
    try {
      await action();
    } catch (problem) {
      refuse(problem);
    } finally {
      busy = false;
      go.removeAttribute('aria-busy');
    }
  });

  function refuse(problem) {
    const others = [];
    const about = codes[problem.code];
    about?.show(problem.message);
    for (const {pointer = '', detail} of problem.errors ?? []) {
      const owner = owned.find((one) => one.owns(pointer));
      if (owner) owner.show(detail);
      else others.push(detail);
    }
    const stale = reload && problem.code === 'stale';
    summary.replaceChildren(
      el('p', {}, stale ? 'Someone else altered it meanwhile. Load it anew; what is typed here is lost then.' : problem.message),
      el('ul', {}, others.filter((text) => text !== problem.message).map((text) => el('li', {}, text))),
      stale ? el('button', {type: 'button', class: 'small', on: {click: () => reload().catch(refuse)}}, 'Load it anew') : '');
    const first = node.querySelector('[aria-invalid]');
    summary.hidden = first !== null && !others.length;  // the fields say it all
    onproblem?.(problem);
    (first ?? summary).focus();
    if (!first) summary.scrollIntoView({block: 'nearest'});
  }
  return {node, go};
}
