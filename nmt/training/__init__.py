"""Training in torch, from sentence pairs to a model package.

May import `corpus`, `model`, `decoding`, `reports`, `runtime`, `scores` and `tokenizer`.
"""
