"""Figures for Prometheus. No label holds a text, a key or an address."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from service.documents.store import Documents, Stage
from service.translating.translators import Translators

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Metrics:
    """The registry of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("nmt_requests", "Requests answered.", ("path", "status"), registry=self.registry)
        self._seconds = Histogram(
            "nmt_request_seconds", "Time to answer.", ("path",), buckets=_SECONDS, registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Record a request to the route `path`."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def watch(self, translators: Translators, documents: Documents) -> None:
        """Report what `translators` are doing and how many `documents` wait, whenever somebody asks."""
        self.registry.register(_Activities(translators, documents))


class _Activities(Collector):
    def __init__(self, translators: Translators, documents: Documents) -> None:
        self._translators = translators
        self._documents = documents

    def collect(self) -> Iterable[Metric]:
        """The figures of each translator, read now."""
        waiting = GaugeMetricFamily("nmt_waiting_sentences", "Sentences in the queue.", labels=["model"])
        sentences = GaugeMetricFamily("nmt_running_sentences", "Sentences in the running batches.", labels=["model"])
        rows = GaugeMetricFamily("nmt_running_rows", "Rows of the running batches.", labels=["model"])
        subwords = CounterMetricFamily("nmt_output_subwords", "Subwords of all translations.", labels=["model"])
        models = InfoMetricFamily("nmt_model", "The models served.", labels=["model"])
        for translator in self._translators.all():
            name, activity = [translator.manifest.name], translator.activity()
            waiting.add_metric(name, activity.waiting)
            sentences.add_metric(name, activity.sentences)
            rows.add_metric(name, activity.rows)
            subwords.add_metric(name, activity.subwords)
            models.add_metric(name, {"version": translator.manifest.version})
        documents = GaugeMetricFamily("nmt_documents", "Documents on their way.", labels=["stage"])
        for stage in (Stage.QUEUED, Stage.TRANSLATING):
            documents.add_metric([stage], self._documents.count(stage))
        return [waiting, sentences, rows, subwords, models, documents]
