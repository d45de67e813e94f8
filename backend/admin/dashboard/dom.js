// Builds DOM nodes. Text only ever becomes a text node, so nothing that a name holds can become markup.

// el("p", {class: "x", title: "y", on: {click: f}}, "text", node, [more]). Children that are null or false are left out.
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// Shows a short message at the foot of the page for a while; screen readers are told too.
let quiet = 0;
export function say(text) {
  const place = document.getElementById('say');
  place.textContent = text;
  place.classList.add('shown');
  clearTimeout(quiet);
  quiet = setTimeout(() => place.classList.remove('shown'), 6000);
}

// A button that copies `text`. The clipboard API is missing where a page comes over plain HTTP from another machine.
export function copyButton(text, what) {
  const button = el('button', {class: 'small quiet', type: 'button', 'aria-label': `Copy ${what}`}, 'Copy');
  button.addEventListener('click', async () => {
    const done = await copy(text);
    button.textContent = done ? 'Copied' : 'Not copied';
    say(done ? `Copied ${text}` : `This browser does not let the page copy. Select the text instead: ${text}`);
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const area = el('textarea', {class: 'away', readonly: true, 'aria-hidden': 'true'});
    area.value = text;
    (before?.closest('dialog') ?? document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    before?.focus();
    return done;
  }
}

// Replaces the children of `parent` by `nodes`, keeping those that are already there, so that focus and what is
// typed in them stay. The focused thing is found again by its data-focus where its node was made anew.
export function arrange(parent, nodes) {
  const focused = document.activeElement;
  const key = parent.contains(focused) ? focused.dataset.focus : null;
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (parent.childNodes[at] !== node) parent.insertBefore(node, parent.childNodes[at] ?? null);
  });
  if (key && !focused.isConnected) refocus(key);
}

export function refocus(key) {
  document.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus();
}

// Calls `work` once, `wait` milliseconds after the last call.
export function later(work, wait) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...args), wait);
  };
}

// Calls `work` soon, and again at the end where it was asked for meanwhile; never twice at once, however often asked.
export function gently(work, rest = 400) {
  let busy = false, again = false;
  return async function ask() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    await new Promise((resolve) => setTimeout(resolve, 60));
    await work();
    await new Promise((resolve) => setTimeout(resolve, rest));
    busy = false;
    if (again) {
      again = false;
      ask();
    }
  };
}
