// What stands for a while: sessions and watches, in as many rows as overlap in view; and the probability of a violation.

const ROWS_MAX = 8; // rows of one kind; what finds no room is counted

// standLanes are the kinds, as the trial calls them, and standGroup by which button each is hidden.
const standLanes = [...new Set(data.standing.map(s => s.lane))];
const standGroup = name => name.endsWith('sessions') ? 'sessions' : 'watches';

// standRows puts what of a kind is in view into rows, each with the places of its spans; over is what has no room.
function standRows(name) {
  const ends = [];
  const rows = [];
  let over = 0;
  data.standing.forEach((s, i) => {
    if (s.lane !== name || s.from > view.t1 || until(s.to) < view.t0) return;
    let row = ends.findIndex(end => end <= s.from);
    if (row < 0) row = ends.length;
    if (row >= ROWS_MAX) {
      over++;
      return;
    }
    ends[row] = until(s.to);
    (rows[row] ??= []).push(i);
  });
  return {rows, over};
}

// addStanding adds the lanes of a group.
function addStanding(group, add) {
  for (const name of standLanes) {
    if (standGroup(name) !== group) continue;
    const {rows, over} = standRows(name);
    rows.forEach((items, n) => {
      const more = over && n === rows.length - 1 ? `and ${over} more` : '';
      add(group, n, n ? more : name, 12, 1).items = items;
    });
  }
}

function drawStanding(g, lane) {
  for (const i of lane.items) {
    const s = data.standing[i];
    box(g, lane, s.from, until(s.to), s.odd ? colours.fail : colours.follower, s.text, {hatch: s.odd});
    g.fillStyle = colours.quiet;
    g.fillRect(x(s.from), lane.top, 1, lane.height); // where one ends and the next begins
  }
}

// drawCurve draws at each moment the share of branches that failed, from the least to the most that it may be, and what
// it jumps between.
function drawCurve(g, lane) {
  const y = ppm => lane.top + lane.height - 3 - ppm / 1e6 * (lane.height - 8);
  const marks = [[y(1e6), '100 %'], [y(5e5), '50 %'], [y(0), '0 %']];
  scale(g, lane, marks);
  const [from, to] = data.jump;
  g.fillStyle = colours.invalid;
  g.globalAlpha = 0.18;
  g.fillRect(x(from), lane.top, Math.max(x(to) - x(from), 2), lane.height);
  g.globalAlpha = 1;
  const points = data.curve.map(p => [x(p.at), p]);
  g.strokeStyle = g.fillStyle = colours.chosen;
  g.globalAlpha = 0.2;
  g.beginPath();
  points.forEach(([px, p]) => g.lineTo(px, y(p.high)));
  points.toReversed().forEach(([px, p]) => g.lineTo(px, y(p.low)));
  g.fill();
  g.globalAlpha = 1;
  g.lineWidth = 1.5;
  g.beginPath();
  points.forEach(([px, p]) => g.lineTo(px, y(share(p) * 1e6)));
  g.stroke();
  for (const [px, p] of points) {
    g.fillRect(px - 2.5, y(share(p) * 1e6) - 2.5, 5, 5);
    g.fillRect(px - 0.5, y(p.high), 1, y(p.low) - y(p.high));
  }
  scaleWords(g, lane, marks);
}

function share(p) { return p.failed / p.branches; }

function percent(ppm) { return Math.round(ppm / 1e4) + ' %'; }

// chance says what is known of a moment.
function chance(p) {
  return `${p.failed} of ${p.branches} branches from here fail: ${percent(share(p) * 1e6)}, or ${percent(p.low)} to ` +
    `${percent(p.high)} at 95 % confidence`;
}
