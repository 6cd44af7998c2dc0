"""Errors raised by the tokenizer."""


class TokenizerError(ValueError):
    """Raised for a text, model or corpus that the tokenizer cannot use. The message says what to do."""


class TooManyCharacters(TokenizerError):
    """Raised if the vocabulary is too small for the characters of the corpus alone."""

    def __init__(self, message: str, needed: int) -> None:
        super().__init__(message)
        self.needed = needed
        """Number of subwords needed for the characters, special ids and bytes, without any longer subword."""
