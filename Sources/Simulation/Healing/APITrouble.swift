/// Faults of the API itself, each as the share of requests that it meets.
public struct APITrouble: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// 429 with Retry-After.
        case throttled = "429"
        case serverError = "500"
        /// No answer, and the write was not done.
        case lostBefore = "timeout-before"
        /// No answer, though the write was done.
        case lostAfter = "timeout-after"
        case slow
        /// A read shows the cluster as it was some seconds ago.
        case stale
        /// A notice of a change never comes.
        case droppedWatch = "watch-dropped"
        /// A notice of a change comes twice.
        case duplicatedWatch = "watch-duplicated"
        /// A notice of a change comes after those of the changes that follow.
        case reorderedWatch = "watch-reordered"
        /// The watch is cut: nothing is noticed until it stands again.
        case cutWatch = "watch-cut"
        /// The watch's version is compacted: everything is listed anew first.
        case expiredWatch = "watch-expired"
        /// Somebody else writes the object just before.
        case conflict
    }

    public var shares: [Kind: Double]

    public init(shares: [Kind: Double] = [:]) { self.shares = shares }

    /// Every kind of trouble, each now and then.
    public static let some = APITrouble(
        shares: Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, $0 == .slow ? 0.1 : 0.04) }))

    func share(_ kind: Kind) -> Double { shares[kind] ?? 0 }
}
