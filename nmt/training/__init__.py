"""Training in torch, from sentence pairs to a model package. May call corpus, model, decoding and runtime."""
