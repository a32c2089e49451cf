// The lanes: what is one below the other, and what of it is under the mouse. An item is {kind, i}: the i-th of a kind.

const GROUPS = ['faults', 'probability', 'servers', 'disk', 'messages', 'clients', 'held', 'sessions', 'watches',
  'latency', 'rate'].filter(group => ({
  probability: data.curve.length, held: data.holds.length,
  sessions: data.standing.some(s => standGroup(s.lane) === group),
  watches: data.standing.some(s => standGroup(s.lane) === group),
})[group] ?? true);
const GUTTER = 130; // pixels for the names of lanes

// tracks are the lanes of faults: one for each family, and more for those of it that overlap.
const tracks = [];
const trackOf = data.faults.map(f => {
  let n = tracks.findIndex(t => t.family === f.family && t.until <= f.from);
  if (n < 0) n = tracks.push({family: f.family, until: 0, first: !tracks.some(t => t.family === f.family)}) - 1;
  tracks[n].until = Math.max(until(f.to), f.from + data.length / 400);
  return n;
});
const trackOrder = tracks.map((_, n) => n).sort((a, b) => tracks[a].family.localeCompare(tracks[b].family) || a - b);

const held = [...new Set(data.holds.map(h => h.what))];
held.sort((a, b) => a.localeCompare(b, undefined, {numeric: true}));
const machineOf = new Map(data.machines.map((name, i) => [name, i]));

// lanes lists those that are shown: their group, which of the group, name, top and height in pixels.
function lanes() {
  const list = [];
  let top = AXIS;
  const add = (group, n, name, height, gap = 3) => {
    list.push({group, n, name, top, height});
    top += height + gap;
    return list.at(-1);
  };
  const shown = group => !view.hidden.has(group);
  if (shown('faults')) trackOrder.forEach(n => add('faults', n, tracks[n].first ? tracks[n].family : '', 16));
  top += 6;
  if (shown('probability') && data.curve.length) add('probability', 0, 'probability', 70, 10);
  if (shown('servers')) {
    const gap = shown('messages') && messages.count ? 30 : 6;
    data.servers.forEach((s, n) => add('servers', n, s.name, shown('disk') ? 26 : 16, gap));
  }
  if (shown('clients')) data.clients.forEach((name, n) => add('clients', n, name, 14, 2));
  top += 6;
  if (shown('held')) {
    // Only what is held in view: there may be hundreds of locks.
    const inView = new Set(data.holds.filter(h => h.from <= view.t1 && until(h.to) >= view.t0).map(h => h.what));
    held.forEach((name, n) => inView.has(name) && add('held', n, name, 14, 2));
  }
  for (const group of ['sessions', 'watches']) {
    top += 4;
    if (shown(group)) addStanding(group, add);
  }
  top += 8;
  const runs = data.runs.length ? data.runs.map(name => name + ' ') : [''];
  if (shown('latency')) runs.forEach((name, n) => add('latency', n, name + 'latency', 70, 8));
  if (shown('rate')) runs.forEach((name, n) => add('rate', n, name + 'answers a second', 56, 8));
  return {list, height: top + 4};
}

const AXIS = 22; // pixels for the axis

// itemThere says whether there is an item, for addresses that come from elsewhere.
function itemThere(kind, i) {
  const counts = {
    op: ops.count, message: messages.count, job: jobs.count, fault: data.faults.length, hold: data.holds.length,
    leader: data.leaders.length, line: data.story.length, stand: data.standing.length, chance: data.curve.length,
  };
  return Number.isInteger(i) && i >= 0 && i < (counts[kind] ?? 0);
}

// spanOf is from when to when an item lasted.
function spanOf({kind, i}) {
  switch (kind) {
    case 'op': return [ops.from[i], ops.to[i]];
    case 'message': return [messages.from[i], messages.to[i]];
    case 'job': return [jobs.from[i], jobs.to[i]];
    case 'fault': return [data.faults[i].from, until(data.faults[i].to)];
    case 'hold': return [data.holds[i].from, until(data.holds[i].to)];
    case 'leader': return [data.leaders[i].from, until(data.leaders[i].to)];
    case 'stand': return [data.standing[i].from, until(data.standing[i].to)];
    case 'chance': return [data.curve[i].at, data.curve[i].at];
    case 'line': return [data.story[i].at, data.story[i].at];
  }
  return [0, 0];
}

// laneOf is the lane of an item among those shown; undefined if it is hidden.
function laneOf(item, list) {
  const find = (group, n) => list.find(l => l.group === group && l.n === n);
  const server = name => find('servers', data.servers.findIndex(s => s.name === name));
  switch (item.kind) {
    case 'op': return find('clients', ops.lane[item.i]);
    case 'message': return server(data.machines[messages.source[item.i]]);
    case 'job': return server(data.machines[jobs.machine[item.i]]);
    case 'fault': return find('faults', trackOf[item.i]);
    case 'hold': return find('held', held.indexOf(data.holds[item.i].what));
    case 'leader': return server(data.leaders[item.i].node);
    case 'stand': return list.find(l => l.items?.includes(item.i));
    case 'chance': return find('probability', 0);
  }
}

// itemsOf lists the items of a lane in the order of time. It is made when it is first asked for.
const laneItems = new Map();
function itemsOf(lane) {
  const key = lane.items ? data.standing[lane.items[0]].lane : lane.group + lane.n;
  if (!laneItems.has(key)) laneItems.set(key, listItems(lane));
  return laneItems.get(key);
}

function listItems({group, n, items}) {
  const pick = (kind, count, belongs) => {
    const found = [];
    for (let i = 0; i < count; i++) if (belongs(i)) found.push({kind, i});
    return found;
  };
  switch (group) {
    case 'faults': return pick('fault', data.faults.length, i => trackOf[i] === n);
    case 'held': return pick('hold', data.holds.length, i => data.holds[i].what === held[n]);
    case 'clients': return pick('op', ops.count, i => ops.lane[i] === n);
    case 'probability': return pick('chance', data.curve.length, () => true);
    case 'sessions':
    case 'watches': {
      const {lane} = data.standing[items[0]];
      return pick('stand', data.standing.length, i => data.standing[i].lane === lane);
    }
    case 'servers': {
      const machine = machineOf.get(data.servers[n].name);
      const all = [
        ...pick('message', messages.count, i => messages.source[i] === machine),
        ...pick('job', jobs.count, i => jobs.machine[i] === machine),
        ...pick('leader', data.leaders.length, i => data.leaders[i].node === data.servers[n].name),
      ];
      return all.sort((a, b) => spanOf(a)[0] - spanOf(b)[0]);
    }
  }
  return [];
}

// under is the item at a place of the picture; null if there is none.
function under(px, py) {
  const {list} = lanes();
  const t0 = timeAt(px - 3);
  const t1 = timeAt(px + 3);
  const lane = list.find(l => py >= l.top - 1 && py < l.top + l.height + 1);
  const message = lineUnder(px, py, list, t0, t1);
  if (!lane) return message;
  const last = (spans, kind, belongs) => {
    const [first, end] = within(spans, t0, t1);
    for (let i = end - 1; i >= first; i--) if (belongs(i) && spans.to[i] >= t0) return {kind, i};
    return null;
  };
  const lastOf = (list, kind, belongs) => {
    const i = list.findLastIndex((s, i) => belongs(s, i) && s.from <= t1 && until(s.to) >= t0);
    return i < 0 ? null : {kind, i};
  };
  switch (lane.group) {
    case 'faults': return lastOf(data.faults, 'fault', (_, i) => trackOf[i] === lane.n);
    case 'held': return lastOf(data.holds, 'hold', h => h.what === held[lane.n]);
    case 'clients': return last(ops, 'op', i => ops.lane[i] === lane.n);
    case 'sessions':
    case 'watches': return lastOf(data.standing, 'stand', (_, i) => lane.items.includes(i));
    case 'probability': {
      const i = data.curve.findIndex(p => p.at >= timeAt(px - 5) && p.at <= timeAt(px + 5));
      return i < 0 ? null : {kind: 'chance', i};
    }
    case 'servers': {
      const name = data.servers[lane.n].name;
      const machine = machineOf.get(name);
      if (py > lane.top + 16) return last(jobs, 'job', i => jobs.machine[i] === machine);
      return lastOf(data.leaders, 'leader', l => l.node === name) ?? message;
    }
  }
  return null;
}

// lineUnder is the message whose line passes a place.
function lineUnder(px, py, list, t0, t1) {
  if (view.hidden.has('messages') || view.hidden.has('servers')) return null;
  const shown = list.filter(l => l.group === 'servers');
  const tops = new Map(shown.map(l => [machineOf.get(data.servers[l.n].name), l]));
  const [first, end] = within(messages, t0, t1);
  if (end - first > LINES_MAX) return null;
  for (let i = end - 1; i >= first; i--) {
    const a = tops.get(messages.source[i]);
    const b = tops.get(messages.target[i]);
    if (!a || !b) continue;
    const y0 = a.top < b.top ? a.top + a.height : a.top;
    const y1 = a.top < b.top ? b.top : b.top + b.height;
    const share = (py - y0) / (y1 - y0);
    if (share < 0 || share > 1) continue;
    const at = x(messages.from[i]) + share * (x(messages.to[i]) - x(messages.from[i]));
    if (Math.abs(at - px) <= 3) return {kind: 'message', i};
  }
  return null;
}
