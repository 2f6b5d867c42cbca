import Diagnosis
import Healing
public import Kubernetes

/// The whole cluster at once, changing nothing.
extension IncidentDesk {
    /// - Parameter known: the namespaces to look at where listing across all of them is not allowed.
    public func survey(known: [String]) async -> Result<Survey, APIError> {
        let reader = SnapshotReader(api: surroundings.api, now: surroundings.now)
        do throws(APIError) {
            let found = try await reader.namespaces()
            let namespaces = found ?? known
            var examinations: [Examination] = []
            var unread: [UnreadResource] = []
            for namespace in namespaces {
                var base = try await reader.everything(Target(namespace: namespace, name: ""))
                for target in base.workloadTargets {
                    base.target = target
                    try await reader.readFurther(into: &base)
                    let verdict = Diagnostician.diagnose(base)
                    let plan = Planner.plan(
                        for: verdict, snapshot: base, policy: policy, remembered: await remembered(in: namespace))
                    examinations.append(Examination(snapshot: base, verdict: verdict, plan: plan))
                }
                for note in base.unread where !unread.contains(note) { unread.append(note) }
            }
            let refused =
                found == nil ? ["Only \(known.joined(separator: ", ")): listing all namespaces is refused."] : []
            return .success(
                Survey(
                    namespaces: namespaces, examinations: examinations.sorted(by: Survey.isWorse),
                    unread: refused + unread.map { "\($0.verb) \($0.resource): \(Redaction.line($0.message))" }))
        } catch {
            return .failure(error)
        }
    }
}
