import Testing

@testable import HTTPServer

@Suite("What the server refuses before the handler sees it")
struct RefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: String
        let refusal: Refusal

        init(_ name: String, _ request: String, _ refusal: Refusal) {
            testDescription = name
            self.request = request
            self.refusal = refusal
        }
    }

    static let cases: [Case] = [
        Case(
            "a space before the colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello",
            .spaceBeforeColon),
        Case("no Host", "GET / HTTP/1.1\r\n\r\n", .missingHost),
        Case("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", .duplicateHost),
        Case("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", .duplicateHost),
        Case("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
        Case("a bare LF after the request line", "GET / HTTP/1.1\nHost: a\n\n", .bareLineFeed),
        Case("a bare LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", .bareLineFeed),
        Case("a bare LF as the blank line", "GET / HTTP/1.1\r\nHost: a\r\n\n", .bareLineFeed),
        Case("a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", .controlByte),
        Case(
            "length and encoding",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            .lengthAndEncoding),
        Case(
            "encoding and length",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            .lengthAndEncoding),
        Case("a folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", .foldedHeader),
        Case("a folded first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedHeader),
        Case("a NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", .controlByte),
        Case("an ESC in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\u{1B}[2J\r\n\r\n", .controlByte),
        Case("a NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n", .controlByte),
        Case("a NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", .controlByte),
        Case("a field without a colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", .malformedHeader),
        Case("a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", .malformedHeader),
        Case("bytes above 127 in the target", "GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Case("a broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Case("an escaped NUL", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Case("an escape that is not UTF-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Case("a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Case("a target that is no path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
        Case("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequestLine),
        Case("no version", "GET /\r\n\r\n", .malformedRequestLine),
        Case("a version of its own", "GET / HTTP/1.1x\r\nHost: a\r\n\r\n", .malformedRequestLine),
        Case("a TLS handshake", "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\u{00}", .encrypted),
        Case("a length with a sign", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", .invalidLength),
        Case(
            "a length that is negative", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello", .invalidLength
        ),
        Case(
            "two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
            .invalidLength),
        Case("a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", .invalidLength),
        Case(
            "a length beyond all numbers",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", .invalidLength),
        Case(
            "a length above the limit", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", .bodyTooLarge),
        Case(
            "a length above the limit, and asking first",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1048577\r\n\r\n", .bodyTooLarge),
        Case("a chunk above the limit", chunked("100001\r\n"), .bodyTooLarge),
        Case("a chunk beyond all numbers", chunked("fffffffffffffffff\r\n"), .bodyTooLarge),
        Case("a chunk without a size", chunked("\r\nhello"), .malformedChunk),
        Case("a chunk with a sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), .malformedChunk),
        Case("a chunk longer than it says", chunked("5\r\nhelloXX0\r\n\r\n"), .malformedChunk),
        Case("a chunk size with LF alone", chunked("5\nhello\r\n0\r\n\r\n"), .malformedChunk),
        Case("a chunk extension with LF alone", chunked("5;a\nhello\r\n0\r\n\r\n"), .malformedChunk),
        Case("a trailer with LF alone", chunked("5\r\nhello\r\n0\r\nX: y\n\r\n"), .malformedChunk),
        Case(
            "chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .encodingInOldVersion),
        Case("an encoding that is not known", chunked("", encoding: "gzip, chunked"), .unknownEncoding),
        Case("an encoding that does not delimit", chunked("", encoding: "identity"), .unknownEncoding),
        Case("a method that is not known", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
        Case("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", .unknownMethod),
        Case("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unknownVersion),
        Case("HTTP/0.9 by number", "GET / HTTP/0.9\r\n\r\n", .unknownVersion),
        Case("an expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: a pony\r\n\r\n", .unknownExpectation),
        Case(
            "a long target", "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            .targetTooLong),
        Case(
            "a long header", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 17_000))\r\n\r\n",
            .headersTooLarge),
        Case(
            "many fields", "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 101))\r\n",
            .headersTooLarge),
    ]

    static func chunked(_ body: String, encoding: String = "chunked") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \(encoding)\r\n\r\n" + body
    }

    @Test("a bad request gets its status and a reason in JSON, and the connection ends", arguments: cases)
    func refuses(_ bad: Case) async throws {
        let server = try TestServer { _ in
            Issue.record("the handler was asked")
            return .now(ServerResponse())
        }
        let answer = await server.client().exchange(bad.request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(bad.refusal.status) "))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(answer.contains("\r\nContent-Type: application/json\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n{\"error\": \"\(bad.refusal.message)\"}"))
        #expect(server.statistics.refused == [bad.refusal: 1])
        #expect(server.statistics.requests == 0)
    }

    @Test("the reason is the same when the request comes byte by byte", arguments: cases)
    func refusesByteByByte(_ bad: Case) {
        var scanner = HeadScanner()
        let bytes = Array(bad.request.utf8)
        var outcome = HeadScanner.Outcome.more
        var whole: HeadScanner.Outcome?
        for byte in bytes {
            outcome = [byte].withUnsafeBytes { scanner.scan($0, limits: HTTPLimits()) }
            if outcome != .more { break }
        }
        var fresh = HeadScanner()
        whole = bytes.withUnsafeBytes { fresh.scan($0, limits: HTTPLimits()) }
        if case .complete = whole {
            #expect(outcome == .complete(1))
        } else {
            #expect(outcome == whole)
        }
    }

    @Test("no message can break out of its JSON", arguments: Refusal.allCases)
    func messages(_ refusal: Refusal) {
        #expect(!refusal.message.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
        #expect([400, 408, 413, 414, 417, 431, 501, 503, 505].contains(refusal.status))
    }

    @Test("10 MB of body are refused by their length, and the client that sends them all reads the 413")
    func bigBody() async throws {
        let server = try TestServer()
        let client = server.client()
        await client.send("POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 10485760\r\n\r\n")
        #expect(await client.send([UInt8](repeating: 97, count: 10_485_760)))
        client.stopSending()
        #expect(await client.receiveAll().hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
        #expect(server.statistics.requests == 0)
    }

    @Test("10 MB of chunks are refused at the limit, and the client that sends them all reads the 413")
    func bigChunks() async throws {
        let server = try TestServer()
        let client = server.client()
        await client.send(Self.chunked(""))
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 97, count: 65_536) + Array("\r\n".utf8)
        for _ in 0..<160 { #expect(await client.send(chunk)) }
        client.stopSending()
        #expect(await client.receiveAll().hasPrefix("HTTP/1.1 413 "))
    }

    @Test("a header of 1 MB is refused, and the client that sends it all reads the 431")
    func bigHeader() async throws {
        let server = try TestServer()
        let client = server.client()
        await client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
        #expect(await client.send([UInt8](repeating: 97, count: 1 << 20)))
        client.stopSending()
        #expect(await client.receiveAll().hasPrefix("HTTP/1.1 431 "))
        #expect(await server.isAlive())
    }

    @Test(
        "half a request, then the end of the client's sending, is a 400",
        arguments: [
            "GET", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe",
        ])
    func halfRequest(_ half: String) async throws {
        let server = try TestServer()
        let client = server.client()
        await client.send(half)
        client.stopSending()
        #expect(await client.receiveAll().hasPrefix("HTTP/1.1 400 "))
        #expect(server.statistics.refused == [.incomplete: 1])
    }
}
