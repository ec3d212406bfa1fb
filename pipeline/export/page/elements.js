// Building blocks. Texts of articles reach the page through these only, as text nodes.

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== ""));
  return node;
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Foreign text keeps its direction, and its overrides, to itself.
function foreign(tag, lang, text, properties = {}) {
  const language = languages.get(lang);
  const dir = language && language.dir === "rtl" ? "rtl" : "auto";
  return element(tag, { lang, dir, ...properties }, text);
}

function languageName(code) {
  const language = languages.get(code);
  return language ? language.name : code;
}

function languageChip(code) {
  return element("abbr", { class: "lang", title: languageName(code) }, code);
}

function statusBadge(status) {
  return element("span", { class: `status ${status}`, title: STATUS_MEANING[status] }, status);
}

function decisionBadge(item) {
  if (!item.decision) return "";
  return element("span", { class: `decision ${item.decision}`, title: item.review }, item.decision);
}

function select(name, label, options) {
  const choices = options.map(([value, text]) => element("option", { value }, text));
  return element("label", {}, element("span", {}, label), element("select", { name }, choices));
}

function searchField(label) {
  const input = element("input", { type: "search", name: "text", placeholder: "any language" });
  return element("label", { class: "grow" }, element("span", {}, label), input);
}

function languageOptions() {
  return [["", "all"], ...data.languages.map(({ code, name }) => [code, name])];
}

function decisionOptions() {
  return [["", "any"], ["none", "undecided"], ...DECISIONS.map((name) => [name, name])];
}

function formValues(form) {
  return Object.fromEntries(new FormData(form));
}

function setFilter(form, values) {
  form.reset();
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

// Items are made a batch at a time, when the end of the last batch comes near the view.
function fillAsSeen(container, items, make, batch = 30) {
  let next = 0;
  const mark = element("div", { class: "mark", "aria-hidden": "true" });
  const observer = new IntersectionObserver(onSight, { rootMargin: "800px" });
  function addBatch() {
    mark.before(...items.slice(next, next + batch).map(make));
    next += batch;
    if (next >= items.length) {
      observer.disconnect();
      mark.remove();
    }
  }
  function onSight(entries) {
    if (!entries.some((entry) => entry.isIntersecting) || !mark.isConnected) return;
    addBatch();
    // Seen again if the batch did not push the mark out of sight.
    observer.unobserve(mark);
    if (mark.isConnected) observer.observe(mark);
  }
  container.replaceChildren(mark);
  addBatch();
  if (mark.isConnected) observer.observe(mark);
}
