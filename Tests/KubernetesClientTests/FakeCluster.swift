import FoundationEssentials
import Kubernetes
import Synchronization

/// Answers requests by their place in the order, for tests of what sits on `ClusterAPI`.
final class FakeCluster: ClusterAPI {
    typealias Answer = Result<String, APIError>

    private let answer: @Sendable (APIRequest, Int) -> Answer
    private let streams: @Sendable (Int) -> (lines: [String], error: APIError?)?
    private let state = Mutex((sent: [APIRequest](), opened: [APIRequest]()))

    /// - Parameter streams: nil for one that stays open and silent.
    init(
        _ answer: @escaping @Sendable (APIRequest, Int) -> Answer,
        streams: @escaping @Sendable (Int) -> (lines: [String], error: APIError?)? = { _ in nil }
    ) {
        self.answer = answer
        self.streams = streams
    }

    var sent: [APIRequest] { state.withLock { $0.sent } }
    var opened: [APIRequest] { state.withLock { $0.opened } }

    func send(_ request: APIRequest) async throws(APIError) -> Data {
        let index = state.withLock { state in
            state.sent.append(request)
            return state.sent.count - 1
        }
        return Data(try answer(request, index).get().utf8)
    }

    func lines(_ request: APIRequest) -> AsyncThrowingStream<Data, any Error> {
        let index = state.withLock { state in
            state.opened.append(request)
            return state.opened.count - 1
        }
        return AsyncThrowingStream { continuation in
            guard let (lines, error) = streams(index) else { return }
            for line in lines { continuation.yield(Data(line.utf8)) }
            continuation.finish(throwing: error)
        }
    }
}

extension APIRequest {
    func value(of name: String) -> String? { query.first { $0.name == name }?.value }
}
