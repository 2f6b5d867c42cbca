/// Finds the symptoms of one workload, with the time each must last: what a rollout, one deleted pod or a start shows
/// as well is given the time that these take.
public struct SymptomReader: Hashable, Sendable {
    /// Seconds.
    public struct Windows: Hashable, Sendable {
        /// A person who scales down may mean it, or may be about to scale up again.
        public var zeroReplicas = 30.0
        /// The ConfigMap of the same `kubectl apply` may come a moment after the Deployment.
        public var notStarting = 1.5
        public var crashing = 0.5
        /// Pods that are ending make room.
        public var unschedulable = 5.0
        public var refused = 3.0
        /// A pod that is replaced is back by then, most of the time; a look tells the others.
        public var unready = 8.0
        /// A new pod that is neither ready nor in trouble.
        public var starting = 20.0
        /// The endpoints controller follows its pods.
        public var noEndpoints = 3.0
        /// A Service that is applied anew may be deleted first.
        public var serviceDeleted = 8.0
        public var serviceChanged = 1.5

        public init() {}
    }

    public var windows: Windows

    public init(windows: Windows = Windows()) { self.windows = windows }

    /// The symptoms that are there now, the most telling first.
    public func symptoms(of workload: WatchedWorkload) -> [Symptom] {
        if let failure = workload.failure {
            return [Symptom(.failed, "", "it gave up: \(failure)", window: windows.crashing)]
        }
        // What was never seen to run is not missed.
        if workload.desired == 0 { return workload.remembered == nil ? [] : zero(workload) }
        var symptoms: [Symptom] = []
        if let refusal = workload.refusal {
            symptoms.append(Symptom(.refused, "", "its pods are refused: \(refusal)", window: windows.refused))
        }
        if workload.isLate {
            symptoms.append(Symptom(.stuck, "", "its rollout made no progress within its deadline", window: 0))
        }
        for pod in workload.pods { symptoms += self.symptoms(of: pod, workload) }
        let missing = workload.desired - workload.pods.count
        if missing > 0, workload.refusal == nil {
            let window = workload.isRollingOut ? windows.starting : windows.unready
            symptoms.append(Symptom(.missing, "", "\(missing) of \(workload.desired) pods are missing", window: window))
        }
        for front in workload.fronts { symptoms += self.symptoms(of: front, workload) }
        return symptoms
    }

    private func zero(_ workload: WatchedWorkload) -> [Symptom] {
        let before = workload.remembered ?? 0
        return [
            Symptom(
                .zeroReplicas, "", "it was scaled to zero and had \(before) replica\(before == 1 ? "" : "s") before",
                window: windows.zeroReplicas)
        ]
    }

    private func symptoms(of pod: WatchedPod, _ workload: WatchedWorkload) -> [Symptom] {
        switch pod.trouble {
        case .notStarting(let why):
            [Symptom(.notStarting, pod.name, "\(pod.name): \(why)", window: windows.notStarting)]
        case .crashing(let why): [Symptom(.crashing, pod.name, "\(pod.name): \(why)", window: windows.crashing)]
        case .unschedulable(let why):
            [Symptom(.unschedulable, pod.name, "\(pod.name): \(why)", window: windows.unschedulable)]
        case nil where !pod.isReady:
            [
                Symptom(
                    .unready, pod.name, "\(pod.name) is not ready",
                    window: workload.isRollingOut ? windows.starting : windows.unready)
            ]
        case nil: []
        }
    }

    private func symptoms(of front: WatchedWorkload.Front, _ workload: WatchedWorkload) -> [Symptom] {
        guard workload.readyCount > 0 else { return [] }
        switch front.state {
        case .leading where front.addresses > 0:
            return front.change.map {
                [
                    Symptom(
                        .serviceChanged, "\(front.name)@\($0)", "the Service \(front.name) was changed",
                        window: windows.serviceChanged)
                ]
            } ?? []
        case .deleted:
            return [
                Symptom(
                    .serviceDeleted, front.name, "the Service \(front.name) in front of it was deleted",
                    window: windows.serviceDeleted)
            ]
        case .astray, .leading:
            return [
                Symptom(
                    .noEndpoints, front.name, "the Service \(front.name) leads to none of its pods",
                    window: windows.noEndpoints)
            ]
        }
    }
}
