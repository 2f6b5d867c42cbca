import JSON

/// The arithmetic of a Deployment's rolling update.
/// Source: pkg/controller/deployment/rolling.go and util/deployment_util.go of Kubernetes.
struct RollingUpdate: Hashable, Sendable {
    /// One ReplicaSet's counts.
    struct Count: Hashable, Sendable {
        var wanted: Int
        var available: Int
    }

    let replicas: Int
    let surge: Int
    let unavailable: Int

    init(replicas: Int, surge: Int, unavailable: Int) {
        self.replicas = replicas
        self.surge = surge
        self.unavailable = surge == 0 && unavailable == 0 ? 1 : unavailable
    }

    /// Both default to 25 %; a percentage is rounded up for the surge and down for the unavailable.
    init(replicas: Int, strategy: JSONValue?) {
        let rolling = strategy?["rollingUpdate"]
        self.init(
            replicas: replicas, surge: Self.count(rolling?["maxSurge"] ?? "25%", of: replicas, up: true),
            unavailable: min(replicas, Self.count(rolling?["maxUnavailable"] ?? "25%", of: replicas, up: false)))
    }

    /// A number, or a percentage of `total`.
    static func count(_ value: JSONValue, of total: Int, up: Bool) -> Int {
        if let number = value.intValue { return max(0, number) }
        guard let text = value.stringValue else { return 0 }
        guard text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return max(0, Int(text) ?? 0) }
        return up ? (percent * total + 99) / 100 : percent * total / 100
    }

    /// What the new ReplicaSet is scaled to.
    func new(_ new: Count, old: [Count]) -> Int {
        guard new.wanted < replicas else { return replicas }
        let total = new.wanted + old.map(\.wanted).reduce(0, +)
        let room = replicas + surge - total
        return room <= 0 ? new.wanted : new.wanted + min(room, replicas - new.wanted)
    }

    /// What the old ReplicaSets, oldest first, are scaled to: first those pods that do not serve anyway.
    func old(_ old: [Count], new: Count) -> [Int] {
        var wanted = old.map(\.wanted)
        let total = new.wanted + wanted.reduce(0, +)
        let least = replicas - unavailable
        let maximum = total - least - (new.wanted - new.available)
        guard maximum > 0 else { return wanted }
        var cleaned = 0
        for index in old.indices where cleaned < maximum {
            guard wanted[index] > 0, wanted[index] > old[index].available else { continue }
            let count = min(maximum - cleaned, wanted[index] - old[index].available)
            wanted[index] -= count
            cleaned += count
        }
        let available = new.available + old.map(\.available).reduce(0, +)
        var excess = available - least
        for index in old.indices where excess > 0 && wanted[index] > 0 {
            let count = min(wanted[index], excess)
            wanted[index] -= count
            excess -= count
        }
        return wanted
    }
}
