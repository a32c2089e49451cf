// How lanes are drawn. Colour is never alone: what it says stands there as a word, a hatch or a sign as well.

const LINES_MAX = 3000; // messages in view; of more, only how many leave each server is drawn
const FONT = '11px system-ui, "Segoe UI", Helvetica, Arial, sans-serif';

const COLOURS = ['text', 'quiet', 'line', 'card', 'code', 'ok', 'info', 'fail', 'leader', 'follower', 'other',
  'message', 'chosen', 'invalid'];
let colours = {};

// readColours takes the colours of the style sheet, which are others in the dark.
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement('span');
  document.body.append(probe);
  for (const name of COLOURS) {
    probe.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  colours.dark = style.colorScheme.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches;
}

// clip shortens a text to a width in pixels.
function clip(g, text, width) {
  if (width < 12) return '';
  if (g.measureText(text).width <= width) return text;
  let n = Math.max(0, Math.floor(text.length * width / g.measureText(text).width) - 1);
  while (n > 0 && g.measureText(text.slice(0, n) + '…').width > width) n--;
  return n > 0 ? text.slice(0, n) + '…' : '';
}

// box draws a span with a word in it, if there is room, and with a hatch if it is to have one.
function box(g, lane, from, to, colour, word, how = {}) {
  const {top = lane.top, height = lane.height, hatch = false, ink = colours.text} = how;
  const left = Math.max(x(from), GUTTER);
  const right = Math.min(Math.max(x(to), left + 1.5), view.width);
  if (right < GUTTER || left > view.width) return;
  g.fillStyle = colour;
  g.fillRect(left, top, right - left, height);
  if (hatch && right - left > 3) hatched(g, left, top, right - left, height);
  const text = word && clip(g, word, right - left - 6);
  if (text) {
    g.fillStyle = ink;
    g.fillText(text, left + 3, top + height / 2 + 0.5);
  }
}

// hatched draws slanting lines over a rectangle.
function hatched(g, left, top, width, height) {
  g.save();
  g.beginPath();
  g.rect(left, top, width, height);
  g.clip();
  g.strokeStyle = colours.text;
  g.globalAlpha = 0.45;
  g.lineWidth = 1;
  g.beginPath();
  for (let at = left - height; at < left + width; at += 5) {
    g.moveTo(at, top + height);
    g.lineTo(at + height, top);
  }
  g.stroke();
  g.restore();
}

function drawFaults(g, lane) {
  data.faults.forEach((f, i) => {
    if (trackOf[i] !== lane.n || until(f.to) < view.t0 || f.from > view.t1) return;
    box(g, lane, f.from, until(f.to), f.colour || colours.other, `${f.kind} ${f.label}`, {ink: '#1c1e21'});
  });
}

function drawHolds(g, lane) {
  data.holds.forEach((h, i) => {
    if (h.what !== held[lane.n] || until(h.to) < view.t0 || h.from > view.t1) return;
    // Two that overlap have to be told apart: they lie half a lane apart.
    const crowded = data.holds.some((o, j) => j < i && o.what === h.what &&
      until(o.to) > h.from && o.from < until(h.to));
    box(g, lane, h.from, until(h.to), crowded ? colours.fail : colours.leader, h.who, {
      top: lane.top + (crowded ? lane.height / 2 : 0), height: crowded ? lane.height / 2 : lane.height, hatch: crowded,
      ink: colours.card,
    });
  });
}

function drawServer(g, lane) {
  const {from, roles} = data.servers[lane.n];
  (from ?? []).forEach((t, i) => {
    const to = from[i + 1] ?? data.length;
    if (to < view.t0 || t > view.t1) return;
    const role = roles[i];
    const down = role === 'down';
    const colour = down ? colours.code : colours[role] ?? colours.other;
    box(g, lane, t, to, colour, role, {height: 14, hatch: down, ink: role === 'leader' ? colours.card : colours.text});
  });
  data.leaders.forEach(l => {
    if (l.node !== data.servers[lane.n].name || until(l.to) < view.t0 || l.from > view.t1) return;
    box(g, lane, l.from, until(l.to), colours.leader, `leads term ${l.term}`, {height: 14, ink: colours.card});
  });
  if (lane.height > 20) drawDisk(g, lane);
}

// drawDisk draws the jobs of a server's disk: as high as they have bytes, and full where a sync failed.
function drawDisk(g, lane) {
  const machine = machineOf.get(data.servers[lane.n].name);
  const [first, end] = within(jobs, view.t0, view.t1);
  let drawn = -1;
  for (let i = first; i < end; i++) {
    if (jobs.machine[i] !== machine || jobs.to[i] < view.t0) continue;
    const failed = jobs.marks[i] & 1;
    const left = Math.max(x(jobs.from[i]), GUTTER);
    if (!failed && left < drawn) continue; // it would cover what is there
    const width = Math.max(x(jobs.to[i]) - left, 1);
    const height = failed ? 9 : 2 + Math.min(6, Math.log2(1 + jobs.bytes[i]) / 2);
    g.fillStyle = failed ? colours.fail : colours.message;
    g.fillRect(left, lane.top + 25 - height, width, height);
    drawn = left + Math.max(width, 1);
  }
}

// drawMessages draws lines between servers, or how many leave each where there are too many for lines.
function drawMessages(g, list) {
  const [first, end] = within(messages, view.t0, view.t1);
  const tops = [];
  for (const lane of list) if (lane.group === 'servers') tops[machineOf.get(data.servers[lane.n].name)] = lane;
  if (end - first > LINES_MAX) return drawDensity(g, tops, first, end);
  g.strokeStyle = g.fillStyle = colours.message;
  g.lineWidth = 1;
  for (let i = first; i < end; i++) {
    const a = tops[messages.source[i]];
    const b = tops[messages.target[i]];
    if (a && b && messages.to[i] >= view.t0) drawMessage(g, a, b, i, end - first < 120);
  }
}

function drawMessage(g, a, b, i, words) {
  const lost = messages.took[i] === 0;
  const down = a.top < b.top;
  const [x0, y0] = [x(messages.from[i]), down ? a.top + a.height : a.top];
  let [x1, y1] = [x(messages.to[i]), down ? b.top : b.top + b.height];
  if (lost) [x1, y1] = [(x0 + x1) / 2, (y0 + y1) / 2];
  if (x1 < GUTTER || x0 > view.width) return;
  g.globalAlpha = words ? 0.9 : 0.5;
  g.setLineDash(lost ? [3, 3] : []);
  g.beginPath();
  g.moveTo(x0, y0);
  g.lineTo(x1, y1);
  g.stroke();
  g.setLineDash([]);
  g.globalAlpha = 1;
  if (lost) {
    g.fillText('×', x1 - 3, y1);
  } else if (words) {
    g.fillRect(x1 - 1.5, y1 - 1.5, 3, 3);
  }
  if (words && x1 - x0 > 24) {
    g.fillText(clip(g, data.words[messages.word[i]], 90), Math.max(x0, GUTTER) + 3, y0 + (y1 - y0) * 0.3);
  }
}

function drawDensity(g, tops, first, end) {
  const counts = tops.map(() => new Float64Array(Math.ceil(view.width) + 1));
  let most = 1;
  for (let i = first; i < end; i++) {
    const px = Math.round(x(messages.from[i]));
    if (px < GUTTER || px > view.width) continue;
    const column = counts[messages.source[i]];
    if (column) most = Math.max(most, ++column[px]);
  }
  g.fillStyle = colours.message;
  tops.forEach((lane, machine) => counts[machine].forEach((n, px) => {
    const height = Math.ceil(n / most * 18);
    if (n) g.fillRect(px, lane.top + lane.height + 20 - height, 1, height);
  }));
}

const SIGNS = ['', '?', '×', '→'];

// drawClient draws a client's operations. Those that would cover each other in one pixel are drawn once.
function drawClients(g, list) {
  const lanesOf = [];
  for (const lane of list) if (lane.group === 'clients') lanesOf[lane.n] = lane;
  const drawn = lanesOf.map(() => [-1, -1, -1, -1]);
  const fills = [colours.ok, colours.info, colours.fail, colours.info];
  const [first, end] = within(ops, view.t0, view.t1);
  for (let i = first; i < end; i++) {
    const lane = lanesOf[ops.lane[i]];
    if (!lane || ops.to[i] < view.t0) continue;
    const how = ops.marks[i] & 3;
    const left = Math.max(x(ops.from[i]), GUTTER);
    const right = Math.max(Math.min(x(ops.to[i]), view.width), left + 1);
    const blamed = ops.marks[i] & 4;
    if (!blamed && right - left < 1.5 && left < drawn[lane.n][how] + 1) continue;
    drawn[lane.n][how] = right;
    drawOp(g, lane, i, left, right, fills[how], how, blamed);
  }
}

function drawOp(g, lane, i, left, right, fill, how, blamed) {
  g.fillStyle = fill;
  g.fillRect(left, lane.top + 1, right - left - (right - left > 4 ? 1 : 0), lane.height - 2);
  if (how && right - left > 6) hatched(g, left, lane.top + 1, right - left - 1, lane.height - 2);
  const text = SIGNS[how] + (ops.texts.get(i) ?? data.kinds[ops.kind[i]]);
  const word = right - left > 16 ? clip(g, text, right - left - 6) : '';
  if (word) {
    g.fillStyle = colours.dark ? '#101214' : '#10131a';
    g.fillText(word, left + 3, lane.top + lane.height / 2 + 0.5);
  }
  if (blamed) {
    g.strokeStyle = colours.invalid;
    g.lineWidth = 2;
    g.strokeRect(left - 2, lane.top - 1, Math.max(right - left, 3) + 3, lane.height + 2);
    g.fillStyle = colours.invalid;
    g.fillText('!', left - 8, lane.top + lane.height / 2 + 0.5);
  }
}
