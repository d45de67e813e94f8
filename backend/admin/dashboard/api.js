// The API's client: one call, its refusals, and who is signed in.
import {setClock} from './time.js';

// sessionStorage rather than a cookie or localStorage: it outlives a reload in the middle of an outage, ends with the
// tab, is not shared with other tabs, and the browser never sends it by itself, so another site cannot make it act.
// What could read it is script on this page, and the Content-Security-Policy lets in none but these files.
const KEY = 'failover.token';

export const session = {
  me: null,  // {"name","role","stack"} of GET /v1/whoami
  onend: () => {},  // called with the reason when the token no longer works
  get token() { return sessionStorage.getItem(KEY); },
  set token(value) { value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY); },
};

export const EXPIRED = 'The token no longer works: it was revoked, or its time is over. Sign in with another.';

const RANK = {viewer: 1, operator: 2, admin: 3};

// Why whoever is signed in may not do what `role` may; null where they may.
export function barred(role) {
  const mine = session.me?.role;
  if ((RANK[mine] ?? 0) >= RANK[role]) return null;
  return `This needs ${role === 'viewer' ? 'a' : 'an'} ${role} token; you are signed in as ${mine}.`;
}

// A refusal (RFC 9457), or that no answer came (status 0).
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `failoverd answered ${status}.`);
    this.status = status;
    this.code = body.code ?? '';
    this.errors = Array.isArray(body.errors) ? body.errors : [];
  }
}

// A refusal of the page's own, shown as the API's are.
export function refusal(detail, pointer) {
  return new Problem(0, {detail, errors: [{pointer, detail}]});
}

export function headers(extra = {}) {
  return {Authorization: `Bearer ${session.token}`, ...extra};
}

// How long a reply may take. A write waits for PowerDNS servers to be flushed, one that is away for seconds.
const PATIENCE = {read: 10000, write: 20000};

// Sends one request and gives the JSON of its reply, or null where it has none. Throws Problem; where `signal` was
// aborted, an AbortError.
export async function call(method, path, body, {signal, match} = {}) {
  const control = new AbortController();
  const stop = () => control.abort();
  const init = {method, signal: control.signal, headers: headers(), credentials: 'omit', cache: 'no-store', redirect: 'error'};
  if (body !== undefined) {
    init.headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  if (match !== undefined) init.headers['If-Match'] = `"${match}"`;
  let reply, text;
  signal?.addEventListener('abort', stop);
  const alarm = setTimeout(stop, method === 'GET' ? PATIENCE.read : PATIENCE.write);
  try {
    reply = await fetch(path, init);
    text = await reply.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, {code: 'unreachable', detail: method === 'GET' ?
      'failoverd cannot be reached. Check that it runs and that this machine reaches it.' :
      'No answer came from failoverd, so it is not known whether this was done. Look at what stands before trying again.'});
  } finally {
    clearTimeout(alarm);
    signal?.removeEventListener('abort', stop);
  }
  setClock(reply.headers.get('Date'));
  const data = parsed(text);
  if (reply.ok) return data;
  const problem = new Problem(reply.status, data ?? {});
  if (reply.status === 401 && session.me) session.onend(EXPIRED);
  throw problem;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// "/v1/groups" and {q: "shop", zone: ""} -> "/v1/groups?q=shop"
export function path(base, query = {}) {
  const params = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '' && value != null));
  return params.size ? `${base}${base.includes('?') ? '&' : '?'}${params}` : base;
}

export const groupPath = (address) => `/v1/groups/${encodeURIComponent(address)}`;
export const stackPath = (stack) => `/v1/stacks/${encodeURIComponent(stack)}`;

// Stacks by id, asked for once each until a change touches them: a list of groups needs their servers.
const known = new Map();
const versions = new Map();
let all = 0;

export function stackById(id) {
  if (!known.has(id)) {
    const asked = call('GET', stackPath(id));
    asked.catch(() => known.delete(id));
    known.set(id, asked);
  }
  return known.get(id);
}

// Is another text once what stackById gives may be another.
export const stackVersion = (id) => `${all}.${versions.get(id) ?? 0}`;

// Forgets the stacks that these changes touched; every one where `changes` is null.
export function forgetStacks(changes) {
  if (!changes) {
    known.clear();
    all++;
    return;
  }
  for (const change of changes) {
    const id = (change.after ?? change.before)?.id;
    known.delete(id);
    versions.set(id, (versions.get(id) ?? 0) + 1);
  }
}
