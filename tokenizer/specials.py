"""The special ids at the beginning of every vocabulary."""

PAD_ID, UNK_ID, START_ID, END_ID = 0, 1, 2, 3
PAD, UNK, START, END = "<PAD>", "<UNK>", "<START>", "<END>"
SPECIAL_IDS = frozenset({PAD_ID, UNK_ID, START_ID, END_ID})
