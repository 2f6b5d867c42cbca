import Synchronization
import Testing

@testable import HTTPServer

@Suite("Streams")
struct StreamTests {
    static let get = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("a stream is sent in chunks as it is written, ended by finish, and the connection stays")
    func chunks() async throws {
        let probe = StreamProbe()
        let server = try TestServer { request in
            request.path == "/events" ? probe.answer(request) : TestServer.echo(request)
        }
        let client = server.client()
        await client.send(Self.get)
        let head = try #require(await client.receive(until: "\r\n\r\n"))
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"))
        #expect(head.contains("Transfer-Encoding: chunked\r\n"))
        let writer = try #require(probe.writers.first)
        #expect(writer.write(Array("data: 1\n\n".utf8)))
        #expect(await client.receive(until: "\n\n\r\n") == "9\r\ndata: 1\n\n\r\n")
        #expect(writer.write([]))
        writer.write(Array("last".utf8))
        writer.finish()
        #expect(!writer.write([1]))
        writer.finish()
        let end = try #require(await client.receive(until: "0\r\n\r\n"))
        #expect(end.hasSuffix("4\r\nlast\r\n0\r\n\r\n"))
        #expect(await eventually { probe.closed == 1 })
        #expect(await client.exchange(RequestTests.close).hasSuffix("GET /last [] "))
        #expect(probe.closed == 1)
        #expect(server.statistics.streamsOpened == 1)
        #expect(server.statistics.streamsOpen == 0)
        #expect(server.statistics.streamsAbandoned == 0)
    }

    @Test("what is written while the stream opens comes after its head, and before the next answer")
    func writtenAtOnce() async throws {
        let server = try TestServer { request in
            guard request.path == "/events" else { return TestServer.echo(request) }
            return .now(
                ServerResponse(
                    body: .stream(
                        ResponseStream(opened: { writer in
                            writer.write(Array("one ".utf8))
                            writer.write(Array("two".utf8))
                            writer.finish()
                        }))))
        }
        let answer = await server.client().exchange(Self.get + Self.get + RequestTests.close)
        #expect(answer.ranges(of: "\r\n\r\n7\r\none two\r\n0\r\n\r\nHTTP/1.1 200 OK").count == 2)
        #expect(answer.hasSuffix("GET /last [] "))
    }

    @Test("HTTP/1.0 gets the bytes as they are, up to the end of the connection")
    func oldVersion() async throws {
        let probe = StreamProbe()
        let server = try TestServer(answer: probe.answer)
        let client = server.client()
        await client.send("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let head = try #require(await client.receive(until: "\r\n\r\n"))
        #expect(head.contains("Connection: close\r\n") && !head.contains("chunked"))
        probe.writers.first?.write(Array("data".utf8))
        #expect(await client.receive(until: "data") == "data")
        probe.writers.first?.finish()
        #expect(await client.receiveAll() == "")
        #expect(await eventually { probe.closed == 1 })
    }

    @Test("HEAD gets the head, and the stream is over without having opened")
    func head() async throws {
        let probe = StreamProbe()
        let server = try TestServer(answer: probe.answer)
        let answer = await server.client().exchange("HEAD /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(answer.hasSuffix("\r\n\r\n"))
        #expect(probe.closed == 1)
        #expect(probe.opened == 0)
    }

    enum Leaving: CaseIterable { case end, reset, stopsSending }

    @Test(
        "a client that leaves in mid-stream is noticed, and the stream closed exactly once", arguments: Leaving.allCases
    )
    func leaves(_ leaving: Leaving) async throws {
        let probe = StreamProbe()
        let server = try TestServer(answer: probe.answer)
        let client = server.client()
        await client.send(Self.get)
        _ = await client.receive(until: "\r\n\r\n")
        switch leaving {
        case .end: client.leave()
        case .reset: client.reset()
        case .stopsSending: client.stopSending()
        }
        // Nothing is written: the stream is idle, as most are.
        #expect(await eventually { probe.closed == 1 })
        #expect(probe.writers.first?.write([1]) == false)
        probe.writers.first?.finish()
        #expect(await eventually { server.statistics.connectionsOpen == 0 })
        #expect(probe.closed == 1)
        #expect(server.statistics.streamsAbandoned == 1)
    }

    @Test("a client that reads too slowly is dropped and counted; others are not held up")
    func slowReader() async throws {
        var limits = HTTPLimits.quick
        limits.streamQueueBytes = 64 * 1024
        let probe = StreamProbe()
        let server = try TestServer(limits: limits, answer: probe.answer)
        let slow = server.client(receiveBuffer: 4_096)
        await slow.send(Self.get)
        #expect(await eventually { probe.opened == 1 })
        let writer = try #require(probe.writers.first)
        let block = [UInt8](repeating: 120, count: 16 * 1024)
        // The kernel takes some megabytes, then the queue fills.
        #expect(await OwnThread.run { (0..<10_000).contains { _ in !writer.write(block) } })
        #expect(await eventually { probe.closed == 1 })
        #expect(server.statistics.streamsDroppedSlow == 1)
        #expect(server.statistics.streamsAbandoned == 0)
        #expect(await server.isStreaming(probe))
    }

    @Test("a client that takes nothing for the stall time is dropped, though its queue has room")
    func stalledReader() async throws {
        var limits = HTTPLimits.quick
        limits.streamQueueBytes = 64 << 20
        limits.writeStallTime = .milliseconds(50)
        let probe = StreamProbe()
        let server = try TestServer(limits: limits, answer: probe.answer)
        let slow = server.client(receiveBuffer: 4_096)
        await slow.send(Self.get)
        #expect(await eventually { probe.opened == 1 })
        probe.writers.first?.write([UInt8](repeating: 120, count: 32 << 20))
        #expect(await eventually { probe.closed == 1 })
        #expect(server.statistics.streamsDroppedSlow == 1)
    }

    @Test("all that is written from many threads arrives, each piece whole")
    func manyThreads() async throws {
        let probe = StreamProbe()
        let server = try TestServer(answer: probe.answer)
        let client = server.client()
        await client.send("GET /events HTTP/1.0\r\n\r\n")
        #expect(await eventually { probe.opened == 1 })
        let writer = try #require(probe.writers.first)
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<16 {
                group.addTask {
                    await OwnThread.run {
                        for index in 0..<200 { writer.write(Array("<\(thread):\(index)>".utf8)) }
                    }
                }
            }
        }
        writer.finish()
        let text = await client.receiveAll()
        let pieces = text.matches(of: /<(\d+):(\d+)>/).map { (Int($0.1) ?? -1, Int($0.2) ?? -1) }
        #expect(pieces.count == 3_200)
        for thread in 0..<16 { #expect(pieces.filter { $0.0 == thread }.map(\.1) == Array(0..<200)) }
    }

    @Test("one event reaches 500 streams, and each is closed once")
    func manyStreams() async throws {
        let probe = StreamProbe()
        let server = try TestServer(answer: probe.answer)
        let clients = (0..<500).map { _ in server.client() }
        for client in clients { await client.send(Self.get) }
        #expect(await eventually { probe.opened == 500 })
        #expect(server.statistics.streamsOpen == 500)
        for writer in probe.writers { #expect(writer.write(Array("event".utf8))) }
        for client in clients { #expect(await client.receive(until: "5\r\nevent\r\n") != nil) }
        for client in clients.prefix(250) { client.leave() }
        #expect(await eventually { probe.closed == 250 })
        for writer in probe.writers { writer.finish() }
        #expect(await eventually { probe.closed == 500 })
        #expect(server.statistics.streamsOpen == 0)
    }

    @Test("more streams than allowed are refused with 503 and Retry-After")
    func tooMany() async throws {
        var limits = HTTPLimits.quick
        limits.streams = 1
        let probe = StreamProbe()
        let server = try TestServer(limits: limits, answer: probe.answer)
        let first = server.client()
        await first.send(Self.get)
        #expect(await eventually { probe.opened == 1 })
        let answer = await server.client().exchange(Self.get)
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.contains("Retry-After: "))
        #expect(probe.opened == 1)
        #expect(probe.closed == 1)
        #expect(server.statistics.refused == [.tooManyStreams: 1])
        first.leave()
        #expect(await eventually { probe.closed == 2 })
        #expect(await server.isStreaming(probe))
    }

    @Test("what a streaming client sends waits for the end of its stream")
    func pipelinedBehindStream() async throws {
        let probe = StreamProbe()
        let server = try TestServer { request in
            request.path == "/events" ? probe.answer(request) : TestServer.echo(request)
        }
        let client = server.client()
        await client.send(Self.get + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await eventually { probe.opened == 1 })
        await client.send(RequestTests.close)
        probe.writers.first?.write(Array("event".utf8))
        probe.writers.first?.finish()
        let answer = await client.receiveAll()
        #expect(answer.contains("event\r\n0\r\n\r\nHTTP/1.1 200 OK"))
        #expect(answer.contains("GET /2 [] "))
        #expect(answer.hasSuffix("GET /last [] "))
    }
}

extension TestServer {
    /// Whether a new client's stream opens and carries an event.
    func isStreaming(_ probe: StreamProbe) async -> Bool {
        let before = probe.opened
        let client = client()
        await client.send(StreamTests.get)
        guard await eventually({ probe.opened == before + 1 }) else { return false }
        probe.writers.last?.write(Array("alive".utf8))
        return await client.receive(until: "alive") != nil
    }
}
