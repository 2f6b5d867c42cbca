import Kubernetes

/// The API that an autoscaler reads its figures from, where that is what does not answer: every autoscaler of the
/// cluster that reads from it is blind then, and none of them is at fault.
struct MetricsOutage: Hashable {
    /// `metrics.k8s.io`, `custom.metrics.k8s.io`, `external.metrics.k8s.io`.
    let group: String
    let message: String

    /// What the API server answers for an API whose backend is away, or that nobody has registered.
    /// Source: k8s.io/kubernetes/pkg/controller/podautoscaler/metrics/client.go, `unable to fetch metrics from …`;
    /// k8s.io/apimachinery/pkg/api/errors, NewGenericServerResponse for 404, 503 and 504; kube-aggregator.
    private static let silences = [
        "currently unable to handle the request", "could not find the requested resource", "connection refused",
        "no route to host", "i/o timeout", "deadline exceeded", "unable to return a response", "no such host",
        "error trying to reach service",
    ]

    /// Nil where the API answers, and only has no figures for these pods.
    init?(_ condition: Condition) {
        let text = condition.message ?? ""
        // What an adapter answers may quote why something behind it did not.
        let isAnswer = text.contains("Internal error occurred") || text.contains("rpc error")
        guard text.contains("unable to fetch metrics from"), !isAnswer,
            Self.silences.contains(where: { text.contains($0) })
        else { return nil }
        let kinds = ["custom", "external"].filter { text.contains("\($0) metrics API") }
        group = kinds.first.map { "\($0).metrics.k8s.io" } ?? "metrics.k8s.io"
        message = Redaction.line(text, limit: 300)
    }

    func cause(of scaler: HorizontalPodAutoscaler, _ workload: Workload, _ subject: Subject) -> Cause {
        var cause = Cause(
            id: .metricsDown,
            summary: "The metrics API \(group) does not answer, so \(scaler.reference) cannot scale "
                + "\(workload.reference): \(message).",
            object: ObjectReference(kind: "APIService", name: "v1beta1.\(group)"))
        cause.victims = subject.snapshot.autoscalers.filter { other in
            other.blindness.flatMap { MetricsOutage($0) }?.group == group
        }.map(\.reference)
        return cause
    }
}
