import Testing

/// Each check sees what it is for, and leaves alone what only looks like it.
@Suite struct TidyCheckTests {
    private static let manifest = Manifest(
        """
        module("JSON"),
        module("Healing", ["JSON", "KubernetesClient", "CCurl"]),
        module("HTTPClient", ["CCurl"]),
        module("KubernetesClient", ["JSON"]),
        .executableTarget(
            name: "cortex",
            dependencies: [
                "JSON", "Healing",
            ],
            swiftSettings: settings),
        tests("JSONTests", ["JSON"]),
        """)

    @Test("the manifest's declarations are read")
    func manifestIsRead() {
        #expect(Self.manifest.dependencies["Healing"] == ["JSON", "KubernetesClient", "CCurl"])
        #expect(Self.manifest.dependencies["cortex"] == ["JSON", "Healing"])
        #expect(Self.manifest.dependencies["JSON"] == [])
    }

    @Test(
        "an import against the layering is seen",
        arguments: [
            ("Sources/Healing/A.swift", "import KubernetesClient", "is pure"),
            ("Sources/Healing/A.swift", "public import Diagnosis", "does not declare"),
            ("Sources/Healing/A.swift", "import Glibc", "must not import Glibc"),
            ("Sources/Healing/A.swift", "import CCurl", "belongs to"),
            ("Sources/HTTPClient/A.swift", "public import CCurl", "is C"),
            ("Sources/JSON/A.swift", "import Foundation", "FoundationEssentials"),
            ("Sources/KubernetesClient/A.swift", "import struct HTTPServer.Limits", "does not declare"),
            ("Tests/JSONTests/A.swift", "@testable import Healing", "does not declare"),
            ("Tests/JSONTests/A.swift", "import Foundation", "FoundationEssentials"),
        ])
    func layeringIsSeen(path: String, text: String, message: String) {
        let remarks = Layering.remarks(on: SourceText(path: path, text: text), manifest: Self.manifest)
        #expect(remarks.count == 1)
        #expect(remarks.allSatisfy { $0.message.contains(message) && $0.line == 1 })
    }

    @Test(
        "an import with the layering is fine",
        arguments: [
            ("Sources/Healing/A.swift", "public import JSON\nimport FoundationEssentials // import Foundation"),
            ("Sources/HTTPClient/A.swift", "internal import CCurl\nimport Glibc"),
            ("Tests/JSONTests/A.swift", "@testable import JSON\nimport Testing\nlet text = \"import Foundation\""),
        ])
    func layeringIsKept(path: String, text: String) {
        #expect(Layering.remarks(on: SourceText(path: path, text: text), manifest: Self.manifest) == [])
    }

    @Test("a target that stands above cannot import one that stands below, declared or not")
    func orderIsSeen() {
        let manifest = Manifest("module(\"Kubernetes\", [\"Diagnosis\"]),")
        let file = SourceText(path: "Sources/Kubernetes/A.swift", text: "import Diagnosis")
        #expect(Layering.remarks(on: file, manifest: manifest).map(\.message).first?.contains("stands above") == true)
    }

    @Test("what is too long is seen, and what just fits is not")
    func lengthsAreSeen() {
        func remarks(_ text: String) -> [String] {
            Lengths.remarks(on: SourceText(path: "Sources/A/A.swift", text: text)).map(\.message)
        }
        let filler = { String(repeating: "    let a = \"{\" // }\n", count: $0) }
        #expect(
            remarks("struct A {\n    func f(g: () -> Void = {}) async throws -> Int\n    {\n\(filler(57))    }\n}\n")
                == [])
        #expect(
            remarks("struct A {\n    func f() {\n\(filler(59))    }\n}\n") == ["a function of 61 lines; at most 60"])
        #expect(remarks("    init?(a: [Int]) {\n\(filler(59))    }\n") == ["a function of 61 lines; at most 60"])
        #expect(remarks("    var f: Int {\n\(filler(59))    }\n") == ["a function of 61 lines; at most 60"])
        #expect(remarks("protocol P {\n    func f()\n    var g: Int { get }\n}\nstruct B {\n\(filler(90))}\n") == [])
        #expect(remarks(String(repeating: "// a\n", count: 400)) == [])
        #expect(remarks(String(repeating: "// a\n", count: 401)) == ["401 lines; at most 400"])
        #expect(remarks("// " + String(repeating: "ä", count: 117)) == [])
        #expect(remarks("// " + String(repeating: "a", count: 118)) == ["121 characters; at most 120"])
    }

    @Test("every impure call is seen in a pure target, and only there", arguments: Purity.forbidden.map(\.call))
    func impurityIsSeen(call: String) {
        let text = "func f() { g(\(call)) }"
        #expect(!Purity.remarks(on: SourceText(path: "Sources/Healing/A.swift", text: text)).isEmpty)
        #expect(Purity.remarks(on: SourceText(path: "Sources/Incidents/A.swift", text: text)) == [])
        #expect(Purity.remarks(on: SourceText(path: "Sources/Healing/A.swift", text: "// \(text)")) == [])
    }

    @Test(
        "what only resembles an impure call is fine",
        arguments: ["Date(timeIntervalSince1970: 0)", "a.append(contentsOf: b)", "MyTask.run()", "a.shuffledOnce()"])
    func purityIsKept(text: String) {
        #expect(Purity.remarks(on: SourceText(path: "Sources/Healing/A.swift", text: text)) == [])
    }

    @Test(
        "every forbidden call is seen in code, not in comments and strings", arguments: ForbiddenCalls.never.map(\.call)
    )
    func forbiddenCallsAreSeen(call: String) {
        func remarks(_ text: String) -> Int {
            ForbiddenCalls.remarks(on: SourceText(path: "Sources/Web/A.swift", text: text)).count
                + ForbiddenCalls.remarks(on: SourceText(path: "Tests/WebTests/A.swift", text: text)).count
        }
        #expect(remarks("let a = \(call) ") > 0)
        #expect(remarks("let a = \"\\(\(call) )\"") > 0)
        #expect(remarks("let a = \"\(call) \" // \(call)") == 0)
        #expect(remarks("/* \(call) /* */ \(call) */ let a = #\"\"\(call)\"# ") == 0)
    }

    @Test(
        "a call that needs its reason is seen without it, and fine with it",
        arguments: ForbiddenCalls.explained.map(\.call))
    func reasonsAreAskedFor(call: String) {
        func remarks(_ text: String) -> Int {
            ForbiddenCalls.remarks(on: SourceText(path: "Tests/WebTests/A.swift", text: text)).count
        }
        #expect(remarks("a(\(call) b)") == 1)
        #expect(remarks("a(\(call) b)  // because") == 0)
        #expect(remarks("// because\na(\(call) b)\nc\na(\(call) d)\n\n\na(\(call) e)") == 1)
    }

    @Test(
        "what only resembles a forbidden call is fine",
        arguments: ["blueprint(a)", "AnyObject", "AnyHashable", "try a()", "a as? B", "asleep(1)", "self.print(a)"])
    func callsAreKept(text: String) {
        #expect(ForbiddenCalls.remarks(on: SourceText(path: "Sources/Web/A.swift", text: text)) == [])
    }

    @Test("a left-over mark and a path of one machine are seen", arguments: LeftOvers.marks + LeftOvers.paths)
    func leftOversAreSeen(mark: String) {
        #expect(LeftOvers.remarks(path: "README.md", text: "a\n(\(mark): b)").map(\.line) == [2])
        #expect(LeftOvers.remarks(path: "README.md", text: "its to" + "do list, /etc/hosts and a hackathon") == [])
    }

    @Test(
        "a file that is not named after its type, or holds too much, is seen",
        arguments: [
            ("Sources/Web/Page.swift", "struct Route {}"),
            ("Sources/Web/Page.swift", "struct Page {}\npublic actor Route {}"),
            ("Sources/Web/Page.swift", "public protocol Routing {}"),
            ("Sources/Web/Page.swift", "struct Page {}\nstruct B {\(String(repeating: "\n", count: 50))}"),
            ("Sources/Web/Page+Route.swift", "extension Page {}\nfinal class Route {}"),
        ])
    func namesAreSeen(path: String, text: String) {
        #expect(Naming.remarks(on: SourceText(path: path, text: text)).count == 1)
    }

    @Test(
        "a file that holds a type and what belongs to it is fine",
        arguments: [
            ("Sources/Web/Page.swift", "struct Page { struct Route {} }\npublic protocol Part {\n}\nextension Page {}"),
            ("Sources/Web/Page.swift", "private let a = 1\npublic actor Page {}\nprivate final class State {}"),
            ("Sources/Web/Page+Route.swift", "extension Page { final class Route {} }"),
            ("Tests/WebTests/PageTests.swift", "struct Anything {}"),
        ])
    func namesAreKept(path: String, text: String) {
        #expect(Naming.remarks(on: SourceText(path: path, text: text)) == [])
    }
}
