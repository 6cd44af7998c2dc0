"""Translation of folders of text over many machines, on Ray: each line once, whatever dies meanwhile. Also
back-translation, which makes training pairs of them.

Needs the extra `cluster`; callers import its modules in functions, so that nothing else does. The driver reads, writes
and remembers; workers translate and touch no file of their own. May call corpus, documents,
language_model, runtime, scores, text and `run.lock` of training.
"""
