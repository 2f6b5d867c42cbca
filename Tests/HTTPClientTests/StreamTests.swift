import FoundationEssentials
import Glibc
import HTTPClient
import Synchronization
import Testing

@Suite("An answer whose body is still coming")
struct StreamTests {
    private let transport = CurlTransport()

    private func text(_ body: AsyncThrowingStream<Data, any Error>) async throws -> String {
        var text = ""
        for try await piece in body { text += String(decoding: piece, as: UTF8.self) }
        return text
    }

    @Test("the head is there before the body, and each piece as it comes")
    func asItComes() async throws {
        let goOn = Gate()
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n")
            goOn.wait()
            connection.write("3\r\none\r\n")
            goOn.wait()
            connection.write("3\r\ntwo\r\n0\r\n\r\n")
        }
        let response = try await transport.stream(HTTPRequest(url: server.url, timeout: nil))
        #expect(response.status == 200)
        #expect(response.headers["x-a"] == "b")
        var body = response.body.makeAsyncIterator()
        goOn.open()
        #expect(try await body.next() == Data("one".utf8))
        goOn.open()
        #expect(try await body.next() == Data("two".utf8))
        #expect(try await body.next() == nil)
        #expect(try await body.next() == nil)
    }

    @Test("an answer without a body ends at once", arguments: ["204 No Content", "404 Not Found"])
    func empty(status: String) async throws {
        let server = ScriptedServer.answering("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
        let response = try await transport.stream(HTTPRequest(url: server.url))
        #expect(response.status == Int(status.prefix(3)))
        #expect(try await text(response.body).isEmpty)
    }

    @Test("there is no head: it fails as a whole exchange does")
    func noHead() async throws {
        let (descriptor, port) = ScriptedServer.listen(backlog: 1)
        close(descriptor)
        let failure = try await failureOf { try await transport.stream(HTTPRequest(url: "http://127.0.0.1:\(port)/")) }
        #expect(failure.kind == .connectionRefused)
    }

    @Test("what came before the connection broke is read, then the failure")
    func breaksOff() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning")
        }
        let response = try await transport.stream(HTTPRequest(url: server.url))
        // The end arrives while nobody reads.
        #expect(await holds { transport.statistics.failed == 1 })
        var body = response.body.makeAsyncIterator()
        #expect(try await body.next() == Data("beginning".utf8))
        await #expect { try await body.next() } throws: { ($0 as? HTTPFailure)?.kind == .connectionReset }
    }

    @Test("an answer that has been read whole is not cancelled by letting go of it")
    func readWhole() async throws {
        let server = ScriptedServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")
        for _ in 0..<20 {
            let response = try await transport.stream(HTTPRequest(url: server.url))
            #expect(try await text(response.body) == "body")
        }
        #expect(await holds { transport.statistics.completed == 20 })
        #expect(transport.statistics.failed == 0)
    }

    @Test("silence ends it")
    func silence() async throws {
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\nx")
            connection.waitForEnd()
        }
        let response = try await transport.stream(
            HTTPRequest(url: server.url, timeout: nil, idleTimeout: .milliseconds(200)))
        await #expect { try await text(response.body) } throws: { ($0 as? HTTPFailure)?.kind == .timeout }
    }

    @Test("dropping the body ends the transfer")
    func dropped() async throws {
        let isOver = Mutex(false)
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\nx")
            connection.waitForEnd()
            isOver.withLock { $0 = true }
        }
        let response = try await transport.stream(HTTPRequest(url: server.url, timeout: nil))
        for try await piece in response.body {
            #expect(piece == Data("x".utf8))
            break
        }
        #expect(!isOver.withLock { $0 })
        _ = consume response
        #expect(await holds { isOver.withLock { $0 } })
    }

    @Test("cancelling the reader ends the transfer")
    func cancelledReader() async throws {
        let isOver = Mutex(false)
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n\r\nx")
            connection.waitForEnd()
            isOver.withLock { $0 = true }
        }
        let response = try await transport.stream(HTTPRequest(url: server.url, timeout: nil))
        let pieces = Mutex(0)
        let task = Task { for try await _ in response.body { pieces.withLock { $0 += 1 } } }
        #expect(await holds { pieces.withLock { $0 } == 1 })
        task.cancel()
        // The stream may also just end: its consumer is the one who cancelled.
        _ = await task.result
        #expect(await holds { isOver.withLock { $0 } })
    }

    @Test("a reader that does not read slows the server down, and loses nothing")
    func backPressure() async throws {
        let total = 64 << 20
        let written = Mutex(0)
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 120, count: 64 << 10)
            for _ in 0..<(total / piece.count) {
                guard connection.write(piece) else { return }
                written.withLock { $0 += piece.count }
            }
        }
        let response = try await transport.stream(
            HTTPRequest(url: server.url, timeout: nil, maximumBodyBytes: 256 << 10))
        // Until nothing moves any more.
        var last = -1
        while last != written.withLock({ $0 }) {
            last = written.withLock { $0 }
            try await Task.sleep(for: .milliseconds(600))  // between two looks at a counter that must stand still
        }
        #expect(last < total / 2)
        var read = 0
        for try await piece in response.body {
            #expect(piece.count <= 512 << 10)
            read += piece.count
        }
        #expect(read == total)
    }

    @Test("while it is the reader who holds things up, it is not the server who is silent")
    func readersSilence() async throws {
        let hasWritten = Mutex(false)
        let server = ScriptedServer { connection in
            _ = connection.readRequest()
            // All of it fits between the two ends, so that nothing more is needed of this thread.
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 131072\r\n\r\n")
            connection.write([UInt8](repeating: 120, count: 128 << 10))
            hasWritten.withLock { $0 = true }
            connection.waitForEnd()
        }
        let response = try await transport.stream(
            HTTPRequest(url: server.url, timeout: nil, idleTimeout: .seconds(2), maximumBodyBytes: 16 << 10))
        #expect(await holds { hasWritten.withLock { $0 } })
        // Longer than the silence that is allowed.
        try await Task.sleep(for: .seconds(3))
        #expect(try await text(response.body).utf8.count == 128 << 10)
    }
}

/// Lets a server's thread through once for each `open`.
private final class Gate: Sendable {
    private let descriptors: (reading: Int32, writing: Int32)

    init() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        descriptors = (ends[0], ends[1])
    }

    deinit {
        close(descriptors.reading)
        close(descriptors.writing)
    }

    func open() {
        var byte: UInt8 = 0
        _ = write(descriptors.writing, &byte, 1)
    }

    func wait() {
        var byte: UInt8 = 0
        _ = read(descriptors.reading, &byte, 1)
    }
}
