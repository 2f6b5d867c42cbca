import FoundationEssentials

/// The tree that these tests read: the one they were compiled from.
enum Repository {
    /// Every Swift file below `Sources` and `Tests`.
    static let swiftFiles: [SourceText] = ["Sources", "Tests"].flatMap(files).filter { $0.hasSuffix(".swift") }
        .map { SourceText(path: $0, text: text(of: $0)) }

    /// Every file that a person reads or runs, but for what the end-to-end suite leaves behind.
    static let allFiles: [String] =
        ["Sources", "Tests", "tests", "benchmarks", "deploy", "scripts", "docs", ".ci"].flatMap(files)
        + ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Dockerfile", "Makefile", "Package.swift", ".gitignore"]

    static func text(of path: String) -> String {
        guard let data = FileManager.default.contents(atPath: root + "/" + path) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    private static let root = {
        // Tests/TidyTests/Repository.swift is three levels down.
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    }()

    private static func files(below folder: String) -> [String] {
        let path = root + "/" + folder
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []  // a folder may not exist yet
        return names.filter { name in
            name.split(separator: "/").allSatisfy { !skipped.contains(String($0)) }
        }.map { folder + "/" + $0 }.sorted()
    }

    private static let skipped: Set<String> = [".venv", "__pycache__", ".pytest_cache", "node_modules"]
}
