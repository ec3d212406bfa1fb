"""What each passage states about the concept: claims with exact quotes, and comparison rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.config import Config
from pipeline.extract.captions import captions_of
from pipeline.extract.claims import claims_of
from pipeline.extract.context import context_of
from pipeline.extract.contrasts import contrasts_of
from pipeline.extract.enumerations import count_words, words
from pipeline.extract.facts import Fact, Statement, find_statements, read_passages
from pipeline.extract.heads import softmax
from pipeline.extract.illustrations import without_illustrations
from pipeline.extract.judge import Encode, Judge, load_judge, read_texts
from pipeline.extract.names import broader_facts, contrasts, related_facts, relates, stated, subject_shares
from pipeline.extract.passages import cut_passages, pool
from pipeline.extract.passing import Candidate, confirmed, find_candidates
from pipeline.extract.places import place_facts
from pipeline.extract.relevance import Relevance, relevance
from pipeline.extract.subject import find_subjects, named_in
from pipeline.extract.tagger import Tag, Tagger, Tags, load_tagger
from pipeline.extract.values import valued
from pipeline.headings import bare_heading
from pipeline.model import Annotations, Article, Extraction, Family, Group, Reject, Span
from pipeline.vectors import Floats

__all__ = [
    "Judge",
    "Span",
    "Tag",
    "Tagger",
    "Tags",
    "extract",
    "load_judge",
    "load_tagger",
    "softmax",
    "words",
]


def extract(
    family: Family,
    articles: Sequence[Article],
    annotations: Sequence[Annotations],
    vectors: Sequence[Floats],
    groups: Sequence[Group],
    judge: Judge,
    encode: Encode,
    config: Config,
    tag: Tag | None = None,
) -> Extraction:
    """All that one family of documents states about the concept.

    Args:
        family: the documents that are one source.
        articles: its articles, in the order of `family.documents`.
        annotations: parallel to `articles`.
        vectors: parallel to `articles`; raw unit vectors (n, d) of the segments.
        groups: aligned passages that touch the family; others are ignored.
        judge: the heads trained by `load_judge`.
        encode: texts to raw unit vectors, for clauses within sentences.
        config: settings and the concept.
        tag: texts to what each of their tokens states, where the concept has a tagger.
    """
    concept, settings = config.concept, config.extract
    prepared = [judge.prepared(x) for x in vectors]
    judged = [
        relevance(article, notes, x, judge, concept)
        for article, notes, x in zip(articles, annotations, prepared, strict=True)
    ]
    rejects = tuple(
        _irrelevant(article, one) for article, one in zip(articles, judged, strict=True) if not one.about
    )
    about = {a for a, one in enumerate(judged) if one.about}
    if not about:
        return Extraction(family.id, rejects=rejects)
    odds = [judge.slots.logits(x) for x in prepared]
    read = [softmax(each) for each in odds]

    def prepared_vectors(texts: Sequence[str]) -> Floats:
        return judge.prepared(encode(texts))

    captions = [
        captions_of(article, named_in(article, notes, concept))
        for article, notes in zip(articles, annotations, strict=True)
    ]
    short = read_texts(
        (one.text(article) for article, some in zip(articles, captions, strict=True) for one in some if one),
        judge,
        prepared_vectors,
    )
    headings = sorted({bare_heading(s.text) for a in articles for s in a.segments if s.kind == "heading"})
    bare = dict(zip(headings, prepared_vectors(headings), strict=True)) if headings else {}
    contexts = []
    for article, notes, x, p, some in zip(articles, annotations, prepared, read, captions, strict=True):
        said = stated(article, notes.mentions, concept, tag, contrasts(p, judge)) if tag else frozenset()
        likely = subject_shares(article, notes, concept, tag) if tag else {}
        subjects = find_subjects(article, notes, concept, relates(p, judge), said, likely)
        contexts.append(context_of(article, subjects, x, some, short, bare, judge, concept, settings))
    own = concept.name.id

    def wanted(a: int, s: int) -> bool:
        subjects = contexts[a].subjects
        told = subjects.names(s, own) or subjects.segments[s] == own
        return a in about and (told or not settings.subject)

    places = [Counter(m.segment for m in notes.mentions if m.kind == "place") for notes in annotations]

    def cuttable(a: int, s: int) -> bool:
        segment, names = articles[a].segments[s], {name for _, name in contexts[a].subjects.named[s]}
        # Two countries in one sentence may play two roles: "India leads, Poland is catching up". And a
        # clause may relate the concept to another one: "Though KPO is a kind of BPO, it takes experts".
        if places[a][s] > 1 or (len(names) > 1 and segment.kind == "sentence"):
            return True
        text = segment.text
        return (
            count_words(text, Span(0, len(text))) >= settings.cut_words and read[a][s].max() < settings.sure
        )

    stating = {
        (a, s): caption for a, context in enumerate(contexts) for s, caption in context.stating.items()
    }
    passages = cut_passages(
        articles, annotations, prepared, odds, wanted, cuttable, prepared_vectors, tag, stating
    )
    if settings.pool:
        passages = pool(passages, articles, [group for group in groups if group.kind == "translated"])
    readings = read_passages(passages, contexts, judge, concept, settings)
    statements: list[Statement] = []
    candidates: list[Candidate] = []
    facts: list[Fact] = []
    for passage, reading in zip(passages, readings, strict=True):
        context, notes = contexts[passage.article], annotations[passage.article]
        found = find_statements(passage, reading, context, judge, concept, settings)
        statements += found
        candidates += find_candidates(passage, found, context, concept, settings)
        facts += broader_facts(passage, reading, context, notes.mentions, judge, concept, settings)
    facts += place_facts(passages, contexts, annotations, prepared, judge, concept, prepared_vectors)
    statements += confirmed(candidates, articles, judge, prepared_vectors)
    facts += valued(statements, articles, judge, prepared_vectors, settings)
    facts = without_illustrations(facts, articles)
    for a in sorted(about):
        facts += related_facts(a, articles[a], annotations[a], concept)
    return Extraction(
        family=family.id,
        claims=claims_of(facts, family, articles, groups),
        labels=tuple(label for a in sorted(about) for label in annotations[a].labels),
        acronyms=tuple(acronym for a in sorted(about) for acronym in annotations[a].acronyms),
        contrasts=contrasts_of(
            family,
            articles,
            annotations,
            passages,
            readings,
            contexts,
            prepared,
            judge,
            concept,
            prepared_vectors,
        ),
        rejects=rejects,
    )


def _irrelevant(article: Article, judged: Relevance) -> Reject:
    why = "does not name the concept"
    if judged.named:
        shares = f"{judged.share:.2f} of it is on topic, {judged.least:.2f} needed"
        why = f"names it {judged.named} times but reads as another topic ({shares})"
    return Reject(
        path=article.document.path,
        stage="extract",
        kind="irrelevant",
        reason=why,
        mend="if it is about the concept, add the names it uses to the concept's config",
        document=article.document.id,
    )
