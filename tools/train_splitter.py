"""Train the small stanza tokeniser of one language; the whole recipe of the shipped models.

    python tools/train_splitter.py is --data ../shared/data/ud --out pipeline/segment/models

The same data, seed, library versions and machine give the same model. Each takes 10 to 15 minutes
on one core. What a language is trained on, and what is held out, is in `treebank.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import spacy
import torch
from augment import Lexicon, augment
from babel import Locale
from stanza.models.tokenization.trainer import Trainer
from stanza.models.tokenization.vocab import Vocab
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from treebank import (
    SENTENCE_END,
    TRAINING,
    Document,
    Paragraph,
    Sentence,
    detokenise,
    join_clauses,
    read_parts,
    render,
    restore_percent,
    split_at_headings,
    split_orthographic,
)

from pipeline.segment.network import FEATURES
from pipeline.segment.tokeniser import CharacterIds, encode

Row = tuple[str, list[int], bool]  # text, labels, and whether it starts as its paragraph does
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, list[str]]
ABBREVIATION = re.compile(r"[^\W\d_][\w.-]*\.$")
WINDOW = 256  # characters a training row
BATCH = 16
LISTED_BY = {"is": ("nb",), "et": ("fi",)}  # whose abbreviations stand in where spaCy lists none
LATIN = ("is", "et", "sv", "en")
TITLES = ("dr.", "prof.", "hr.", "fr.", "pr.", "st.", "nr.", "no.", "jr.", "kl.", "dipl.", "dir.", "vol.")
SETTINGS = {
    "emb_dim": 32, "hidden_dim": 64, "rnn_layers": 1, "conv_res": None, "hierarchical": True,
    "hier_invtemp": 0.5, "dropout": 0.33, "feat_dropout": 0.05, "unit_dropout": 0.2, "tok_noise": 0.02,
    "lr0": 2e-3, "weight_decay": 0.0, "max_grad_norm": 1.0, "batch_size": 32, "max_seqlen": 1000,
    "feat_funcs": list(FEATURES), "feat_dim": len(FEATURES), "use_dictionary": False, "num_dict_feat": 0,
    "use_mwt": True, "skip_newline": False, "charlm_forward_file": None, "mode": "predict",
}  # fmt: skip


def main() -> None:
    """Train, save, and add the checksum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lang", choices=sorted(TRAINING))
    parser.add_argument("--data", type=Path, required=True, help="folder of CoNLL-U files")
    parser.add_argument("--out", type=Path, required=True, help="folder of the models")
    parser.add_argument("--steps", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=20261121)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    rows = training_rows(args.lang, args.data, random.Random(args.seed))  # noqa: S311
    trainer = fit(args.lang, rows, args.steps, random.Random(args.seed + 1))  # noqa: S311
    args.out.mkdir(parents=True, exist_ok=True)
    save(trainer, args.out / f"{args.lang}.pt")


def training_rows(lang: str, folder: Path, rng: random.Random) -> Iterator[Row]:
    """Endless augmented paragraphs with their labels."""
    paragraphs = [
        part
        for document in read_parts(TRAINING[lang], folder)
        for paragraph in prepare(lang, document)
        for part in split_at_headings(paragraph)
    ]
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    lexicon = learn_lexicon(lang, sentences)
    weights = [len(paragraph) for paragraph in paragraphs]
    while True:
        if rng.random() < 0.3:
            chosen = rng.choice(split_at_headings(tuple(rng.choices(sentences, k=rng.randint(1, 5)))))
        else:
            (paragraph,) = rng.choices(paragraphs, weights)
            start = rng.randrange(len(paragraph))
            chosen = paragraph[start : start + rng.randint(1, 6)]
        if rng.random() < 0.7:
            if lang == "it":
                chosen = tuple(detokenise(sentence) for sentence in chosen)
            chosen = join_clauses(chosen)
        text, labels = render(augment(spaced(chosen), rng, lexicon))
        skip = rng.randrange(len(text)) if rng.random() < 0.1 else 0  # a window may start in mid sentence
        skip += text[skip] == " "
        yield text[skip:], labels[skip:], skip == 0


def prepare(lang: str, document: Document) -> Document:
    """Mend what a treebank annotates in its own way."""
    if lang != "is":
        return document
    return tuple(
        tuple(part for sentence in paragraph for part in split_orthographic(restore_percent(sentence)))
        for paragraph in document
    )


def spaced(paragraph: Paragraph) -> Paragraph:
    """White space between sentences, so that only deliberate noise glues them."""
    return tuple((*s[:-1], replace(s[-1], space=True)) for s in paragraph)


def learn_lexicon(lang: str, sentences: Sequence[Sentence]) -> Lexicon:
    """What the noise may insert: abbreviations of the treebank, spaCy and CLDR; endings, short words."""
    found = {token.text for s in sentences for token in s[:-1] if ABBREVIATION.match(token.text)}
    plain = Counter(token.text.lower() for sentence in sentences for token in sentence)
    listed = {text for text in listed_abbreviations(lang) if plain[text[:-1].lower()] < 10}
    last = Counter(sentence[-1].text for sentence in sentences)
    endings = {text for text, count in last.items() if count >= 3 and set(text) <= SENTENCE_END} | {"…"}
    # Titles stand before names in most languages of Europe, and treebanks hold too few of them.
    titles = (*TITLES, *(title.title() for title in TITLES)) * 3 if lang in LATIN else ()
    abbreviations = (*sorted(found | listed), *titles)
    short = {text for text in plain if text.isalpha() and 2 <= len(text) <= 4}
    stems = {text.rstrip(".").lower() for text in abbreviations}
    return Lexicon(abbreviations, tuple(sorted(endings)), tuple(sorted(short - stems)))


def listed_abbreviations(lang: str) -> set[str]:
    """Abbreviations that spaCy lists, and those of months, days and units in CLDR."""
    spelt = {
        text
        for code in LISTED_BY.get(lang, (lang,))
        for text in spacy.blank(code).Defaults.tokenizer_exceptions
    }
    names = Locale(lang)
    spelt |= {*names.months["format"]["abbreviated"].values(), *names.days["format"]["abbreviated"].values()}
    spelt |= {name for unit in names.unit_display_names.values() for name in unit.values()}
    return {text for text in spelt if ABBREVIATION.match(text)}


def fit(lang: str, rows: Iterator[Row], steps: int, rng: random.Random) -> Trainer:
    """Train for `steps` batches with a decaying rate; the averaged weights are kept."""
    sample = [next(rows) for _ in range(20_000)]
    vocab = vocabulary(lang, sample)
    trainer = Trainer(
        {**SETTINGS, "lang": lang, "shorthand": f"{lang}_kpo", "vocab_size": len(vocab)}, vocab, device="cpu"
    )
    units = CharacterIds(vocab._unit2id)
    average = AveragedModel(trainer.model, multi_avg_fn=get_ema_multi_avg_fn(0.998))
    began = time.monotonic()
    for step in range(steps):
        trainer.change_lr(
            SETTINGS["lr0"] * min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * step / steps))
        )
        loss = trainer.update(batch(rows, units, rng))
        average.update_parameters(trainer.model)
        if step % 200 == 0:
            print(f"{lang} {step:5d} loss {loss:.4f} {time.monotonic() - began:5.0f} s", flush=True)
    trainer.model.load_state_dict(average.module.state_dict())
    return trainer


def vocabulary(lang: str, rows: Sequence[Row]) -> Vocab:
    """Every character that is met at least three times, the most frequent first."""
    counts = Counter(c for text, *_ in rows for c in text)
    kept = sorted((c for c, n in counts.items() if n >= 3), key=lambda c: (-counts[c], c))
    return Vocab([[(c, 0) for c in kept]], lang)


def batch(rows: Iterator[Row], units: CharacterIds, rng: random.Random) -> Batch:
    """Ids (b, n), labels (b, n), features (b, n, f) and texts of `BATCH` full windows.

    A window holds paragraphs one after the other, each with the padding character that it ends in
    at run time; the last one is cut. Equal lengths keep the network on its fast path.
    """
    shape = BATCH, WINDOW
    ids = np.zeros(shape, np.int64)
    labels = np.full(shape, -1, np.int64)
    features = np.zeros((*shape, len(FEATURES)), np.float32)
    for i in range(BATCH):
        start = 0
        while start < WINDOW:
            text, marks, starts = next(rows)
            room = min(len(text), WINDOW - start)
            found, described = encode(text, units, starts=starts)
            place = slice(start, start + room)
            ids[i, place], features[i, place], labels[i, place] = found[:room], described[:room], marks[:room]
            start += room + 1
    dropped = np.array([rng.random() for _ in range(ids.size)]).reshape(shape) < SETTINGS["unit_dropout"]
    ids[dropped & (ids > 0)] = units["<UNK>"]
    return (
        torch.from_numpy(ids),
        torch.from_numpy(labels),
        torch.from_numpy(features),
        [" " * WINDOW] * BATCH,
    )


def save(trainer: Trainer, path: Path) -> None:
    """Write the model in half precision, in stanza's own format, and its checksum beside it."""
    trainer.model.half()
    trainer.save(str(path), skip_modules=True)
    sums = path.with_name("SHA256SUMS")
    lines = sums.read_text("ascii").splitlines() if sums.exists() else []
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kept = [line for line in lines if not line.endswith(f"  {path.name}")]
    sums.write_text(
        "\n".join(sorted([*kept, f"{digest}  {path.name}"], key=lambda line: line[66:])) + "\n", "ascii"
    )


if __name__ == "__main__":
    main()
