/// When the program lets go of what it does not use: as soon as it has nothing to do, and then once a minute.
struct Rest {
    /// In rounds of the upkeep, which are 5 s each.
    static let interval = 12
    private var rounds = 0

    /// - Parameter atRest: the cluster has been looked at, or cannot be, and no task runs.
    mutating func isTime(atRest: Bool) -> Bool {
        if rounds > 0 { rounds -= 1 }
        guard atRest, rounds == 0 else { return false }
        rounds = Self.interval
        return true
    }
}
