import Testing

@testable import HTTPServer

@Suite("Dates, targets, identities")
struct PartsTests {
    @Test(
        "dates are written as RFC 9110 asks",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ])
    func dates(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.text(secondsSince1970: seconds) == text)
    }

    @Test(
        "targets are taken apart",
        arguments: [
            ("/", "/", ""), ("/a%2Fb/%C3%A9", "/a/b/é", ""),
            ("/a+b?c+d=e%2Bf&g&=h&&i=j=k", "/a+b", "c d=e+f;g=;=h;i=j=k"),
            ("http://host:80/x?y=z", "/x", "y=z"), ("HTTP://host?y=z", "/", "y=z"), ("https://host", "/", ""),
            ("//x", "//x", ""),
        ])
    func targets(_ target: String, _ path: String, _ query: String) throws {
        let parsed = try #require(parse(target))
        #expect(parsed.path == path)
        #expect(parsed.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";") == query)
    }

    @Test(
        "what is no target is none", arguments: ["", "a", "*", "http://", "http:///x", "ftp://a/", "/%", "/%4", "/%g0"])
    func noTargets(_ target: String) {
        #expect(parse(target) == nil)
    }

    private func parse(_ target: String) -> RequestTarget? {
        Array(target.utf8).withUnsafeBytes { RequestTarget($0, method: "GET") }
    }

    @Test(
        "header names are compared without case, and nothing else is alike",
        arguments: [
            ("Host", "hOST", true), ("a-b", "A-B", true), ("a", "b", false), ("[", "{", false), ("ab", "a", false),
            ("@", "`", false),
        ])
    func names(_ left: String, _ right: String, _ isSame: Bool) {
        #expect(left.hasSameName(as: right) == isSame)
    }

    @Test("a connection's identity is not that of the next one in its place")
    func identities() {
        #expect(ConnectionID(slot: 7, generation: 1) != ConnectionID(slot: 7, generation: 2))
        #expect(ConnectionID(slot: 7, generation: .max).slot == 7)
    }
}
