"""Models other than the bundled one: a small transformer and a static model, built here."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from pipeline.config import EmbedSettings
from pipeline.embed import load_encoder, sentence_transformer
from pipeline.errors import ModelError

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "knowledge", "is", "power", "vald", "er"]


def word_tokenizer() -> Tokenizer:
    ids = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token=WORDS[1]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer of one layer, with CLS pooling."""
    torch.manual_seed(0)
    parts, folder = tmp_path_factory.mktemp("parts"), tmp_path_factory.mktemp("small")
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=12,
    )  # fmt: skip
    BertModel(config).save_pretrained(parts)
    names = ("pad_token", "unk_token", "cls_token", "sep_token")
    special = dict(zip(names, WORDS, strict=False))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=word_tokenizer(), model_max_length=12, **special)
    tokenizer.save_pretrained(parts)
    modules = [Transformer(str(parts)), Pooling(16, "cls"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model2vec folder as that tool writes it."""
    folder = tmp_path_factory.mktemp("static")
    tokenizer = word_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = np.random.default_rng(0).normal(size=(len(WORDS), 6)).astype(np.float32)
    save_file({"embeddings": rows}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}))
    return folder


TEXTS = ["knowledge is power", "vald er knowledge", "power", "is is is is is is"]


def test_a_model_at_a_path_gives_its_own_vectors(small: Path) -> None:
    encoder = load_encoder(EmbedSettings(model=str(small)))
    plain = SentenceTransformer(str(small), device="cpu").encode(TEXTS)
    assert encoder.dimension == 16
    assert np.abs(encoder.encode(TEXTS) - plain).max() < 2**-10
    settings = dict(encoder.card.settings)
    assert (settings["max_length"], settings["dimension"], settings["prefix"]) == ("12", "16", "")


def test_text_above_its_window_is_pooled_over_windows(small: Path) -> None:
    encoder = load_encoder(EmbedSettings(model=str(small)))
    window = "knowledge is power vald er knowledge power is er vald"
    once, often = encoder.encode([window, f"{window} " * 20])
    assert np.allclose(once, often, atol=2**-10)
    assert np.isclose(np.linalg.norm(often), 1, atol=1e-6)


def test_revision_of_a_path_is_its_content(small: Path, static: Path) -> None:
    cards = [load_encoder(EmbedSettings(model=str(folder))).card for folder in (small, small, static)]
    assert cards[0] == cards[1]
    assert cards[0].revision != cards[2].revision


def test_prefix_is_put_before_every_text(small: Path) -> None:
    settings = EmbedSettings(model=str(small), prefix="knowledge ")
    bare = load_encoder(EmbedSettings(model=str(small)))
    assert np.array_equal(load_encoder(settings).encode(["is"]), bare.encode(["knowledge is"]))


def test_a_static_model_gives_means_of_its_rows(static: Path) -> None:
    encoder = load_encoder(EmbedSettings(model=str(static)))
    assert encoder.dimension == 6
    vectors = encoder.encode(["power power", "power", "vald"])
    assert np.allclose(vectors[0], vectors[1], atol=1e-3)
    assert sentence_transformer(EmbedSettings(model=str(static))).encode(["power"]).shape == (1, 6)


def test_states_are_the_last_layer_whatever_is_pooled(small: Path) -> None:
    encoder = load_encoder(EmbedSettings(model=str(small)))
    halves, states = encoder.read(TEXTS)
    assert np.array_equal(halves, encoder.halves(TEXTS))
    model = SentenceTransformer(str(small), device="cpu")
    for text, each in zip(TEXTS, states, strict=True):
        assert [text[start:end] for start, end in each.spans.tolist()] == text.split()
        plain = model.encode([text], output_value="token_embeddings")[0][1:-1]
        assert np.abs(each.x - plain.cpu().numpy()).max() < 1e-5


def test_states_leave_the_prefix_out_and_go_over_windows(small: Path) -> None:
    settings = EmbedSettings(model=str(small), prefix="knowledge is ")
    text = "power vald er " * 12
    (with_prefix,) = load_encoder(settings).states([text])
    (bare,) = load_encoder(EmbedSettings(model=str(small))).states(["knowledge is " + text])
    assert [text[start:end] for start, end in with_prefix.spans.tolist()] == text.split()
    assert np.array_equal(with_prefix.x, bare.x[2:])


def test_a_static_model_has_no_states(static: Path) -> None:
    with pytest.raises(ModelError, match=r"no states of tokens.*'bundled'"):
        load_encoder(EmbedSettings(model=str(static))).states(["power"])


def test_a_model_that_is_nowhere_is_named_with_its_mend() -> None:
    with pytest.raises(ModelError, match=r"no-such/model is neither .* kpo models fetch no-such/model"):
        load_encoder(EmbedSettings(model="no-such/model"))


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_encoder(EmbedSettings(model=str(tmp_path)))


def test_a_runtime_that_does_not_fit_is_refused(small: Path) -> None:
    with pytest.raises(ModelError, match=r"embed\.runtime"):
        load_encoder(EmbedSettings(model=str(small), runtime="ctranslate2"))


class Hub(http.server.BaseHTTPRequestHandler):
    """What a model hub answers to a download of one repository, `owner/small`."""

    def __init__(self, folder: Path, *args: object) -> None:
        self.folder = folder
        super().__init__(*args)  # type: ignore[arg-type]  # the server passes its own three

    def do_HEAD(self) -> None:
        self.respond(body=False)

    def do_GET(self) -> None:
        self.respond(body=True)

    def respond(self, *, body: bool) -> None:
        commit = "0123456789abcdef0123456789abcdef01234567"
        files = [
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()
        ]
        path = self.path.split("?")[0]
        if path.startswith("/api/models/owner/small/tree/"):
            entries = [
                {"type": "file", "path": name, "size": (self.folder / name).stat().st_size, "oid": "0" * 40}
                for name in files
            ]
            data, status = json.dumps(entries).encode(), 200
        elif path.startswith("/api/models/owner/small"):
            info = {"id": "owner/small", "sha": commit, "siblings": [{"rfilename": name} for name in files]}
            data, status = json.dumps(info).encode(), 200
        elif path.startswith("/owner/small/resolve/") and path.split("/", 5)[5] in files:
            data, status = (self.folder / path.split("/", 5)[5]).read_bytes(), 200
        else:
            data, status = b'{"error": "not found"}', 404
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Repo-Commit", commit)
        self.send_header("ETag", f'"{hash(data) & 0xFFFFFFFF:08x}"')
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(small: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, small))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def kpo(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "from pipeline.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_model_is_fetched_once_and_then_used_offline(hub: str, tmp_path: Path) -> None:
    online = {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "0"}
    offline = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    lines = tmp_path / "lines.txt"
    lines.write_text("knowledge is power\nvald er\n")
    embed = (
        "embed",
        str(lines),
        "--lines",
        "--out",
        str(tmp_path / "v.npy"),
        "--model",
        "owner/small",
        "--json",
    )

    before = kpo(*embed, **offline)
    assert (before.returncode, "Traceback" in before.stderr) == (2, False)
    assert "kpo models fetch owner/small" in before.stderr
    assert "HF_HUB_OFFLINE" in kpo("models", "fetch", "owner/small", **offline).stderr

    fetched = kpo("models", "fetch", "owner/small", **online)
    assert fetched.returncode == 0, fetched.stderr
    unknown = kpo("models", "fetch", "owner/other", **online)
    assert (unknown.returncode, "Traceback" in unknown.stderr) == (2, False)

    after = kpo(*embed, **offline)
    assert after.returncode == 0, after.stderr
    assert json.loads(after.stdout)["revision"].startswith("0123456789abcdef")
    assert np.load(tmp_path / "v.npy").shape == (2, 16)
