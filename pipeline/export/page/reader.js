// The reader: articles side by side, the quotes highlighted where they stand.

const reader = document.getElementById("reader");
let steps = {};

function openClaim(claim) {
  const kicker = `${slotName(claim.slot)} · ${claim.status}, ${STATUS_MEANING[claim.status]}`;
  const title = claim.denied ? `not ${claim.value}` : claim.value;
  openReader(kicker, title, claim.evidence, neighboursOf(shownClaims(), claim, openClaim));
  const notes = claim.contradicts.map(claimById).filter(Boolean).map(contradictionLink);
  if (claim.review) notes.push(element("span", {}, "reviewed: ", element("bdi", {}, claim.review)));
  document.getElementById("reader-notes").replaceChildren(...notes);
}

function claimById(id) {
  return data.claims.find((claim) => claim.id === id);
}

function contradictionLink(other) {
  const title = element("bdi", {}, other.denied ? `not ${other.value}` : other.value);
  const languages = claimLanguages(other).map(languageChip);
  return element(
    "button",
    { type: "button", class: "clash", onclick: () => openClaim(other) },
    "contradicted by ",
    title,
    " ",
    languages,
  );
}

function openGroup(group) {
  const kicker = `${group.kind} passages · ${Math.round(100 * group.score)} %`;
  const places = group.passages.map((passage) => passage.place);
  openReader(kicker, group.section || "Passages", places, neighboursOf(shownGroups(), group, openGroup));
}

function openArticle(index) {
  const article = data.documents[index];
  const claims = data.claims.flatMap((claim) => claim.evidence).filter((place) => place[0] === index);
  openReader(languageName(article.lang), article.title, claims, {}, [index]);
}

function neighboursOf(items, item, open) {
  const position = items.indexOf(item);
  const step = (other) => (other ? () => open(other) : null);
  return { previous: step(items[position - 1]), next: step(items[position + 1]) };
}

function openReader(
  kicker,
  title,
  places,
  around,
  documents = [...new Set(places.map((place) => place[0]))],
) {
  document.getElementById("reader-kicker").textContent = kicker;
  document.getElementById("reader-title").replaceChildren(element("bdi", {}, title));
  document.getElementById("reader-notes").replaceChildren();
  steps = around;
  document.getElementById("reader-previous").disabled = !steps.previous;
  document.getElementById("reader-next").disabled = !steps.next;
  if (!reader.open) reader.showModal();
  const body = document.getElementById("reader-body");
  fillAsSeen(
    body,
    documents,
    (index) =>
      readerColumn(
        index,
        places.filter((place) => place[0] === index),
      ),
    6,
  );
  body.scrollTo(0, 0);
}

function readerColumn(index, places) {
  const article = data.documents[index];
  const text = foreign("div", article.lang, "", {
    class: "article-text",
    tabindex: "0",
    role: "group",
    "aria-label": `${languageName(article.lang)} article`,
  });
  text.append(...highlighted(article.text, places));
  const column = element(
    "section",
    { class: "column" },
    element("h3", {}, languageChip(article.lang), " ", foreign("bdi", article.lang, article.title)),
    element(
      "p",
      { class: "path" },
      element("bdi", {}, article.path),
      places.length ? ` · ${counted(places.length, "quote")}` : "",
    ),
    text,
  );
  requestAnimationFrame(() => revealFirst(column));
  return column;
}

// The text as nodes, with a mark for each stretch that a place covers; overlapping places merge.
function highlighted(text, places) {
  const nodes = [];
  let end = 0;
  for (const [start, stop] of merged(places)) {
    nodes.push(text.slice(end, start), element("mark", {}, text.slice(start, stop)));
    end = stop;
  }
  return [...nodes, text.slice(end)];
}

function merged(places) {
  const ranges = places.map(([, start, end]) => [start, end]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const result = [];
  for (const [start, end] of ranges) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function revealFirst(column) {
  const text = column.querySelector(".article-text");
  const mark = text.querySelector("mark");
  if (mark) text.scrollTop = mark.offsetTop - text.offsetTop - text.clientHeight / 3;
}

function connectReader() {
  const go = (direction) => steps[direction] && steps[direction]();
  document.getElementById("reader-close").addEventListener("click", () => reader.close());
  document.getElementById("reader-previous").addEventListener("click", () => go("previous"));
  document.getElementById("reader-next").addEventListener("click", () => go("next"));
  reader.addEventListener("click", (event) => event.target === reader && reader.close());
  reader.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" || event.key === "k") go("previous");
    if (event.key === "ArrowRight" || event.key === "j") go("next");
  });
}
