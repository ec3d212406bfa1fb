// The data of the page and the questions asked of it. Nothing here touches the document.

const data = JSON.parse(document.getElementById("data").textContent);

// Groups name documents by id, all others by number.
const numbers = new Map(data.documents.map((article, number) => [article.id, number]));
for (const { place } of data.groups.flatMap((group) => group.passages)) place[0] = numbers.get(place[0]);

const languages = new Map(data.languages.map((language) => [language.code, language]));

const STATUSES = ["corroborated", "translated", "single", "contradicted"];

const STATUS_MEANING = {
  corroborated: "two or more independent sources",
  translated: "one source, in several languages",
  single: "one source, in one language",
  contradicted: "sources contradict each other",
};

const DECISIONS = ["accepted", "rejected", "corrected", "disputed", "stale"];

function languageOf(place) {
  return data.documents[place[0]].lang;
}

function claimLanguages(claim) {
  return [...new Set(claim.evidence.map(languageOf))].sort();
}

function groupLanguages(group) {
  return [...new Set(group.passages.map((passage) => passage.lang))].sort();
}

function slots() {
  const named = data.slots.map((slot) => slot.id);
  const others = data.claims.map((claim) => claim.slot).filter((slot) => !named.includes(slot));
  return [...data.slots, ...[...new Set(others)].sort().map((id) => ({ id, about: "" }))];
}

// Upper and lower case, accents and forms of one character are alike in a search.
function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const searchTexts = new WeakMap();

function searchText(item, texts) {
  if (!searchTexts.has(item)) searchTexts.set(item, folded(texts(item).join("\n")));
  return searchTexts.get(item);
}

function quote(place) {
  return data.documents[place[0]].text.slice(place[1], place[2]);
}

function claimTexts(claim) {
  return [claim.id, claim.value, claim.statement, ...claim.evidence.map(quote)];
}

function groupTexts(group) {
  return [group.id, group.section, ...group.passages.map((passage) => passage.text)];
}

function matchesDecision(item, wanted) {
  if (!wanted) return true;
  return wanted === "none" ? !item.decision : item.decision === wanted;
}

function claimMatches(claim, filter) {
  return (
    (!filter.slot || claim.slot === filter.slot) &&
    (!filter.status || claim.status === filter.status) &&
    (!filter.lang || claimLanguages(claim).includes(filter.lang)) &&
    matchesDecision(claim, filter.decision) &&
    searchText(claim, claimTexts).includes(folded(filter.text || ""))
  );
}

function groupMatches(group, filter) {
  return (
    (!filter.kind || group.kind === filter.kind) &&
    (!filter.lang || groupLanguages(group).includes(filter.lang)) &&
    (!filter.doubtful || group.doubts.length > 0) &&
    group.score <= Number(filter.score || 100) / 100 + 1e-9 &&
    matchesDecision(group, filter.decision) &&
    searchText(group, groupTexts).includes(folded(filter.text || ""))
  );
}

function tally(items, key) {
  const counts = new Map();
  for (const item of items) {
    for (const value of [key(item)].flat()) counts.set(value, (counts.get(value) || 0) + 1);
  }
  return counts;
}

function counted(number, singular, plural = `${singular}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? singular : plural}`;
}
