"""The kinds of findings, with a readable name, meaning and advice for each."""

from __future__ import annotations

from dataclasses import dataclass

from nmt.corpus.check.finding import Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """The fixed properties of a kind of finding."""

    title: str
    meaning: str
    advice: str
    least: Severity = "warning"
    """Severity of a single occurrence."""
    serious_from: float = 1.1
    """Share of the pairs from which the finding is serious. Above 1, it never is."""

    def severity(self, count: int, of: int) -> Severity:
        """Return the severity of `count` faults in `of` pairs."""
        if not count:
            return "ok"
        return "serious" if count >= self.serious_from * of else self.least


KINDS: dict[str, Kind] = {
    "repeated_pair": Kind(
        "Repeated pairs",
        "Source and target both stood earlier. What stands ten times is learned ten times as hard as the rest.",
        "Nothing, unless it is far more than you expect: then a file may have been read twice.",
        least="note",
        serious_from=0.5,
    ),
    "several_targets": Kind(
        "One source, several translations",
        "The source stood earlier with another translation. That is how languages are, but where the translations "
        "contradict each other the translator learns something between them.",
        "Look at the examples. Different wording is fine; different meaning is not.",
        least="note",
        serious_from=0.5,
    ),
    "several_sources": Kind(
        "One translation, several sources",
        "The target stood earlier as the translation of another source. Many of these can come from placeholders "
        "such as “see above”.",
        "Look at the examples; remove a target that is no translation.",
        least="note",
        serious_from=0.5,
    ),
    "empty_side": Kind(
        "Empty sides",
        "One side, or both, has no text.",
        "Nothing for a few. Many mean that the file was exported or aligned wrongly.",
        least="note",
        serious_from=0.05,
    ),
    "identical_sides": Kind(
        "Both sides the same",
        "Source and target are letter for letter the same and have words. Names and addresses may; sentences that "
        "nobody translated teach the translator to copy.",
        "Remove those that should have been translated.",
        serious_from=0.1,
    ),
    "too_long": Kind(
        "Very long texts",
        "A side is longer than data.cleaning.max_characters. These are seldom single sentences.",
        "Split them into sentences, or leave them out.",
        least="note",
        serious_from=0.2,
    ),
    "length_ratio": Kind(
        "Very unequal lengths",
        "One side is more than data.cleaning.max_ratio times as long as the other: hardly a translation.",
        "Nothing for a few. Many mean that the file is misaligned or that parts of sentences are missing.",
        least="note",
        serious_from=0.05,
    ),
    "unusual_ratio": Kind(
        "Unusual lengths for this corpus",
        "Not long enough to be left out by rule, but far from how long translations of such texts are in this corpus.",
        "Look at the examples: part of a sentence may be missing on one side.",
        least="note",
        serious_from=0.05,
    ),
    "wrong_language_source": Kind(
        "Source in another language",
        "The source reads as another language than the one named. Only texts long enough to tell are judged.",
        "Remove these pairs; if they are many, check that the columns or files were given in the right order.",
        serious_from=0.02,
    ),
    "wrong_language_target": Kind(
        "Target in another language",
        "The target reads as another language than the one named. The translator would learn to answer in it.",
        "Remove these pairs.",
        serious_from=0.02,
    ),
    "swapped_languages": Kind(
        "Sides swapped",
        "The source reads as the target language and the target as the source language.",
        "Swap them, or give the files in the other order.",
        serious_from=0.01,
    ),
    "wrong_script_source": Kind(
        "Source in another script",
        "Most letters are of another script than in the other sources, or than the language is written in; if they are "
        "Latin, more than nine tenths.",
        "Remove these pairs, unless the language is written in both.",
        serious_from=0.02,
    ),
    "wrong_script_target": Kind(
        "Target in another script",
        "Most letters are of another script than in the other targets, or than the language is written in; if they are "
        "Latin, more than nine tenths.",
        "Remove these pairs, unless the language is written in both.",
        serious_from=0.02,
    ),
    "unlikely_source": Kind(
        "Source that is no language",
        "Character by character, the source is far less likely than the other sources, to a model learned from them: "
        "encoded data, keyboard mashing, tables of numbers, text in a wrong encoding, code.",
        "Look at the examples, and remove what nobody would translate.",
        serious_from=0.02,
    ),
    "unlikely_target": Kind(
        "Target that is no language",
        "Character by character, the target is far less likely than the other targets, to a model learned from them. "
        "The translator would learn to write such text.",
        "Remove these pairs.",
        serious_from=0.02,
    ),
    "mojibake": Kind(
        "Garbled letters",
        "Text that was saved in one encoding and opened in another, such as “Ã¼” for “ü”.",
        "Repair the file where it was made, or with ftfy (`ftfy broken.txt > good.txt`).",
        serious_from=0.01,
    ),
    "replacement_characters": Kind(
        "Lost characters",
        "The character “\ufffd” stands where an earlier program could not read a letter. The letter is gone.",
        "Export the text again from where it is whole, or remove these pairs.",
        serious_from=0.01,
    ),
    "control_characters": Kind(
        "Control characters",
        "Characters that are no text: remains of formatting, of binary data or of private fonts.",
        "Remove these characters from the file.",
        serious_from=0.05,
    ),
    "invisible_characters": Kind(
        "Invisible characters",
        "Soft hyphens, zero-width spaces, marks of direction or byte order: no reader sees them, and to a model they "
        "are other words. Training reads the texts without them.",
        "Nothing. Many mean that the text was copied from a laid-out page: look whether its words are whole.",
        least="note",
        serious_from=0.5,
    ),
    "entities": Kind(
        "Left-over HTML entities",
        "“&amp;” and the like stand where “&” should. The translator would learn to write them.",
        "Unescape the file once more, for example with Python's html.unescape.",
        serious_from=0.05,
    ),
    "tags": Kind(
        "Markup tags",
        "Tags such as “<b>” in the text. The service takes markup out before it translates, so the model need not "
        "know it.",
        "Remove tags where you can.",
        least="note",
        serious_from=0.5,
    ),
    "different_numbers": Kind(
        "Different numbers",
        "A number of the one side is missing on the other, and it is none that is often written in letters.",
        "Look at the examples: times, units and dates may differ rightly. Other numbers mean a wrong translation.",
        least="note",
        serious_from=0.1,
    ),
    "misaligned": Kind(
        "Misaligned stretches",
        "A run of pairs whose sides have no more in common than pairs put together by chance: lines were lost or "
        "added on one side. Each stretch is shown by its first pair.",
        "Repair the file at the line named, or remove the stretch. No cleaning finds such pairs one by one.",
        serious_from=0.005,
    ),
    "leaked_pair": Kind(
        "Held-out pairs that are in training",
        "The same source with the same target is among the training pairs. Such a pair tests memory, so that the "
        "score says nothing about new text.",
        "Remove them from the training pairs or from the held-out ones.",
        serious_from=0.01,
    ),
    "leaked_source": Kind(
        "Held-out sources that are in training",
        "The same source is among the training pairs, with another target.",
        "Remove them from the training pairs or from the held-out ones.",
        serious_from=0.02,
    ),
    "leaked_target": Kind(
        "Held-out targets that are in training",
        "The same target is among the training pairs, for another source.",
        "For short everyday phrases nothing; long ones are better removed.",
        least="note",
        serious_from=0.1,
    ),
    "leaked_near": Kind(
        "Held-out texts with a near twin in training",
        "A training text is the same but for capitals, punctuation and numbers, or shares four fifths of its "
        "letter sequences. The score will be better than on new text.",
        "Where the corpus is full of patterns, hold out whole documents instead of sentences.",
        least="note",
        serious_from=0.2,
    ),
    "unknown_characters": Kind(
        "Characters that training never sees",
        "Held-out pairs with a character that no training pair has on that side. The translator can copy it, but not "
        "know it.",
        "A few are normal. Many mean that the held-out text is of another kind, or encoded in another way.",
        least="note",
        serious_from=0.05,
    ),
    "rare_characters": Kind(
        "Rare characters",
        "Different characters that stand fewer than 5 times on one side of the training pairs: too few to learn from.",
        "Nothing for foreign names. Look-alikes (another dash, another apostrophe) are better made one.",
        least="note",
    ),
    "shared_held_out": Kind(
        "Test sources that are in validation",
        "Training stops at the model that is best on the validation pairs, so the test score is a little too good.",
        "Remove them from one of the two.",
        least="note",
        serious_from=0.1,
    ),
    "nothing_left": Kind(
        "Nothing left to train on",
        "No pair remains after what cleaning leaves out.",
        "Look at the other findings: they say why.",
        least="fatal",
    ),
}
