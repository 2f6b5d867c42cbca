import Synchronization
import ToolMatching

/// What is known of each server between two requests. Forgetting costs a negotiation, nothing else.
final class ServerMemory: Sendable {
    struct Entry: Sendable {
        /// What the server last answered to.
        var approach: Approach?
        var dialect: Dialect?
        var tools: [Tool]?
        var expires: ContinuousClock.Instant?
        fileprivate var lastUse: UInt64 = 0
    }

    private struct State {
        var entries: [ToolServer: Entry] = [:]
        var uses: UInt64 = 0
        var nextID: Int64 = 0
    }

    private let state = Mutex(State())
    private let maximumServers: Int

    init(maximumServers: Int) { self.maximumServers = maximumServers }

    subscript(server: ToolServer) -> Entry { state.withLock { $0.entries[server] ?? Entry() } }

    func update(_ server: ToolServer, _ change: (inout Entry) -> Void) {
        state.withLock { state in
            var entry = state.entries[server] ?? Entry()
            change(&entry)
            state.uses += 1
            entry.lastUse = state.uses
            state.entries[server] = entry
            if state.entries.count > maximumServers,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.entries[oldest.key] = nil
            }
        }
    }

    /// An id that no other request of this process has.
    func nextID() -> Int64 {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }
}
