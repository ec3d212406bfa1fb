// The aligned passages, side by side.

function fillGroupFilters(form) {
  const slider = element("input", {
    type: "range",
    name: "score",
    min: "0",
    max: "100",
    value: "100",
    step: "1",
  });
  const doubtful = element("input", { type: "checkbox", name: "doubtful" });
  form.append(
    searchField("Search the passages"),
    select("kind", "Kind", [
      ["", "any"],
      ["translated", "translated"],
      ["comparable", "comparable"],
    ]),
    select("lang", "Language", languageOptions()),
    select("decision", "Decision", decisionOptions()),
    select("order", "Order", [
      ["reading", "as read"],
      ["doubt", "doubtful first"],
    ]),
    element(
      "label",
      {},
      element("span", {}, "Score at most ", element("b", { id: "score-shown" }, "100")),
      slider,
    ),
    element("label", { class: "check" }, doubtful, element("span", {}, "Doubtful only")),
  );
  form.addEventListener("input", showGroups);
  form.addEventListener("submit", (event) => event.preventDefault());
}

function shownGroups() {
  const filter = formValues(document.getElementById("group-filters"));
  const groups = data.groups.filter((group) => groupMatches(group, filter));
  return filter.order === "doubt"
    ? groups.sort((a, b) => b.doubts.length - a.doubts.length || a.score - b.score)
    : groups;
}

function showGroups() {
  const groups = shownGroups();
  document.getElementById("score-shown").textContent = formValues(
    document.getElementById("group-filters"),
  ).score;
  const more = data.more.groups
    ? `, and ${data.more.groups.toLocaleString("en")} in alignments.csv only`
    : "";
  document.getElementById("group-count").textContent =
    `${groups.length} of ${counted(data.groups.length, "group")}${more}`;
  const container = document.getElementById("groups");
  fillAsSeen(container, groups, groupCard);
  if (!groups.length) container.append(element("p", { class: "quiet" }, "Nothing fits these filters."));
}

function groupCard(group) {
  const open = () => openGroup(group);
  return element(
    "article",
    { class: "group", "data-group": group.id },
    element(
      "header",
      {},
      element(
        "button",
        {
          type: "button",
          class: "link",
          onclick: open,
          "aria-label": `Read group ${group.id} in its articles`,
        },
        "in context",
      ),
      element("span", { class: `kind ${group.kind}` }, group.kind),
      element(
        "span",
        { class: "score", title: "probability that the passages say the same" },
        `${Math.round(100 * group.score)} %`,
      ),
      decisionBadge(group),
      group.doubts.map((doubt) => element("span", { class: "doubt" }, doubt)),
      element("bdi", { class: "where" }, group.section),
    ),
    element("div", { class: "sides" }, group.passages.map(passageSide)),
  );
}

function passageSide(passage) {
  const title = data.documents[passage.place[0]].path;
  return element(
    "div",
    { class: "side", title },
    languageChip(passage.lang),
    foreign("p", passage.lang, passage.text),
  );
}

function showArticles() {
  const open = (index) => () => openArticle(index);
  const items = data.documents.map((article, index) =>
    element(
      "li",
      {},
      element(
        "button",
        { type: "button", onclick: open(index) },
        languageChip(article.lang),
        foreign("span", article.lang, article.title, { class: "article-title" }),
        element("bdi", { class: "path" }, article.path),
      ),
    ),
  );
  const more = data.more.documents;
  document
    .getElementById("documents")
    .replaceChildren(
      element("ul", { class: "article-list" }, items),
      more
        ? element("p", { class: "quiet" }, `and ${counted(more, "article")} that only documents.jsonl holds`)
        : "",
    );
  const rejects = data.rejects.map((reject) =>
    element(
      "li",
      {},
      element("bdi", { class: "path" }, reject.path),
      ` ${reject.kind}: `,
      element("bdi", {}, reject.reason),
      " · ",
      element("bdi", {}, reject.mend),
    ),
  );
  if (!rejects.length) return;
  document
    .getElementById("rejects")
    .replaceChildren(
      element("h3", {}, `Left out (${rejects.length})`),
      element("ul", { class: "reject-list" }, rejects),
    );
}
