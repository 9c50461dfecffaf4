"""Names of classes as plain words, and texts as tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from tintype.vision.manifest import Encoder
from tintype.vision.ports import Tensor


def class_names(path: Path) -> tuple[str, ...]:
    """A name for each line of a file of class names: see `plain_name`."""
    return tuple(plain_name(line) for line in path.read_text("utf-8").splitlines())


def plain_name(line: str) -> str:
    """The first of the synonyms that is plain English, in lower case, without what is in brackets.

    ImageNet lists "tench, Tinca tinca": the word that people say mostly comes first. A later synonym of two words wins
    where it says what the first is ("tabby, tabby cat" becomes "tabby cat"; "cock, rooster" stays "cock").
    """
    synonyms = [re.sub(r"\s*\(.*?\)|[_]+", " ", part).strip().lower() for part in line.split(",")]
    synonyms = [part for part in synonyms if part]
    if not synonyms:
        return ""
    first = synonyms[0]
    longer = [part for part in synonyms[1:] if part.startswith(f"{first} ") and len(part.split()) == 2]
    return longer[0] if longer else first


class Words:
    """The tokenizer of an encoder pair. Thread-safe."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(encoder.context)
        self._encoder = encoder

    def tokens(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Token rows as the text encoder takes them: int64 [n, context], padded at the end.

        Where the graph has a free length, rows are cut to the longest: exact for a causal tower, and 3 x faster.
        """
        prepared = [text.lower() if self._encoder.lower_case else text for text in texts]
        encoded = [row.ids for row in self._tokenizer.encode_batch(prepared)]
        length = max((len(row) for row in encoded), default=0) if self._encoder.cut else self._encoder.context
        ids: npt.NDArray[np.int64] = np.full((len(encoded), max(1, length)), self._encoder.pad_id, np.int64)
        mask = np.zeros_like(ids)
        for index, row in enumerate(encoded):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        tensors: dict[str, Tensor] = {"input_ids": ids}
        if self._encoder.attention_mask:
            tensors["attention_mask"] = mask
        return tensors
