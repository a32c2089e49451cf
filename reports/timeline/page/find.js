// Finding: everything whose words have the query in them, in the order of time.

const MATCHES_MAX = 5000;
let matches = [];
let searched = null;

// wordsOf is what an item says of itself in one line.
function wordsOf({kind, i}) {
  switch (kind) {
    case 'op': return `${data.clients[ops.lane[i]]} ${ops.texts.get(i) ?? data.kinds[ops.kind[i]]}`;
    case 'message': {
      const [from, to] = [data.machines[messages.source[i]], data.machines[messages.target[i]]];
      return `${from} to ${to}: ${data.words[messages.word[i]]}`;
    }
    case 'fault': return `${data.faults[i].kind} ${data.faults[i].label}`;
    case 'hold': return `${data.holds[i].what} held by ${data.holds[i].who}`;
    case 'leader': return `${data.leaders[i].node} leads term ${data.leaders[i].term}`;
    case 'stand': return data.standing[i].text;
    case 'chance': return chance(data.curve[i]);
    case 'line': return data.story[i].text;
    case 'job': return `disk of ${data.machines[jobs.machine[i]]}`;
  }
  return '';
}

// formsOf are the ways in which what is looked for may be written: a zxid in hex or in decimal.
function formsOf(query) {
  if (!query) return [];
  if (/^0x[0-9a-f]+$/.test(query)) return [query, BigInt(query).toString()];
  if (/^\d{10,}$/.test(query)) return [query, '0x' + BigInt(query).toString(16)];
  return [query];
}

// search looks the query up, if it is another one than before.
function search() {
  if (searched === view.query) return;
  searched = view.query;
  matches = [];
  const forms = formsOf(view.query.trim().toLowerCase());
  if (forms.length) {
    const take = (kind, count) => {
      for (let i = 0; i < count && matches.length < MATCHES_MAX; i++) {
        const words = wordsOf({kind, i}).toLowerCase();
        if (forms.some(form => words.includes(form))) matches.push({kind, i});
      }
    };
    take('line', data.story.length);
    take('fault', data.faults.length);
    take('hold', data.holds.length);
    take('leader', data.leaders.length);
    take('stand', data.standing.length);
    take('op', ops.count);
    take('message', messages.count);
    take('job', jobs.count);
    matches.sort((a, b) => spanOf(a)[0] - spanOf(b)[0]);
  }
  sayMatches();
}

function sayMatches() {
  const at = matches.findIndex(m => same(m, view.chosen));
  const many = matches.length === MATCHES_MAX ? `the first ${MATCHES_MAX}` : String(matches.length);
  document.getElementById('matches').textContent =
    !view.query.trim() ? '' : !matches.length ? 'nothing' : at < 0 ? `${many} found` : `${at + 1} of ${many}`;
}

function same(a, b) { return Boolean(a && b) && a.kind === b.kind && a.i === b.i; }

// step selects the next match or the one before: of the selected one, or of where the view is.
function step(by) {
  search();
  if (!matches.length) return;
  const at = matches.findIndex(m => same(m, view.chosen));
  let to = at + by;
  if (at < 0) {
    to = matches.findIndex(m => spanOf(m)[0] >= view.t0);
    if (by < 0) to = (to < 0 ? matches.length : to) - 1;
  }
  choose(matches[(to + matches.length) % matches.length]);
  sayMatches();
}

// along selects the next item of the lane that is chosen, or the one before.
function along(by) {
  const lane = lanes().list[view.lane];
  const items = lane ? itemsOf(lane) : [];
  if (!items.length) return;
  const at = items.findIndex(m => same(m, view.chosen));
  let to = at + by;
  if (at < 0) {
    to = items.findIndex(m => spanOf(m)[0] >= view.t0);
    if (to < 0) to = items.length - 1;
  }
  choose(items[Math.min(Math.max(to, 0), items.length - 1)]);
}
