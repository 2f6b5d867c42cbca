import Testing

/// The rules of the house, held against the tree that these tests were compiled from.
@Suite struct TidyTests {
    private let manifest = Manifest(Repository.text(of: "Package.swift"))

    @Test("the tree is there to be read")
    func theTreeIsThere() {
        #expect(Repository.swiftFiles.count > 50)
        #expect(Repository.allFiles.contains("docs/architecture.md"))
        #expect(manifest.dependencies["Healing"] == ["JSON", "Kubernetes", "Diagnosis"])
    }

    @Test("a target imports only what stands above it and what the manifest declares")
    func layering() {
        expectNone(Repository.swiftFiles.flatMap { Layering.remarks(on: $0, manifest: manifest) })
    }

    @Test("the layers are those of docs/architecture.md, and every target has its layer")
    func theLayersAreTheDocumentedOnes() {
        let rows = Repository.text(of: "docs/architecture.md").split(separator: "\n").compactMap { line -> String? in
            let cells = line.split(separator: "|").map { $0.filter { $0 != " " && $0 != "`" } }
            guard line.hasPrefix("| `"), cells.count >= 2 else { return nil }
            return "\(cells[0]) \(cells[1])"
        }
        #expect(rows == Layering.order.map { "\($0.target) \($0.kind)" })
        let sources = manifest.dependencies.keys.filter { !$0.hasSuffix("Tests") }
        #expect(Set(sources) == Set(Layering.order.map(\.target)))
    }

    @Test("the manifest declares no dependency against the order")
    func theManifestKeepsTheOrder() {
        for (target, dependencies) in manifest.dependencies where Layering.kind(of: target) != nil {
            let imports = dependencies.sorted().map { "import \($0)" }.joined(separator: "\n")
            let file = SourceText(path: "Sources/\(target)/Manifest.swift", text: imports)
            expectNone(Layering.remarks(on: file, manifest: manifest))
        }
    }

    @Test("files, functions and lines keep their length")
    func lengths() { expectNone(Repository.swiftFiles.flatMap(Lengths.remarks)) }

    @Test("pure targets have no clock, no randomness and no files")
    func purity() { expectNone(Repository.swiftFiles.flatMap(Purity.remarks)) }

    @Test("nothing calls what is forbidden, and what needs a reason has it")
    func forbiddenCalls() { expectNone(Repository.swiftFiles.flatMap(ForbiddenCalls.remarks)) }

    @Test("a file is named after its type")
    func naming() { expectNone(Repository.swiftFiles.flatMap(Naming.remarks)) }

    @Test("nothing is left over, and nothing belongs to one machine")
    func leftOvers() {
        expectNone(Repository.allFiles.flatMap { LeftOvers.remarks(path: $0, text: Repository.text(of: $0)) })
    }

    @Test("the README's table of causes names causes that Cortex knows")
    func causesAreKnown() {
        let known = Set(quoted(by: "\"", in: Repository.text(of: "Sources/Diagnosis/Values/CauseID.swift")))
            .union(["taint", "hang", "forbidden"])
        let rows = Repository.text(of: "README.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
        let named = rows.flatMap { row in quoted(by: "`", in: String(row.split(separator: "|").first ?? "")) }
        #expect(named.count > 10)
        #expect(named.filter { !known.contains($0) } == [])
    }

    private func quoted(by mark: Character, in text: String) -> [String] {
        text.split(separator: mark, omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    private func expectNone(_ remarks: [Remark]) {
        #expect(remarks.isEmpty, "\(remarks.map(\.description).sorted().joined(separator: "\n"))")
    }
}
