import FoundationEssentials
import JSON
import Kubernetes

/// What the course of a container's memory says of raising its limit. Pure: samples and kills in, a shape out.
public struct MemoryCurve: Hashable, Sendable {
    public enum Shape: String, Hashable, Sendable {
        /// It stays near its limit: a little more is enough.
        case flat
        /// It grows as long as it runs: a higher limit is reached a little later.
        case growing
        /// It has been seen to need more than twice the limit, or reaches any limit at once.
        case farAbove
        /// Nothing measured, or too little to tell.
        case unknown
    }

    public var shape: Shape
    /// What shows it, in words with values and times.
    public var facts: [String] = []

    /// Below this share of the limit nothing is near it.
    private static let near = 0.7
    /// Growth over a lifetime, in shares of the limit, up to which it is flat, and from which it grows.
    private static let still = 0.15
    private static let steady = 0.3
    /// A start is no part of the curve: the first share of the usual life, and seconds at least.
    private static let startShare = 0.15

    /// - Parameters:
    ///   - limit: in bytes, the one that it is killed at now.
    ///   - usage: of one workload; only what is of this container counts.
    public init(of container: String, limit: Double, _ usage: MemoryUsage) {
        let kills = usage.kills.filter { $0.container == container }
        let samples = usage.samples.filter { $0.container == container }
        let own = kills.filter { $0.limit == limit }
        let lifetime = Self.median(own.map(\.lifetime))
        shape = .unknown
        if let lifetime, let last = own.last {
            facts.append(
                "killed \(Self.seconds(lifetime)) after its start at a limit of \(Self.text(limit)), "
                    + "\(own.count) such ends seen, the last at \(Self.clock(last.finishedAt))")
        }
        if let reason = usage.unavailable { facts.append("its use over time is not known: \(reason)") }
        if let sample = samples.max(by: { $0.bytes < $1.bytes }), sample.bytes > 2 * limit {
            facts.append("used \(Self.text(sample.bytes)) in \(sample.pod), where it may")
            shape = .farAbove
            return
        }
        if let told = Self.acrossLimits(kills, limit) {
            facts.append(told.fact)
            shape = told.shape
            return
        }
        let under = samples.filter { $0.limit == limit }
        facts += under.suffix(4).map { "used \(Self.text($0.bytes)) \(Self.seconds($0.age)) after its start" }
        guard let lifetime else { return }
        shape = Self.shape(of: under, lifetime, limit)
    }

    /// How much longer it lived under another limit tells whether it grows: a leak takes twice the time to twice the
    /// limit, a need that is far off is as soon at either.
    private static func acrossLimits(_ kills: [MemoryUsage.Kill], _ limit: Double) -> (shape: Shape, fact: String)? {
        let earlier = kills.filter { $0.limit.map { $0 < limit } ?? false }
        guard let other = earlier.last?.limit, let now = median(kills.filter { $0.limit == limit }.map(\.lifetime)),
            let before = median(earlier.filter { $0.limit == other }.map(\.lifetime)), before >= 1
        else { return nil }
        let fact =
            "killed \(seconds(before)) after its start at \(text(other)), \(seconds(now)) after it at \(text(limit))"
        // Of twice the limit: half as long again or more, or hardly any longer.
        let gain = (now / before - 1) / (limit / other - 1)
        return gain >= 0.5 ? (.growing, fact) : gain <= 0.2 ? (.farAbove, fact) : nil
    }

    private static func shape(of samples: [MemoryUsage.Sample], _ lifetime: Double, _ limit: Double) -> Shape {
        let settled = samples.filter { $0.age >= max(2, startShare * lifetime) }.sorted { $0.age < $1.age }
        guard let first = settled.first, let last = settled.last else { return .unknown }
        let peak = settled.map(\.bytes).max() ?? 0
        let span = last.age - first.age
        guard settled.count >= 3, span >= max(3, 0.2 * lifetime), let slope = slope(settled) else {
            // One measurement tells only where it is far from what a steady growth would have come to.
            guard lifetime >= 10, last.age < 0.6 * lifetime, peak >= 0.85 * limit else { return .unknown }
            return .flat
        }
        let grown = slope * lifetime / limit
        if grown >= steady { return .growing }
        return grown <= still && peak >= near * limit ? .flat : .unknown
    }

    /// Bytes a second of the straight line that fits best: runs begin anew, so their ages share one axis.
    private static func slope(_ samples: [MemoryUsage.Sample]) -> Double? {
        let count = Double(samples.count)
        let age = samples.reduce(0) { $0 + $1.age } / count
        let bytes = samples.reduce(0) { $0 + $1.bytes } / count
        let spread = samples.reduce(0) { $0 + ($1.age - age) * ($1.age - age) }
        guard spread > 0 else { return nil }
        return samples.reduce(0) { $0 + ($1.age - age) * ($1.bytes - bytes) } / spread
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    private static func text(_ bytes: Double) -> String { "\(Int((bytes / 1_048_576).rounded()))Mi" }
    private static func seconds(_ seconds: Double) -> String { "\(Int(seconds.rounded())) s" }
    private static func clock(_ date: Date) -> String { RFC3339.string(from: date) }
}

extension MemoryCurve {
    /// What the shape means for a person.
    var words: String? {
        switch shape {
        case .flat: "its use stays near the limit"
        case .growing: "its use grows for as long as it runs"
        case .farAbove: "it needs far more than the limit"
        case .unknown: nil
        }
    }
}

extension Subject {
    /// The curve of a container that runs under a limit; nil where it has none.
    public func memoryCurve(of container: String) -> MemoryCurve? {
        let spec = workload?.podSpec.containers.first { $0.name == container }
        guard let limit = spec?.resources?.limits?["memory"].flatMap({ Quantity($0)?.value }) else { return nil }
        return MemoryCurve(of: container, limit: limit, snapshot.memory)
    }
}
