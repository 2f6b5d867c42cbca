import FoundationEssentials
import Glibc
import HTTPClient
import Synchronization
import Testing

@Suite("Ending a transfer before it ends by itself")
struct CancellationTests {
    @Test("cancelling the task ends the transfer, and the server sees the end of the connection")
    func inFlight() async throws {
        let transport = CurlTransport()
        let isOver = Mutex(false)
        let server = ScriptedServer { connection in
            connection.waitForEnd()
            isOver.withLock { $0 = true }
        }
        let task = Task {
            try await failureOf { try await transport.send(HTTPRequest(method: "POST", url: server.url)) }
        }
        #expect(await holds { server.connections == 1 })
        task.cancel()
        #expect(try await task.value.kind == .cancelled)
        #expect(await holds { isOver.withLock { $0 } })
    }

    @Test("a task that is cancelled already sends nothing that is waited for")
    func before() async throws {
        let transport = CurlTransport()
        let server = ScriptedServer { $0.waitForEnd() }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await failureOf { try await transport.send(HTTPRequest(url: server.url)) }
        }
        #expect(try await task.value.kind == .cancelled)
    }

    @Test("cancellations and answers that race leave nobody waiting")
    func races() async throws {
        let transport = CurlTransport()
        let server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<300 {
                group.addTask {
                    let task = Task { try await transport.send(HTTPRequest(url: server.url)) }
                    await Task.yield()
                    task.cancel()
                    // Either end is right; that there is one is what counts.
                    _ = await task.result
                }
            }
        }
        let statistics = transport.statistics
        #expect(statistics.completed + statistics.failed == 300)
    }

    @Test("shutdown ends what is in flight, and later requests at once")
    func shutdown() async throws {
        let transport = CurlTransport()
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\nfirst")
            connection.waitForEnd()
        }
        let whole = Task { try await failureOf { try await transport.send(HTTPRequest(url: server.url)) } }
        let streamed = try await transport.stream(HTTPRequest(url: server.url))
        #expect(await holds { server.connections == 2 })
        transport.shutdown()
        #expect(try await whole.value.kind == .cancelled)
        await #expect { for try await _ in streamed.body {} } throws: { ($0 as? HTTPFailure)?.kind == .cancelled }
        let late = try await failureOf { try await transport.send(HTTPRequest(url: server.url)) }
        #expect(late.kind == .cancelled)
        #expect(!late.mayHaveBeenSent)
        transport.shutdown()
    }

    @Test("a transport that nobody holds any more leaves no thread behind")
    func threads() async throws {
        for _ in 0..<500 { _ = CurlTransport() }
        // Tests that run meanwhile have their own threads, but not so many.
        #expect(await holds { Self.threadCount < 400 })
    }

    private static var threadCount: Int {
        let path = "/proc/self/task"
        let tasks = try? FileManager.default.contentsOfDirectory(atPath: path)  // without it the test fails
        return tasks?.count ?? .max
    }
}
