// Shows the suggestions and pairs of the data block. Values reach the page through textContent alone.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const PAGE = 50;
  // Positions in the arrays that data.rs writes.
  const R = { type: 0, active: 1, place: 2, id: 3, values: 4 };
  const M = { record: 0, role: 1, verdict: 2, probability: 3, rules: 4, linked: 5, reason: 6 };
  const P = { left: 0, right: 1, verdict: 2, probability: 3, score: 4, prior: 5, alternative: 6, rules: 7, implied: 8, fields: 9 };
  const LEVELS = {
    same: "the same", variant: "known other form", close: "typing slip", sound: "sounds alike", initial: "initial",
    partial: "agrees in part", generic: "the same, but shared by many", linked: "linked", different: "different",
    conflict: "conflicting", missing: "missing",
  };
  const FIELDS = {
    given: "Given name", surname: "Surname", generation: "Jr or Sr", email: "E-mail", phone: "Phone", employer: "Employer",
    place: "Place", street: "Street", birthdate: "Date of birth", governmentid: "Government id", jobtitle: "Job title",
  };
  const ALTERNATIVES = {
    strangers: "two strangers", colleagues: "two people at one company", household: "two people of one household",
    "shared-contact": "two people behind one shared mailbox or number",
  };
  const FLAGS = {
    large: "more members than usual: look for a chain of unlike people",
    "weak-bridge": "held together by one weak link",
    conflict: "at least one pair inside speaks against the merge",
    "two-identities": "two members differ in a value that identifies a person",
    split: "cut out of a larger group of linked records",
  };
  const OTHER = { related: "Related", weak: "Weak", separated: "Separated" };

  // ---- elements ------------------------------------------------------------------------------------------------

  function add(node, children) {
    for (const child of children) if (child !== null && child !== undefined && child !== false) node.append(child);
    return node;
  }
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) if (value !== null) node.setAttribute(name, value);
    return add(node, children);
  }
  function svg(tag, attributes, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return add(node, children);
  }
  // The same characters as in text.rs: what reorders or hides text is shown as its code point.
  const HIDDEN = /([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff])/;
  function shown(text) {
    const out = document.createDocumentFragment();
    text.split(HIDDEN).forEach((part, i) => {
      if (i % 2) out.append(el("span", { class: "ctl" }, "U+" + part.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")));
      else if (part) out.append(part);
    });
    return out;
  }
  const count = (n) => n.toLocaleString("en-US");
  const counted = (n, noun) => count(n) + " " + noun + (n === 1 ? "" : "s");
  // Never rounded up to certainty.
  function percent(p) {
    if (p > 0.9999) return "> 99.99 %";
    if (p < 0.0001 && p > 0) return "< 0.01 %";
    return (p * 100).toFixed(p > 0.99 || p < 0.01 ? 2 : 1) + " %";
  }
  const bits = (millibits) => (millibits < 0 ? "−" : "+") + (Math.abs(millibits) / 1000).toFixed(1);
  const badge = (verdict) => el("span", { class: "badge " + verdict }, verdict);
  const ruleNames = (rules) => rules.map((i) => data.rules[i]).join("; ");

  // ---- records -------------------------------------------------------------------------------------------------

  const columnAt = new Map(data.columns.map(([name], i) => [name, i]));
  const value = (record, column) => data.records[record][R.values][column] || "";
  function named(get) {
    const of = (name) => (columnAt.has(name) ? get(columnAt.get(name)) : "");
    const name = of("fullname") || [of("firstname"), of("lastname")].filter(Boolean).join(" ");
    const company = of("companyname");
    const rest = [name ? company : "", of("emailaddress1"), of("address1_city")].filter(Boolean).join(" · ");
    return { name: name || company || "(no name)", rest };
  }
  const nameOf = (record) => named((column) => value(record, column)).name;
  const goldenOf = (s) => {
    const sources = new Map(s.golden);
    return named((column) => (sources.has(column) ? value(sources.get(column), column) : ""));
  };
  // Alike but for case, accents, spaces and punctuation.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const squashed = (text) => plain(text).replace(/[^\p{L}\p{N}]/gu, "");
  const PHONES = new Set(["telephone1", "telephone2", "telephone3", "mobilephone", "fax"]);
  /// True when two values only look different: as words, or as one phone number with and without its country code.
  function isSameOtherwise(column, a, b) {
    const [x, y] = [squashed(a), squashed(b)];
    if (x && x === y) return true;
    if (!PHONES.has(data.columns[column][0])) return false;
    const digits = (text) => text.replace(/\D/g, "").replace(/^0+/, "");
    const [short, long] = [digits(a), digits(b)].sort((p, q) => p.length - q.length);
    return short.length >= 7 && long.endsWith(short);
  }
  /// An id short enough for a heading; whole as its title.
  function shortId(record) {
    const id = data.records[record][R.id];
    return el("span", { class: "id", title: id }, shown(id.length > 12 ? id.slice(0, 8) + "…" : id));
  }

  /// Records side by side. `heads` describe each; `kept` maps a column to the record whose value survives.
  function membersTable(records, heads, kept, caption) {
    const head = el("tr", {}, el("th", { scope: "col" }, el("span", { class: "vh" }, "Field")));
    records.forEach((record, i) => {
      const [type, active, place, id] = data.records[record];
      head.append(el("th", { scope: "col" }, heads[i],
        el("span", { class: "id", dir: "auto" }, shown(id)),
        el("span", { class: "meta" }, [type, active ? "active" : "inactive", place].filter(Boolean).join(", "))));
    });
    const body = el("tbody", {});
    let nDiffers = 0;
    data.columns.forEach(([name, header], column) => {
      const values = records.map((record) => value(record, column));
      const filled = values.filter(Boolean);
      if (!filled.length) return;
      const base = kept && kept.has(column) ? value(kept.get(column), column) : filled[0];
      // Also a value beside a kept blank, as in an address that is kept whole: it would be lost.
      const differs = filled.some((text) => text !== base);
      nDiffers += differs;
      if (state.diff && !differs) return;
      const row = el("tr", differs ? { class: "differs" } : {}, el("th", { scope: "row", title: name }, header));
      records.forEach((record, i) => {
        const text = values[i];
        const isKept = kept && kept.get(column) === record;
        if (!text) {
          row.append(el("td", { class: "none" }, el("span", { "aria-label": "empty" }, "–")));
          return;
        }
        const other = text !== base;
        row.append(el("td", { class: (isKept ? "kept " : "") + (other ? "other" : ""), dir: "auto" },
          isKept && el("span", { class: "mark", title: "this value is kept" }, "✓\u00a0", el("span", { class: "vh" }, "kept: ")),
          shown(text),
          other && el("span", { class: "sign" }, isSameOtherwise(column, text, base) ? "≈ written differently" : "≠ differs")));
      });
      body.append(row);
    });
    if (!body.children.length) body.append(el("tr", {}, el("td", { colspan: records.length + 1, class: "none" }, "No field differs.")));
    const table = el("table", { class: "members" }, el("caption", { class: "vh" }, caption), el("thead", {}, head), body);
    return add(document.createDocumentFragment(), [
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table),
      el("p", { class: "legendline" }, (kept ? "✓ the value that is kept.  " : "") +
        (nDiffers ? "≠ and ≈ mark values unlike " + (kept ? "the kept one" : "the first") + "; " + counted(nDiffers, "field") + " differ" + (nDiffers === 1 ? "s" : "") + "." : "No field differs.")),
    ]);
  }

  /// Evidence of one pair as a waterfall: what each field adds, and the sum.
  function waterfall(pair) {
    const steps = [["Before looking", "weighed against " + (ALTERNATIVES[pair[P.alternative]] || pair[P.alternative]), pair[P.prior]]];
    for (const [field, level, millibits] of pair[P.fields]) steps.push([FIELDS[field] || field, LEVELS[level] || level, millibits]);
    let low = 0, high = 0, sum = 0;
    for (const step of steps) {
      sum += step[2];
      low = Math.min(low, sum);
      high = Math.max(high, sum);
    }
    const x = (millibits) => (((millibits - low) / (high - low || 1)) * 98 + 1).toFixed(2) + "%";
    const width = (a, b) => Math.max((Math.abs(a - b) / (high - low || 1)) * 98, 0.4).toFixed(2) + "%";
    const bar = (from, to, kind) => el("td", { "aria-hidden": "true" }, svg("svg", { width: "100%", height: "18" },
      svg("line", { class: "zero", x1: x(0), x2: x(0), y1: "0", y2: "18" }),
      svg("rect", { class: kind, x: x(Math.min(from, to)), y: "3", width: width(from, to), height: "12", rx: "2" }),
      svg("line", { class: "step", x1: x(to), x2: x(to), y1: "15", y2: "18" })));
    const body = el("tbody", {});
    let at = 0;
    for (const [name, how, millibits] of steps) {
      body.append(el("tr", {}, el("th", { scope: "row" }, name + " ", el("span", { class: "how" }, how)),
        bar(at, at + millibits, millibits < 0 ? "minus" : "plus"),
        el("td", { class: "n " + (millibits < 0 ? "against" : "for") }, millibits ? bits(millibits) : "0")));
      at += millibits;
    }
    body.append(el("tr", { class: "total" }, el("th", { scope: "row" }, "Together ", el("span", { class: "how" }, percent(pair[P.probability]))),
      bar(0, pair[P.score], "sum"), el("td", { class: "n" }, bits(pair[P.score]))));
    return el("table", { class: "fall" },
      el("caption", { class: "vh" }, "Evidence in bits, field by field"),
      el("thead", { class: "vh" }, el("tr", {}, ["Field", "Chart", "Bits"].map((t) => el("th", { scope: "col" }, t)).reduce((f, t) => (f.append(t), f), document.createDocumentFragment()))),
      body);
  }
  const PERSONAL = ["email", "phone", "birthdate", "governmentid"];
  /// What keeps a pair from auto however many bits it has; null when bits alone do.
  function whyReview(pair) {
    if (pair[P.verdict] !== "review") return null;
    const conflicts = pair[P.fields].filter(([, level]) => level === "conflict").map(([field]) => FIELDS[field] || field);
    if (conflicts.length) return el("p", { class: "muted" }, "For review because of a conflict: " + conflicts.join(", ") + ".");
    if (pair[P.fields].some(([field, level]) => level === "same" && PERSONAL.includes(field))) return null;
    return el("p", { class: "muted" }, "For review because nothing personal is the same: e-mail, phone, date of birth or personal number.");
  }
  function pairSection(pair) {
    const title = el("h4", {}, el("bdi", {}, shown(nameOf(pair[P.left]))), " ", shortId(pair[P.left]), " ↔ ",
      el("bdi", {}, shown(nameOf(pair[P.right]))), " ", shortId(pair[P.right]), " ", badge(pair[P.verdict]));
    return add(document.createDocumentFragment(), [title, pairFacts(pair), whyReview(pair), waterfall(pair)]);
  }
  const pairFacts = (pair) => el("p", { class: "muted" }, "Rules: ", shown(ruleNames(pair[P.rules])),
    pair[P.implied] > 1 ? ". Stands for " + counted(pair[P.implied], "pair") + " of records with equal values." : "");

  // ---- state in the address ------------------------------------------------------------------------------------

  const TABS = ["overview", "suggestions", "others", "leftout", "input"];
  const EMPTY = { tab: "", q: "", verdict: "", rule: "", flag: "", size: "", sort: "", diff: "", page: "", open: "", kind: "" };
  const state = { ...EMPTY };
  function readHash() {
    Object.assign(state, EMPTY);
    const hash = location.hash.slice(1);
    if (TABS.includes(hash)) state.tab = hash;
    else for (const [name, text] of new URLSearchParams(hash)) if (name in EMPTY) state[name] = text;
    if (!TABS.includes(state.tab)) {
      const filtered = ["q", "verdict", "rule", "flag", "size", "sort", "open"].some((name) => state[name]);
      state.tab = filtered ? "suggestions" : state.kind ? "others" : "overview";
    }
    if (!(state.kind in OTHER)) state.kind = "related";
  }
  function writeHash() {
    const set = new URLSearchParams();
    for (const [name, text] of Object.entries(state)) if (text && !(name === "kind" && state.tab !== "others")) set.set(name, text);
    history.replaceState(null, "", "#" + set);
  }

  // ---- lists ---------------------------------------------------------------------------------------------------

  function card(key, head, detail) {
    const id = "d-" + key;
    const button = el("button", { type: "button", "aria-expanded": "false", "aria-controls": id }, ...head);
    const panel = el("div", { class: "detail", id, hidden: "" });
    const item = el("li", { class: "item" }, el("h3", {}, button), panel);
    function toggle(open) {
      if (open && !panel.firstChild) add(panel, detail());
      panel.hidden = !open;
      item.classList.toggle("open", open);
      button.setAttribute("aria-expanded", String(open));
    }
    button.addEventListener("click", () => {
      toggle(panel.hidden);
      if (key.startsWith("s-")) {
        state.open = panel.hidden ? "" : key.slice(2);
        writeHash();
      }
    });
    item.toggle = toggle;
    return item;
  }
  function pager(places, n, page, go) {
    const nPages = Math.max(1, Math.ceil(n / PAGE));
    for (const place of places) {
      place.replaceChildren();
      if (nPages < 2) continue;
      const back = el("button", { type: "button", "aria-label": "Previous page" }, "‹");
      const next = el("button", { type: "button", "aria-label": "Next page" }, "›");
      back.disabled = page === 0;
      next.disabled = page === nPages - 1;
      back.addEventListener("click", () => go(page - 1));
      next.addEventListener("click", () => go(page + 1));
      place.append(back, "Page " + (page + 1) + " of " + nPages, next);
    }
  }
  const by = (id) => document.getElementById(id);
  const pageOf = (n) => Math.min(Math.max(parseInt(state.page || "1", 10) - 1 || 0, 0), Math.max(0, Math.ceil(n / PAGE) - 1));
  const range = (n, page) => (n > PAGE ? " · " + count(page * PAGE + 1) + " to " + count(Math.min(n, (page + 1) * PAGE)) : "");

  // Suggestions as one searchable text each, made when first needed.
  let texts = null;
  function textOf(i) {
    if (!texts) {
      texts = data.suggestions.map((s) => {
        const parts = [s.id, s.why];
        for (const member of s.members) {
          const record = data.records[member[M.record]];
          parts.push(record[R.id], member[M.reason], ...record[R.values]);
        }
        return plain(parts.join("\n"));
      });
    }
    return texts[i];
  }
  function selected() {
    const words = plain(state.q).split(/\s+/).filter(Boolean);
    const rule = state.rule ? data.rules.indexOf(state.rule) : -1;
    const size = parseInt(state.size, 10);
    const rows = [];
    data.suggestions.forEach((s, i) => {
      if (state.verdict && s.verdict !== state.verdict) return;
      if (state.rule && !s.members.some((m) => m[M.rules].includes(rule))) return;
      if (state.flag && (state.flag === "none" ? s.flags.length : !s.flags.includes(state.flag))) return;
      if (size && (size < 4 ? s.n_members !== size : s.n_members < size)) return;
      if (words.length && !words.every((word) => textOf(i).includes(word))) return;
      rows.push(i);
    });
    const at = (i) => data.suggestions[i];
    if (state.sort === "unsure") rows.sort((a, b) => at(a).probability - at(b).probability || a - b);
    if (state.sort === "size") rows.sort((a, b) => at(b).n_members - at(a).n_members || a - b);
    if (state.sort === "name") {
      const names = new Map(rows.map((i) => [i, goldenOf(at(i)).name]));
      const order = new Intl.Collator("en");
      rows.sort((a, b) => order.compare(names.get(a), names.get(b)) || a - b);
    }
    return rows;
  }
  function suggestionCard(s) {
    const { name, rest } = goldenOf(s);
    const reasons = s.members.filter((m) => m[M.role] === "merge").map((m) => m[M.reason]);
    const head = [
      el("span", { class: "who" }, badge(s.verdict), el("span", { class: "name" }, el("bdi", {}, shown(name))), ...s.flags.map((flag) => el("span", { class: "flag" }, flag))),
      el("span", { class: "sure" }, percent(s.probability)),
      el("span", { class: "sub" }, el("bdi", {}, shown(rest))),
      el("span", { class: "size" }, counted(s.n_members, "record")),
      el("span", { class: "why" }, shown(reasons[0] || ""), reasons.length > 1 ? " (and " + (s.n_members - 2) + " more)" : ""),
    ];
    return card("s-" + s.id, head, () => suggestionDetail(s));
  }
  function suggestionDetail(s) {
    const records = s.members.map((m) => m[M.record]);
    const heads = s.members.map((m) => add(document.createDocumentFragment(), [
      el("span", { class: "role " + m[M.role] }, m[M.role] === "survivor" ? "keep" : "merge"),
      m[M.role] === "merge" && el("span", { class: "meta" }, " " + percent(m[M.probability]) + " " + m[M.verdict]),
    ]));
    const out = [
      el("p", {}, el("strong", {}, "Survivor: "), el("bdi", {}, shown(nameOf(records[0]))), " ", el("span", { class: "id" }, shown(data.records[records[0]][R.id])), ", ", shown(s.why.replace(/[.]$/, "")), "."),
      ...s.flags.map((flag) => el("p", {}, el("span", { class: "flag" }, flag), " " + (FLAGS[flag] || ""))),
      membersTable(records, heads, new Map(s.golden), "Members of the suggestion side by side"),
    ];
    if (s.n_members > s.members.length) out.push(el("p", { class: "muted" }, count(s.n_members - s.members.length) + " more members are in suggestions.csv."));
    if (s.members.length > 2) {
      out.push(el("h4", {}, "Why each is merged"));
      out.push(el("ul", {}, ...s.members.filter((m) => m[M.role] === "merge").map((m) => el("li", {},
        el("bdi", {}, shown(nameOf(m[M.record]))), " ", shortId(m[M.record]), ": ", shown(m[M.reason]),
        m[M.linked] === null ? "" : add(document.createDocumentFragment(), [" (best linked to ", shortId(m[M.linked]), ")"])))));
    }
    out.push(el("p", { class: "legendline" }, "Suggestion ", el("span", { class: "id" }, s.id), " · agreement inside " + percent(s.cohesion)));
    s.pairs.slice(0, 2).forEach((pair) => out.push(pairSection(pair)));
    if (s.pairs.length > 2) {
      const rest = el("details", {}, el("summary", {}, counted(s.n_pairs - 2, "more pair")));
      rest.addEventListener("toggle", () => {
        if (!rest.open || rest.children.length > 1) return;
        s.pairs.slice(2).forEach((pair) => rest.append(pairSection(pair)));
        if (s.n_pairs > s.pairs.length) rest.append(el("p", { class: "muted" }, count(s.n_pairs - s.pairs.length) + " more are in pairs.csv."));
      });
      out.push(rest);
    }
    if (!s.pairs.length) out.push(el("p", { class: "muted" }, "No rule holds for a pair of the members shown; they are joined through others."));
    return out;
  }
  function showSuggestions() {
    const rows = selected();
    if (state.open && !state.page) {
      const at = rows.findIndex((i) => data.suggestions[i].id === state.open);
      if (at >= PAGE) state.page = String(Math.floor(at / PAGE) + 1);
    }
    const page = pageOf(rows.length);
    const list = by("s-list");
    list.replaceChildren(...rows.slice(page * PAGE, (page + 1) * PAGE).map((i) => suggestionCard(data.suggestions[i])));
    const hidden = data.n_suggestions - data.suggestions.length;
    by("s-count").textContent = counted(rows.length, "suggestion") + (rows.length === data.suggestions.length ? "" : " of " + count(data.suggestions.length)) +
      range(rows.length, page) + (hidden ? " · " + count(hidden) + " more only in the files" : "");
    pager([by("s-pages"), by("s-pages-2")], rows.length, page, (to) => {
      state.page = to ? String(to + 1) : "";
      state.open = "";
      writeHash();
      showSuggestions();
      by("suggestions").scrollIntoView();
    });
    root.dataset.shown = String(rows.length);
    if (state.open) {
      const open = by("d-s-" + state.open);
      if (open) open.parentElement.toggle(true);
    }
  }
  function otherCard(pair, i) {
    const head = [
      el("span", { class: "who" }, badge(pair[P.verdict]), el("span", { class: "name" }, el("bdi", {}, shown(nameOf(pair[P.left]))), " ↔ ", el("bdi", {}, shown(nameOf(pair[P.right]))))),
      el("span", { class: "sure" }, bits(pair[P.score]) + " bits"),
      el("span", { class: "sub" }, shown(ruleNames(pair[P.rules]))),
      el("span", { class: "size" }, percent(pair[P.probability])),
    ];
    return card("o-" + i, head, () => {
      const heads = ["left", "right"].map((side) => el("span", { class: "role merge" }, side));
      return [membersTable([pair[P.left], pair[P.right]], heads, null, "The two records side by side"), pairFacts(pair), whyReview(pair), waterfall(pair)];
    });
  }
  function showOthers() {
    const other = data.other.find((o) => o.kind === state.kind);
    const page = state.tab === "others" ? pageOf(other.pairs.length) : 0;
    by("o-kinds").replaceChildren(...data.other.map((o) => {
      const button = el("button", { type: "button", "aria-pressed": String(o.kind === state.kind) }, OTHER[o.kind] + " (" + count(o.n_rows) + ")");
      button.addEventListener("click", () => {
        state.kind = o.kind;
        state.page = "";
        writeHash();
        showOthers();
        by("o-kinds").querySelector("[aria-pressed=true]").focus();
      });
      return button;
    }));
    const from = page * PAGE;
    by("o-list").replaceChildren(...other.pairs.slice(from, from + PAGE).map((pair, i) => otherCard(pair, from + i)));
    by("o-count").textContent = other.n_rows > other.pairs.length
      ? "The " + count(other.pairs.length) + " with the most evidence of " + counted(other.n_rows, "pair") + range(other.pairs.length, page)
      : counted(other.n_rows, "pair") + range(other.pairs.length, page);
    pager([by("o-pages")], other.pairs.length, page, (to) => {
      state.page = to ? String(to + 1) : "";
      writeHash();
      showOthers();
      by("others").scrollIntoView();
    });
  }

  // ---- tabs, filters, keys -------------------------------------------------------------------------------------

  const tabs = TABS.map((name) => document.querySelector('#tabs a[href="#' + name + '"]'));
  function showTab() {
    TABS.forEach((name, i) => {
      const chosen = name === state.tab;
      by(name).hidden = !chosen;
      tabs[i].setAttribute("aria-selected", String(chosen));
      tabs[i].tabIndex = chosen ? 0 : -1;
    });
  }
  function choose(name) {
    state.tab = name;
    state.page = "";
    writeHash();
    show();
  }
  const CONTROLS = { q: "f-q", verdict: "f-verdict", rule: "f-rule", flag: "f-flag", size: "f-size", sort: "f-sort" };
  function show() {
    showTab();
    for (const [name, id] of Object.entries(CONTROLS)) if (by(id).value !== state[name]) by(id).value = state[name];
    by("f-diff").checked = Boolean(state.diff);
    showSuggestions();
    showOthers();
  }
  function filter() {
    for (const [name, id] of Object.entries(CONTROLS)) state[name] = by(id).value;
    state.diff = by("f-diff").checked ? "1" : "";
    state.page = "";
    writeHash();
    showSuggestions();
  }
  function start() {
    by("tabs").setAttribute("role", "tablist");
    tabs.forEach((tab, i) => {
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", TABS[i]);
      by(TABS[i]).setAttribute("role", "tabpanel");
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        choose(TABS[i]);
      });
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const to = (i + step + TABS.length) % TABS.length;
        choose(TABS[to]);
        tabs[to].focus();
      });
    });
    for (const rule of data.rules) by("f-rule").append(el("option", { value: rule }, rule));
    for (const flag of Object.keys(FLAGS)) if (data.suggestions.some((s) => s.flags.includes(flag))) by("f-flag").append(el("option", { value: flag }, flag));
    for (const id of Object.values(CONTROLS)) by(id).addEventListener("input", filter);
    by("f-diff").addEventListener("change", filter);
    const form = document.querySelector("form.filters");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => {
      state.open = "";
      filter();
    }));
    if (!data.suggestions.length) {
      form.hidden = true;
      document.querySelectorAll("#suggestions .listbar").forEach((bar) => (bar.hidden = true));
    }
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const typing = event.target.matches("input, select, textarea");
      if (event.key === "/" && !typing) {
        event.preventDefault();
        if (state.tab !== "suggestions") choose("suggestions");
        by("f-q").focus();
        by("f-q").select();
      } else if (event.key === "Escape" && event.target === by("f-q")) {
        by("f-q").value = "";
        filter();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const list = state.tab === "others" ? by("o-list") : by("s-list");
        const buttons = [...list.querySelectorAll("h3 > button")];
        const at = buttons.indexOf(event.target);
        if (event.target === by("f-q") ? event.key === "ArrowDown" : at >= 0) {
          const to = buttons[event.key === "ArrowDown" ? at + 1 : at - 1];
          if (to) {
            event.preventDefault();
            to.focus();
          }
        }
      }
    });
    window.addEventListener("hashchange", () => {
      readHash();
      show();
    });
    readHash();
    root.classList.add("js");
    show();
    root.dataset.ready = "yes";
  }
  start();
})();
