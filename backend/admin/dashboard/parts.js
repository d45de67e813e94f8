// Small parts that several pages share.
import {el, say} from './dom.js';
import {barred} from './api.js';

export const groupLink = (address, text = address) =>
  el('a', {href: `#/groups/${encodeURIComponent(address)}`, 'data-focus': `group ${address}`}, text);

// A button that only `role` may use: for others it stays reachable and says why not.
export function roleButton(role, text, action, props = {}) {
  const why = barred(role);
  return el('button', {type: 'button', 'aria-disabled': why ? 'true' : null, title: why, ...props,
    on: {click: () => (why ? say(why) : action())}}, text);
}
