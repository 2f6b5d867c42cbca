import Kubernetes

extension Snapshot {
    /// What has to be read as well before this snapshot can be judged; empty once it has been.
    public var neededReads: Set<FurtherRead> { Subject(self).neededReads.subtracting(further) }
}

extension Subject {
    var neededReads: Set<FurtherRead> {
        var needed: Set<FurtherRead> = []
        if mayBeJob { needed.insert(.jobs) }
        let isWaitingForVolume = currentPods.contains { pod in
            pod.status?.phase == "Pending" && (pod.spec.volumes ?? []).contains { $0.persistentVolumeClaim != nil }
        }
        if isWaitingForVolume { needed.insert(.claims) }
        if let workload, [.statefulSet, .daemonSet].contains(workload.reference.kind), !isInOrder(workload) {
            needed.insert(.revisions)
        }
        if let refusal = AdmissionRule.refusal(self)?.text.lowercased() {
            if AdmissionRule.isQuota(refusal) { needed.insert(.quotas) }
            if AdmissionRule.isLimitRange(refusal) { needed.insert(.limitRanges) }
        }
        if readsConfiguration, currentPods.contains(where: { ContainerTrouble.first(of: $0, now: now)?.fails == true })
        {
            needed.insert(.configMaps)
        }
        if !memoryKills.isEmpty { needed.insert(.memory) }
        let hasLostReadiness = currentPods.contains {
            ContainerTrouble.first(of: $0, now: now)?.wasReady == true
        }
        if hasLostReadiness || !BudgetRule.leftOnCordoned(self).isEmpty { needed.insert(.budgets) }
        if logClues.contains(where: { [.timeout, .connectionRefused, .noNameService].contains($0.meaning) }) {
            needed.insert(.networkPolicies)
        }
        guard let answer = snapshot.answer, !readyPods.isEmpty else { return needed }
        switch answer.kind {
        case .timeout, .connectionReset: needed.formUnion([.networkPolicies, .budgets, .readyLogs])
        case .connectionRefused, .unreachable: needed.insert(.networkPolicies)
        case .serverError, .protocolError: needed.insert(.readyLogs)
        case .ok, .nameNotFound, .forbidden: break
        }
        return needed
    }

    private var readsConfiguration: Bool {
        workload?.template.map { Fault.references($0).contains { $0.hasPrefix("configmap/") } } ?? false
    }

    private var mayBeJob: Bool {
        let kind = snapshot.target.kind?.lowercased() ?? ""
        return kind.hasPrefix("job") || kind.hasPrefix("cronjob") || workload == nil && service == nil
    }

    private func isInOrder(_ workload: Workload) -> Bool {
        workload.isObserved && readyCount >= workload.desired && olderPods.count <= workload.heldBack
            && (workload.updated ?? workload.desired) >= workload.desired - workload.heldBack
    }
}
