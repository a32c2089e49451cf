// The picture as a whole: axis, lanes, curves, what is selected, and the strip above it that shows the whole trial.

const canvas = document.getElementById('canvas');
const overview = document.getElementById('overview');

// sized gives a canvas as many pixels as the screen has for it, and returns what draws on it.
function sized(element, height) {
  const ratio = window.devicePixelRatio || 1;
  const width = element.parentElement.clientWidth;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (element.width !== w || element.height !== h) {
    element.width = w;
    element.height = h;
    element.style.height = height + 'px';
  }
  const g = element.getContext('2d');
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  g.font = FONT;
  g.textBaseline = 'middle';
  return [g, width];
}

function paint() {
  const {list, height} = lanes();
  const [g, width] = sized(canvas, height);
  view.width = width;
  view.lane = Math.min(view.lane, list.length - 1);
  drawAxis(g, height);
  g.save();
  g.beginPath();
  g.rect(GUTTER, 0, width - GUTTER, height);
  g.clip();
  for (const lane of list) {
    if (lane.group === 'faults') drawFaults(g, lane);
    if (lane.group === 'held') drawHolds(g, lane);
    if (lane.group === 'servers') drawServer(g, lane);
    if (lane.items) drawStanding(g, lane);
    if (lane.group === 'probability') drawCurve(g, lane);
    if (lane.group === 'latency') drawLatency(g, lane);
    if (lane.group === 'rate') drawRate(g, lane);
  }
  if (!view.hidden.has('messages')) drawMessages(g, list);
  drawClients(g, list);
  drawMoment(g, height);
  drawChosen(g, list);
  g.restore();
  drawNames(g, list);
  paintOverview();
  describe();
}

// drawAxis draws ticks at round instants, some ninety pixels apart.
function drawAxis(g, height) {
  const rough = (view.t1 - view.t0) / Math.max(1, (view.width - GUTTER) / 90);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map(n => n * unit).find(n => n >= rough));
  g.strokeStyle = colours.line;
  g.fillStyle = colours.quiet;
  g.lineWidth = 1;
  const digits = Math.min(6, Math.max(0, -Math.floor(Math.log10(step / 1e6))));
  for (let t = Math.ceil(view.t0 / step) * step; t <= view.t1; t += step) {
    const px = Math.round(x(t)) + 0.5;
    g.beginPath();
    g.moveTo(px, AXIS - 4);
    g.lineTo(px, height);
    g.stroke();
    const word = (t / 1e6).toFixed(digits) + ' s';
    if (px + 3 + g.measureText(word).width <= view.width) g.fillText(word, px + 3, AXIS / 2);
  }
}

function drawNames(g, list) {
  list.forEach((lane, i) => {
    g.fillStyle = i === view.lane ? colours.chosen : colours.quiet;
    const mark = i === view.lane ? '▸ ' : '';
    g.fillText(mark + clip(g, lane.name, GUTTER - 18), 4, lane.top + Math.min(lane.height, 16) / 2);
  });
}

// drawMoment draws the instant of the violation.
function drawMoment(g, height) {
  if (data.moment < 0) return;
  const px = x(data.moment);
  g.strokeStyle = g.fillStyle = colours.invalid;
  g.lineWidth = 1.5;
  g.setLineDash([5, 3]);
  g.beginPath();
  g.moveTo(px, 0);
  g.lineTo(px, height);
  g.stroke();
  g.setLineDash([]);
  const word = data.parts ? 'they part' : 'violation';
  const wide = g.measureText(word).width + 3;
  g.fillText(word, px + wide <= view.width ? px + 3 : px - wide, height - 7);
}

function drawChosen(g, list) {
  if (!view.chosen) return;
  const [from, to] = spanOf(view.chosen);
  const lane = laneOf(view.chosen, list);
  g.strokeStyle = colours.chosen;
  g.lineWidth = 2;
  if (!lane) {
    g.strokeRect(x(from), 0, Math.max(x(to) - x(from), 1), list.length ? list.at(-1).top : AXIS);
    return;
  }
  if (view.chosen.kind === 'message') {
    const target = data.machines[messages.target[view.chosen.i]];
    const b = list.find(l => l.group === 'servers' && data.servers[l.n].name === target);
    g.strokeStyle = g.fillStyle = colours.chosen;
    if (b) drawMessage(g, lane, b, view.chosen.i, true);
    return;
  }
  g.strokeRect(x(from) - 2, lane.top - 2, Math.max(x(to) - x(from), 2) + 4, lane.height + 4);
}

const CLASSES = [['ok', 0], ['info', 1], ['fail', 2]];

// drawLatency draws for each outcome the median and the largest latency of each few pixels, on a logarithmic scale.
function drawLatency(g, lane) {
  const [low, high] = [100, 20e6]; // microseconds
  const share = t => Math.log(Math.min(Math.max(t, low), high) / low) / Math.log(high / low);
  const y = t => lane.top + lane.height - 4 - share(t) * (lane.height - 8);
  const marks = [1000, 10e3, 100e3, 1e6, 10e6].map(t => [y(t), duration(t).replace('.000', '')]);
  scale(g, lane, marks);
  for (const [name, how] of CLASSES) {
    const bins = binned(how, i => ops.to[i] - ops.from[i], lane.n);
    g.fillStyle = colours[name];
    bins.forEach((times, bin) => {
      if (!times.length) return;
      times.sort((a, b) => a - b);
      const px = GUTTER + bin * BIN;
      const [median, most] = [y(times[times.length >> 1]), y(times.at(-1))];
      g.globalAlpha = 0.35;
      g.fillRect(px, most, BIN - 1, Math.max(median - most, 1));
      g.globalAlpha = 1;
      g.fillRect(px, median - 1, BIN - 1, how ? 3 : 2);
    });
  }
  scaleWords(g, lane, marks);
}

const BIN = 4; // pixels

// binned puts a value of the operations of one outcome that ended in view into bins of so many pixels, by their end. Of
// two runs it takes those of one.
function binned(how, value, run) {
  const bins = Array.from({length: Math.max(1, Math.ceil((view.width - GUTTER) / BIN))}, () => []);
  const [first, end] = within(ops, view.t0, view.t1);
  for (let i = first; i < end; i++) {
    if ((ops.marks[i] & 3) !== how || !ops.took[i] || ops.to[i] < view.t0 || ops.to[i] > view.t1) continue;
    if (data.runs.length && data.laneRuns[ops.lane[i]] !== run) continue;
    bins[Math.min(bins.length - 1, Math.floor((x(ops.to[i]) - GUTTER) / BIN))].push(value(i));
  }
  return bins;
}

function drawRate(g, lane) {
  const perSecond = (view.width - GUTTER) / BIN / ((view.t1 - view.t0) / 1e6);
  const rates = CLASSES.map(([, how]) => binned(how, () => 1, lane.n).map(bin => bin.length * perSecond));
  const most = Math.max(1, ...rates.map(r => r.reduce((a, b) => Math.max(a, b), 0)));
  const y = n => lane.top + lane.height - 2 - n / most * (lane.height - 8);
  const marks = [[y(most), most >= 10 ? most.toFixed(0) : most.toFixed(1)], [y(0), '0']];
  scale(g, lane, marks);
  CLASSES.forEach(([name], c) => {
    g.strokeStyle = colours[name];
    g.lineWidth = 1.5;
    g.setLineDash([[], [4, 2], [1, 2]][c]);
    g.beginPath();
    rates[c].forEach((n, bin) => g.lineTo(GUTTER + (bin + 0.5) * BIN, y(n)));
    g.stroke();
  });
  g.setLineDash([]);
  scaleWords(g, lane, marks);
}

function scale(g, lane, marks) {
  g.strokeStyle = colours.line;
  g.strokeRect(GUTTER, lane.top, view.width - GUTTER, lane.height);
  for (const [y] of marks) {
    g.beginPath();
    g.moveTo(GUTTER, y);
    g.lineTo(view.width, y);
    g.stroke();
  }
}

// scaleWords says what the lines of a scale stand for, over what is drawn on them, and as many as have room.
function scaleWords(g, lane, marks) {
  let last = Infinity;
  for (const [line, text] of marks) {
    const y = Math.min(Math.max(line, lane.top + 6), lane.top + lane.height - 6);
    if (!text || Math.abs(last - y) < 13) continue;
    last = y;
    g.globalAlpha = 0.8;
    g.fillStyle = colours.card;
    g.fillRect(GUTTER + 1, y - 6, g.measureText(text).width + 5, 12);
    g.globalAlpha = 1;
    g.fillStyle = colours.quiet;
    g.fillText(text, GUTTER + 3, y);
  }
}

// paintOverview draws the whole trial: faults, who led, how much was answered, and which part the picture shows.
function paintOverview() {
  const [g, width] = sized(overview, 36);
  const at = t => t / data.length * width;
  data.faults.forEach(f => {
    g.fillStyle = f.colour || colours.other;
    g.globalAlpha = 0.55;
    g.fillRect(at(f.from), 0, Math.max(at(until(f.to)) - at(f.from), 1), 36);
  });
  g.globalAlpha = 1;
  g.fillStyle = colours.ok;
  const answers = answersOver(Math.max(1, Math.floor(width / 2)));
  answers.counts.forEach((n, i) => {
    const height = n / answers.most * 30;
    g.fillRect(i * 2, 36 - height, 1, height);
  });
  if (data.moment >= 0) {
    g.fillStyle = colours.invalid;
    g.fillRect(at(data.moment) - 1, 0, 2, 36);
  }
  g.strokeStyle = colours.chosen;
  g.lineWidth = 2;
  g.strokeRect(at(view.t0) + 1, 1, Math.max(at(view.t1) - at(view.t0) - 2, 2), 34);
}

let answered = null;
function answersOver(bins) {
  if (answered?.counts.length !== bins) {
    const counts = new Float64Array(bins);
    for (let i = 0; i < ops.count; i++) {
      if ((ops.marks[i] & 3) === 0) counts[Math.min(bins - 1, Math.floor(ops.to[i] / data.length * bins))]++;
    }
    answered = {counts, most: counts.reduce((a, b) => Math.max(a, b), 1)};
  }
  return answered;
}
