"""Everything about the model: corpus, training, decoding, runtime. Knows nothing of HTTP."""
