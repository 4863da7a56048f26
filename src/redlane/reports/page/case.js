const regions = typeof Intl.DisplayNames === 'function' ? new Intl.DisplayNames([data.language], { type: 'region' }) : null;

function country(code) {
  try {
    const name = regions && regions.of(code);
    return name && name !== code ? `${code} (${name})` : code;
  } catch { return code; }
}

function caseFile(row) {
  const id = word(data.declaration_id, row), item = word(data.item_number, row);
  const title = el('h2', { tabindex: '-1' }, t('ui.case'), ' ', bdi(id), item === null ? '' : [' / ', bdi(item)]);
  return el('article', { class: 'case', 'data-row': row },
    el('header', {}, title, headline(row)),
    el('div', { class: 'side' },
      el('div', {}, whySelected(row), flagsRaised(row), control(row)),
      el('div', {}, declaredTable(row))),
    figures('ui.score_title', scorePlots(row), 'ui.not_explained', 'plots two'),
    figures('ui.peers_title', [...peerPlots(row), ...partyPlots(row)], place(row) >= 0 ? 'ui.no_peers' : unknown()),
    linkedParties(row),
    provenance(row));
}

/* Why a row's declared fields are not at hand. */
function unknown() { return data.declared ? 'ui.not_found' : 'ui.no_declaration'; }

function headline(row) {
  const lane = word(data.lane, row);
  const pairs = [['ui.rank', whole(data.rank[row])], ['ui.probability', percent(data.probability[row])],
    ['ui.expected_revenue', data.expected_revenue[row] === null ? null : about(data.expected_revenue[row])],
    ['ui.propensity', percent(data.selection_propensity[row])]];
  return [el('p', {}, el('span', { class: 'lane ' + lane }, said('lane.' + lane, lane)), ' ', t('ui.because_' + word(data.lane_reason, row))),
    el('p', { class: 'numbers' }, pairs.filter(([, value]) => value !== null).map(([key, value]) => el('span', {}, t(key), ' ', el('b', {}, value))))];
}

function whySelected(row) {
  const items = [];
  for (let i = data.reasons.offset[row]; i < data.reasons.offset[row + 1]; i += 1) {
    const code = word(data.reasons.code, i), meaning = data.meanings[code];
    items.push(el('li', {}, sentence(data.reasons, i), el('small', {}, meaning ? `${said('group.' + meaning[1], meaning[1])} · ${shown(meaning[0])} · ` : '',
      shown(code), ' · ', signed(data.reasons.contribution[i])), without(row, i)));
  }
  const share = items.length && data.covered ? data.covered[row] : null;
  return el('section', {}, el('h3', {}, t('ui.reasons_title')), items.length ? el('ol', {}, items) : el('p', {}, t('ui.no_reasons')),
    share === null ? null : el('p', { class: 'note' }, t('ui.covered', { share: percent(share) }), ' ', t('ui.without_note')));
}

/* The same item scored again with one fact missing. */
function without(row, i) {
  const after = data.reasons.without ? data.reasons.without[i] : null;
  return after === null ? null : el('small', { class: 'without' }, t('ui.without', { score: level(data.margin[row]), after: level(after),
    probability: percent(data.probability[row]), then: percent(data.reasons.without_probability[i]) }));
}

function flagsRaised(row) {
  const items = [];
  for (let i = data.flags.offset[row]; i < data.flags.offset[row + 1]; i += 1) {
    const group = word(data.flags.group, i);
    items.push(el('li', {}, sentence(data.flags, i), el('small', {}, shown(word(data.flags.id, i)), ' · ', t('ui.version', { version: data.flags.version[i] }),
      group === null ? '' : ' · ' + said('group.' + group, group))));
  }
  const unknown = data.flags_not_computed[row];
  if (unknown === null && !items.length) return null;
  return el('section', {}, el('h3', {}, t('ui.flags_title')), items.length ? el('ul', {}, items) : el('p', {}, t('ui.no_flags')),
    unknown ? el('p', { class: 'note' }, t('ui.flags_unknown', { count: unknown })) : null);
}

function control(row) {
  const group = word(data.leading_group, row), suggested = word(data.suggested_control, row);
  if (suggested === null) return null;
  return el('section', {}, el('h3', {}, t('ui.control_title')), el('p', {}, el('b', {}, said('control.' + suggested, suggested))),
    group === null ? null : el('p', { class: 'note' }, t('meaning.' + group), ' ', t('why.' + group)));
}

function declaredTable(row) {
  if (place(row) < 0) return el('section', {}, el('h3', {}, t('ui.declared_title')), el('p', {}, t(unknown())));
  const rows = data.declared.map((column) => [column, declared(column.name, row)]).filter(([, value]) => value !== null);
  return el('section', {}, el('h3', {}, t('ui.declared_title')), el('table', { class: 'facts' }, el('caption', {}, t('ui.declared_caption')),
    el('tbody', {}, rows.map(([column, value]) => el('tr', {}, el('th', { scope: 'row' }, said('column.' + column.name, column.name)), el('td', {}, declaredWords(column, value)))))));
}

function declaredWords(column, value) {
  if (column.kind === 'flag') return t(value ? 'ui.yes' : 'ui.no');
  if (column.kind === 'number') return `${whole(value)} ${column.unit ? said('unit.' + column.unit, column.unit) : ''}`.trim();
  return bdi(column.kind === 'country' ? country(value) : value);
}

function scorePlots(row) {
  const base = data.base[row], end = data.margin[row];
  if (base === null) return [];
  const groups = Object.entries(data.groups).map(([group, sums]) => ({ name: t('group.' + group), added: sums[row] || 0 })).filter((step) => step.added !== 0);
  const reasons = [];
  for (let i = data.reasons.offset[row]; i < data.reasons.offset[row + 1]; i += 1) {
    const code = word(data.reasons.code, i);
    reasons.push({ name: shown(data.meanings[code] ? data.meanings[code][0] : code), added: data.reasons.contribution[i] });
  }
  reasons.push({ name: t('plot.rest'), added: end - base - reasons.reduce((sum, step) => sum + step.added, 0) });
  const base_words = data.base_probability === null ? 'plot.margin_note' : 'plot.base_note';
  const note = t(base_words, { base: percent(data.base_probability), probability: percent(data.probability[row]), score: level(end) });
  return [el('figure', {}, el('h4', {}, t('plot.by_group')), waterfall(t('plot.by_group'), base, groups, end), el('p', {}, note)),
    el('figure', {}, el('h4', {}, t('plot.by_reason')), waterfall(t('plot.by_reason'), base, reasons, end), el('p', {}, t('plot.rest_note')))];
}

function figures(key, made, none, kind) {
  return el('section', {}, el('h3', {}, t(key)), made.length ? el('div', { class: kind || 'plots' }, made) : el('p', {}, t(none)));
}

/* In single quotes a shell takes every character as it is. */
function quoted(text) { return "'" + text.replace(/'/g, "'\\''") + "'"; }

function provenance(row) {
  const facts = [...document.querySelectorAll('#provenance table tr')].filter((line) => /bundle|profiles|configuration|input|as_of|scored_at/.test(line.dataset.name || ''));
  const command = `${data.command} --declaration ${quoted(word(data.declaration_id, row))}`;
  return el('section', {}, el('h3', {}, t('ui.provenance_title')),
    el('table', { class: 'facts' }, el('tbody', {}, facts.map((line) => line.cloneNode(true)))),
    el('p', {}, t('ui.recompute')), el('code', { class: 'command' }, shown(command)));
}
