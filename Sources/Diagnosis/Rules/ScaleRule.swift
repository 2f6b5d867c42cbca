import FoundationEssentials
import JSON
import Kubernetes

/// A workload at zero replicas: somebody's accident, or somebody's will.
struct ScaleRule: Rule {
    func examine(_ subject: Subject, into report: inout Report) {
        guard let workload = subject.workload, workload.desired == 0,
            [.deployment, .statefulSet, .replicaSet].contains(workload.reference.kind)
        else { return }
        let scaled = Self.lastScaleDown(subject)
        var evidence = [Evidence(object: workload.object, field: "spec.replicas", value: "0", time: scaled?.lastSeen)]
        if let scaled {
            evidence.append(
                Evidence(
                    object: workload.object, field: "event \(scaled.reason ?? "")",
                    value: Redaction.line(scaled.message ?? ""), time: scaled.lastSeen))
        }
        report.find("zero-replicas", workload.object, "\(workload.reference) asks for no pods at all.", evidence)
        let will =
            Self.will(workload, autoscalers: subject.snapshot.autoscalers) ?? neverRan(workload, subject)
        if let will {
            report.find("marked-zero", workload.object, "The zero is marked as wanted: \(will.value).", [will])
            report.suspect(
                .intention,
                Cause(
                    id: .zeroOnPurpose,
                    summary: "\(workload.reference) is at zero replicas on purpose (\(will.value)).",
                    object: workload.object))
            return
        }
        let previous = PreviousReplicas.find(for: workload, in: subject.snapshot)
        report.suspect(
            .intention,
            Cause(
                id: .scaledToZero,
                summary: "\(workload.reference) was scaled to zero; before that it had \(previous.words).",
                object: workload.object))
    }

    /// What says that the zero is wanted; nil when nothing does.
    static func will(_ workload: Workload, autoscalers: [HorizontalPodAutoscaler]) -> Evidence? {
        let annotations = workload.metadata.annotations ?? [:]
        for key in annotations.keys.sorted() {
            let value = annotations[key] ?? ""
            if isPauseMark(key, value) {
                return Evidence(
                    object: workload.object, field: "metadata.annotations",
                    value: "annotation \(key)=\(Redaction.line(value, limit: 40))")
            }
        }
        let labels = workload.metadata.labels ?? [:]
        if let name = labels["scaledobject.keda.sh/name"] {
            return Evidence(object: workload.object, field: "metadata.labels", value: "KEDA ScaledObject \(name)")
        }
        if let scaler = autoscalers.first(where: { isKEDA($0) && scales($0, workload) }) {
            return Evidence(
                object: scaler.reference, field: "spec.scaleTargetRef",
                value: "KEDA scales it through HorizontalPodAutoscaler \(scaler.name)")
        }
        if declaredReplicas(workload.metadata) == 0 {
            return Evidence(
                object: workload.object, field: "metadata.annotations[last-applied-configuration]",
                value: "its declared manifest says replicas: 0")
        }
        if workload.metadata.generation == 1 {
            return Evidence(
                object: workload.object, field: "metadata.generation", value: "1: it was made with no replicas")
        }
        if let machine = countKeeper(of: workload.metadata) {
            return Evidence(
                object: workload.object, field: "metadata.managedFields",
                value: "\(Redaction.line(machine, limit: 60)), a program that keeps the count, wrote the zero")
        }
        if let applier = applier(of: workload.metadata) {
            return Evidence(
                object: workload.object, field: "metadata.managedFields",
                value: "\(applier) declared the replicas when it applied the manifest")
        }
        return nil
    }

    /// `spec.replicas` of the manifest that `kubectl apply` noted; nil when there is none or it has no count.
    static func declaredReplicas(_ metadata: ObjectMeta) -> Int? {
        guard let text = metadata.annotations?["kubectl.kubernetes.io/last-applied-configuration"],
            let manifest = try? JSONCoding.decode(JSONValue.self, from: .init(text.utf8))  // not JSON: declares nothing
        else { return nil }
        return manifest["spec"]?["replicas"]?.intValue
    }

    private static func isPauseMark(_ key: String, _ value: String) -> Bool {
        let isOff = ["false", "no", "off", ""].contains(value.lowercased())
        switch key {
        // KEDA's pause marks also stand on a ScaledObject; people put them on the workload. A count other than 0 is
        // no reason for a zero.
        case "autoscaling.keda.sh/paused-replicas": return value == "0"
        case "autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-scale-out": return !isOff
        case "downscaler/original-replicas", "downscaler/downtime", "downscaler/force-downtime": return !isOff
        default:
            return PauseMark.isOurs(key, value)
        }
    }

    private static func isKEDA(_ scaler: HorizontalPodAutoscaler) -> Bool {
        let labels = scaler.metadata.labels ?? [:]
        return labels["scaledobject.keda.sh/name"] != nil || labels["app.kubernetes.io/managed-by"] == "keda-operator"
            || scaler.name.hasPrefix("keda-hpa-")
            || scaler.metadata.ownerReferences?.contains { $0.kind == "ScaledObject" } == true
    }

    private static func scales(_ scaler: HorizontalPodAutoscaler, _ workload: Workload) -> Bool {
        scaler.spec.scaleTargetRef.kind == workload.reference.kind.rawValue
            && scaler.spec.scaleTargetRef.name == workload.reference.name
    }

    /// Who owns the count by server-side apply: the declared manifest has the zero. A person's `kubectl scale`
    /// afterwards takes the ownership over, so it is not seen as declared.
    private static func applier(of metadata: ObjectMeta) -> String? {
        metadata.managedFields?.first { entry in
            entry.operation == "Apply" && entry.subresource == nil
                && entry.fieldsV1?["f:spec"]?["f:replicas"] != nil
        }?.manager
    }

    /// The program that last wrote the count, where its name says that counts are its business: an autoscaler or an
    /// operator, and no person's tool.
    private static func countKeeper(of metadata: ObjectMeta) -> String? {
        let writers = (metadata.managedFields ?? []).filter { $0.fieldsV1?["f:spec"]?["f:replicas"] != nil }
        guard let last = writers.max(by: { $0.time ?? .distantPast < $1.time ?? .distantPast }),
            let manager = last.manager, manager != "kube-controller-manager"
        else { return nil }
        let words = ["keda", "scaler", "sablier", "kube-green", "knative", "operator", "controller"]
        return words.contains { manager.lowercased().contains($0) } ? manager : nil
    }

    /// It was complete the moment it was made, which one with pods to start cannot be, and nothing tells of a count.
    private func neverRan(_ workload: Workload, _ subject: Subject) -> Evidence? {
        guard PreviousReplicas.find(for: workload, in: subject.snapshot).source == .unknown,
            let made = subject.history?.current?.createdAt, let progress = workload.condition("Progressing"),
            progress.reason == "NewReplicaSetAvailable", let done = progress.lastUpdateTime,
            done.timeIntervalSince(made) < 1, subject.history?.revisions.count == 1 || isAvailableSinceBirth(workload)
        else { return nil }
        return Evidence(
            object: workload.object, field: "status.conditions[Progressing]",
            value: "complete in the second in which it was made: it never had a pod", time: done)
    }

    private func isAvailableSinceBirth(_ workload: Workload) -> Bool {
        guard let available = workload.condition("Available"), available.isTrue,
            let since = available.lastTransitionTime, let born = workload.metadata.creationTimestamp
        else { return false }
        return since.timeIntervalSince(born) < 1
    }

    static func lastScaleDown(_ subject: Subject) -> Event? {
        subject.events(of: subject.owner).last { event in
            event.reason == "ScalingReplicaSet" && (event.message ?? "").contains("Scaled down")
        }
    }
}
