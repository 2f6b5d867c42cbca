/// Who may import whom. The order is docs/architecture.md's: a target imports only what stands above it.
enum Layering {
    enum Kind: String {
        case pure, adapter, flow, program
    }

    static let order: [(target: String, kind: Kind)] = [
        ("JSON", .pure), ("Kubernetes", .pure), ("Diagnosis", .pure), ("Healing", .pure), ("ToolMatching", .pure),
        ("Configuration", .pure), ("Simulation", .pure),
        ("Logging", .adapter), ("Subprocess", .adapter), ("HTTPClient", .adapter), ("HTTPServer", .adapter),
        ("ClusterServer", .adapter), ("KubernetesClient", .adapter), ("History", .adapter),
        ("ToolServers", .flow), ("Incidents", .flow), ("Tasks", .flow), ("Web", .flow),
        ("cortex", .program),
    ]

    /// Each C library belongs to the targets named here; none of its types leaves them.
    static let owners: [String: Set<String>] = [
        "CCurl": ["HTTPClient"], "CYAML": ["KubernetesClient"], "CHTTPParser": ["HTTPServer"], "CSQLite": ["History"],
        "CLinux": ["Subprocess", "HTTPServer", "HTTPClient", "ClusterServer"],
    ]

    /// What the toolchain brings and each kind of target may use.
    private static let systemModules: [Kind: Set<String>] = [
        .pure: ["FoundationEssentials"],
        .adapter: ["FoundationEssentials", "Glibc", "Dispatch", "Synchronization"],
        .flow: ["FoundationEssentials", "Glibc", "Dispatch", "Synchronization"],
        .program: ["FoundationEssentials", "Glibc", "Dispatch", "Synchronization"],
    ]

    static func kind(of target: String) -> Kind? { order.first { $0.target == target }?.kind }

    /// Imports that go against the order, and imports that the manifest does not declare.
    static func remarks(on file: SourceText, manifest: Manifest) -> [Remark] {
        imports(of: file).compactMap { name, line, isPublic in
            objection(to: name, isPublic: isPublic, in: file, manifest: manifest).map {
                Remark(path: file.path, line: line, message: $0)
            }
        }
    }

    private static func objection(
        to name: String, isPublic: Bool, in file: SourceText, manifest: Manifest
    ) -> String? {
        if name == "Foundation" { return "import FoundationEssentials: Foundation is four times the program" }
        let isOurs = kind(of: name) != nil || owners[name] != nil
        if isOurs, name != file.target, !(manifest.dependencies[file.target]?.contains(name) ?? false) {
            return "\(file.target) imports \(name), which Package.swift does not declare for it"
        }
        guard file.isSource, let own = order.firstIndex(where: { $0.target == file.target }) else { return nil }
        if let owners = owners[name] {
            if !owners.contains(file.target) { return "\(name) belongs to \(owners.sorted().joined(separator: ", "))" }
            return isPublic ? "\(name) is C: it must not show in the target's interface" : nil
        }
        guard let other = order.firstIndex(where: { $0.target == name }) else {
            return systemModules[order[own].kind]?.contains(name) == true
                ? nil : "a target of kind \(order[own].kind) must not import \(name)"
        }
        if order[own].kind == .pure, order[other].kind != .pure {
            return "\(file.target) is pure and must not import \(name)"
        }
        return other < own ? nil : "\(file.target) stands above \(name) in docs/architecture.md"
    }

    /// The modules that a file imports, with line numbers from 1.
    static func imports(of file: SourceText) -> [(name: String, line: Int, isPublic: Bool)] {
        file.code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map(String.init)
            guard let at = words.firstIndex(of: "import"), at + 1 < words.count, at <= 2 else { return nil }
            // `import struct Module.Name` and `@testable import Module` come to the same module.
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let last = kinds.contains(words[at + 1]) ? words.last ?? "" : words[at + 1]
            return (String(last.prefix { $0 != "." }), index + 1, words.first == "public")
        }
    }
}
