const PAGE = 50;
const COLLATOR = new Intl.Collator(data.language, { numeric: true });
const state = { text: '', lane: '', lane_reason: '', leading_group: '', office: '', sort: 'rank', down: false, page: 0 };
let listed = [];
let haystacks = null;

/* The list's columns: how each is shown, and what it is sorted by. */
const COLUMNS = [
  { key: 'rank', number: true, value: (row) => data.rank[row], cell: (row) => whole(data.rank[row]) },
  { key: 'declaration', value: (row) => word(data.declaration_id, row), cell: caseLink },
  { key: 'registered_on', needs: 'registered_on', value: (row) => declared('registered_on', row), cell: (row) => text(declared('registered_on', row)) },
  { key: 'office', needs: 'office', value: (row) => declared('office', row), cell: (row) => text(declared('office', row)) },
  { key: 'importer_id', needs: 'importer_id', value: (row) => declared('importer_id', row), cell: (row) => text(declared('importer_id', row)) },
  { key: 'hs_code', needs: 'hs_code', value: (row) => declared('hs_code', row), cell: (row) => text(declared('hs_code', row)) },
  { key: 'origin_country', needs: 'origin_country', value: (row) => declared('origin_country', row), cell: (row) => text(declared('origin_country', row)) },
  { key: 'customs_value', needs: 'customs_value', number: true, value: (row) => declared('customs_value', row), cell: (row) => whole(declared('customs_value', row)) },
  { key: 'probability', number: true, value: (row) => data.probability[row], cell: (row) => percent(data.probability[row]) },
  { key: 'lane_reason', value: (row) => word(data.lane_reason, row), cell: (row) => said('lane_reason.' + word(data.lane_reason, row), word(data.lane_reason, row)) },
  { key: 'group', value: (row) => word(data.leading_group, row), cell: groupWords },
  { key: 'why', value: (row) => firstReason(row), cell: (row) => (firstReason(row) === null ? '–' : sentence(data.reasons, data.reasons.offset[row])), why: true },
].filter((column) => !column.needs || columnNamed[column.needs]);

function text(value) { return value === null ? '–' : bdi(value); }

function caseLink(row) {
  const item = word(data.item_number, row);
  return el('a', { href: '#case-' + row, id: 'row-' + row }, bdi(word(data.declaration_id, row)), item === null ? '' : ' / ' + shown(item));
}

function groupWords(row) {
  const group = word(data.leading_group, row);
  return group === null ? '–' : said('group.' + group, group);
}

function firstReason(row) {
  const at = data.reasons.offset[row];
  return at < data.reasons.offset[row + 1] ? word(data.reasons.sentence, at) : null;
}

function plainText(value) { return value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(); }

/* Everything a row says, in one text: made once, when somebody first searches. */
function haystack(row) {
  const parts = [word(data.declaration_id, row), word(data.item_number, row)];
  for (const column of data.declared || []) if (column.t) parts.push(declared(column.name, row));
  for (const lists of [data.reasons, data.flags]) {
    for (let i = lists.offset[row]; i < lists.offset[row + 1]; i += 1) parts.push(word(lists.sentence, i));
  }
  for (let i = data.flags.offset[row]; i < data.flags.offset[row + 1]; i += 1) parts.push(word(data.flags.id, i));
  return plainText(parts.filter((part) => part !== null).join('\n'));
}

function choose() {
  const wanted = plainText(state.text).split(/\s+/).filter(Boolean);
  if (wanted.length && !haystacks) haystacks = Array.from({ length: data.rows }, (_, row) => haystack(row));
  listed = [];
  for (let row = 0; row < data.rows; row += 1) {
    if (['lane', 'lane_reason', 'leading_group'].some((name) => state[name] && word(data[name], row) !== state[name])) continue;
    if (state.office && declared('office', row) !== state.office) continue;
    if (wanted.every((part) => haystacks[row].includes(part))) listed.push(row);
  }
  sortListed();
}

function sortListed() {
  const column = COLUMNS.find((each) => each.key === state.sort) || COLUMNS[0];
  const values = new Map(listed.map((row) => [row, column.value(row)]));
  listed.sort((a, b) => {
    const [x, y] = [values.get(a), values.get(b)];
    if (x === null || y === null) return (x === null) - (y === null) || a - b;
    const order = column.number ? x - y : COLLATOR.compare(x, y);
    return (state.down ? -order : order) || a - b;
  });
}

function showList() {
  const pages = Math.max(1, Math.ceil(listed.length / PAGE));
  state.page = Math.min(state.page, pages - 1);
  const rows = listed.slice(state.page * PAGE, (state.page + 1) * PAGE);
  document.getElementById('list').replaceChildren(
    el('caption', {}, t('ui.list_caption')),
    el('thead', {}, el('tr', {}, COLUMNS.map(head))),
    el('tbody', {}, rows.map((row) => el('tr', {}, COLUMNS.map((column) => cellOf(column, row))))));
  document.getElementById('found').textContent = t('ui.found', {
    found: whole(listed.length), all: whole(data.rows), page: state.page + 1, pages });
  document.getElementById('pages').replaceChildren(
    button('ui.first', () => turn(0), state.page === 0), button('ui.previous', () => turn(state.page - 1), state.page === 0),
    el('span', {}, t('ui.page', { page: state.page + 1, pages })),
    button('ui.next', () => turn(state.page + 1), state.page >= pages - 1), button('ui.last', () => turn(pages - 1), state.page >= pages - 1));
}

function head(column) {
  const sorted = state.sort === column.key;
  const button = el('button', { type: 'button' }, t('ui.head_' + column.key), sorted ? (state.down ? ' ▼' : ' ▲') : '');
  button.addEventListener('click', () => {
    state.down = state.sort === column.key ? !state.down : false;
    state.sort = column.key;
    state.page = 0;
    sortListed();
    showList();
    document.querySelectorAll('#list th button')[COLUMNS.indexOf(column)].focus();
  });
  return el('th', { scope: 'col', class: column.number ? 'n' : null, 'aria-sort': sorted ? (state.down ? 'descending' : 'ascending') : null }, button);
}

function cellOf(column, row) {
  const attributes = { class: column.number ? 'n' : column.why ? 'why' : null };
  return column.key === 'declaration' ? el('th', { scope: 'row' }, column.cell(row)) : el('td', attributes, column.cell(row));
}

function button(key, act, disabled) {
  const made = el('button', { type: 'button', disabled: disabled || null }, t(key));
  made.addEventListener('click', act);
  return made;
}

function turn(page) { state.page = page; showList(); document.getElementById('found').scrollIntoView(); }

function refresh() { state.page = 0; choose(); showList(); }

function buildFilters() {
  const form = document.getElementById('filters');
  const search = el('input', { type: 'search', id: 'search', autocomplete: 'off' });
  search.addEventListener('input', () => { state.text = search.value; refresh(); });
  form.append(el('label', {}, t('ui.search'), search));
  for (const name of ['lane', 'lane_reason', 'leading_group', 'office']) {
    const column = name === 'office' ? columnNamed.office && columnNamed.office.t : data[name];
    if (column && column.d.length > (name === 'office' ? 0 : 1)) form.append(filterOf(name, column.d));
  }
  const clear = button('ui.clear', () => {
    form.reset();
    for (const name of ['text', 'lane', 'lane_reason', 'leading_group', 'office']) state[name] = '';
    refresh();
  });
  form.append(clear, button('ui.csv', saveCsv), button('ui.print_list', () => printCases(listed)));
  form.addEventListener('submit', (event) => event.preventDefault());
}

function filterOf(name, choices) {
  const section = { lane: 'lane.', lane_reason: 'lane_reason.', leading_group: 'group.', office: '' }[name];
  const sorted = [...choices].sort(COLLATOR.compare);
  const select = el('select', { id: 'filter-' + name }, el('option', { value: '' }, t('ui.all')),
    sorted.map((choice) => el('option', { value: choice }, section ? said(section + choice, choice) : shown(choice))));
  select.addEventListener('change', () => { state[name] = select.value; refresh(); });
  return el('label', {}, t('ui.filter_' + name), select);
}

/* The rows listed, as a table for a spreadsheet: no cell can begin a formula. */
function csvText() {
  const names = ['declaration_id', 'item_number', 'lane', 'lane_reason', 'leading_group', 'suggested_control'];
  const amounts = ['rank', 'probability', 'margin', 'expected_revenue', 'selection_propensity'];
  const fields = (data.declared || []).map((column) => column.name);
  const lines = [[...names, ...amounts, ...fields, 'reasons']];
  for (const row of listed) {
    const said = [];
    for (let i = data.reasons.offset[row]; i < data.reasons.offset[row + 1]; i += 1) said.push(word(data.reasons.sentence, i));
    lines.push([...names.map((name) => word(data[name], row)), ...amounts.map((name) => data[name][row]),
      ...fields.map((name) => declared(name, row)), said.join('; ')]);
  }
  return lines.map((line) => line.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function csvCell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? "'" + value : value;
  return '"' + safe.replace(/\0/g, '').replace(/"/g, '""') + '"';
}

function saveCsv() {
  const address = URL.createObjectURL(new Blob(['\ufeff', csvText()], { type: 'text/csv' }));
  el('a', { href: address, download: 'selected.csv' }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
