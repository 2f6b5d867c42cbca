/// What Package.swift declares, as far as the layering needs it.
struct Manifest {
    /// Target → the targets it may import.
    var dependencies: [String: Set<String>] = [:]

    /// Reads the declarations `module("Name", ["A", "B"])`, `tests("Name", […])` and the executable target's.
    init(_ text: String) {
        var target: String?
        // A declaration too long for one line has its name on the next.
        var isOpen = false
        for line in text.split(separator: "\n") {
            let line = line.drop { $0 == " " }
            if line.hasPrefix("//") { continue }
            var names = Self.quoted(in: line)
            if line.hasPrefix("module(") || line.hasPrefix("tests(") { isOpen = true }
            if isOpen {
                guard !names.isEmpty else { continue }
                isOpen = false
                let name = names.removeFirst()
                target = name
                dependencies[name] = Set(names)
            } else if line.hasPrefix(".executableTarget(") {
                target = "cortex"
                dependencies["cortex"] = []
            } else if line.hasPrefix(".systemLibrary(") || line.hasPrefix(".target(name: ") {
                // A library in C, or what only tests share: no part of the order.
                target = nil
            } else if let target, !line.hasPrefix("name:") {
                dependencies[target]?.formUnion(names)
            }
        }
    }

    private static func quoted(in line: Substring) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
