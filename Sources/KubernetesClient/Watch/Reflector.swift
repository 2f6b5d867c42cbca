internal import FoundationEssentials
internal import JSON
public import Kubernetes
internal import Synchronization

/// Holds a collection as the API server has it: drives one `WatchMachine` and keeps its `Store`.
public final class Reflector<Object: KubernetesObject>: Sendable {
    /// What changed, in order. After a list everything it changed comes in one call.
    public typealias ChangeHandler = @Sendable ([Store<Object>.Change]) -> Void
    public typealias FailureHandler = @Sendable (WatchFailure) -> Void

    private let api: any ClusterAPI
    private let namespace: String?
    private let query: [APIRequest.QueryItem]
    private let retention: Retention
    private let timing: Timing
    /// The kind in each version that a server may know it in, the newest first.
    private let resources: [Resource]
    private let onChange: ChangeHandler
    private let onFailure: FailureHandler
    private let state = Mutex(State())

    private struct State {
        var store = Store<Object>()
        var hasSynced = false
        var statistics = WatchStatistics()
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextID: UInt64 = 0
        /// Which of the versions this server knows.
        var version = 0
    }

    /// - Parameters:
    ///   - namespace: nil for all.
    ///   - query: `labelSelector` or `fieldSelector`, for the list and the watch alike.
    ///   - olderVersion: the version of the kind in servers that do not know its own yet.
    ///   - onChange: called on the reflector's task, one call at a time; it must not block.
    ///   - onFailure: what went wrong; the reflector goes on by itself.
    public init(
        _ api: any ClusterAPI, namespace: String? = nil, query: [APIRequest.QueryItem] = [],
        olderVersion: String? = nil, retention: Retention = .nothing, timing: Timing = .live,
        onChange: @escaping ChangeHandler = { _ in },
        onFailure: @escaping FailureHandler = { _ in }
    ) {
        self.api = api
        self.namespace = namespace
        self.query = query
        var older = Object.resource
        older.version = olderVersion ?? older.version
        resources = older == Object.resource ? [older] : [Object.resource, older]
        self.retention = retention
        self.timing = timing
        self.onChange = onChange
        self.onFailure = onFailure
    }

    /// The objects as last seen, in no particular order.
    public func snapshot() -> [Object] { state.withLock { $0.store.values } }

    public func object(namespace: String, name: String) -> Object? {
        state.withLock { $0.store[namespace, name] }
    }

    /// Whether the first list is complete. It stays so: an old picture is better than none, and the age is known.
    public var hasSynced: Bool { state.withLock { $0.hasSynced } }

    public var statistics: WatchStatistics { state.withLock { $0.statistics } }

    /// Returns once the first list is complete, or when the task is cancelled.
    public func waitUntilSynced() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.hasSynced || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }

    /// Lists, watches and recovers until the task is cancelled.
    public func run() async {
        var machine = WatchMachine<Object>(seed: timing.seed())
        var lines: AsyncThrowingStream<Data, any Error>?
        var actions = machine.on(.start, now: timing.now())
        while !Task.isCancelled {
            var event: WatchMachine<Object>.Event?
            for action in actions {
                switch action {
                case .replace(let objects): replace(objects)
                case .apply(let change): apply(change)
                case .report(let failure): onFailure(failure)
                case .closeWatch: lines = nil
                case .list(let token, let limit): event = await page(token, limit)
                case .watch(let version, let seconds): lines = watch(version, seconds)
                case .pause(let pause):
                    lines = nil
                    event = await sleep(pause)
                }
            }
            if event == nil, let lines { event = await next(of: lines) }
            guard let event else { return }
            actions = machine.on(event, now: timing.now())
            let statistics = machine.statistics
            state.withLock { $0.statistics = statistics }
        }
    }

    private func page(_ token: String?, _ limit: Int?) async -> WatchMachine<Object>.Event {
        var query = query
        if let limit { query.append(.init("limit", String(limit))) }
        if let token { query.append(.init("continue", token)) }
        var last = APIError.invalidResponse("no version of \(Object.resource.plural) is known")
        for _ in resources {
            do throws(APIError) {
                let body = try await api.send(APIRequest(.list, resource, namespace: namespace, query: query))
                return .page(try decode(body))
            } catch {
                last = error
                guard error.isNotFound else { break }
                state.withLock { $0.version = ($0.version + 1) % resources.count }
            }
        }
        return .listFailed(last)
    }

    private var resource: Resource { resources[state.withLock { $0.version }] }

    private func decode(_ body: Data) throws(APIError) -> ObjectList<Object> {
        do {
            return try JSONCoding.decode(ObjectList<Object>.self, from: body, userInfo: retention.userInfo)
        } catch {
            throw .invalidResponse("a list of \(Object.resource.plural): \(error)")
        }
    }

    private func watch(_ version: String, _ seconds: Int) -> AsyncThrowingStream<Data, any Error> {
        let query =
            query + [
                .init("allowWatchBookmarks", "true"), .init("resourceVersion", version),
                .init("timeoutSeconds", String(seconds)),
            ]
        return api.lines(APIRequest(.watch, resource, namespace: namespace, query: query))
    }

    private func next(of lines: AsyncThrowingStream<Data, any Error>) async -> WatchMachine<Object>.Event {
        do {
            // Iterators of one stream share its position.
            var iterator = lines.makeAsyncIterator()
            guard let line = try await iterator.next() else { return .watchEnded }
            return .received(try WatchEvent(line: line, retention: retention))
        } catch let error as APIError {
            return .watchFailed(error)
        } catch {
            return .watchFailed(.unknown("\(error)"))
        }
    }

    /// - Returns: nil when the task was cancelled meanwhile.
    private func sleep(_ pause: Duration) async -> WatchMachine<Object>.Event? {
        do {
            try await timing.sleep(pause)
            return .pauseEnded
        } catch {
            return nil
        }
    }

    private func replace(_ objects: [Object]) {
        let (changes, waiting) = state.withLock { state in
            let changes = state.store.replace(with: objects)
            state.hasSynced = true
            let waiting = Array(state.waiting.values)
            state.waiting = [:]
            return (changes, waiting)
        }
        if !changes.isEmpty { onChange(changes) }
        for continuation in waiting { continuation.resume() }
    }

    private func apply(_ event: WatchEvent<Object>) {
        if let change = state.withLock({ $0.store.apply(event) }) { onChange([change]) }
    }
}
