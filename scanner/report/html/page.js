// The two long lists of the page: filter, sort, page and open rows. Data become text nodes only.
'use strict';
(() => {
  const PAGE_ROWS = 100;
  const PRINT_ROWS = 500;
  const FACETS_MAX = 300;  // a longer list of choices is left to the search box
  const RANKS = {
    severity: ['low', 'medium', 'high', 'critical'],
    confidence: ['low', 'medium', 'high', 'critical'],
    state: ['gone', 'unverified', 'open', 'found', 'new'],
  };
  const NUMBERS = new Set(['age', 'places', 'gone', 'priority']);

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'text') node.textContent = value;
      else if (value === true) node.setAttribute(name, '');
      else if (value !== false) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

  // Rows of numbers, each a place in `strings`.
  class Table {
    constructor(id) {
      const data = JSON.parse(document.getElementById(id).textContent);
      this.strings = data.strings;
      this.rows = data.rows;
      this.at = Object.fromEntries(data.columns.map((name, index) => [name, index]));
      this.columns = data.columns;
      this.haystack = null;
      this.sorted = new Map();
    }
    get(row, column) { return this.strings[this.rows[row][this.at[column]]]; }

    // Lower-case text of each row, made when somebody first searches.
    texts() {
      if (this.haystack) return this.haystack;
      const lower = this.strings.map((text) => text.toLowerCase());
      this.haystack = this.rows.map((row) => row.map((cell) => lower[cell]).join('\n'));
      return this.haystack;
    }

    // One sortable number for every string of `column`, so that sorting rows compares numbers.
    keys(column) {
      if (!this.sorted.has(column)) this.sorted.set(column, this.make_keys(column));
      return this.sorted.get(column);
    }
    make_keys(column) {
      const keys = new Float64Array(this.strings.length);
      const cell = this.at[column];
      if (RANKS[column]) {
        this.strings.forEach((text, i) => { keys[i] = RANKS[column].indexOf(text); });
      } else if (NUMBERS.has(column)) {
        this.strings.forEach((text, i) => { keys[i] = text === '' ? -1 : Number(text); });
      } else {
        const used = [...new Set(this.rows.map((row) => row[cell]))];
        used.sort((a, b) => (this.strings[a] < this.strings[b] ? -1 : 1));
        used.forEach((string, rank) => { keys[string] = rank; });
      }
      return keys;
    }

    // Values of `column` with their number of rows, most frequent first.
    facets(column) {
      const counts = new Map();
      const cell = this.at[column];
      for (const row of this.rows) counts.set(row[cell], (counts.get(row[cell]) || 0) + 1);
      const named = [...counts].map(([string, count]) => [this.strings[string], count]);
      return named.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    }
  }

  // "high", "high+" (at least), "!site" (anything else), "-" (empty).
  const test_of = (column, wanted) => {
    if (column === 'list' || column === 'dependency') {
      return (text) => text.split(/[ ,]+/).includes(wanted);
    }
    if (wanted === '-') return (text) => text === '';
    if (wanted.startsWith('!')) return (text) => text !== wanted.slice(1);
    if (wanted.endsWith('+') && RANKS[column]) {
      const least = RANKS[column].indexOf(wanted.slice(0, -1));
      return (text) => RANKS[column].indexOf(text) >= least;
    }
    return (text) => text === wanted;
  };

  class Grid {
    constructor(spec) {
      this.spec = spec;
      this.section = document.getElementById(spec.id);
      this.table = new Table(spec.data);
      this.filters = new Map();
      this.search = '';
      this.sort = spec.sort;
      this.descending = true;
      this.page = 0;
      this.open = new Set();
      this.controls = new Map();
      this.build();
      this.update();
    }

    build() {
      this.section.append(this.build_filters());
      this.status = make('p', {class: 'count', role: 'status', 'aria-live': 'polite'});
      this.chips = make('p', {class: 'chips'});
      this.body = make('tbody');
      this.heads = this.spec.columns.map(([column, title]) => {
        const button = make('button', {type: 'button', text: title});
        button.addEventListener('click', () => this.sort_by(column));
        return make('th', {scope: 'col', 'data-column': column, class: `c-${column}`}, button);
      });
      const caption = make('caption', {class: 'unseen', text: this.spec.caption});
      const frame = make('div', {class: 'scroll', tabindex: '0', role: 'region',
                                 'aria-label': this.spec.caption},
        make('table', {}, caption, make('thead', {}, make('tr', {}, ...this.heads)), this.body));
      this.pager = make('nav', {class: 'pager', 'aria-label': `Pages of ${this.spec.id}`});
      this.section.append(this.status, this.chips, frame, this.pager);
    }

    build_filters() {
      const form = make('form', {class: 'filters', role: 'search'});
      form.addEventListener('submit', (event) => event.preventDefault());
      this.box = make('input', {type: 'search', autocomplete: 'off', spellcheck: 'false',
                                placeholder: 'any text'});
      let timer = 0;
      this.box.addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(() => { this.search = this.box.value.trim(); this.changed(); }, 150);
      });
      form.append(make('label', {}, make('span', {text: 'Search'}), this.box));
      for (const [column, title] of this.spec.facets) {
        form.append(...this.build_facet(column, title));
      }
      const clear = make('button', {type: 'button', text: 'Show all'});
      clear.addEventListener('click', () => { this.set_filters([]); this.remember(); });
      form.append(clear);
      return form;
    }

    build_facet(column, title) {
      const facets = this.table.facets(column);
      if (facets.length < 2 || facets.length > FACETS_MAX) return [];
      if (RANKS[column]) {
        facets.sort((a, b) => RANKS[column].indexOf(b[0]) - RANKS[column].indexOf(a[0]));
      }
      const select = make('select', {}, make('option', {value: '', text: 'any'}));
      for (const [text, count] of facets) {
        select.append(make('option', {value: text || '-',
                                      text: `${text || '(none)'}  (${grouped(count)})`}));
      }
      select.addEventListener('change', () => {
        if (select.value) this.filters.set(column, select.value);
        else this.filters.delete(column);
        this.changed();
      });
      this.controls.set(column, select);
      return [make('label', {}, make('span', {text: title}), select)];
    }

    // Takes [column, value] pairs of a link; unknown columns are ignored.
    set_filters(pairs) {
      this.filters = new Map();
      this.search = '';
      for (const [column, value] of pairs) {
        if (column === 'q') this.search = value;
        else if (column in this.table.at && value) this.filters.set(column, value);
      }
      this.box.value = this.search;
      this.page = 0;
      this.open.clear();
      this.update();
    }

    changed() {
      this.page = 0;
      this.update();
      this.remember();
    }

    // Keeps the filter in the address, so that it can be sent to a colleague.
    remember() {
      const query = new URLSearchParams(this.filters);
      if (this.search) query.set('q', this.search);
      const text = query.toString();
      try {
        history.replaceState(null, '', `#${this.spec.id}${text ? `?${text}` : ''}`);
      } catch (error) { /* some viewers forbid it; the page works all the same */ }
    }

    sort_by(column) {
      this.descending = this.sort === column ? !this.descending
                                             : Boolean(RANKS[column] || NUMBERS.has(column));
      this.sort = column;
      this.page = 0;
      this.update();
    }

    select_rows() {
      const tests = [...this.filters].map(([column, wanted]) => {
        const test = test_of(column, wanted);
        return [this.table.at[column], this.table.strings.map(test)];
      });
      const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
      const texts = words.length ? this.table.texts() : null;
      const chosen = [];
      this.table.rows.forEach((row, index) => {
        for (const [cell, verdicts] of tests) if (!verdicts[row[cell]]) return;
        for (const word of words) if (!texts[index].includes(word)) return;
        chosen.push(index);
      });
      const sign = this.descending ? -1 : 1;
      const columns = [this.sort, 'severity', 'confidence'].filter((name) => name in this.table.at);
      const keys = columns.map((name) => [this.table.at[name], this.table.keys(name)]);
      const rows = this.table.rows;
      chosen.sort((a, b) => {
        for (let i = 0; i < keys.length; ++i) {
          const [cell, key] = keys[i];
          const order = key[rows[a][cell]] - key[rows[b][cell]];
          if (order) return i === 0 ? sign * order : -order;
        }
        return a - b;
      });
      this.chosen = chosen;
    }

    update() {
      this.select_rows();
      this.render(PAGE_ROWS);
    }

    render(limit) {
      const first = this.page * limit;
      const rows = this.chosen.slice(first, first + limit);
      this.body.replaceChildren(...rows.flatMap((row) => this.build_row(row)));
      if (!rows.length) {
        this.body.append(make('tr', {}, make('td', {colspan: this.spec.columns.length,
                                                    text: 'Nothing matches.'})));
      }
      for (const head of this.heads) {
        if (head.dataset.column !== this.sort) head.removeAttribute('aria-sort');
        else head.setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
      }
      const total = this.table.rows.length;
      const last = first + rows.length;
      const shown = rows.length ? `${grouped(first + 1)} to ${grouped(last)} of ` : '';
      const all = this.chosen.length === total ? '' : ` (${grouped(total)} in all)`;
      this.status.textContent = `Showing ${shown}${grouped(this.chosen.length)}${all}`;
      this.render_chips();
      this.render_pager(limit);
    }

    render_chips() {
      this.chips.replaceChildren();
      for (const [column, select] of this.controls) {
        const wanted = this.filters.get(column) || '';
        const known = [...select.options].some((option) => option.value === wanted);
        select.value = known ? wanted : '';
      }
      for (const [column, wanted] of this.filters) {
        const select = this.controls.get(column);
        if (select && select.value === wanted) continue;
        const text = `${column} ${wanted.startsWith('!') ? 'is not ' + wanted.slice(1) : wanted}`;
        const remove = make('button', {type: 'button', 'aria-label': `Remove filter ${text}`,
                                       text: `${text} \u00d7`});
        remove.addEventListener('click', () => { this.filters.delete(column); this.changed(); });
        this.chips.append(remove, ' ');
      }
    }

    render_pager(limit) {
      this.pager.replaceChildren();
      const pages = Math.ceil(this.chosen.length / limit);
      if (pages < 2) return;
      const button = (title, page, enabled) => {
        const node = make('button', {type: 'button', text: title, disabled: !enabled});
        node.addEventListener('click', () => {
          this.page = page;
          this.render(limit);
          this.section.scrollIntoView();
        });
        return node;
      };
      this.pager.append(
        button('First', 0, this.page > 0), button('Previous', this.page - 1, this.page > 0),
        make('span', {text: `Page ${grouped(this.page + 1)} of ${grouped(pages)}`}),
        button('Next', this.page + 1, this.page + 1 < pages),
        button('Last', pages - 1, this.page + 1 < pages));
    }

    build_row(row) {
      const cells = this.spec.columns.map(([column], index) => {
        const text = this.table.get(row, column);
        const cell = make(index === this.spec.lead ? 'th' : 'td', {class: `c-${column}`});
        if (index === this.spec.lead) cell.setAttribute('scope', 'row');
        if (RANKS[column]) cell.append(make('span', {class: `tag ${column}-${text}`, text}));
        else if (index === this.spec.lead) cell.append(this.build_opener(row, text));
        else if (text === '' && this.spec.empty[column]) {
          cell.append(make('span', {class: 'none', text: this.spec.empty[column]}));
        } else cell.textContent = text;
        return cell;
      });
      const line = make('tr', {}, ...cells);
      return this.open.has(row) ? [line, this.build_details(row)] : [line];
    }

    build_opener(row, text) {
      const button = make('button', {type: 'button', class: 'opener', text,
                                     'aria-expanded': String(this.open.has(row))});
      button.addEventListener('click', () => {
        const line = button.closest('tr');
        if (this.open.delete(row)) line.nextSibling.remove();
        else { this.open.add(row); line.after(this.build_details(row)); }
        button.setAttribute('aria-expanded', String(this.open.has(row)));
      });
      return button;
    }

    build_details(row) {
      const list = make('dl');
      for (const [column, title] of this.spec.details) {
        const text = this.table.get(row, column);
        if (text === '') continue;
        list.append(make('div', {}, make('dt', {text: title}), this.build_detail(column, text)));
      }
      return make('tr', {class: 'details'},
        make('td', {colspan: this.spec.columns.length}, list));
    }

    build_detail(column, text) {
      const target = this.spec.links[column];
      if (!target) return make('dd', {text});
      return make('dd', {}, make('a', {href: `#${target}=${encodeURIComponent(text)}`, text}));
    }
  }

  const findings = new Grid({
    id: 'findings', data: 'findings-data', caption: 'Findings', sort: 'severity', lead: 2,
    columns: [['severity', 'Severity'], ['confidence', 'Confidence'], ['rule_name', 'Rule'],
              ['secret', 'Value'], ['identity', 'Identity'], ['target', 'Target'],
              ['place', 'Place'], ['state', 'State'], ['owner', 'Owner'], ['age', 'Age, days'],
              ['id', 'ID']],
    facets: [['kind', 'Kind'], ['severity', 'Severity'], ['confidence', 'Confidence'],
             ['state', 'State'], ['principal', 'Principal'], ['engine', 'Engine'],
             ['system', 'System'], ['owner', 'Owner'], ['rule_name', 'Rule'], ['class', 'Traces'],
             ['decision', 'Decision']],
    details: [['why', 'Why'], ['value', 'Secret'], ['rule', 'Rule'], ['kind', 'Kind'],
              ['component', 'Component'], ['form', 'Form'], ['encoding', 'Inside'],
              ['where', 'Bytes are in'], ['introduced', 'Introduced by commit'],
              ['removed', 'Removed by commit'], ['author', 'Author'], ['refs', 'Refs'],
              ['principal', 'Principal'],
              ['system', 'System'], ['environment', 'Environment'], ['class', 'Trace of'],
              ['credential', 'Credential'], ['credential_status', 'Credential is'],
              ['dependency', 'CIS1 dependency'], ['expires', 'Expires'],
              ['first_seen', 'First seen'], ['last_seen', 'Last seen'],
              ['decided', 'Decision'], ['exception', 'Exception, until']],
    empty: {owner: 'no owner', age: 'unknown'},
    links: {credential: 'findings?credential', dependency: 'findings?dependency',
            system: 'findings?system', rule: 'findings?rule'},
  });
  const credentials = new Grid({
    id: 'credentials', data: 'credentials-data', caption: 'Credentials', sort: 'priority', lead: 2,
    columns: [['priority', 'Priority'], ['severity', 'Severity'], ['secret', 'Value'],
              ['rule_name', 'Rule'], ['status', 'Credential is'],
              ['identity', 'Identities'], ['system', 'Systems'],
              ['owner', 'Owners'], ['places', 'Places'], ['gone', 'Gone'], ['age', 'Age, days'],
              ['id', 'ID']],
    facets: [['severity', 'Severity'], ['status', 'Credential is'], ['principal', 'Principal'],
             ['system', 'System'], ['owner', 'Owner'], ['rule_name', 'Rule']],
    details: [['priority_why', 'Priority'], ['id', 'Places of this credential'],
              ['principal', 'Principal'], ['rule', 'Rule'],
              ['expires', 'Expires'], ['dependency', 'CIS1 dependency'], ['list', 'Lists']],
    empty: {owner: 'no owner', age: 'unknown', identity: 'not known', priority: 'set aside'},
    links: {id: 'findings?credential'},
  });

  const filter_dependencies = (list) => {
    const note = document.getElementById('dependencies-filter');
    if (!note) return;
    let shown = 0;
    const all = document.querySelectorAll('.dependency');
    for (const node of all) {
      node.hidden = Boolean(list) && !node.dataset.lists.split(' ').includes(list);
      if (!node.hidden) ++shown;
    }
    note.hidden = !list;
    note.replaceChildren(`Showing ${shown} of ${all.length}: ${list}. `,
                         make('a', {href: '#dependencies', text: 'Show all'}));
  };

  const grids = {findings, credentials};
  const follow = () => {
    const [, id, query] = /^#([a-z]+)(?:\?(.*))?$/.exec(location.hash) || [];
    if (!id) return;
    const pairs = [...new URLSearchParams(query || '')];
    if (grids[id] && query !== undefined) grids[id].set_filters(pairs);
    if (id === 'dependencies') filter_dependencies(new Map(pairs).get('list') || '');
    const section = document.getElementById(id);
    if (!section || query === undefined) return;
    section.scrollIntoView();
    const title = section.querySelector('h2');
    title.tabIndex = -1;
    title.focus({preventScroll: true});
  };
  addEventListener('hashchange', follow);
  follow();

  // Paper has no pages to turn: print more rows, and put the screen back afterwards.
  addEventListener('beforeprint', () => {
    for (const grid of Object.values(grids)) { grid.page = 0; grid.render(PRINT_ROWS); }
  });
  addEventListener('afterprint', () => {
    for (const grid of Object.values(grids)) grid.render(PAGE_ROWS);
  });
})();
