import Synchronization
import Testing

@testable import HTTPServer

@Suite("Limits")
struct LimitTests {
    @Test("a head that does not arrive in time is a 408, however steadily its bytes come")
    func slowHead() async throws {
        var limits = HTTPLimits.quick
        limits.headerTime = .milliseconds(100)
        let server = try TestServer(limits: limits)
        let client = server.client()
        await client.send("GET / HTTP/1.1\r\nX: ")
        // A byte every now and then must not move the deadline.
        #expect(await eventually { server.statistics.refused == [.headerTimeout: 1] || !client.sendOne() })
        #expect(await client.receiveAll().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(server.statistics.refused == [.headerTimeout: 1])
    }

    @Test("a body that does not arrive in time is a 408")
    func slowBody() async throws {
        var limits = HTTPLimits.quick
        limits.bodyTime = .milliseconds(50)
        let server = try TestServer(limits: limits)
        let answer = await server.client().exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(server.statistics.refused == [.bodyTimeout: 1])
    }

    @Test("an idle connection is closed without a word", arguments: ["", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
    func idle(_ before: String) async throws {
        var limits = HTTPLimits.quick
        limits.headerTime = .milliseconds(50)
        limits.idleTime = .milliseconds(50)
        let server = try TestServer(limits: limits)
        let answer = await server.client().exchange(before)
        #expect(before.isEmpty ? answer.isEmpty : answer.hasSuffix("GET / [] "))
        #expect(await eventually { server.statistics.connectionsOpen == 0 })
        #expect(server.statistics.connectionsIdleClosed == 1)
        #expect(server.statistics.refused.isEmpty)
    }

    @Test("an answer that its client does not take is given up")
    func stalledAnswer() async throws {
        var limits = HTTPLimits.quick
        limits.writeStallTime = .milliseconds(50)
        let server = try TestServer(limits: limits) { _ in
            .now(ServerResponse(body: .bytes([UInt8](repeating: 120, count: 32 << 20))))
        }
        let client = server.client(receiveBuffer: 4_096)
        await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await eventually { server.statistics.connectionsOpen == 0 && server.statistics.answersStalled == 1 })
    }

    @Test("a client that neither reads its refusal nor leaves is let go")
    func lingering() async throws {
        var limits = HTTPLimits.quick
        limits.lingerTime = .milliseconds(50)
        let server = try TestServer(limits: limits)
        let client = server.client()
        await client.send("nonsense\r\n")
        #expect(await eventually { server.statistics.refused.count == 1 && server.statistics.connectionsOpen == 0 })
        await client.send("more")
    }

    @Test("what a refused client goes on sending is read only so far")
    func lingerBytes() async throws {
        var limits = HTTPLimits.quick
        limits.lingerBytes = 1 << 20
        let server = try TestServer(limits: limits)
        let client = server.client()
        await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
        #expect(await client.send([UInt8](repeating: 97, count: 64 << 20)) == false)
        #expect(await eventually { server.statistics.connectionsOpen == 0 })
    }

    @Test("connections above the limit wait until one closes, and idle ones make room")
    func connectionLimit() async throws {
        var limits = HTTPLimits.quick
        limits.connections = 2
        let probe = StreamProbe()
        let server = try TestServer(limits: limits) { request in
            request.path == "/events" ? probe.answer(request) : TestServer.echo(request)
        }
        let stream = server.client()
        await stream.send(StreamTests.get)
        let idle = server.client()
        await idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await idle.receive(until: "GET / [] ") != nil)
        // The idle one had its answer: it goes.
        let second = server.client()
        await second.send(StreamTests.get)
        #expect(await idle.receiveAll() == "")
        #expect(await eventually { probe.opened == 2 })
        // Now both are in use.
        let waiting = server.client()
        await waiting.send(RequestTests.close)
        #expect(await eventually { server.statistics.listenerParked >= 1 })
        #expect(server.statistics.connectionsOpen == 2)
        stream.leave()
        #expect(await waiting.receiveAll().hasSuffix("GET /last [] "))
    }

    @Test("connections of one address above its limit get a 503 that says so")
    func addressLimit() async throws {
        var limits = HTTPLimits.quick
        limits.connectionsPerAddress = 1
        let server = try TestServer(limits: limits)
        let first = server.client()
        #expect(await eventually { server.statistics.connectionsOpen == 1 })
        let answer = await server.client().receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.contains("Retry-After: ") && answer.contains(Refusal.tooManyConnections.message))
        #expect(server.statistics.refused == [.tooManyConnections: 1])
        first.leave()
        #expect(await eventually { server.statistics.connectionsOpen == 0 })
        #expect(await server.isAlive())
    }

    @Test("unfinished requests together have a limit")
    func bufferedLimit() async throws {
        var limits = HTTPLimits.quick
        limits.bufferedBytes = 10_000
        let server = try TestServer(limits: limits)
        let first = server.client()
        let start = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" + String(repeating: "x", count: 8_000)
        await first.send(start)
        #expect(await eventually { server.statistics.bytesRead == start.utf8.count })
        #expect(await server.client().exchange(start).hasPrefix("HTTP/1.1 503 "))
        #expect(server.statistics.refused == [.outOfMemory: 1])
        await first.send(String(repeating: "x", count: 1_000))
        #expect(await first.receive(until: "x", times: 9_000) != nil)
        #expect(await server.isAlive())
    }

    @Test("without descriptors the listener rests, and goes on when there are some again")
    func noDescriptors() async throws {
        let isExhausted = Mutex(true)
        let server = try TestServer(acceptFault: { isExhausted.withLock { $0 } })
        let client = server.client()
        await client.send(RequestTests.close)
        #expect(await eventually { server.statistics.listenerParked >= 2 })
        #expect(server.statistics.connectionsAccepted == 0)
        isExhausted.withLock { $0 = false }
        #expect(await client.receiveAll().hasSuffix("GET /last [] "))
    }

    @Test("500 connections at once are all answered")
    func manyConnections() async throws {
        let server = try TestServer()
        let clients = (0..<500).map { _ in server.client() }
        #expect(await eventually { server.statistics.connectionsOpen == 500 })
        for client in clients { await client.send(RequestTests.close) }
        for client in clients { #expect(await client.receiveAll().hasSuffix("GET /last [] ")) }
        #expect(await eventually { server.statistics.connectionsOpen == 0 })
        #expect(server.statistics.connectionsAccepted == 500)
        #expect(server.statistics.requests == 500)
    }
}

extension RawClient {
    /// Sends one more byte of whatever it is; false when the connection is over.
    func sendOne() -> Bool { sendNow([97]) }
}
