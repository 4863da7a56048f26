/* What is drawn beside the reasons: prices of the peers, histories of the parties. */
function peerPlots(row) {
  const at = place(row);
  if (at < 0) return [];
  const seen = new Set();
  return data.peers.filter((peers) => peers.cell[at] >= 0 && fresh(seen, peers, peers.cell[at]))
    .map((peers) => pricePlot(peers, peers.cell[at], peers.value[at]));
}

/* Two books may have come to the same peers for one item: these are drawn once. */
function fresh(seen, peers, cell) {
  const same = [peers.measure, peers.n, peers.q1, peers.median, peers.q3, peers.published].map((part) => (Array.isArray(part) ? part[cell] : part)).join();
  return !seen.has(same) && seen.add(same);
}

function pricePlot(peers, cell, value) {
  const goods = peers.words[cell].map(([part, value]) => `${said('part.' + part, said('column.' + part, part))} ${shown(value)}`).join(', ');
  const below = value < peers.q1[cell] ? 'plot.below' : value > peers.q3[cell] ? 'plot.above' : 'plot.within';
  const values = {
    value: about(value), goods, n: whole(peers.n[cell]), importers: whole(peers.importers[cell]), window: peers.window,
    q1: about(peers.q1[cell]), q3: about(peers.q3[cell]), median: about(peers.median[cell]), day: isoDay(peers.published[cell]),
  };
  const of = t(peers.importers[cell] === null ? 'plot.peers_unnamed' : 'plot.peers', values);
  const outside = peers.below[cell] + peers.above[cell];
  const title = said('measure.' + peers.measure, peers.measure);
  return el('figure', {}, el('h4', {}, title),
    priceChart(peers, cell, value, title, t(below, values) + ' ' + of),
    el('p', {}, t(below, values), ' ', of, outside ? ' ' + t('plot.outside', { outside: whole(outside) }) : ''));
}

function partyPlots(row) {
  const at = place(row), registered = declared('registered_on', row);
  if (at < 0 || registered === null) return [];
  const day = dayNumber(registered);
  return data.parties.filter((kind) => kind.party[at] >= 0).map((kind) => partyPlot(kind, kind.party[at], day, declared(kind.column, row)));
}

function partyPlot(kind, party, day, id) {
  const from = day - data.history_days;
  const activity = known(kind.activity, party, day, ['count']);
  const outcomes = kind.outcomes ? known(kind.outcomes, party, day, ['inspected', 'hits']) : { rows: [], total: [0, 0] };
  const recent = (found) => found.rows.filter(([on]) => on >= from);
  const sum = (rows, place) => rows.reduce((total, entry) => total + entry[place], 0);
  const values = {
    day: isoDay(day), window: data.history_days, count: whole(sum(recent(activity), 1)), all: whole(activity.total[0]),
    inspected: whole(outcomes.total[0]), hits: whole(outcomes.total[1]),
    recent_inspected: whole(sum(recent(outcomes), 1)), recent_hits: whole(sum(recent(outcomes), 2)),
  };
  const sentence = t(activity.total[0] > 0 ? 'plot.history' : 'plot.first_seen', values);
  const title = said('column.' + kind.column, kind.column);
  const drawn = { activity: recent(activity), outcomes: recent(outcomes) };
  return el('figure', {}, el('h4', {}, title, ' ', bdi(id)),
    activity.total[0] > 0 && timeline(drawn, day, data.history_days, title, sentence), el('p', {}, sentence));
}

/* The rows of one party known strictly before a day, and all that was known by then. */
function known(window, party, day, names) {
  const rows = [];
  for (let i = window.offset[party]; i < window.offset[party + 1]; i += 1) {
    if (window.day[i] < day) rows.push([window.day[i], ...names.map((name) => window[name][i])]);
  }
  const total = names.map((name, place) => window.earlier[name][party] + rows.reduce((sum, entry) => sum + entry[place + 1], 0));
  return { rows, total };
}
