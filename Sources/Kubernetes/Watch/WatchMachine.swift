/// Keeps one collection known: lists it page by page, watches from there, and recovers from everything that can happen
/// in between. A value without I/O: events go in, actions come out, and the time is a parameter.
///
/// Whoever drives it performs the actions in order and feeds back what they led to. There is one thing under way at any
/// time: a page, a watch, or a pause.
/// Source: client-go's reflector, and kube-rs' watcher for the shape of the states.
public struct WatchMachine<Object: KubernetesObject>: Sendable {
    public enum State: Sendable {
        case empty
        /// The pages so far; they are shown to nobody before the list is complete.
        case listing(pages: [Object], continueToken: String?, isWhole: Bool)
        /// `events` counts changes; a bookmark is none.
        case watching(resourceVersion: String, since: Duration, events: Int)
        /// Then lists again, or watches from the resourceVersion.
        case pausing(resourceVersion: String?)
    }

    public enum Event: Sendable {
        case start
        case page(ObjectList<Object>)
        case listFailed(APIError)
        case received(WatchEvent<Object>)
        /// Cleanly, by the server.
        case watchEnded
        /// Opening it failed, or it broke off; a machine cannot tell whether a line had come.
        case watchFailed(APIError)
        case pauseEnded
    }

    public enum Action: Sendable {
        /// `limit` nil asks for everything at once.
        case list(continueToken: String?, limit: Int?)
        case watch(resourceVersion: String, timeoutSeconds: Int)
        /// Ends the watch that is open.
        case closeWatch
        /// The collection is exactly this. One swap: what is not in it is gone.
        case replace([Object])
        case apply(WatchEvent<Object>)
        case pause(Duration)
        case report(WatchFailure)
    }

    /// Objects a page.
    public static var pageLimit: Int { 500 }
    /// A watch that ends sooner and without an event is very short.
    public static var shortWatch: Duration { .seconds(1) }
    /// A watch that lived this long shows that the server is well again.
    public static var healthyWatch: Duration { .seconds(120) }

    /// Watches that fail in a row before everything is listed again.
    public static var failuresBeforeRelist: Int { 4 }

    public private(set) var state = State.empty
    public private(set) var statistics = WatchStatistics()
    private var backoff: Backoff
    private var random: SplitMix64

    public init(seed: UInt64, backoff: Backoff = .watching) {
        random = SplitMix64(seed: seed)
        self.backoff = backoff
    }

    /// What is to be done now. An event that does not belong to the state comes from something already given up, such
    /// as a line that was on its way when the watch was closed; it is counted and changes nothing.
    public mutating func on(_ event: Event, now: Duration) -> [Action] {
        switch (state, event) {
        case (.empty, .start):
            return relist()
        case (.listing(let pages, _, let isWhole), .page(let page)):
            return received(page, after: pages, isWhole: isWhole, now: now)
        case (.listing(_, let token, let isWhole), .listFailed(let error)):
            return listFailed(error, inMidList: token != nil, isWhole: isWhole)
        case (.watching(let version, let since, let events), .received(let event)):
            return received(event, version: version, since: since, events: events, now: now)
        case (.watching(let version, let since, let events), .watchEnded):
            return ended(version: version, since: since, events: events, now: now)
        case (.watching(let version, let since, let events), .watchFailed(let error)):
            return failed(error, version: version, since: since, events: events, now: now)
        case (.pausing(let version?), .pauseEnded):
            return watch(from: version, now: now)
        case (.pausing(nil), .pauseEnded):
            return relist()
        default:
            statistics.ignored += 1
            return []
        }
    }

    private mutating func relist() -> [Action] {
        state = .listing(pages: [], continueToken: nil, isWhole: false)
        statistics.lists += 1
        return [.list(continueToken: nil, limit: Self.pageLimit)]
    }

    private mutating func watch(from version: String, now: Duration) -> [Action] {
        state = .watching(resourceVersion: version, since: now, events: 0)
        statistics.watches += 1
        // Between 5 and 10 minutes, so that the watches of many clients do not all end together.
        let seconds = 300 + Int(random.fraction() * 300)
        return [.watch(resourceVersion: version, timeoutSeconds: seconds)]
    }

    private mutating func pause(then version: String?, _ failure: WatchFailure) -> [Action] {
        state = .pausing(resourceVersion: version)
        statistics.failures += 1
        return [.report(failure), .pause(backoff.next(using: &random))]
    }

    private mutating func received(
        _ page: ObjectList<Object>, after pages: [Object], isWhole: Bool, now: Duration
    ) -> [Action] {
        let objects = pages + page.items
        if let token = page.metadata.continue, !token.isEmpty {
            state = .listing(pages: objects, continueToken: token, isWhole: isWhole)
            return [.list(continueToken: token, limit: Self.pageLimit)]
        }
        guard let version = page.metadata.resourceVersion, !version.isEmpty else {
            return pause(then: nil, .listFailed(.invalidResponse("the list has no resourceVersion")))
        }
        return [.replace(objects)] + watch(from: version, now: now)
    }

    private mutating func listFailed(_ error: APIError, inMidList: Bool, isWhole: Bool) -> [Action] {
        guard inMidList, !isWhole, error.status?.code == 410 else { return pause(then: nil, .listFailed(error)) }
        state = .listing(pages: [], continueToken: nil, isWhole: true)
        statistics.lists += 1
        statistics.failures += 1
        return [.report(.listExpired), .list(continueToken: nil, limit: nil)]
    }

    private mutating func received(
        _ event: WatchEvent<Object>, version: String, since: Duration, events: Int, now: Duration
    ) -> [Action] {
        switch event {
        case .bookmark(let newer):
            let next = newer.isEmpty ? version : newer
            state = .watching(resourceVersion: next, since: since, events: events)
            noteHealth(since: since, now: now)
            return []
        case .error(let status):
            if status.code == 410 { return [.closeWatch] + expired() }
            // What else the server cannot do with this resourceVersion is not known, so the list decides.
            return [.closeWatch] + pause(then: nil, .watchRefused(status))
        case .added(let object), .modified(let object), .deleted(let object):
            state = .watching(
                resourceVersion: object.metadata.resourceVersion ?? version, since: since, events: events + 1)
            noteHealth(since: since, now: now)
            return [.apply(event)]
        }
    }

    /// 410 is the server's ordinary word for "list again", so it costs no pause unless it comes again and again.
    private mutating func expired() -> [Action] {
        statistics.expirations += 1
        if backoff.count > 0 { return pause(then: nil, .watchExpired) }
        // Counts as a first try, so that a server that always answers 410 is not asked in a tight loop.
        _ = backoff.next(using: &random)
        return [.report(.watchExpired)] + relist()
    }

    private mutating func ended(version: String, since: Duration, events: Int, now: Duration) -> [Action] {
        if events == 0, now - since < Self.shortWatch { return pause(then: version, .watchTooShort) }
        noteHealth(since: since, now: now)
        return watch(from: version, now: now)
    }

    private mutating func failed(
        _ error: APIError, version: String, since: Duration, events: Int, now: Duration
    ) -> [Action] {
        noteHealth(since: since, now: now)
        if error.status?.code == 410 { return expired() }
        // Refused with a status, or without a single event: it never began.
        let isStart = events == 0 && (error.status != nil || now - since < Self.shortWatch)
        // After several failures in a row the resourceVersion itself is in doubt: an API server restored from a backup
        // does not know it.
        let next = backoff.count < Self.failuresBeforeRelist ? version : nil
        return pause(then: next, isStart ? .watchStartFailed(error) : .watchBroken(error))
    }

    private mutating func noteHealth(since: Duration, now: Duration) {
        if now - since >= Self.healthyWatch { backoff.reset() }
    }
}

/// Counters of one watch.
public struct WatchStatistics: Sendable, Hashable {
    public var lists = 0
    public var watches = 0
    /// How often 410 asked for a new list.
    public var expirations = 0
    public var failures = 0
    /// Events that came from something already given up.
    public var ignored = 0

    public init() {}
}
