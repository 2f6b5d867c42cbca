import FoundationEssentials
import HTTPClient
import JSON
import Testing
import ToolMatching

@testable import ToolServers

@Suite("Answers as streams")
struct StreamTests {
    static let texts: [(String, [String])] = [
        ("data: a\n\n", ["a"]), ("data:a\r\n\r\n", ["a"]), ("data: a\r\r", ["a"]), ("data: a\ndata: b\n\n", ["a\nb"]),
        (": comment\n\ndata: a\n\n", ["a"]), ("data\n\n", [""]), ("data: a", []), ("data: a\n", []),
        ("event: x\ndata: a\n\ndata: b\n\n", ["a", "b"]), ("\u{FEFF}data: a\n\n", ["a"]), ("\n\n\n", []),
        ("data:  two\n\n", [" two"]), ("retry: 10\nid: 7\nunknown: x\ndata: ü🙂\n\n", ["ü🙂"]),
        ("data: a\r\ndata: b\r\n\r\n", ["a\nb"]),
    ]

    @Test("a stream reads the same in pieces of any size", arguments: texts)
    func pieces(_ text: String, _ expected: [String]) throws {
        let bytes = Array(text.utf8)
        for size in 1...max(1, bytes.count) {
            var parser = ServerSentEvents(maximumEventBytes: 1000)
            var found: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += try parser.feed(Data(bytes[start..<min(start + size, bytes.count)])).map(\.data)
            }
            #expect(found == expected)
        }
    }

    @Test("an event may not grow without end")
    func overflow() {
        var parser = ServerSentEvents(maximumEventBytes: 100)
        #expect(throws: ServerSentEvents.Overflow.self) { try parser.feed(Data(repeating: 97, count: 101)) }
        var lines = ServerSentEvents(maximumEventBytes: 100)
        #expect(throws: ServerSentEvents.Overflow.self) {
            for _ in 0..<100 { _ = try lines.feed(Data("data: aaaaa\n".utf8)) }
        }
    }

    @Test("a server's questions during a call are answered or refused, its progress is let pass")
    func questions() async throws {
        let fake = FakeServer(.session2025November)
        let transport = ScriptedTransport { sent in
            guard sent.method == "tools/call", let id = sent.body["id"]?.intValue else {
                return sent.body["method"] == nil && sent.request.method == "POST"
                    ? .text("", status: 202) : fake.answer(sent)
            }
            return .stream(
                """
                : hello

                data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}

                data: {"jsonrpc":"2.0","id":"p","method":"ping"}

                data: {"jsonrpc":"2.0","id":5,"method":"sampling/createMessage","params":{}}

                event: other
                data: not ours

                data: {"jsonrpc":"2.0","id":424242,"result":{"content":[]}}

                data: {"jsonrpc":"2.0","id":\(id),"result":{"content":[{"type":"text","text":"ü"}]}}

                data: garbage that nobody reads any more
                """)
        }
        let servers = Fixture.servers(transport)
        let answer = try await servers.call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(answer.content == [["type": "text", "text": "ü"]])
        let replies = transport.sent.filter { $0.body["method"] == nil && $0.request.method == "POST" }.map(\.body)
        #expect(replies.count == 2)
        #expect(replies.first?["id"] == "p" && replies.first?["result"] == [:])
        #expect(replies.last?["error"]?["code"] == -32601)
    }

    @Test("questions beyond the limit are ignored")
    func manyQuestions() async throws {
        let fake = FakeServer(.session2025November)
        let transport = ScriptedTransport { sent in
            guard sent.method == "tools/call", let id = sent.body["id"]?.intValue else {
                return sent.body["method"] == nil && sent.request.method == "POST"
                    ? .text("", status: 202) : fake.answer(sent)
            }
            let pings = String(repeating: "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n\n", count: 100)
            return .stream(
                pings + "data: {\"jsonrpc\":\"2.0\",\"id\":\(id),\"result\":{\"content\":[]}}\n\n", piece: 999)
        }
        _ = try await Fixture.servers(transport).call(Fixture.tool, arguments: [:], on: Fixture.server)
        #expect(transport.sent.filter { $0.body["method"] == nil && $0.request.method == "POST" }.count == 16)
    }

    @Test("an answer in a batch is found among garbage")
    func batch() async throws {
        let transport = ScriptedTransport { sent in
            .json([
                1, "x", ["jsonrpc": "2.0", "method": "notifications/message"],
                ["jsonrpc": "2.0", "id": sent.body["id"] ?? .null, "result": ["tools": [["name": "a"]]]],
            ])
        }
        #expect(try await Fixture.servers(transport).tools(of: Fixture.server).map(\.name) == ["a"])
    }
}
