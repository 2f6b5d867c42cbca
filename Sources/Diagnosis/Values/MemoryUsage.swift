public import FoundationEssentials
public import Kubernetes

/// What containers of one workload took of memory, at one look or at several.
public struct MemoryUsage: Codable, Hashable, Sendable {
    /// What one container took at one time.
    public struct Sample: Codable, Hashable, Sendable {
        public var pod: String
        public var container: String
        public var bytes: Double
        /// When this run of the container began.
        public var startedAt: Date
        public var takenAt: Date
        /// The limit it runs under; nil for none.
        public var limit: Double?

        public init(
            pod: String, container: String, bytes: Double, startedAt: Date, takenAt: Date, limit: Double?
        ) {
            self.pod = pod
            self.container = container
            self.bytes = bytes
            self.startedAt = startedAt
            self.takenAt = takenAt
            self.limit = limit
        }

        public var age: Double { max(0, takenAt.timeIntervalSince(startedAt)) }
    }

    /// A run of a container that was killed for want of memory.
    public struct Kill: Codable, Hashable, Sendable {
        public var pod: String
        public var container: String
        public var startedAt: Date
        public var finishedAt: Date
        public var limit: Double?

        public init(pod: String, container: String, startedAt: Date, finishedAt: Date, limit: Double?) {
            self.pod = pod
            self.container = container
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.limit = limit
        }

        public var lifetime: Double { max(0, finishedAt.timeIntervalSince(startedAt)) }
    }

    /// Oldest first.
    public var samples: [Sample] = []
    /// Oldest first.
    public var kills: [Kill] = []
    /// Why the last look has no samples, in the server's or Cortex's words; nil when it could measure.
    public var unavailable: String?

    public init() {}

    private static let maximumSamples = 48
    private static let maximumKills = 24

    /// Beyond the bound every second sample of the older half goes, so that a slow growth stays a curve.
    private static func thinned(_ samples: [Sample]) -> [Sample] {
        var samples = samples
        while samples.count > maximumSamples {
            var number: [String: Int] = [:]
            let half = samples.count / 2
            // Of each container its own: pods that are measured together would else lose one of them all.
            let older = samples[..<half].filter { sample in
                number["\(sample.pod) \(sample.container)", default: 0] += 1
                return number["\(sample.pod) \(sample.container)"].map { !$0.isMultiple(of: 2) } ?? true
            }
            // More containers than samples are kept: each has one, and the oldest go.
            guard older.count < half else { return Array(samples.suffix(maximumSamples)) }
            samples = older + samples[half...]
        }
        return samples
    }

    /// What both know, thinned out beyond the bounds.
    public func adding(_ later: MemoryUsage) -> MemoryUsage {
        var all = MemoryUsage()
        all.unavailable = later.unavailable
        all.samples = Self.thinned(
            Set(samples + later.samples).sorted {
                ($0.takenAt, $0.pod, $0.container) < ($1.takenAt, $1.pod, $1.container)
            })
        all.kills = Array(
            Set(kills + later.kills).sorted { ($0.finishedAt, $0.pod) < ($1.finishedAt, $1.pod) }
                .suffix(Self.maximumKills))
        return all
    }
}

extension Snapshot {
    /// Takes from metrics what belongs to the workload's pods, and from the kubelet's own account how they were killed.
    public mutating func noteMemory(_ metrics: [PodMetrics]) {
        let subject = Subject(self)
        var usage = MemoryUsage()
        usage.kills = subject.memoryKills
        for pod in subject.currentPods + subject.olderPods {
            guard let measured = metrics.first(where: { $0.name == pod.name }) else { continue }
            for container in measured.containers ?? [] {
                let status = pod.status?.containerStatuses?.first { $0.name == container.name }
                guard let started = status?.state?.running?.startedAt else { continue }
                let sample = MemoryUsage.Sample(
                    measured, container: container.name, startedAt: started,
                    limit: pod.memoryLimit(of: container.name), otherwise: takenAt)
                if let sample { usage.samples.append(sample) }
            }
        }
        memory = usage
    }
}

extension Subject {
    /// The runs of the workload's containers that the kubelet says were killed for want of memory.
    var memoryKills: [MemoryUsage.Kill] {
        (currentPods + olderPods).flatMap { pod in
            (pod.status?.containerStatuses ?? []).flatMap { status in
                [status.lastState?.terminated, status.state?.terminated].compactMap { ended -> MemoryUsage.Kill? in
                    guard let ended, ended.reason == "OOMKilled", let from = ended.startedAt, let to = ended.finishedAt
                    else { return nil }
                    return MemoryUsage.Kill(
                        pod: pod.name, container: status.name, startedAt: from, finishedAt: to,
                        limit: pod.memoryLimit(of: status.name))
                }
            }
        }
    }
}

extension MemoryUsage.Sample {
    /// What the metrics of a pod say of the present run of one of its containers; nil where they say nothing of it.
    /// - Parameter otherwise: when it was measured, where the metrics do not say.
    public init?(
        _ metrics: PodMetrics, container: String, startedAt: Date, limit: Double?, otherwise: Date? = nil
    ) {
        let measured = metrics.containers?.first { $0.name == container }
        guard let bytes = measured?.usage?["memory"].flatMap({ Quantity($0)?.value }), bytes > 0,
            // A measurement from before this run began is of the run before.
            let time = metrics.timestamp ?? otherwise, time >= startedAt
        else { return nil }
        self.init(
            pod: metrics.name, container: container, bytes: bytes, startedAt: startedAt, takenAt: time, limit: limit)
    }
}
