import FoundationEssentials
import Glibc
import HTTPClient
import Synchronization
import Testing

@Suite("What a transport does not let happen to it")
struct LimitTests {
    private let transport = CurlTransport()

    @Test("an endless body is given up at its limit, and the server is let go")
    func endlessBody() async throws {
        let written = Mutex<(bytes: Int, isOver: Bool)>((0, false))
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            let piece = [UInt8](repeating: 120, count: 64 << 10)
            while connection.write(piece) { written.withLock { $0.bytes += piece.count } }
            written.withLock { $0.isOver = true }
        }
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(url: server.url, maximumBodyBytes: 1 << 20))
        }
        #expect(failure.kind == .bodyTooLarge)
        #expect(failure.mayHaveBeenSent)
        #expect(failure.message.contains("1048576 bytes"))
        #expect(await holds { written.withLock { $0.isOver } })
        // What is beyond the limit lies in the buffers of the two sockets.
        #expect(written.withLock { $0.bytes } < 32 << 20)
    }

    @Test("a body that is announced as too long is not even begun")
    func announcedBody() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
            connection.waitForEnd()
        }
        let failure = try await failureOf {
            try await transport.send(HTTPRequest(url: server.url, maximumBodyBytes: 1 << 20))
        }
        #expect(failure.kind == .bodyTooLarge)
    }

    @Test("a body of exactly the limit is accepted")
    func exactBody() async throws {
        let server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        let request = HTTPRequest(url: server.url, maximumBodyBytes: 5)
        #expect(try await transport.send(request).body.count == 5)
        let tooSmall = HTTPRequest(url: server.url, maximumBodyBytes: 4)
        #expect(try await failureOf { try await transport.send(tooSmall) }.kind == .bodyTooLarge)
    }

    @Test(
        "headers without end are given up",
        arguments: [(1 << 30, "X: y\r\n"), (1 << 30, String(repeating: "X: y\r\n", count: 100)), (1, "")])
    func endlessHeaders(lines: Int, line: String) async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            let piece = line.isEmpty ? "X: " + String(repeating: "y", count: 4 << 20) : line
            for _ in 0..<lines where !connection.write(piece) { return }
            connection.waitForEnd()
        }
        let failure = try await failureOf { try await transport.send(HTTPRequest(url: server.url)) }
        #expect(failure.kind == .protocolError)
        #expect(failure.mayHaveBeenSent)
    }

    @Test("beyond the transfers that may wait, one more is refused unsent and counted")
    func waitingLimit() async throws {
        let transport = CurlTransport(limits: TransportLimits(transfers: 1, waiting: 1))
        let hasRequest = Mutex(false)
        let server = ScriptedServer { connection in
            let request = connection.readRequest()
            hasRequest.withLock { $0 = request != nil }
            connection.waitForEnd()
        }
        let tasks = (0..<4).map { _ in
            Task { try await failureOf { try await transport.send(HTTPRequest(method: "POST", url: server.url)) } }
        }
        #expect(await holds { transport.statistics.refused == 2 && hasRequest.withLock { $0 } })
        transport.shutdown()
        var failures: [HTTPFailure] = []
        for task in tasks { failures.append(try await task.value) }
        #expect(failures.filter { $0.kind == .overloaded && !$0.mayHaveBeenSent }.count == 2)
        // Of the two others one was sent, the other waited.
        #expect(failures.filter { $0.kind == .cancelled }.map(\.mayHaveBeenSent).sorted { !$0 && $1 } == [false, true])
    }

    @Test("waiting for a turn counts against the time, and what only waited was not sent")
    func waitingTooLong() async throws {
        let transport = CurlTransport(limits: TransportLimits(transfersPerHost: 1))
        let server = ScriptedServer { $0.waitForEnd() }
        let first = Task { try await failureOf { try await transport.send(HTTPRequest(url: server.url)) } }
        #expect(await holds { server.connections == 1 })
        let second = try await failureOf {
            try await transport.send(HTTPRequest(method: "POST", url: server.url, timeout: .milliseconds(200)))
        }
        #expect(second.kind == .overloaded)
        #expect(!second.mayHaveBeenSent)
        first.cancel()
        #expect(try await first.value.kind == .cancelled)
    }

    @Test("a full host does not hold up another")
    func otherHost() async throws {
        let transport = CurlTransport(limits: TransportLimits(transfersPerHost: 1))
        let stuck = ScriptedServer { $0.waitForEnd() }
        let other = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let tasks = (0..<3).map { _ in Task { try await transport.send(HTTPRequest(url: stuck.url)) } }
        #expect(await holds { stuck.connections == 1 })
        #expect(try await transport.send(HTTPRequest(url: other.url)).status == 200)
        for task in tasks { task.cancel() }
    }
}
