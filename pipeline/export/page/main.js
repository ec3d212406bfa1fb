// Puts the parts together.

function focusSearch(event) {
  const typing = event.target.closest("input, select, textarea");
  if (event.key !== "/" || typing || reader.open || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.querySelector("#claim-filters input[type=search]").focus();
}

function pickCoverage(filter) {
  setFilter(document.getElementById("claim-filters"), filter);
  document.getElementById("record").scrollIntoView();
}

function start() {
  showFacts();
  showNames();
  document.getElementById("coverage").replaceChildren(coverageTable(pickCoverage));
  document.getElementById("families").replaceChildren(...familiesPicture(openArticle).filter(Boolean));
  fillClaimFilters(document.getElementById("claim-filters"));
  fillGroupFilters(document.getElementById("group-filters"));
  showClaims();
  showComparison();
  showGroups();
  showArticles();
  connectReader();
  document.addEventListener("keydown", focusSearch);
}

start();
