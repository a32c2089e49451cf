// The view: which part of the time is shown, what is hidden and selected. The address has all of it: a link shows the
// same.

const view = {t0: 0, t1: data.length, hidden: new Set(), chosen: null, lane: 0, query: '', width: 800};

const SHORTEST = 50; // microseconds across the picture

// show moves the view, within the trial, to whole microseconds: what an address can say.
function show(t0, t1) {
  const span = Math.round(Math.min(Math.max(t1 - t0, SHORTEST), data.length));
  view.t0 = Math.round(Math.min(Math.max(t0, 0), data.length - span));
  view.t1 = view.t0 + span;
  changed();
}

// zoom makes the view wider or closer by a factor around an instant.
function zoom(factor, around = (view.t0 + view.t1) / 2) {
  show(around - (around - view.t0) * factor, around + (view.t1 - around) * factor);
}

// pan moves the view by a share of itself.
function pan(share) {
  const by = (view.t1 - view.t0) * share;
  show(view.t0 + by, view.t1 + by);
}

// reveal moves the view, if it must, so that a span is in it, and closer if the span could not be seen.
function reveal(from, to) {
  const span = view.t1 - view.t0;
  const middle = (from + Math.min(to, from + span)) / 2;
  if (from < view.t0 || from > view.t1 || middle > view.t1) show(middle - span / 2, middle + span / 2);
}

function showAll() { show(0, data.length); }

// showMoment shows what led to the violation, and a little after it.
function showMoment() {
  if (data.moment >= 0) show(data.moment - 1.5e6, data.moment + 0.5e6);
}

function x(t) { return GUTTER + (t - view.t0) / (view.t1 - view.t0) * (view.width - GUTTER); }

function timeAt(px) { return view.t0 + (px - GUTTER) / (view.width - GUTTER) * (view.t1 - view.t0); }

// address is the view as the part of an address behind its #.
function address() {
  const parts = [`t=${(view.t0 / 1e6).toFixed(6)}s`, `w=${((view.t1 - view.t0) / 1e6).toFixed(6)}s`];
  if (view.hidden.size) parts.push('hide=' + [...view.hidden].sort().join(','));
  if (view.query) parts.push('q=' + encodeURIComponent(view.query));
  if (view.chosen) parts.push('at=' + view.chosen.kind + ':' + view.chosen.i);
  return '#' + parts.join('&');
}

// microsecondsOf reads "26.95s"; NaN of anything else.
function microsecondsOf(text) { return /^\d+(\.\d+)?s$/.test(text) ? Math.round(parseFloat(text) * 1e6) : NaN; }

// follow takes the view from an address. What it does not understand it leaves as it is.
function follow(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  for (const group of (parts.get('hide') ?? '').split(',')) if (GROUPS.includes(group)) view.hidden.add(group);
  view.query = parts.get('q') ?? '';
  const from = microsecondsOf(parts.get('t') ?? '');
  const span = microsecondsOf(parts.get('w') ?? '');
  const [kind, i] = (parts.get('at') ?? '').split(':');
  if (itemThere(kind, Number(i))) view.chosen = {kind, i: Number(i)};
  if (!Number.isNaN(from)) {
    // t alone is an instant to look at, and t with w is where the view begins.
    show(Number.isNaN(span) ? from - 1e6 : from, Number.isNaN(span) ? from + 1e6 : from + span);
  } else if (data.moment >= 0) {
    showMoment();
  } else {
    showAll();
  }
}

let due = false;

// changed draws anew, once for all changes until the next frame, and keeps the address.
function changed() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    paint();
    history.replaceState(null, '', address());
  });
}
