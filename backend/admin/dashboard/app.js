// The page's frame: who is signed in, which page is shown, and whether its news still come.
import {el, say} from './dom.js';
import {EXPIRED, call, forgetStacks, session} from './api.js';
import {follow} from './events.js';
import {activityPage} from './activity.js';
import {groupPage} from './group.js';
import {groupsPage} from './groups.js';
import {stackPage, stacksPage} from './stacks.js';
import {span} from './time.js';
import {sawRevision} from './trail.js';
import {signInPage} from './welcome.js';

const byId = (id) => document.getElementById(id);
let page = null;
let stream = null;
let lostAt = 0, lostTimer = 0;

// "#/groups/ADDRESS?q=x" -> the page. A page is {title, node, refresh()}.
function route() {
  const [path, query] = location.hash.slice(1).split('?');
  const [, name = 'groups', rest = ''] = path.split('/').map(decode);
  const params = new URLSearchParams(query);
  if (name === 'stacks') return {name, make: () => (rest ? stackPage(rest) : stacksPage(params))};
  if (name === 'activity') return {name, make: () => activityPage(params)};
  return {name: 'groups', make: () => (name === 'groups' && rest ? groupPage(rest) : groupsPage(params))};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function show(next, focus) {
  page = next;
  document.title = `${page.title} – failoverd`;
  byId('main').replaceChildren(page.node);
  document.querySelectorAll('dialog[open]').forEach((dialog) => dialog.close());
  if (focus) page.node.querySelector('h1')?.focus();
  window.scrollTo(0, 0);
}

function navigate(focus) {
  if (!session.me) return;
  const {name, make} = route();
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.page === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  show(make(), focus);
}

function signedIn(focus = true) {
  const {name, role} = session.me;
  byId('top').hidden = false;
  byId('who').replaceChildren(el('span', {}, el('b', {}, name), el('i', {}, ' · '), role),
    el('button', {type: 'button', class: 'small quiet', on: {click: () => signOut('')}}, 'Sign out'));
  stream = follow({onchanges, onstate});
  navigate(focus);
}

function signOut(why) {
  session.token = session.me = null;
  sessionStorage.clear();
  stream?.end();
  stream = null;
  forgetStacks(null);
  found();
  byId('top').hidden = true;
  show(signInPage(why, signedIn), false);
}

function onchanges(changes) {
  sawRevision(changes.at(-1).revision);
  forgetStacks(changes);
  page.refresh();
}

// What came while there was no connection is fetched again as a whole; the stream resumes after the last event seen.
function onstate(state) {
  if (!session.me) return;
  const link = byId('link');
  link.className = `link ${state}`;
  link.replaceChildren(el('span', {class: 'dot', 'aria-hidden': 'true'}), state === 'live' ? 'Up to date' : 'Not connected');
  if (state === 'live') {
    forgetStacks(null);
    page.refresh();
    if (lostAt) say('Connected again; everything shown is up to date.');
    found();
  } else if (!lostAt) {
    lostAt = Date.now();
    const age = el('span', {'aria-hidden': 'true'});
    byId('lost').replaceChildren(el('span', {}, el('b', {}, 'The connection to failoverd is lost.'),
      ' What you see may be old. Trying again'), age,
    el('button', {type: 'button', class: 'small', on: {click: () => stream.retry()}}, 'Try now'));
    const tick = () => { age.textContent = ` for ${span(Date.now() - lostAt)}…`; };
    tick();
    lostTimer = setInterval(tick, 1000);
  }
}

function found() {
  lostAt = 0;
  clearInterval(lostTimer);
  byId('lost').replaceChildren();
}

async function start() {
  session.onend = (why) => { if (session.me) signOut(why); };
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId('main').focus();
  });
  window.addEventListener('hashchange', () => navigate(true));
  if (!session.token) return signOut('');
  try {
    session.me = await call('GET', '/v1/whoami');
    signedIn(false);
  } catch (problem) {
    if (problem.status === 401) return signOut(EXPIRED);
    show({title: 'Not reached', refresh() {}, node: el('div', {class: 'signin panel'},
      el('h1', {tabindex: '-1'}, 'failoverd does not answer'), el('p', {}, problem.message),
      el('button', {type: 'button', class: 'primary', on: {click: () => location.reload()}}, 'Try again'))}, true);
  }
}

start();
