import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

@Suite("Starting and stopping")
struct ShutdownTests {
    @Test("a stop closes idle connections, tells the streams, and waits until they are finished")
    func openStream() async throws {
        let probe = StreamProbe()
        let server = try TestServer(
            answer: probe.answer,
            stopping: {
                for writer in probe.writers {
                    writer.write(Array("event: bye\n\n".utf8))
                    writer.finish()
                }
            })
        let client = server.client()
        await client.send(StreamTests.get)
        #expect(await eventually { probe.opened == 1 })
        let idle = server.client()
        #expect(await eventually { server.statistics.connectionsOpen == 2 })
        await server.server.shutdown(grace: .seconds(60))
        #expect(await client.receiveAll().hasSuffix("event: bye\n\n\r\n0\r\n\r\n"))
        #expect(await idle.receiveAll() == "")
        #expect(probe.closed == 1)
        #expect(server.statistics.connectionsOpen == 0)
    }

    @Test("a stream that nobody finishes is closed at the end of the grace")
    func graceEnds() async throws {
        let probe = StreamProbe()
        let server = try TestServer(answer: probe.answer)
        let client = server.client()
        await client.send(StreamTests.get)
        #expect(await eventually { probe.opened == 1 })
        await server.server.shutdown(grace: .milliseconds(50))
        #expect(probe.closed == 1)
        #expect(probe.writers.first?.write([1]) == false)
        #expect(!(await client.receiveAll()).hasSuffix("0\r\n\r\n"))
    }

    @Test("a request under way is answered, and told that the connection ends")
    func requestUnderWay() async throws {
        let gate = Gate()
        let stopping = Gate()
        let server = try TestServer(
            answer: { _ in
                .later {
                    await gate.pass()
                    return ServerResponse(body: .bytes(Array("done".utf8)))
                }
            }, stopping: { stopping.open() })
        let client = server.client()
        await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await eventually { server.statistics.requests == 1 })
        async let ended: Void = server.server.shutdown(grace: .seconds(60))
        await stopping.pass()
        gate.open()
        let answer = await client.receiveAll()
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.hasSuffix("\r\n\r\ndone"))
        await ended
    }

    @Test("an answer that comes after the end goes nowhere, and its stream is closed")
    func answerAfterEnd() async throws {
        let gate = Gate()
        let probe = StreamProbe()
        let server = try TestServer { _ in
            .later {
                await gate.pass()
                return ServerResponse(body: .stream(probe.stream))
            }
        }
        let client = server.client()
        await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await eventually { server.statistics.requests == 1 })
        await server.server.shutdown(grace: .zero)
        gate.open()
        #expect(await eventually { probe.closed == 1 })
        #expect(probe.opened == 0)
    }

    @Test("stopping twice, or what never started, just returns")
    func twice() async throws {
        let calls = Mutex(0)
        let server = try TestServer(stopping: { calls.withLock { $0 += 1 } })
        async let first: Void = server.server.shutdown(grace: .seconds(60))
        async let second: Void = server.server.shutdown(grace: .seconds(60))
        _ = await (first, second)
        await server.server.shutdown(grace: .seconds(60))
        #expect(calls.withLock { $0 } == 1)
        await HTTPServer(handler: TestServer.Handler(answer: TestServer.echo)).shutdown(grace: .seconds(60))
    }

    @Test("after a stop nobody is accepted, and the port is free")
    func portIsFree() async throws {
        let server = try TestServer()
        await server.server.shutdown(grace: .seconds(60))
        let next = HTTPServer(handler: TestServer.Handler(answer: TestServer.echo))
        #expect(try next.start(address: "127.0.0.1", port: server.port) == server.port)
        await next.shutdown(grace: .zero)
    }

    @Test("a server nobody holds any more ends by itself")
    func forgotten() async throws {
        let probe = StreamProbe()
        var server: TestServer? = try TestServer(answer: probe.answer)
        let client = try #require(server?.client())
        await client.send(StreamTests.get)
        #expect(await eventually { probe.opened == 1 })
        server = nil
        #expect(await eventually { probe.closed == 1 })
    }

    @Test("a port in use, a foreign address, a wrong port and a second start say what to do")
    func failures() async throws {
        let server = try TestServer()
        let other = HTTPServer(handler: TestServer.Handler(answer: TestServer.echo))
        #expect(failure { try other.start(address: "127.0.0.1", port: server.port) }?.reason == .portInUse)
        #expect(failure { try other.start(address: "192.0.2.1", port: 0) }?.reason == .unknownAddress)
        #expect(failure { try other.start(address: "no.such.name.invalid", port: 0) }?.reason == .unknownAddress)
        #expect(failure { try other.start(address: "", port: 0) }?.reason == .unknownAddress)
        #expect(failure { try other.start(address: "127.0.0.1", port: 70_000) }?.reason == .unknownAddress)
        #expect(failure { try server.server.start(address: "127.0.0.1", port: 0) }?.reason == .alreadyStarted)
        #expect(ListenFailure.listening("a:80", 13).reason == .notPermitted)
        #expect(ListenFailure.listening("a:80", 12).reason == .system(12))
        #expect(
            failure { try other.start(address: "127.0.0.1", port: server.port) }?.message.contains("ss -ltnp") == true)
    }

    private func failure(_ start: () throws -> Int) -> ListenFailure? {
        do {
            _ = try start()
            return nil
        } catch { return error as? ListenFailure }
    }

    @Test(
        "both families are served on ::, and an IPv4 client is known by its IPv4 address", arguments: ["::", "0.0.0.0"])
    func families(_ address: String) async throws {
        let server = HTTPServer(
            handler: TestServer.Handler { .now(ServerResponse(body: .bytes(Array($0.remoteAddress.utf8)))) })
        let started = Result { try server.start(address: address, port: 0) }
        if case .failure(let failure as ListenFailure) = started, failure.reason == .unknownAddress, address == "::" {
            return  // This machine has no IPv6.
        }
        let port = try started.get()
        #expect(await RawClient(port: port).exchange(RequestTests.close).hasSuffix("\r\n\r\n127.0.0.1"))
        await server.shutdown(grace: .seconds(60))
    }
}
