import JSON
import KubernetesClient
import Testing

@Suite("YAML")
struct YAMLTests {
    static func parse(_ text: String) throws(YAMLFailure) -> JSONValue {
        try YAML.parse(Array(text.utf8)).first ?? .null
    }

    @Test(
        "plain scalars are what the core schema says",
        arguments: [
            ("~", .null), ("null", .null), ("Null", .null), ("", .null), ("true", true), ("False", false),
            ("yes", "yes"), ("on", "on"), ("12", 12), ("-7", -7), ("+7", 7), ("0x1F", 31), ("0o17", 15), ("017", 17),
            ("1.5", .number(1.5)), ("-.5", .number(-0.5)), ("1e3", .number(1000)), ("1.", .number(1)), (".", "."),
            ("1.2.3", "1.2.3"), ("0x", "0x"), ("-", ["a"]), (".inf", ".inf"), ("1e999", "1e999"), ("e3", "e3"),
            ("0xZZ", "0xZZ"), ("99999999999999999999", .number(1e20)), ("127.0.0.1", "127.0.0.1"),
        ] as [(String, JSONValue)])
    func scalars(_ text: String, _ expected: JSONValue) throws {
        if text == "-" {
            #expect(try Self.parse("- a") == expected)
        } else {
            #expect(try Self.parse("v: \(text)")["v"] == expected)
        }
    }

    @Test("quoted and block scalars and !!str stay strings")
    func strings() throws {
        #expect(
            try Self.parse(#"{a: "12", b: 'true', c: !!str 5, d: "\u00e9\n"}"#) == [
                "a": "12", "b": "true", "c": "5", "d": "é\n",
            ])
        #expect(try Self.parse("a: |\n  x\n  y\nb: >\n  x\n  y\n") == ["a": "x\ny\n", "b": "x y\n"])
    }

    @Test("JSON is read as it is")
    func json() throws {
        #expect(try Self.parse(#"{"a": [1, {"b": null}], "c": "\u0041"}"#) == ["a": [1, ["b": nil]], "c": "A"])
    }

    @Test("several documents, and none")
    func documents() throws {
        #expect(try YAML.parse(Array("a: 1\n---\nb: 2\n...\n".utf8)) == [["a": 1], ["b": 2]])
        #expect(try YAML.parse([]) == [])
        #expect(try YAML.parse(Array("# nothing\n".utf8)) == [])
    }

    @Test("anchors, aliases and merge keys repeat what they name; a mapping's own keys win")
    func aliases() throws {
        let text = """
            base: &base {a: 1, b: 2}
            list: [*base, &x 7, *x]
            own: {<<: *base, b: 3}
            """
        #expect(
            try Self.parse(text) == [
                "base": ["a": 1, "b": 2], "list": [["a": 1, "b": 2], 7, 7], "own": ["a": 1, "b": 3],
            ])
    }

    @Test("a few lines that stand for a thousand million values are refused")
    func billionLaughs() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<10 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
        }
        let failure = #expect(throws: YAMLFailure.self) { try Self.parse(text) }
        #expect(failure?.message == "more than 200000 values")
    }

    @Test(
        "what is wrong is said with its place",
        arguments: [
            ("a: 1\na: 2\n", "line 2, column 1: the key “a” occurs twice"),
            ("a: *nope\n", "line 1, column 4: “*nope” names no anchor before it"),
            ("a: &x [*x]\n", "line 1, column 8: “*x” names no anchor before it"),
            (
                "a:\n\t- b\n",
                "line 2, column 1: found character that cannot start any token while scanning for the next token"
            ),
            ("? [a]\n: b\n", "line 1, column 3: only a scalar can be a key here"),
            ("a: [1, 2\nb: 3\n", "line 2, column 2: "),
            ("<<: 5\n", "line 1, column 5: “<<” merges mappings only"),
        ])
    func failures(_ text: String, _ expected: String) {
        let failure = #expect(throws: YAMLFailure.self) { try Self.parse(text) }
        #expect(failure?.description.hasPrefix(expected) == true, "\(failure?.description ?? "")")
    }

    @Test("depth and size have their limits, and bytes that are not UTF-8 are an error")
    func limits() {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(throws: YAMLFailure.self) { try Self.parse(deep) }
        #expect(throws: YAMLFailure.self) {
            try YAML.parse(Array("abcdef".utf8), limits: YAMLLimits(maximumBytes: 5))
        }
        #expect(throws: YAMLFailure.self) { try YAML.parse([0x61, 0x3A, 0x20, 0xFF, 0xFE, 0xC0]) }
    }
}
