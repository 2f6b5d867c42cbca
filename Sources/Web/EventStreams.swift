import HTTPServer
import Synchronization
import Tasks

/// Every open event stream, for the heartbeat they share and for counting them.
public final class EventStreams: Sendable {
    private let open = Mutex<[ObjectIdentifier: EventStream]>([:])

    public init() {}

    public var count: Int { open.withLock { $0.count } }

    /// The body of a stream of the source's events whose number is above `after`.
    func stream(of source: any EventSource, after: Int) -> ResponseStream {
        let stream = EventStream(source, after: after)
        let key = ObjectIdentifier(stream)
        return ResponseStream(
            opened: { [self] writer in
                open.withLock { $0[key] = stream }
                stream.open(writer)
            },
            closed: { [self] in
                stream.close()
                open.withLock { $0[key] = nil }
            })
    }

    /// Keeps silent streams alive through proxies, and finds clients that are gone. One timer for all of them.
    ///
    /// - Returns: when its task is cancelled.
    public func beat(every interval: Duration) async {
        while (try? await Task.sleep(for: interval)) != nil { beat() }  // throws only when it is cancelled
    }

    func beat() {
        for stream in open.withLock({ Array($0.values) }) {
            stream.beat()
        }
    }
}
