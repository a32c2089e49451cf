// The data of the page: columns of text become arrays of numbers. Times are microseconds of the trial's world.

const data = JSON.parse(document.getElementById('data').textContent);
const LISTS = ['servers', 'clients', 'faults', 'leaders', 'holds', 'story', 'kinds', 'texts', 'machines', 'words',
  'standing', 'curve', 'jump', 'runs', 'laneRuns'];
for (const name of LISTS) {
  data[name] ??= [];
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// rowsOf reads columns as rows of so many numbers, and returns them by column. A character is six bits: five of a number,
// the lowest first, and one that says that more of it follow.
function rowsOf(text, width) {
  const valueOf = new Uint8Array(128);
  for (let i = 0; i < DIGITS.length; i++) valueOf[DIGITS.charCodeAt(i)] = i;
  const bits = new Uint8Array(text.length);
  let count = 0;
  for (let i = 0; i < bits.length; i++) if ((bits[i] = valueOf[text.charCodeAt(i)]) < 32) count++;
  const rows = count / width;
  const columns = Array.from({length: width}, () => new Float64Array(rows));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      let value = 0;
      let scale = 1;
      for (; bits[at] >= 32; at++, scale *= 32) value += (bits[at] & 31) * scale;
      columns[column][row] = value + bits[at++] * scale;
    }
  }
  return columns;
}

// sums turns distances into instants.
function sums(column) {
  for (let i = 1; i < column.length; i++) column[i] += column[i - 1];
  return column;
}

// endsOf is when each began plus what it took; what never ended (took is 0) ends at the given instant.
function endsOf(from, took, never) {
  return from.map((t, i) => took[i] > 0 ? t + took[i] - 1 : never);
}

// reachOf is for each the latest end of all up to it: what comes before an instant is found by it.
function reachOf(ends) {
  const reach = new Float64Array(ends.length);
  let latest = -1;
  for (let i = 0; i < ends.length; i++) reach[i] = latest = Math.max(latest, ends[i]);
  return reach;
}

const ENDS = ['ok', 'info', 'fail', 'pending'];

const ops = (() => {
  const [from, took, lane, kind, marks, index] = rowsOf(data.ops, 6);
  sums(from);
  const to = endsOf(from, took, data.length);
  const texts = new Map();
  let next = 0;
  for (let i = 0; i < marks.length; i++) if (marks[i] & 8) texts.set(i, data.texts[next++]);
  return {count: from.length, from, to, took, lane, kind, marks, index, texts, reach: reachOf(to)};
})();

const messages = (() => {
  const [sent, took, from, to, word, bytes] = rowsOf(data.messages, 6);
  sums(sent);
  // A lost message is drawn as far as one would have come in a millisecond.
  const arrived = endsOf(sent, took, 0).map((t, i) => took[i] > 0 ? t : sent[i] + 1000);
  const reach = reachOf(arrived);
  return {count: sent.length, from: sent, to: arrived, took, source: from, target: to, word, bytes, reach};
})();

const jobs = (() => {
  const [from, took, machine, bytes, marks] = rowsOf(data.jobs, 5);
  sums(from);
  const to = from.map((t, i) => t + took[i]);
  return {count: from.length, from, to, machine, bytes, marks, reach: reachOf(to)};
})();

// firstBelow is the first place in a rising column whose value is at least t.
function firstFrom(column, t) {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < t) low = middle + 1; else high = middle;
  }
  return low;
}

// within are the first and the last place (not included) of spans that may touch an interval.
function within(spans, t0, t1) {
  return [firstFrom(spans.reach, t0), firstFrom(spans.from, t1)];
}

// until is the end of a span that has -1 for none.
function until(to) { return to < 0 ? data.length : to; }

// seconds writes an instant, to the microsecond where there are any.
function seconds(t) {
  return (t / 1e6).toFixed(t % 1000 ? 6 : 3) + ' s';
}

// duration writes how long something took.
function duration(t) {
  if (t < 1000) return t + ' µs';
  if (t < 1e6) return (t / 1000).toFixed(3) + ' ms';
  return (t / 1e6).toFixed(3) + ' s';
}
