/// Keys that want work, each at most once in the queue and at most once in flight. What is added while it is being
/// worked on comes back when that work is done. A value: the time is a parameter.
/// Source: client-go's workqueue (dirty and processing sets).
public struct WorkQueue<Key: Hashable & Sendable>: Sendable {
    /// How many different keys may wait; what comes beyond is dropped and counted. Default 10,000.
    public let capacity: Int
    public private(set) var dropped = 0

    private var order: [Key] = []
    /// Where the first unread element of `order` is.
    private var head = 0
    /// Wants work, queued or waiting for the end of the work in flight.
    private var dirty: Set<Key> = []
    private var processing: Set<Key> = []
    private var delayed: [Key: Duration] = [:]
    private var backoffs: [Key: Backoff] = [:]
    private let backoff: Backoff
    private var random: SplitMix64

    /// - Parameter backoff: between rate-limited tries of one key. Default 500 ms to 5 min.
    public init(
        seed: UInt64, capacity: Int = 10_000,
        backoff: Backoff = Backoff(initial: .milliseconds(500), maximum: .seconds(300), jitter: 0.1)
    ) {
        self.capacity = capacity
        self.backoff = backoff
        random = SplitMix64(seed: seed)
    }

    /// Keys ready to be worked on.
    public var count: Int { order.count - head }
    public var inFlight: Int { processing.count }

    /// - Returns: false when the queue is full and the key was dropped.
    @discardableResult
    public mutating func add(_ key: Key) -> Bool {
        if dirty.contains(key) { return true }
        guard dirty.count < capacity else {
            dropped += 1
            return false
        }
        dirty.insert(key)
        if !processing.contains(key) { order.append(key) }
        return true
    }

    /// Adds the key once `time` has come; the earlier of two times wins.
    public mutating func add(_ key: Key, at time: Duration) {
        if let known = delayed[key] {
            delayed[key] = min(known, time)
        } else if delayed.count < capacity {
            delayed[key] = time
        } else {
            dropped += 1
        }
    }

    /// Adds the key after a pause that grows with each call until `forget`.
    public mutating func addRateLimited(_ key: Key, now: Duration) {
        var own = backoffs[key] ?? backoff
        let pause = own.next(using: &random)
        backoffs[key] = own
        add(key, at: now + pause)
    }

    /// How often a key was rate-limited since it was last forgotten.
    public func tries(of key: Key) -> Int { backoffs[key]?.count ?? 0 }

    /// After a success: the next failure starts with the shortest pause again.
    public mutating func forget(_ key: Key) { backoffs[key] = nil }

    /// The next key to work on, now in flight until `done`; nil when there is none yet.
    public mutating func next(now: Duration) -> Key? {
        let due = delayed.filter { $0.value <= now }.sorted { $0.value < $1.value }
        for (key, _) in due {
            delayed[key] = nil
            add(key)
        }
        guard head < order.count else { return nil }
        let key = order[head]
        head += 1
        // The front is given back in bulk: an array that shrinks at its start costs its whole length each time.
        if head > 64, head * 2 > order.count {
            order.removeFirst(head)
            head = 0
        }
        dirty.remove(key)
        processing.insert(key)
        return key
    }

    /// Ends the work on a key; it is queued again when it was added meanwhile.
    public mutating func done(_ key: Key) {
        guard processing.remove(key) != nil else { return }
        if dirty.contains(key) { order.append(key) }
    }

    /// When the next delayed key is due; nil when none is.
    public var nextTime: Duration? { delayed.values.min() }
}
