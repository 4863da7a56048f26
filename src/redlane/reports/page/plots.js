let plots = 0;

function chart(width, height, title, description, ...children) {
  const id = 'plot' + (plots += 1);
  return svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': `${id}t ${id}d` },
    svg('title', { id: id + 't' }, title), svg('desc', { id: id + 'd' }, description), ...children);
}

function label(x, y, text, extra) { return svg('text', { class: 'label', x, y, ...extra }, text); }

/* Steps from one level to the next: what each group, or each reason, added to the margin. */
function waterfall(title, start, steps, end) {
  const line = 19, left = 280, right = 550, width = 610;
  const levels = [start];
  for (const step of steps) levels.push(levels[levels.length - 1] + step.added);
  const low = Math.min(...levels, end), high = Math.max(...levels, end);
  const span = high - low || 1;
  const x = (value) => left + (right - left) * (value - low) / span;
  const rows = [{ name: t('plot.base'), from: start, to: start, text: level(start), kind: 'end' }];
  steps.forEach((step, i) => rows.push({
    name: step.name, from: levels[i], to: levels[i + 1], text: signed(step.added), kind: step.added < 0 ? 'down' : 'up' }));
  rows.push({ name: t('plot.score'), from: end, to: end, text: level(end), kind: 'end' });
  const drawn = rows.map((row, i) => {
    const y = 4 + i * line, a = Math.min(x(row.from), x(row.to)), b = Math.max(x(row.from), x(row.to));
    const wide = row.kind === 'end' ? 4 : Math.max(1.5, b - a);
    return svg('g', {},
      label(left - 10, y + 12, cut(row.name, 42), { 'text-anchor': 'end', class: row.kind === 'end' ? 'label strong' : 'label' }),
      svg('rect', { class: row.kind, x: (row.kind === 'end' ? a - 2 : a).toFixed(1), y: y + 2, width: wide.toFixed(1), height: line - 6 }),
      i < rows.length - 1 && svg('line', { class: 'link', x1: x(row.to).toFixed(1), x2: x(row.to).toFixed(1), y1: y + line - 4, y2: y + line + 2 }),
      label(right + 10, y + 12, row.text));
  });
  const told = rows.map((row) => `${row.name} ${row.text}`).join('; ');
  return chart(width, 8 + rows.length * line, title, told, ...drawn);
}

function level(value) { return signs(value.toFixed(3)); }
function cut(text, most) { return text.length > most ? text.slice(0, most - 1) + '…' : text; }

/* The prices of a reference cell, on a logarithmic axis, with the middle half, the median and this declaration. */
function priceChart(peers, cell, value, title, description) {
  const [w, h, left, right, base] = [340, 112, 8, 332, 80];
  const logs = [peers.low[cell], peers.high[cell], value].map(Math.log);
  let low = Math.min(...logs), high = Math.max(...logs);
  const pad = (high - low) * 0.04 || 0.1;
  low -= pad; high += pad;
  const x = (price) => left + (right - left) * (Math.log(price) - low) / (high - low);
  const counts = peers.counts[cell], top = Math.max(...counts, 1);
  const step = (Math.log(peers.high[cell]) - Math.log(peers.low[cell])) / counts.length;
  const bars = counts.map((count, i) => {
    const from = x(Math.exp(Math.log(peers.low[cell]) + i * step)), to = x(Math.exp(Math.log(peers.low[cell]) + (i + 1) * step));
    const tall = 56 * count / top;
    return count > 0 && svg('rect', { class: 'peer', x: from.toFixed(1), width: Math.max(0.8, to - from - 0.6).toFixed(1), y: (base - tall).toFixed(1), height: tall.toFixed(1) });
  });
  const [q1, q3, median] = [x(peers.q1[cell]), x(peers.q3[cell]), x(peers.median[cell])];
  const at = x(value);
  const inner = Math.min(Math.max(at, 52), 288);
  return chart(w, h, title, description,
    svg('rect', { class: 'middle', x: q1.toFixed(1), width: Math.max(1, q3 - q1).toFixed(1), y: 20, height: base - 20 }),
    bars, svg('line', { class: 'axis', x1: left, x2: right, y1: base, y2: base }),
    svg('line', { class: 'median', x1: median.toFixed(1), x2: median.toFixed(1), y1: 20, y2: base }),
    svg('line', { class: 'here', x1: at.toFixed(1), x2: at.toFixed(1), y1: 14, y2: base + 4 }),
    svg('text', { class: 'label here', x: inner.toFixed(1), y: 11, 'text-anchor': 'middle' }, t('plot.here', { value: about(value) })),
    apart([[q1, 'q1'], [median, 'median'], [q3, 'q3']]).map(([px, name]) =>
      svg('text', { class: 'tick', x: px.toFixed(1), y: 94, 'text-anchor': 'middle' }, about(peers[name][cell]))),
    svg('text', { class: 'tick', x: w / 2, y: 108, 'text-anchor': 'middle' }, t('plot.price_axis')));
}

/* Marks of an axis that would touch are left out: the median stays. */
function apart(marks) {
  const kept = [marks[1]];
  for (const mark of [marks[0], marks[2]]) if (Math.abs(mark[0] - marks[1][0]) > 46) kept.push(mark);
  return kept.map((mark) => [Math.min(Math.max(mark[0], 16), 324), mark[1]]);
}

/* One mark for each week before a day, where single ones would hide each other. */
function byWeek(outcomes, day) {
  const weeks = new Map();
  for (const [on, inspected, hits] of outcomes) {
    const week = Math.floor((day - 1 - on) / 7), seen = weeks.get(week) || [day - 4 - 7 * week, 0, 0];
    weeks.set(week, [seen[0], seen[1] + inspected, seen[2] + hits]);
  }
  return [...weeks.values()];
}

/* A party's history: declarations by week as bars, inspections as circles on the day they became known. */
function timeline(events, day, span, title, description) {
  const [w, left, right, base] = [340, 8, 332, 70];
  const x = (on) => left + (right - left) * (on - (day - span)) / span;
  const weeks = new Array(Math.ceil(span / 7)).fill(0);
  for (const [on, count] of events.activity) weeks[Math.min(weeks.length - 1, Math.floor((on - (day - span)) / 7))] += count;
  const top = Math.max(...weeks, 1);
  const bars = weeks.map((count, i) => count > 0 && svg('rect', {
    class: 'peer', x: x(day - span + i * 7).toFixed(1), width: (7 * (right - left) / span - 0.6).toFixed(1),
    y: (base - 46 * count / top).toFixed(1), height: (46 * count / top).toFixed(1) }));
  const marks = (events.outcomes.length > 60 ? byWeek(events.outcomes, day) : events.outcomes).map(([on, , hits]) => svg('circle', {
    class: hits > 0 ? 'checked finding' : 'checked', cx: x(on).toFixed(1), cy: 12, r: 3.4 }));
  return chart(w, 100, title, description, bars,
    svg('line', { class: 'axis', x1: left, x2: right, y1: base, y2: base }), marks,
    svg('text', { class: 'tick', x: left, y: 84 }, isoDay(day - span)),
    svg('text', { class: 'tick', x: right, y: 84, 'text-anchor': 'end' }, isoDay(day)),
    svg('circle', { class: 'checked', cx: left + 4, cy: 94, r: 3.4 }), svg('text', { class: 'tick', x: left + 11, y: 98 }, t('plot.clean')),
    svg('circle', { class: 'checked finding', cx: 124, cy: 94, r: 3.4 }), svg('text', { class: 'tick', x: 131, y: 98 }, t('plot.finding')),
    svg('text', { class: 'tick', x: right, y: 98, 'text-anchor': 'end' }, t('plot.most', { count: top })));
}
