import JSON
import Testing

@Suite("JSON texts")
struct JSONTextTests {
    @Test(
        "a value written and read again is the same",
        arguments: [
            .null, .bool(true), .integer(.max), .integer(.min), .number(0.1), .number(1e300), .string(""),
            .string("ä\u{1F600}\"\\/\u{0}\u{1F}\n\r\t\u{2028}"), .array([]), .object([:]),
            ["a": [1, ["b": nil]], "": "x"],
        ] as [JSONValue])
    func roundTrip(_ value: JSONValue) throws {
        #expect(try JSONValue(parsing: value.rendered) == value)
    }

    @Test(
        "what is valid is read",
        arguments: [
            (" {\"a\" : [ ] , \"a\": 1 }\n", ["a": 1]), (#""\u00e4\ud83d\ude00\/""#, "ä😀/"),
            (#""\ud83dx""#, "\u{FFFD}x"), ("-0", 0), ("1.50e+2", .number(150)),
            ("9223372036854775808", .number(9223372036854775808)),
        ] as [(String, JSONValue)])
    func valid(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }

    @Test(
        "what is not JSON is refused with its place",
        arguments: [
            ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("01", 2), ("1.", 2), ("-", 1), ("nul", 0), ("1 2", 2),
            ("\"a", 2), ("\"\\x\"", 3), ("\"\u{1}\"", 2), ("'a'", 0), ("1e999", 5), ("NaN", 0), ("\"\\u12g4\"", 5),
        ])
    func invalid(_ text: String, _ offset: Int) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error?.offset == offset)
    }

    @Test("bytes that are no UTF-8 are refused")
    func encoding() {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [34, 0xC3, 34]) }
    }

    @Test("nesting has a bound, so that no input can exhaust the stack")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] { Array(repeating: 91, count: depth) + Array(repeating: 93, count: depth) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(65)) }
        #expect(try JSONValue(parsing: nested(64)) != .null)
    }
}
