/// How long the pods of one workload took from being made to being ready, as seen by a watch.
public struct StartTimes: Codable, Hashable, Sendable {
    /// More of them would only make what changed last year outweigh what changed today.
    public static let limit = 20

    /// Seconds, the newest last.
    public private(set) var seconds: [Double]

    public init(_ seconds: [Double] = []) { self.seconds = Array(seconds.suffix(Self.limit)) }

    public mutating func add(_ start: Double) { seconds = Array((seconds + [start]).suffix(Self.limit)) }

    /// The middle one: a start that had to wait for a node or a registry says little of the others. Nil for none.
    public var usual: Double? {
        let sorted = seconds.sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}

extension HealingPolicy {
    /// How long a start may take, in seconds, before it counts as none any more: a node that is busy makes several
    /// times of what is usual, and what is usual may have been one lucky start.
    public func patience(usualStart: Double) -> Double { max(2 * rolloutTimeout.inSeconds, 4 * usualStart) }
}
