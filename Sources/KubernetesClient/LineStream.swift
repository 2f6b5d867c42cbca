internal import FoundationEssentials
internal import HTTPClient
internal import Kubernetes

/// Cuts one response body into lines, as fast as they are read and no faster. The first read opens the connection;
/// letting go of this object closes it.
actor LineStream {
    private let open: @Sendable () async throws -> AsyncThrowingStream<Data, any Error>
    private var body: AsyncThrowingStream<Data, any Error>?
    private var splitter: LineSplitter
    private var isAtEnd = false

    init(limit: Int, open: @escaping @Sendable () async throws -> AsyncThrowingStream<Data, any Error>) {
        self.open = open
        splitter = LineSplitter(limit: limit)
    }

    /// - Throws: `APIError`.
    func next() async throws -> Data? {
        while true {
            if let line = splitter.next() { return line }
            guard !isAtEnd else { return nil }
            if let chunk = try await chunk() {
                guard splitter.append(chunk) else {
                    isAtEnd = true
                    body = nil
                    throw APIError.invalidResponse("a line of the stream is longer than \(splitter.limit) bytes")
                }
            } else {
                isAtEnd = true
                body = nil
                return splitter.rest()
            }
        }
    }

    private func chunk() async throws -> Data? {
        do {
            let body = try await opened()
            var iterator = body.makeAsyncIterator()
            let chunk = try await iterator.next(isolation: self)
            // A stream that was cancelled ends as if the server had ended it.
            if chunk == nil, Task.isCancelled { throw APIError.cancelled }
            return chunk
        } catch let failure as HTTPFailure {
            throw failure.kind == .cancelled ? APIError.cancelled : APIError.unknown(failure.message)
        } catch is CancellationError {
            throw APIError.cancelled
        }
    }

    private func opened() async throws -> AsyncThrowingStream<Data, any Error> {
        if let body { return body }
        let opened = try await open()
        body = opened
        return opened
    }

    /// The first bytes of a body that explains a refusal; what came until it broke off, if it does.
    static func start(of body: AsyncThrowingStream<Data, any Error>, maximumBytes: Int) async -> Data {
        var bytes = Data()
        do {
            for try await chunk in body {
                bytes.append(chunk.prefix(maximumBytes - bytes.count))
                if bytes.count >= maximumBytes { break }
            }
        } catch {
            return bytes
        }
        return bytes
    }
}
