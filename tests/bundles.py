"""A small finished run made by hand: six languages, both kinds of groups, every status."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pipeline.bundle import Bundle
from pipeline.concept import Concept, ConceptNames, Entry, Slot
from pipeline.model import (
    Annotations,
    Article,
    Block,
    Document,
    Family,
    Group,
    Passage,
    Reject,
    Run,
    Section,
    Segment,
    Span,
    Token,
    View,
    content_id,
)
from pipeline.record import (
    Acronym,
    Claim,
    Comparison,
    Dimension,
    Evidence,
    KnowledgeRecord,
    Label,
    LocalText,
    Provenance,
    Source,
    Value,
    support_of,
)
from pipeline.record import Concept as RecordConcept

HOSTILE = (
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
    "</script><script>window.hacked = 3</script><svg onload=window.hacked=4>",
    "\u202egnihtyreve sesrever siht\u2066 =cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com","x")',
    "javascript:alert(1) \x07 𝒦PO 😀 --> ]]> {{ 7 * 7 }}",
)

# Headings and sentences; the same line of each file of family A says the same.
TEXTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "is.md": (
        "is",
        "A",
        (
            "Þekkingarútvistun",
            "KPO er útvistun á sérhæfðri þekkingarvinnu.",
            "KPO lækkar kostnað.",
            "Lagaleg greining",
            "KPO er ekki hluti af BPO.",
        ),
    ),
    "ru.md": (
        "ru",
        "A",
        (
            "Аутсорсинг знаний",
            "KPO — это аутсорсинг специализированной работы.",
            "KPO снижает затраты.",
            "Юридический анализ",
            "KPO не является частью BPO.",
        ),
    ),
    "it.md": (
        "it",
        "A",
        (
            "Esternalizzazione",
            "Il KPO è l'esternalizzazione di lavoro specializzato.",
            "Il KPO riduce i costi.",
            "Analisi legale",
            "Il KPO non fa parte del BPO.",
        ),
    ),
    "ar.txt": (
        "ar",
        "B",
        (
            "تعهيد المعرفة",
            "الـ KPO هو تعهيد العمل المعرفي المتخصص.",
            "يخفض KPO التكاليف.",
            "الهند هي المورد الأكبر.",
        ),
    ),
    "sv.txt": (
        "sv",
        "C",
        ("Outsourcing av kunskap", "KPO är en del av BPO.", "2009", "-5 % på ett år", "Indien leder."),
    ),
    "en.txt": ("en", "D", HOSTILE),
}


def article(path: str, lang: str, lines: Sequence[str]) -> Article:
    """An article whose lines are a heading and sentences, one block and segment each."""
    text = "\n".join(lines) + "\n"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    document = Document(content_id(sha256), path, lang, text, sha256, "utf-8")
    spans, start = [], 0
    for line in lines:
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    segments = tuple(
        Segment(
            id=content_id(document.id, number),
            kind="sentence" if number else "heading",
            span=span,
            view=View(line, (Run(0, len(line), span.start, len(line)),)),
            block=number,
            section=0,
        )
        for number, (span, line) in enumerate(zip(spans, lines, strict=True))
    )
    blocks = tuple(Block("paragraph" if number else "heading", span, 0) for number, span in enumerate(spans))
    return Article(document, (Section(Span(0, len(text)), spans[0], 1),), blocks, segments, spans[0])


def bundle() -> Bundle:
    """The run: family A is one text in three languages, B to D are texts of their own."""
    articles = tuple(article(path, lang, lines) for path, (lang, _, lines) in sorted(TEXTS.items()))
    families = tuple(
        Family(
            content_id("family", name),
            tuple(a.document.id for a in articles if TEXTS[a.document.path][1] == name),
        )
        for name in "ABCD"
    )
    by_path = {a.document.path: a for a in articles}
    groups = (
        *(_group(by_path, families, {"is.md": n, "it.md": n, "ru.md": n}, 0.99 - n / 50) for n in range(4)),
        _group(by_path, families, {"is.md": 4, "ru.md": 4}, 0.7),
        _group(by_path, families, {"is.md": 2, "it.md": 2, "ru.md": 2, "ar.txt": 2}, 0.81),
        _group(by_path, families, {"ar.txt": 3, "sv.txt": 4}, 0.55),
        _group(by_path, families, {"sv.txt": 3, "en.txt": 3}, 0.51),
        _group(by_path, families, {"sv.txt": 2, "en.txt": 2}, 0.5),
    )
    rejects = (Reject("broken.txt", "ingest", "quarantined", "is empty", "give it text"),)
    return Bundle(
        concept=CONCEPT,
        articles=articles,
        families=families,
        groups=groups,
        record=_record(articles, families),
        rejects=rejects,
        annotations=tuple(_annotations(a) for a in articles),
    )


CONCEPT = Concept(
    name=ConceptNames(id="KPO", label="knowledge process outsourcing"),
    slots=(
        Slot(id="definition", description="what it is", exemplars=("KPO is outsourcing of knowledge work.",)),
        Slot(id="benefit", description="what it brings", vocabulary="benefits", exemplars=("KPO saves.",)),
        Slot(id="location", description="where it is done", exemplars=("India leads.",)),
        Slot(id="broader", description="what it is a part of", exemplars=("KPO is a part of BPO.",)),
        Slot(id="outlook", description="what comes", exemplars=("KPO will grow.",)),
    ),
    vocabularies={
        "benefits": (
            Entry(id="cost_reduction", label="cost reduction"),
            Entry(id="agility", label="agility"),
        )
    },
)


def _group(
    by_path: dict[str, Article], families: Sequence[Family], members: dict[str, int], score: float
) -> Group:
    passages = tuple(
        Passage(by_path[path].document.id, by_path[path].document.lang, index, index, score)
        for path, index in sorted(members.items())
    )
    texts = [by_path[path].segments[index].text for path, index in sorted(members.items())]
    own = tuple(sorted(f.id for f in families if {p.document for p in passages} & set(f.documents)))
    kind = "translated" if len(own) == 1 else "comparable"
    return Group(content_id("group", *texts), kind, own, passages, score)


def _record(articles: Sequence[Article], families: Sequence[Family]) -> KnowledgeRecord:
    family_of = {document: family.id for family in families for document in family.documents}
    by_path = {a.document.path: a for a in articles}

    def quotes(*places: tuple[str, int]) -> tuple[Evidence, ...]:
        return tuple(_evidence(by_path[path], index) for path, index in places)

    def claim(slot: str, value: Value, status: str, confidence: float, *places: tuple[str, int]) -> Claim:
        evidence = quotes(*places)
        denied = slot == "broader" and status == "contradicted" and places[0][0] != "sv.txt"
        return Claim(
            id=content_id("claim", slot, value.id or value.label, denied),
            slot=slot,
            value=value,
            statement=LocalText(lang=evidence[0].lang, text=evidence[0].quote),
            confidence=confidence,
            support=support_of(evidence, family_of),
            status=status,
            evidence=evidence,
            polarity=not denied,
        )

    bpo = Value(id="bpo", label="business process outsourcing", kind="concept")
    india = Value(id="IN", label="India", kind="country", role="provider")
    cost = Value(id="cost_reduction", label="cost reduction", kind="benefits")
    claims = (
        claim(
            "definition",
            Value(id=None, label="KPO er útvistun á sérhæfðri þekkingarvinnu.", kind="text"),
            "corroborated",
            0.97,
            ("is.md", 1),
            ("it.md", 1),
            ("ru.md", 1),
            ("ar.txt", 1),
        ),
        claim("benefit", cost, "corroborated", 0.95, ("is.md", 2), ("it.md", 2), ("ru.md", 2), ("ar.txt", 2)),
        claim("benefit", Value(id=None, label=HOSTILE[0], kind="benefits"), "single", 0.41, ("en.txt", 0)),
        claim("location", india, "corroborated", 0.9, ("ar.txt", 3), ("sv.txt", 4)),
        claim("broader", bpo, "contradicted", 0.75, ("sv.txt", 1)),
        claim("broader", bpo, "contradicted", 0.7, ("is.md", 4), ("it.md", 4), ("ru.md", 4)),
        claim("outlook", Value(id=None, label=HOSTILE[4], kind="text"), "single", 0.5, ("en.txt", 4)),
    )
    clash = {claims[4].id: (claims[5].id,), claims[5].id: (claims[4].id,)}
    claims = tuple(each.model_copy(update={"contradicts": clash.get(each.id, ())}) for each in claims)
    rows = quotes(("is.md", 4), ("sv.txt", 1))
    return KnowledgeRecord(
        concept=RecordConcept(
            id="KPO",
            label=CONCEPT.name.label,
            labels=tuple(
                Label(
                    lang=a.document.lang,
                    text=a.segments[0].text,
                    kind="preferred",
                    evidence=(_evidence(a, 0),),
                )
                for a in articles
            ),
            acronyms=(
                Acronym(
                    text="KPO",
                    expansions=(LocalText(lang="is", text="Þekkingarútvistun"),),
                    evidence=quotes(("is.md", 1)),
                    concept="KPO",
                ),
            ),
        ),
        claims=claims,
        comparison=(
            Comparison(
                id=content_id("comparison", 1),
                dimension=Dimension(id="scope", label="scope"),
                values={"KPO": "KPO er ekki hluti af BPO.", "BPO": "KPO är en del av BPO."},
                evidence=rows,
            ),
        ),
        documents=tuple(
            Source(
                id=a.document.id,
                path=a.document.path,
                lang=a.document.lang,
                sha256=a.document.sha256,
                encoding="utf-8",
                family=family_of[a.document.id],
                title=a.segments[0].text,
            )
            for a in articles
        ),
        provenance=Provenance(run="run", tool="kpo 0", config="config"),
    )


def _evidence(source: Article, index: int) -> Evidence:
    span = source.segments[index].span
    return Evidence(
        document=source.document.id,
        lang=source.document.lang,
        section=source.section_path(0),
        start=span.start,
        end=span.end,
        quote=span.of(source.document.text),
        match="exact",
        score=0.9,
    )


def _annotations(source: Article) -> Annotations:
    return Annotations(tuple(_tokens(segment) for segment in source.segments), ())


def _tokens(segment: Segment) -> tuple[Token, ...]:
    tokens, at = [], 0
    for word in segment.text.split():
        at = segment.text.index(word, at)
        span = Span(segment.span.start + at, segment.span.start + at + len(word))
        tokens.append(Token(span, word, word.casefold()))
        at += len(word)
    return tuple(tokens)
