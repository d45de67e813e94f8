// Follows /v1/events. An EventSource cannot send the Authorization header, and a token in a URL ends in logs, so the
// stream is read with fetch and resumed by hand.
import {EXPIRED, headers, session} from './api.js';

const OPENING = 10000;  // how long the stream may take to open
const QUIET = 25000;  // failoverd says something every 15 s: after so long without a word the connection is made anew

// Calls onchanges([change, ...]) in order of revision, and onstate("live" | "lost") as the connection comes and goes.
// Gives a function that ends it, and one that tries again at once.
export function follow({onchanges, onstate}) {
  let last = null;  // the last event's id, which is the revision
  let ended = false, live = false;
  let connection = new AbortController();
  let wake = () => {};

  async function run() {
    for (let wait = 500; !ended; wait = Math.min(wait * 2, 5000)) {
      connection = new AbortController();
      try {
        await read(connection, () => { wait = 500; });
      } catch {
        // Whatever ended the stream, the answer is the same: come back.
      }
      if (ended) return;
      if (connection.signal.reason === 'quiet' && live) {
        live = false;
        continue;
      }
      live = false;
      onstate('lost');
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
    }
  }

  async function read(control, opened) {
    const extra = {Accept: 'text/event-stream'};
    if (last !== null) extra['Last-Event-ID'] = last;
    let alarm = setTimeout(() => control.abort('quiet'), OPENING);
    try {
      const reply = await fetch('/v1/events',
        {headers: headers(extra), signal: control.signal, credentials: 'omit', cache: 'no-store', redirect: 'error'});
      if (reply.status === 401) {
        session.onend(EXPIRED);
        return;
      }
      if (!reply.ok) return;
      opened();
      live = true;
      onstate('live');
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      const parse = parser();
      for (;;) {
        const {done, value} = await reader.read();
        if (done) return;
        clearTimeout(alarm);
        alarm = setTimeout(() => control.abort('quiet'), QUIET);
        const changes = parse(value);
        if (changes.length) {
          last = String(changes.at(-1).revision);
          onchanges(changes);
        }
      }
    } finally {
      clearTimeout(alarm);
    }
  }

  const retry = () => { connection.abort(); wake(); };
  // A healthy stream is left alone: browsers say `online` also where another network came.
  const online = () => { if (!live) retry(); };
  window.addEventListener('online', online);
  run();
  return {
    retry,
    end() {
      ended = true;
      window.removeEventListener('online', online);
      retry();
    },
  };
}

// The event stream format (WHATWG HTML, 9.2.6), as far as `data` goes: text in, whole events' JSON out.
export function parser() {
  let rest = '', data = [];
  return (text) => {
    const found = [];
    const lines = (rest + text).split(/\r\n|\n/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (data.length) found.push(JSON.parse(data.join('\n')));
        data = [];
      } else if (line.startsWith('data:')) {
        data.push(line.slice(5).replace(/^ /, ''));
      }
    }
    return found;
  };
}
