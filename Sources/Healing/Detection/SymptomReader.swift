public import FoundationEssentials
import Kubernetes

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
        /// A Job is often one of many that wait for room.
        public var jobWaits = 120.0
        public var jobStuck = 30.0
        /// Four looks of the autoscaler in a row, by its default of 15 s.
        public var scalingLimited = 60.0
        /// Pods that start give no figures, and metrics come once a minute.
        public var scalingBlind = 150.0
        /// Where figures will never come.
        public var scalingImpossible = 20.0
        /// The kubelet waited for half a minute before it said so, and the control plane waits for the kubelet longer.
        public var nodeDown = 10.0
        /// The kubelet first tries to make room without evicting anything.
        public var nodePressed = 60.0
        /// An eviction takes its pod's time to end, 30 s as a rule, and its successor's to start.
        public var leftOnCordoned = 90.0

        public init() {}
    }

    public var windows: Windows

    public init(windows: Windows = Windows()) { self.windows = windows }

    /// The symptoms that are there now, the most telling first.
    public func symptoms(of workload: WatchedWorkload, at now: Date) -> [Symptom] {
        if workload.isBatch { return batch(workload, now) }
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
        return symptoms + machines(workload) + workload.scalers.flatMap { self.symptoms(of: $0) }
    }

    private func batch(_ workload: WatchedWorkload, _ now: Date) -> [Symptom] {
        var symptoms: [Symptom] = []
        if let late = workload.lateRun, late.from <= now {
            symptoms.append(
                Symptom(
                    .runsMissed, late.name, "Job \(late.name) does not end, and no other run may start meanwhile",
                    window: 0))
        }
        if let failure = workload.failure {
            symptoms.append(Symptom(.failed, "", "it gave up: \(failure)", window: windows.crashing))
        }
        // A pod of a Job that ends badly is the Job's own business until it gives up.
        for pod in workload.pods {
            switch pod.trouble {
            case .notStarting(let why):
                symptoms.append(Symptom(.notStarting, pod.name, "\(pod.name): \(why)", window: windows.jobStuck))
            case .unschedulable(let why):
                symptoms.append(Symptom(.unschedulable, pod.name, "\(pod.name): \(why)", window: windows.jobWaits))
            case .crashing, nil: break
            }
        }
        if workload.lacksPods {
            symptoms.append(Symptom(.missing, "", "it has not made a single pod", window: windows.jobStuck))
        }
        return symptoms
    }

    /// A node that is down matters where too few pods are left without it; Ready pods on it may answer or not.
    private func machines(_ workload: WatchedWorkload) -> [Symptom] {
        let sound = workload.pods.filter { pod in
            pod.isReady && pod.node.flatMap { workload.nodes[$0]?.down } == nil
        }
        return workload.nodes.sorted { $0.key < $1.key }.compactMap { name, node in
            if let why = node.down {
                guard sound.count < workload.desired else { return nil }
                return Symptom(.nodeDown, name, "the node \(name) is not ready: \(why)", window: windows.nodeDown)
            }
            if let pressure = node.pressure {
                return Symptom(
                    .nodePressed, name, "the node \(name) reports \(pressure)", window: windows.nodePressed)
            }
            return node.isCordoned ? left(on: name, workload) : nil
        }
    }

    /// A drain passes over the pods of a DaemonSet, and leaves to its caller those that nobody would make anew.
    private func left(on node: String, _ workload: WatchedWorkload) -> Symptom? {
        guard ![.daemonSet, .pod].contains(workload.reference.kind) else { return nil }
        let pods = workload.pods.filter { $0.node == node }.map(\.name)
        // After each one that goes, the others have their time anew.
        let key = ([node] + pods).joined(separator: " ")
        return Symptom(
            .leftOnCordoned, key, "\(pods.count) of its pods stay on the cordoned node \(node)",
            window: windows.leftOnCordoned)
    }

    private func symptoms(of scaler: WatchedScaler) -> [Symptom] {
        let name = "HorizontalPodAutoscaler/\(scaler.name)"
        var symptoms: [Symptom] = []
        if let more = scaler.ceiling {
            symptoms.append(
                Symptom(.scalingLimited, scaler.name, "\(name) wants \(more)", window: windows.scalingLimited))
        }
        if let why = scaler.blindness {
            let window = scaler.isCertainlyBlind ? windows.scalingImpossible : windows.scalingBlind
            symptoms.append(Symptom(.scalingBlind, scaler.name, "\(name) cannot scale: \(why)", window: window))
        }
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
