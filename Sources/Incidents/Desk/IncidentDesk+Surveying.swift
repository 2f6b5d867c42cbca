import Diagnosis
import Healing
public import Kubernetes

/// The whole cluster at once, changing nothing.
extension IncidentDesk {
    /// - Parameter known: the namespaces to look at where listing across all of them is not allowed.
    /// - Returns: a failure where nothing at all may be seen: that is not "nothing is wrong".
    public func survey(known: [String]) async -> Result<Survey, APIError> {
        let reader = SnapshotReader(api: surroundings.api, usage: usage, now: surroundings.now)
        do throws(APIError) {
            let found = try await reader.namespaces()
            var survey = Survey(namespaces: [], examinations: [], unread: [])
            var hidden: [UnreadResource] = []
            let candidates: [String]
            if let found {
                candidates = found
            } else {
                candidates = known + (try await reader.seenNamespaces(beside: known))
            }
            for namespace in candidates {
                let base = try await reader.everything(Target(namespace: namespace, name: ""))
                if let refusal = base.hidesItsWorkloads {
                    hidden.append(refusal)
                    continue
                }
                survey.namespaces.append(namespace)
                try await look(into: base, reader, &survey)
            }
            if survey.namespaces.isEmpty, let first = hidden.first {
                let names = candidates.map { "“\($0)”" }.joined(separator: ", ")
                return .failure(
                    .status(
                        APIStatus(
                            code: 403, reason: "Forbidden",
                            message: "the workloads may be seen neither across all namespaces nor in \(names): "
                                + "\(first.message). Name a namespace that you may see with -n, or ask for the rights "
                                + "that cortex rbac prints.")))
            }
            var notes: [String] = []
            if found == nil {
                notes = ["Only \(survey.namespaces.joined(separator: ", ")): listing all namespaces is refused."]
            }
            notes += hidden.map { "Not \($0.namespace ?? ""): \(Redaction.line($0.message))" }
            survey.unread = notes + survey.unread
            survey.examinations.sort(by: Survey.isWorse)
            return .success(survey)
        } catch {
            return .failure(error)
        }
    }

    /// Every workload of one namespace.
    private func look(
        into snapshot: Snapshot, _ reader: SnapshotReader, _ survey: inout Survey
    ) async throws(APIError) {
        var base = snapshot
        let remembered = await remembered(in: base.target.namespace)
        base.recall(remembered)
        for target in base.workloadTargets {
            base.target = target
            try await reader.readFurther(into: &base)
            let verdict = Diagnostician.diagnose(base)
            let plan = Planner.plan(for: verdict, snapshot: base, policy: policy, remembered: remembered)
            survey.examinations.append(Examination(snapshot: base, verdict: verdict, plan: plan))
        }
        for unread in base.unread {
            let note = "\(unread.verb) \(unread.resource): \(Redaction.line(unread.message))"
            if !survey.unread.contains(note) { survey.unread.append(note) }
        }
    }
}

extension Snapshot {
    /// The refusal where none of the kinds that workloads are of may be listed in its namespace.
    fileprivate var hidesItsWorkloads: UnreadResource? {
        let kinds = ["apps/deployments", "apps/statefulsets", "apps/daemonsets", "pods"]
        let refused = unread.filter { $0.isForbidden && kinds.contains($0.resource) }
        return Set(refused.map(\.resource)).count == kinds.count ? refused.first : nil
    }
}
