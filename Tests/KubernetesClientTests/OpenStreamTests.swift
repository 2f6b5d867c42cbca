import FoundationEssentials
import HTTPClient
import Kubernetes
import KubernetesClient
import Testing

@Suite("an open stream")
struct OpenStreamTests {
    /// Streams that send one event and stay open, and a word when one is closed.
    struct OpenTransport: HTTPTransport {
        let closed: AsyncStream<Void>.Continuation

        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
            throw HTTPFailure(kind: .unreachable, message: "streams only", mayHaveBeenSent: false)
        }

        func stream(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPStreamingResponse {
            let (body, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
            continuation.onTermination = { _ in closed.yield() }
            continuation.yield(Data((ReflectorTests.line("ADDED", "a", 1) + "\n").utf8))
            return HTTPStreamingResponse(status: 200, headers: HTTPHeaders(), body: body)
        }
    }

    private static func open() -> (client: KubernetesClient, closed: AsyncStream<Void>) {
        let (closed, continuation) = AsyncStream<Void>.makeStream()
        let configuration = ClusterConfiguration(server: "https://s")
        return (KubernetesClient(configuration: configuration, transport: OpenTransport(closed: continuation)), closed)
    }

    @Test("leaving the loop closes the connection", .timeLimit(.minutes(1)))
    func leaving() async throws {
        let (client, closed) = Self.open()
        for try await event in client.watch(Node.self, from: "1") {
            #expect(event.object?.name == "a")
            break
        }
        var words = closed.makeAsyncIterator()
        #expect(await words.next() != nil)
    }

    @Test("cancelling the task that reads closes the connection and ends the loop", .timeLimit(.minutes(1)))
    func cancelling() async throws {
        let (client, closed) = Self.open()
        let (started, start) = AsyncStream<Void>.makeStream()
        let task = Task {
            for try await _ in client.watch(Node.self, from: "1") { start.yield() }
        }
        var starts = started.makeAsyncIterator()
        #expect(await starts.next() != nil)
        task.cancel()
        _ = await task.result
        var words = closed.makeAsyncIterator()
        #expect(await words.next() != nil)
    }
}
