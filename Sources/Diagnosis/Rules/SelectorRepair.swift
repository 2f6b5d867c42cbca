import Kubernetes

/// The selector that a Service was most likely meant to have, if that is beyond doubt.
struct SelectorRepair {
    let service: Service
    let workload: Workload
    let subject: Subject

    /// Nil when the pods that are meant are not certain.
    var repair: ServiceRepair? {
        let proposal = selector
        let meant = LabelSelector(matchLabels: proposal)
        guard !proposal.isEmpty, subject.readyPods.allSatisfy({ meant.matches($0.metadata.labels ?? [:]) }) else {
            return nil
        }
        let others = Resolution(subject.snapshot).workloads.filter { $0.reference != workload.reference }
        guard !others.contains(where: { meant.matches($0.podLabels) }) else { return nil }
        return isNamesake || isOnlyOne ? .selector(proposal) : nil
    }

    /// The selector as it is, with the pods' own values where they differ; the workload's where nothing is left.
    private var selector: [String: String] {
        let kept = (service.spec.selector ?? [:]).compactMap { key, _ in
            workload.podLabels[key].map { (key, $0) }
        }
        return kept.isEmpty
            ? workload.selector.matchLabels ?? [:] : Dictionary(kept, uniquingKeysWith: { first, _ in first })
    }

    /// The Service and the workload have one name, or the pods carry the Service's name as a label's value.
    private var isNamesake: Bool {
        workload.reference.name == service.name || workload.podLabels.values.contains(service.name)
    }

    /// No other workload could be meant, no other Service serves this one, and the selector is off by one value.
    private var isOnlyOne: Bool {
        let labels = workload.podLabels
        let isServed = subject.snapshot.services.contains { other in
            guard other.name != service.name, let own = other.spec.selector, !own.isEmpty else { return false }
            return LabelSelector(matchLabels: own).matches(labels)
        }
        let differing = (service.spec.selector ?? [:]).filter { labels[$0.key] != $0.value }
        return !isServed && differing.count == 1
    }
}
