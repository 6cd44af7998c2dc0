"""What can go wrong with a tokenizer."""


class TokenizerError(ValueError):
    """A text, a model or a corpus that no tokenizer can be made of; the message says what to do."""


class TooManyCharacters(TokenizerError):
    """A vocabulary that is too small for the characters of its corpus alone."""

    def __init__(self, message: str, needed: int) -> None:
        super().__init__(message)
        self.needed = needed
        """Subwords that hold the characters, special ids and bytes, and nothing longer."""
