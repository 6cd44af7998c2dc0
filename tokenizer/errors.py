"""What can go wrong with a tokenizer."""


class TokenizerError(ValueError):
    """A text, a model or a corpus that no tokenizer can be made of; the message says what to do."""
