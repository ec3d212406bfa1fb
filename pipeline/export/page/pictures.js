// Two small pictures: which languages state what, and how the articles relate.

function coverageTable(onPick) {
  const counts = tally(data.claims, (claim) => claimLanguages(claim).map((lang) => `${claim.slot} ${lang}`));
  const most = Math.max(4, ...counts.values());
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "slot"),
    data.languages.map(({ code }) => element("th", { scope: "col" }, languageChip(code))),
  );
  const rows = slots().map((slot) =>
    coverageRow(slotButton(slot.id, onPick), (lang) =>
      coverageCell(slot.id, lang, counts.get(`${slot.id} ${lang}`) || 0, most, onPick),
    ),
  );
  const body = element("tbody", {}, rows, data.comparison.length ? comparisonCoverage(most) : "");
  return element("table", { class: "coverage-table" }, element("thead", {}, head), body);
}

function coverageRow(name, cell) {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, name),
    data.languages.map(({ code }) => cell(code)),
  );
}

function comparisonCoverage(most) {
  const counts = tally(data.comparison, (row) => [...new Set(row.evidence.map(languageOf))]);
  const goThere = () => document.getElementById("comparison").scrollIntoView();
  const name = element("button", { type: "button", onclick: goThere }, "comparison");
  return coverageRow(name, (lang) => coverageCell("comparison", lang, counts.get(lang) || 0, most, goThere));
}

function slotButton(slot, onPick) {
  return element("button", { type: "button", onclick: () => onPick({ slot }) }, slotName(slot));
}

function coverageCell(slot, lang, count, most, onPick) {
  if (!count) return element("td", { class: "empty" }, element("span", { class: "visually-hidden" }, "0"));
  const level = Math.min(4, Math.max(1, Math.round((4 * count) / most)));
  const label = `${counted(count, "claim")} of ${slotName(slot)} in ${languageName(lang)}`;
  const pick = () => onPick({ slot, lang });
  return element(
    "td",
    {},
    element(
      "button",
      { type: "button", class: `level-${level}`, "aria-label": label, onclick: pick },
      String(count),
    ),
  );
}

// Pairs of families with how many comparable groups join them.
function familyLinks() {
  const familyOf = new Map(
    data.families.flatMap((family, index) => family.map((document) => [document, index])),
  );
  const comparable = data.groups.filter((group) => group.kind === "comparable");
  return tally(comparable, (group) => {
    const met = [...new Set(group.passages.map((passage) => familyOf.get(passage.place[0])))].sort(
      (a, b) => a - b,
    );
    return met.flatMap((left, index) => met.slice(index + 1).map((right) => `${left} ${right}`));
  });
}

const SHOWN_FAMILIES = 24;

function familiesPicture(onPick) {
  const families = [...data.families.keys()].sort(
    (a, b) => data.families[b].length - data.families[a].length,
  );
  const shown = families.slice(0, SHOWN_FAMILIES);
  const size = 320;
  const centres = new Map(
    shown.map((family, order) => [family, onCircle(order, shown.length, size / 2, size * 0.36)]),
  );
  const lines = [...familyLinks()]
    .map(([pair, count]) => familyLine(pair.split(" ").map(Number), count, centres))
    .filter(Boolean);
  const rings = shown.map((family) => familyRing(data.families[family], centres.get(family), onPick));
  const links = counted(lines.length, "line");
  const label = `${counted(data.families.length, "source")}, ${links} between sources that agree`;
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, role: "group", "aria-label": label },
    ...lines,
    ...rings,
  );
  const hidden = families.length - shown.length;
  return [
    picture,
    hidden > 0 ? element("p", { class: "quiet" }, `and ${counted(hidden, "smaller source")}`) : "",
  ];
}

function onCircle(order, count, centre, radius) {
  if (count === 1) return [centre, centre];
  const angle = (2 * Math.PI * order) / count - Math.PI / 2;
  return [centre + radius * Math.cos(angle), centre + radius * Math.sin(angle)];
}

function familyLine([left, right], count, centres) {
  if (!centres.has(left) || !centres.has(right)) return null;
  const [x1, y1] = centres.get(left);
  const [x2, y2] = centres.get(right);
  const title = svg("title", {}, counted(count, "comparable passage"));
  return svg(
    "line",
    { x1, y1, x2, y2, class: "family-line", "stroke-width": 1 + Math.min(6, Math.log2(1 + count)) },
    title,
  );
}

function familyRing(documents, [x, y], onPick) {
  const radius = 20 + 7 * Math.min(documents.length - 1, 4);
  const dots = documents
    .slice(0, 12)
    .map((index, order, all) => documentDot(index, onCircle(order, all.length, 0, radius - 15), onPick));
  return svg(
    "g",
    { transform: `translate(${x} ${y})` },
    svg("circle", { r: radius, class: "family-ring" }),
    ...dots,
  );
}

function documentDot(index, [x, y], onPick) {
  const { lang, title } = data.documents[index];
  const label = svg("text", { "text-anchor": "middle", dy: "0.35em" }, lang);
  const name = `Open ${languageName(lang)} article: ${title}`;
  const dot = svg("g", {
    transform: `translate(${x} ${y})`,
    class: "document-dot",
    tabindex: "0",
    role: "button",
    "aria-label": name,
  });
  dot.append(svg("title", {}, title), svg("circle", { r: 13 }), label);
  dot.addEventListener("click", () => onPick(index));
  dot.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPick(index);
    }
  });
  return dot;
}
