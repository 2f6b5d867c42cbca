import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

@Suite("Requests and answers")
struct RequestTests {
    static let post = "POST /a%20b?x=1&y=a+b%26c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    static let close = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test("a request is taken apart and its answer delimited")
    func request() async throws {
        let server = try TestServer()
        let answer = await server.client().exchange(Self.post + Self.close)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: "))
        #expect(answer.contains("\r\nContent-Length: 29\r\n\r\nPOST /a b [x=1&y=a b&c] hello"))
        #expect(answer.hasSuffix("Connection: close\r\n\r\nGET /last [] "))
        #expect(server.statistics.requests == 2)
        #expect(await eventually { server.statistics.bytesWritten == answer.utf8.count })
        #expect(server.statistics.bytesRead == (Self.post + Self.close).utf8.count)
    }

    @Test("a request that comes byte by byte is the same request")
    func byteByByte() async throws {
        let server = try TestServer()
        let client = server.client()
        for byte in (Self.post + Self.close).utf8 { await client.send([byte]) }
        let answer = await client.receiveAll()
        #expect(answer.contains("POST /a b [x=1&y=a b&c] hello"))
        #expect(answer.hasSuffix("GET /last [] "))
    }

    @Test("pipelined requests are answered in order, those that take time as well")
    func pipelining() async throws {
        let server = try TestServer { request in
            let response = ServerResponse(body: .bytes(Array("<\(request.path)>".utf8)))
            // Every third is answered by a task; none may overtake another.
            guard let number = Int(request.path.dropFirst()), number.isMultiple(of: 3) else { return .now(response) }
            return .later {
                await Task.yield()
                return response
            }
        }
        let requests = (1...500).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        let answer = await server.client().exchange(requests + Self.close)
        let order = answer.matches(of: /<\/(\d+)>/).compactMap { Int($0.1) }
        #expect(order == Array(1...500))
        #expect(answer.hasSuffix("</last>"))
    }

    @Test("an answer may be given later from any thread, or at once")
    func whenKnown() async throws {
        let server = try TestServer { request in
            .whenKnown { answer in
                let response = ServerResponse(body: .bytes(Array("<\(request.path)>".utf8)))
                guard request.path != "/now" else { return answer(response) }
                Task {
                    await Task.yield()
                    answer(response)
                }
            }
        }
        let requests = ["/now", "/later", "/now", "/later"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        let answer = await server.client().exchange(requests + Self.close)
        #expect(answer.matches(of: /<(.*?)>/).map(\.1) == ["/now", "/later", "/now", "/later", "/last"])
    }

    @Test("a client that pipelines large answers and reads late gets them all, in order")
    func pipelinedLargeAnswers() async throws {
        let body = [UInt8](repeating: 120, count: 300_000)
        let server = try TestServer { request in
            .now(ServerResponse(body: .bytes(body + Array("<\(request.path)>".utf8))))
        }
        let client = server.client(receiveBuffer: 8_192)
        let requests = (1...40).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
        await client.send(requests.joined() + Self.close)
        let answer = await client.receiveAll()
        let order = answer.matches(of: /<\/(\w+)>/).map { String($0.1) }
        let expected = (1...40).map { String($0) } + ["last"]
        #expect(order == expected)
    }

    @Test("an answer by task follows a blocked one")
    func laterBehindBlocked() async throws {
        let server = try TestServer { request in
            if request.path == "/big" {
                return .now(ServerResponse(body: .bytes([UInt8](repeating: 120, count: 4 << 20))))
            }
            return .later { ServerResponse(body: .bytes(Array("<\(request.path)>".utf8))) }
        }
        let client = server.client(receiveBuffer: 8_192)
        await client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\nGET /later HTTP/1.1\r\nHost: a\r\n\r\n" + Self.close)
        #expect(await eventually { server.statistics.requests >= 1 })
        let answer = await client.receiveAll()
        #expect(answer.contains("</later>"))
        #expect(answer.hasSuffix("</last>"))
    }

    @Test("HEAD gets the head of GET and no body")
    func head() async throws {
        let server = try TestServer()
        let answer = await server.client().exchange("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(answer.contains("Content-Length: 11\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test("Expect: 100-continue is answered before the body is read")
    func expectContinue() async throws {
        let server = try TestServer()
        let client = server.client()
        await client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
        #expect(await client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(await client.exchange("hello").hasSuffix("POST / [] hello"))
    }

    @Test("a body that is there already is not asked for")
    func expectContinueWithBody() async throws {
        let server = try TestServer()
        let answer = await server.client().exchange(
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test("a chunked body is joined, its extensions and trailers dropped", arguments: [1, 3, 1_000])
    func chunked(pieces: Int) async throws {
        let server = try TestServer()
        let client = server.client()
        let request =
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "5\r\nhello\r\n1;name=\"v\"\r\n,\r\n00A\r\n wide \r\n\r\n\r\n0\r\nX-Sum: 1\r\n\r\n" + Self.close
        var rest = Array(request.utf8)[...]
        while !rest.isEmpty {
            await client.send(Array(rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
        }
        let answer = await client.receiveAll()
        #expect(answer.contains("POST / [] hello, wide \r\n\r\n"))
        #expect(answer.hasSuffix("GET /last [] "))
    }

    @Test("HTTP/1.0 ends after its answer, unless it asks to stay")
    func oldVersion() async throws {
        let server = try TestServer()
        let ended = await server.client().exchange("GET /1 HTTP/1.0\r\n\r\n")
        #expect(ended.contains("Connection: close\r\n"))
        let stayed = await server.client().exchange(
            "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n")
        #expect(stayed.contains("Connection: keep-alive\r\n"))
        #expect(stayed.hasSuffix("GET /2 [] "))
    }

    @Test("a client that stops sending after its request still gets the answer")
    func halfClosed() async throws {
        let gate = Gate()
        let server = try TestServer { _ in
            .later {
                await gate.pass(); return ServerResponse(body: .bytes([111, 107]))
            }
        }
        let client = server.client()
        await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        client.stopSending()
        #expect(await eventually { server.statistics.requests == 1 })
        gate.open()
        #expect(await client.receiveAll().hasSuffix("\r\n\r\nok"))
        #expect(await eventually { server.statistics.connectionsOpen == 0 })
    }

    @Test("an answer for a client that has left goes nowhere")
    func leftBeforeAnswer() async throws {
        let gate = Gate()
        let probe = StreamProbe()
        let server = try TestServer { request in
            guard request.path == "/slow" else { return TestServer.echo(request) }
            return .later {
                await gate.pass(); return ServerResponse(body: .stream(probe.stream))
            }
        }
        let client = server.client()
        await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await eventually { server.statistics.requests == 1 })
        client.reset()
        #expect(await eventually { server.statistics.connectionsOpen == 0 })
        gate.open()
        #expect(await eventually { probe.closed == 1 })
        #expect(probe.opened == 0)
        #expect(await server.isAlive())
    }

    @Test("a handler cannot split an answer, nor delimit it otherwise than it is")
    func headersOfHandler() async throws {
        let server = try TestServer { _ in
            .now(
                ServerResponse(
                    status: 404,
                    headers: [
                        ("X-A", "1\r\nX-B: 2"), ("Content-Length", "999"), ("transfer-encoding", "chunked"),
                        ("a b", "c"),
                    ],
                    body: .bytes(Array("no".utf8))))
        }
        let answer = await server.client().exchange(Self.close)
        #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\nX-A: 1  X-B: 2\r\na-b: c\r\nDate: "))
        #expect(answer.hasSuffix("Content-Length: 2\r\nConnection: close\r\n\r\nno"))
    }

    @Test("204 has no body and no length")
    func noContent() async throws {
        let server = try TestServer { _ in .now(ServerResponse(status: 204)) }
        let answer = await server.client().exchange(Self.close)
        #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(!answer.contains("Content-Length"))
    }

    @Test("the client's address is told")
    func remoteAddress() async throws {
        let server = try TestServer { .now(ServerResponse(body: .bytes(Array($0.remoteAddress.utf8)))) }
        #expect(await server.client().exchange(Self.close).hasSuffix("\r\n\r\n127.0.0.1"))
    }
}
