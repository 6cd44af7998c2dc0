"""Prometheus metrics. No label contains a text, a key or an address."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from nmt.caption import Captioner
from nmt.runtime import Translator
from service.captioning.captioners import Captioners
from service.documents.store import Documents, Stage
from service.translating.translators import Translators

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of an app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("nmt_requests", "Answered requests.", ("path", "status"), registry=self.registry)
        self._seconds = Histogram(
            "nmt_request_seconds", "Response time in seconds.", ("path",), buckets=_SECONDS, registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Record a request to the route `path`."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def watch(self, translators: Translators, captioners: Captioners, documents: Documents) -> None:
        """Report the activity of the models and the number of unfinished `documents` on every scrape."""
        self.registry.register(_Activities(translators, captioners, documents))


class _Activities(Collector):
    def __init__(self, translators: Translators, captioners: Captioners, documents: Documents) -> None:
        self._translators = translators
        self._captioners = captioners
        self._documents = documents

    def collect(self) -> Iterable[Metric]:
        """Return the current metrics of the models and documents."""
        waiting = GaugeMetricFamily("nmt_waiting_sentences", "Sentences in the queue.", labels=["model"])
        sentences = GaugeMetricFamily("nmt_running_sentences", "Sentences in the running batches.", labels=["model"])
        rows = GaugeMetricFamily("nmt_running_rows", "Rows in the running batches.", labels=["model"])
        subwords = CounterMetricFamily("nmt_output_subwords", "Subwords in all translations.", labels=["model"])
        models = InfoMetricFamily("nmt_model", "Served models.", labels=["model"])
        models_served: list[Translator | Captioner] = [*self._translators.all(), *self._captioners.all()]
        for model in models_served:
            name, activity = [model.manifest.name], model.activity()
            waiting.add_metric(name, activity.waiting)
            sentences.add_metric(name, activity.sentences)
            rows.add_metric(name, activity.rows)
            subwords.add_metric(name, activity.subwords)
            models.add_metric(name, {"version": model.manifest.version})
        documents = GaugeMetricFamily("nmt_documents", "Documents queued or in translation.", labels=["stage"])
        for stage in (Stage.QUEUED, Stage.TRANSLATING):
            documents.add_metric([stage], self._documents.count(stage))
        return [waiting, sentences, rows, subwords, models, documents]
