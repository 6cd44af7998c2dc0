"""Character n-gram models that tell languages apart by single words, small enough to be in every package. No torch.

A model draws the words of a text independently, character by character, and ends each word with a space. The
probability of a character after its context interpolates all orders with the method of Witten and Bell (1991), as
Chen and Goodman (1998, section 2.4) write it:

    p(c | h) = (count(h c) + g(h) p(c | h')) / (followed(h) + g(h))

h' is h without its first character, followed(h) the sum of count(h c) over the kept n-grams, and g(h) the number of
characters kept after h, plus the occurrences of h that are followed by none of them. Below order 1 stands the uniform
distribution over Unicode. The probabilities of all characters after h therefore sum to 1, whatever was pruned and
however counts were rounded.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]

ORDER = 6
"""Longest n-gram, in characters."""
NGRAMS = 60_000
"""Maximum number of n-grams of two and more characters of a model; the most frequent are kept. A model of 60,000 has
about 90 kB. 40,000 detected 0.1 to 0.8 percentage points fewer beginnings of sentences, and 100,000 up to 0.3 more."""
CODE_POINTS = 0x110000
"""Number of Unicode code points, among which the distribution of order 0 is uniform."""
_RARE = 1e-5
"""Share of the characters below which one is foreign to the language."""
_LARGEST = 255
"""Largest rounded logarithm of a count."""
_SPACE = " "
"""Ends every word, and stands before the first one."""
_OF = ":"
"""Between a language code and the name of an array in a file."""
_NONE = -1
"""Place of an n-gram that was not kept. As an index it finds the last element, which stands for it."""


class _Letters(dict[int, str]):
    """What becomes of each character: letters and their marks stay, all else separates words."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = found = character if unicodedata.category(character)[0] in "LM" else _SPACE
        return found


# An apostrophe ends a word, as in l'homme and don't. The turned signs are Spanish, and words of their own.
_LETTERS = _Letters({ord("'"): "' ", ord("\u2019"): "' ", ord("¿"): " ¿ ", ord("¡"): " ¡ "})


def words_of(text: str) -> list[str]:
    """Return the words of `text` as models read them: in lower case, without digits and most punctuation."""
    words = unicodedata.normalize("NFC", text.lower()).translate(_LETTERS).split()
    return [word for word in words if word != "'"]


@dataclass(frozen=True, slots=True)
class _Ngrams:
    """The kept n-grams of one length, ordered by prefix and then by last character. N of them."""

    keys: Ints
    """(N,) place of the prefix among those one shorter x number of symbols + last symbol. Ascending."""
    rounded: NDArray[np.uint8]
    """(N,) logarithms of the counts, in steps of the model."""


class CharacterModel:
    """The words of one language. Immutable."""

    def __init__(self, alphabet: str, ngrams: Sequence[_Ngrams], step: float, words: int) -> None:
        """Hold the `ngrams` of length 1, 2, and so on. A count is exp(`step` x its rounded logarithm)."""
        self.words = words
        """Number of words that the model was learned from."""
        self._alphabet = alphabet
        self._ngrams = tuple(ngrams)
        self._step = step
        self._symbols = {character: symbol for symbol, character in enumerate(alphabet)}
        # (N + 1,) each: the last element is 0 and stands for n-grams that were not kept.
        self._counts = [np.append(np.exp(step * each.rounded), 0.0) for each in ngrams]
        contexts = [np.array([self._counts[0].sum(), 0.0]), *self._counts[:-1]]
        below = zip(contexts, ngrams, self._counts, strict=True)
        self._followed, self._given = zip(*(self._context(*each) for each in below), strict=True)

    @property
    def _size(self) -> int:
        """Number of symbols: the alphabet, and one for all other characters."""
        return len(self._alphabet) + 1

    def _context(self, counts: Floats, longer: _Ngrams, longer_counts: Floats) -> tuple[Floats, Floats]:
        """Return followed(h) and g(h), (N + 1,) each, of contexts with `counts` (N + 1,) before the `longer` n-grams.

        After a context that was not kept, p(c | h) is p(c | h').
        """
        prefix = longer.keys // self._size
        followed: Floats = np.bincount(prefix, longer_counts[:-1], minlength=len(counts)).astype(np.float64)
        kept = np.bincount(prefix, minlength=len(counts))
        given = kept + np.maximum(counts - followed, 0.0)
        return followed, np.where(followed + given > 0.0, given, 1.0)

    @classmethod
    def learn(cls, counts: Mapping[str, int], most: int = NGRAMS) -> Self:
        """Learn from the `counts` of words, one at least, and keep at most `most` n-grams of two and more characters.

        Equal counts give equal models. Words with stray characters of other scripts are left out.
        """
        alphabet = _alphabet(counts)
        words = sorted(word for word in counts if set(word) <= set(alphabet))
        symbols = {character: symbol for symbol, character in enumerate(alphabet)}
        text = np.array([symbols[character] for word in words for character in f"{_SPACE}{word}{_SPACE}"])  # (M,)
        lengths = np.array([len(word) + 2 for word in words])
        weights = np.repeat([float(counts[word]) for word in words], lengths)  # (M,)
        begins = np.cumsum(lengths) - lengths
        keys, occurrences = _count(text, weights, begins, len(alphabet) + 1)
        keys, occurrences = _pruned(keys, occurrences, len(alphabet) + 1, most)
        step = max(np.log(occurrences[0].max()), 1.0) / _LARGEST
        ngrams = [
            _Ngrams(key, np.rint(np.log(count) / step).astype(np.uint8))
            for key, count in zip(keys, occurrences, strict=True)
        ]
        return cls(alphabet, ngrams, float(step), sum(counts[word] for word in words))

    def knows(self, character: str) -> bool:
        """Return whether `character` is in the alphabet."""
        return character in self._symbols

    def log_probabilities(self, text: str) -> Floats:
        """Return the log probability in nats of each character of `text` (L,) and of the space that ends it, (L + 1,).

        `text` is words joined by single spaces, as `words_of` returns them.
        """
        unknown = len(self._alphabet)
        symbols = np.array([self._symbols.get(character, unknown) for character in f"{text}{_SPACE}"])  # (L + 1,)
        contexts = np.zeros(len(symbols), dtype=np.int64)
        before = int(np.searchsorted(self._ngrams[0].keys, self._symbols[_SPACE]))  # the space before the text
        found = np.full(len(symbols), 1.0 / CODE_POINTS)
        for longer, counts, followed, given in zip(
            self._ngrams, self._counts, self._followed, self._given, strict=True
        ):
            places = _places(longer.keys, contexts * self._size + symbols)  # (L + 1,)
            found = (counts[places] + given[contexts] * found) / (followed[contexts] + given[contexts])
            contexts = np.concatenate(([before], places[:-1]))
            before = _NONE
        logarithms: Floats = np.log(found)
        return logarithms

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the model as arrays: for each length the last symbols, the counts, and how many have each prefix."""
        arrays: dict[str, NDArray[Any]] = {
            "alphabet": np.array(self._alphabet),
            "step": np.array(self._step),
            "words": np.array(self.words),
        }
        prefixes = 1
        for length, each in enumerate(self._ngrams, start=1):
            prefix, symbols = np.divmod(each.keys, self._size)
            children = np.bincount(prefix, minlength=prefixes)
            arrays[f"symbols.{length}"] = symbols.astype(np.min_scalar_type(self._size))
            arrays[f"children.{length}"] = children.astype(np.min_scalar_type(children.max(initial=0)))
            arrays[f"counts.{length}"] = each.rounded
            prefixes = len(each.keys)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Rebuild a model from `to_arrays`. Raises KeyError or ValueError if arrays are missing or do not fit."""
        alphabet = str(arrays["alphabet"])
        ngrams = []
        prefixes = 1
        for length in range(1, ORDER + 1):
            children, symbols = arrays[f"children.{length}"], arrays[f"symbols.{length}"].astype(np.int64)
            rounded = arrays[f"counts.{length}"].astype(np.uint8)
            if len(children) != prefixes or not int(children.sum()) == len(symbols) == len(rounded):
                raise ValueError(f"the n-grams of {length} characters do not fit those of {length - 1}")
            keys = np.repeat(np.arange(prefixes), children) * (len(alphabet) + 1) + symbols
            ngrams.append(_Ngrams(keys, rounded))
            prefixes = len(symbols)
        return cls(alphabet, ngrams, float(arrays["step"]), int(arrays["words"]))


def learn_models(pairs: Iterable[tuple[str, str]], languages: tuple[str, str]) -> dict[str, CharacterModel]:
    """Learn the models of two `languages` from texts in both, by language code. One without words gets no model."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for texts in pairs:
        for count, text in zip(counts, texts, strict=True):
            count.update(words_of(text))
    return {language: CharacterModel.learn(count) for language, count in zip(languages, counts, strict=True) if count}


def pack_models(models: Mapping[str, CharacterModel]) -> bytes:
    """Return the file of the `models` of some languages, by language code."""
    file = io.BytesIO()
    arrays = {
        f"{language}{_OF}{name}": array
        for language, model in models.items()
        for name, array in model.to_arrays().items()
    }
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def unpack_models(content: bytes) -> dict[str, CharacterModel]:
    """Return the models that `pack_models` wrote, by language code. Raises PackageCorrupt."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            by_language: dict[str, dict[str, NDArray[Any]]] = {}
            for key, array in stored.items():
                language, _, name = key.rpartition(_OF)
                by_language.setdefault(language, {})[name] = array
            return {language: CharacterModel.from_arrays(arrays) for language, arrays in by_language.items()}
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise PackageCorrupt(f"characters.npz: {error}; copy the package again") from error


def _alphabet(counts: Mapping[str, int]) -> str:
    """Return the space and the characters of the words in `counts` that are not rare, in order of their code points."""
    found: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            found[character] += count
    fewest = _RARE * found.total()
    return "".join(sorted({_SPACE, *(character for character, count in found.items() if count >= fewest)}))


def _places(keys: Ints, wanted: Ints) -> Ints:
    """Return the index in `keys` of each of `wanted`, or _NONE."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, _NONE) if len(keys) else np.full(len(wanted), _NONE)


def _count(text: Ints, weights: Floats, begins: Ints, size: int) -> tuple[list[Ints], list[Floats]]:
    """Return the keys of all n-grams of 1 to ORDER characters within a word, ascending, and their counts.

    `text` (M,) holds words between spaces, which start at `begins`, and `weights` (M,) how often each word occurs.
    """
    contexts = np.zeros(len(text), dtype=np.int64)
    is_drawn = np.ones(len(text), dtype=bool)
    is_drawn[begins] = False  # the space before a word is only a context
    keys, counts = [], []
    for length in range(1, ORDER + 1):
        inside = is_drawn & (contexts != _NONE)
        unique, inverse = np.unique(contexts[inside] * size + text[inside], return_inverse=True)
        keys.append(unique)
        counts.append(np.bincount(inverse, weights[inside], minlength=len(unique)).astype(np.float64))
        places = np.full(len(text), _NONE)
        places[inside] = inverse
        if length == 1:
            places[begins] = np.searchsorted(unique, text[begins])
        contexts = np.concatenate(([_NONE], places[:-1]))
    return keys, counts


def _pruned(keys: Sequence[Ints], counts: Sequence[Floats], size: int, most: int) -> tuple[list[Ints], list[Floats]]:
    """Return the single characters, and the `most` or fewer most frequent longer n-grams.

    A prefix is as frequent as its n-gram at least, so it stays.
    """
    ordered = np.sort(np.concatenate(counts[1:]))[::-1]
    limit = ordered[most] if most < len(ordered) else 0.0
    left_keys, left_counts = [], []
    moved = np.zeros(1, dtype=np.int64)  # the new place of each prefix
    for length, (key, count) in enumerate(zip(keys, counts, strict=True), start=1):
        stays = (count > limit) | (length == 1)
        prefix, symbol = np.divmod(key[stays], size)
        left_keys.append(moved[prefix] * size + symbol)
        left_counts.append(count[stays])
        moved = np.cumsum(stays) - 1
    return left_keys, left_counts
