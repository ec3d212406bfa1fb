// The record, slot by slot.

function slotName(slot) {
  return slot.replaceAll("_", " ");
}

function showFacts() {
  const statuses = tally(data.claims, (claim) => claim.status);
  const facts = [
    counted(data.claims.length, "claim"),
    counted(data.families.length, "independent source"),
    counted(data.documents.length, "article"),
    counted(data.languages.length, "language"),
    counted(data.groups.length, "aligned passage"),
  ];
  const items = facts.map((fact) => {
    const [number, ...words] = fact.split(" ");
    return element("li", {}, element("b", {}, number), ` ${words.join(" ")}`);
  });
  document
    .getElementById("facts")
    .replaceChildren(...items, element("li", { class: "wide" }, statusBar(statuses)));
}

function statusBar(statuses) {
  return element(
    "span",
    { class: "status-bar" },
    STATUSES.filter((status) => statuses.get(status)).map((status) => {
      const pick = () => {
        setFilter(document.getElementById("claim-filters"), { status });
        document.getElementById("record").scrollIntoView();
      };
      const part = element(
        "button",
        { type: "button", class: status, title: STATUS_MEANING[status], onclick: pick },
        `${statuses.get(status)} ${status}`,
      );
      part.style.flexGrow = statuses.get(status);
      return part;
    }),
  );
}

function showNames() {
  const seen = new Map();
  for (const label of data.concept.labels) if (!seen.has(label.lang)) seen.set(label.lang, label.text);
  const names = [...seen].map(([lang, text]) =>
    element("span", {}, languageChip(lang), " ", foreign("bdi", lang, text)),
  );
  document.getElementById("names").replaceChildren(...names);
}

function fillClaimFilters(form) {
  form.append(
    searchField("Search the record"),
    select("slot", "Slot", [["", "all"], ...slots().map(({ id }) => [id, slotName(id)])]),
    select("status", "Status", [["", "any"], ...STATUSES.map((status) => [status, status])]),
    select("lang", "Language", languageOptions()),
    select("decision", "Decision", decisionOptions()),
  );
  form.addEventListener("input", showClaims);
  form.addEventListener("submit", (event) => event.preventDefault());
}

function shownClaims() {
  const filter = formValues(document.getElementById("claim-filters"));
  return data.claims.filter((claim) => claimMatches(claim, filter));
}

function showClaims() {
  const claims = shownClaims();
  const bySlot = Map.groupBy ? Map.groupBy(claims, (claim) => claim.slot) : groupedBySlot(claims);
  const container = document.getElementById("claims");
  container.replaceChildren(
    ...slots()
      .filter(({ id }) => bySlot.has(id))
      .map((slot) => slotSection(slot, bySlot.get(slot.id))),
  );
  document.getElementById("claim-count").textContent =
    `${claims.length} of ${counted(data.claims.length, "claim")}`;
  if (!claims.length) container.append(element("p", { class: "quiet" }, "Nothing fits these filters."));
}

function groupedBySlot(claims) {
  const groups = new Map();
  for (const claim of claims) groups.set(claim.slot, [...(groups.get(claim.slot) || []), claim]);
  return groups;
}

function slotSection(slot, claims) {
  const list = element("ul", { class: "claim-list" });
  fillAsSeen(list, claims, claimItem, 60);
  return element(
    "section",
    { class: "slot" },
    element(
      "div",
      { class: "slot-head" },
      element("h3", {}, slotName(slot.id)),
      element("p", {}, slot.about),
    ),
    list,
  );
}

function claimItem(claim) {
  const open = () => openClaim(claim);
  return element(
    "li",
    { class: `claim ${claim.status}` },
    element(
      "button",
      { type: "button", "data-claim": claim.id, onclick: open },
      element(
        "span",
        { class: "claim-top" },
        claimValue(claim),
        statusBadge(claim.status),
        decisionBadge(claim),
      ),
      claim.statement === claim.value
        ? ""
        : foreign("span", claim.lang, claim.statement, { class: "statement" }),
      claimSupport(claim),
    ),
  );
}

function claimValue(claim) {
  const value = foreign("bdi", claim.known ? "en" : claim.lang, claim.value);
  const role = claim.role ? element("i", {}, ` ${claim.role}`) : "";
  const denied = claim.denied ? element("b", { class: "denied" }, "not ") : "";
  return element("span", { class: "value" }, denied, value, role);
}

function claimSupport(claim) {
  const sources = counted(claim.sources, "source");
  const confidence = `${Math.round(100 * claim.confidence)} %`;
  return element(
    "span",
    { class: "support" },
    claimLanguages(claim).map(languageChip),
    element("span", { title: "independent sources" }, sources),
    element("span", { title: "confidence" }, confidence),
  );
}

function showComparison() {
  const rows = data.comparison;
  const container = document.getElementById("comparison-rows");
  if (!rows.length) {
    container.replaceChildren(element("p", { class: "quiet" }, "No article compares."));
    return;
  }
  const own = data.concept.id;
  const others = new Set(rows.flatMap((row) => Object.keys(row.values)).filter((concept) => concept !== own));
  const concepts = [own, ...others];
  const head = ["dimension", ...concepts, "in"].map((name) => element("th", { scope: "col" }, name));
  const body = rows.map((row) => comparisonRow(row, concepts));
  container.replaceChildren(
    element(
      "table",
      { class: "comparison" },
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, body),
    ),
  );
}

function comparisonRow(row, concepts) {
  const open = () => openReader("Comparison", row.dimension, row.evidence, comparisonSteps(row));
  const lang = row.evidence.length ? languageOf(row.evidence[0]) : "";
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      element("button", { type: "button", class: "link", onclick: open }, row.dimension),
    ),
    concepts.map((concept) => foreign("td", lang, row.values[concept] || "")),
    element("td", {}, [...new Set(row.evidence.map(languageOf))].map(languageChip)),
  );
}

function comparisonSteps(row) {
  return neighboursOf(data.comparison, row, (other) =>
    openReader("Comparison", other.dimension, other.evidence, comparisonSteps(other)),
  );
}
