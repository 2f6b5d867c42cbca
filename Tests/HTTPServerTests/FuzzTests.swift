import Testing

@testable import HTTPServer

@Suite("Anything at all")
struct FuzzTests {
    /// The same sequence from the same seed (SplitMix64).
    struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    static let seeds = [
        RequestTests.post, RequestTests.close, StreamTests.get,
        RefusalTests.chunked("5;x=y\r\nhello\r\n0\r\nT: u\r\n\r\n"),
        "HEAD http://a/b?c HTTP/1.1\r\nHost: a:80\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nxy",
        "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\nUpgrade: h2c\r\n\r\n",
    ].map { Array($0.utf8) }

    static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) { bytes += seeds.randomElement(using: &random) ?? [] }
        for _ in 0..<Int.random(in: 0...6, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert([13, 10, 0, 32, 58, 255].randomElement(using: &random) ?? 0, at: index)
            case 3: bytes.removeSubrange(index...)
            case 4: bytes.insert(contentsOf: bytes[index...].prefix(40), at: index)
            default: bytes.insert(contentsOf: "\r\nContent-Length: 3".utf8, at: index)
            }
        }
        return bytes
    }

    @Test("2,000 mutated requests leave the server as it was", arguments: 0..<4 as Range<UInt64>)
    func mutations(seed: UInt64) async throws {
        var limits = HTTPLimits.quick
        limits.headerTime = .milliseconds(200)
        limits.bodyTime = .milliseconds(200)
        limits.lingerTime = .milliseconds(200)
        let probe = StreamProbe()
        let server = try TestServer(limits: limits) { request in
            switch request.path {
            case "/events": probe.answer(request)
            case "/last": .later { ServerResponse(body: .bytes(request.body)) }
            default: TestServer.echo(request)
            }
        }
        var random = SeededGenerator(state: seed)
        for _ in 0..<500 {
            let client = server.client()
            _ = client.sendNow(Self.mutated(&random))
            switch Int.random(in: 0..<3, using: &random) {
            case 0: client.stopSending()
            case 1: client.reset()
            default: client.leave()
            }
        }
        #expect(
            await eventually { server.statistics.connectionsAccepted >= 500 && server.statistics.connectionsOpen == 0 })
        #expect(server.statistics.streamsOpen == 0)
        #expect(probe.closed >= probe.opened)
        #expect(await server.isAlive())
        #expect(await server.isStreaming(probe))
    }

    @Test(
        "scanner and chunk decoder never read past what they are given, however it is cut",
        arguments: 0..<20 as Range<UInt64>)
    func cuts(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<200 {
            let bytes = Self.mutated(&random)
            var whole = HeadScanner()
            let expected = bytes.withUnsafeBytes { whole.scan($0, limits: HTTPLimits()) }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var parts = HeadScanner()
            var outcome = bytes[..<cut].withUnsafeBytes { parts.scan($0, limits: HTTPLimits()) }
            if outcome == .more {
                outcome = bytes[cut...].withUnsafeBytes { parts.scan($0, limits: HTTPLimits()) }
                if case .complete(let count) = outcome { outcome = .complete(cut + count) }
            }
            #expect(outcome == expected)
        }
    }
}
